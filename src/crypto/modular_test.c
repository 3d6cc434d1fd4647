/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/ed25519.h"
#include "crypto/modular.h"
#include "crypto/p256.h"

static const struct duo_modulus *const moduli[] = {
    &duo_p256_field, &duo_p256_order, &duo_ed25519_field, &duo_ed25519_order};
#define MODULUS_COUNT (sizeof(moduli) / sizeof(moduli[0]))
#define VALUE_COUNT   64U

static const struct duo_num one = {{1}};

/* Values at which carries and borrows happen, then pseudorandom ones; below
 * the modulus. */
static struct duo_num value(uint32_t index, const struct duo_modulus *mod)
{
    struct duo_num num = {{index}};
    if (index >= 4 && index < 8) {
        num = mod->m;
        num.limb[0] -= index - 3U;
    } else if (index >= 8) {
        uint32_t x = index * 2654435761U;
        for (size_t i = 0; i < DUO_LIMBS; i++) {
            x = x * 1664525U + 1013904223U;
            num.limb[i] = (x >> 30) == 0 ? 0xffffffffU : x ^ (x >> 16);
        }
        while (!duo_num_less(&num, &mod->m)) {
            num.limb[DUO_LIMBS - 1U] >>= 1;
        }
    }
    return num;
}

/* a * b mod m by doubling and adding. */
static struct duo_num slow_product(const struct duo_num *a,
                                   const struct duo_num *b,
                                   const struct duo_modulus *mod)
{
    struct duo_num product = {{0}};
    for (uint32_t i = DUO_NUM_BITS; i-- > 0;) {
        duo_mod_add(&product, &product, &product, mod);
        if (duo_num_bit(a, i)) {
            duo_mod_add(&product, &product, b, mod);
        }
    }
    return product;
}

/* 2^512 mod m by doubling 1. */
static void constants_are_what_their_names_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODULUS_COUNT; i++) {
        const struct duo_modulus *mod = moduli[i];
        struct duo_num power = one;
        for (unsigned bit = 0; bit < 2U * DUO_NUM_BITS; bit++) {
            duo_mod_add(&power, &power, &power, mod);
        }
        assert_true(duo_num_equal(&power, &mod->r2));
        assert_int_equal(mod->n0 * mod->m.limb[0], UINT32_MAX);
    }
}

static void sum_and_difference_undo_each_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODULUS_COUNT; i++) {
        for (uint32_t j = 0; j < VALUE_COUNT * VALUE_COUNT; j++) {
            struct duo_num a = value(j % VALUE_COUNT, moduli[i]);
            struct duo_num b = value(j / VALUE_COUNT, moduli[i]);
            struct duo_num result;
            duo_mod_add(&result, &a, &b, moduli[i]);
            assert_true(duo_num_less(&result, &moduli[i]->m));
            duo_mod_sub(&result, &result, &b, moduli[i]);
            assert_true(duo_num_equal(&result, &a));
        }
    }
}

static void product_is_that_of_repeated_addition(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODULUS_COUNT; i++) {
        for (uint32_t j = 0; j < VALUE_COUNT * VALUE_COUNT; j += 3) {
            const struct duo_modulus *mod = moduli[i];
            struct duo_num a = value(j % VALUE_COUNT, mod);
            struct duo_num b = value(j / VALUE_COUNT, mod);
            struct duo_num expected = slow_product(&a, &b, mod);
            struct duo_num result;
            duo_mod_enter(&result, &a, mod);
            duo_mod_mul(&result, &result, &b, mod);
            assert_true(duo_num_equal(&result, &expected));
        }
    }
}

static void any_256_bits_are_reduced(void **state)
{
    (void)state;
    const struct duo_num top = {
        {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX,
         UINT32_MAX, UINT32_MAX}
    };
    for (size_t i = 0; i < MODULUS_COUNT; i++) {
        const struct duo_modulus *mod = moduli[i];
        struct duo_num expected = {{0}}; /* 2^256 - 1. */
        for (uint32_t bit = 0; bit < DUO_NUM_BITS; bit++) {
            duo_mod_add(&expected, &expected, &expected, mod);
            duo_mod_add(&expected, &expected, &one, mod);
        }
        struct duo_num result;
        duo_mod_enter(&result, &top, mod);
        duo_mod_leave(&result, &result, mod);
        assert_true(duo_num_equal(&result, &expected));
        duo_mod_enter(&result, &mod->m, mod);
        assert_true(duo_num_is_zero(&result));
    }
}

static void inverse_times_number_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODULUS_COUNT; i++) {
        for (uint32_t j = 1; j < VALUE_COUNT; j++) {
            struct duo_num a = value(j, moduli[i]);
            struct duo_num inverse;
            duo_mod_enter(&inverse, &a, moduli[i]);
            duo_mod_inverse(&inverse, moduli[i]);
            duo_mod_mul(&inverse, &inverse, &a, moduli[i]);
            assert_true(duo_num_equal(&inverse, &one));
        }
        struct duo_num zero = {{0}};
        duo_mod_inverse(&zero, moduli[i]);
        assert_true(duo_num_is_zero(&zero));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_are_what_their_names_say),
        cmocka_unit_test(sum_and_difference_undo_each_other),
        cmocka_unit_test(product_is_that_of_repeated_addition),
        cmocka_unit_test(any_256_bits_are_reduced),
        cmocka_unit_test(inverse_times_number_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
