/* SPDX-License-Identifier: MIT */
/* The jump; see chainload.h. */
#include "chainload.h"

#include "cpu.h"
#include "nrf5340_access.h"
#include "nrf5340_core.h"
#include "startup.h"

/* From the linker script: all RAM of this program but .noinit. */
extern uint32_t duo_wipe_begin[];
extern uint32_t duo_wipe_end[];

void duo_chainload_jump(uint32_t vectors_addr);

/* Uses no stack: it is wiped. r0 is the vector table; r1 and r2 count. */
__attribute__((naked, noreturn)) void duo_chainload_jump(__attribute__((unused))
                                                         uint32_t vectors_addr)
{
    __asm__ volatile("movs r3, #0\n\t"
                     "msr msplim, r3\n\t"
                     "msr psplim, r3\n\t"
                     "ldr r1, =duo_wipe_begin\n\t"
                     "ldr r2, =duo_wipe_end\n\t"
                     "1: cmp r1, r2\n\t"
                     "bhs 2f\n\t"
                     "str r3, [r1], #4\n\t"
                     "b 1b\n\t"
                     "2: ldr r1, [r0]\n\t"
                     "ldr r2, [r0, #4]\n\t"
                     "msr msp, r1\n\t"
                     "msr psp, r3\n\t"
                     "msr basepri, r3\n\t"
                     "msr faultmask, r3\n\t"
                     "msr primask, r3\n\t"
                     "msr control, r3\n\t"
                     "dsb 0xF\n\t"
                     "isb 0xF\n\t"
                     "mov r0, r2\n\t"
                     "movs r1, #0\n\t"
                     "movs r2, #0\n\t"
                     "mov r4, r3\n\t"
                     "mov r5, r3\n\t"
                     "mov r6, r3\n\t"
                     "mov r7, r3\n\t"
                     "mov r8, r3\n\t"
                     "mov r9, r3\n\t"
                     "mov r10, r3\n\t"
                     "mov r11, r3\n\t"
                     "mov r12, r3\n\t"
                     "mvn lr, r3\n\t"
                     "bx r0\n\t"
                     ".ltorg");
}

_Noreturn void duo_chainload(uint32_t vectors_addr)
{
    (void)duo_cpu_mask();
    duo_irq_reset_all();
    *duo_reg(SCS_BASE + SCB_SHCSR) = 0;
    *duo_reg(SCS_BASE + SCB_CFSR) = UINT32_MAX; /* Ones clear. */
    *duo_reg(SCS_BASE + SCB_VTOR) = vectors_addr;
    duo_cpu_barrier();
    duo_chainload_jump(vectors_addr);
    for (;;) {
        /* The jump does not return. */
    }
}
