/* SPDX-License-Identifier: MIT */
/* A TIMER as the duo_clock of a target, and as its alarm for short sleeps. */
#ifndef DUO_NRF_TIMER_H
#define DUO_NRF_TIMER_H

#include "duo/clock.h"

struct duo_timer {
    struct duo_clock clock; /* First. */
    uint32_t base_addr;
    uint32_t irq;
    uint64_t seen_us; /* To extend 32 bits: read more than once an hour. */
};

/** Start at 0, 1 us a tick. Capture channel 0 reads it (also in interrupt
 * handlers); channel 1 is the alarm. */
void duo_timer_init(struct duo_timer *timer, uint32_t base_addr, uint32_t irq);

/** Sleep (WFI) until an interrupt that is enabled in the NVIC is pending, or
 * for @p sleep_us at the most (>= 10). Returns with the alarm off and no
 * event pending of it. Interrupts that were masked stay so. */
void duo_timer_sleep(struct duo_timer *timer, uint32_t sleep_us);

/** Stopped and cleared, registers as after a reset. */
void duo_timer_release(struct duo_timer *timer);

#endif
