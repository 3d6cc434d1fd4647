/* SPDX-License-Identifier: MIT */
/* Registers of a core: in and out of the engine. */
#include <string.h>

#include "cpu_parts.h"

/* Unicorn refuses special registers to unprivileged thread code, also when we
 * are the ones who ask. In handler mode (of any exception) all are open. */
#define WINDOW_XPSR (VB_XPSR_T | 1U)

static uint32_t read_reg(struct vb_cpu *cpu, int reg)
{
    uint32_t value = 0;

    (void)uc_reg_read(cpu->uc, reg, &value);
    return value;
}

static void write_reg(struct vb_cpu *cpu, int reg, uint32_t value)
{
    (void)uc_reg_write(cpu->uc, reg, &value);
}

/* The xPSR, after which the engine must rebuild what it derives from it: only
 * a write of the flags alone does that. */
static void write_xpsr(struct vb_cpu *cpu, uint32_t xpsr)
{
    write_reg(cpu, UC_ARM_REG_XPSR_NZCVQG, xpsr);
    write_reg(cpu, UC_ARM_REG_APSR_NZCV, xpsr);
}

static const int core_ids[15] = {
    UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2,   UC_ARM_REG_R3,
    UC_ARM_REG_R4,  UC_ARM_REG_R5, UC_ARM_REG_R6,   UC_ARM_REG_R7,
    UC_ARM_REG_R8,  UC_ARM_REG_R9, UC_ARM_REG_R10,  UC_ARM_REG_R11,
    UC_ARM_REG_R12, UC_ARM_REG_LR, UC_ARM_REG_XPSR,
};

/* r0..r12, lr, xpsr in one call: it is the larger part of an exception. */
static void batch(struct vb_cpu *cpu, struct vb_regs *regs, bool write)
{
    void *places[15];
    int ids[15];

    memcpy(ids, core_ids, sizeof(ids));
    for (size_t at = 0; at < 13U; at++) {
        places[at] = &regs->r[at];
    }
    places[13] = &regs->lr;
    places[14] = &regs->xpsr;
    if (write) {
        (void)uc_reg_write_batch(cpu->uc, ids, places, 14);
    } else {
        (void)uc_reg_read_batch(cpu->uc, ids, places, 15);
    }
}

void vb_regs_masks(struct vb_cpu *cpu, struct vb_masks *masks)
{
    masks->primask = read_reg(cpu, UC_ARM_REG_PRIMASK);
    masks->basepri = read_reg(cpu, UC_ARM_REG_BASEPRI) & VB_PRIORITY_MASK;
    masks->faultmask = read_reg(cpu, UC_ARM_REG_FAULTMASK);
}

void vb_regs_get(struct vb_cpu *cpu, struct vb_regs *regs)
{
    bool window;

    batch(cpu, regs, false);
    regs->control = read_reg(cpu, UC_ARM_REG_CONTROL);
    regs->pc = cpu->now.pc;
    if (!cpu->now.thumb) {
        regs->xpsr &= ~VB_XPSR_T;
    }
    window = (regs->control & VB_CONTROL_NPRIV) != 0 &&
             (regs->xpsr & VB_XPSR_EXC) == 0;
    if (window) {
        write_xpsr(cpu, WINDOW_XPSR);
    }
    regs->msp = read_reg(cpu, UC_ARM_REG_MSP);
    regs->psp = read_reg(cpu, UC_ARM_REG_PSP);
    vb_regs_masks(cpu, &regs->masks);
    if (window) {
        write_xpsr(cpu, regs->xpsr);
    }
}

void vb_regs_put(struct vb_cpu *cpu, const struct vb_regs *regs)
{
    struct vb_regs copy = *regs;

    write_xpsr(cpu, WINDOW_XPSR);
    write_reg(cpu, UC_ARM_REG_CONTROL, regs->control);
    write_reg(cpu, UC_ARM_REG_MSP, regs->msp);
    write_reg(cpu, UC_ARM_REG_PSP, regs->psp);
    write_reg(cpu, UC_ARM_REG_PRIMASK, regs->masks.primask);
    write_reg(cpu, UC_ARM_REG_BASEPRI, regs->masks.basepri);
    write_reg(cpu, UC_ARM_REG_FAULTMASK, regs->masks.faultmask);
    batch(cpu, &copy, true);
    write_xpsr(cpu, regs->xpsr); /* Chooses the stack pointer, too. */
    cpu->now.pc = regs->pc;
    cpu->now.thumb = (regs->xpsr & VB_XPSR_T) != 0;
}

void vb_regs_fp_get(struct vb_cpu *cpu, struct vb_fp_regs *fp)
{
    for (int at = 0; at < 32; at++) {
        fp->s[at] = read_reg(cpu, UC_ARM_REG_S0 + at);
    }
    fp->fpscr = read_reg(cpu, UC_ARM_REG_FPSCR);
}

void vb_regs_fp_put(struct vb_cpu *cpu, const struct vb_fp_regs *fp)
{
    for (int at = 0; at < 32; at++) {
        write_reg(cpu, UC_ARM_REG_S0 + at, fp->s[at]);
    }
    write_reg(cpu, UC_ARM_REG_FPSCR, fp->fpscr);
}

/* The limits have no register number in Unicorn: two instructions of our own
 * move them through r0 and r1. */
static void run_stub(struct vb_cpu *cpu, uint32_t stub_off, uint32_t pair[2])
{
    struct vb_regs regs;

    vb_regs_get(cpu, &regs);
    write_xpsr(cpu, WINDOW_XPSR);
    write_reg(cpu, UC_ARM_REG_R0, pair[0]);
    write_reg(cpu, UC_ARM_REG_R1, pair[1]);
    (void)uc_emu_start(cpu->uc, (VB_STUB_ADDR + stub_off) | 1U, VB_NO_END, 0,
                       0);
    pair[0] = read_reg(cpu, UC_ARM_REG_R0);
    pair[1] = read_reg(cpu, UC_ARM_REG_R1);
    vb_regs_put(cpu, &regs);
}

void vb_regs_limits_get(struct vb_cpu *cpu)
{
    uint32_t pair[2] = {0, 0};

    if (!cpu->now.limits_stale) {
        return;
    }
    run_stub(cpu, VB_STUB_LIMITS_GET, pair);
    cpu->now.msplim = pair[0];
    cpu->now.psplim = pair[1];
    cpu->now.limits_stale = false;
}

void vb_regs_limits_put(struct vb_cpu *cpu)
{
    uint32_t pair[2] = {cpu->now.msplim, cpu->now.psplim};

    run_stub(cpu, VB_STUB_LIMITS_PUT, pair);
    cpu->now.limits_stale = false;
}
