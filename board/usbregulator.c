/* SPDX-License-Identifier: MIT */
/* USBREGULATOR: no cable is ever plugged in. */
#include "soc.h"

static const struct vb_reg regs[] = {
    {"USBREGSTATUS", 0x400, 1, 4, VB_R, 0, 3},
    {NULL,           0,     0, 0, VB_R, 0, 0},
};

const struct vb_type vb_type_usbregulator = {
    .name = "USBREGULATOR",
    .modelled = "registers",
    .simplified = "no cable is ever plugged in",
    .not_modelled = "",
    .event_mask = {0x7},
    .regs = regs,
};
