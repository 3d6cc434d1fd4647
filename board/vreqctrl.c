/* SPDX-License-Identifier: MIT */
/* VREQCTRL: the network core asks for more voltage for its radio. */
#include "soc.h"

#define VREQH      0x500U
#define VREQHREADY 0x508U

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    (void)old;
    if (off == VREQH) {
        *vb_word(periph, VREQHREADY) = value & 1U;
    }
}

static const struct vb_reg regs[] = {
    {"VREGRADIO.VREQH",      VREQH,      1, 4, VB_RW, 0, 1},
    {"VREGRADIO.VREQHREADY", VREQHREADY, 1, 4, VB_R,  0, 1},
    {NULL,                   0,          0, 0, VB_R,  0, 0},
};

const struct vb_type vb_type_vreqctrl = {
    .name = "VREQCTRL",
    .modelled = "request and ready",
    .simplified = "ready at once",
    .not_modelled = "",
    .regs = regs,
    .wrote = wrote,
};
