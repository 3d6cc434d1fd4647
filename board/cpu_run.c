/* SPDX-License-Identifier: MIT */
/* A core in time: blocks, sleep, stalls, and what the engine came back for. */
#include "cpu_parts.h"
#include "links.h"
#include "soc_internal.h" /* The machine's words: asked before each block. */

#define HINT_WFE         2U
#define HINT_WFI         3U
#define CPACR_CP10_SHIFT 20U
#define STUB_PAGE        (VB_STUB_ADDR >> 12)

static void pass_time(struct vb_cpu *cpu, uint64_t until_ticks,
                      uint64_t *sum_ticks)
{
    if (until_ticks > cpu->now.ticks) {
        *sum_ticks += until_ticks - cpu->now.ticks;
        cpu->now.ticks = until_ticks;
    }
}

static void pass_sleep(struct vb_cpu *cpu, uint64_t until_ticks)
{
    if (until_ticks > cpu->now.ticks) {
        cpu->now.asleep_ticks += until_ticks - cpu->now.ticks;
    }
    pass_time(cpu, until_ticks, &cpu->sleep_ticks);
}

void vb_cpu_spend(struct vb_cpu *cpu, unsigned cycles)
{
    pass_time(cpu, cpu->now.ticks + (uint64_t)cycles * cpu->now.cycle_ticks,
              &cpu->run_ticks);
    vb_set_now(cpu->vb, cpu->now.ticks);
}

bool vb_cpu_fp_is_on(const struct vb_cpu *cpu)
{
    return vb_cpu_is_app(cpu) &&
           (cpu->now.scs.cpacr >> CPACR_CP10_SHIFT & 3U) != 0;
}

void vb_cpu_sleep(struct vb_cpu *cpu, bool for_wfe)
{
    cpu->now.state = VB_CPU_SLEEPS;
    cpu->now.sleeps_for_wfe = for_wfe;
    vb_core_slept(cpu->vb, cpu->core, true);
}

void vb_cpu_wake(struct vb_cpu *cpu)
{
    pass_sleep(cpu, vb_now(cpu->vb));
    cpu->now.state = VB_CPU_RUNS;
    cpu->now.event = cpu->now.event && !cpu->now.sleeps_for_wfe;
    vb_core_slept(cpu->vb, cpu->core, false);
}

static bool interrupt_is_due(struct vb_cpu *cpu)
{
    struct vb_masks masks;

    vb_regs_masks(cpu, &masks);
    cpu->is_masked = cpu->now.nvic.candidate_priority >=
                     vb_nvic_execution_priority(cpu, &masks);
    return !cpu->is_masked;
}

/* This is asked for every block. */
static inline bool must_stop(struct vb_cpu *cpu)
{
    const struct duo_vb *vb = cpu->vb;

    return cpu->now.ticks >= vb->machine.horizon_ticks ||
           cpu->now.stall_until_ticks > cpu->now.ticks || vb->stops ||
           vb->stop_asked != 0 || vb->machine.reset[DUO_CORE_APP].is_pending ||
           vb->machine.reset[DUO_CORE_NET].is_pending || cpu->one_block ||
           cpu->now.state != VB_CPU_RUNS ||
           (cpu->now.nvic.attention && !cpu->is_masked &&
            interrupt_is_due(cpu));
}

/* A block with something that needs our care. False: it must not begin. */
static bool attend(struct vb_cpu *cpu, const struct vb_block *block)
{
    if ((block->flags & VB_BLOCK_FP) != 0 && !vb_cpu_fp_is_on(cpu) &&
        (!cpu->stop_is_set || block->fp_addr == block->addr)) {
        cpu->is_fp_trap = true;
        cpu->fp_trap_addr = block->fp_addr;
        return false;
    }
    if ((block->flags & VB_BLOCK_LIMITS) != 0) {
        cpu->now.limits_stale = true;
    }
    if ((block->flags & VB_BLOCK_MASKS) != 0) {
        cpu->is_masked = false;
    }
    if ((block->flags & VB_BLOCK_SEV) != 0) {
        cpu->now.event = true;
        vb_set_now(cpu->vb, cpu->now.ticks);
        vb_cpu_sev(vb_cpu(cpu->vb, duo_core_other(cpu->core)));
    }
    return true;
}

