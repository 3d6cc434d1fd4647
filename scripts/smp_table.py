#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The groups and commands of the SMP server as a table for docs/SMP.md, from
the tables in src/smp. Ends with 1 if a command there has no words here, or the
other way round.
"""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORDS = {
    (0, 0): "echo",
    (0, 2): "task statistics: the one loop, with the depth of its stack",
    (0, 3): "memory pools: the packet buffers",
    (0, 4): "date and time; until it is set there is none",
    (0, 5): "reset; `force`, `boot_mode` 1 for recovery",
    (0, 6): "MCUmgr parameters: size and count of buffers",
    (0, 7): "OS and application info, all letters and `a`",
    (0, 8): "boot loader info: `MCUboot`, mode 3 (test, confirm, revert)",
    (1, 0): "image list of both cores; test, confirm",
    (1, 1): "upload",
    (1, 5): "erase of a slot (`slot` 1 or 3; 0 and 2 run)",
    (1, 6): "slot info: sizes, and the image number for an upload",
    (2, 0): "statistics of a group",
    (2, 1): "names of the groups",
    (3, 0): "value of a setting",
    (3, 1): "delete a setting",
    (3, 2): "commit: nothing left to do, values count at once",
    (3, 3): "load; save: nothing left to do",
    (8, 0): "a file, piece by piece: download, upload to the disk",
    (8, 1): "length of a file",
    (8, 2): "hash of a file or a part: CRC-32, SHA-256",
    (8, 3): "supported hashes",
    (8, 4): "close",
    (9, 0): "a line for appdemo's shell, its output and result",
    (10, 0): "count of groups",
    (10, 1): "list of groups",
    (10, 2): "one group of the list",
    (10, 3): "names and handlers of the groups",
    (63, 0): "erase the storage: all settings",
    (77, 0): "boot journal: reasons, sentences, versions",
    (77, 1): "flash map with fill",
    (77, 2): "what the next boot installs, and how long it takes",
    (77, 3): "health of the network core",
    (77, 4): "log",
    (77, 5): "unfinished upload",
}


def read(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def constants():
    text = read(f"{ROOT}/include/duo/smp.h") + read(f"{ROOT}/include/duo/smp_duoboot.h")
    return {name: int(value) for name, value in re.findall(r"\b(DUO_SMP_\w+) = (\d+)", text)}


def number(word, known):
    return int(word) if word.isdigit() else known[word]


def groups(known):
    """{number: (name, {command: (may read, may write)}, commands of the small type)}"""
    found = {}
    for path in sorted(glob.glob(f"{ROOT}/src/smp/*.c")):
        if path.endswith("_test.c"):
            continue
        text = read(path)
        tables = {
            name: {number(m[1], known): tuple(re.search(rf"\.{way} = (?!NULL)", m[0]) is not None
                                              for way in ("read", "write"))
                   for m in re.finditer(r"\{\.id\s*=\s*(\w+)[^}]*\}", body)}
            for name, body in re.findall(r"struct duo_smp_command (\w+)\[\] = \{(.*?)\n\};", text, re.S)}
        for body in re.findall(r"struct duo_smp_group_type \w+ = \{(.*?)\n\};", text, re.S):
            group = number(re.search(r"\.id = (\w+)", body)[1], known)
            table = re.search(r"\.commands = (\w+)", body)[1]
            name = re.search(r'\.name = "(.*?)"', body)
            entry = found.setdefault(group, {"name": "", "all": {}, "small": {}})
            entry["small" if table.startswith("small") else "all"] = tables[table]
            entry["name"] = name[1] if name else entry["name"]
    return found


def main():
    known = groups(constants())
    there = {(group, command) for group, entry in known.items() for command in entry["all"]}
    if there != set(WORDS):
        print(f"smp_table: words and code differ in {sorted(there ^ set(WORDS))}", file=sys.stderr)
        return 1
    print("| group | name | command | read | write | recovery | what |\n|---:|---|---:|---|---|---|---|")
    for group, entry in sorted(known.items()):
        for command, (may_read, may_write) in sorted(entry["all"].items()):
            small = entry["small"].get(command)
            recovery = " and ".join(word for word, is_so in zip(("read", "write"), small or ()) if is_so)
            print(f"| {group} | {entry['name']} | {command} | {'yes' if may_read else '-'} | "
                  f"{'yes' if may_write else '-'} | {recovery or '-'} | {WORDS[group, command]} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
