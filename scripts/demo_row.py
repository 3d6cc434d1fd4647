#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What one power-up of the virtual board cost, as a row of the demo's table,
and the table.

    scripts/demo_row.py SCENE WORK      from WORK/run (what the board told),
        WORK/trace (its flash operations), WORK/told (what the commands said)
        and WORK/layout.json
    scripts/demo_row.py --table ROWS
"""
import json
import re
import sys

PAGES = {"app": (4096, 131532), "net": (2048, 109516)}  # Bytes; us to erase and write once.
HEAD = ("scene", "bytes\nsent", "bytes\nchanged", "internal\nerases", "bytes\nprogrammed",
        "external\nerases", "boot,\nseconds", "bound,\nseconds", "ratio")
TRAILER_BYTES = 4096


def read(path):
    with open(path, encoding="utf-8", errors="replace") as stream:
        return stream.read()


def active_range(core, layout):
    """Offsets of a core's active slot in its flash, without the trailer."""
    slot = next(p for p in layout["partitions"] if p["role"] == core + "_active")
    base = next(p for p in layout["partitions"]
                if p["role"] == {"app": "appboot", "net": "netboot"}[core])["address"]
    begin = slot["address"] - base
    return begin, begin + slot["size_bytes"] - TRAILER_BYTES


def boots_of(log):
    """(begin, end of the power or next reset, end) of each boot. It ends when the
    application lets the network core go, the first thing that it does; one that
    was cut, or that ended in recovery, has no end."""
    begins = [0.0] + [float(t) for t in
                      re.findall(r"^\[(\d+\.\d+)\] board\| application core: reset", log, re.M)]
    starts = [float(t) for t in
              re.findall(r"^\[(\d+\.\d+)\] board\| network core: starts", log, re.M)]
    for begin, following in zip(begins, begins[1:] + [float("inf")]):
        within = [t for t in starts if begin <= t < following]
        yield begin, following, within[-1] if len(within) > 1 else None


def operations(trace):
    for line in trace.splitlines():
        _, start, flash, kind, offset, len_bytes, *_ = line.split()
        yield float(start), flash, kind, int(offset, 16), int(len_bytes, 16)


def row(scene, work):
    layout = json.loads(read(f"{work}/layout.json"))
    ops = list(operations(read(f"{work}/trace")))
    log = read(f"{work}/run")
    sent = [int(n.replace(",", "")) for n in
            re.findall(r"100 %  ([\d,]+) / ", read(f"{work}/told"))]
    changed_bytes = boot_s = bound_us = 0
    is_whole = True
    for begin, following, end in boots_of(log):
        pages = {core: 0 for core in PAGES}
        for start, flash, kind, offset, _ in ops:
            if kind == "erase" and flash in PAGES and begin <= start < following:
                low, high = active_range(flash, layout)
                pages[flash] += low <= offset < high
        if not any(pages.values()):
            continue
        changed_bytes += sum(count * PAGES[core][0] for core, count in pages.items())
        bound_us += max(count * PAGES[core][1] for core, count in pages.items())
        is_whole = is_whole and end is not None
        boot_s += end - begin if end is not None else 0
    is_internal = {True: 0, False: 0}
    programmed = 0
    for _, flash, kind, _, len_bytes in ops:
        is_internal[flash in PAGES] += kind == "erase"
        programmed += len_bytes if kind == "write" and flash in PAGES else 0
    if not bound_us and not sent:
        return None
    return "\t".join((scene if is_whole else scene + " (cut)", f"{sum(sent)}", f"{changed_bytes}",
                      f"{is_internal[True]}", f"{programmed}", f"{is_internal[False]}",
                      f"{boot_s:.3f}" if is_whole and bound_us else "-",
                      f"{bound_us / 1e6:.3f}" if bound_us else "-",
                      f"{boot_s * 1e6 / bound_us:.3f}" if is_whole and bound_us else "-"))


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
Seconds are the board's. A boot is from the reset to the jump into the application, with all
verifying; all boots of the scene that changed internal flash are added up. The bound is what
the internal flashes alone need: 131.532 ms for each changed 4 KB page of the application core,
109.516 ms for each changed 2 KB page of the network core, both cores at once. Small images are
far from it, since the same verifying comes on top; `arm_speed` shows 900 KB. Erases and bytes
programmed are those of the whole scene, uploads and journal included.""")


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--table":
        table(sys.argv[2])
    elif len(sys.argv) == 3:
        line = row(*sys.argv[1:])
        if line:
            print(line)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
