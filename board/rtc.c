/* SPDX-License-Identifier: MIT */
/* RTC: a 24-bit counter of the low-frequency clock. Nothing ticks here: the
 * counter is computed from the time, and one timer waits for the next event
 * that is enabled. */
#include "links.h"

#define COUNTER_MASK 0xFFFFFFU
#define CC_COUNT     4U

enum task {
    TASK_START,
    TASK_STOP,
    TASK_CLEAR,
    TASK_TRIGOVRFLW,
    TASK_CAPTURE0 = 16, /* One for each CC. */
};

enum event {
    EVENT_TICK,
    EVENT_OVRFLW,
    EVENT_COMPARE0 = 16, /* One for each CC. */
};

enum reg {
    INTEN = 0x300,
    EVTEN = 0x340,
    EVTENSET = 0x344,
    EVTENCLR = 0x348,
    COUNTER = 0x504,
    PRESCALER = 0x508,
    CC = 0x540,
};

/* What can happen at a step of the counter. */
#define EVENTS_MASK 0xF0003U

struct rtc {
    struct vb_timer timer;
    bool is_started; /* By START. */
    bool is_clocked; /* The LFCLK runs, too: the counter moves. */
    /* The counter was base_counter at edge base_lf of the LFCLK; events of
     * the first done_steps steps from there have been raised. */
    uint64_t base_lf;
    uint32_t base_counter;
    uint64_t done_steps;
    bool is_catching_up; /* A task by a shortcut happens at at_lf, not now. */
    uint64_t at_lf;
};

static struct rtc *rtc_of(const struct vb_periph *periph)
{
    return periph->state;
}

static uint64_t divider(struct vb_periph *periph)
{
    return (uint64_t)*vb_word(periph, PRESCALER) + 1U;
}

static uint64_t now_lf(struct vb_periph *periph)
{
    const struct rtc *rtc = rtc_of(periph);

    return rtc->is_catching_up ? rtc->at_lf : vb_lf_count(vb_now(periph->vb));
}

/* Steps of the counter from its base to edge @p lf. */
static uint64_t steps_at(struct vb_periph *periph, uint64_t lf)
{
    const struct rtc *rtc = rtc_of(periph);

    return rtc->is_clocked ? (lf - rtc->base_lf) / divider(periph) : 0;
}

static uint32_t counter(struct vb_periph *periph)
{
    uint64_t steps = steps_at(periph, now_lf(periph));

    return (uint32_t)(rtc_of(periph)->base_counter + steps) & COUNTER_MASK;
}

/* From now on the counter runs from @p value. */
static void rebase(struct vb_periph *periph, uint32_t value)
{
    struct rtc *rtc = rtc_of(periph);

    rtc->base_counter = value & COUNTER_MASK;
    rtc->base_lf = now_lf(periph);
    rtc->done_steps = 0;
}

/* The step after the last done one at which the counter becomes @p value. */
static uint64_t step_of(const struct rtc *rtc, uint32_t value)
{
    uint64_t next = rtc->done_steps + 1U;
    uint32_t at_next = (uint32_t)(rtc->base_counter + next) & COUNTER_MASK;

    return next + ((value - at_next) & COUNTER_MASK);
}

static uint64_t step_of_event(struct vb_periph *periph, unsigned event)
{
    const struct rtc *rtc = rtc_of(periph);

    if (event == EVENT_TICK) {
        return rtc->done_steps + 1U;
    }
    if (event == EVENT_OVRFLW) {
        return step_of(rtc, 0);
    }
    return step_of(rtc, *vb_word(periph, CC + 4U * (event - EVENT_COMPARE0)));
}

/* The next step at which an enabled event happens; VB_NEVER: none. */
static uint64_t next_step(struct vb_periph *periph)
{
    uint32_t enabled =
        (*vb_word(periph, INTEN) | *vb_word(periph, EVTEN)) & EVENTS_MASK;
    uint64_t best = VB_NEVER;

    if (!rtc_of(periph)->is_clocked) {
        return VB_NEVER;
    }
    for (unsigned event = 0; enabled >> event != 0; event++) {
        uint64_t step;
        if ((enabled >> event & 1U) == 0) {
            continue;
        }
        step = step_of_event(periph, event);
        best = step < best ? step : best;
    }
    return best;
}

/* Raise what happens at @p step, in the order of the events' numbers. */
static void raise_at(struct vb_periph *periph, uint64_t step)
{
    struct rtc *rtc = rtc_of(periph);
    uint32_t enabled =
        (*vb_word(periph, INTEN) | *vb_word(periph, EVTEN)) & EVENTS_MASK;
    uint32_t due = 0;

    for (unsigned event = 0; enabled >> event != 0; event++) {
        if ((enabled >> event & 1U) != 0 &&
            step_of_event(periph, event) == step) {
            due |= 1U << event;
        }
    }
    rtc->at_lf = rtc->base_lf + step * divider(periph);
    rtc->done_steps = step;
    for (unsigned event = 0; due >> event != 0; event++) {
        if ((due >> event & 1U) != 0) {
            vb_event(periph, event);
        }
    }
}

/* Raise everything up to now. A core may be a block ahead of the timer, so an
 * access can come before the timer has fired. */
static void catch_up(struct vb_periph *periph)
{
    struct rtc *rtc = rtc_of(periph);
    uint64_t lf = vb_lf_count(vb_now(periph->vb));

    if (rtc->is_catching_up) {
        return; /* A shortcut's task: the caller goes on. */
    }
    rtc->is_catching_up = true;
    for (;;) {
        /* Each pass moves done_steps on, or the base by a CLEAR. */
        uint64_t step = next_step(periph);
        if (step == VB_NEVER || step > steps_at(periph, lf)) {
            break;
        }
        raise_at(periph, step);
    }
    rtc->is_catching_up = false;
    rtc->done_steps = steps_at(periph, lf);
}

