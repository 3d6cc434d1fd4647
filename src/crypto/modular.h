/* SPDX-License-Identifier: MIT */
/* Arithmetic modulo a fixed odd number of at most 256 bits: the one bignum
 * core under P-256 and Ed25519. Public data only: nothing is constant time.
 *
 * A number x stands in one of two forms: plain, or Montgomery form, which is
 * x * 2^256 mod m. The product of duo_mod_mul carries a factor 2^-256: two
 * Montgomery numbers give a Montgomery number, a plain and a Montgomery one
 * give a plain one, and multiplying a plain one by r2 brings it into form. */
#ifndef DUO_CRYPTO_MODULAR_H
#define DUO_CRYPTO_MODULAR_H

#include <stdbool.h>
#include <stdint.h>

#define DUO_LIMBS     8U
#define DUO_NUM_BITS  256U
#define DUO_NUM_BYTES 32U

/* Least significant limb first. */
struct duo_num {
    uint32_t limb[DUO_LIMBS];
};

/* m is odd, m > 2^128, limb 0 of m is at least 2 (duo_mod_inverse). */
struct duo_modulus {
    struct duo_num m;
    struct duo_num r2; /* 2^512 mod m. */
    uint32_t n0;       /* -1 / m mod 2^32. */
};

struct duo_num duo_num_load_be(const uint8_t src[DUO_NUM_BYTES]);
struct duo_num duo_num_load_le(const uint8_t src[DUO_NUM_BYTES]);
bool duo_num_is_zero(const struct duo_num *num);
bool duo_num_equal(const struct duo_num *left, const struct duo_num *right);
bool duo_num_less(const struct duo_num *left, const struct duo_num *right);

/* @p index < 256. */
static inline bool duo_num_bit(const struct duo_num *num, uint32_t index)
{
    return ((num->limb[index / 32U] >> (index % 32U)) & 1U) != 0;
}

/* All results below are < m. A result may be the same object as an input. */

/** sum = a + b mod m; a and b < m. */
void duo_mod_add(struct duo_num *sum, const struct duo_num *a,
                 const struct duo_num *b, const struct duo_modulus *mod);

/** diff = a - b mod m; a and b < m. */
void duo_mod_sub(struct duo_num *diff, const struct duo_num *a,
                 const struct duo_num *b, const struct duo_modulus *mod);

/** product = a * b / 2^256 mod m; b < m, a is any number. */
void duo_mod_mul(struct duo_num *product, const struct duo_num *a,
                 const struct duo_num *b, const struct duo_modulus *mod);

/** To Montgomery form; a is any number, so this also reduces. */
void duo_mod_enter(struct duo_num *form, const struct duo_num *a,
                   const struct duo_modulus *mod);

/** From Montgomery form to the plain number. */
void duo_mod_leave(struct duo_num *plain, const struct duo_num *form,
                   const struct duo_modulus *mod);

/** form = form ^ exponent in Montgomery form; form < m before. */
void duo_mod_pow(struct duo_num *form, const struct duo_num *exponent,
                 const struct duo_modulus *mod);

/** form = 1 / form in Montgomery form, for a prime m; 0 stays 0. */
void duo_mod_inverse(struct duo_num *form, const struct duo_modulus *mod);

#endif
