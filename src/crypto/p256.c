/* SPDX-License-Identifier: MIT */
/* See p256.h. Curve: y^2 = x^3 - 3x + b over the field of p elements, prime
 * order n, FIPS 186-4 appendix D.1.2.3. */
#include "crypto/p256.h"

#include <string.h>

#include "crypto/curve_steps.h"
#include "crypto/der.h"

/* p = 2^256 - 2^224 + 2^192 + 2^96 - 1. */
const struct duo_modulus duo_p256_field = {
    .m = {{0xffffffff, 0xffffffff, 0xffffffff, 0x00000000, 0x00000000,
           0x00000000, 0x00000001, 0xffffffff}},
    .r2 = {{0x00000003, 0x00000000, 0xffffffff, 0xfffffffb, 0xfffffffe,
            0xffffffff, 0xfffffffd, 0x00000004}},
    .n0 = 0x00000001,
};

const struct duo_modulus duo_p256_order = {
    .m = {{0xfc632551, 0xf3b9cac2, 0xa7179e84, 0xbce6faad, 0xffffffff,
           0xffffffff, 0x00000000, 0xffffffff}},
    .r2 = {{0xbe79eea2, 0x83244c95, 0x49bd6fa6, 0x4699799c, 0x2b6bec59,
            0x2845b239, 0xf3d95620, 0x66e12d94}},
    .n0 = 0xee00bc4f,
};

/* Renes, Costello, Batina, "Complete addition formulas for prime order
 * elliptic curves" (2016), algorithm 4 for a = -3, with T1 and T2 as further
 * scratch. Complete because the group's order is odd. */
static const struct duo_curve_step p256_steps[] = {
    {A,  X1, DUO_CURVE_MUL, X2},
    {B,  Y1, DUO_CURVE_MUL, Y2},
    {C,  Z1, DUO_CURVE_MUL, Z2},
 /* D = X1 Y2 + X2 Y1. */
    {D,  X1, DUO_CURVE_ADD, Y1},
    {T1, X2, DUO_CURVE_ADD, Y2},
    {D,  D,  DUO_CURVE_MUL, T1},
    {D,  D,  DUO_CURVE_SUB, A },
    {D,  D,  DUO_CURVE_SUB, B },
 /* T1 = Y1 Z2 + Y2 Z1. */
    {T1, Y1, DUO_CURVE_ADD, Z1},
    {T2, Y2, DUO_CURVE_ADD, Z2},
    {T1, T1, DUO_CURVE_MUL, T2},
    {T1, T1, DUO_CURVE_SUB, B },
    {T1, T1, DUO_CURVE_SUB, C },
 /* T2 = X1 Z2 + X2 Z1. */
    {X1, X1, DUO_CURVE_ADD, Z1},
    {X2, X2, DUO_CURVE_ADD, Z2},
    {T2, X1, DUO_CURVE_MUL, X2},
    {T2, T2, DUO_CURVE_SUB, A },
    {T2, T2, DUO_CURVE_SUB, C },
 /* X1 = B + 3 (T2 - b C), Z1 = B - 3 (T2 - b C). */
    {Z1, K,  DUO_CURVE_MUL, C },
    {X1, T2, DUO_CURVE_SUB, Z1},
    {Z1, X1, DUO_CURVE_ADD, X1},
    {X1, X1, DUO_CURVE_ADD, Z1},
    {Z1, B,  DUO_CURVE_SUB, X1},
    {X1, B,  DUO_CURVE_ADD, X1},
 /* C = 3 C; Y1 = 3 (b T2 - C - A); A = 3 A - C. */
    {B,  C,  DUO_CURVE_ADD, C },
    {C,  C,  DUO_CURVE_ADD, B },
    {Y1, K,  DUO_CURVE_MUL, T2},
    {Y1, Y1, DUO_CURVE_SUB, C },
    {Y1, Y1, DUO_CURVE_SUB, A },
    {B,  Y1, DUO_CURVE_ADD, Y1},
    {Y1, Y1, DUO_CURVE_ADD, B },
    {B,  A,  DUO_CURVE_ADD, A },
    {A,  A,  DUO_CURVE_ADD, B },
    {A,  A,  DUO_CURVE_SUB, C },
 /* The sum: X1 D - T1 Y1, X1 Z1 + A Y1, T1 Z1 + D A. */
    {B,  T1, DUO_CURVE_MUL, Y1},
    {C,  A,  DUO_CURVE_MUL, Y1},
    {Y1, X1, DUO_CURVE_MUL, Z1},
    {Y1, Y1, DUO_CURVE_ADD, C },
    {X1, D,  DUO_CURVE_MUL, X1},
    {X1, X1, DUO_CURVE_SUB, B },
    {Z1, T1, DUO_CURVE_MUL, Z1},
    {B,  D,  DUO_CURVE_MUL, A },
    {Z1, Z1, DUO_CURVE_ADD, B },
};

