#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The depth of a stack is told right, and what has no answer is an error: small
programs are compiled for the Cortex-M33 and looked at."""
import os
import shutil
import subprocess
import tempfile
import unittest

from stack_graph import Graph, GraphError
import firmware_sizes

PROGRAM = """
typedef void (*call_fn)(volatile char *text);
extern call_fn pointer;
__attribute__((noinline)) static void leaf(volatile char *text) {{ volatile char mine[32]; text[0] = mine[1] = 1; }}
__attribute__((noinline)) void other(volatile char *text)
{{ volatile char mine[200]; leaf(mine); leaf(text); }}
{}
void _start(void) {{ volatile char mine[96]; top(mine); other(mine); }}
call_fn pointer = leaf;
"""
DIRECT = "__attribute__((noinline)) void top(volatile char *t) { volatile char m[400]; other(m); leaf(t); }"
POINTER = "__attribute__((noinline)) void top(volatile char *t) { volatile char m[40]; pointer(m); leaf(t); }"
RECURSION = """__attribute__((noinline)) void low(volatile char *t);
__attribute__((noinline)) void top(volatile char *t) { volatile char m[8]; low(m); leaf(t); }
__attribute__((noinline)) void low(volatile char *t) { if (t[1]) { top(t); } leaf(t); }"""
VARIABLE = "__attribute__((noinline)) void top(volatile char *t) { volatile char m[t[0]]; leaf(m); leaf(t); }"


@unittest.skipUnless(shutil.which("arm-none-eabi-gcc"), "no cross compiler")
class StackDepth(unittest.TestCase):
    def graph(self, top, slots=None, callers=None):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        source, elf = os.path.join(folder, "a.c"), os.path.join(folder, "a.elf")
        with open(source, "w", encoding="utf-8") as stream:
            stream.write(PROGRAM.format(top))
        subprocess.run(["arm-none-eabi-gcc", "-mcpu=cortex-m33", "-mthumb", "-Os", "-fstack-usage", "-nostdlib",
                        "-fno-optimize-sibling-calls", source, "-o", elf], check=True, cwd=folder)
        graph = Graph(elf)
        graph.resolve(slots or {}, callers or {})
        firmware_sizes.check_frames(graph, firmware_sizes.compiler_frames(folder, "a"))
        return graph

    def depth(self, graph):
        return graph.depth(graph.by_name["_start"].addr)

    def test_depth_is_that_of_the_deepest_path(self):
        size, names = self.depth(self.graph(DIRECT))
        self.assertEqual(names, ["_start", "top", "other", "a.c:leaf"])
        # 96, 400, 200 and 32 bytes of arrays, and at most 16 saved by each.
        self.assertTrue(728 <= size <= 792, size)

    def test_pointer_without_a_row_is_an_error(self):
        with self.assertRaisesRegex(GraphError, "does not know, in top"):
            self.graph(POINTER)

    def test_pointer_counts_what_its_slot_can_hold(self):
        graph = self.graph(POINTER, {"hook": ["other", "a.c:leaf"]}, {"top": ["hook"]})
        self.assertEqual(self.depth(graph)[1], ["_start", "top", "other", "a.c:leaf"])

    def test_slot_without_any_function_is_an_error(self):
        with self.assertRaisesRegex(GraphError, "none of its functions"):
            self.graph(POINTER, {"hook": ["gone"]}, {"top": ["hook"]})

    def test_recursion_is_an_error(self):
        with self.assertRaisesRegex(GraphError, "recursion: top -> low -> top"):
            self.depth(self.graph(RECURSION))

    def test_variable_stack_is_an_error(self):
        with self.assertRaisesRegex(GraphError, "variable size"):
            self.graph(VARIABLE)

    def test_compiler_is_believed_if_it_says_more(self):
        graph = self.graph(DIRECT)
        with self.assertRaisesRegex(GraphError, "the compiler says"):
            firmware_sizes.check_frames(graph, {"top": {graph.by_name["top"].own_bytes + 8}})


class Limits(unittest.TestCase):
    ROW = {"flash": 100, "ram": 100, "stack": 50, "reserve": 50}
    LIMIT = {"flash": {"max": 100, "aim": 90}, "ram": {"max": 100, "aim": 100}}

    def complaints(self, **change):
        return list(firmware_sizes.complaints("x", dict(self.ROW, **change), self.LIMIT))

    def test_at_the_limit_all_is_well(self):
        self.assertEqual(self.complaints(), [])

    def test_each_limit_is_held(self):
        for what in ("flash", "ram"):
            self.assertRegex(self.complaints(**{what: 101})[0], f"101 bytes of {what}, at most 100")
        self.assertRegex(self.complaints(stack=51)[0], "needs 51 bytes, 50 are reserved")

    def test_a_missed_aim_is_shown(self):
        lines = list(firmware_sizes.table_lines({"x": self.ROW}, {"x": self.LIMIT}))
        self.assertIn("| 100 (missed) | 90 | 100 | 100 | 100 | 100 |", lines[2])


if __name__ == "__main__":
    unittest.main()
