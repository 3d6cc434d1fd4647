/* SPDX-License-Identifier: MIT */
/* SysTick: counts cycles of the core from RELOAD to 0. It has no other clock
 * here (CALIB.NOREF), and goes on while the core sleeps. */
#include "cpu_parts.h"

#define CTRL           0x010U
#define LOAD           0x014U
#define VAL            0x018U
#define CTRL_ENABLE    (1U << 0)
#define CTRL_TICKINT   (1U << 1)
#define CTRL_CLKSOURCE (1U << 2)
#define CTRL_COUNTFLAG (1U << 16)
#define VALUE_MASK     0x00FFFFFFU
#define CALIB_NOREF    0xC0000000U

static uint64_t elapsed(const struct vb_cpu *cpu, uint64_t ticks)
{
    const struct vb_systick *systick = &cpu->now.systick;

    if ((systick->ctrl & CTRL_ENABLE) == 0 || ticks < systick->start_ticks) {
        return 0;
    }
    return (ticks - systick->start_ticks) / cpu->now.cycle_ticks;
}

/* The cycle after start at which the counter first becomes 0 later than
 * @p cycles; 0: never. A counter that starts at 0 is reloaded silently. */
static uint64_t next_zero(const struct vb_systick *systick, uint64_t cycles)
{
    uint64_t period_cycles = (uint64_t)systick->reload + 1U;

    if (systick->value > cycles) {
        return systick->value;
    }
    if (systick->reload == 0) {
        return 0;
    }
    return systick->value +
           ((cycles - systick->value) / period_cycles + 1U) * period_cycles;
}

static uint32_t value_at(const struct vb_systick *systick, uint64_t cycles)
{
    if (cycles <= systick->value) {
        return systick->value - (uint32_t)cycles;
    }
    cycles -= (uint64_t)systick->value + 1U;
    return systick->reload -
           (uint32_t)(cycles % ((uint64_t)systick->reload + 1U));
}

void vb_systick_rebase(struct vb_cpu *cpu)
{
    struct vb_systick *systick = &cpu->now.systick;
    uint64_t cycles = elapsed(cpu, cpu->now.ticks);
    uint64_t first_zero = next_zero(systick, 0);

    if ((systick->ctrl & CTRL_ENABLE) == 0) {
        systick->start_ticks = cpu->now.ticks;
        return;
    }
    systick->flag = systick->flag || (first_zero != 0 && first_zero <= cycles);
    systick->value = value_at(systick, cycles);
    systick->start_ticks += cycles * cpu->now.cycle_ticks;
}

static void arm_after(struct vb_cpu *cpu, uint64_t ticks)
{
    const struct vb_systick *systick = &cpu->now.systick;
    const uint32_t both = CTRL_ENABLE | CTRL_TICKINT;
    uint64_t zero = next_zero(systick, elapsed(cpu, ticks));

    if ((systick->ctrl & both) != both || zero == 0 ||
        cpu->now.state == VB_CPU_HELD) {
        vb_timer_clear(cpu->vb, &cpu->systick_timer);
        return;
    }
    vb_timer_set(cpu->vb, &cpu->systick_timer,
                 systick->start_ticks + zero * cpu->now.cycle_ticks);
}

void vb_systick_arm(struct vb_cpu *cpu)
{
    arm_after(cpu, cpu->now.ticks);
}

void vb_systick_fire(void *ctx)
{
    struct vb_cpu *cpu = ctx;

    vb_nvic_pend(cpu, VB_EXC_SYSTICK, true);
    arm_after(cpu, vb_now(cpu->vb));
}

uint32_t vb_systick_read(struct vb_cpu *cpu, uint32_t off, bool debug)
{
    struct vb_systick *systick = &cpu->now.systick;
    uint32_t value;

    vb_systick_rebase(cpu);
    switch (off) {
    case CTRL:
        value = systick->ctrl | (systick->flag ? CTRL_COUNTFLAG : 0);
        systick->flag = systick->flag && debug;
        return value | CTRL_CLKSOURCE;
    case LOAD: return systick->reload;
    case VAL: return systick->value;
    default: return CALIB_NOREF;
    }
}

void vb_systick_write(struct vb_cpu *cpu, uint32_t off, uint32_t value)
{
    struct vb_systick *systick = &cpu->now.systick;

    vb_systick_rebase(cpu);
    switch (off) {
    case CTRL: systick->ctrl = value & (CTRL_ENABLE | CTRL_TICKINT); break;
    case LOAD: systick->reload = value & VALUE_MASK; break;
    case VAL:
        systick->value = 0;
        systick->flag = false;
        break;
    default: break;
    }
    vb_systick_arm(cpu);
}
