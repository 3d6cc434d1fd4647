#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Convert the public vectors of Debian's python3-cryptography-vectors to lines
that crypto_vectors_test.c reads: a kind, then hexadecimal fields ("-" if
empty), then the expected result where there is one. Only formats change here;
r and s become DER. What is computed: digests of messages that were signed with
another hash than SHA-256, and, for vectors that are a public key alone, a
signature that is right if the key is."""

import hashlib
import os
import sys

import cryptography_vectors

from curves import p256_forge
from der import ecdsa_der

ROOT = os.path.dirname(cryptography_vectors.__file__)

# Fewer lines than these mean that a file was not understood.
EXPECTED_MIN = {
    "sha256": 129, "sha512": 257, "sha256-monte": 1, "sha512-monte": 1,
    "p256": 30, "p256-digest": 60, "p256-key": 12, "ed25519": 1024,
}


def records(*path):
    """Yield (section, fields) for each block of a CAVP file."""
    section, fields = "", {}
    with open(os.path.join(ROOT, *path), encoding="ascii") as file:
        for line in file:
            line = line.strip()
            if line.startswith("["):
                yield section, fields
                section, fields = line, {}
            elif not line:
                yield section, fields
                fields = {}
            elif "=" in line and not line.startswith("#"):
                key, value = line.split("=", 1)
                fields[key.strip()] = value.strip()
    yield section, fields


def sha_lines(name):
    for file in ("ShortMsg", "LongMsg"):
        for _, f in records("hashes", "SHA2", f"SHA{name}{file}.rsp"):
            if "MD" in f:
                msg = f["Msg"][:int(f["Len"]) // 4]
                yield f"sha{name}", msg, f["MD"]


def monte_lines(name):
    """One line: the seed, then the 100 checkpoints."""
    seed, digests = "", []
    for _, f in records("hashes", "SHA2", f"SHA{name}Monte.rsp"):
        seed = f.get("Seed", seed)
        if "MD" in f:
            digests.append(f["MD"])
    assert len(digests) == 100
    yield (f"sha{name}-monte", seed, *digests)


def ecdsa_fields(f):
    pub = f["Qx"].zfill(64) + f["Qy"].zfill(64)
    return pub, ecdsa_der(int(f["R"], 16), int(f["S"], 16)).hex()


def ecdsa_lines(directory, file):
    for section, f in records("asymmetric", "ECDSA", directory, file):
        if not section.startswith("[P-256") or "R" not in f or "Qx" not in f:
            continue
        pub, der = ecdsa_fields(f)
        result = "refused" if f.get("Result", "P").startswith("F") else "ok"
        sha = section.strip("[]").partition(",")[2] or "SHA-1"
        if sha == "SHA-256":
            yield "p256", pub, f["Msg"], der, result
        else:
            # FIPS 186-4 section 6.4: the leftmost 256 bits, as a number.
            digest = hashlib.new(sha.replace("-", ""),
                                 bytes.fromhex(f["Msg"])).digest()[:32]
            yield "p256-digest", pub, digest.rjust(32, b"\0").hex(), der, result


def key_lines(directory):
    for section, f in records("asymmetric", "ECDSA", directory, "PKV.rsp"):
        if section != "[P-256]" or "Qx" not in f:
            continue
        result = "refused" if f["Result"].startswith("F") else "ok"
        x, y = (int(f[name], 16) for name in ("Qx", "Qy"))
        if max(x, y) < 2 ** 256:
            r, s, e = p256_forge((x, y))
            yield ("p256-key", f"{x:064x}{y:064x}", f"{e:064x}",
                   ecdsa_der(r, s).hex(), result)


def ed25519_lines():
    path = os.path.join(ROOT, "asymmetric", "Ed25519", "sign.input")
    with open(path, encoding="ascii") as file:
        for line in file:
            _, pub, msg, signed = line.strip().split(":")[:4]
            yield "ed25519", pub, msg, signed[:128], "ok"


def all_lines():
    for name in ("256", "512"):
        yield from sha_lines(name)
        yield from monte_lines(name)
    for directory in ("FIPS_186-2", "FIPS_186-3"):
        for file in ("SigVer.rsp", "SigGen.txt"):
            yield from ecdsa_lines(directory, file)
        yield from key_lines(directory)
    yield from ed25519_lines()


def main():
    counts = {}
    with open(sys.argv[1], "w", encoding="ascii") as out:
        for line in all_lines():
            counts[line[0]] = counts.get(line[0], 0) + 1
            out.write(" ".join(field.lower() or "-" for field in line) + "\n")
    for kind, expected in EXPECTED_MIN.items():
        if counts.get(kind, 0) < expected:
            sys.exit(f"{kind}: {counts.get(kind, 0)} vectors, not {expected}")
    if "--counts" in sys.argv:
        print(counts)


main()