/* Points and constants are in Montgomery form. */
static const struct duo_point generator = {
    .x = {{0x18a9143c, 0x79e730d4, 0x5fedb601, 0x75ba95fc, 0x77622510,
           0x79fb732b, 0xa53755c6, 0x18905f76}},
    .y = {{0xce95560a, 0xddf25357, 0xba19e45c, 0x8b4ab8e4, 0xdd21f325,
           0xd2e88688, 0x25885d85, 0x8571ff18}},
    .z = {{0x00000001, 0x00000000, 0x00000000, 0xffffffff, 0xffffffff,
           0xffffffff, 0xfffffffe, 0x00000000}},
};

const struct duo_curve duo_curve_p256 = {
    .field = &duo_p256_field,
    .steps = p256_steps,
    .step_count = sizeof(p256_steps) / sizeof(p256_steps[0]),
    .k = {{0x29c4bddf, 0xd89cdf62, 0x78843090, 0xacf005cd, 0xf7212ed6,
           0xe5a220ab, 0x04874834, 0xdc30061d}},
    .generator = &generator,
    .neutral_z = &generator.t, /* 0. */
};

/* False unless 0 < num < n. */
static bool is_scalar(const struct duo_num *num)
{
    return !duo_num_is_zero(num) && duo_num_less(num, &duo_p256_order.m);
}

/* SEC 1 section 3.2.2.1; the order is prime, so step 4 holds for every point
 * of the curve, and infinity has no encoding here. */
bool duo_p256_load_key(struct duo_point *point,
                       const uint8_t pub[DUO_P256_PUBLIC_BYTES])
{
    const struct duo_modulus *field = &duo_p256_field;
    struct duo_num x = duo_num_load_be(pub);
    struct duo_num y = duo_num_load_be(pub + DUO_NUM_BYTES);
    if (!duo_num_less(&x, &field->m) || !duo_num_less(&y, &field->m)) {
        return false;
    }
    /* For Z = 1 and T = 0. Not by assignment, of which a compiler makes a row
     * of instructions with the coordinates in them. */
    memcpy(point, &generator, sizeof(*point));
    duo_mod_enter(&point->x, &x, field);
    duo_mod_enter(&point->y, &y, field);

    duo_mod_mul(&y, &point->y, &point->y, field);
    duo_mod_mul(&x, &point->x, &point->x, field);
    duo_mod_sub(&x, &x, &point->z, field);
    duo_mod_sub(&x, &x, &point->z, field);
    duo_mod_sub(&x, &x, &point->z, field);
    duo_mod_mul(&x, &x, &point->x, field);
    duo_mod_add(&x, &x, &duo_curve_p256.k, field);
    return duo_num_equal(&y, &x);
}

enum duo_err duo_p256_verify(const uint8_t pub[DUO_P256_PUBLIC_BYTES],
                             const uint8_t digest[DUO_SHA256_BYTES],
                             struct duo_bytes der_signature)
{
    const struct duo_modulus *order = &duo_p256_order;
    struct duo_ecdsa_signature sig;
    struct duo_joint joint;
    if (!duo_der_ecdsa_parse(der_signature, &sig) || !is_scalar(&sig.r) ||
        !is_scalar(&sig.s) || !duo_p256_load_key(&joint.point, pub)) {
        return DUO_ERR_REFUSED;
    }

    /* u1 = e / s and u2 = r / s. The digest and n have both 256 bits, so e is
     * the digest as it is; it need not be below n. 1/s stays in Montgomery
     * form, hence the products are plain. */
    struct duo_num e = duo_num_load_be(digest);
    duo_mod_enter(&sig.s, &sig.s, order);
    duo_mod_inverse(&sig.s, order);
    duo_mod_mul(&joint.generator_scalar, &e, &sig.s, order);
    duo_mod_mul(&joint.point_scalar, &sig.r, &sig.s, order);

    /* At infinity x is 0, and r is not. p < 2n: one subtraction reduces x mod
     * n, and that is what adding zero does. */
    struct duo_affine sum;
    duo_point_joint_multiply(&sum, &joint, &duo_curve_p256);
    duo_mod_add(&sum.x, &sum.x, &(struct duo_num){{0}}, order);
    return duo_num_equal(&sum.x, &sig.r) ? DUO_OK : DUO_ERR_REFUSED;
}
