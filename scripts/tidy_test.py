#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each rule of tidy.py catches its violation, and says nothing about a tree
without one: a violation is planted in a small tree of its own."""
import os
import subprocess
import sys
import tempfile
import unittest

TIDY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tidy.py")
SPDX = "/* SPDX-License-Identifier: MIT */\n"
HASH = "# SPDX-License-Identifier: MIT\n"

GOOD = {
    "CMakeLists.txt": HASH + "file(GLOB SRC src/*/*.c port/host/*.c tools/*.c)\n",
    "layouts/board.yml": HASH + "part:\n  address: 0xc000\n  end_address: 0xfc000\n",
    "include/duo/compiler.h": SPDX + "#ifndef A\n#define A\n#if X\n#endif\n#endif\n",
    "include/duo/err.h": SPDX + "#ifndef E\n#define E\nenum duo_err {\n    DUO_OK = 0,\n"
                                "    DUO_ERR_ARG = -1,\n};\n#endif\n",
    "include/duo/reason.h": SPDX + "enum duo_reason {\n    DUO_REASON_NONE = 0,\n};\n",
    "src/base/err.c": SPDX + '#include "duo/err.h"\n#include <stdint.h>\n'
                             'case DUO_OK: return "No error.";\n'
                             'case DUO_ERR_ARG: return "A bad argument.";\n',
    "src/base/reason.c": SPDX + 'ROW(NONE, "none", "Nothing to tell."),\n',
    "src/slot/slot.c": SPDX + '#include "slot_internal.h"\n'
                              "int f(int a, int b)\n{\n    return a + b;\n}\n",
    "src/slot/slot_internal.h": SPDX + "/* Private. */\n",
    "src/slot/slot_test.c": SPDX + '#include <stdio.h>\n#include "sim.h"\n'
                                   "int at = 0xc000;\n",
    "src/slot/slot_rig.h": SPDX + "/* For tests. */\n",
    "port/host/sim.h": SPDX + "#if 1\n#endif\n",
    "tools/main.c": SPDX + "int main(void)\n{\n    return 0;\n}\n",
    "web/package-lock.json": '{"packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": '
                             '{"optionalDependencies": {"@b/c": "1", "d": "1"}}, '
                             '"node_modules/a/node_modules/@b/c": {}, "node_modules/d": {}}}',
    "docs/page.md": "Text\n<!-- generated: echo 7 -->\n7\n<!-- end -->\n",
}
LONG_BODY = "int f(void)\n{\n" + "    g();\n" * 60 + "}\n"

# rule, file, its new content, and what the finding must say.
PLANTED = (
    ("licence", "tools/main.c", "int main(void);\n", "no SPDX"),
    ("licence", "tool", "#!/bin/bash\necho\n", "no SPDX"),
    ("unfinished", "docs/page.md", "one\nFIXME later\n", ":2:"),
    ("unfinished", "tools/main.c", SPDX + "/* TODO: more */\n", ":2:"),
    ("machine-path", "docs/page.md", "see /wo" "rk/shared/x\n", ":1:"),
    ("machine-path", "tools/a.sh", HASH + "cat /tmp/bash_" "jobs/1\n", ":2:"),
    ("machine-path", "tools/a.sh", HASH + "ls /home/me\n", ":2:"),
    ("file-length", "tools/main.c", SPDX + "int a;\n" * 401, "402 lines"),
    ("file-length", "tools/a.py", HASH + "a = 1\n" * 401, "402 lines"),
    ("line-length", "tools/main.c", SPDX + "int " + "a" * 100 + ";\n", "105 characters"),
    ("line-end", "tools/main.c", SPDX + "int a; \n", ":2:"),
    ("conditional", "src/slot/slot.c", SPDX + "#ifdef FAST\nint a;\n#endif\n", "#ifdef FAST"),
    ("conditional", "src/slot/slot.c", SPDX + "int a;\n#ifndef B\n#define B\n#endif\n", ":3:"),
    ("conditional", "include/duo/new.h",
     SPDX + "#ifndef G\n#define G\n#ifndef H\n#define H\n#endif\n#endif\n", ":4:"),
    ("conditional", "tools/main.c", SPDX + "#if 0\n#elif 1\n#endif\n", "#elif 1"),
    ("function-length", "tools/main.c", SPDX + LONG_BODY, "f has 61 lines"),
    ("parameters", "tools/main.c",
     SPDX + "int f(int a, int b, int c, int d, int e, int (*g)(int, int))\n{\n}\n",
     "f has 6 parameters"),
    ("unit", "tools/main.c", SPDX + "int f(uint32_t page_size);\n", "'page_size'"),
    ("unit", "tools/main.c", SPDX + "struct a {\n    size_t len;\n};\n", "'len'"),
    ("unit", "tools/main.c", SPDX + "unsigned long timeout = 3;\n", "'timeout'"),
    ("sentence", "src/base/err.c", SPDX + 'case DUO_OK: return "No error.";\n', "DUO_ERR_ARG"),
    ("sentence", "src/base/err.c",
     SPDX + 'case DUO_OK: return "No error.";\ncase DUO_ERR_ARG: return "bad";\n', "DUO_ERR_ARG"),
    ("sentence", "src/base/reason.c", SPDX + 'ROW(NONE, "none", ""),\n', "DUO_REASON_NONE"),
    ("include-direction", "src/slot/slot.c", SPDX + "#include <stdio.h>\n", "freestanding"),
    ("include-direction", "src/slot/slot.c", SPDX + '#include "sim.h"\n', "port/host/sim.h"),
    ("include-direction", "src/slot/slot.c", SPDX + '#include "../../port/host/sim.h"\n',
     "port/host/sim.h"),
    ("include-direction", "src/slot/slot.c", SPDX + '#include "slot_rig.h"\n', "tests only"),
    ("include-direction", "src/base/err.c", GOOD["src/base/err.c"] +
     '#include "slot/slot_internal.h"\n', "not below"),
    ("include-direction", "include/duo/new.h", SPDX + '#include "err.h"\n', '"duo/..."'),
    ("include-direction", "include/duo/new.h", SPDX + '#include "slot/slot_internal.h"\n',
     "must not include"),
    ("include-direction", "port/host/sim.h", SPDX + '#include "slot/slot_internal.h"\n',
     "must not include"),
    ("include-cycle", "include/duo/err.h", GOOD["include/duo/err.h"] +
     '#include "duo/reason.h"\n', "reason.h"),
    ("not-built", "src/deep/er/lost.c", SPDX, "no build"),
    ("not-built", "targets/lost.c", SPDX, "no build"),
    ("address", "tools/main.c", SPDX + "unsigned at = 0x0000C000U;\n", "address of part"),
    ("address", "port/host/flash.ld", SPDX + "x = 0xfc000;\n", "end_address of part"),
    ("package-lock", "web/package-lock.json",
     '{"packages": {"": {"devDependencies": {}, "optionalDependencies": {"@b/c": "1"}}}}', "@b/c"),
    ("package-lock", "web/package-lock.json",
     '{"packages": {"node_modules/a": {"dependencies": {"b": "1"}}, '
     '"node_modules/c/node_modules/b": {}}}', "b, which"),
    ("generated", "docs/page.md", "<!-- generated: echo 7 -->\n8\n<!-- end -->\n", "older"),
    ("generated", "docs/page.md", "<!-- generated: false -->\n8\n<!-- end -->\n", "ends with 1"),
    ("generated", "docs/page.md", "<!-- generated: echo 7 -->\n7\n", "no end"),
)

# Looks like a violation, but is none.
HARMLESS = (
    ("tools/main.c", SPDX + "/* #if FIXED: a todo list of 0xc000 entries */\nint a;\n"),
    ("tools/main.c", SPDX + 'const char *a = "{ 0xfc000 #if {";\n'),
    ("tools/main.c", SPDX + "/* Over 400 lines: a table. */\n" + "int a;\n" * 401),
    ("tools/main.c", SPDX + "int f(void)\n{\n" + "    g();\n" * 59 + "}\n"),
    ("tools/main.c", SPDX + "struct a b = {\n" + "    1,\n" * 90 + "};\n"),
    ("tools/main.c", SPDX + "size_t size_bytes, len_words;\nint blank_size(void);\n"),
    ("tools/main.c", SPDX + "int a = 0x100000 + 0x1000000;\n"),
    ("tools/main.c", SPDX + "/* clang-format off */\nint " + "a" * 100 + ";\n"),
    ("include/duo/new.h", SPDX + '#ifndef G\n#define G\n#ifdef __cplusplus\nextern "C" {\n'
                                 "#endif\n#endif\n"),
    ("docs/page.md", "A path like $HOME/wo" "rk/x or https://a.b/home/x.\n"),
    ("build/tools/lost.c", "int size;\n"),
)


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = self.folder.name
        for path, text in GOOD.items():
            self.write(path, text)

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as stream:
            stream.write(text)

    def tidy(self, *options):
        done = subprocess.run([sys.executable, TIDY, "--root", self.root, *options], text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout.splitlines()[:-1]

    def test_good_tree_has_no_findings(self):
        self.assertEqual(self.tidy("--build", self.root), (0, []))

    def test_each_violation_is_caught(self):
        for rule, path, text, what in PLANTED:
            with self.subTest(rule=rule, path=path, what=what):
                before = GOOD.get(path)
                if what == "reason.h":  # A cycle needs its other half.
                    self.write("include/duo/reason.h",
                               GOOD["include/duo/reason.h"] + '#include "duo/err.h"\n')
                self.write(path, text)
                code, lines = self.tidy("--build", self.root)
                self.assertEqual(code, 1)
                mine = [l for l in lines if f": {rule}: " in l]
                self.assertTrue(any(what in l for l in mine), lines)
                self.write("include/duo/reason.h", GOOD["include/duo/reason.h"])
                if before is None:
                    os.remove(os.path.join(self.root, path))
                else:
                    self.write(path, before)

    def test_harmless_lookalikes_are_not(self):
        for path, text in HARMLESS:
            with self.subTest(path=path, text=text[:60]):
                self.write(path, text)
                self.assertEqual(self.tidy("--build", self.root), (0, []))
                if path in GOOD:
                    self.write(path, GOOD[path])
                else:
                    os.remove(os.path.join(self.root, path))

    def test_a_header_that_only_tests_include_is_a_test(self):
        self.write("src/slot/slot_rows.h", SPDX + '#include "sim.h"\n')
        self.assertEqual(self.tidy("--build", self.root)[0], 1)
        self.write("src/slot/slot_test.c", SPDX + '#include "slot_rows.h"\n')
        self.assertEqual(self.tidy("--build", self.root), (0, []))
        self.write("src/slot/slot.c", SPDX + '#include "slot_rows.h"\n')
        self.assertEqual(self.tidy("--build", self.root)[0], 1)

    def test_a_file_in_compile_commands_is_built(self):
        self.write("targets/main.c", SPDX)
        self.assertEqual(self.tidy()[0], 1)
        self.write("build/compile_commands.json",
                   '[{"directory": "%s/build", "file": "../targets/main.c"}]' % self.root)
        self.assertEqual(self.tidy("--build", os.path.join(self.root, "build")), (0, []))

    def test_fix_rewrites_only_the_generated_section(self):
        text = "a\n<!-- generated: echo 7 -->\nold\n<!-- end -->\nb\n" \
               "<!-- generated: printf 'x\\ny' -->\n<!-- end -->\n"
        self.write("docs/page.md", text)
        self.assertEqual(self.tidy("--build", self.root, "--fix")[0], 0)
        with open(os.path.join(self.root, "docs/page.md"), encoding="utf-8") as stream:
            self.assertEqual(stream.read(), "a\n<!-- generated: echo 7 -->\n7\n<!-- end -->\nb\n"
                             "<!-- generated: printf 'x\\ny' -->\nx\ny\n<!-- end -->\n")
        self.assertEqual(self.tidy("--build", self.root), (0, []))


if __name__ == "__main__":
    unittest.main()
