/* SPDX-License-Identifier: MIT */
/* A core for a debugger: registers, breakpoints, steps.
 *
 * A code hook that is limited to one address costs nothing elsewhere, but
 * blocks that were translated before it was set must be dropped. */
#include <string.h>

#include "cpu_parts.h"
#include "soc_internal.h"

#define REG_SP        13U
#define REG_LR        14U
#define REG_PC        15U
#define REG_XPSR      16U
#define REG_MSPLIM    23U
#define REG_PSPLIM    24U
#define REG_FPSCR     25U
#define REG_S0        32U
#define REG_END       64U
#define IT_CODE_BYTES 16U /* Four wide instructions. */

static void on_code(uc_engine *uc, uint64_t addr, uint32_t size_bytes,
                    void *user)
{
    struct vb_cpu *cpu = user;

    (void)size_bytes;
    if (cpu->pass_break && cpu->pass_addr == addr) {
        cpu->pass_break = false;
        return;
    }
    if (cpu->event.kind == VB_EVENT_NONE && !cpu->rescue.active) {
        cpu->event.kind = VB_EVENT_BREAK;
        cpu->event.pc = (uint32_t)addr;
        (void)uc_emu_stop(uc);
    }
}

static bool hook_code(struct vb_cpu *cpu, uint32_t addr, uc_hook *hook)
{
    uc_err err =
        uc_hook_add(cpu->uc, hook, UC_HOOK_CODE, (void *)(uintptr_t)on_code,
                    cpu, (uint64_t)addr, (uint64_t)addr);

    (void)uc_ctl_remove_cache(cpu->uc, (uint64_t)addr, (uint64_t)addr + 2U);
    return err == UC_ERR_OK;
}

static void unhook_code(struct vb_cpu *cpu, uint32_t addr, uc_hook hook)
{
    (void)uc_hook_del(cpu->uc, hook);
    (void)uc_ctl_remove_cache(cpu->uc, (uint64_t)addr, (uint64_t)addr + 2U);
}

void vb_stop_at(struct vb_cpu *cpu, uint32_t addr)
{
    cpu->stop_is_set = hook_code(cpu, addr, &cpu->stop_hook);
    cpu->stop_addr = addr;
}

void vb_stop_at_clear(struct vb_cpu *cpu)
{
    if (cpu->stop_is_set) {
        unhook_code(cpu, cpu->stop_addr, cpu->stop_hook);
    }
    cpu->stop_is_set = false;
}

/* Unicorn does not stop inside an IT block. */
uint32_t vb_step_end(struct vb_cpu *cpu)
{
    uint16_t code[2U + IT_CODE_BYTES / 2U] = {0};
    unsigned at = 0;
    uint8_t it;

    (void)uc_mem_read(cpu->uc, cpu->now.pc, code, sizeof(code));
    at += vb_thumb_len(code[0]) / 2U;
    if ((code[0] & 0xFF00U) != 0xBF00U || (code[0] & 0xFU) == 0) {
        return cpu->now.pc + 2U * at;
    }
    it = (uint8_t)code[0];
    while (it != 0 && at < sizeof(code) / sizeof(*code)) {
        at += vb_thumb_len(code[at]) / 2U;
        it = vb_thumb_it_advance(it);
    }
    return cpu->now.pc + 2U * at;
}

bool duo_vb_break_add(struct duo_vb *vb, enum duo_core core, uint32_t addr)
{
    struct vb_cpu *cpu = vb_cpu(vb, core);

    addr &= ~1U;
    for (unsigned at = 0; at < VB_BREAKS_MAX; at++) {
        if (cpu->breaks[at].used && cpu->breaks[at].addr == addr) {
            return true;
        }
    }
    for (unsigned at = 0; at < VB_BREAKS_MAX; at++) {
        struct vb_break *place = &cpu->breaks[at];

        if (!place->used && hook_code(cpu, addr, &place->hook)) {
            place->used = true;
            place->addr = addr;
            return true;
        }
    }
    return false;
}

