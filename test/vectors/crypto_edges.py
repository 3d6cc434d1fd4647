#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Hand-made edge cases of signature verification, one line each for
crypto_edges_test.c: the scheme, a name that is a promise, the expected result,
public key, digest or message, signature. Where a case is to be refused for one
reason, everything else about it is right: it would be accepted without that
check."""

import hashlib
import sys

from curves import (B, BASE, G, L, N, NEUTRAL, P, Q, ed_add, ed_encode,
                    ed_hash, ed_lift, ed_mul, ed_neg, ed_torsion,
                    p256_add, p256_for_sum, p256_forge, p256_lift, p256_mul,
                    p256_on_curve, p256_sign)
from der import ecdsa_der

SECRET = 0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721
DIGEST = int.from_bytes(hashlib.sha256(b"Duoboot").digest(), "big")
MESSAGE = hashlib.sha256(b"Duoboot").digest()


def p256_row(name, result, public, e, r, s):
    return ("p256", name, result,
            b"".join(c.to_bytes(32, "big") for c in public),
            e.to_bytes(32, "big"), ecdsa_der(r, s))


def p256_range_rows():
    public = p256_mul(SECRET, G)
    r, s = p256_sign(SECRET, DIGEST)
    rows = [
        ("a_right_signature_is_accepted", "ok", r, s),
        ("negated_s_is_accepted", "ok", r, N - s),
        ("swapped_r_and_s_are_refused", "refused", s, r),
        ("r_plus_n_is_refused", "refused", r + N, s),
        ("s_plus_n_is_refused", "refused", r, s + N),
        ("negative_r_is_refused", "refused", r - N, s),
        ("negative_s_is_refused", "refused", r, s - N),
        ("r_plus_2_to_the_256_is_refused", "refused", r + 2 ** 256, s),
        ("s_plus_2_to_the_256_is_refused", "refused", r, s + 2 ** 256),
    ]
    values = {"0": 0, "1": 1, "n_minus_1": N - 1, "n": N, "n_plus_1": N + 1,
              "p_minus_1": P - 1, "p": P, "p_plus_1": P + 1,
              "2_to_the_256_minus_1": 2 ** 256 - 1}
    for text, value in values.items():
        rows.append((f"r_of_{text}_is_refused", "refused", value, s))
        rows.append((f"s_of_{text}_is_refused", "refused", r, value))
        rows.append((f"r_and_s_of_{text}_are_refused", "refused", value,
                     value))
    for name, result, r_value, s_value in rows:
        yield p256_row(name, result, public, DIGEST, r_value, s_value)
    yield p256_row("s_plus_n_that_fits_256_bits_is_refused", "refused",
                   *small_s(N))
    yield p256_row("small_s_is_accepted", "ok", *small_s(0))


def small_s(plus):
    """A signature with s = 5, so that s + n still fits 256 bits."""
    total = p256_mul(777, G)
    r, s = total[0] % N, 5
    e = (s * 777 - r * SECRET) % N
    return p256_mul(SECRET, G), e, r, s + plus


def p256_digest_rows():
    public = p256_mul(SECRET, G)
    for name, e in (("digest_of_zeros", 0), ("digest_of_ones", 2 ** 256 - 1),
                    ("digest_of_n", N), ("digest_of_n_plus_1", N + 1),
                    ("digest_of_n_minus_1", N - 1), ("digest_of_p", P)):
        yield p256_row(f"{name}_is_accepted", "ok", public, e,
                       *p256_sign(SECRET, e))
    e = 7  # Both e and e + n are below 2^256, and mean the same number.
    yield p256_row("digest_is_taken_mod_n", "ok", public, e + N,
                   *p256_sign(SECRET, e))


def p256_large_x_rows():
    """The sum's x is in n .. p - 1, where reducing it mod n matters."""
    x = N + 1
    while p256_lift(x) is None:
        x += 1
    total, u1, u2 = p256_lift(x), 1234, 5678
    # u1 G + u2 public = total.
    rest = p256_add(total, p256_mul(N - u1, G))
    public = p256_mul(pow(u2, -1, N), rest)
    r, s, e = p256_for_sum(total, u1, u2)
    yield p256_row("x_of_the_sum_is_reduced_mod_n", "ok", public, e, r, s)
    # The same s and e with x itself as r: only the range of r is wrong.
    yield p256_row("x_of_the_sum_not_reduced_is_refused", "refused", public, e,
                   x, s)
    # And the other way: the sum's x is r itself, and r + n means the same r.
    total = p256_lift(next(v for v in range(2, 99) if p256_lift(v)))
    rest = p256_add(total, p256_mul(N - u1, G))
    public = p256_mul(pow(u2, -1, N), rest)
    r, s, e = p256_for_sum(total, u1, u2)
    yield p256_row("tiny_r_is_accepted", "ok", public, e, r, s)
    yield p256_row("tiny_r_plus_n_is_refused", "refused", public, e, r + N, s)


