/* SPDX-License-Identifier: MIT */
/* Time from a TIMER; see timer.h. */
#include "timer.h"

#include "cpu.h"
#include "nrf5340.h"
#include "nrf5340_access.h"

#define NOW   0U /* Capture channel. */
#define ALARM 1U /* Compare channel. */

/* COMPARE[n] is bit 16 + n of INTENSET. */
#define ALARM_INT (1U << (16U + ALARM))

#define PRESCALER_1_MHZ 4U
#define PRESCALER_RESET 4U

static uint32_t capture(const struct duo_timer *timer)
{
    *duo_reg(timer->base_addr + TIMER_TASKS_CAPTURE(NOW)) = 1;
    return *duo_reg(timer->base_addr + TIMER_CC(NOW));
}

static uint64_t now_us(const struct duo_clock *clock)
{
    /* The first member; the interface is const for those who only read. */
    struct duo_timer *timer = (struct duo_timer *)(uintptr_t)clock;
    uint32_t primask = duo_cpu_mask();
    uint32_t passed_us = capture(timer) - (uint32_t)timer->seen_us;
    uint64_t result_us = timer->seen_us + passed_us;

    timer->seen_us = result_us;
    duo_cpu_unmask(primask);
    return result_us;
}

static void clear_alarm(const struct duo_timer *timer)
{
    *duo_reg(timer->base_addr + TIMER_INTENCLR) = ALARM_INT;
    *duo_reg(timer->base_addr + TIMER_EVENTS_COMPARE(ALARM)) = 0;
    /* Read back, so that the line is low before the NVIC is cleared. */
    (void)*duo_reg(timer->base_addr + TIMER_EVENTS_COMPARE(ALARM));
    duo_irq_disable(timer->irq);
    duo_irq_clear(timer->irq);
}

void duo_timer_init(struct duo_timer *timer, uint32_t base_addr, uint32_t irq)
{
    timer->clock.now_us = now_us;
    timer->base_addr = base_addr;
    timer->irq = irq;
    timer->seen_us = 0;
    *duo_reg(base_addr + TIMER_TASKS_STOP) = 1;
    *duo_reg(base_addr + TIMER_MODE) = TIMER_MODE_MODE_Timer;
    *duo_reg(base_addr + TIMER_BITMODE) = TIMER_BITMODE_BITMODE_32Bit;
    *duo_reg(base_addr + TIMER_PRESCALER) = PRESCALER_1_MHZ;
    *duo_reg(base_addr + TIMER_SHORTS) = 0;
    clear_alarm(timer);
    *duo_reg(base_addr + TIMER_TASKS_CLEAR) = 1;
    *duo_reg(base_addr + TIMER_TASKS_START) = 1;
}

void duo_timer_sleep(struct duo_timer *timer, uint32_t sleep_us)
{
    uint32_t primask = duo_cpu_mask();

    *duo_reg(timer->base_addr + TIMER_EVENTS_COMPARE(ALARM)) = 0;
    *duo_reg(timer->base_addr + TIMER_INTENSET) = ALARM_INT;
    *duo_reg(timer->base_addr + TIMER_CC(ALARM)) = capture(timer) + sleep_us;
    duo_irq_enable(timer->irq);
    duo_cpu_wait_interrupt();
    clear_alarm(timer);
    duo_cpu_unmask(primask);
}

void duo_timer_release(struct duo_timer *timer)
{
    uint32_t base_addr = timer->base_addr;

    clear_alarm(timer);
    *duo_reg(base_addr + TIMER_TASKS_STOP) = 1;
    *duo_reg(base_addr + TIMER_TASKS_CLEAR) = 1;
    *duo_reg(base_addr + TIMER_CC(NOW)) = 0;
    *duo_reg(base_addr + TIMER_CC(ALARM)) = 0;
    *duo_reg(base_addr + TIMER_BITMODE) = TIMER_BITMODE_BITMODE_16Bit;
    *duo_reg(base_addr + TIMER_PRESCALER) = PRESCALER_RESET;
}
