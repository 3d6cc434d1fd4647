#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Console frames made with Python's own base64 and CRC: a line for each, as
KIND PACKET STREAM in hex. KIND is `ours` if our encoder must give these bytes,
`other` for the same packet as other senders cut it. frame_vectors.py OUTPUT"""
import base64
import binascii
import random
import struct
import sys

LINE_RAW_BYTES = 93  # 124 characters between the marker and the line feed.

# Requests as clients send them: echo, image list, a confirm, an upload's start.
REQUESTS = (
    "020000090000be00a161646568656c6c6f",
    "000000010001aa00a0",
    "0a00000f00010400a267636f6e6669726df5646861736840",
    "000000010000ff06a0",
    "0a0000000001000000",
)


def content(packet):
    check = struct.pack(">H", binascii.crc_hqx(packet, 0))
    return struct.pack(">H", len(packet) + len(check)) + packet + check


def cut(data, line_bytes):
    """Lines of that many raw bytes; the check's two stay together."""
    parts = [data[i:i + line_bytes] for i in range(0, len(data), line_bytes)]
    if len(parts[-1]) == 1 and line_bytes > 3:
        parts[-1] = parts[-2][-3:] + parts[-1]
        parts[-2] = parts[-2][:-3]
    return parts


def framed(packet, line_bytes, line_end=b"\n"):
    lines = [base64.b64encode(part) + line_end
             for part in cut(content(packet), line_bytes)]
    return b"\x06\x09" + b"\x04\x14".join(lines)


def packets():
    chance = random.Random(1)
    yield from (bytes.fromhex(request) for request in REQUESTS)
    for size in list(range(8, 300)) + [586, 1024, 1472, 2048, 2475]:
        yield bytes(chance.randrange(256) for _ in range(size))


def main():
    with open(sys.argv[1], "w", encoding="ascii") as out:
        for packet in packets():
            out.write(f"ours {packet.hex()} "
                      f"{framed(packet, LINE_RAW_BYTES).hex()}\n")
            for line_bytes, line_end in ((3, b"\n"), (90, b"\r\n"), (6000, b"\n")):
                out.write(f"other {packet.hex()} "
                          f"{framed(packet, line_bytes, line_end).hex()}\n")


if __name__ == "__main__":
    main()
