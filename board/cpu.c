/* SPDX-License-Identifier: MIT */
/* A core as the rest of the board sees it: made, reset, held, its lines. */
#include <stdlib.h>
#include <string.h>

#include "cpu_parts.h"
#include "links.h"
#include "soc_internal.h"

#define APP_FLASH_ADDR    0x00000000U
#define APP_FLASH_END     0x00100000U
#define NET_FLASH_ADDR    0x01000000U
#define NET_FLASH_END     0x01040000U
#define XIP_ADDR          0x10000000U
#define XIP_END           0x20000000U
#define RESET_CYCLE_TICKS 2U /* 64 MHz. */

struct vb_cpu *vb_cpu_create(struct duo_vb *vb, enum duo_core core,
                             char message[200])
{
    struct vb_cpu *cpu = calloc(1, sizeof(*cpu));

    if (cpu == NULL) {
        abort();
    }
    cpu->vb = vb;
    cpu->core = core;
    cpu->now.state = VB_CPU_HELD;
    cpu->now.cycle_ticks = RESET_CYCLE_TICKS;
    cpu->blocks = calloc(VB_BLOCK_SLOTS, sizeof(*cpu->blocks));
    if (cpu->blocks == NULL) {
        abort();
    }
    vb_timer_init(vb, &cpu->systick_timer, vb_systick_fire, cpu);
    if (!vb_engine_open(cpu, message) || !vb_scs_map(cpu, message)) {
        vb_cpu_destroy(cpu);
        return NULL;
    }
    vb_nvic_reset(cpu);
    vb_scs_reset(cpu);
    return cpu;
}

void vb_cpu_destroy(struct vb_cpu *cpu)
{
    if (cpu == NULL) {
        return;
    }
    vb_engine_close(cpu);
    free(cpu->rescue.ram);
    free(cpu->blocks);
    free(cpu->ram_code);
    free(cpu);
}

struct uc_struct *vb_cpu_engine(struct vb_cpu *cpu)
{
    return cpu->uc;
}

enum vb_cpu_state vb_cpu_state(const struct vb_cpu *cpu)
{
    return cpu->now.state;
}

uint64_t vb_cpu_ticks(const struct vb_cpu *cpu)
{
    return cpu->now.ticks;
}

uint32_t vb_cpu_pc(const struct vb_cpu *cpu)
{
    return cpu->now.pc;
}

static uint32_t word_at(struct vb_cpu *cpu, uint32_t addr)
{
    uint32_t word = UINT32_MAX;

    (void)uc_mem_read(cpu->uc, addr, &word, sizeof(word));
    return word;
}

void vb_cpu_reset(struct vb_cpu *cpu, uint64_t ticks)
{
    uint32_t base = vb_cpu_is_app(cpu) ? APP_FLASH_ADDR : NET_FLASH_ADDR;
    uint32_t entry = word_at(cpu, base + 4U);
    struct vb_fp_regs fp = {.fpscr = 0};
    struct vb_regs regs = {.lr = UINT32_MAX, .pc = entry & ~1U};

    if (cpu->now.state == VB_CPU_SLEEPS) {
        vb_core_slept(cpu->vb, cpu->core, false);
    }
    if (cpu->now.state == VB_CPU_HELD && ticks > cpu->now.ticks) {
        cpu->held_ticks += ticks - cpu->now.ticks;
    }
    memset(&cpu->now, 0, sizeof(cpu->now));
    cpu->rescue.active = false;
    cpu->now.ticks = ticks;
    cpu->now.cycle_ticks = RESET_CYCLE_TICKS;
    cpu->now.state = VB_CPU_RUNS;
    cpu->pass_break = false;
    vb_nvic_reset(cpu);
    vb_scs_reset(cpu);
    regs.msp = word_at(cpu, base) & ~3U;
    regs.xpsr = (entry & 1U) != 0 ? VB_XPSR_T : 0;
    vb_regs_put(cpu, &regs);
    vb_regs_fp_put(cpu, &fp);
    vb_regs_limits_put(cpu); /* Clears the exclusive monitor, too. */
    cpu->resets++;
}

void vb_cpu_hold(struct vb_cpu *cpu)
{
    if (cpu->now.state == VB_CPU_SLEEPS) {
        vb_core_slept(cpu->vb, cpu->core, false);
    }
    cpu->now.state = VB_CPU_HELD;
    cpu->now.stall_until_ticks = 0;
    vb_timer_clear(cpu->vb, &cpu->systick_timer);
}

