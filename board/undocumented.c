/* SPDX-License-Identifier: MIT */
/* Pages that no manual describes and that the vendor's start-up code writes
 * all the same. Words are kept, nothing happens. They start at 0: erratum 140
 * looks at bit 31 of the word at 0x50032420 and must find it clear. */
#include "soc.h"

static const struct vb_reg regs[] = {
    {"(undocumented)", 0, VB_REG_SPACE_WORDS, 4, VB_RW, 0, 0xFFFFFFFF},
    {NULL,             0, 0,                  0, VB_R,  0, 0         },
};

const struct vb_type vb_type_undocumented = {
    .name = "(undocumented pages)",
    .modelled = "",
    .simplified = "words are stored and read back",
    .not_modelled = "whatever they do",
    .regs = regs,
};
