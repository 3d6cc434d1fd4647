#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How many instructions our crypto takes on a Cortex-M33.

    scripts/count_instructions.py

Compiles src/crypto for the device (-Os), runs it in Unicorn (Debian's
python3-unicorn) and counts the instructions of each basic block that is
entered. Prints a table as Markdown; ends with 1 if a signature that is right
is refused, or a wrong one is not. Keys and nonces are random where the scheme
has them, so the counts of signatures differ a little from run to run. It takes
about a minute.
"""
import os
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from unicorn import UC_ARCH_ARM, UC_HOOK_BLOCK, UC_MODE_MCLASS, UC_MODE_THUMB, Uc
from unicorn.arm_const import (UC_ARM_REG_LR, UC_ARM_REG_R0, UC_ARM_REG_R1, UC_ARM_REG_R2,
                               UC_ARM_REG_R3, UC_ARM_REG_SP, UC_CPU_ARM_CORTEX_M33)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCES = ["sha256", "sha512", "modular", "curve", "p256", "der", "ed25519", "ed25519_curve"]
CODE, RAM, STOP = 0x10000, 0x20000000, 0x8000
RAM_BYTES = 0x40000
STREAM, DATA, OUT = RAM, RAM + 0x1000, RAM + 0x20000
REGISTERS = (UC_ARM_REG_R0, UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3)
HASHED_BYTES = 65536
ROUNDS = 8


def build(folder):
    """(code, address of each symbol)"""
    elf, image = os.path.join(folder, "crypto.elf"), os.path.join(folder, "crypto.bin")
    sources = [os.path.join(ROOT, "src/crypto", name + ".c") for name in SOURCES]
    sources.append(os.path.join(ROOT, "src/base/bytes.c"))
    subprocess.run(["arm-none-eabi-gcc", "-mcpu=cortex-m33", "-mthumb", "-mfloat-abi=soft", "-ffreestanding",
                    "-std=c11", "-Os", "-I", os.path.join(ROOT, "include"), "-I", os.path.join(ROOT, "src"),
                    *sources, "-nostartfiles", "-Wl,-Ttext=%#x" % CODE, "-Wl,-e,duo_sha256_begin",
                    "-o", elf], check=True)
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", elf, image], check=True)
    lines = subprocess.run(["arm-none-eabi-nm", elf], check=True, capture_output=True, text=True).stdout
    symbols = {line.split()[2]: int(line.split()[0], 16) for line in lines.splitlines() if len(line.split()) == 3}
    with open(image, "rb") as stream:
        return stream.read(), symbols


def halfwords(code):
    """Does an instruction of two halfwords begin at each offset? [ARMv8-M A5.1]"""
    return [len(code) > at + 1 and code[at + 1] >> 3 in (0b11101, 0b11110, 0b11111)
            for at in range(0, len(code), 2)]


class Core:
    def __init__(self, code, symbols):
        self.symbols, self.wide, self.count = symbols, halfwords(code), 0
        self.blocks = {}
        self.uc = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
        self.uc.ctl_set_cpu_model(UC_CPU_ARM_CORTEX_M33)
        self.uc.mem_map(0, 0x100000)
        self.uc.mem_map(RAM, RAM_BYTES)
        self.uc.mem_write(CODE, code)
        self.uc.hook_add(UC_HOOK_BLOCK, self.enter)

    def enter(self, _uc, address, size, _data):
        if (address, size) not in self.blocks:
            at, end, count = address, address + size, 0
            while at < end and CODE <= at:
                at += 4 if self.wide[(at - CODE) // 2] else 2
                count += 1
            self.blocks[(address, size)] = count
        self.count += self.blocks[(address, size)]

    def call(self, name, *arguments):
        """(result, instructions); the fifth argument goes to the stack."""
        stack = RAM + RAM_BYTES - 64
        self.uc.reg_write(UC_ARM_REG_SP, stack)
        self.uc.reg_write(UC_ARM_REG_LR, STOP | 1)
        for register, value in zip(REGISTERS, arguments):
            self.uc.reg_write(register, value)
        if len(arguments) > 4:
            self.uc.mem_write(stack, arguments[4].to_bytes(4, "little"))
        self.count = 0
        self.uc.emu_start(self.symbols[name] | 1, STOP)
        return self.uc.reg_read(UC_ARM_REG_R0), self.count

    def put(self, offset, data):
        self.uc.mem_write(DATA + offset, bytes(data))
        return DATA + offset


def sha256(core):
    data = os.urandom(HASHED_BYTES)
    core.call("duo_sha256_begin", STREAM)
    _, count = core.call("duo_sha256_update", STREAM, core.put(0, data), len(data))
    core.call("duo_sha256_finish", STREAM, OUT)
    hasher = hashes.Hash(hashes.SHA256())
    hasher.update(data)
    assert bytes(core.uc.mem_read(OUT, 32)) == hasher.finalize()
    return count / HASHED_BYTES


def p256(core):
    key, digest = ec.generate_private_key(ec.SECP256R1()), os.urandom(32)
    point = key.public_key().public_bytes(serialization.Encoding.X962,
                                          serialization.PublicFormat.UncompressedPoint)
    signature = key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
    arguments = [core.put(0, point[1:]), core.put(0x100, digest),
                 core.put(0x200, signature), len(signature)]
    result, count = core.call("duo_p256_verify", *arguments)
    core.put(0x100, bytes([digest[0] ^ 1]))
    return count if result == 0 and core.call("duo_p256_verify", *arguments)[0] != 0 else None


def ed(core):
    key, digest = ed25519.Ed25519PrivateKey.generate(), os.urandom(32)
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    signature = key.sign(digest)
    arguments = [core.put(0, public), core.put(0x100, digest), len(digest), core.put(0x200, signature),
                 len(signature)]
    result, count = core.call("duo_ed25519_verify", *arguments)
    core.put(0x100, bytes([digest[0] ^ 1]))
    return count if result == 0 and core.call("duo_ed25519_verify", *arguments)[0] != 0 else None


def main():
    with tempfile.TemporaryDirectory() as folder:
        core = Core(*build(folder))
    p256_counts = [p256(core) for _ in range(ROUNDS)]
    ed_counts = [ed(core) for _ in range(ROUNDS)]
    if None in p256_counts + ed_counts:
        print("count_instructions: a signature got the wrong answer", file=sys.stderr)
        return 1
    print("| work | instructions |\n|---|---:|")
    print(f"| SHA-256, a byte | {sha256(core):.1f} |")
    print(f"| ECDSA P-256, a verification | {sum(p256_counts) / ROUNDS / 1e6:.1f} million |")
    print(f"| Ed25519, a verification | {sum(ed_counts) / ROUNDS / 1e6:.1f} million |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
