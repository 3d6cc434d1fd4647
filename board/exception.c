/* SPDX-License-Identifier: MIT */
/* Beginning an exception: frame, EXC_RETURN, vector. */
#include "duo/bytes.h"

#include "cpu_parts.h"

#define ENTRY_CYCLES 12U
#define CHAIN_CYCLES 6U
#define FRAME_BYTES  32U /* r0-r3, r12, lr, pc, xPSR */
#define FP_BYTES     72U /* s0-s15, FPSCR, reserved */
#define XPSR_SFPA    (1U << 20)
#define FPCCR_ASPEN  (1U << 31)

uint8_t *vb_exception_stack(struct vb_cpu *cpu, uint32_t addr, size_t len_bytes)
{
    return vb_dma(cpu->vb, cpu->core, addr, len_bytes);
}

/* As the application core (Security Extension, always in secure state) and the
 * network core (none: S and ES are 0) make it. */
static uint32_t exc_return_of(const struct vb_cpu *cpu,
                              const struct vb_regs *regs, bool fp)
{
    bool thread = (regs->xpsr & VB_XPSR_EXC) == 0;
    uint32_t value = VB_RETURN_FIXED | VB_RETURN_DCRS;

    if (vb_cpu_is_app(cpu)) {
        value |= VB_RETURN_S | VB_RETURN_ES;
    }
    if (!fp) {
        value |= VB_RETURN_FTYPE;
    }
    if (thread) {
        value |= VB_RETURN_THREAD;
    }
    if ((regs->control & VB_CONTROL_SPSEL) != 0) {
        value |= VB_RETURN_SPSEL;
    }
    return value;
}

static void store_frame(struct vb_cpu *cpu, uint8_t *frame,
                        const struct vb_regs *regs, uint32_t xpsr, bool fp)
{
    const uint32_t words[8] = {regs->r[0],  regs->r[1], regs->r[2], regs->r[3],
                               regs->r[12], regs->lr,   regs->pc,   xpsr};
    struct vb_fp_regs fp_regs;

    for (unsigned at = 0; at < 8U; at++) {
        duo_store_le32(frame + 4U * at, words[at]);
    }
    if (!fp) {
        return;
    }
    vb_regs_fp_get(cpu, &fp_regs);
    for (unsigned at = 0; at < 16U; at++) {
        duo_store_le32(frame + FRAME_BYTES + 4U * at, fp_regs.s[at]);
    }
    duo_store_le32(frame + FRAME_BYTES + 64U, fp_regs.fpscr);
    duo_store_le32(frame + FRAME_BYTES + 68U, 0);
}

/* Push the frame. False: *fault says why not; the stack pointer has moved. */
static bool push(struct vb_cpu *cpu, struct vb_regs *regs, bool fp,
                 struct vb_fault *fault)
{
    bool use_psp = vb_regs_use_psp(regs);
    uint32_t *sp = use_psp ? &regs->psp : &regs->msp;
    uint32_t len_bytes = FRAME_BYTES + (fp ? FP_BYTES : 0);
    uint32_t frame_addr = (*sp - len_bytes) & ~7U;
    uint32_t xpsr = regs->xpsr & ~VB_XPSR_ALIGN;
    uint8_t *frame;

    if ((*sp & 4U) != 0) {
        xpsr |= VB_XPSR_ALIGN;
    }
    if (fp) {
        xpsr |= XPSR_SFPA;
        cpu->now.scs.fpcar = frame_addr + FRAME_BYTES;
    }
    vb_regs_limits_get(cpu);
    if (frame_addr < (use_psp ? cpu->now.psplim : cpu->now.msplim)) {
        *sp = use_psp ? cpu->now.psplim : cpu->now.msplim;
        *fault = (struct vb_fault){.exc = VB_EXC_USAGE, .cfsr = VB_CFSR_STKOF};
        return false;
    }
    *sp = frame_addr;
    frame = vb_exception_stack(cpu, frame_addr, len_bytes);
    if (frame == NULL) {
        *fault = (struct vb_fault){.exc = VB_EXC_BUS, .cfsr = VB_CFSR_STKERR};
        return false;
    }
    store_frame(cpu, frame, regs, xpsr, fp);
    return true;
}

