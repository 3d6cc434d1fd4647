/* SPDX-License-Identifier: MIT */
/* IPC: sixteen channels between the cores. A SEND task raises the channels of
 * its SEND_CNF; each core makes events of them by its RECEIVE_CNF. */
#include "soc.h"

#define CHANNEL_COUNT 16U
#define SEND_CNF      0x510U
#define RECEIVE_CNF   0x590U
#define GPMEM         0x610U
/* Not 0: Zephyr lets a signal run in a circle through both cores (by DPPI) for
 * as long as it waits for a tick of the RTC, to get round erratum 165. */
#define TRAVEL_TICKS VB_TICKS_PER_US

struct ipc {
    struct vb_timer timer;
    uint32_t arriving; /* Channels on their way to this core. */
};

static struct ipc *ipc_of(const struct vb_periph *periph)
{
    return periph->state;
}

/* A core in force-off has no power: its IPC hears nothing. */
static bool hears(const struct vb_periph *periph)
{
    return vb_cpu_state(vb_cpu(periph->vb, periph->core)) != VB_CPU_HELD;
}

static void arrive(void *ctx)
{
    struct vb_periph *periph = ctx;
    uint32_t channels = ipc_of(periph)->arriving;

    ipc_of(periph)->arriving = 0;
    for (unsigned i = 0; i < CHANNEL_COUNT && hears(periph); i++) {
        if ((*vb_word(periph, RECEIVE_CNF + 4U * i) & channels) != 0) {
            vb_event(periph, i);
        }
    }
}

static void send(struct duo_vb *vb, enum duo_core core, uint32_t channels)
{
    struct vb_periph *periph = vb_find(vb, core, &vb_type_ipc, 0);

    if (periph == NULL || channels == 0 || !hears(periph)) {
        return;
    }
    if (ipc_of(periph)->arriving == 0) {
        vb_timer_set(vb, &ipc_of(periph)->timer, vb_now(vb) + TRAVEL_TICKS);
    }
    ipc_of(periph)->arriving |= channels;
}

static void run_task(struct vb_periph *periph, unsigned task)
{
    uint32_t channels = *vb_word(periph, SEND_CNF + 4U * task);

    send(periph->vb, DUO_CORE_APP, channels);
    send(periph->vb, DUO_CORE_NET, channels);
}

static void init(struct vb_periph *periph)
{
    vb_timer_init(periph->vb, &ipc_of(periph)->timer, arrive, periph);
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    (void)kind;
    vb_timer_clear(periph->vb, &ipc_of(periph)->timer);
    ipc_of(periph)->arriving = 0;
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
    .simplified = "a signal travels for 1 us, also to its own core",
    .not_modelled = "",
    .task_mask = {0xFFFF},
    .event_mask = {0xFFFF},
    .regs = regs,
    .state_bytes = sizeof(struct ipc),
    .init = init,
    .reset = reset,
    .task = run_task,
};