void duo_vb_break_remove(struct duo_vb *vb, enum duo_core core, uint32_t addr)
{
    struct vb_cpu *cpu = vb_cpu(vb, core);

    addr &= ~1U;
    for (unsigned at = 0; at < VB_BREAKS_MAX; at++) {
        if (cpu->breaks[at].used && cpu->breaks[at].addr == addr) {
            cpu->breaks[at].used = false;
            unhook_code(cpu, addr, cpu->breaks[at].hook);
        }
    }
}

bool duo_vb_core_is_parked(const struct duo_vb *vb, enum duo_core core)
{
    enum vb_cpu_state state = vb_cpu_state(vb->cpu[core]);

    return state != VB_CPU_RUNS && state != VB_CPU_STALLED;
}

/* Where a register of the debugger's numbering is; NULL: elsewhere. */
static uint32_t *place_of(struct vb_regs *regs, unsigned reg)
{
    uint32_t *const special[] = {
        &regs->msp,
        &regs->psp,
        &regs->masks.primask,
        &regs->masks.basepri,
        &regs->masks.faultmask,
        &regs->control,
    };

    if (reg < REG_SP) {
        return &regs->r[reg];
    }
    switch (reg) {
    case REG_SP: return vb_regs_use_psp(regs) ? &regs->psp : &regs->msp;
    case REG_LR: return &regs->lr;
    case REG_PC: return &regs->pc;
    case REG_XPSR: return &regs->xpsr;
    default: break;
    }
    return reg > REG_XPSR && reg < REG_MSPLIM ? special[reg - REG_XPSR - 1U]
                                              : NULL;
}

static uint32_t *limit_of(struct vb_cpu *cpu, unsigned reg)
{
    if (reg != REG_MSPLIM && reg != REG_PSPLIM) {
        return NULL;
    }
    vb_regs_limits_get(cpu);
    return reg == REG_MSPLIM ? &cpu->now.msplim : &cpu->now.psplim;
}

static uint32_t *fp_place_of(struct vb_fp_regs *fp, unsigned reg)
{
    if (reg == REG_FPSCR) {
        return &fp->fpscr;
    }
    return reg >= REG_S0 && reg < REG_END ? &fp->s[reg - REG_S0] : NULL;
}

bool duo_vb_reg_read(struct duo_vb *vb, enum duo_core core, unsigned reg,
                     uint32_t *value)
{
    struct vb_cpu *cpu = vb_cpu(vb, core);
    struct vb_regs regs;
    struct vb_fp_regs fp;
    const uint32_t *place;

    vb_regs_get(cpu, &regs);
    place = place_of(&regs, reg);
    if (place == NULL) {
        place = limit_of(cpu, reg);
    }
    if (place == NULL) {
        vb_regs_fp_get(cpu, &fp);
        place = fp_place_of(&fp, reg);
    }
    if (place == NULL) {
        return false;
    }
    *value = *place;
    return true;
}

bool duo_vb_reg_write(struct duo_vb *vb, enum duo_core core, unsigned reg,
                      uint32_t value)
{
    struct vb_cpu *cpu = vb_cpu(vb, core);
    struct vb_regs regs;
    struct vb_fp_regs fp;
    uint32_t *place;

    vb_regs_get(cpu, &regs);
    place = place_of(&regs, reg);
    if (place != NULL) {
        *place = reg == REG_PC ? value & ~1U : value;
        vb_regs_put(cpu, &regs);
        return true;
    }
    place = limit_of(cpu, reg);
    if (place != NULL) {
        *place = value & ~7U;
        vb_regs_limits_put(cpu);
        return true;
    }
    vb_regs_fp_get(cpu, &fp);
    place = fp_place_of(&fp, reg);
    if (place == NULL) {
        return false;
    }
    *place = value;
    vb_regs_fp_put(cpu, &fp);
    return true;
}