static void plan(struct vb_periph *periph)
{
    struct rtc *rtc = rtc_of(periph);
    uint64_t step;

    if (rtc->is_catching_up) {
        return; /* Who catches up plans at the end. */
    }
    step = next_step(periph);
    if (step == VB_NEVER) {
        vb_timer_clear(periph->vb, &rtc->timer);
    } else {
        vb_timer_set(periph->vb, &rtc->timer,
                     vb_lf_ticks(rtc->base_lf + step * divider(periph)));
    }
}

static void fire(void *ctx)
{
    catch_up(ctx);
    plan(ctx);
}

/* Started and clocked: the counter moves, else it stands. */
static void set_running(struct vb_periph *periph, bool is_started,
                        bool has_clock)
{
    struct rtc *rtc = rtc_of(periph);

    rebase(periph, counter(periph));
    rtc->is_started = is_started;
    rtc->is_clocked = is_started && has_clock;
}

static void run_task(struct vb_periph *periph, unsigned task)
{
    catch_up(periph);
    switch ((enum task)task) {
    case TASK_START:
        set_running(periph, true, vb_lfclk_runs(periph->vb, periph->core));
        break;
    case TASK_STOP: set_running(periph, false, false); break;
    case TASK_CLEAR: rebase(periph, 0); break;
    case TASK_TRIGOVRFLW: rebase(periph, 0xFFFFF0); break;
    case TASK_CAPTURE0:
    default:
        *vb_word(periph, CC + 4U * (task - TASK_CAPTURE0)) = counter(periph);
        break;
    }
    plan(periph);
}

/* see links.h */
void vb_rtc_clock(struct duo_vb *vb, enum duo_core core, bool runs)
{
    for (unsigned i = 0;; i++) {
        struct vb_periph *periph = vb_find(vb, core, &vb_type_rtc, i);
        if (periph == NULL) {
            return;
        }
        catch_up(periph);
        set_running(periph, rtc_of(periph)->is_started, runs);
        plan(periph);
    }
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    struct rtc *rtc = rtc_of(periph);
    uint32_t *word = vb_word(periph, off);
    uint32_t stored = *word;

    /* What happened before this write happened with the old value. */
    *word = old;
    catch_up(periph);
    *word = stored;
    if (off == PRESCALER && rtc->is_started) {
        *word = old; /* Takes effect when the RTC is stopped only. */
    } else if (off == EVTENSET || off == EVTENCLR) {
        *word = 0;
        *vb_word(periph, EVTEN) =
            off == EVTENSET ? *vb_word(periph, EVTEN) | (value & EVENTS_MASK)
                            : *vb_word(periph, EVTEN) & ~value;
    }
    plan(periph);
}

static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    (void)debug;
    if (off == COUNTER) {
        return counter(periph);
    }
    return off == EVTENSET || off == EVTENCLR ? *vb_word(periph, EVTEN) : value;
}

static void interrupts_changed(struct vb_periph *periph, uint32_t old)
{
    uint32_t *word = vb_word(periph, INTEN);
    uint32_t stored = *word;

    *word = old;
    catch_up(periph);
    *word = stored;
    plan(periph);
}

static void init(struct vb_periph *periph)
{
    vb_timer_init(periph->vb, &rtc_of(periph)->timer, fire, periph);
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    struct rtc *rtc = rtc_of(periph);

    (void)kind;
    vb_timer_clear(periph->vb, &rtc->timer);
    rtc->is_started = false;
    rtc->is_clocked = false;
    rtc->base_counter = 0;
    rtc->done_steps = 0;
}

static const struct vb_reg regs[] = {
    {"EVTEN",     EVTEN,     1,        4, VB_RW, 0, EVENTS_MASK },
    {"EVTENSET",  EVTENSET,  1,        4, VB_RW, 0, EVENTS_MASK },
    {"EVTENCLR",  EVTENCLR,  1,        4, VB_RW, 0, EVENTS_MASK },
    {"COUNTER",   COUNTER,   1,        4, VB_R,  0, COUNTER_MASK},
    {"PRESCALER", PRESCALER, 1,        4, VB_RW, 0, 0xFFF       },
    {"CC[n]",     CC,        CC_COUNT, 4, VB_RW, 0, COUNTER_MASK},
    {NULL,        0,         0,        0, VB_R,  0, 0           },
};

static const struct vb_short shorts[] = {
    {0, EVENT_COMPARE0,     TASK_CLEAR},
    {1, EVENT_COMPARE0 + 1, TASK_CLEAR},
    {2, EVENT_COMPARE0 + 2, TASK_CLEAR},
    {3, EVENT_COMPARE0 + 3, TASK_CLEAR},
};

const struct vb_type vb_type_rtc = {
    .name = "RTC",
    .modelled = "counter, prescaler, compare, capture, overflow and tick; "
                "events only where EVTEN or INTEN enables them; stands still "
                "without its core's LFCLK",
    .simplified = "tasks take effect at once, not at the next edge of the "
                  "LFCLK; a compare value of COUNTER + 1 is never missed; "
                  "START and CLEAR restart the prescaler",
    .not_modelled = "",
    .task_mask = {0x000F000FU},
    .event_mask = {EVENTS_MASK},
    .regs = regs,
    .shorts = shorts,
    .short_count = sizeof(shorts) / sizeof(shorts[0]),
    .state_bytes = sizeof(struct rtc),
    .init = init,
    .reset = reset,
    .task = run_task,
    .wrote = wrote,
    .reading = reading,
    .interrupts_changed = interrupts_changed,
};
