/* SPDX-License-Identifier: MIT */
/* The jump into a verified image. */
#ifndef DUO_NRF_CHAINLOAD_H
#define DUO_NRF_CHAINLOAD_H

#include <stdint.h>

/** Start the image whose vector table is at @p vectors_addr, as MCUboot
 * would: thread mode on MSP, interrupts as after a reset, VTOR at its table,
 * MSPLIM 0, registers cleared. The caller has put back what it touched and has
 * read the verdict again. RAM from duo_wipe_begin to duo_wipe_end (linker
 * script: all but .noinit) is cleared on the way. */
_Noreturn void duo_chainload(uint32_t vectors_addr);

#endif
