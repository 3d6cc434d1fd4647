#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The broken variants of test/power as a table for docs/TESTING.md: what each
breaks (test/power/mutants.c) and which test must catch it (cmake/power.cmake).
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as stream:
        return stream.read()


def spelt(pattern):
    """P[14] is P1 or P4, P[1-6] is P1 to P6."""
    match = re.fullmatch(r"P\[(\d)(-?)(\d)\]", pattern)
    if not match:
        return pattern
    return f"P{match.group(1)} {'to' if match.group(2) else 'or'} P{match.group(3)}"


def main():
    rows = re.findall(r"^    MUTANT_(\w+),\s*/\* (P\d+): (.*?) \*/", read("test/power/mutants.c"), re.MULTILINE)
    listed = re.search(r"set\(DUO_MUTANTS\s+(.*?)\)\n", read("cmake/power.cmake"), re.DOTALL).group(1)
    tests = {line.split(":")[0]: line.split(":")[1:] for line in listed.split()}
    names = [name.lower().replace("_", "-") for name, _, _ in rows]
    if sorted(names) != sorted(tests):
        print("mutant_table: mutants.c and power.cmake list different variants", file=sys.stderr)
        return 1
    print("| variant | breaks | what is broken | caught as | in | test |\n|---|---|---|---|---|---|")
    for name, (_, rule, what) in zip(names, rows):
        scenario, caught = tests[name]
        print(f"| `{name}` | {rule} | {what} | {spelt(caught)} | `{scenario}` | `power_catches_{name}` |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
