/* SPDX-License-Identifier: MIT */
/* Interrupt vectors of the network core, for targets that take interrupts; see
 * startup.h. A handler that no target defines is a fault. */
#include <stdint.h>

#include "startup.h"

void duo_fault_entry(void);

#define HANDLER(irq) \
    __attribute__((  \
        weak, alias("duo_irq_default"))) void duo_irq_##irq##_handler(void);

void duo_irq_default(void);

__attribute__((naked)) void duo_irq_default(void)
{
    __asm__ volatile("b duo_fault_entry");
}

HANDLER(0)
HANDLER(1)
HANDLER(2)
HANDLER(3)
HANDLER(4)
HANDLER(5)
HANDLER(6)
HANDLER(7)
HANDLER(8)
HANDLER(9)
HANDLER(10)
HANDLER(11)
HANDLER(12)
HANDLER(13)
HANDLER(14)
HANDLER(15)
HANDLER(16)
HANDLER(17)
HANDLER(18)
HANDLER(19)
HANDLER(20)
HANDLER(21)
HANDLER(22)
HANDLER(23)
HANDLER(24)
HANDLER(25)
HANDLER(26)
HANDLER(27)
HANDLER(28)
HANDLER(29)

#undef HANDLER

__attribute__((section(".vectors_irq"),
               used)) static void (*const handlers[30])(void) = {
    duo_irq_0_handler,  duo_irq_1_handler,  duo_irq_2_handler,
    duo_irq_3_handler,  duo_irq_4_handler,  duo_irq_5_handler,
    duo_irq_6_handler,  duo_irq_7_handler,  duo_irq_8_handler,
    duo_irq_9_handler,  duo_irq_10_handler, duo_irq_11_handler,
    duo_irq_12_handler, duo_irq_13_handler, duo_irq_14_handler,
    duo_irq_15_handler, duo_irq_16_handler, duo_irq_17_handler,
    duo_irq_18_handler, duo_irq_19_handler, duo_irq_20_handler,
    duo_irq_21_handler, duo_irq_22_handler, duo_irq_23_handler,
    duo_irq_24_handler, duo_irq_25_handler, duo_irq_26_handler,
    duo_irq_27_handler, duo_irq_28_handler, duo_irq_29_handler,
};
