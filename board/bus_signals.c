/* SPDX-License-Identifier: MIT */
/* Events, and what they set off: interrupts, shortcuts, DPPI.
 *
 * An event that is published reaches the tasks that subscribe to its channel
 * at once, in the order of the SoC table. */
#include "soc_internal.h"

#define SUBSCRIBE_OFF 0x080U
#define EVENTS_OFF    0x100U
#define PUBLISH_OFF   0x180U
#define SHORTS_OFF    0x200U
#define INTEN_OFF     0x300U
#define CHEN_OFF      0x500U /* Of DPPIC. */
#define CHANNEL_EN    0x80000000U
#define CHANNEL_MASK  0x000000FFU
#define CHANNEL_COUNT 32U
/* Channels that set off one another without end would hold the clock. */
#define DPPI_ROUNDS_MAX 10000U

uint32_t vb_pending_events(const struct vb_periph *periph)
{
    const uint32_t *events = &periph->words[EVENTS_OFF / 4U];
    uint32_t left = periph->type->event_mask[0];
    uint32_t pending = 0;

    for (unsigned event = 0; left != 0; event++, left >>= 1U) {
        pending |= (left & events[event] & 1U) << event;
    }
    return pending;
}

void vb_irq_update(struct vb_periph *periph)
{
    uint32_t inten = *vb_word(periph, INTEN_OFF);
    bool level = inten != 0 && (vb_pending_events(periph) & inten) != 0;
    struct vb_cpu *cpu = vb_cpu(periph->vb, periph->core);

    if (periph->irq < 0) {
        return;
    }
    if (level && vb_cpu_state(cpu) == VB_CPU_SLEEPS) {
        vb_wake(periph->vb);
    }
    vb_cpu_irq(cpu, (unsigned)periph->irq, level);
}

void vb_task(struct vb_periph *periph, unsigned task)
{
    if (periph->type->task != NULL) {
        periph->type->task(periph, task);
    }
}

static bool has_task(const struct vb_periph *periph, unsigned task)
{
    return (periph->type->task_mask[0] >> task & 1U) != 0;
}

static void run_subscribers(struct vb_periph *periph, uint32_t wanted)
{
    for (unsigned task = 0; task < 32U; task++) {
        if (has_task(periph, task) &&
            periph->words[SUBSCRIBE_OFF / 4U + task] == wanted) {
            vb_task(periph, task);
        }
    }
}

static bool channel_is_on(struct duo_vb *vb, enum duo_core core,
                          unsigned channel)
{
    struct vb_periph *dppic = vb_find(vb, core, &vb_type_dppic, 0);

    return dppic != NULL && (*vb_word(dppic, CHEN_OFF) >> channel & 1U) != 0;
}

static void run_channel(struct duo_vb *vb, enum duo_core core, unsigned channel)
{
    if (!channel_is_on(vb, core, channel)) {
        return;
    }
    for (unsigned index = 0; index < vb->slot_count[core]; index++) {
        run_subscribers(&vb->slots[core][index].periph, CHANNEL_EN | channel);
    }
}

/* What the tasks publish in turn is done by the same loop. */
void vb_dppi_channel(struct duo_vb *vb, enum duo_core core, unsigned channel)
{
    uint32_t *pending = vb->machine.dppi_pending;
    unsigned rounds = 0;

    if (channel < CHANNEL_COUNT) {
        pending[core] |= 1U << channel;
    }
    if (vb->dppi_runs) {
        return;
    }
    vb->dppi_runs = true;
    while ((pending[DUO_CORE_APP] | pending[DUO_CORE_NET]) != 0) {
        enum duo_core which =
            pending[DUO_CORE_APP] != 0 ? DUO_CORE_APP : DUO_CORE_NET;
        unsigned next = (unsigned)__builtin_ctz(pending[which]);

        pending[which] &= ~(1U << next);
        run_channel(vb, which, next);
        if (++rounds == DPPI_ROUNDS_MAX) {
            pending[DUO_CORE_APP] = 0;
            pending[DUO_CORE_NET] = 0;
            vb_stop_because(vb, DUO_VB_STOP_UNMODELLED, core,
                            "DPPI channel %u sets off itself without end",
                            next);
        }
    }
    vb->dppi_runs = false;
}

static void run_shorts(struct vb_periph *periph, unsigned event)
{
    const struct vb_type *type = periph->type;
    uint32_t shorts = *vb_word(periph, SHORTS_OFF);

    for (unsigned index = 0; index < type->short_count; index++) {
        const struct vb_short *link = &type->shorts[index];
        if (link->event == event && (shorts >> link->bit & 1U) != 0) {
            vb_task(periph, link->task);
        }
    }
}

void vb_event(struct vb_periph *periph, unsigned event)
{
    uint32_t publish = periph->words[PUBLISH_OFF / 4U + event];

    periph->words[EVENTS_OFF / 4U + event] = 1;
    vb_irq_update(periph);
    if (periph->type->short_count > 0) {
        run_shorts(periph, event);
    }
    if ((publish & CHANNEL_EN) != 0) {
        vb_dppi_channel(periph->vb, periph->core, publish & CHANNEL_MASK);
    }
}
