/* SPDX-License-Identifier: MIT */
/* IPC: sixteen channels between the cores. A SEND task raises the channels of
 * its SEND_CNF; each core makes events of them by its RECEIVE_CNF. */
#include "soc.h"

#define CHANNEL_COUNT 16U
#define SEND_CNF      0x510U
#define RECEIVE_CNF   0x590U
#define GPMEM         0x610U

static void receive(struct duo_vb *vb, enum duo_core core, uint32_t channels)
{
    struct vb_periph *periph = vb_find(vb, core, &vb_type_ipc, 0);

    /* A core in force-off has no power: its IPC hears nothing. */
    if (periph == NULL || vb_cpu_state(vb_cpu(vb, core)) == VB_CPU_HELD) {
        return;
    }
    for (unsigned i = 0; i < CHANNEL_COUNT; i++) {
        if ((*vb_word(periph, RECEIVE_CNF + 4U * i) & channels) != 0) {
            vb_event(periph, i);
        }
    }
}

static void run_task(struct vb_periph *periph, unsigned task)
{
    uint32_t channels = *vb_word(periph, SEND_CNF + 4U * task);

    receive(periph->vb, DUO_CORE_APP, channels);
    receive(periph->vb, DUO_CORE_NET, channels);
}

static const struct vb_reg regs[] = {
    {"SEND_CNF[n]",    SEND_CNF,    CHANNEL_COUNT, 4, VB_RW, 0, 0xFFFF    },
    {"RECEIVE_CNF[n]", RECEIVE_CNF, CHANNEL_COUNT, 4, VB_RW, 0, 0xFFFF    },
    {"GPMEM[n]",       GPMEM,       2,             4, VB_RW, 0, 0xFFFFFFFF},
    {NULL,             0,           0,             0, VB_R,  0, 0         },
};

const struct vb_type vb_type_ipc = {
    .name = "IPC",
    .modelled = "channels, events on both cores, GPMEM",
    .simplified = "a signal arrives at once",
    .not_modelled = "",
    .task_mask = {0xFFFF},
    .event_mask = {0xFFFF},
    .regs = regs,
    .task = run_task,
};
