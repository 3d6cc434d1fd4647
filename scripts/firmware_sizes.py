#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Flash, RAM and worst-case stack of the firmware, held against its limits.

    scripts/firmware_sizes.py [--path] FOLDER

FOLDER holds <target>.elf of each target in scripts/firmware.yml, and the .su
files of the compiler below it. Ends with 1 if a limit is exceeded, if the
linker script reserves less stack than the worst case, or if the depth cannot
be told: a recursion, or a call through a pointer that the table does not know.

The worst case: the deepest path from reset, then an exception frame and the
deepest interrupt handler (all have one priority, so they do not nest), then the
frame of a fault. The fault handler itself begins a stack anew at the top.
"""
import argparse
import glob
import os
import re
import sys

import yaml

from stack_graph import Graph, GraphError, sections, tool

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "firmware.yml")
# Eight words, and one to align the frame; the firmware is built without FPU
# instructions, so no frame holds FP registers (18 words) [ARMv8-M ARM B3.19].
FRAME_BYTES = 36
FP_FRAME_BYTES = 72
FAULT_VECTORS = range(2, 16)
RAM = ((0x20000000, 0x20080000), (0x21000000, 0x21010000))


def in_ram(addr):
    return any(first <= addr < end for first, end in RAM)


def memory_use(path, symbols):
    """(flash bytes, RAM bytes, stack reserve)"""
    top, limit = symbols["duo_stack_top"], symbols["duo_stack_limit"]
    flash = sum(size for _, size, _, _ in sections(path, "LOAD"))
    # The reserve is counted once, whether it is a section or not.
    ram = sum(size for _, size, addr, _ in sections(path, "ALLOC")
              if in_ram(addr) and not limit <= addr < top)
    return flash, ram + top - limit, top - limit


def vectors(graph):
    """Addresses of the handlers in the vector table: reset, faults, others."""
    table = min(vma for vma, content in graph.memory if content and not in_ram(vma))
    reset, faults, others = None, set(), set()
    index = 1
    while True:
        value = graph.word(table + 4 * index)
        handler = graph.by_addr.get(value & ~1) if value and value & 1 else None
        if value != 0 and handler is None:
            return reset, faults, others
        if index == 1:
            reset = handler.addr
        elif handler:
            (faults if index in FAULT_VECTORS else others).add(handler.addr)
        index += 1


def deepest(graph, addrs):
    return max((graph.depth(addr) for addr in addrs), default=(0, []))


def uses_fpu(graph):
    return re.search(r"\tv(push|ldr|str|mov|add|mul)", tool("arm-none-eabi-objdump", "-d", graph.path))


def worst_case(graph):
    """(bytes, lines that tell the paths)"""
    reset, faults, others = vectors(graph)
    frame = FRAME_BYTES + (FP_FRAME_BYTES if uses_fpu(graph) else 0)
    ordinary = {addr for addr in others if not leads_to_fault(graph, addr, faults)}
    total, names = deepest(graph, {reset})
    told = [tell(graph, "from reset", total, names)]
    if ordinary:
        found, names = deepest(graph, ordinary)
        told.append(tell(graph, "in an interrupt", found + frame, names))
        total += found + frame
    found, names = deepest(graph, faults)
    told.append(tell(graph, "in a fault", found, names))
    if not all(graph.by_addr[addr].is_fresh for addr in faults):
        raise GraphError("a fault handler stays on the stack that it found")
    return max(total + frame, found), told


def leads_to_fault(graph, addr, faults):
    """A handler that only branches on to the faults' one."""
    return addr in faults or graph.by_addr[addr].calls == faults


def tell(graph, what, size, names):
    return f"{size:5} {what}: " + " > ".join(f"{n}({graph.by_name[n].own_bytes})" for n in names)


def compiler_frames(folder, target):
    """What the compiler said of each function: {name: bytes}."""
    frames = {}
    for path in glob.glob(os.path.join(folder, "**", "*.su"), recursive=True):
        with open(path, encoding="utf-8") as stream:
            for line in stream:
                place, size, kind = line.rstrip("\n").split("\t")
                if "dynamic" in kind and "bounded" not in kind:
                    raise GraphError(f"{target}: stack of variable size: {place}")
                source, name = place.split(":")[0], place.split(":")[-1]
                for full in (name, f"{os.path.basename(source)}:{name}"):
                    frames.setdefault(full, set()).add(int(size))
    return frames


def check_frames(graph, frames):
    """Our count must not be below the compiler's; both count a function's own
    stack. A name that was compiled several times is told by its smallest."""
    for name, function in graph.by_name.items():
        if name in frames and function.own_bytes < min(frames[name]):
            raise GraphError(f"{name}: {function.own_bytes} bytes counted, the compiler says "
                             f"{sorted(frames[name])}")


def measure(folder, target, config):
    path = os.path.join(folder, target + ".elf")
    graph = Graph(path)
    own = target + "/"
    callers = {k: v for k, v in config["callers"].items() if "/" not in k}
    callers.update((k[len(own):], v) for k, v in config["callers"].items() if k.startswith(own))
    graph.resolve(config["slots"], callers)
    check_frames(graph, compiler_frames(folder, target))
    flash, ram, reserve = memory_use(path, graph.symbols)
    worst, told = worst_case(graph)
    return {"flash": flash, "ram": ram, "reserve": reserve, "stack": worst, "path": told}


def complaints(target, row, limit):
    for what in ("flash", "ram"):
        if row[what] > limit[what]["max"]:
            yield f"{target}: {row[what]} bytes of {what}, at most {limit[what]['max']} are allowed"
    if row["stack"] > row["reserve"]:
        yield f"{target}: the stack needs {row['stack']} bytes, {row['reserve']} are reserved"


def table_lines(rows, limits):
    yield "| target | flash | aim | limit | RAM | aim | limit | deepest stack | reserved for it |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for target, row in rows.items():
        cells = [f"`{target}`"]
        for what in ("flash", "ram"):
            limit = limits[target][what]
            missed = " (missed)" if row[what] > limit["aim"] else ""
            cells += [f"{row[what]}{missed}", limit["aim"], limit["max"]]
        cells += [row["stack"], row["reserve"]]
        yield "| " + " | ".join(map(str, cells)) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", help="with the ELF files")
    parser.add_argument("--table", default=TABLE, help="limits and pointers (firmware.yml)")
    parser.add_argument("--target", action="append", help="only this one; may be repeated")
    parser.add_argument("--path", action="store_true", help="also print the deepest paths")
    parser.add_argument("--output", help="write the table to a file too, if all is well")
    args = parser.parse_args()
    with open(args.table, encoding="utf-8") as stream:
        config = yaml.safe_load(stream)
    rows, faults = {}, []
    for target, limit in config["limits"].items():
        if args.target and target not in args.target:
            continue
        try:
            rows[target] = measure(args.folder, target, config)
            faults += complaints(target, rows[target], limit)
        except GraphError as problem:
            faults.append(f"{target}: {problem}")
    lines = list(table_lines(rows, config["limits"]))
    for target, row in rows.items() if args.path else ():
        lines += ["", target] + row["path"]
    print("\n".join(lines))
    for fault in faults:
        print(f"firmware_sizes.py: {fault}", file=sys.stderr)
    if faults or not rows:
        return 1
    if args.output:
        with open(args.output, "w", encoding="utf-8") as stream:
            stream.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
