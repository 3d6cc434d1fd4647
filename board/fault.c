/* SPDX-License-Identifier: MIT */
/* Faults: recorded, escalated to HardFault where their own handler cannot run,
 * and lockup where HardFault cannot either. */
#include <stdio.h>
#include <string.h>

#include "cpu_parts.h"

#define DFSR_BKPT         (1U << 1)
#define CCR_BFHFNMIGN     (1U << 8)
#define RESETREAS_LOCKUP  (1U << 4)  /* Application core. */
#define RESETREAS_LLOCKUP (1U << 17) /* Network core, its own. */

static const struct {
    uint32_t bit;
    const char *name;
} names[] = {
    {VB_CFSR_IACCVIOL,   "execution where it is not allowed"},
    {VB_CFSR_IBUSERR,    "instruction fetch from nowhere"   },
    {VB_CFSR_PRECISERR,  "data access to nowhere"           },
    {VB_CFSR_UNSTKERR,   "no memory to unstack from"        },
    {VB_CFSR_STKERR,     "no memory to stack to"            },
    {VB_CFSR_UNDEFINSTR, "undefined instruction"            },
    {VB_CFSR_INVSTATE,   "branch to an even address"        },
    {VB_CFSR_INVPC,      "invalid EXC_RETURN"               },
    {VB_CFSR_NOCP,       "floating point that is off"       },
    {VB_CFSR_STKOF,      "stack overflow"                   },
    {VB_CFSR_UNALIGNED,  "unaligned access"                 },
};

static void tell(struct vb_cpu *cpu, const struct vb_fault *fault)
{
    const char *name = "fault";
    char where[32] = "";

    for (size_t row = 0; row < sizeof(names) / sizeof(*names); row++) {
        if ((fault->cfsr & names[row].bit) != 0) {
            name = names[row].name;
            break;
        }
    }
    if ((fault->cfsr & (VB_CFSR_BFARVALID | VB_CFSR_MMARVALID)) != 0) {
        (void)snprintf(where, sizeof(where), " (0x%08x)",
                       (unsigned)fault->addr);
    }
    vb_note(cpu->vb, "%s core: fault at pc 0x%08x: %s%s",
            duo_core_name(cpu->core), (unsigned)cpu->now.pc, name, where);
}

unsigned vb_fault_record(struct vb_cpu *cpu, const struct vb_fault *fault,
                         const struct vb_masks *masks)
{
    int priority = vb_nvic_execution_priority(cpu, masks);

    tell(cpu, fault);
    cpu->now.scs.cfsr |= fault->cfsr;
    if ((fault->cfsr & VB_CFSR_BFARVALID) != 0) {
        cpu->now.scs.bfar = fault->addr;
    }
    if ((fault->cfsr & VB_CFSR_MMARVALID) != 0) {
        cpu->now.scs.mmfar = fault->addr;
    }
    if (vb_exc_bit(cpu->now.nvic.enabled, fault->exc) &&
        vb_nvic_group_priority(cpu, fault->exc) < priority) {
        return fault->exc;
    }
    if (vb_nvic_group_priority(cpu, VB_EXC_HARD) < priority) {
        cpu->now.scs.hfsr |= VB_HFSR_FORCED;
        return VB_EXC_HARD;
    }
    return 0;
}

void vb_fault_lockup(struct vb_cpu *cpu)
{
    bool is_app = vb_cpu_is_app(cpu);

    vb_note(cpu->vb, "%s core: lockup at pc 0x%08x", duo_core_name(cpu->core),
            (unsigned)cpu->now.pc);
    cpu->now.state = VB_CPU_LOCKED;
    vb_reset_request(cpu->vb, cpu->core, VB_RESET_LOCKUP,
                     is_app ? RESETREAS_LOCKUP : RESETREAS_LLOCKUP);
}

/* CCR.BFHFNMIGN: at the priority of HardFault and above a data bus fault is
 * only recorded; the access has no result. */
