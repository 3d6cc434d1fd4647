#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""House rules that no compiler knows, as a test.

    scripts/tidy.py [--root DIR] [--build DIR]... [--fix]

Prints one line for each finding, `file:line: rule: what`, and ends with 1 if
there is any. --build names build directories: their compile_commands.json
tells which files are built, and their programs print the generated sections
of the documents, which --fix brings up to date.
scripts/tidy_test.py plants every violation and sees it caught.
"""
import argparse
import os
import re
import sys

import tidy_c
import tidy_docs
import tidy_tree

SKIPPED_DIRS = {".git", ".cache", "build", "__pycache__", "node_modules", "dist"}
# Files whose first lines carry the licence; by suffix or by a #! line.
LICENSED = (".c", ".h", ".py", ".sh", ".cmake", ".yml", ".ld", ".S", ".js", ".ts", ".tsx", ".css",
            ".html")
LINES_MAX = 400
# clang-format keeps 80 for C; it cannot break a long string, so C gets a few
# more. Documents have tables, shell tests quote whole messages.
WIDTH_MAX = {".c": 100, ".h": 100, ".py": 120, ".cmake": 120}
# These spell out what they look for.
SELF = ("scripts/tidy.py", "scripts/tidy_c.py", "scripts/tidy_tree.py",
        "scripts/tidy_docs.py", "scripts/tidy_test.py")


class Tree:
    """All text files below root, by path relative to it."""

    def __init__(self, root):
        self.root = root
        self.text = {}
        self.findings = []
        for folder, dirs, names in os.walk(root):
            dirs[:] = sorted(d for d in dirs if d not in SKIPPED_DIRS)
            for name in sorted(names):
                self.read(os.path.join(folder, name))

    def read(self, path):
        try:
            with open(path, encoding="utf-8") as stream:
                text = stream.read()
        except (UnicodeDecodeError, OSError):
            return  # Binary, or gone meanwhile.
        self.text[os.path.relpath(path, self.root)] = text

    def add(self, path, line, rule, what):
        self.findings.append((path, line, rule, what))

    def code(self):
        """C files and headers."""
        return [p for p in self.text if p.endswith((".c", ".h"))]


def is_licensed(path, text):
    return path.endswith(LICENSED) or path.endswith("CMakeLists.txt") \
        or text.startswith("#!")


def check_licence(tree):
    for path, text in tree.text.items():
        head = "\n".join(text.split("\n")[:3])
        if is_licensed(path, text) and "SPDX-License-Identifier: MIT" not in head:
            tree.add(path, 1, "licence", "no SPDX line in the first three lines")


def check_words(tree):
    """Unfinished work, and paths of somebody's machine."""
    unfinished = re.compile(r"\b(FIXME|TODO|XXX|HACK)\b")
    machine = re.compile(r"(?<![\w.$}~-])/(?:work|farm|home|root|tmp/bash_jobs)/")
    for path, text in tree.text.items():
        if path in SELF:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if unfinished.search(line):
                tree.add(path, number, "unfinished", line.strip()[:80])
            if machine.search(line):
                tree.add(path, number, "machine-path", line.strip()[:80])


def check_size(tree):
    for path, text in tree.text.items():
        suffix = os.path.splitext(path)[1]
        lines = text.split("\n")
        if not path.endswith(LICENSED):
            continue
        if len(lines) - 1 > LINES_MAX and not re.search(r"Over 400 lines: \w+", text):
            tree.add(path, 1, "file-length", f"{len(lines) - 1} lines and no reason: "
                     "/* Over 400 lines: why */")
        is_formatted = True
        for number, line in enumerate(lines, 1):
            if "clang-format off" in line or "clang-format on" in line:
                is_formatted = "clang-format on" in line
            if is_formatted and len(line) > WIDTH_MAX.get(suffix, 1000):
                tree.add(path, number, "line-length",
                         f"{len(line)} characters, at most {WIDTH_MAX[suffix]}")
            if line.rstrip() != line:
                tree.add(path, number, "line-end", "white space at the end")


RULES = (
    check_licence,
    check_words,
    check_size,
    tidy_c.check_conditionals,
    tidy_c.check_functions,
    tidy_c.check_units,
    tidy_c.check_sentences,
    tidy_tree.check_includes,
    tidy_tree.check_include_cycles,
    tidy_tree.check_addresses,
    tidy_tree.check_package_lock,
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--root", default=here)
    parser.add_argument("--build", action="append", default=[])
    parser.add_argument("--fix", action="store_true",
                        help="rewrite generated sections of documents")
    args = parser.parse_args()

    tree = Tree(args.root)
    for rule in RULES:
        rule(tree)
    tidy_tree.check_built(tree, args.build)
    tidy_docs.check_generated(tree, args.build, args.fix)
    for path, line, rule, what in sorted(tree.findings):
        print(f"{path}:{line}: {rule}: {what}")
    count = len(tree.findings)
    print(f"tidy: {len(tree.text)} files, {count} finding{'s' * (count != 1)}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