static bool fetch_vector(struct vb_cpu *cpu, unsigned exc, uint32_t *vector)
{
    uint8_t bytes[4];

    if (uc_mem_read(cpu->uc, cpu->now.scs.vtor + 4U * exc, bytes,
                    sizeof(bytes)) != UC_ERR_OK) {
        return false;
    }
    *vector = duo_load_le32(bytes);
    return true;
}

/* The frame is there, or has been given up: begin the handler. */
static void begin(struct vb_cpu *cpu, struct vb_regs *regs, unsigned exc)
{
    uint32_t vector = 0;

    if (!fetch_vector(cpu, exc, &vector)) {
        cpu->now.scs.hfsr |= VB_HFSR_VECTTBL;
        exc = VB_EXC_HARD;
        if (vb_exc_bit(cpu->now.nvic.active, VB_EXC_HARD) ||
            !fetch_vector(cpu, exc, &vector)) {
            vb_fault_lockup(cpu);
            return;
        }
    }
    vb_exc_assign(cpu->now.nvic.active, exc, true);
    vb_exc_assign(cpu->now.nvic.pending, exc, false);
    vb_nvic_update(cpu);
    regs->xpsr = exc | ((vector & 1U) != 0 ? VB_XPSR_T : 0);
    regs->pc = vector & ~1U;
    regs->control &= ~(VB_CONTROL_SPSEL | VB_CONTROL_FPCA | VB_CONTROL_SFPA);
    vb_regs_put(cpu, regs);
    cpu->now.event = true;
    cpu->now.clear_monitor = true;
    cpu->exceptions++;
}

/* A fault while the frame of @p exc was pushed: which of the two goes first?
 * The other one stays pending, except that a fault of HardFault's or NMI's own
 * frame is only recorded. */
static unsigned derive(struct vb_cpu *cpu, unsigned exc,
                       const struct vb_fault *fault)
{
    struct vb_masks masks = {0, 0, 0};
    unsigned derived;

    if (exc == VB_EXC_HARD || exc == VB_EXC_NMI) {
        cpu->now.scs.cfsr |= fault->cfsr;
        return exc;
    }
    derived = vb_fault_record(cpu, fault, &masks);
    if (derived == 0) {
        return exc;
    }
    if (vb_nvic_group_priority(cpu, derived) <
        vb_nvic_group_priority(cpu, exc)) {
        vb_nvic_pend(cpu, exc, true);
        return derived;
    }
    vb_nvic_pend(cpu, derived, true);
    return exc;
}

void vb_exception_enter(struct vb_cpu *cpu, struct vb_regs *regs, unsigned exc)
{
    bool fp = (regs->control & VB_CONTROL_FPCA) != 0 &&
              (cpu->now.scs.fpccr & FPCCR_ASPEN) != 0;
    uint32_t exc_return = exc_return_of(cpu, regs, fp);
    struct vb_fault fault;

    if (!push(cpu, regs, fp, &fault)) {
        exc = derive(cpu, exc, &fault);
    }
    regs->lr = exc_return;
    vb_cpu_spend(cpu, ENTRY_CYCLES);
    begin(cpu, regs, exc);
}

void vb_exception_chain(struct vb_cpu *cpu, struct vb_regs *regs, unsigned exc,
                        uint32_t exc_return)
{
    regs->lr = exc_return;
    vb_cpu_spend(cpu, CHAIN_CYCLES);
    begin(cpu, regs, exc);
}

bool vb_exception_deliver(struct vb_cpu *cpu)
{
    struct vb_regs regs;

    vb_regs_get(cpu, &regs);
    if (cpu->now.nvic.candidate_priority >=
        vb_nvic_execution_priority(cpu, &regs.masks)) {
        return false;
    }
    vb_exception_enter(cpu, &regs, cpu->now.nvic.candidate);
    return true;
}
