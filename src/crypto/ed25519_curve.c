/* SPDX-License-Identifier: MIT */
/* The curve of Ed25519 and the decoding of its points, RFC 8032 section 5.1.3:
 * -x^2 + y^2 = 1 + d x^2 y^2 over the field of p = 2^255 - 19 elements;
 * cofactor 8, base point of prime order L. */
#include "crypto/ed25519.h"

#include "crypto/curve_steps.h"

const struct duo_modulus duo_ed25519_field = {
    .m = {{0xffffffed, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
           0xffffffff, 0xffffffff, 0x7fffffff}},
    .r2 = {{0x000005a4, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
            0x00000000, 0x00000000, 0x00000000}},
    .n0 = 0x286bca1b,
};

/* L = 2^252 + 27742317777372353535851937790883648493. */
const struct duo_modulus duo_ed25519_order = {
    .m = {{0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0x00000000,
           0x00000000, 0x00000000, 0x10000000}},
    .r2 = {{0x449c0f01, 0xa40611e3, 0x68859347, 0xd00e1ba7, 0x17f5be65,
            0xceec73d2, 0x7c309a3d, 0x0399411b}},
    .n0 = 0x12547e1b,
};

/* Hisil, Wong, Carter, Dawson, "Twisted Edwards curves revisited" (2008),
 * section 3.1 with k = 2d, also RFC 8032 section 5.1.4. Complete because -1
 * is a square and d is not. */
static const struct duo_curve_step ed25519_steps[] = {
    {A,  Y1, DUO_CURVE_SUB, X1},
    {B,  Y2, DUO_CURVE_SUB, X2},
    {A,  A,  DUO_CURVE_MUL, B },
    {B,  Y1, DUO_CURVE_ADD, X1},
    {C,  Y2, DUO_CURVE_ADD, X2},
    {B,  B,  DUO_CURVE_MUL, C },
    {C,  T1, DUO_CURVE_MUL, T2},
    {C,  C,  DUO_CURVE_MUL, K },
    {D,  Z1, DUO_CURVE_MUL, Z2},
    {D,  D,  DUO_CURVE_ADD, D },
 /* E, F, G and H of the formula stand in X2, Y2, Z2 and T2. */
    {X2, B,  DUO_CURVE_SUB, A },
    {Y2, D,  DUO_CURVE_SUB, C },
    {Z2, D,  DUO_CURVE_ADD, C },
    {T2, B,  DUO_CURVE_ADD, A },
    {X1, X2, DUO_CURVE_MUL, Y2},
    {Y1, Z2, DUO_CURVE_MUL, T2},
    {T1, X2, DUO_CURVE_MUL, T2},
    {Z1, Y2, DUO_CURVE_MUL, Z2},
};

/* Points and constants are in Montgomery form. */
static const struct duo_point generator = {
    .x = {{0x3f9da287, 0xe2cabc55, 0x2396e489, 0x9ca59856, 0xade4b5b7,
           0x9879936b, 0x7e6077d0, 0x759e2370}},
    .y = {{0x3333334a, 0x33333333, 0x33333333, 0x33333333, 0x33333333,
           0x33333333, 0x33333333, 0x33333333}},
    .z = {{38}},
    .t = {{0x994ae86c, 0x4f0896aa, 0xb612506e, 0xe3b7ad11, 0xf183c492,
           0x46c7a922, 0xfeb3930d, 0x5e181c59}},
};

const struct duo_curve duo_curve_ed25519 = {
    .field = &duo_ed25519_field,
    .steps = ed25519_steps,
    .step_count = sizeof(ed25519_steps) / sizeof(ed25519_steps[0]),
    .k = {{0xbe8fd3f4, 0x01db17fd, 0x5f8c52e7, 0x21430eef, 0x78310d20,
           0xcb27240f, 0xe53f8a4d, 0x590456b4}},
    .generator = &generator,
    .neutral_z = &generator.z, /* 1. */
};

/* A square root of -1, in Montgomery form. */
static const struct duo_num root_of_minus_one = {
    {0xfe2bdb04, 0x3b5807d4, 0xb51be9ed, 0x03f590fd, 0x336202d1, 0x6d6e16bf,
     0xd6c71ba8, 0x75776b0b}
};

