# SPDX-License-Identifier: MIT
"""Rules about how files relate: includes, builds, addresses; see tidy.py."""
import fnmatch
import json
import os
import re

import tidy_c
import yaml

# What a freestanding compiler has, and string.h, which the library brings.
FREESTANDING = {"float.h", "iso646.h", "limits.h", "stdalign.h", "stdarg.h",
                "stdbool.h", "stddef.h", "stdint.h", "stdnoreturn.h", "string.h"}
# Where a quoted include is looked for, after the file's own folder.
INCLUDE_DIRS = ("include", "src", "port/host", "port/nrf5340", "tools/lib",
                "tools/smp", "tools", "board")
# From which folders the product code of a folder may include.
ALLOWED = {
    "include": ("include",),
    "src": ("include", "src"),
    "port": ("include", "port"),
    "board": ("include", "port", "board"),  # Its flashes are port/host/sim.h.
    "tools": ("include", "port", "tools", "board"),
    "targets": ("include", "src", "port", "targets"),
}
# Modules of src/ from the bottom up. A private header may be included from the
# same module or a higher one; everything else goes through include/duo/.
LAYERS = ("base", "flash", "settings", "crypto", "layout", "image", "slot",
          "mailbox", "netboot", "update", "smp")
# Files that a target links in the place of files of the library.
STAND_INS = {"targets/appboot_upload.c": "src/smp/"}
# Tests stand beside the code; they and their rigs may use the simulation.
TEST_FILE = re.compile(r"(_test|_rig|_fixture|_oracle)\.[ch]$|^test/")

# Bounds of the devices themselves; a partition that begins or ends there does
# not make them its own. 0x1000000 is where the network core's flash begins.
DEVICE_ADDRESSES = {0x0, 0x100000, 0x1000000, 0x1040000, 0x800000, 0x20000000}


def includes(text):
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1) == "<", match.group(2)


def resolve(tree, path, name):
    """The file of the tree that a quoted include means, or None."""
    for folder in (os.path.dirname(path),) + INCLUDE_DIRS:
        candidate = os.path.normpath(os.path.join(folder, name))
        if candidate in tree.text:
            return candidate
    return None


def test_files(tree):
    """Tests, and the headers that only tests include."""
    includers = {}
    for path in tree.code():
        for _, is_system, name in includes(tree.text[path]):
            target = None if is_system else resolve(tree, path, name)
            if target:
                includers.setdefault(target, set()).add(path)
    tests = {path for path in tree.code() if TEST_FILE.search(path)}
    grew = True
    while grew:  # Each round adds a header or is the last.
        more = {path for path, users in includers.items() if path.endswith(".h")
                and path.startswith("src/") and users <= tests}
        grew = not more <= tests
        tests |= more
    return tests


def check_system(tree, path, number, name):
    top = path.split("/")[0]
    if top in ("src", "include") and name not in FREESTANDING:
        tree.add(path, number, "include-direction",
                 f"<{name}> is not there on the device: src/ is freestanding")


def is_downward(path, target):
    """From module to module of src/; from targets/, which sees none."""
    source, module = (p.split("/")[1] if p.startswith("src/") else None for p in (path, target))
    if source == module:
        return True
    return source in LAYERS and module in LAYERS and \
        LAYERS.index(module) < LAYERS.index(source)


def check_quoted(tree, path, number, name):
    top = path.split("/")[0]
    target = resolve(tree, path, name)
    if target is None:
        return  # Generated: the build tells if it is not there.
    if target.split("/")[0] not in ALLOWED.get(top, ()):
        tree.add(path, number, "include-direction", f"{top}/ must not include {target}")
    elif TEST_FILE.search(target):
        tree.add(path, number, "include-direction", f"{target} is for tests only")
    elif target.startswith("src/") and not is_downward(path, target) and \
            not target.startswith(STAND_INS.get(path, target + "/")):
        tree.add(path, number, "include-direction",
                 f"{target} is private to a module that is not below; see LAYERS in "
                 "scripts/tidy_tree.py")
    elif top == "include" and not name.startswith("duo/"):
        tree.add(path, number, "include-direction",
                 f'public headers include "duo/...", not "{name}"')


def check_includes(tree):
    tests = test_files(tree)
    for path in tree.code():
        if path in tests:
            continue
        for number, is_system, name in includes(tree.text[path]):
            if is_system:
                check_system(tree, path, number, name)
            else:
                check_quoted(tree, path, number, name)