def p256_group_rows():
    """Sums that meet infinity, doubling and cancelling in the addition."""
    for name, d in (("1", 1), ("minus_1", N - 1), ("2", 2), ("minus_2", N - 2),
                    ("half", (N + 1) // 2), ("minus_half", (N - 1) // 2),
                    ("3", 3), ("2_to_the_255", 2 ** 255 % N)):
        public = p256_mul(d, G)
        yield p256_row(f"secret_of_{name}_is_accepted", "ok", public, DIGEST,
                       *p256_sign(d, DIGEST))
        # e = r: both scalars are equal, so every step adds G + public or none.
        r = p256_mul(4711, G)[0] % N
        s = pow(4711, -1, N) * (r + r * d) % N
        if s:
            yield p256_row(f"equal_scalars_and_secret_of_{name}_are_accepted",
                           "ok", public, r, r, s)
        # u1 G + u2 public = infinity for any s.
        for s in (1, 2, 0x1337, N - 1):
            yield p256_row(f"infinity_with_secret_of_{name}_is_refused",
                           "refused", public, -r * d % N, r, s)
    public = p256_mul(SECRET, G)
    for r in (1, P - N, N - 1, p256_mul(99, G)[0] % N):
        yield p256_row("result_at_infinity_is_refused", "refused", public,
                       -r * SECRET % N, r, 4242)


def p256_small_y_point():
    """A point with y so small that y + p fits 256 bits: a root of the cubic
    x^3 - 3x + b - y^2, found in its common factor with x^p - x."""
    def times(a, b, c0):
        prod = [0] * 5
        for i, ai in enumerate(a):
            for j, bj in enumerate(b):
                prod[i + j] += ai * bj
        for i in (4, 3):  # x^3 = 3x - c0.
            prod[i - 2] += 3 * prod[i]
            prod[i - 3] -= c0 * prod[i]
        return [c % P for c in prod[:3]]

    for y in range(1, 100):
        c0 = (B - y * y) % P
        power = [1, 0, 0]
        for bit in bin(P)[2:]:
            power = times(power, power, c0)
            if bit == "1":
                power = times(power, [0, 1, 0], c0)
        low = [power[0], (power[1] - 1) % P, power[2]]
        high = [c0, -3 % P, 0, 1]
        while len(low) > 1 and not low[-1]:
            low.pop()
        while any(low):
            while len(high) >= len(low):
                f = high[-1] * pow(low[-1], -1, P)
                for i, c in enumerate(low):
                    high[len(high) - len(low) + i] -= f * c
                high = [c % P for c in high[:-1]]
            while high and not high[-1]:
                high.pop()
            low, high = high or [0], low
        if len(high) == 2:
            return -high[0] * pow(high[1], -1, P) % P, y
    raise AssertionError("no small y has a single root")


def p256_key_rows():
    x0 = p256_lift(0)
    small_y = p256_small_y_point()
    assert p256_on_curve(x0) and p256_on_curve(small_y)
    for name, point, alias in (("x", x0, (x0[0] + P, x0[1])),
                               ("y", small_y, (small_y[0], small_y[1] + P))):
        r, s, e = p256_forge(point)
        yield p256_row(f"key_with_small_{name}_is_accepted", "ok", point, e, r,
                       s)
        yield p256_row(f"key_with_{name}_plus_p_is_refused", "refused", alias,
                       e, r, s)
    x, y = p256_mul(SECRET, G)
    for name, point in (("y_plus_1", (x, y + 1)), ("x_plus_1", (x + 1, y)),
                        ("x_and_y_swapped", (y, x)), ("zeros", (0, 0)),
                        ("x_of_0_and_y_of_1", (0, 1)), ("ones", (1, 1)),
                        ("p_and_p", (P, P)),
                        ("y_of_0", (x, 0)), ("x_of_0", (0, y))):
        assert not p256_on_curve(point)
        r, s, e = p256_forge(point)
        yield p256_row(f"key_off_the_curve_{name}_is_refused", "refused",
                       point, e, r, s)
        yield p256_row(f"key_off_the_curve_{name}_is_refused_again", "refused",
                       point, DIGEST, *p256_sign(SECRET, DIGEST))
    yield p256_row("negated_key_is_refused", "refused", (x, P - y), DIGEST,
                   *p256_sign(SECRET, DIGEST))
    top = (2 ** 256 - 1, 2 ** 256 - 1)
    yield p256_row("key_of_all_ones_is_refused", "refused", top, DIGEST,
                   *p256_sign(SECRET, DIGEST))


def ed_row(name, result, public, signature, msg=MESSAGE):
    return "ed25519", name, result, public, msg, signature


def ed_sign(a, nonce, public, msg=MESSAGE, r_bytes=None):
    """S for A = aB and R = nonce B, with any bytes in R's place."""
    r_bytes = r_bytes or ed_encode(ed_mul(nonce, BASE))
    h = ed_hash(r_bytes, public, msg) % L
    return r_bytes, (nonce + h * a) % L


def join(r_bytes, s):
    return r_bytes + s.to_bytes(32, "little")


ED_SECRET = 0x307c83864f2833cb427a2ef1c00a013cfdff2768d980c0a3a520f006904de94f
NONCE = 0x1f2e3d4c5b6a79880123456789abcdef


def ed_scalar_rows():
    public = ed_encode(ed_mul(ED_SECRET, BASE))
    r_bytes, s = ed_sign(ED_SECRET, NONCE, public)
    yield ed_row("a_right_signature_is_accepted", "ok", public,
                 join(r_bytes, s))
    for i in range(1, 16):
        yield ed_row(f"s_plus_{i}_l_is_refused", "refused", public,
                     join(r_bytes, s + i * L))
    for name, value in (("0", 0), ("l_minus_1", L - 1), ("l", L),
                        ("l_plus_1", L + 1), ("q", Q),
                        ("2_to_the_252", 2 ** 252),
                        ("2_to_the_256_minus_1", 2 ** 256 - 1)):
        yield ed_row(f"s_of_{name}_is_refused", "refused", public,
                     join(r_bytes, value))
    for i in (253, 254, 255):
        yield ed_row(f"s_with_bit_{i}_set_is_refused", "refused", public,
                     join(r_bytes, s | 1 << i))


def ed_neutral_r_rows():
    """R = neutral, so S = h a: R may be any point whose encoding is canonical.
    Its other encodings decode to the same point, and are hashed as given."""
    public = ed_encode(ed_mul(ED_SECRET, BASE))
    neutral = ed_encode(NEUTRAL)
    r_bytes, s = ed_sign(ED_SECRET, 0, public, r_bytes=neutral)
    yield ed_row("neutral_r_is_accepted", "ok", public, join(r_bytes, s))
    yield ed_row("neutral_r_with_s_plus_l_is_refused", "refused", public,
                 join(r_bytes, s + L))
    for name, alias in (("sign_bit", 1 | 1 << 255), ("y_plus_p", 1 + Q),
                        ("y_plus_p_and_sign_bit", 1 + Q | 1 << 255)):
        r_bytes, s = ed_sign(ED_SECRET, 0, public,
                             r_bytes=alias.to_bytes(32, "little"))
        yield ed_row(f"neutral_r_with_{name}_is_refused", "refused", public,
                     join(r_bytes, s))


def ed_torsion_key_rows():
    """Keys of low order, with signatures that satisfy the equation."""
    torsion = ed_torsion()
    assert len(set(torsion)) == 8
    for i, point in enumerate(torsion):
        encodings = {ed_encode(point): "canonical"}
        value = int.from_bytes(ed_encode(point), "little")
        if point[0] == 0:
            encodings[(value ^ 1 << 255).to_bytes(32, "little")] = "sign_bit"
        if point[1] + Q < 2 ** 255:
            plus = value + Q
            encodings[plus.to_bytes(32, "little")] = "y_plus_p"
            if point[0] == 0:
                encodings[(plus ^ 1 << 255).to_bytes(32, "little")] = "both"
        for public, form in encodings.items():
            yield ed_row(f"key_of_low_order_{i}_{form}_is_refused", "refused",
                         public, *ed_forge_torsion(point, public))


def ed_forge_torsion(point, public):
    """R = S B - h A takes one of eight values; try messages until it fits."""
    s = 0x5eed
    for i in range(1000):
        msg = bytes([i & 0xff, i >> 8])
        r_bytes = ed_encode(ed_add(ed_mul(s, BASE), ed_neg(
            ed_mul(i % 8, point))))
        h = ed_hash(r_bytes, public, msg) % L
        if ed_mul(h % 8, point) == ed_mul(i % 8, point):
            return join(r_bytes, s), msg
    raise AssertionError("no message fits")


def ed_mixed_order_rows():
    """Points with a part of low order: the equation without the cofactor."""
    public = ed_encode(ed_mul(ED_SECRET, BASE))
    for i, point in enumerate(ed_torsion()[1:], 1):
        mixed = ed_add(ed_mul(ED_SECRET, BASE), point)
        mixed_bytes = ed_encode(mixed)
        # R needs a part k of low order that cancels h's; h depends on R.
        for j in range(4096):
            msg = MESSAGE + j.to_bytes(2, "little")
            k = j % 8
            r_bytes = ed_encode(ed_add(ed_mul(NONCE, BASE), ed_mul(k, point)))
            h = ed_hash(r_bytes, mixed_bytes, msg) % L
            if ed_mul((k + h) % 8, point) == NEUTRAL:
                break
        else:
            raise AssertionError("no message fits")
        s = (NONCE + h * ED_SECRET) % L
        yield ed_row(f"mixed_key_{i}_is_accepted_without_cofactor", "ok",
                     mixed_bytes, join(r_bytes, s), msg)
        # Off by a point of low order: right only if multiplied by 8.
        shifted = ed_encode(ed_add(ed_mul(NONCE, BASE), point))
        r_bytes, s = ed_sign(ED_SECRET, NONCE, public, r_bytes=shifted)
        yield ed_row(f"r_with_torsion_{i}_is_refused", "refused", public,
                     join(r_bytes, s))
        r_bytes, s = ed_sign(ED_SECRET, 0, public, r_bytes=ed_encode(point))
        yield ed_row(f"r_of_low_order_{i}_is_refused", "refused", public,
                     join(r_bytes, s))


def ed_key_rows():
    public = ed_encode(ed_mul(ED_SECRET, BASE))
    r_bytes, s = ed_sign(ED_SECRET, NONCE, public)
    off = next(y for y in range(2, 99) if ed_lift(y) is None)
    negative = ed_encode(ed_neg(ed_mul(ED_SECRET, BASE)))
    for name, key in (("off_the_curve", off.to_bytes(32, "little")),
                      ("of_ones", b"\xff" * 32), ("negated", negative),
                      ("with_y_of_p_plus_2", (Q + 2).to_bytes(32, "little"))):
        yield ed_row(f"key_{name}_is_refused", "refused", key,
                     join(r_bytes, s))
    flipped = bytes([*r_bytes[:31], r_bytes[31] ^ 0x80])
    yield ed_row("r_with_wrong_sign_is_refused", "refused", public,
                 join(*ed_sign(ED_SECRET, NONCE, public, r_bytes=flipped)))
    for a, name in ((1, "1"), (2, "2"), (L - 1, "minus_1"), (L - 2, "minus_2"),
                    ((L + 1) // 2, "half")):
        key = ed_encode(ed_mul(a, BASE))
        yield ed_row(f"secret_of_{name}_is_accepted", "ok", key,
                     join(*ed_sign(a, NONCE, key)))
        yield ed_row(f"secret_and_nonce_of_{name}_are_accepted", "ok", key,
                     join(*ed_sign(a, a, key)))


def all_rows():
    yield from p256_range_rows()
    yield from p256_digest_rows()
    yield from p256_large_x_rows()
    yield from p256_group_rows()
    yield from p256_key_rows()
    yield from ed_scalar_rows()
    yield from ed_neutral_r_rows()
    yield from ed_torsion_key_rows()
    yield from ed_mixed_order_rows()
    yield from ed_key_rows()


def main():
    with open(sys.argv[1], "w", encoding="ascii") as out:
        for scheme, name, result, *fields in all_rows():
            texts = [field.hex() or "-" for field in fields]
            out.write(" ".join((scheme, name, result, *texts)) + "\n")


main()
