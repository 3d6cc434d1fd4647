/* SPDX-License-Identifier: MIT */
/* See curve.h. */
#include "crypto/curve.h"

#include <string.h>

#include "crypto/curve_steps.h"

/* Points stand in the file as four consecutive registers. */
#define FIRST_POINT  X1
#define SECOND_POINT X2

_Static_assert(sizeof(struct duo_point) == 4U * sizeof(struct duo_num) &&
                   offsetof(struct duo_point, t) == 3U * sizeof(struct duo_num),
               "a point is copied to four registers and back at once");

void duo_point_add(struct duo_point *acc, const struct duo_point *addend,
                   const struct duo_curve *curve)
{
    struct duo_num reg[DUO_CURVE_REG_COUNT];
    memcpy(&reg[FIRST_POINT], acc, sizeof(*acc));
    memcpy(&reg[SECOND_POINT], addend, sizeof(*addend));
    reg[K] = curve->k;
    for (size_t i = 0; i < curve->step_count; i++) {
        const struct duo_curve_step *step = &curve->steps[i];
        struct duo_num *dst = &reg[step->dst];
        const struct duo_num *left = &reg[step->left];
        const struct duo_num *right = &reg[step->right];
        if (step->op == DUO_CURVE_ADD) {
            duo_mod_add(dst, left, right, curve->field);
        } else if (step->op == DUO_CURVE_SUB) {
            duo_mod_sub(dst, left, right, curve->field);
        } else {
            duo_mod_mul(dst, left, right, curve->field);
        }
    }
    memcpy(acc, &reg[FIRST_POINT], sizeof(*acc));
}

/* (X/Z, Y/Z). Z is 0 only at infinity; duo_mod_inverse gives 0 then. */
static void to_affine(struct duo_affine *affine, const struct duo_point *point,
                      const struct duo_modulus *field)
{
    struct duo_num z_inverse = point->z;
    duo_mod_inverse(&z_inverse, field);
    duo_mod_leave(&z_inverse, &z_inverse, field);
    duo_mod_mul(&affine->x, &point->x, &z_inverse, field);
    duo_mod_mul(&affine->y, &point->y, &z_inverse, field);
}

/* Straus' trick: one chain of doublings for both products; the sum of the two
 * points is made first so that each bit pair costs at most one addition. */
void duo_point_joint_multiply(struct duo_affine *result,
                              const struct duo_joint *joint,
                              const struct duo_curve *curve)
{
    struct duo_point both = joint->point;
    duo_point_add(&both, curve->generator, curve);
    const struct duo_point *const addends[] = {NULL, curve->generator,
                                               &joint->point, &both};
    struct duo_point acc;
    memset(&acc, 0, sizeof(acc));
    memcpy(&acc.y, &curve->generator->z, sizeof(acc.y));
    memcpy(&acc.z, curve->neutral_z, sizeof(acc.z));
    for (uint32_t i = DUO_NUM_BITS; i-- > 0;) {
        duo_point_add(&acc, &acc, curve);
        uint32_t pair = (uint32_t)duo_num_bit(&joint->generator_scalar, i) +
                        2U * (uint32_t)duo_num_bit(&joint->point_scalar, i);
        if (pair != 0) {
            duo_point_add(&acc, addends[pair], curve);
        }
    }
    to_affine(result, &acc, curve->field);
}
