/* SPDX-License-Identifier: MIT */
/* Interrupt vectors of the application core, for targets that take interrupts; see
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
HANDLER(30)
HANDLER(31)
HANDLER(32)
HANDLER(33)
HANDLER(34)
HANDLER(35)
HANDLER(36)
HANDLER(37)
HANDLER(38)
HANDLER(39)
HANDLER(40)
HANDLER(41)
HANDLER(42)
HANDLER(43)
HANDLER(44)
HANDLER(45)
HANDLER(46)
HANDLER(47)
HANDLER(48)
HANDLER(49)
HANDLER(50)
HANDLER(51)
HANDLER(52)
HANDLER(53)
HANDLER(54)
HANDLER(55)
HANDLER(56)
HANDLER(57)
HANDLER(58)
HANDLER(59)
HANDLER(60)
HANDLER(61)
HANDLER(62)
HANDLER(63)
HANDLER(64)
HANDLER(65)
HANDLER(66)
HANDLER(67)
HANDLER(68)

#undef HANDLER

__attribute__((section(".vectors_irq"),
               used)) static void (*const handlers[69])(void) = {
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
    duo_irq_30_handler, duo_irq_31_handler, duo_irq_32_handler,
    duo_irq_33_handler, duo_irq_34_handler, duo_irq_35_handler,
    duo_irq_36_handler, duo_irq_37_handler, duo_irq_38_handler,
    duo_irq_39_handler, duo_irq_40_handler, duo_irq_41_handler,
    duo_irq_42_handler, duo_irq_43_handler, duo_irq_44_handler,
    duo_irq_45_handler, duo_irq_46_handler, duo_irq_47_handler,
    duo_irq_48_handler, duo_irq_49_handler, duo_irq_50_handler,
    duo_irq_51_handler, duo_irq_52_handler, duo_irq_53_handler,
    duo_irq_54_handler, duo_irq_55_handler, duo_irq_56_handler,
    duo_irq_57_handler, duo_irq_58_handler, duo_irq_59_handler,
    duo_irq_60_handler, duo_irq_61_handler, duo_irq_62_handler,
    duo_irq_63_handler, duo_irq_64_handler, duo_irq_65_handler,
    duo_irq_66_handler, duo_irq_67_handler, duo_irq_68_handler,
};