/* (p - 5) / 8 = 2^252 - 3. */
static const struct duo_num root_exponent = {
    {0xfffffffd, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
     0xffffffff, 0x0fffffff}
};

static const struct duo_num zero = {{0}};

struct duo_ed25519_encoding
duo_ed25519_split(const uint8_t bytes[DUO_NUM_BYTES])
{
    struct duo_ed25519_encoding enc = {.y = duo_num_load_le(bytes)};
    enc.x_is_odd = enc.y.limb[DUO_LIMBS - 1U] >> 31;
    enc.y.limb[DUO_LIMBS - 1U] &= 0x7fffffffU;
    return enc;
}

/* root^2 = u / v if it returns true; false if u / v is no square. RFC 8032
 * section 5.1.3 steps 2 and 3: the candidate u v^3 (u v^7)^((p-5)/8) squared
 * times v is u, -u, or neither. v is not 0 here: see recover_x. */
static bool divide_and_root(struct duo_num *root, const struct duo_num *u,
                            const struct duo_num *v)
{
    const struct duo_modulus *field = &duo_ed25519_field;
    struct duo_num v2;
    struct duo_num uv3;
    struct duo_num check;
    duo_mod_mul(&v2, v, v, field);
    duo_mod_mul(&uv3, u, v, field);
    duo_mod_mul(&uv3, &uv3, &v2, field);
    duo_mod_mul(root, &uv3, &v2, field);
    duo_mod_mul(root, root, &v2, field);
    duo_mod_pow(root, &root_exponent, field);
    duo_mod_mul(root, root, &uv3, field);

    duo_mod_mul(&check, root, root, field);
    duo_mod_mul(&check, &check, v, field);
    if (duo_num_equal(&check, u)) {
        return true;
    }
    duo_mod_mul(root, root, &root_of_minus_one, field);
    duo_mod_add(&check, &check, u, field);
    return duo_num_is_zero(&check);
}

/* x^2 = (y^2 - 1) / (d y^2 + 1), here with both halves doubled because 2d is
 * at hand. The divisor is not 0: -1/d is no square. Takes point->y. */
static bool recover_x(struct duo_point *point)
{
    const struct duo_modulus *field = &duo_ed25519_field;
    struct duo_num u;
    struct duo_num v;
    duo_mod_mul(&u, &point->y, &point->y, field);
    duo_mod_mul(&v, &u, &duo_curve_ed25519.k, field);
    duo_mod_sub(&u, &u, &point->z, field);
    duo_mod_add(&u, &u, &u, field);
    duo_mod_add(&v, &v, &point->z, field);
    duo_mod_add(&v, &v, &point->z, field);
    return divide_and_root(&point->x, &u, &v);
}

/* The negative of the public key's point. False if it is not the canonical
 * encoding of a point (x = 0 with the sign bit set passes: its order is low).
 */
static bool load_negative(struct duo_point *point,
                          const uint8_t pub[DUO_ED25519_PUBLIC_BYTES])
{
    const struct duo_modulus *field = &duo_ed25519_field;
    struct duo_ed25519_encoding enc = duo_ed25519_split(pub);
    if (!duo_num_less(&enc.y, &field->m)) {
        return false;
    }
    point->z = generator.z;
    duo_mod_enter(&point->y, &enc.y, field);
    if (!recover_x(point)) {
        return false;
    }
    struct duo_num x;
    duo_mod_leave(&x, &point->x, field);
    if ((x.limb[0] & 1U) == enc.x_is_odd) {
        duo_mod_sub(&point->x, &zero, &point->x, field);
    }
    duo_mod_mul(&point->t, &point->x, &point->y, field);
    return true;
}

/* Whether the order divides the cofactor 8. Exactly then the order of four
 * times the point divides 2, and (0, 1) and (0, -1) are the points of such
 * order; no other point of the curve has x = 0. */
static bool is_low_order(const struct duo_point *point)
{
    struct duo_point multiple = *point;
    for (uint32_t i = 0; i < 2U; i++) {
        duo_point_add(&multiple, &multiple, &duo_curve_ed25519);
    }
    return duo_num_is_zero(&multiple.x);
}

bool duo_ed25519_load_key(struct duo_point *negative,
                          const uint8_t pub[DUO_ED25519_PUBLIC_BYTES])
{
    return load_negative(negative, pub) && !is_low_order(negative);
}
