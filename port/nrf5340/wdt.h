/* SPDX-License-Identifier: MIT */
/* The watchdog that is started before a test image runs. Whoever is started so
 * reloads RR[0] in time, or stops it (TSEN, then TASKS_STOP) once it trusts
 * itself; else the chip resets and the boot loader reverts the image. */
#ifndef DUO_NRF_WDT_H
#define DUO_NRF_WDT_H

#include <stdbool.h>
#include <stdint.h>

/** Start with one reload register, RR[0], running also while the core sleeps,
 * paused while a debugger halts it. It starts the internal 32 kHz oscillator
 * by itself. Does nothing if it runs already: its registers are locked. */
void duo_wdt_start(uint32_t base_addr, uint32_t timeout_ms);

bool duo_wdt_is_running(uint32_t base_addr);

/** Reload every register that is enabled; harmless if it does not run. */
void duo_wdt_feed(uint32_t base_addr);

#endif
