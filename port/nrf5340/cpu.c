/* SPDX-License-Identifier: MIT */
/* Core functions of both cores; see cpu.h. */
#include "cpu.h"

#include "nrf5340.h"
#include "nrf5340_access.h"
#include "nrf5340_core.h"

#define IRQS_PER_WORD 32U
/* The application core has 69 lines; words that a core has not ignore it. */
#define IRQ_WORDS 3U

/* One round takes three cycles: at 128 MHz, the fastest of both cores, 43
 * rounds are 1 us. */
#define ROUNDS_PER_US 43U

void duo_cpu_spin_us(uint32_t wait_us)
{
    uint32_t rounds = wait_us * ROUNDS_PER_US + 1U;

    __asm__ volatile("1: subs %0, #1\n\tbne 1b" : "+l"(rounds)::"cc");
}

void duo_irq_enable(uint32_t irq)
{
    *duo_reg(SCS_BASE + NVIC_ISER(irq / IRQS_PER_WORD)) =
        1U << (irq % IRQS_PER_WORD);
}

void duo_irq_disable(uint32_t irq)
{
    *duo_reg(SCS_BASE + NVIC_ICER(irq / IRQS_PER_WORD)) =
        1U << (irq % IRQS_PER_WORD);
    duo_cpu_barrier();
}

void duo_irq_clear(uint32_t irq)
{
    *duo_reg(SCS_BASE + NVIC_ICPR(irq / IRQS_PER_WORD)) =
        1U << (irq % IRQS_PER_WORD);
}

void duo_irq_reset_all(void)
{
    *duo_reg(SCS_BASE + SYST_CSR) = 0;
    *duo_reg(SCS_BASE + SCB_ICSR) =
        SCB_ICSR_PENDSTCLR_Msk | SCB_ICSR_PENDSVCLR_Msk;
    for (uint32_t i = 0; i < IRQ_WORDS; i++) {
        *duo_reg(SCS_BASE + NVIC_ICER(i)) = UINT32_MAX;
        *duo_reg(SCS_BASE + NVIC_ICPR(i)) = UINT32_MAX;
    }
    duo_cpu_barrier();
}

_Noreturn void duo_cpu_reset(void)
{
    duo_cpu_barrier();
    *duo_reg(SCS_BASE + SCB_AIRCR) =
        (SCB_AIRCR_VECTKEY_Key << SCB_AIRCR_VECTKEY_Pos) |
        SCB_AIRCR_SYSRESETREQ_Msk;
    duo_cpu_barrier();
    for (;;) {
        /* The reset takes a few cycles. */
    }
}
