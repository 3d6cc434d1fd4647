# SPDX-License-Identifier: MIT
"""The call graph of a Cortex-M ELF file with the stack that each function takes;
see firmware_sizes.py.

Read from the machine code, so that what the linker left out does not count and
library functions without source do. A function's own stack is the sum of all
that it pushes or subtracts: an upper bound also where only one of several
paths does so. Two things have no answer in the code and are errors unless the
table of slots has one: a call through a pointer, and a stack of variable size.
"""
import bisect
import re
import struct
import subprocess

BRANCH = re.compile(r"b(l|lx)?(eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?(\.n|\.w)?$")
TARGET = re.compile(r"([0-9a-f]+) <([^>+]+)(\+0x[0-9a-f]+)?>")
CLONE = re.compile(r"\.(isra|constprop|part|cold)\.?\d*")
LITERAL = re.compile(r"\((\w+) <")


class GraphError(Exception):
    """The depth of the stack cannot be told; the message says why."""


class Function:
    """One function: where, how much stack, whom it calls."""

    def __init__(self, name, addr):
        self.name = name
        self.addr = addr
        self.own_bytes = 0
        self.calls = set()      # Addresses.
        self.pointer_calls = 0  # Calls through a pointer that were not resolved.
        self.is_fresh = False   # Sets the stack pointer: begins a stack anew.


