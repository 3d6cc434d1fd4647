/* SPDX-License-Identifier: MIT */
/* CRYPTOCELL: what the vendor's platform library does to it when a firmware
 * starts, and no more. The wrapper and the core are two pages. */
#include "soc.h"

static const struct vb_reg wrapper_regs[] = {
    {"ENABLE", 0x500, 1, 4, VB_RW, 0, 1},
    {NULL,     0,     0, 0, VB_R,  0, 0},
};

static const struct vb_reg core_regs[] = {
    {"CC_HOST_RGF.ENDIANNESS", 0xA0C, 1, 4, VB_RW, 0, 0xFFFFFFFF},
    {NULL,                     0,     0, 0, VB_R,  0, 0         },
};

const struct vb_type vb_type_cryptocell = {
    .name = "CRYPTOCELL",
    .modelled = "the registers that start-up code of the nRF Connect SDK "
                "writes",
    .simplified = "they are stored only",
    .not_modelled = "all that it computes: an image that hashes, draws random "
                    "numbers or verifies with it stops the run",
    .regs = wrapper_regs,
};

const struct vb_type vb_type_cryptocell_core = {
    .name = "CRYPTOCELL (CC312)",
    .modelled = "as above",
    .simplified = "as above",
    .not_modelled = "as above",
    .regs = core_regs,
};
