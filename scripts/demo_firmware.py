#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Make a firmware file for one core, as a linker would: a vector table for the
core's address, then bytes that look like code to a flash (no long runs).

    duoboot layout show --json | scripts/demo_firmware.py --core app \\
        --size 900K --seed 1 --output app.bin

With --firmware the file begins with real code, as `objcopy -O binary` makes
it of an image that is linked behind the header, and the filler follows.
The layout is read from the standard input; no address is written here.
"""
import argparse
import json
import random
import struct
import sys

STACK_BYTES = 0x8000


def number(text):
    """65536, 0x10000 or 64K."""
    factor = 1024 if text[-1:] in "kK" else 1
    return int(text[:-1] if factor != 1 else text, 0) * factor


def partition(layout, role):
    return next(p for p in layout["partitions"] if p["role"] == role)


def stack_address(core):
    """Top of a stack in the core's RAM [PS memory map]."""
    ram_base = {"app": 0x20000000, "net": 0x21000000}[core]
    return ram_base + STACK_BYTES


def payload(layout, args):
    code_address = partition(layout, args.core + "_active")["address"] + args.header_size
    size_bytes = args.size - args.header_size - args.tlv_room
    if size_bytes < 256:
        sys.exit("demo_firmware.py: --size leaves no room for code")
    body = bytearray(random.Random(args.seed).randbytes(size_bytes))
    if args.patch:
        # A small change, as of one function: 4 KB in the middle differ.
        middle = size_bytes // 2
        change = random.Random(args.patch).randbytes(min(4096, size_bytes - middle))
        body[middle:middle + len(change)] = change
    if args.firmware:
        with open(args.firmware, "rb") as stream:
            code = stream.read()
        if len(code) > size_bytes:
            sys.exit(f"demo_firmware.py: --size is less than {args.firmware} takes")
        body[:len(code)] = code
        return bytes(body)
    # Initial stack pointer, and a reset handler (Thumb) behind the vectors.
    struct.pack_into("<II", body, 0, stack_address(args.core), code_address + 0x100 + 1)
    return bytes(body)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--core", choices=("app", "net"), required=True)
    parser.add_argument("--size", type=number, required=True,
                        help="of the signed image: header and TLVs included")
    parser.add_argument("--header-size", type=number, default=0x200)
    parser.add_argument("--tlv-room", type=number, default=0x120)
    parser.add_argument("--seed", type=int, required=True, help="same seed, same bytes")
    parser.add_argument("--patch", type=int, default=0, help="change 4 KB by this seed")
    parser.add_argument("--firmware", help="raw binary to begin with")
    parser.add_argument("--output", required=True)
    args = parser.parse_args()
    with open(args.output, "wb") as stream:
        stream.write(payload(json.load(sys.stdin), args))


if __name__ == "__main__":
    main()
