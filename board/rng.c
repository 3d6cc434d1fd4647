/* SPDX-License-Identifier: MIT */
/* RNG of the network core: bytes from the board's seed, so that a run can be
 * repeated. */
#include "soc.h"

enum task {
    TASK_START,
    TASK_STOP,
};

#define EVENT_VALRDY 0U
#define CONFIG       0x504U
#define VALUE        0x508U

/* A byte as it comes; one with bias correction takes a varying time. */
#define START_US       128U
#define BYTE_US        30U
#define CORRECTED_US   64U
#define JITTER_MASK_US 127U

struct rng {
    struct vb_timer timer;
    uint64_t state;
};

static struct rng *rng_of(const struct vb_periph *periph)
{
    return periph->state;
}

/* SplitMix64. */
static uint64_t draw(struct rng *rng)
{
    uint64_t x;

    rng->state += 0x9E3779B97F4A7C15U;
    x = rng->state;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
    x = (x ^ x >> 27) * 0x94D049BB133111EBU;
    return x ^ x >> 31;
}

static void plan(struct vb_periph *periph, unsigned more_us)
{
    struct rng *rng = rng_of(periph);
    uint64_t time_us = BYTE_US + more_us;

    if ((*vb_word(periph, CONFIG) & 1U) != 0) {
        time_us = CORRECTED_US + more_us + (draw(rng) & JITTER_MASK_US);
    }
    vb_timer_set(periph->vb, &rng->timer,
                 vb_now(periph->vb) + time_us * VB_TICKS_PER_US);
}

static void fire(void *ctx)
{
    struct vb_periph *periph = ctx;

    *vb_word(periph, VALUE) = (uint32_t)(draw(rng_of(periph)) >> 56);
    plan(periph, 0);
    vb_event(periph, EVENT_VALRDY); /* Its shortcut may stop us. */
}

static void run_task(struct vb_periph *periph, unsigned task)
{
    if (task == TASK_START) {
        plan(periph, START_US);
    } else {
        vb_timer_clear(periph->vb, &rng_of(periph)->timer);
    }
}

static void init(struct vb_periph *periph)
{
    vb_timer_init(periph->vb, &rng_of(periph)->timer, fire, periph);
    rng_of(periph)->state = vb_seed(periph->vb);
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    (void)kind; /* The noise goes on: no reset makes it say the same again. */
    vb_timer_clear(periph->vb, &rng_of(periph)->timer);
}

static const struct vb_reg regs[] = {
    {"CONFIG", CONFIG, 1, 4, VB_RW, 0, 1   },
    {"VALUE",  VALUE,  1, 4, VB_R,  0, 0xFF},
    {NULL,     0,      0, 0, VB_R,  0, 0   },
};

static const struct vb_short shorts[] = {
    {0, EVENT_VALRDY, TASK_STOP},
};

const struct vb_type vb_type_rng = {
    .name = "RNG",
    .modelled = "start, stop, bytes at a plausible rate, bias correction's "
                "slower one",
    .simplified = "the bytes follow from the board's seed",
    .not_modelled = "",
    .task_mask = {0x3},
    .event_mask = {0x1},
    .regs = regs,
    .shorts = shorts,
    .short_count = 1,
    .state_bytes = sizeof(struct rng),
    .init = init,
    .reset = reset,
    .task = run_task,
};
