/* SPDX-License-Identifier: MIT */
/* What the peripherals ask of one another: wires inside the chip that are no
 * registers and no DPPI channels. */
#ifndef DUO_VB_LINKS_H
#define DUO_VB_LINKS_H

#include "soc.h"

/* The low-frequency clock has 32768 edges a second, all at multiples of its
 * period since the board was made: 3906.25 ticks, so four periods are 15625
 * ticks exactly. */
#define VB_LF_TICKS_OF_4 15625U

/* Edges up to @p ticks. */
static inline uint64_t vb_lf_count(uint64_t ticks)
{
    return ticks / VB_LF_TICKS_OF_4 * 4U +
           ticks % VB_LF_TICKS_OF_4 * 4U / VB_LF_TICKS_OF_4;
}
/* The first tick at or after edge @p count. */
static inline uint64_t vb_lf_ticks(uint64_t count)
{
    return count / 4U * VB_LF_TICKS_OF_4 +
           (count % 4U * VB_LF_TICKS_OF_4 + 3U) / 4U;
}

/* clock.c: does the core's LFCLK run (from any source)? */
bool vb_lfclk_runs(struct duo_vb *vb, enum duo_core core);
/* clock.c: the core went to sleep, or woke up (cpu.c calls it): the events of
 * POWER, and a watchdog that pauses. */
void vb_core_slept(struct duo_vb *vb, enum duo_core core, bool is_asleep);
/* rtc.c: the LFCLK of the core starts or stops now. */
void vb_rtc_clock(struct duo_vb *vb, enum duo_core core, bool runs);
/* wdt.c: pause or go on, where CONFIG.SLEEP says so. */
void vb_wdt_slept(struct duo_vb *vb, enum duo_core core, bool is_asleep);

/* gpio.c: GPIOTE takes the pin in task mode and sets its level, or gives it
 * back to the port's registers. */
void vb_gpio_take(struct duo_vb *vb, enum duo_core core, unsigned pin_index,
                  bool taken);
void vb_gpio_set(struct duo_vb *vb, enum duo_core core, unsigned pin_index,
                 bool level);
bool vb_gpio_get(struct duo_vb *vb, enum duo_core core, unsigned pin_index);
/* gpiote.c: a pin of the core changed; the DETECT signal of a port rose. */
void vb_gpiote_edge(struct duo_vb *vb, enum duo_core core, unsigned pin_index,
                    bool level);
void vb_gpiote_detect(struct duo_vb *vb, enum duo_core core);
/* regulators.c: a pin's DETECT wakes the chip from System OFF. */
void vb_regulators_wake(struct duo_vb *vb);

/* spu.c: which application RAM the network core reaches has changed. */
void vb_spu_windows(struct duo_vb *vb);

/* An index of a pin in both ports: port 0 has 0..31, port 1 has 32..47. */
#define VB_PIN_INDEX(port, pin) ((port)*32U + (pin))
#define VB_PIN_COUNT            48U

#endif