/* Before each block; what could stop a run's first one was asked before. */
void vb_cpu_on_block(uc_engine *uc, uint64_t addr, uint32_t size_bytes,
                     void *user)
{
    struct vb_cpu *cpu = user;
    const struct vb_block *block;
    uint64_t ticks;

    if (addr >> 12 == STUB_PAGE) {
        return;
    }
    if (cpu->rescue.active) {
        (void)uc_emu_stop(uc); /* The block that faulted remains the last. */
        return;
    }
    cpu->block_addr = (uint32_t)addr;
    cpu->block_size_bytes = size_bytes;
    block = vb_block_find(cpu, (uint32_t)addr, size_bytes);
    if ((!cpu->is_first_block && must_stop(cpu)) ||
        (block->flags != 0 && !attend(cpu, block))) {
        if (cpu->event.kind == VB_EVENT_NONE) {
            cpu->event.kind = VB_EVENT_STOPPED;
            cpu->event.pc = (uint32_t)addr;
        }
        (void)uc_emu_stop(uc);
        return;
    }
    cpu->pass_break = cpu->pass_break && cpu->is_first_block;
    if (cpu->is_first_block) {
        cpu->is_first_block = false;
        cpu->is_masked = false;
    }
    cpu->one_block = cpu->steps;
    cpu->instructions += block->instructions;
    ticks = ((uint64_t)block->instructions + 1U) * cpu->now.cycle_ticks;
    cpu->run_ticks += ticks;
    cpu->now.ticks += ticks;
}

/* The block that runs was charged as a whole, but its part from @p addr on has
 * not been executed. */
static void refund(struct vb_cpu *cpu, uint32_t addr)
{
    struct vb_block part = {.addr = addr,
                            .size_bytes =
                                cpu->block_addr + cpu->block_size_bytes - addr};
    uint64_t ticks;

    if (addr < cpu->block_addr || part.size_bytes == 0 ||
        part.size_bytes > cpu->block_size_bytes) {
        return;
    }
    vb_block_decode(cpu, &part);
    ticks = ((uint64_t)part.instructions + 1U) * cpu->now.cycle_ticks;
    cpu->instructions -= part.instructions;
    cpu->run_ticks -= ticks;
    cpu->now.ticks -= ticks;
    vb_set_now(cpu->vb, cpu->now.ticks);
}

static void on_intno(struct vb_cpu *cpu, uint32_t intno)
{
    switch (intno) {
    case VB_INTNO_SVC: vb_fault_svc(cpu); break;
    case VB_INTNO_EXC_RETURN: vb_exception_return(cpu); break;
    case VB_INTNO_BKPT: vb_fault_bkpt(cpu); break;
    default: vb_fault_intno(cpu, intno); break;
    }
}

/* Was the instruction before pc this hint? */
static bool is_hint(struct vb_cpu *cpu, unsigned number)
{
    uint16_t code[2] = {0, 0};

    /* One by one: there may be nothing before the second. */
    (void)uc_mem_read(cpu->uc, cpu->now.pc - 4U, &code[0], sizeof(code[0]));
    (void)uc_mem_read(cpu->uc, cpu->now.pc - 2U, &code[1], sizeof(code[1]));
    return code[1] == (0xBF00U | number << 4) ||
           (code[0] == 0xF3AFU && code[1] == (0x8000U | number));
}

static void on_wfi(struct vb_cpu *cpu)
{
    if (is_hint(cpu, HINT_WFI)) {
        vb_cpu_sleep(cpu, false);
    }
}

/* WFE and YIELD look alike to Unicorn. */
static void on_hint(struct vb_cpu *cpu)
{
    if (!is_hint(cpu, HINT_WFE)) {
        return;
    }
    if (cpu->now.event) {
        cpu->now.event = false;
        return;
    }
    vb_cpu_sleep(cpu, true);
}

static void on_break(struct vb_cpu *cpu)
{
    refund(cpu, cpu->now.pc);
    if (cpu->is_fp_trap || cpu->steps) {
        return;
    }
    cpu->pass_break = true;
    cpu->pass_addr = cpu->now.pc;
    vb_stop_because(cpu->vb, DUO_VB_STOP_BREAK, cpu->core, "breakpoint");
}

/* Floating point is off: run up to the instruction that uses it, unless that
 * is the next one. The code before it may switch it on. */
