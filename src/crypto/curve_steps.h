/* SPDX-License-Identifier: MIT */
/* The addition formulas are data: straight-line programs over a file of
 * numbers. A row of two bytes is smaller than a call with three addresses, and
 * one interpreter serves both curves. */
#ifndef DUO_CRYPTO_CURVE_STEPS_H
#define DUO_CRYPTO_CURVE_STEPS_H

#include <stdint.h>

enum duo_curve_op {
    DUO_CURVE_ADD,
    DUO_CURVE_SUB,
    DUO_CURVE_MUL,
};

/* The first sum operand is X1..T1, and the result replaces it; the second is
 * X2..T2; K is the curve's constant; the rest is scratch. */
enum duo_curve_reg { X1, Y1, Z1, T1, X2, Y2, Z2, T2, K, A, B, C, D };
#define DUO_CURVE_REG_COUNT 13U

/* dst = left op right, of enums above. */
struct duo_curve_step {
    uint16_t dst : 4;
    uint16_t left : 4;
    uint16_t op : 4;
    uint16_t right : 4;
};

#endif
