/* SPDX-License-Identifier: MIT */
/* The CLOCK peripheral of either core. */
#ifndef DUO_NRF_CLOCKS_H
#define DUO_NRF_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>

/* Start the crystal oscillator (flash timing is specified with it) and the
 * low-frequency clock (the watchdog and the RTCs run from it), and wait, but
 * not longer than their data-sheet start-up. False: the clock did not come; the
 * core goes on with the internal one. @p base_addr: the core's CLOCK. */
bool duo_clocks_start_hfxo(uint32_t base_addr);
bool duo_clocks_start_lfclk(uint32_t base_addr);

/** Stop what the two functions above started: as after a reset. */
void duo_clocks_release(uint32_t base_addr);

enum duo_cpu_speed {
    DUO_CPU_64_MHZ,  /* As after a reset; needed for the QSPI (erratum 159). */
    DUO_CPU_128_MHZ, /* Application core only. */
};
/** Application core only. */
void duo_clocks_set_cpu_speed(enum duo_cpu_speed speed);

#endif
