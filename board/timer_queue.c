/* SPDX-License-Identifier: MIT */
/* The timers of the board: a few dozen, so a list that is searched. */
#include <stdio.h>
#include <stdlib.h>

#include "soc_internal.h"

void vb_timer_init(struct duo_vb *vb, struct vb_timer *timer,
                   void (*fire)(void *ctx), void *ctx)
{
    if (vb->timer_count == vb->timer_capacity) {
        unsigned capacity = vb->timer_capacity * 2U + 32U;
        struct vb_timer **timers =
            realloc(vb->timers, capacity * sizeof(struct vb_timer *));
        if (timers == NULL) {
            (void)fputs("virtual board: out of memory\n", stderr);
            abort();
        }
        vb->timers = timers;
        vb->timer_capacity = capacity;
    }
    *timer = (struct vb_timer){VB_NEVER, fire, ctx, vb->timer_count};
    vb->timers[vb->timer_count++] = timer;
}

void vb_timer_set(struct duo_vb *vb, struct vb_timer *timer, uint64_t due_ticks)
{
    timer->due_ticks = due_ticks;
    if (due_ticks < vb->machine.horizon_ticks) {
        vb->machine.horizon_ticks = due_ticks;
    }
}

void vb_timer_clear(struct duo_vb *vb, struct vb_timer *timer)
{
    /* The horizon may stay: a pass that ends early does no harm. */
    (void)vb;
    timer->due_ticks = VB_NEVER;
}

/* The one that fires first, or NULL. */
static struct vb_timer *first(const struct duo_vb *vb)
{
    struct vb_timer *found = NULL;
    uint64_t due_ticks = VB_NEVER;

    for (unsigned slot = 0; slot < vb->timer_count; slot++) {
        if (vb->timers[slot]->due_ticks < due_ticks) {
            found = vb->timers[slot];
            due_ticks = found->due_ticks;
        }
    }
    return found;
}

uint64_t vb_timers_next(const struct duo_vb *vb)
{
    const struct vb_timer *timer = first(vb);

    return timer == NULL ? VB_NEVER : timer->due_ticks;
}

void vb_timers_fire(struct duo_vb *vb, uint64_t ticks)
{
    struct vb_timer *timer = first(vb);

    while (timer != NULL && timer->due_ticks <= ticks && !vb->stops) {
        /* A due time in the past fires now: the present never goes back. */
        vb_set_now(vb, timer->due_ticks > vb->machine.pass_ticks
                           ? timer->due_ticks
                           : vb->machine.pass_ticks);
        timer->due_ticks = VB_NEVER;
        timer->fire(timer->ctx);
        timer = first(vb);
    }
}
