/* SPDX-License-Identifier: MIT */
/* What both Cortex-M33 cores have in common: barriers, interrupt masking,
 * sleep, reset and short busy waits. */
#ifndef DUO_NRF_CPU_H
#define DUO_NRF_CPU_H

#include <stdbool.h>
#include <stdint.h>

static inline void duo_cpu_barrier(void)
{
    __asm__ volatile("dsb 0xF\n\tisb 0xF" ::: "memory");
}

/** Mask all configurable interrupts; returns the mask to restore. */
static inline uint32_t duo_cpu_mask(void)
{
    uint32_t primask;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask)::"memory");
    return primask;
}

static inline void duo_cpu_unmask(uint32_t primask)
{
    __asm__ volatile("msr primask, %0" ::"r"(primask) : "memory");
}

/** Sleep until an interrupt that is enabled in the NVIC is pending. Call with
 * interrupts masked, after a last look at what is waited for: the wake-up is
 * not lost then, and the handler runs once the mask is restored. The NOPs are
 * for erratum 168. */
static inline void duo_cpu_wait_interrupt(void)
{
    __asm__ volatile("dsb 0xF\n\twfi\n\t"
                     "nop\n\tnop\n\tnop\n\tnop\n\t"
                     "nop\n\tnop\n\tnop\n\tnop" ::
                         : "memory");
}

/** Busy wait of at least @p wait_us without any peripheral, <= 100000; at
 * 64 MHz it is twice as long. */
void duo_cpu_spin_us(uint32_t wait_us);

/* The NVIC; @p irq is the vendor's interrupt number. */
void duo_irq_enable(uint32_t irq);
void duo_irq_disable(uint32_t irq);
void duo_irq_clear(uint32_t irq);

/** All lines off and not pending; SysTick off and not pending. */
void duo_irq_reset_all(void);

/** Reset the core that calls (on the application core: the whole chip). */
_Noreturn void duo_cpu_reset(void);

#endif
