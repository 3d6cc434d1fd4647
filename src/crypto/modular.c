/* SPDX-License-Identifier: MIT */
/* See modular.h. Additions are schoolbook; the multiplication is Montgomery's
 * with operand scanning and the reduction in the same pass. */
#include "crypto/modular.h"

#include <stddef.h>

#include "duo/bytes.h"

static const struct duo_num one = {
    {1, 0, 0, 0, 0, 0, 0, 0}
};

struct duo_num duo_num_load_le(const uint8_t src[DUO_NUM_BYTES])
{
    struct duo_num num;
    for (size_t i = 0; i < DUO_LIMBS; i++) {
        num.limb[i] = duo_load_le32(src + 4U * i);
    }
    return num;
}

struct duo_num duo_num_load_be(const uint8_t src[DUO_NUM_BYTES])
{
    uint8_t reversed[DUO_NUM_BYTES];
    for (size_t i = 0; i < DUO_NUM_BYTES; i++) {
        reversed[i] = src[DUO_NUM_BYTES - 1U - i];
    }
    return duo_num_load_le(reversed);
}

bool duo_num_is_zero(const struct duo_num *num)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < DUO_LIMBS; i++) {
        bits |= num->limb[i];
    }
    return bits == 0;
}

/* sum = a + b mod 2^256; returns the carry, 0 or 1. */
static uint32_t add(struct duo_num *sum, const struct duo_num *a,
                    const struct duo_num *b)
{
    uint64_t acc = 0; /* <= 2 * (2^32 - 1) + 1: the high word is 0 or 1. */
    for (size_t i = 0; i < DUO_LIMBS; i++) {
        acc = (acc >> 32) + a->limb[i] + b->limb[i];
        sum->limb[i] = (uint32_t)acc;
    }
    return (uint32_t)(acc >> 32);
}

/* diff = a - b mod 2^256; returns the borrow, 0 or 1. */
static uint32_t subtract(struct duo_num *diff, const struct duo_num *a,
                         const struct duo_num *b)
{
    uint64_t acc = 0; /* Modulo 2^64 in -2^32 .. 2^32 - 1: bit 63 is the sign,
                       * and bit 32 is the borrow. */
    for (size_t i = 0; i < DUO_LIMBS; i++) {
        acc = (uint64_t)a->limb[i] - b->limb[i] - ((acc >> 32) & 1U);
        diff->limb[i] = (uint32_t)acc;
    }
    return (uint32_t)(acc >> 32) & 1U;
}

bool duo_num_less(const struct duo_num *left, const struct duo_num *right)
{
    struct duo_num ignored;
    return subtract(&ignored, left, right) != 0;
}

bool duo_num_equal(const struct duo_num *left, const struct duo_num *right)
{
    struct duo_num diff;
    (void)subtract(&diff, left, right);
    return duo_num_is_zero(&diff);
}

/* num = high * 2^256 + num mod m, for high * 2^256 + num < 2 * m: one
 * subtraction is enough. It is due if the number has its bit 256 set (then it
 * borrows from that bit), or if it does not borrow at all. The top limbs alone
 * mostly show that it is not due, which saves the subtraction. */
static void reduce_once(struct duo_num *num, uint32_t high,
                        const struct duo_modulus *mod)
{
    struct duo_num diff;
    if (high == 0 && num->limb[DUO_LIMBS - 1U] < mod->m.limb[DUO_LIMBS - 1U]) {
        return;
    }
    uint32_t borrow = subtract(&diff, num, &mod->m);
    if (high >= borrow) {
        *num = diff;
    }
}

void duo_mod_add(struct duo_num *sum, const struct duo_num *a,
                 const struct duo_num *b, const struct duo_modulus *mod)
{
    uint32_t carry = add(sum, a, b);
    reduce_once(sum, carry, mod); /* a + b <= 2 * m - 2. */
}

void duo_mod_sub(struct duo_num *diff, const struct duo_num *a,
                 const struct duo_num *b, const struct duo_modulus *mod)
{
    if (subtract(diff, a, b) != 0) {
        /* diff is a - b + 2^256 and a - b > -m: the carry out of adding m
         * cancels the 2^256. */
        (void)add(diff, diff, &mod->m);
    }
}

/* With B = 2^32, after the turn for a's limb i the accumulator t holds
 *
 *     (a[0..i] * b + k * m) / B^(i+1)    for some k < B^(i+1),
 *
 * exactly divisible because each turn picks q so that the sum t + a[i] * b +
 * q * m ends in a zero limb, which is dropped. Range: if t < b + m before a
 * turn (0 is), then after it
 *
 *     t' <= (b + m - 1 + (B - 1) * b + (B - 1) * m) / B < b + m < 2 * m,
 *
 * so t < 2^257 fits nine limbs with the top one 0 or 1, and one subtraction
 * ends it. a may be any number: only a[i] <= B - 1 was used. Each inner sum is
 * at most (B - 1)^2 + 2 * (B - 1) = B^2 - 1 and fits 64 bits. */
void duo_mod_mul(struct duo_num *product, const struct duo_num *a,
                 const struct duo_num *b, const struct duo_modulus *mod)
{
    uint32_t t[DUO_LIMBS + 1U] = {0};
    for (size_t i = 0; i < DUO_LIMBS; i++) {
        uint32_t a_limb = a->limb[i];
        uint64_t ab = (uint64_t)a_limb * b->limb[0] + t[0];
        uint32_t q = (uint32_t)ab * mod->n0;
        uint64_t qm = (uint64_t)q * mod->m.limb[0] + (uint32_t)ab;
        for (size_t j = 1; j < DUO_LIMBS; j++) {
            ab = (uint64_t)a_limb * b->limb[j] + t[j] + (ab >> 32);
            qm = (uint64_t)q * mod->m.limb[j] + (uint32_t)ab + (qm >> 32);
            t[j - 1U] = (uint32_t)qm;
        }
        ab = (uint64_t)t[DUO_LIMBS] + (ab >> 32) + (qm >> 32);
        t[DUO_LIMBS - 1U] = (uint32_t)ab;
        t[DUO_LIMBS] = (uint32_t)(ab >> 32);
    }
    for (size_t i = 0; i < DUO_LIMBS; i++) {
        product->limb[i] = t[i];
    }
    reduce_once(product, t[DUO_LIMBS], mod);
}

void duo_mod_enter(struct duo_num *form, const struct duo_num *a,
                   const struct duo_modulus *mod)
{
    duo_mod_mul(form, a, &mod->r2, mod);
}

void duo_mod_leave(struct duo_num *plain, const struct duo_num *form,
                   const struct duo_modulus *mod)
{
    duo_mod_mul(plain, form, &one, mod);
}

void duo_mod_pow(struct duo_num *form, const struct duo_num *exponent,
                 const struct duo_modulus *mod)
{
    struct duo_num base = *form;
    duo_mod_enter(form, &one, mod);
    for (uint32_t i = DUO_NUM_BITS; i-- > 0;) {
        duo_mod_mul(form, form, form, mod);
        if (duo_num_bit(exponent, i)) {
            duo_mod_mul(form, form, &base, mod);
        }
    }
}

void duo_mod_inverse(struct duo_num *form, const struct duo_modulus *mod)
{
    /* Fermat: a^(m-1) = 1, so a^(m-2) = 1/a. No borrow: see duo_modulus. */
    struct duo_num exponent = mod->m;
    exponent.limb[0] -= 2U;
    duo_mod_pow(form, &exponent, mod);
}