static bool is_ignored(struct vb_cpu *cpu, const struct vb_fault *fault,
                       const struct vb_masks *masks)
{
    uint16_t first = 0;

    if ((fault->cfsr & VB_CFSR_PRECISERR) == 0 ||
        (cpu->now.scs.ccr & CCR_BFHFNMIGN) == 0 ||
        vb_nvic_execution_priority(cpu, masks) >= 0) {
        return false;
    }
    cpu->now.scs.cfsr |= fault->cfsr;
    cpu->now.scs.bfar = fault->addr;
    (void)uc_mem_read(cpu->uc, cpu->now.pc, &first, sizeof(first));
    cpu->now.pc += vb_thumb_len(first);
    return true;
}

static void take(struct vb_cpu *cpu, struct vb_regs *regs,
                 const struct vb_fault *fault)
{
    unsigned exc;

    if (is_ignored(cpu, fault, &regs->masks)) {
        return;
    }
    exc = vb_fault_record(cpu, fault, &regs->masks);
    if (exc == 0) {
        vb_fault_lockup(cpu);
        return;
    }
    vb_exception_enter(cpu, regs, exc);
}

void vb_fault_take(struct vb_cpu *cpu, const struct vb_fault *fault)
{
    struct vb_regs regs;

    vb_regs_get(cpu, &regs);
    take(cpu, &regs, fault);
}

void vb_fault_access(struct vb_cpu *cpu)
{
    struct vb_fault fault = {.exc = VB_EXC_BUS,
                             .cfsr = VB_CFSR_PRECISERR | VB_CFSR_BFARVALID,
                             .addr = cpu->event.addr};
    struct vb_access_found found = vb_access_find(cpu, cpu->event.addr);
    struct vb_regs regs;

    cpu->now.pc = found.pc;
    vb_regs_get(cpu, &regs);
    regs.xpsr &= ~VB_XPSR_IT;
    regs.xpsr |= (found.it & 3U) << 25 | (uint32_t)(found.it >> 2) << 10;
    take(cpu, &regs, &fault);
}

void vb_fault_intno(struct vb_cpu *cpu, uint32_t intno)
{
    static const struct {
        uint32_t intno;
        struct vb_fault fault;
    } rows[] = {
        {VB_INTNO_FETCH,    {VB_EXC_MEM, VB_CFSR_IACCVIOL, 0}   },
        {VB_INTNO_DATA,     {VB_EXC_USAGE, VB_CFSR_UNALIGNED, 0}},
        {VB_INTNO_NOCP,     {VB_EXC_USAGE, VB_CFSR_NOCP, 0}     },
        {VB_INTNO_INVSTATE, {VB_EXC_USAGE, VB_CFSR_INVSTATE, 0} },
        {VB_INTNO_STKOF,    {VB_EXC_USAGE, VB_CFSR_STKOF, 0}    },
    };

    if (intno == VB_INTNO_INVSTATE) {
        cpu->now.thumb = false;
    }
    for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++) {
        if (rows[row].intno == intno) {
            vb_fault_take(cpu, &rows[row].fault);
            return;
        }
    }
    vb_stop_because(cpu->vb, DUO_VB_STOP_BROKEN, cpu->core,
                    "the emulator raised interrupt %u", (unsigned)intno);
}

/* DebugMonitor is not modelled, so this is a HardFault. */
void vb_fault_bkpt(struct vb_cpu *cpu)
{
    struct vb_regs regs;

    vb_regs_get(cpu, &regs);
    vb_note(cpu->vb, "%s core: BKPT at pc 0x%08x", duo_core_name(cpu->core),
            (unsigned)cpu->now.pc);
    cpu->now.scs.dfsr |= DFSR_BKPT;
    if (vb_nvic_group_priority(cpu, VB_EXC_HARD) >=
        vb_nvic_execution_priority(cpu, &regs.masks)) {
        vb_fault_lockup(cpu);
        return;
    }
    cpu->now.scs.hfsr |= VB_HFSR_DEBUGEVT;
    vb_exception_enter(cpu, &regs, VB_EXC_HARD);
}

void vb_fault_svc(struct vb_cpu *cpu)
{
    static const struct vb_fault fault = {.exc = VB_EXC_SVC};
    struct vb_regs regs;

    vb_regs_get(cpu, &regs);
    if (vb_nvic_group_priority(cpu, VB_EXC_SVC) <
        vb_nvic_execution_priority(cpu, &regs.masks)) {
        vb_exception_enter(cpu, &regs, VB_EXC_SVC);
        return;
    }
    take(cpu, &regs, &fault); /* Escalates, since its priority is too low. */
}
