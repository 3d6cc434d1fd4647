/* SPDX-License-Identifier: MIT */
/* TIMER: counts 16 MHz >> PRESCALER, or the COUNT task. As in the RTC nothing
 * ticks: the count is computed from the time, and one timer waits for the next
 * compare. */
#include "links.h"

#define TICKS_PER_16MHZ 8U
#define CC_COUNT_MAX    8U

enum task {
    TASK_START,
    TASK_STOP,
    TASK_COUNT,
    TASK_CLEAR,
    TASK_SHUTDOWN,
    TASK_CAPTURE0 = 16, /* One for each CC. */
};

#define EVENT_COMPARE0 16U

enum reg {
    MODE = 0x504,
    BITMODE = 0x508,
    PRESCALER = 0x510,
    CC = 0x540,
    ONESHOTEN = 0x580,
};

struct timer {
    struct vb_timer timer;
    bool is_running;
    /* The count was base_count at base_ticks; compares of the first done_steps
     * counts from there have been raised. */
    uint64_t base_ticks;
    uint32_t base_count;
    uint64_t done_steps;
    bool is_catching_up; /* A task by a shortcut happens at at_ticks. */
    uint64_t at_ticks;
    uint32_t spent; /* One-shot channels that have matched since CC's write. */
};

static struct timer *timer_of(const struct vb_periph *periph)
{
    return periph->state;
}

/* The network core's timers have two channels more. */
static unsigned cc_count(const struct vb_periph *periph)
{
    return periph->core == DUO_CORE_APP ? 6U : 8U;
}

static bool counts_time(struct vb_periph *periph)
{
    return *vb_word(periph, MODE) == 0;
}

static uint32_t count_mask(struct vb_periph *periph)
{
    static const uint32_t masks[] = {0xFFFF, 0xFF, 0xFFFFFF, 0xFFFFFFFF};

    return masks[*vb_word(periph, BITMODE) & 3U];
}

static uint64_t ticks_per_count(struct vb_periph *periph)
{
    uint32_t prescaler = *vb_word(periph, PRESCALER);

    return (uint64_t)TICKS_PER_16MHZ << (prescaler > 9U ? 9U : prescaler);
}

static uint64_t now_ticks(struct vb_periph *periph)
{
    const struct timer *timer = timer_of(periph);

    return timer->is_catching_up ? timer->at_ticks : vb_now(periph->vb);
}

static uint64_t steps_at(struct vb_periph *periph, uint64_t ticks)
{
    const struct timer *timer = timer_of(periph);

    return timer->is_running && counts_time(periph)
               ? (ticks - timer->base_ticks) / ticks_per_count(periph)
               : 0;
}

static uint32_t count(struct vb_periph *periph)
{
    uint64_t steps = steps_at(periph, now_ticks(periph));

    return (uint32_t)(timer_of(periph)->base_count + steps) &
           count_mask(periph);
}

static void rebase(struct vb_periph *periph, uint32_t value)
{
    struct timer *timer = timer_of(periph);

    timer->base_count = value & count_mask(periph);
    timer->base_ticks = now_ticks(periph);
    timer->done_steps = 0;
}

/* The step after the last done one at which the count matches CC[@p index]. */
static uint64_t step_of(struct vb_periph *periph, unsigned index)
{
    const struct timer *timer = timer_of(periph);
    uint32_t mask = count_mask(periph);
    uint64_t next = timer->done_steps + 1U;
    uint32_t at_next = (uint32_t)(timer->base_count + next);

    return next + ((*vb_word(periph, CC + 4U * index) - at_next) & mask);
}

static bool is_armed(struct vb_periph *periph, unsigned index)
{
    return *vb_word(periph, ONESHOTEN + 4U * index) == 0 ||
           (timer_of(periph)->spent >> index & 1U) == 0;
}

static uint64_t next_step(struct vb_periph *periph)
{
    uint64_t best = VB_NEVER;

    if (!timer_of(periph)->is_running || !counts_time(periph)) {
        return VB_NEVER;
    }
    for (unsigned i = 0; i < cc_count(periph); i++) {
        if (is_armed(periph, i)) {
            uint64_t step = step_of(periph, i);
            best = step < best ? step : best;
        }
    }
    return best;
}

/* Raise COMPARE of the channels in @p due. */
static void raise(struct vb_periph *periph, uint32_t due)
{
    for (unsigned i = 0; i < cc_count(periph); i++) {
        if ((due >> i & 1U) != 0) {
            timer_of(periph)->spent |= 1U << i;
            vb_event(periph, EVENT_COMPARE0 + i);
        }
    }
}

static void raise_at(struct vb_periph *periph, uint64_t step)
{
    struct timer *timer = timer_of(periph);
    uint32_t due = 0;

    for (unsigned i = 0; i < cc_count(periph); i++) {
        if (is_armed(periph, i) && step_of(periph, i) == step) {
            due |= 1U << i;
        }
    }
    timer->at_ticks = timer->base_ticks + step * ticks_per_count(periph);
    timer->done_steps = step;
    raise(periph, due);
}

/* As in rtc.c. */
static void catch_up(struct vb_periph *periph)
{
    struct timer *timer = timer_of(periph);
    uint64_t ticks = vb_now(periph->vb);

    if (timer->is_catching_up) {
        return;
    }
    timer->is_catching_up = true;
    for (;;) {
        uint64_t step = next_step(periph);
        if (step == VB_NEVER || step > steps_at(periph, ticks)) {
            break;
        }
        raise_at(periph, step);
    }
    timer->is_catching_up = false;
    timer->done_steps = steps_at(periph, ticks);
}

