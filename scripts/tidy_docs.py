# SPDX-License-Identifier: MIT
"""Generated sections of documents; see tidy.py.

A section between `<!-- generated: COMMAND -->` and `<!-- end -->`, each on a
line of its own, is what COMMAND prints. It is run in the project's root with
the programs of the build directories first in its path.
"""
import os
import re
import subprocess

SECTION = re.compile(r"^(<!-- generated: (.+?) -->\n)(.*?)^(<!-- end -->)$",
                     re.MULTILINE | re.DOTALL)
SECONDS_MAX = 60


def run(tree, builds, command):
    """(output, None), or (None, why not)."""
    folders = [os.path.abspath(os.path.join(b, d)) for b in builds for d in ("bin", ".")]
    env = dict(os.environ, PATH=os.pathsep.join(folders + [os.environ["PATH"]]))
    try:
        done = subprocess.run(["bash", "-c", "set -o pipefail; " + command], cwd=tree.root,
                              env=env, capture_output=True, text=True, timeout=SECONDS_MAX,
                              check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return None, f"takes longer than {SECONDS_MAX} s"
    if done.returncode != 0:
        return None, f"ends with {done.returncode}: {done.stderr.strip()[:120]}"
    return done.stdout.rstrip("\n") + "\n", None


def check_generated(tree, builds, is_fixing):
    for path, text in list(tree.text.items()):
        if not path.endswith(".md"):
            continue
        opened = len(re.findall(r"^<!-- generated: ", text, re.MULTILINE))
        sections = list(SECTION.finditer(text))
        if opened != len(sections):
            tree.add(path, 1, "generated", "a section has no end: <!-- end -->")
            continue
        if not builds:
            continue
        fixed = text
        for match in reversed(sections):
            line = text.count("\n", 0, match.start()) + 1
            output, problem = run(tree, builds, match.group(2))
            if problem:
                tree.add(path, line, "generated", f"'{match.group(2)}' {problem}")
            elif output != match.group(3):
                fixed = fixed[:match.start(3)] + output + fixed[match.end(3):]
                if not is_fixing:
                    tree.add(path, line, "generated",
                             f"older than its source: '{match.group(2)}' prints something else; "
                             "run scripts/tidy.py --fix --build DIR")
        if is_fixing and fixed != text:
            with open(os.path.join(tree.root, path), "w", encoding="utf-8") as stream:
                stream.write(fixed)
            print(f"{path}: generated sections rewritten")