def check_include_cycles(tree):
    """Headers are layers: none includes itself by way of others."""
    edges = {}
    for path in tree.code():
        if path.endswith(".h"):
            edges[path] = {resolve(tree, path, name): number for number, is_system, name
                           in includes(tree.text[path]) if not is_system}
    done = set()

    def visit(path, trail):
        if path in trail:
            cycle = trail[trail.index(path):] + [path]
            tree.add(trail[-1], edges[trail[-1]][path], "include-cycle", " -> ".join(cycle))
        elif path not in done:
            for target in edges.get(path, ()):
                if target in edges:
                    visit(target, trail + [path])
            done.add(path)

    for path in sorted(edges):
        visit(path, [])


def built_files(tree, builds):
    """Real paths of all files in the compile_commands.json of the builds, and
    of the firmware's builds inside them."""
    built = set()
    for build in [*builds, *(os.path.join(build, "firmware") for build in builds)]:
        path = os.path.join(build, "compile_commands.json")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as stream:
                for entry in json.load(stream):
                    built.add(os.path.realpath(os.path.join(entry["directory"], entry["file"])))
    return built


def build_patterns(tree):
    """Paths and glob patterns that the CMake files name, from the root."""
    patterns = set()
    for path, text in tree.text.items():
        if path.endswith((".cmake", "CMakeLists.txt")):
            here = os.path.dirname(path) if path.endswith("CMakeLists.txt") else ""
            for word in re.findall(r"[\w./*${}-]+\.c\b", text):
                word = re.sub(r"^\$\{CMAKE_SOURCE_DIR\}/", "/", word)
                word = word.lstrip("/") if word.startswith("/") else os.path.join(here, word)
                patterns.add(os.path.normpath(word))
    return patterns


def check_built(tree, builds):
    """A file that nobody builds rots."""
    built = built_files(tree, builds)
    patterns = build_patterns(tree)
    for path in tree.text:
        if not path.endswith(".c"):
            continue
        if os.path.realpath(os.path.join(tree.root, path)) in built:
            continue
        if any(fnmatch.fnmatch(path, p) and path.count("/") == p.count("/") for p in patterns):
            continue
        tree.add(path, 1, "not-built", "no build compiles this file")


def partition_addresses(tree):
    addresses = {}
    for path, text in tree.text.items():
        if path.startswith("layouts/") and path.endswith(".yml"):
            for name, entry in (yaml.safe_load(text) or {}).items():
                for key in ("address", "end_address"):
                    if isinstance(entry, dict) and key in entry:
                        addresses.setdefault(entry[key], f"{key} of {name} in {path}")
    for address in DEVICE_ADDRESSES:
        addresses.pop(address, None)
    return addresses


def check_addresses(tree):
    """A partition's address stands in layouts/ and nowhere else. Tests state
    their facts by hand, so they are free to write one."""
    addresses = partition_addresses(tree)
    for path, text in tree.text.items():
        if path.startswith(("layouts/", "test/", "scripts/tidy")) or TEST_FILE.search(path) \
                or not path.endswith((".c", ".h", ".ld", ".cmake", ".py", ".S", ".sh")):
            continue
        bare = tidy_c.strip(text) if path.endswith((".c", ".h")) else text
        for number, line in enumerate(bare.split("\n"), 1):
            for literal in re.findall(r"\b0[xX]([0-9a-fA-F]+)[uUlL]*\b", line):
                where = addresses.get(int(literal, 16))
                if where:
                    tree.add(path, number, "address", f"0x{literal} is the {where}")


def check_package_lock(tree):
    """A lock file that leaves out a package of another platform: npm writes one
    where a registry lacks that package, and a newer `npm ci` refuses it."""
    for path, text in tree.text.items():
        if os.path.basename(path) != "package-lock.json":
            continue
        packages = json.loads(text)["packages"]
        for name, package in packages.items():
            wanted = {**package.get("dependencies", {}), **package.get("optionalDependencies", {})}
            for other in wanted:
                # Node.js looks in the package's own folder, then in each above it.
                folders = ["", *(name[:m.end()] + "/" for m in re.finditer(
                    r"node_modules/(?:@[^/]+/)?[^/]+", name))]
                if not any(f"{folder}node_modules/{other}" in packages for folder in folders):
                    tree.add(path, 1, "package-lock", f"{name or 'the page'} may need {other}, "
                             "which is not listed: take versions that the registry has whole")