def tool(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sections(path, flag):
    """(name, size, address, offset in the file) of the sections that have a flag."""
    lines = tool("arm-none-eabi-objdump", "-h", path).splitlines()
    for head, flags in zip(lines, lines[1:]):
        words = head.split()
        if len(words) == 7 and words[0].isdigit() and flag in flags:
            yield words[1], int(words[2], 16), int(words[3], 16), int(words[5], 16)


def registers(text):
    """How many registers a list such as {r4, r6-r8, lr} holds."""
    count = 0
    for item in re.search(r"\{(.*)\}", text).group(1).split(","):
        ends = re.findall(r"[a-z]+(\d+)", item)
        count += int(ends[1]) - int(ends[0]) + 1 if "-" in item else 1
    return count


def stack_taken(mnemonic, operands):
    """Bytes that one instruction takes from the stack; None: cannot be told."""
    base = mnemonic.split(".")[0]
    if base == "push" or (base in ("stmdb", "stmfd") and operands.startswith("sp!")):
        return 4 * registers(operands)
    if base in ("vpush", "vstmdb"):
        return registers(operands) * (8 if "{d" in operands else 4)
    if base in ("sub", "subw") and re.match(r"sp,", operands):
        number = re.search(r"#(\d+)$", operands)
        return int(number.group(1)) if number else None
    pre = re.search(r"\[sp, #-(\d+)\]!", operands)
    if pre:
        return int(pre.group(1))
    if re.match(r"(mov|add|addw)$", base) and re.match(r"sp, r", operands):
        return None
    return 0


class Graph:
    """All functions of an ELF file, by address and by name."""

    def __init__(self, path):
        self.path = path
        self.by_addr, self.by_name, self.symbols = {}, {}, {}
        self.read_symbols()
        self.starts = sorted(self.by_addr)
        self.memory = self.read_memory()
        self.read_code()

    def read_symbols(self):
        """Local functions are named file.c:name; two files may use one name."""
        source = "?"
        pattern = re.compile(r"^([0-9a-f]{8}) (.{7}) (\S+)\s+([0-9a-f]+)\s+(?:\.hidden )?(.*)$")
        for line in tool("arm-none-eabi-objdump", "-t", self.path).splitlines():
            match = pattern.match(line)
            if not match:
                continue
            addr, flags, name = int(match.group(1), 16), match.group(2), match.group(5)
            if "f" in flags and match.group(3) == "*ABS*":
                source = name
            elif "F" in flags:
                full = f"{source}:{name}" if flags[0] == "l" else name
                self.by_name[full] = self.by_addr.setdefault(addr & ~1, Function(full, addr & ~1))
            elif not name.startswith("$") and flags[0] == "g":
                self.symbols[name] = addr

    def read_memory(self):
        """Sections with content, to read literals and the vector table."""
        with open(self.path, "rb") as stream:
            data = stream.read()
        return [(vma, data[off:off + size]) for _, size, vma, off in sections(self.path, "LOAD")]

    def word(self, addr):
        for vma, content in self.memory:
            if vma <= addr and addr + 4 <= vma + len(content):
                return struct.unpack_from("<I", content, addr - vma)[0]
        return None

    def owner(self, addr):
        at = bisect.bisect_right(self.starts, addr) - 1
        return self.by_addr[self.starts[at]] if at >= 0 else None

    def read_code(self):
        pattern = re.compile(r"^\s*([0-9a-f]+):\t[0-9a-f ]+\t(\S+)(?:\t(.*))?$")
        known = {}
        last = None
        for line in tool("arm-none-eabi-objdump", "-d", self.path).splitlines():
            match = pattern.match(line)
            if not match:
                continue
            function = self.owner(int(match.group(1), 16))
            if function is None:
                continue
            if function is not last:
                known, last = {}, function
            self.read_instruction(function, match.group(2), match.group(3) or "", known)

    def read_instruction(self, function, mnemonic, operands, known):
        text = operands.split("@")[0].split(";")[0].strip()
        taken = stack_taken(mnemonic, text)
        if taken is None:
            raise GraphError(f"{function.name}: stack of variable size: {mnemonic} {text}")
        function.own_bytes += taken
        if mnemonic == "msr" and text.lower().startswith("msp,"):
            function.is_fresh = True
        load = re.match(r"(r\d+|ip|lr), \[pc", text)
        if mnemonic.startswith("ldr") and load:
            literal = LITERAL.search(operands)
            known[load.group(1)] = self.word(int(literal.group(1), 16)) if literal else None
            return
        if mnemonic in ("bx", "blx", "bxns", "blxns") and re.fullmatch(r"r\d+|ip|lr|r12", text):
            if text != "lr" or mnemonic.startswith("blx"):
                self.call_pointer(function, known.get(text))
            return
        if BRANCH.match(mnemonic):
            self.branch(function, operands)
        written = re.match(r"(r\d+|ip|lr)\b", text)
        if written and not mnemonic.startswith(("str", "cmp", "tst", "stm", "push", "cbz", "cbnz")):
            known.pop(written.group(1), None)

    def call_pointer(self, function, value):
        target = self.by_addr.get(value & ~1) if value else None
        if target:
            function.calls.add(target.addr)
        else:
            function.pointer_calls += 1

    def branch(self, function, operands):
        match = TARGET.search(operands)
        if not match:
            return
        target = self.owner(int(match.group(1), 16))
        if target is not None and target is not function:
            function.calls.add(target.addr)

    def resolve(self, slots, callers):
        """Give each call through a pointer its possible targets. Clones that the
        compiler made (name.isra.0 and the like) go by the name in the source."""
        pointing = [(CLONE.sub("", f.name), f) for f in self.by_addr.values() if f.pointer_calls]
        # A row of a whole file, "file.c:", stands for its local functions.
        rows = {name: callers.get(name, callers.get(name.partition(":")[0] + ":"))
                for name, _ in pointing}
        unknown = sorted(name for name, row in rows.items() if row is None)
        if unknown:
            raise GraphError("calls through a pointer that the table does not know, in "
                             + ", ".join(unknown))
        present = {}
        for name, function in self.by_name.items():
            present.setdefault(CLONE.sub("", name), []).append(function.addr)
        for name, function in pointing:
            for slot in rows[name]:
                if slot not in slots:
                    raise GraphError(f"{name}: the table has no slot '{slot}'")
                targets = [addr for n in slots[slot] for addr in present.get(n, [])]
                if slots[slot] and not targets:
                    raise GraphError(f"slot '{slot}' of {name}: none of its functions is there")
                function.calls.update(targets)

    def depth(self, addr, path=(), memo=None):
        """(bytes, names on the deepest path) from a function on."""
        memo = {} if memo is None else memo
        if addr in path:
            names = [self.by_addr[a].name for a in path[path.index(addr):]]
            raise GraphError("recursion: " + " -> ".join(names + names[:1]))
        if addr not in memo:
            function = self.by_addr[addr]
            best, below = 0, []
            for callee in sorted(function.calls):
                if self.by_addr[callee].is_fresh:
                    continue  # A root of its own: nothing of ours lies below.
                found, names = self.depth(callee, path + (addr,), memo)
                if found > best:
                    best, below = found, names
            memo[addr] = (function.own_bytes + best, [function.name] + below)
        return memo[addr]
