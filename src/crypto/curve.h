/* SPDX-License-Identifier: MIT */
/* Points of an elliptic curve in projective coordinates, with addition
 * formulas that are complete: they are right for every pair of points on the
 * curve, equal, opposite and neutral ones included, so there are no cases to
 * tell apart and the same formula doubles. */
#ifndef DUO_CRYPTO_CURVE_H
#define DUO_CRYPTO_CURVE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/modular.h"

/* P-256: the affine point is (X/Z, Y/Z), neutral is (0 : 1 : 0), T unused.
 * Ed25519: (X/Z, Y/Z) with T = X * Y / Z, neutral is (0 : 1 : 1 : 0).
 * All coordinates are in Montgomery form and below the field's modulus. */
struct duo_point {
    struct duo_num x, y, z, t;
};

struct duo_curve_step;

struct duo_curve {
    const struct duo_modulus *field;
    const struct duo_curve_step *steps; /* The addition, as a program. */
    size_t step_count;
    struct duo_num k; /* The formula's constant: b of P-256, 2d of Ed25519. */
    const struct duo_point *generator; /* Its Z is 1, as is neutral's Y. */
    const struct duo_num *neutral_z;
};

extern const struct duo_curve duo_curve_p256;
extern const struct duo_curve duo_curve_ed25519;

/** acc = acc + addend; both on the curve, may be the same object. */
void duo_point_add(struct duo_point *acc, const struct duo_point *addend,
                   const struct duo_curve *curve);

/* Operands of generator_scalar * generator + point_scalar * point. */
struct duo_joint {
    struct duo_num generator_scalar;
    struct duo_num point_scalar;
    struct duo_point point;
};

/* Plain numbers below the field's modulus. */
struct duo_affine {
    struct duo_num x;
    struct duo_num y;
};

/** (0, 0) stands for P-256's point at infinity; it is not on that curve. */
void duo_point_joint_multiply(struct duo_affine *result,
                              const struct duo_joint *joint,
                              const struct duo_curve *curve);

#endif
