# SPDX-License-Identifier: MIT
"""What make.py is made of: CBOR, SMP packets, signed images and the files of
exchanges, written for the vectors alone: nothing here comes from the server or
the client that are held to them."""
import hashlib
import struct

from cryptography.hazmat.primitives import serialization

READ, WRITE = 0, 2


class Wide:
    """An unsigned number in the widest encoding: legal, though not short."""

    def __init__(self, value):
        self.value = value


class Open:
    """A map or list whose length is not told in front."""

    def __init__(self, value):
        self.value = value


class Pieces:
    """A string in chunks."""

    def __init__(self, *parts):
        self.parts = parts


def head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for info, code in ((24, "B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if value < 1 << 8 * struct.calcsize(code):
            return bytes([major << 5 | info]) + struct.pack(code, value)
    raise ValueError(value)


def cbor_items(value):
    if isinstance(value, dict):
        return b"".join(cbor(k) + cbor(v) for k, v in value.items())
    return b"".join(cbor(item) for item in value)


def cbor(value):
    if value is None:
        return b"\xf6"
    if value is True or value is False:
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, Wide):
        return b"\x1b" + struct.pack(">Q", value.value)
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, Pieces):
        major = 3 if isinstance(value.parts[0], str) else 2
        return (bytes([major << 5 | 31]) + b"".join(map(cbor, value.parts)) +
                b"\xff")
    if isinstance(value, Open):
        major = 5 if isinstance(value.value, dict) else 4
        return bytes([major << 5 | 31]) + cbor_items(value.value) + b"\xff"
    major = 5 if isinstance(value, dict) else 4
    return head(major, len(value)) + cbor_items(value)


def packet(op, group, command, body, version=1, seq=0):
    """Body: a dict, bytes as they are, or None: no payload at all."""
    payload = (b"" if body is None else
               body if isinstance(body, bytes) else cbor(body))
    return struct.pack(">BBHHBB", version << 3 | op, 0, len(payload), group,
                       seq, command) + payload


# --- Images ---

BASE = (0xC000, 0x1004000)
STACK = (0x20010000, 0x21008000)


class Image:
    """A signed image of MCUboot's format with a target TLV, for a core."""

    def __init__(self, name, core, version, payload_bytes, key):
        self.name = name
        self.version = "%u.%u.%u" % version
        payload = struct.pack("<II", STACK[core], BASE[core] + 0x20 + 0x21)
        state = sum(name.encode()) * 2654435761
        while len(payload) < payload_bytes:
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            payload += bytes([state >> 16 & 0xFF])
        protected = struct.pack("<HHHHBBBB", 0x6908, 12, 0x4DA0, 4, 1, core,
                                0, 0)
        header = struct.pack("<IIHHIIBBHII", 0x96F3B83D, 0, 0x20,
                             len(protected), len(payload), 0, *version, 0, 0)
        signed = header + payload + protected
        self.hash = hashlib.sha256(signed).digest()
        public = key.public_key().public_bytes(
            serialization.Encoding.DER,
            serialization.PublicFormat.SubjectPublicKeyInfo)
        tlvs = b"".join(
            struct.pack("<HH", kind, len(data)) + data
            for kind, data in ((0x10, self.hash),
                               (0x01, hashlib.sha256(public).digest()),
                               (0x24, key.sign(self.hash))))
        self.data = signed + struct.pack("<HH", 0x6907, len(tlvs) + 4) + tlvs
        self.sha = hashlib.sha256(self.data).digest()


# --- Files ---


class Vectors:
    """A file of exchanges."""

    def __init__(self, name, about):
        self.name = name
        self.lines = ["# " + line for line in about.splitlines()]
        self.names = set()

    def put(self, key, value):
        self.lines.append("%s %s" % (key, value))

    def device(self, kind):
        self.lines.append("")
        self.put("device", kind)

    def step(self, key, value=""):
        self.lines.append("")
        self.lines.append(("%s %s" % (key, value)).strip())

    def exchange(self, name, request, answers, **more):
        """more: by, any, call, told, note, then."""
        if name in self.names:
            raise ValueError("twice: " + name)
        self.names.add(name)
        self.step("exchange", name)
        if "note" in more:
            self.put("note", more["note"])
        if "by" in more:
            self.put("by", more["by"])
        if "call" in more:
            self.put("call", more["call"])
        if more.get("then"):
            self.lines.append("then")
        self.put("request", request.hex())
        for answer in answers:
            self.put("answer", answer.hex())
        for key in more.get("any", ()):
            self.put("any", key)
        if "told" in more:
            self.put("told", more["told"])

    def write(self, folder):
        with open("%s/%s.txt" % (folder, self.name), "w",
                  encoding="ascii") as file:
            file.write("\n".join(self.lines) + "\n")
