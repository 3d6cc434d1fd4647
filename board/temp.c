/* SPDX-License-Identifier: MIT */
/* TEMP of the network core: a room whose temperature follows from the seed. */
#include "soc.h"

enum task {
    TASK_START,
    TASK_STOP,
};

#define EVENT_DATARDY 0U
#define TEMP          0x508U
#define MEASURE_US    36U

struct temp {
    struct vb_timer timer;
    uint64_t count; /* Measurements so far. */
};

static struct temp *temp_of(const struct vb_periph *periph)
{
    return periph->state;
}

/* In quarters of a degree: 20 to 27.75, and a quarter up or down each time. */
static void fire(void *ctx)
{
    struct vb_periph *periph = ctx;
    uint64_t mix =
        (vb_seed(periph->vb) + ++temp_of(periph)->count) * 0x9E3779B97F4A7C15U;

    *vb_word(periph, TEMP) =
        80U + (uint32_t)(vb_seed(periph->vb) % 31U) + (uint32_t)(mix >> 63);
    vb_event(periph, EVENT_DATARDY);
}

static void run_task(struct vb_periph *periph, unsigned task)
{
    if (task == TASK_START) {
        vb_timer_set(periph->vb, &temp_of(periph)->timer,
                     vb_now(periph->vb) +
                         (uint64_t)MEASURE_US * VB_TICKS_PER_US);
    } else {
        vb_timer_clear(periph->vb, &temp_of(periph)->timer);
    }
}

static void init(struct vb_periph *periph)
{
    vb_timer_init(periph->vb, &temp_of(periph)->timer, fire, periph);
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    (void)kind;
    vb_timer_clear(periph->vb, &temp_of(periph)->timer);
}

static const struct vb_reg regs[] = {
    {"TEMP", TEMP,  1, 4, VB_R,  0,     0xFFFFFFFF},
    {"A0",   0x520, 1, 4, VB_RW, 0x2D9, 0xFFF     },
    {"A1",   0x524, 1, 4, VB_RW, 0x322, 0xFFF     },
    {"A2",   0x528, 1, 4, VB_RW, 0x355, 0xFFF     },
    {"A3",   0x52C, 1, 4, VB_RW, 0x3DF, 0xFFF     },
    {"A4",   0x530, 1, 4, VB_RW, 0x44E, 0xFFF     },
    {"A5",   0x534, 1, 4, VB_RW, 0x4B7, 0xFFF     },
    {"B0",   0x540, 1, 4, VB_RW, 0xFC7, 0xFFF     },
    {"B1",   0x544, 1, 4, VB_RW, 0xF71, 0xFFF     },
    {"B2",   0x548, 1, 4, VB_RW, 0xF6C, 0xFFF     },
    {"B3",   0x54C, 1, 4, VB_RW, 0xFCB, 0xFFF     },
    {"B4",   0x550, 1, 4, VB_RW, 0x04B, 0xFFF     },
    {"B5",   0x554, 1, 4, VB_RW, 0x0F6, 0xFFF     },
    {"T0",   0x560, 1, 4, VB_RW, 0xE1,  0xFF      },
    {"T1",   0x564, 1, 4, VB_RW, 0xF9,  0xFF      },
    {"T2",   0x568, 1, 4, VB_RW, 0x10,  0xFF      },
    {"T3",   0x56C, 1, 4, VB_RW, 0x26,  0xFF      },
    {"T4",   0x570, 1, 4, VB_RW, 0x3F,  0xFF      },
    {NULL,   0,     0, 0, VB_R,  0,     0         },
};

const struct vb_type vb_type_temp = {
    .name = "TEMP",
    .modelled = "a measurement takes 36 us",
    .simplified = "a room at 20 to 28 degrees, chosen by the seed; the "
                  "calibration registers are stored only",
    .not_modelled = "",
    .task_mask = {0x3},
    .event_mask = {0x1},
    .regs = regs,
    .state_bytes = sizeof(struct temp),
    .init = init,
    .reset = reset,
    .task = run_task,
};
