/* SPDX-License-Identifier: MIT */
/* TAD: start-up code that wants trace output sets it up here. */
#include "soc.h"

static const struct vb_reg regs[] = {
    {"CLOCKSTART",        0x004, 1, 4, VB_W,  0,          1         },
    {"CLOCKSTOP",         0x008, 1, 4, VB_W,  0,          1         },
    {"ENABLE",            0x500, 1, 4, VB_RW, 0,          1         },
    {"PSEL.TRACECLK",     0x504, 1, 4, VB_RW, 0xFFFFFFFF, 0x8000001F},
    {"PSEL.TRACEDATA[n]", 0x508, 4, 4, VB_RW, 0xFFFFFFFF, 0x8000001F},
    {"TRACEPORTSPEED",    0x518, 1, 4, VB_RW, 0,          3         },
    {NULL,                0,     0, 0, VB_R,  0,          0         },
};

const struct vb_type vb_type_tad = {
    .name = "TAD",
    .modelled = "",
    .simplified = "registers are stored",
    .not_modelled = "trace output",
    .regs = regs,
};
