#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What one power-up of the virtual board cost, as a row of the demo's table,
and the table.

    scripts/demo_row.py SCENE WORK BOARD    from WORK/out, the run's output with
        --stats, WORK/{app,net}.before, WORK/layout.json, and the board's flashes
    scripts/demo_row.py --table ROWS
"""
import json
import re
import sys

PAGES = {"app": (4096, 131532), "net": (2048, 109516)}  # Bytes; us to erase and write once.
HEAD = ("scene", "bytes\nchanged", "internal\nerases", "bytes\nprogrammed",
        "external\nerases", "virtual\nseconds", "bound\nseconds", "ratio")


def changed_pages(core, work, board, layout):
    """Pages of the active slot, without its trailer, that differ from before."""
    slot = next(p for p in layout["partitions"] if p["role"] == core + "_active")
    base = next(p for p in layout["partitions"]
                if p["role"] == {"app": "appboot", "net": "netboot"}[core])["address"]
    page_bytes = PAGES[core][0]
    with open(f"{work}/{core}.before", "rb") as stream:
        before = stream.read()
    with open(f"{board}/{core}.bin", "rb") as stream:
        after = stream.read()
    begin = slot["address"] - base
    end = begin + slot["size_bytes"] - 4096
    return sum(before[at:at + page_bytes] != after[at:at + page_bytes]
               for at in range(begin, end, page_bytes))


def row(scene, work, board):
    with open(f"{work}/layout.json", encoding="utf-8") as stream:
        layout = json.load(stream)
    with open(f"{work}/out", encoding="utf-8", errors="replace") as stream:
        text = stream.read()
    pages = {core: changed_pages(core, work, board, layout) for core in PAGES}
    bound_us = max(count * PAGES[core][1] for core, count in pages.items())
    flash = {m[0]: (int(m[1]), int(m[2])) for m in
             re.findall(r"^(app|net|ext) flash +(\d+) bytes in \d+ writes; (\d+) erases", text, re.M)}
    started = re.search(r"^\[(\d+\.\d+)\] app  \| .*starting application image", text, re.M)
    seconds = float(started[1]) if started else None
    if not bound_us:
        return None
    return "\t".join((
        scene if started else scene + " (cut)",
        str(sum(count * PAGES[core][0] for core, count in pages.items())),
        str(flash["app"][1] + flash["net"][1]), str(flash["app"][0] + flash["net"][0]),
        str(flash["ext"][1]), f"{seconds:.3f}" if seconds else "-", f"{bound_us / 1e6:.3f}",
        f"{seconds * 1e6 / bound_us:.3f}" if seconds else "-"))


def table(path):
    with open(path, encoding="utf-8") as stream:
        rows = [line.rstrip("\n").split("\t") for line in stream]
    head = [[(cell.split("\n") + [""])[i] for cell in HEAD] for i in (0, 1)]
    widths = [max(len(cells[i]) for cells in head + rows) for i in range(len(HEAD))]
    for index, cells in enumerate(head + rows):
        print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(cells, widths))).rstrip())
        if index == 1:
            print("  ".join("-" * width for width in widths))
    print("""
Virtual seconds: from power-on to the jump into the application, with verifying before and after the copy. The
bound is what the internal flashes alone need: 131.532 ms for each changed 4 KB page of the application core,
109.516 ms for each changed 2 KB page of the network core, both cores at once. External erases and bytes
programmed are those of the whole power-up. Where little changes, the copy of the running image into the backup is
what takes the time. After a cut the second row counts only what was still to do.""")


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--table":
        table(sys.argv[2])
    elif len(sys.argv) == 4:
        line = row(*sys.argv[1:])
        if line:
            print(line)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
