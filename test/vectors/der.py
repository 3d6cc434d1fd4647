# SPDX-License-Identifier: MIT
"""DER of ECDSA signatures for the generators of test vectors."""


def integer(value):
    """Shortest two's complement; one more bit than the number for its sign."""
    size_bytes = value.bit_length() // 8 + 1
    content = value.to_bytes(size_bytes, "big", signed=True)
    return bytes([0x02, len(content)]) + content


def sequence(content):
    assert len(content) < 128
    return bytes([0x30, len(content)]) + content


def ecdsa_der(r, s):
    return sequence(integer(r) + integer(s))
