#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Flash and RAM of the SMP server by part, of ELF files with their map files:

    scripts/smp_sizes.py build/release/firmware/appdemo.elf \\
        build/release/firmware/appboot.elf

A row for each part, from the linker's map (FILE.map beside FILE.elf): code and
constants of the object files of src/smp. The library has no RAM of its own: its
contexts are the product's, so the last row is the whole program's static RAM.
"""
import argparse
import collections
import pathlib
import re
import subprocess
import sys

PARTS = (
    ("server, errors, enumeration", ("server", "packet", "answer", "refuse", "rows", "request",
                                     "tables", "header", "smp")),
    ("CBOR", ("cbor_",)),
    ("lines: console, serial, UDP", ("link", "frame", "deframe", "assemble", "slip", "ip", "base64",
                                     "crc")),
    ("image group", ("image_",)),
    ("upload to flash", ("upload",)),
    ("group of our own", ("duoboot_",)),
    ("other groups", ("group_", "date")),
)
INPUT_SECTION = re.compile(r"^ \.(?:text|rodata)\S*\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+"
                           r"\S*?[(/](\w+)\.c\.obj", re.M)
OWN = {path.stem for path in (pathlib.Path(__file__).parent.parent / "src/smp").glob("*.c")}


def part_of(name):
    for title, prefixes in PARTS:
        if name.startswith(prefixes):
            return title
    return PARTS[0][0]


def sizes(text):
    """Bytes by file. A section's name may stand on a line of its own, and what
    was left out has the address 0."""
    joined = re.sub(r"\n\s{16}", " ", text)
    found = collections.Counter()
    for address, size, name in INPUT_SECTION.findall(joined):
        if int(address, 16) != 0 and name in OWN:
            found[name] += int(size, 16)
    return found


def static_ram(elf, size_tool):
    output = subprocess.run([size_tool, "-B", elf], check=True, capture_output=True, text=True)
    _, data, bss = output.stdout.splitlines()[1].split()[:3]
    return int(data) + int(bss)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("elf", nargs="+", type=pathlib.Path)
    parser.add_argument("--size-tool", default="arm-none-eabi-size")
    args = parser.parse_args()
    columns = []
    for elf in args.elf:
        text = elf.with_suffix(".map").read_text(encoding="utf-8", errors="replace")
        parts = collections.Counter()
        for name, size in sizes(text).items():
            parts[part_of(name)] += size
        if not parts:
            sys.exit(f"smp_sizes.py: {elf}: the map names no file of src/smp")
        columns.append((elf.stem, parts, static_ram(elf, args.size_tool)))
    print("| part (bytes of flash) | " + " | ".join(name for name, _, _ in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for title, _ in PARTS:
        print(f"| {title} | " + " | ".join(str(parts[title]) for _, parts, _ in columns) + " |")
    print("| **together** | " + " | ".join(str(sum(p.values())) for _, p, _ in columns) + " |")
    print("| static RAM of the whole program | " + " | ".join(str(r) for _, _, r in columns) + " |")


if __name__ == "__main__":
    main()
