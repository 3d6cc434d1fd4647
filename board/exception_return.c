/* SPDX-License-Identifier: MIT */
/* Ending an exception: EXC_RETURN is checked, the next exception chained or the
 * frame popped. */
#include "duo/bytes.h"

#include "cpu_parts.h"

#define RETURN_CYCLES   10U
#define FRAME_BYTES     32U
#define FP_BYTES        72U
#define XPSR_RESTORED   0xFF0FFDFFU /* Not the alignment, nor SFPA. */
#define SCR_SLEEPONEXIT (1U << 1)

static bool is_valid(const struct vb_cpu *cpu, uint32_t exc_return,
                     unsigned exc)
{
    uint32_t security = VB_RETURN_S | VB_RETURN_ES;
    uint32_t fixed = VB_RETURN_FIXED | VB_RETURN_DCRS;

    return (exc_return & fixed) == fixed && (exc_return & 2U) == 0 &&
           (exc_return & security) == (vb_cpu_is_app(cpu) ? security : 0) &&
           exc < VB_EXC_COUNT && vb_exc_bit(cpu->now.nvic.active, exc);
}

/* FAULTMASK ends with its handler, but a handler above it leaves it. */
static void deactivate(struct vb_cpu *cpu, struct vb_regs *regs, unsigned exc)
{
    struct vb_nvic *nvic = &cpu->now.nvic;

    if (exc != VB_EXC_NMI &&
        (!vb_cpu_is_app(cpu) || nvic->active_priority >= 0)) {
        regs->masks.faultmask = 0;
    }
    if (exc < VB_EXC_COUNT) {
        vb_exc_assign(nvic->active, exc, false);
        if (vb_exc_bit(nvic->level, exc)) {
            vb_exc_assign(nvic->pending, exc, true);
        }
    }
    vb_nvic_update(cpu);
}

static void chain_fault(struct vb_cpu *cpu, struct vb_regs *regs,
                        const struct vb_fault *fault, uint32_t exc_return)
{
    unsigned exc = vb_fault_record(cpu, fault, &regs->masks);

    if (exc == 0) {
        vb_fault_lockup(cpu);
        return;
    }
    vb_exception_chain(cpu, regs, exc, exc_return);
}

static void load_fp(struct vb_cpu *cpu, const uint8_t *frame)
{
    struct vb_fp_regs fp;

    vb_regs_fp_get(cpu, &fp);
    for (unsigned at = 0; at < 16U; at++) {
        fp.s[at] = duo_load_le32(frame + FRAME_BYTES + 4U * at);
    }
    fp.fpscr = duo_load_le32(frame + FRAME_BYTES + 64U);
    vb_regs_fp_put(cpu, &fp);
}

/* Pop the frame into the registers; false: *fault says why not. */
static bool pop(struct vb_cpu *cpu, struct vb_regs *regs, uint32_t exc_return,
                struct vb_fault *fault)
{
    bool fp = (exc_return & VB_RETURN_FTYPE) == 0;
    bool thread = (exc_return & VB_RETURN_THREAD) != 0;
    bool use_psp = thread && (exc_return & VB_RETURN_SPSEL) != 0;
    uint32_t *sp = use_psp ? &regs->psp : &regs->msp;
    uint32_t len_bytes = FRAME_BYTES + (fp ? FP_BYTES : 0);
    const uint8_t *frame = vb_exception_stack(cpu, *sp, len_bytes);
    uint32_t xpsr;

    *fault = (struct vb_fault){.exc = VB_EXC_BUS, .cfsr = VB_CFSR_UNSTKERR};
    if (frame == NULL) {
        return false;
    }
    if (fp && !vb_cpu_fp_is_on(cpu)) {
        *fault = (struct vb_fault){.exc = VB_EXC_USAGE, .cfsr = VB_CFSR_NOCP};
        return false;
    }
    for (unsigned at = 0; at < 4U; at++) {
        regs->r[at] = duo_load_le32(frame + 4U * at);
    }
    regs->r[12] = duo_load_le32(frame + 16U);
    regs->lr = duo_load_le32(frame + 20U);
    regs->pc = duo_load_le32(frame + 24U) & ~1U;
    xpsr = duo_load_le32(frame + 28U);
    *sp += len_bytes;
    if ((xpsr & VB_XPSR_ALIGN) != 0) {
        *sp |= 4U;
    }
    regs->xpsr = xpsr & XPSR_RESTORED;
    regs->control &= ~(VB_CONTROL_SPSEL | VB_CONTROL_FPCA | VB_CONTROL_SFPA);
    if ((exc_return & VB_RETURN_SPSEL) != 0) {
        regs->control |= VB_CONTROL_SPSEL;
    }
    if (fp) {
        regs->control |= VB_CONTROL_FPCA | VB_CONTROL_SFPA;
        load_fp(cpu, frame);
    }
    return true;
}

/* The frame says another mode than EXC_RETURN: a fault with a frame of its own
 * from the state that was restored. */
static void bad_mode(struct vb_cpu *cpu, struct vb_regs *regs)
{
    static const struct vb_fault fault = {.exc = VB_EXC_USAGE,
                                          .cfsr = VB_CFSR_INVPC};
    unsigned exc = vb_fault_record(cpu, &fault, &regs->masks);

    if (exc == 0) {
        vb_fault_lockup(cpu);
        return;
    }
    vb_exception_enter(cpu, regs, exc);
}

static void resume(struct vb_cpu *cpu, struct vb_regs *regs,
                   uint32_t exc_return)
{
    bool thread = (exc_return & VB_RETURN_THREAD) != 0;
    struct vb_fault fault;

    if (!pop(cpu, regs, exc_return, &fault)) {
        chain_fault(cpu, regs, &fault, exc_return);
        return;
    }
    vb_cpu_spend(cpu, RETURN_CYCLES);
    if (thread != ((regs->xpsr & VB_XPSR_EXC) == 0)) {
        bad_mode(cpu, regs);
        return;
    }
    vb_regs_put(cpu, regs);
    cpu->now.event = true;
    cpu->now.clear_monitor = true;
    if (thread && (cpu->now.scs.scr & SCR_SLEEPONEXIT) != 0 &&
        cpu->now.nvic.active_priority == VB_PRIORITY_NONE) {
        vb_cpu_sleep(cpu, false);
    }
}

void vb_exception_return(struct vb_cpu *cpu)
{
    static const struct vb_fault invalid = {.exc = VB_EXC_USAGE,
                                            .cfsr = VB_CFSR_INVPC};
    struct vb_regs regs;
    uint32_t exc_return;
    unsigned exc;

    vb_regs_get(cpu, &regs);
    exc_return = regs.pc | ((regs.xpsr & VB_XPSR_T) != 0 ? 1U : 0U);
    regs.xpsr |= VB_XPSR_T;
    exc = regs.xpsr & VB_XPSR_EXC;
    if (exc == 0) {
        /* Thread code: just a branch to where nothing may be executed. */
        vb_regs_put(cpu, &regs);
        vb_fault_intno(cpu, VB_INTNO_FETCH);
        return;
    }
    if (!is_valid(cpu, exc_return, exc)) {
        deactivate(cpu, &regs, exc);
        chain_fault(cpu, &regs, &invalid, exc_return);
        return;
    }
    deactivate(cpu, &regs, exc);
    if (cpu->now.nvic.candidate_priority <
        vb_nvic_execution_priority(cpu, &regs.masks)) {
        vb_exception_chain(cpu, &regs, cpu->now.nvic.candidate, exc_return);
        return;
    }
    resume(cpu, &regs, exc_return);
}
