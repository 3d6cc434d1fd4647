/* SPDX-License-Identifier: MIT */
/* SWI: an interrupt line for software. The page has no register; the NVIC's
 * pending bit does it all. */
#include "soc.h"

static const struct vb_reg regs[] = {
    {NULL, 0, 0, 0, VB_R, 0, 0},
};

const struct vb_type vb_type_swi = {
    .name = "SWI",
    .modelled = "the interrupt line, by the NVIC",
    .simplified = "",
    .not_modelled = "",
    .regs = regs,
};