void vb_cpu_irq(struct vb_cpu *cpu, unsigned irq, bool level)
{
    unsigned exc = VB_EXC_IRQ0 + irq;
    bool was_high;

    if (irq >= vb_nvic_line_count(cpu)) {
        return;
    }
    was_high = vb_exc_bit(cpu->now.nvic.level, exc);
    vb_exc_assign(cpu->now.nvic.level, exc, level);
    if (level && !was_high) {
        vb_nvic_pend(cpu, exc, true);
    }
}

void vb_cpu_nmi(struct vb_cpu *cpu)
{
    vb_nvic_pend(cpu, VB_EXC_NMI, true);
}

void vb_cpu_sev(struct vb_cpu *cpu)
{
    cpu->now.event = true;
    if (cpu->now.state == VB_CPU_SLEEPS && cpu->now.sleeps_for_wfe) {
        vb_wake(cpu->vb); /* The other core must not run ahead of us. */
        vb_cpu_wake(cpu);
    }
}

void vb_cpu_stall(struct vb_cpu *cpu, uint64_t until_ticks)
{
    if (until_ticks > cpu->now.stall_until_ticks) {
        cpu->now.stall_until_ticks = until_ticks;
    }
}

bool vb_cpu_runs_from_flash(const struct vb_cpu *cpu)
{
    uint32_t addr = cpu->block_addr;

    if (addr >= XIP_ADDR && addr < XIP_END) {
        return true;
    }
    return vb_cpu_is_app(cpu) ? addr < APP_FLASH_END
                              : addr >= NET_FLASH_ADDR && addr < NET_FLASH_END;
}

uint64_t vb_cpu_cycles(const struct vb_cpu *cpu)
{
    uint64_t awake_ticks = cpu->now.ticks - cpu->now.asleep_ticks;

    return cpu->now.cycles_base +
           (awake_ticks - cpu->now.cycles_base_ticks) / cpu->now.cycle_ticks;
}

void vb_cpu_set_cycle_ticks(struct vb_cpu *cpu, unsigned ticks)
{
    if (ticks == 0 || ticks == cpu->now.cycle_ticks) {
        return;
    }
    vb_systick_rebase(cpu);
    cpu->now.cycles_base = vb_cpu_cycles(cpu);
    cpu->now.cycles_base_ticks = cpu->now.ticks - cpu->now.asleep_ticks;
    cpu->now.cycle_ticks = ticks;
    vb_systick_arm(cpu);
}

void vb_cpu_own_ram(struct vb_cpu *cpu, const struct vb_ram *ram)
{
    cpu->ram = *ram;
    cpu->ram_code = calloc(ram->size_bytes >> VB_RAM_PAGE_SHIFT, 1);
    if (cpu->ram_code == NULL) {
        abort();
    }
}

void vb_cpu_bus_fault(struct vb_cpu *cpu, uint32_t addr)
{
    vb_rescue_begin(cpu, addr);
}

bool vb_cpu_is_faulting(const struct vb_cpu *cpu)
{
    return cpu->rescue.active;
}

void vb_cpu_forget_code(struct vb_cpu *cpu, uint32_t addr, uint32_t len_bytes)
{
    if (len_bytes == 0) {
        return;
    }
    (void)uc_ctl_remove_cache(cpu->uc, (uint64_t)addr,
                              (uint64_t)addr + len_bytes);
}

void vb_cpu_stats(const struct vb_cpu *cpu, struct duo_vb_core_stats *stats)
{
    *stats = (struct duo_vb_core_stats){
        .instructions = cpu->instructions,
        .run_ns = vb_ticks_to_ns(cpu->run_ticks),
        .sleep_ns = vb_ticks_to_ns(cpu->sleep_ticks),
        .stall_ns = vb_ticks_to_ns(cpu->stall_ticks),
        .held_ns = vb_ticks_to_ns(cpu->held_ticks),
        .exceptions = cpu->exceptions,
        .resets = cpu->resets,
    };
}

void vb_cpu_clear_stats(struct vb_cpu *cpu)
{
    cpu->instructions = 0;
    cpu->exceptions = 0;
    cpu->resets = 0;
    cpu->run_ticks = 0;
    cpu->sleep_ticks = 0;
    cpu->stall_ticks = 0;
    cpu->held_ticks = 0;
}
