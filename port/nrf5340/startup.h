/* SPDX-License-Identifier: MIT */
/* From reset to main. The vector table's first 16 words are in startup.c; the
 * interrupts' part is in vectors_app.c or vectors_net.c, which a target links
 * if it takes interrupts. Handlers have the names duo_irq_<number>_handler and
 * are weak: a target defines those that it enables. Every other exception
 * ends in duo_fault_handle(). */
#ifndef DUO_NRF_STARTUP_H
#define DUO_NRF_STARTUP_H

#include <stdint.h>

int main(void);

/* Variables marked so are not touched by the start-up code: they keep what they
 * held before a reset, if nobody else used the RAM meanwhile. */
#define DUO_NOINIT __attribute__((section(".noinit")))

/* From the linker script. */
extern uint32_t duo_stack_top[];
extern uint32_t duo_stack_limit[];

#endif
