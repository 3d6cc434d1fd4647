/* SPDX-License-Identifier: MIT */
/* Reset and system exceptions of both cores; see startup.h. */
#include "startup.h"

#include "cpu.h"
#include "fault.h"
#include "nrf5340.h"
#include "nrf5340_access.h"
#include "nrf5340_core.h"
#include "probe.h"
#include "system.h"

/* From the linker script. */
extern const uint32_t duo_vectors_begin[];
extern uint32_t duo_data_begin[];
extern uint32_t duo_data_end[];
extern const uint32_t duo_data_load[];
extern uint32_t duo_bss_begin[];
extern uint32_t duo_bss_end[];

void duo_reset_entry(void);
void duo_reset_continue(void);
void duo_fault_entry(void);

/* What the fault entry saves of the frame that the core stacked. */
struct duo_stacked {
    uint32_t pc;
    uint32_t lr;
};
void duo_fault_continue(const struct duo_stacked *stacked);

/* The stack is guarded before anything is put on it. */
__attribute__((naked)) void duo_reset_entry(void)
{
    __asm__ volatile("ldr r0, =duo_stack_limit\n\t"
                     "msr msplim, r0\n\t"
                     "ldr r0, =duo_stack_top\n\t"
                     "msr msp, r0\n\t"
                     "b duo_reset_continue\n\t"
                     ".ltorg");
}

/* Not memset and memcpy: those may be in RAM one day, which is filled here. */
__attribute__((used)) void duo_reset_continue(void)
{
    const uint32_t *load = duo_data_load;

    *duo_reg(SCS_BASE + SCB_VTOR) = (uint32_t)(uintptr_t)duo_vectors_begin;
    duo_cpu_barrier();
    duo_system_init();
    for (volatile uint32_t *word = duo_data_begin; word != duo_data_end;
         word++) {
        *word = *load++;
    }
    for (volatile uint32_t *word = duo_bss_begin; word != duo_bss_end; word++) {
        *word = 0;
    }
    duo_cpu_barrier();
    (void)main();
    duo_cpu_reset(); /* Nothing of ours returns from main. */
}

/* The load stands where a branch ends, alone between two labels that the fault
 * entry knows: it goes on at the second with 0 as the result. */
__attribute__((naked)) static uint32_t probe(__attribute__((unused))
                                             const volatile uint32_t *word)
{
    __asm__ volatile("b 1f\n\t"
                     "1:\n\t"
                     ".global duo_probe_load\n\t"
                     "duo_probe_load: ldr r0, [r0]\n\t"
                     "movs r0, #1\n\t"
                     "bx lr\n\t"
                     ".global duo_probe_failed\n\t"
                     "duo_probe_failed: movs r0, #0\n\t"
                     "bx lr");
}

bool duo_probe_word(const volatile uint32_t *word)
{
    return probe(word) != 0;
}

/* Every exception that is not handled ends here. The stack may be the reason:
 * what it says is taken to registers, and the handler runs on a fresh one. A
 * frame outside the stack is not read. */
__attribute__((naked)) void duo_fault_entry(void)
{
    __asm__ volatile("mrs r0, msp\n\t"
                     "tst lr, #4\n\t"
                     "it ne\n\t"
                     "mrsne r0, psp\n\t"
                     "movs r1, #0\n\t"
                     "movs r2, #0\n\t"
                     "ldr r3, =duo_stack_limit\n\t"
                     "cmp r0, r3\n\t"
                     "blo 1f\n\t"
                     "ldr r3, =duo_stack_top\n\t"
                     "subs r3, #32\n\t"
                     "cmp r0, r3\n\t"
                     "bhi 1f\n\t"
                     "ldr r1, [r0, #24]\n\t"
                     "ldr r2, [r0, #20]\n\t"
                     "ldr r3, =duo_probe_load\n\t"
                     "cmp r1, r3\n\t"
                     "beq 2f\n\t"
                     "1: ldr r3, =duo_stack_top\n\t"
                     "msr msp, r3\n\t"
                     "push {r1, r2}\n\t"
                     "mov r0, sp\n\t"
                     "b duo_fault_continue\n\t"
                     "2: ldr r3, =duo_probe_failed\n\t"
                     "str r3, [r0, #24]\n\t"
                     "ldr r3, =0xE000ED28\n\t" /* CFSR and HFSR: ones clear. */
                     "ldr r2, [r3]\n\t"
                     "str r2, [r3]\n\t"
                     "ldr r2, [r3, #4]\n\t"
                     "str r2, [r3, #4]\n\t"
                     "bx lr\n\t"
                     ".ltorg");
}

__attribute__((used)) void duo_fault_continue(const struct duo_stacked *stacked)
{
    uint32_t cfsr = *duo_reg(SCS_BASE + SCB_CFSR);
    struct duo_fault fault = {
        .exception = *duo_reg(SCS_BASE + SCB_ICSR) & SCB_ICSR_VECTACTIVE_Msk,
        .pc = stacked->pc,
        .lr = stacked->lr,
        .cfsr = cfsr,
        .hfsr = *duo_reg(SCS_BASE + SCB_HFSR),
    };

    if ((cfsr & SCB_CFSR_BFARVALID_Msk) != 0) {
        fault.fault_addr = *duo_reg(SCS_BASE + SCB_BFAR);
    } else if ((cfsr & SCB_CFSR_MMARVALID_Msk) != 0) {
        fault.fault_addr = *duo_reg(SCS_BASE + SCB_MMFAR);
    }
    duo_fault_handle(&fault);
}

#define SYSTEM_VECTORS 16U

/* The first words of the table; interrupts follow if a target links them. */
__attribute__((section(".vectors"),
               used)) static const uintptr_t vectors[SYSTEM_VECTORS] = {
    (uintptr_t)duo_stack_top,
    (uintptr_t)duo_reset_entry,
    (uintptr_t)duo_fault_entry,
    (uintptr_t)duo_fault_entry,
    (uintptr_t)duo_fault_entry,
    (uintptr_t)duo_fault_entry,
    (uintptr_t)duo_fault_entry,
    (uintptr_t)duo_fault_entry,
    0,
    0,
    0,
    (uintptr_t)duo_fault_entry,
    (uintptr_t)duo_fault_entry,
    0,
    (uintptr_t)duo_fault_entry,
    (uintptr_t)duo_fault_entry,
};
