/* SPDX-License-Identifier: MIT */
/* DPPIC: 32 channels from events to tasks within one core, and groups of
 * channels that tasks enable and disable. */
#include "soc.h"

#define GROUP_COUNT 6U
#define CHEN        0x500U
#define CHENSET     0x504U
#define CHENCLR     0x508U
#define CHG         0x800U

#define TASK_COUNT      32U
#define SUBSCRIBE       0x080U
#define SUBSCRIBE_EN    0x80000000U
#define SUBSCRIBE_CHIDX 0xFFU

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
    if (off == CHENSET) {
        *vb_word(periph, CHEN) |= value;
    } else if (off == CHENCLR) {
        *vb_word(periph, CHEN) &= ~value;
    }
}

static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    (void)debug;
    return off == CHENSET || off == CHENCLR ? *vb_word(periph, CHEN) : value;
}

static void trigger(struct vb_periph *periph, unsigned channel)
{
    const struct vb_type *type = periph->type;

    for (unsigned task = 0; type->task_mask[0] >> task != 0; task++) {
        uint32_t subscribed = *vb_word(periph, SUBSCRIBE + 4U * task);
        if ((type->task_mask[0] >> task & 1U) != 0 &&
            (subscribed & SUBSCRIBE_EN) != 0 &&
            (subscribed & SUBSCRIBE_CHIDX) == channel && type->task != NULL) {
            type->task(periph, task);
        }
        if (task + 1U == TASK_COUNT) {
            break;
        }
    }
}

/* see soc.h */
void vb_dppi_channel(struct duo_vb *vb, enum duo_core core, unsigned channel)
{
    struct vb_periph *dppic = vb_find(vb, core, &vb_type_dppic, 0);
    const struct vb_place *places =
        core == DUO_CORE_APP ? vb_soc_app : vb_soc_net;
    unsigned count = core == DUO_CORE_APP ? vb_soc_app_count : vb_soc_net_count;

    if (dppic == NULL || (*vb_word(dppic, CHEN) >> (channel & 31U) & 1U) == 0) {
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        struct vb_periph *periph =
            vb_find(vb, core, places[i].type, places[i].instance);
        if (periph != NULL) {
            trigger(periph, channel);
        }
    }
}

static const struct vb_reg regs[] = {
    {"CHEN",    CHEN,    1,           4, VB_RW, 0, 0xFFFFFFFF},
    {"CHENSET", CHENSET, 1,           4, VB_W,  0, 0xFFFFFFFF},
    {"CHENCLR", CHENCLR, 1,           4, VB_W,  0, 0xFFFFFFFF},
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
