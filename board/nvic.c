/* SPDX-License-Identifier: MIT */
/* Which exception is next: pending, enabled, active, priorities. */
#include <string.h>

#include "cpu_parts.h"

#define APP_LINES          69U
#define NET_LINES          30U
#define PRIORITY_NMI       (-2)
#define PRIORITY_HARD      (-1)
#define SCR_SEVONPEND      (1U << 4)
#define AIRCR_PRIGROUP_POS 8U
#define ALWAYS_ENABLED                                         \
    (1U << VB_EXC_NMI | 1U << VB_EXC_HARD | 1U << VB_EXC_SVC | \
     1U << VB_EXC_PENDSV | 1U << VB_EXC_SYSTICK)

unsigned vb_nvic_line_count(const struct vb_cpu *cpu)
{
    return vb_cpu_is_app(cpu) ? APP_LINES : NET_LINES;
}

void vb_nvic_reset(struct vb_cpu *cpu)
{
    memset(&cpu->now.nvic, 0, sizeof(cpu->now.nvic));
    cpu->now.nvic.enabled[0] = ALWAYS_ENABLED;
    vb_nvic_update(cpu);
}

/* PRIGROUP n makes the bits n..0 the subpriority. */
static int group_of(const struct vb_cpu *cpu, uint32_t priority)
{
    uint32_t prigroup = cpu->now.scs.aircr >> AIRCR_PRIGROUP_POS & 7U;

    return (int)(priority & ~((2U << prigroup) - 1U) & VB_PRIORITY_MASK);
}

int vb_nvic_group_priority(const struct vb_cpu *cpu, unsigned exc)
{
    if (exc == VB_EXC_NMI) {
        return PRIORITY_NMI;
    }
    if (exc == VB_EXC_HARD) {
        return PRIORITY_HARD;
    }
    return group_of(cpu, cpu->now.nvic.priority[exc]);
}

int vb_nvic_execution_priority(const struct vb_cpu *cpu,
                               const struct vb_masks *masks)
{
    int priority = cpu->now.nvic.active_priority;

    if (masks->basepri != 0 && group_of(cpu, masks->basepri) < priority) {
        priority = group_of(cpu, masks->basepri);
    }
    if ((masks->primask & 1U) != 0 && priority > 0) {
        priority = 0;
    }
    if ((masks->faultmask & 1U) != 0 && priority > PRIORITY_HARD) {
        priority = PRIORITY_HARD;
    }
    return priority;
}

/* Among equal group priorities the subpriority decides, then the number. */
static bool is_before(const struct vb_cpu *cpu, unsigned exc, unsigned other)
{
    int group = vb_nvic_group_priority(cpu, exc);
    int other_group = vb_nvic_group_priority(cpu, other);

    if (group != other_group) {
        return group < other_group;
    }
    return cpu->now.nvic.priority[exc] < cpu->now.nvic.priority[other];
}

/* Calls for each exception whose bit is set, lowest first. */
static unsigned next_bit(const uint32_t words[VB_EXC_WORDS], unsigned from)
{
    for (unsigned exc = from; exc < VB_EXC_COUNT; exc++) {
        if (words[exc / 32U] >> exc % 32U == 0) {
            exc |= 31U;
        } else if (vb_exc_bit(words, exc)) {
            return exc;
        }
    }
    return VB_EXC_COUNT;
}

void vb_nvic_update(struct vb_cpu *cpu)
{
    struct vb_nvic *nvic = &cpu->now.nvic;
    uint32_t due[VB_EXC_WORDS];
    unsigned exc;

    nvic->candidate = 0;
    nvic->candidate_priority = VB_PRIORITY_NONE;
    nvic->active_priority = VB_PRIORITY_NONE;
    for (unsigned word = 0; word < VB_EXC_WORDS; word++) {
        due[word] = nvic->pending[word] & nvic->enabled[word];
    }
    for (exc = next_bit(due, 0); exc < VB_EXC_COUNT;
         exc = next_bit(due, exc + 1U)) {
        if (nvic->candidate == 0 || is_before(cpu, exc, nvic->candidate)) {
            nvic->candidate = exc;
            nvic->candidate_priority = vb_nvic_group_priority(cpu, exc);
        }
    }
    for (exc = next_bit(nvic->active, 0); exc < VB_EXC_COUNT;
         exc = next_bit(nvic->active, exc + 1U)) {
        int priority = vb_nvic_group_priority(cpu, exc);

        if (priority < nvic->active_priority) {
            nvic->active_priority = priority;
        }
    }
    nvic->attention = nvic->candidate_priority < nvic->active_priority;
    cpu->is_masked = false;
}

void vb_nvic_pend(struct vb_cpu *cpu, unsigned exc, bool on)
{
    bool was_pending = vb_exc_bit(cpu->now.nvic.pending, exc);

    vb_exc_assign(cpu->now.nvic.pending, exc, on);
    vb_nvic_update(cpu);
    if (on && !was_pending && (cpu->now.scs.scr & SCR_SEVONPEND) != 0) {
        cpu->now.event = true;
    }
    if (cpu->now.state == VB_CPU_SLEEPS && vb_nvic_wakes(cpu)) {
        vb_cpu_wake(cpu);
    }
}

bool vb_nvic_wakes(struct vb_cpu *cpu)
{
    struct vb_masks masks;

    if (cpu->now.sleeps_for_wfe && cpu->now.event) {
        return true;
    }
    if (!cpu->now.nvic.attention) {
        return false;
    }
    vb_regs_masks(cpu, &masks);
    if (!cpu->now.sleeps_for_wfe) {
        masks.primask = 0;
    }
    return cpu->now.nvic.candidate_priority <
           vb_nvic_execution_priority(cpu, &masks);
}
