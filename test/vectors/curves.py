# SPDX-License-Identifier: MIT
"""P-256 and Ed25519 by the textbook, affine and slow: a second implementation
that the test vectors with chosen mathematics come from. FIPS 186-4 appendix
D.1.2.3; RFC 8032 section 5.1."""

import hashlib

P = 2 ** 256 - 2 ** 224 + 2 ** 192 + 2 ** 96 - 1
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
INFINITY = None


def p256_on_curve(point):
    x, y = point
    return (y * y - x ** 3 + 3 * x - B) % P == 0


def p256_lift(x):
    """A point with this x, or None. p = 3 mod 4."""
    square = (x ** 3 - 3 * x + B) % P
    y = pow(square, (P + 1) // 4, P)
    return (x, y) if y * y % P == square else None


def p256_add(a, b):
    if a is INFINITY or b is INFINITY:
        return b if a is INFINITY else a
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return INFINITY
    if a == b:
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def p256_mul(scalar, point):
    result = INFINITY
    for bit in bin(scalar % N)[2:]:
        result = p256_add(result, result)
        if bit == "1":
            result = p256_add(result, point)
    return result


def p256_sign(d, e, k=0x6b3f6f3b12d4c5f1f2b0a3f9e0d7c6b5a4938271605f4e3d2c1b):
    r = p256_mul(k, G)[0] % N
    return r, pow(k, -1, N) * (e + r * d) % N


def p256_forge(public, u1=0x1234567, u2=0x89abcdef):
    """(r, s, e) that verifies for a key whose secret nobody knows: the digest
    follows from the signature."""
    total = p256_add(p256_mul(u1, G), p256_mul(u2, public))
    return p256_for_sum(total, u1, u2)


def p256_for_sum(total, u1, u2):
    r = total[0] % N
    s = r * pow(u2, -1, N) % N
    return r, s, u1 * s % N


Q = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, Q) % Q
ROOT = pow(2, (Q - 1) // 4, Q)
NEUTRAL = (0, 1)


def ed_add(a, b):
    cross = D * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + cross, -1, Q)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - cross, -1, Q)
    return x % Q, y % Q


def ed_mul(scalar, point):
    result = NEUTRAL
    for bit in bin(scalar)[2:]:
        result = ed_add(result, result)
        if bit == "1":
            result = ed_add(result, point)
    return result


def ed_neg(point):
    return -point[0] % Q, point[1]


def ed_lift(y, odd=0):
    """The point with this y and parity of x, or None."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, Q) % Q
    x = pow(square, (Q + 3) // 8, Q)
    if x * x % Q != square:
        x = x * ROOT % Q
    if x * x % Q != square:
        return None
    return (x if x % 2 == odd else -x % Q, y)


def ed_encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def ed_hash(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


BASE = ed_lift(4 * pow(5, -1, Q) % Q)


def ed_torsion():
    """All eight points whose order divides 8, from one of order 8."""
    y = 2
    while True:
        point = ed_lift(y)
        point = point and ed_mul(L, point)
        if point and ed_mul(4, point) != NEUTRAL:
            return [ed_mul(i, point) for i in range(8)]
        y += 1
