/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/curve.h"
#include "crypto/ed25519.h"
#include "crypto/p256.h"

static const struct duo_num one = {{1}};

static void store(uint8_t *bytes, const struct duo_num *num, bool is_big_endian)
{
    for (size_t i = 0; i < DUO_NUM_BYTES; i++) {
        size_t at = is_big_endian ? DUO_NUM_BYTES - 1U - i : i;
        bytes[at] = (uint8_t)(num->limb[i / 4U] >> (8U * (i % 4U)));
    }
}

/* scalar * generator, encoded as a public key. */
static void encode_multiple(uint8_t *pub, uint32_t scalar,
                            const struct duo_curve *curve)
{
    struct duo_joint joint = {.generator_scalar = {{scalar}},
                              .point = *curve->generator};
    struct duo_affine sum;
    duo_point_joint_multiply(&sum, &joint, curve);
    if (curve == &duo_curve_p256) {
        store(pub, &sum.x, true);
        store(pub + DUO_NUM_BYTES, &sum.y, true);
    } else {
        store(pub, &sum.y, false);
        pub[31] |= (uint8_t)((sum.x.limb[0] & 1U) << 7);
    }
}

/* Generator and neutral element are on the curve: what the formulas give for
 * the order times the generator shows it. */
static void order_times_generator_is_neutral(void **state)
{
    (void)state;
    struct duo_joint joint = {.generator_scalar = duo_p256_order.m,
                              .point = *duo_curve_p256.generator};
    struct duo_affine sum;
    duo_point_joint_multiply(&sum, &joint, &duo_curve_p256);
    assert_true(duo_num_is_zero(&sum.x));
    assert_true(duo_num_is_zero(&sum.y));

    joint.generator_scalar = duo_ed25519_order.m;
    joint.point = *duo_curve_ed25519.generator;
    duo_point_joint_multiply(&sum, &joint, &duo_curve_ed25519);
    assert_true(duo_num_is_zero(&sum.x));
    assert_true(duo_num_equal(&sum.y, &one));
}

/* p + 3 stands for y = 3, which is on the curve and not of low order. */
static void ed25519_key_must_be_canonical(void **state)
{
    (void)state;
    struct duo_point point;
    uint8_t y[DUO_ED25519_PUBLIC_BYTES] = {3};
    uint8_t alias[DUO_ED25519_PUBLIC_BYTES];
    for (size_t i = 0; i < sizeof(alias); i++) {
        alias[i] = 0xff;
    }
    alias[0] = 0xf0; /* 0xed + 3. */
    for (unsigned sign = 0; sign < 2; sign++) {
        y[31] = sign == 0 ? 0x00 : 0x80;
        alias[31] = sign == 0 ? 0x7f : 0xff;
        assert_true(duo_ed25519_load_key(&point, y));
        assert_false(duo_ed25519_load_key(&point, alias));
    }
}

/* Every multiple is on the curve; with one bit flipped it is not (of P-256's
 * 512-bit strings next to none is). */
static void p256_key_must_be_on_the_curve(void **state)
{
    (void)state;
    for (uint32_t scalar = 1; scalar < 40; scalar++) {
        uint8_t pub[DUO_P256_PUBLIC_BYTES];
        struct duo_point point;
        encode_multiple(pub, scalar, &duo_curve_p256);
        assert_true(duo_p256_load_key(&point, pub));
        for (size_t i = 0; i < sizeof(pub); i++) {
            pub[i] ^= (uint8_t)(1U << (scalar % 8U));
            assert_false(duo_p256_load_key(&point, pub));
            pub[i] ^= (uint8_t)(1U << (scalar % 8U));
        }
    }
}

static void ed25519_key_must_be_on_the_curve(void **state)
{
    (void)state;
    static const uint8_t y_off_curve[] = {2, 7, 8, 11, 12, 13, 17};
    for (size_t i = 0; i < sizeof(y_off_curve); i++) {
        uint8_t pub[DUO_ED25519_PUBLIC_BYTES] = {y_off_curve[i]};
        struct duo_point point;
        assert_false(duo_ed25519_load_key(&point, pub));
    }
}

/* The loaded point is the negative: with the key's own multiple of the
 * generator it adds up to the neutral element. */
static void ed25519_key_is_loaded_negated(void **state)
{
    (void)state;
    for (uint32_t scalar = 1; scalar < 40; scalar++) {
        uint8_t pub[DUO_ED25519_PUBLIC_BYTES];
        struct duo_joint joint = {.generator_scalar = {{scalar}},
                                  .point_scalar = {{1}}};
        struct duo_affine sum;
        encode_multiple(pub, scalar, &duo_curve_ed25519);
        assert_true(duo_ed25519_load_key(&joint.point, pub));
        duo_point_joint_multiply(&sum, &joint, &duo_curve_ed25519);
        assert_true(duo_num_is_zero(&sum.x));
        assert_true(duo_num_equal(&sum.y, &one));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_times_generator_is_neutral),
        cmocka_unit_test(p256_key_must_be_on_the_curve),
        cmocka_unit_test(ed25519_key_must_be_canonical),
        cmocka_unit_test(ed25519_key_must_be_on_the_curve),
        cmocka_unit_test(ed25519_key_is_loaded_negated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
