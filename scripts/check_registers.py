#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compare the register headers of port/nrf5340 with the vendor's SVD files.

    scripts/check_registers.py nrf5340_application.svd nrf5340_network.svd

The first file is the application core's. Every `#define` of the headers must
be understood and right: base, interrupt line, offset, stride, mask, position,
value. A register that both cores have must be at the same offset in both. The
words of nrf5340_errata.h must *not* be in the SVD files. nrf5340_core.h holds
ARM's registers, which are in no SVD file, and is left out. Ends with 1 if
anything is wrong; docs/TESTING.md says where the SVD files are published.
"""
import argparse
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, "port", "nrf5340")
CHECKED = ("nrf5340.h", "nrf5340_flash.h", "nrf5340_io.h", "nrf5340_system.h")
ERRATA = "nrf5340_errata.h"
MAPS = {"S": ("application", "_S"), "NET": ("network", "_NS")}

DEFINE = re.compile(r"#define\s+(\w+)(\(n\))?\s+(.+)")
NUMBER = re.compile(r"(0x[0-9A-Fa-f]+|\d+)U")
INDEXED = re.compile(r"\((0x[0-9A-Fa-f]+)U \+ (0x[0-9A-Fa-f]+)U \* \(n\)\)")


class Register:
    """Where a register is: offset, the strides of its indices, its fields."""

    def __init__(self, off, strides, node):
        self.off = off
        self.strides = strides
        self.fields = {}
        for field in node.iter("field"):
            low, high = bit_range(field)
            values = {v.findtext("name"): int(v.findtext("value"), 0)
                      for v in field.iter("enumeratedValue") if v.findtext("value")}
            self.fields[field.findtext("name")] = (low, high, values)


def bit_range(field):
    if field.find("lsb") is not None:
        return int(field.findtext("lsb")), int(field.findtext("msb"))
    if field.find("bitRange") is not None:
        high, low = field.findtext("bitRange").strip("[]").split(":")
        return int(low), int(high)
    low = int(field.findtext("bitOffset"), 0)
    return low, low + int(field.findtext("bitWidth"), 0) - 1


def walk(parent, prefix, off, strides):
    """(name, Register) of all registers of a peripheral or cluster."""
    for node in parent:
        if node.tag not in ("register", "cluster"):
            continue
        name = prefix + re.sub(r"\[?%s\]?", "", node.findtext("name"))
        at = off + int(node.findtext("addressOffset"), 0)
        inner = list(strides)
        if node.find("dim") is not None and int(node.findtext("dim"), 0) > 1:
            inner.append(int(node.findtext("dimIncrement"), 0))
        if node.tag == "cluster":
            yield from walk(node, name + "_", at, inner)
        else:
            yield name, Register(at, inner, node)


class Core:
    """What one SVD file says."""

    def __init__(self, path):
        root = ElementTree.parse(path).getroot()
        self.name = root.findtext("name")
        self.irq_count = int(root.findtext("cpu/deviceNumInterrupts"), 0)
        self.bases, self.lines, self.types, self.type_of = {}, {}, {}, {}
        for node in root.find("peripherals"):
            name = node.findtext("name")
            self.bases[name] = int(node.findtext("baseAddress"), 0)
            for line in node.iter("interrupt"):
                self.lines[line.findtext("name")] = int(line.findtext("value"), 0)
            kind = self.type_of.get(node.get("derivedFrom")) or node.findtext("headerStructName")
            self.type_of[name] = kind
            if node.find("registers") is not None:
                self.types.setdefault(kind, dict(walk(node.find("registers"), "", 0, [])))

    def addresses(self):
        for name, base in self.bases.items():
            for register in self.types[self.type_of[name]].values():
                yield base + register.off


def expected(core, name):
    """What the SVD file says about a macro of a register or field: a number,
    (offset, stride) of an indexed register, or None if it knows nothing."""
    for kind in sorted(core.types, key=len, reverse=True):
        if not name.startswith(kind + "_"):
            continue
        words = name[len(kind) + 1:].split("_")
        for count in range(len(words), 0, -1):
            register = core.types[kind].get("_".join(words[:count]))
            if register:
                found = of_register(register, words[count:])
                if found is not None:
                    return found
    return None


def of_register(register, words):
    if not words:
        if len(register.strides) > 1:
            return None
        return (register.off, register.strides[0]) if register.strides else register.off
    for count in range(len(words) - 1, 0, -1):
        field = register.fields.get("_".join(words[:count]))
        if field:
            return of_field(field, "_".join(words[count:]))
    return None


def of_field(field, what):
    low, high, values = field
    if what == "Pos":
        return low
    if what == "Msk":
        return ((1 << (high - low + 1)) - 1) << low
    return values.get(what)


def of_instance(cores, name):
    """The same for a base or an interrupt line."""
    match = re.fullmatch(r"NRF_(?:(\w+)_)?(S|NET)_(BASE|IRQ|IRQ_COUNT)", name)
    if not match:
        return None
    core = cores[MAPS[match.group(2)][0]]
    if match.group(3) == "IRQ_COUNT":
        return core.irq_count
    if match.group(3) == "IRQ":
        return core.lines.get(match.group(1))
    return core.bases.get(match.group(1) + MAPS[match.group(2)][1])


def value_of(text):
    number = NUMBER.fullmatch(text)
    if number:
        return int(number.group(1), 0)
    indexed = INDEXED.fullmatch(text)
    return (int(indexed.group(1), 16), int(indexed.group(2), 16)) if indexed else None


def show(value):
    if isinstance(value, tuple):
        return f"{value[0]:#x} + {value[1]:#x} * n"
    return f"{value:#x}"


def check_define(cores, name, text):
    """What is wrong with a line, or None."""
    value = value_of(text)
    if value is None:
        return f"{name}: cannot read the value '{text}'"
    if re.match(r"NRF_(\w+_)?(S|NET)_", name):
        wanted = {of_instance(cores, name)}
    else:
        wanted = {expected(core, name) for core in cores.values()} - {None}
    if wanted in ({None}, set()):
        return f"{name}: not in the SVD files"
    if len(wanted) > 1:
        return f"{name}: differs between the cores: {' and '.join(map(show, sorted(wanted)))}"
    (right,) = wanted
    return None if value == right else f"{name}: is {show(value)}, the SVD file says {show(right)}"


def check_erratum(cores, name, text):
    """A word that we call undocumented must really be so."""
    value = value_of(text)
    if value is None:
        return f"{name}: cannot read the value '{text}'"
    if name.endswith("_ADDR"):
        taken = {a for core in cores.values() for a in core.addresses()}
    elif name.endswith("_UNDOCUMENTED"):
        kind = name.split("_", maxsplit=1)[0]
        taken = {r.off for core in cores.values() for r in core.types.get(kind, {}).values()}
        if not taken:
            return f"{name}: no peripheral of type {kind}"
    else:
        return None
    return f"{name}: the SVD file has a register here" if value in taken else None


def defines(path):
    with open(path, encoding="utf-8") as stream:
        text = stream.read().replace("\\\n", " ")
    for number, line in enumerate(text.splitlines(), 1):
        match = DEFINE.fullmatch(re.sub(r"\s*/\*.*\*/", "", line).strip())
        if match:
            yield number, match.group(1), " ".join(match.group(3).split())
        elif line.startswith("#define") and not re.fullmatch(r"#define DUO_\w+_H", line):
            yield number, line[8:], ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("application", help="SVD file of the application core")
    parser.add_argument("network", help="SVD file of the network core")
    parser.add_argument("--folder", default=FOLDER, help="of the headers")
    args = parser.parse_args()
    cores = {"application": Core(args.application), "network": Core(args.network)}
    for role, core in cores.items():
        if role not in core.name:
            sys.exit(f"check_registers.py: this is not the {role} core's file: {core.name}")
    faults, count, seen = 0, 0, set()
    for header in CHECKED + (ERRATA,):
        check = check_erratum if header == ERRATA else check_define
        for line, name, text in defines(os.path.join(args.folder, header)):
            problem = f"{name}: defined twice" if name in seen else check(cores, name, text)
            seen.add(name)
            count += 1
            if problem:
                print(f"{header}:{line}: {problem}")
                faults += 1
    print(f"{count} lines compared, {faults} wrong")
    return 1 if faults or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
