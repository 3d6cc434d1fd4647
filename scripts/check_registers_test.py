#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_registers.py finds every kind of wrong line. The vendor's SVD files are
not in the project, so two small ones in their format are made here."""
import os
import subprocess
import sys
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check_registers.py")

SVD = """<device><name>nrf5340_{name}</name><cpu><deviceNumInterrupts>{lines}</deviceNumInterrupts></cpu>
<peripherals>
<peripheral><name>DEMO_NS</name><baseAddress>{base}</baseAddress><headerStructName>DEMO</headerStructName>
<interrupt><name>DEMO</name><value>7</value></interrupt><registers>
<register><name>CONFIG</name><addressOffset>{config}</addressOffset><fields>
<field><name>MODE</name><lsb>4</lsb><msb>6</msb><enumeratedValues>
<enumeratedValue><name>Fast</name><value>0x3</value></enumeratedValue></enumeratedValues></field></fields></register>
<cluster><dim>4</dim><dimIncrement>0x10</dimIncrement><name>PART[%s]</name><addressOffset>0x600</addressOffset>
<register><name>SIZE</name><addressOffset>0x4</addressOffset></register></cluster>
</registers></peripheral>
<peripheral derivedFrom="DEMO_NS"><name>DEMO_S</name><baseAddress>{secure}</baseAddress></peripheral>
</peripherals></device>"""

GOOD = """#define NRF_DEMO_S_BASE 0x50001000U
#define NRF_DEMO_NET_BASE 0x41001000U
#define NRF_DEMO_NET_IRQ 7U
#define NRF_S_IRQ_COUNT 69U
#define DEMO_CONFIG 0x504U
#define DEMO_CONFIG_MODE_Pos 4U
#define DEMO_CONFIG_MODE_Msk 0x70U
#define DEMO_CONFIG_MODE_Fast 0x3U
#define DEMO_PART_SIZE(n) (0x604U + 0x10U * (n))
"""
GOOD_ERRATA = """#define DEMO_WORD_UNDOCUMENTED 0x508U
#define STRANGE_ADDR 0x50001508U
"""

# What is put in place of what, and what must be said.
WRONG = (
    ("0x50001000U", "0x40001000U", "says 0x50001000"),
    ("0x41001000U", "0x41001004U", "NRF_DEMO_NET_BASE"),
    ("NET_IRQ 7U", "NET_IRQ 8U", "says 0x7"),
    ("69U", "30U", "NRF_S_IRQ_COUNT"),
    ("0x504U", "0x508U", "DEMO_CONFIG"),
    ("Pos 4U", "Pos 5U", "MODE_Pos"),
    ("0x70U", "0x30U", "MODE_Msk"),
    ("Fast 0x3U", "Fast 0x1U", "MODE_Fast"),
    ("0x604U", "0x600U", "PART_SIZE"),
    ("0x10U *", "0x8U *", "PART_SIZE"),
    ("MODE_Fast", "MODE_Slow", "not in the SVD files"),
    ("DEMO_CONFIG 0x", "DEMO_CONFIGURE 0x", "not in the SVD files"),
    ("0x504U", "(0x500U + 4U)", "cannot read"),
    ("#define NRF_S_IRQ", "#define DEMO_CONFIG 0x504U\n#define NRF_S_IRQ", "defined twice"),
)


class CheckRegisters(unittest.TestCase):
    def run_on(self, text, errata=GOOD_ERRATA, net_config="0x504", swapped=False):
        with tempfile.TemporaryDirectory() as folder:
            def put(name, content):
                with open(os.path.join(folder, name), "w", encoding="utf-8") as stream:
                    stream.write(content)
                return os.path.join(folder, name)

            put("nrf5340.h", text)
            for part in ("flash", "io", "system"):
                put(f"nrf5340_{part}.h", "/* Empty. */\n")
            put("nrf5340_errata.h", errata)
            files = [put("a.svd", SVD.format(name="application", lines=69, base="0x40001000",
                                             secure="0x50001000", config="0x504")),
                     put("n.svd", SVD.format(name="network", lines=30, base="0x41001000",
                                             secure="0x51001000", config=net_config))]
            done = subprocess.run([sys.executable, SCRIPT, "--folder", folder] + files[::-1 if swapped else 1],
                                  capture_output=True, text=True, check=False)
            return done.returncode, done.stdout + done.stderr

    def test_right_lines_pass(self):
        self.assertEqual(self.run_on(GOOD), (0, "11 lines compared, 0 wrong\n"))

    def test_each_wrong_line_is_found(self):
        for old, new, said in WRONG:
            with self.subTest(new):
                self.assertIn(old, GOOD)
                code, output = self.run_on(GOOD.replace(old, new))
                self.assertEqual(code, 1)
                self.assertIn(said, output)

    def test_registers_that_differ_between_the_cores_are_told(self):
        code, output = self.run_on(GOOD, net_config="0x540")
        self.assertEqual(code, 1)
        self.assertIn("DEMO_CONFIG: differs between the cores", output)

    def test_errata_words_must_be_undocumented(self):
        for old, new in (("0x508U", "0x504U"), ("0x50001508U", "0x50001504U"), ("DEMO_WORD", "NONE_WORD")):
            self.assertEqual(self.run_on(GOOD, errata=GOOD_ERRATA.replace(old, new))[0], 1)

    def test_swapped_files_are_refused(self):
        self.assertIn("not the application core's file", self.run_on(GOOD, swapped=True)[1])


if __name__ == "__main__":
    unittest.main()
