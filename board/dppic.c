/* SPDX-License-Identifier: MIT */
/* DPPIC: 32 channels from events to tasks within one core, and groups of
 * channels that tasks enable and disable. The bus carries the signals. */
#include "soc.h"

#define GROUP_COUNT 6U
#define CHEN        0x500U
#define CHENSET     0x504U
#define CHENCLR     0x508U
#define CHG         0x800U

/* Group n has the tasks CHG[n].EN and CHG[n].DIS. */
static void run_task(struct vb_periph *periph, unsigned task)
{
    uint32_t group = *vb_word(periph, CHG + 4U * (task / 2U));

    if (task % 2U == 0) {
        *vb_word(periph, CHEN) |= group;
    } else {
        *vb_word(periph, CHEN) &= ~group;
    }
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    (void)old;
    if (off == CHENSET || off == CHENCLR) {
        uint32_t *chen = vb_word(periph, CHEN);
        *vb_word(periph, off) = 0;
        *chen = off == CHENSET ? *chen | value : *chen & ~value;
    }
}

static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    (void)debug;
    return off == CHENSET || off == CHENCLR ? *vb_word(periph, CHEN) : value;
}

static const struct vb_reg regs[] = {
    {"CHEN",    CHEN,    1,           4, VB_RW, 0, 0xFFFFFFFF},
    {"CHENSET", CHENSET, 1,           4, VB_RW, 0, 0xFFFFFFFF},
    {"CHENCLR", CHENCLR, 1,           4, VB_RW, 0, 0xFFFFFFFF},
    {"CHG[n]",  CHG,     GROUP_COUNT, 4, VB_RW, 0, 0xFFFFFFFF},
    {NULL,      0,       0,           0, VB_R,  0, 0         },
};

const struct vb_type vb_type_dppic = {
    .name = "DPPIC",
    .modelled = "32 channels, six groups; subscribe and publish of every "
                "modelled task and event",
    .simplified = "tasks of one channel run at once, in the order of the "
                  "peripherals' addresses in the SoC table",
    .not_modelled = "the SPU's permissions of channels",
    .task_mask = {0x00000FFFU},
    .regs = regs,
    .task = run_task,
    .wrote = wrote,
    .reading = reading,
};
