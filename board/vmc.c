/* SPDX-License-Identifier: MIT */
/* VMC: power and retention of the RAM's sections. */
#include "soc.h"

#define POWER 0x600U

/* Each block has POWER, POWERSET, POWERCLR and a hole. */
static uint32_t power_off(uint32_t off)
{
    return off & ~0xFU;
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    uint32_t *power = vb_word(periph, power_off(off));

    (void)old;
    if (off != power_off(off)) {
        *power = (off & 0xFU) == 4U ? *power | value : *power & ~value;
        *vb_word(periph, off) = 0;
    }
}

static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    (void)value;
    (void)debug;
    return *vb_word(periph, power_off(off));
}

static const struct vb_reg regs[] = {
    {"RAM[n].POWER",    POWER,      8, 16, VB_RW, 0xFFFF, 0xFFFFFFFF},
    {"RAM[n].POWERSET", POWER + 4U, 8, 16, VB_RW, 0,      0xFFFFFFFF},
    {"RAM[n].POWERCLR", POWER + 8U, 8, 16, VB_RW, 0,      0xFFFFFFFF},
    {NULL,              0,          0, 0,  VB_R,  0,      0         },
};

const struct vb_type vb_type_vmc = {
    .name = "VMC",
    .modelled = "registers",
    .simplified = "a section that is off keeps its content and answers; the "
                  "network core shows eight blocks, it has four",
    .not_modelled = "",
    .regs = regs,
    .wrote = wrote,
    .reading = reading,
};