static void on_fp_trap(struct vb_cpu *cpu)
{
    if (cpu->fp_trap_addr != cpu->now.pc) {
        vb_stop_at(cpu, cpu->fp_trap_addr);
        vb_engine_run(cpu);
        vb_stop_at_clear(cpu);
        cpu->now.pc = cpu->event.pc;
        if (cpu->event.kind != VB_EVENT_BREAK) {
            cpu->is_fp_trap = false;
            vb_cpu_handle(cpu);
            return;
        }
        refund(cpu, cpu->now.pc);
    }
    cpu->is_fp_trap = false;
    if (cpu->now.pc == cpu->fp_trap_addr && !vb_cpu_fp_is_on(cpu)) {
        vb_fault_intno(cpu, VB_INTNO_NOCP);
    }
}

void vb_cpu_handle(struct vb_cpu *cpu)
{
    cpu->now.pc = cpu->event.pc;
    switch (cpu->event.kind) {
    case VB_EVENT_NONE: on_wfi(cpu); break;
    case VB_EVENT_STOPPED:
        if (cpu->is_fp_trap) {
            on_fp_trap(cpu);
        }
        break;
    case VB_EVENT_BREAK: on_break(cpu); break;
    case VB_EVENT_INTR: on_intno(cpu, cpu->event.intno); break;
    case VB_EVENT_HINT: on_hint(cpu); break;
    case VB_EVENT_UNDEFINED:
        vb_fault_take(cpu, &(struct vb_fault){.exc = VB_EXC_USAGE,
                                              .cfsr = VB_CFSR_UNDEFINSTR});
        break;
    case VB_EVENT_ACCESS: vb_fault_access(cpu); break;
    case VB_EVENT_FETCH:
        vb_fault_take(cpu, &(struct vb_fault){.exc = VB_EXC_BUS,
                                              .cfsr = VB_CFSR_IBUSERR});
        break;
    }
}

static bool wakes(struct vb_cpu *cpu)
{
    return (cpu->now.sleeps_for_wfe && cpu->now.event) || vb_nvic_wakes(cpu);
}

/* True: the core can execute now. Else time has passed up to the horizon. */
static bool is_ready(struct vb_cpu *cpu)
{
    uint64_t horizon_ticks = vb_horizon(cpu->vb);
    uint64_t stall_ticks = cpu->now.stall_until_ticks;

    if (cpu->now.state == VB_CPU_HELD || cpu->now.state == VB_CPU_LOCKED) {
        pass_time(cpu, horizon_ticks, &cpu->held_ticks);
        return false;
    }
    if (cpu->now.state == VB_CPU_SLEEPS) {
        if (!wakes(cpu)) {
            pass_sleep(cpu, horizon_ticks);
            return false;
        }
        vb_cpu_wake(cpu);
    }
    if (stall_ticks > cpu->now.ticks) {
        cpu->now.state = VB_CPU_STALLED;
        pass_time(cpu,
                  stall_ticks < horizon_ticks ? stall_ticks : horizon_ticks,
                  &cpu->stall_ticks);
    }
    if (stall_ticks <= cpu->now.ticks) {
        cpu->now.state = VB_CPU_RUNS;
    }
    vb_set_now(cpu->vb, cpu->now.ticks);
    return cpu->now.ticks < horizon_ticks;
}

void vb_cpu_run(struct vb_cpu *cpu)
{
    vb_set_now(cpu->vb, cpu->now.ticks);
    while (!vb_stop_pending(cpu->vb) && is_ready(cpu)) {
        if (cpu->now.nvic.attention && vb_exception_deliver(cpu)) {
            continue;
        }
        vb_engine_run(cpu);
        vb_set_now(cpu->vb, cpu->now.ticks);
        vb_cpu_handle(cpu);
    }
}

void vb_cpu_step(struct vb_cpu *cpu)
{
    vb_set_now(cpu->vb, cpu->now.ticks);
    if (vb_stop_pending(cpu->vb) || !is_ready(cpu) ||
        (cpu->now.nvic.attention && vb_exception_deliver(cpu))) {
        return;
    }
    cpu->steps = true;
    cpu->pass_break = true;
    cpu->pass_addr = cpu->now.pc;
    vb_stop_at(cpu, vb_step_end(cpu));
    vb_engine_run(cpu);
    vb_stop_at_clear(cpu);
    vb_set_now(cpu->vb, cpu->now.ticks);
    vb_cpu_handle(cpu);
    cpu->pass_break = false;
    cpu->one_block = false;
    cpu->steps = false;
}
