/* SPDX-License-Identifier: MIT */
/* A core in a snapshot. Translated code, breakpoints and the exclusive monitor
 * are no part of it: the monitor is clear after a load. */
#include <string.h>

#include "cpu_parts.h"

struct saved {
    struct vb_core_state now;
    struct vb_regs regs;
    struct vb_fp_regs fp;
    uint32_t block_addr;
    uint64_t instructions;
    uint64_t exceptions;
    uint64_t resets;
    uint64_t run_ticks;
    uint64_t sleep_ticks;
    uint64_t stall_ticks;
    uint64_t held_ticks;
};

size_t vb_cpu_save_bytes(const struct vb_cpu *cpu)
{
    (void)cpu;
    return sizeof(struct saved);
}

void vb_cpu_save(struct vb_cpu *cpu, void *bytes)
{
    struct saved saved;

    memset(&saved, 0, sizeof(saved));
    vb_regs_limits_get(cpu);
    vb_regs_get(cpu, &saved.regs);
    vb_regs_fp_get(cpu, &saved.fp);
    saved.now = cpu->now;
    saved.block_addr = cpu->block_addr;
    saved.instructions = cpu->instructions;
    saved.exceptions = cpu->exceptions;
    saved.resets = cpu->resets;
    saved.run_ticks = cpu->run_ticks;
    saved.sleep_ticks = cpu->sleep_ticks;
    saved.stall_ticks = cpu->stall_ticks;
    saved.held_ticks = cpu->held_ticks;
    memcpy(bytes, &saved, sizeof(saved));
}

void vb_cpu_load(struct vb_cpu *cpu, const void *bytes)
{
    struct saved saved;

    memcpy(&saved, bytes, sizeof(saved));
    cpu->now = saved.now;
    cpu->rescue.active = false;
    cpu->pass_break = false;
    vb_regs_put(cpu, &saved.regs);
    vb_regs_fp_put(cpu, &saved.fp);
    vb_regs_limits_put(cpu);
    cpu->block_addr = saved.block_addr;
    cpu->instructions = saved.instructions;
    cpu->exceptions = saved.exceptions;
    cpu->resets = saved.resets;
    cpu->run_ticks = saved.run_ticks;
    cpu->sleep_ticks = saved.sleep_ticks;
    cpu->stall_ticks = saved.stall_ticks;
    cpu->held_ticks = saved.held_ticks;
    vb_nvic_update(cpu);
    vb_systick_arm(cpu);
}
