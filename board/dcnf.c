/* SPDX-License-Identifier: MIT */
/* DCNF and FPU: one page. Which core this is, and what of the application
 * core's buses is closed to the network core. */
#include "links.h"

#define CPUID  0x420U
#define EXTRAM 0x460U

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    (void)kind;
    *vb_word(periph, CPUID) = periph->core == DUO_CORE_APP ? 0 : 1;
    if (periph->core == DUO_CORE_APP) {
        vb_spu_windows(periph->vb);
    }
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    (void)value;
    (void)old;
    if (off == EXTRAM && periph->core == DUO_CORE_APP) {
        vb_spu_windows(periph->vb);
    }
}

static const struct vb_reg regs[] = {
    {"CPUID",              CPUID,  1, 4, VB_R,  0, 0xFF},
    {"EXTPERI[n].PROTECT", 0x440,  1, 4, VB_RW, 0, 1   },
    {"EXTRAM[n].PROTECT",  EXTRAM, 1, 4, VB_RW, 0, 0xFF},
    {"EXTCODE[n].PROTECT", 0x480,  1, 4, VB_RW, 0, 1   },
    {NULL,                 0,      0, 0, VB_R,  0, 0   },
};

const struct vb_type vb_type_dcnf = {
    .name = "DCNF/FPU",
    .modelled = "CPUID; EXTRAM blocks the network core's view of the RAM",
    .simplified = "EXTPERI and EXTCODE are stored; the FPU's events never "
                  "happen; the network core's page has the same registers",
    .not_modelled = "",
    .event_mask = {0x3F},
    .regs = regs,
    .reset = reset,
    .wrote = wrote,
};