static void plan(struct vb_periph *periph)
{
    struct timer *timer = timer_of(periph);
    uint64_t step;

    if (timer->is_catching_up) {
        return;
    }
    step = next_step(periph);
    if (step == VB_NEVER) {
        vb_timer_clear(periph->vb, &timer->timer);
    } else {
        vb_timer_set(periph->vb, &timer->timer,
                     timer->base_ticks + step * ticks_per_count(periph));
    }
}

static void fire(void *ctx)
{
    catch_up(ctx);
    plan(ctx);
}

static void count_once(struct vb_periph *periph)
{
    uint32_t mask = count_mask(periph);
    uint32_t due = 0;

    if (counts_time(periph) || !timer_of(periph)->is_running) {
        return;
    }
    rebase(periph, count(periph) + 1U);
    for (unsigned i = 0; i < cc_count(periph); i++) {
        if (is_armed(periph, i) &&
            ((*vb_word(periph, CC + 4U * i) ^ count(periph)) & mask) == 0) {
            due |= 1U << i;
        }
    }
    raise(periph, due);
}

static void set_running(struct vb_periph *periph, bool is_running)
{
    if (timer_of(periph)->is_running != is_running) {
        rebase(periph, count(periph));
        timer_of(periph)->is_running = is_running;
    }
}

static void run_task(struct vb_periph *periph, unsigned task)
{
    catch_up(periph);
    if (task >= TASK_CAPTURE0) {
        *vb_word(periph, CC + 4U * (task - TASK_CAPTURE0)) = count(periph);
    } else if (task == TASK_START) {
        set_running(periph, true);
    } else if (task == TASK_STOP) {
        set_running(periph, false);
    } else if (task == TASK_COUNT) {
        count_once(periph);
    } else if (task == TASK_CLEAR) {
        rebase(periph, 0);
    } else if (task == TASK_SHUTDOWN) {
        set_running(periph, false);
        rebase(periph, 0);
    }
    plan(periph);
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    uint32_t *word = vb_word(periph, off);
    uint32_t stored = *word;
    uint32_t present;

    (void)value;
    /* What happened before this write happened with the old value. */
    *word = old;
    catch_up(periph);
    present = count(periph);
    *word = stored;
    if (off < CC) {
        rebase(periph, present); /* The mode or the rate has changed. */
    } else if (off < ONESHOTEN) {
        timer_of(periph)->spent &= ~(1U << (off - CC) / 4U);
    }
    plan(periph);
}

static void init(struct vb_periph *periph)
{
    vb_timer_init(periph->vb, &timer_of(periph)->timer, fire, periph);
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    struct timer *timer = timer_of(periph);

    (void)kind;
    vb_timer_clear(periph->vb, &timer->timer);
    timer->is_running = false;
    timer->base_count = 0;
    timer->done_steps = 0;
    timer->spent = 0;
}

static const struct vb_reg regs[] = {
    {"MODE",         MODE,      1,            4, VB_RW, 0, 3         },
    {"BITMODE",      BITMODE,   1,            4, VB_RW, 0, 3         },
    {"PRESCALER",    PRESCALER, 1,            4, VB_RW, 4, 0xF       },
    {"CC[n]",        CC,        CC_COUNT_MAX, 4, VB_RW, 0, 0xFFFFFFFF},
    {"ONESHOTEN[n]", ONESHOTEN, CC_COUNT_MAX, 4, VB_RW, 0, 1         },
    {NULL,           0,         0,            0, VB_R,  0, 0         },
};

static const struct vb_short shorts[] = {
    {0,  EVENT_COMPARE0,     TASK_CLEAR},
    {1,  EVENT_COMPARE0 + 1, TASK_CLEAR},
    {2,  EVENT_COMPARE0 + 2, TASK_CLEAR},
    {3,  EVENT_COMPARE0 + 3, TASK_CLEAR},
    {4,  EVENT_COMPARE0 + 4, TASK_CLEAR},
    {5,  EVENT_COMPARE0 + 5, TASK_CLEAR},
    {6,  EVENT_COMPARE0 + 6, TASK_CLEAR},
    {7,  EVENT_COMPARE0 + 7, TASK_CLEAR},
    {16, EVENT_COMPARE0,     TASK_STOP },
    {17, EVENT_COMPARE0 + 1, TASK_STOP },
    {18, EVENT_COMPARE0 + 2, TASK_STOP },
    {19, EVENT_COMPARE0 + 3, TASK_STOP },
    {20, EVENT_COMPARE0 + 4, TASK_STOP },
    {21, EVENT_COMPARE0 + 5, TASK_STOP },
    {22, EVENT_COMPARE0 + 6, TASK_STOP },
    {23, EVENT_COMPARE0 + 7, TASK_STOP },
};

const struct vb_type vb_type_timer = {
    .name = "TIMER",
    .modelled = "timer and counter modes, 8 to 32 bits, prescaler, compare, "
                "capture, one-shot, shortcuts; exact to 1/16 us",
    .simplified = "START after STOP begins a whole count; the application "
                  "core's timers have the registers of two more channels, "
                  "which do nothing",
    .not_modelled = "",
    .task_mask = {0x00FF001FU},
    .event_mask = {0x00FF0000U},
    .regs = regs,
    .shorts = shorts,
    .short_count = sizeof(shorts) / sizeof(shorts[0]),
    .state_bytes = sizeof(struct timer),
    .init = init,
    .reset = reset,
    .task = run_task,
    .wrote = wrote,
};
