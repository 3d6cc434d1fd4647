/* SPDX-License-Identifier: MIT */
/* The registers that all Nordic peripherals share, and the tables of the rest.
 *
 * Registers are words. A read of a part gives that part. A write of a part
 * changes that part of a stored register and leaves the rest (on the chip the
 * bus does what the peripheral makes of it, which is not published); as a task
 * or event it counts if it covers bit 0. A word access that is not aligned
 * never gets here: the core faults.
 *
 * An event that is published reaches the tasks that subscribe to its channel
 * at once, in the order of the SoC table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soc_internal.h"

#define SUBSCRIBE_OFF 0x080U
#define EVENTS_OFF    0x100U
#define PUBLISH_OFF   0x180U
#define COMMON_END    0x200U
#define SHORTS_OFF    0x200U
#define INTEN_OFF     0x300U
#define INTENSET_OFF  0x304U
#define INTENCLR_OFF  0x308U
#define INTPEND_OFF   0x30CU
#define CHEN_OFF      0x500U /* Of DPPIC. */
#define CHANNEL_EN    0x80000000U
#define CHANNEL_MASK  0x000000FFU
#define CHANNEL_COUNT 32U
/* Channels that set off one another without end would hold the clock. */
#define DPPI_ROUNDS_MAX 10000U

static struct vb_slot *slot_of(struct vb_periph *periph)
{
    return (struct vb_slot *)(void *)periph;
}

static void *checked(void *memory)
{
    if (memory == NULL) {
        (void)fputs("virtual board: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static void map_registers(struct vb_slot *slot)
{
    const struct vb_type *type = slot->periph.type;
    const struct vb_reg *reg = type->regs;

    for (; reg != NULL && reg->name != NULL; reg++) {
        for (unsigned index = 0; index < reg->count; index++) {
            slot->map[(reg->off + index * reg->step) / 4U %
                      VB_REG_SPACE_WORDS] = reg;
        }
    }
    for (unsigned index = 0; index < type->short_count; index++) {
        slot->shorts_mask |= 1U << type->shorts[index].bit;
    }
}

void vb_bus_create(struct duo_vb *vb, enum duo_core core,
                   const struct vb_place *places, unsigned count)
{
    struct vb_slot *slots = checked(calloc(count, sizeof(*slots)));

    vb->slots[core] = slots;
    vb->slot_count[core] = count;
    for (unsigned index = 0; index < count; index++) {
        const struct vb_place *place = &places[index];
        struct vb_slot *slot = &slots[index];

        slot->alias_addr = place->alias_addr;
        slot->periph = (struct vb_periph){
            .type = place->type,
            .vb = vb,
            .name = place->name,
            .core = core,
            .irq = place->irq,
            .instance = place->instance,
            .base_addr = place->base_addr,
        };
        if (place->type->state_bytes > 0) {
            slot->periph.state = checked(calloc(1, place->type->state_bytes));
        }
        map_registers(slot);
        if (place->type->init != NULL) {
            place->type->init(&slot->periph);
        }
    }
}

void vb_bus_destroy(struct duo_vb *vb)
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        for (unsigned index = 0; index < vb->slot_count[core]; index++) {
            free(vb->slots[core][index].periph.state);
        }
        free(vb->slots[core]);
    }
}

struct vb_periph *vb_find(struct duo_vb *vb, enum duo_core core,
                          const struct vb_type *type, unsigned instance)
{
    for (unsigned index = 0; index < vb->slot_count[core]; index++) {
        struct vb_periph *periph = &vb->slots[core][index].periph;
        if (periph->type == type && periph->instance == instance) {
            return periph;
        }
    }
    return NULL;
}

/* --- Events, tasks, interrupts ------------------------------------------- */

static uint32_t pending_events(const struct vb_periph *periph)
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
    bool level = inten != 0 && (pending_events(periph) & inten) != 0;
    struct vb_cpu *cpu = vb_cpu(periph->vb, periph->core);

    if (periph->irq < 0) {
        return;
    }
    if (level && vb_cpu_state(cpu) == VB_CPU_SLEEPS) {
        vb_wake(periph->vb);
    }
    vb_cpu_irq(cpu, (unsigned)periph->irq, level);
}

static void run_task(struct vb_periph *periph, unsigned task)
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
            run_task(periph, task);
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
            vb_stop_because(vb, DUO_VB_STOP_UNMODELLED, core, 0,
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
            run_task(periph, link->task);
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

/* --- Accesses ------------------------------------------------------------ */

/* A part of a register: which bits, and where they are. */
struct lane {
    unsigned shift;
    uint32_t mask; /* In the word. */
};

static struct lane lane_of(uint32_t off, unsigned size)
{
    struct lane lane = {8U * (off & 3U), UINT32_MAX};

    if (size < 4U) {
        lane.mask = (1U << 8U * size) - 1U;
    }
    lane.mask <<= lane.shift;
    return lane;
}

/* Of the shared registers below COMMON_END: is this one there? */
static bool common_exists(const struct vb_periph *periph, uint32_t off)
{
    unsigned index = off % SUBSCRIBE_OFF / 4U;
    uint32_t mask = off < EVENTS_OFF ? periph->type->task_mask[0]
                                     : periph->type->event_mask[0];

    return (mask >> index & 1U) != 0;
}

static bool is_interrupt_register(const struct vb_periph *periph, uint32_t off)
{
    return periph->type->event_mask[0] != 0 && off >= INTEN_OFF &&
           off <= INTPEND_OFF;
}

/* False: there is no such register. */
static bool read_word(struct vb_periph *periph, uint32_t off, bool debug,
                      uint32_t *value)
{
    const struct vb_reg *reg = slot_of(periph)->map[off / 4U];

    *value = *vb_word(periph, off);
    if (reg != NULL) {
        if (reg->access == VB_W) {
            *value = 0;
        } else if (periph->type->reading != NULL) {
            *value = periph->type->reading(periph, off, *value, debug);
        }
        return true;
    }
    if (off < COMMON_END) {
        *value = off < SUBSCRIBE_OFF ? 0 : *value;
        return common_exists(periph, off);
    }
    if (off == SHORTS_OFF) {
        return periph->type->short_count > 0;
    }
    if (!is_interrupt_register(periph, off)) {
        return false;
    }
    *value = *vb_word(periph, INTEN_OFF);
    if (off == INTPEND_OFF) {
        *value &= pending_events(periph);
    }
    return true;
}

uint32_t vb_bus_read(struct vb_periph *periph, uint32_t off, unsigned size,
                     bool debug)
{
    struct lane lane = lane_of(off, size);
    uint32_t value = 0;

    if (!read_word(periph, off & ~3U, debug, &value)) {
        value = 0;
        if (!debug) {
            vb_unmodelled(periph->vb, periph->vb->access_core,
                          periph->base_addr + off, size, false, 0);
        }
    }
    return (value & lane.mask) >> lane.shift;
}

static void write_inten(struct vb_periph *periph, uint32_t off, uint32_t value)
{
    uint32_t *inten = vb_word(periph, INTEN_OFF);
    uint32_t old = *inten;

    value &= periph->type->event_mask[0];
    if (off == INTEN_OFF) {
        *inten = value;
    } else if (off == INTENSET_OFF) {
        *inten |= value;
    } else if (off == INTENCLR_OFF) {
        *inten &= ~value;
    }
    vb_irq_update(periph);
    if (periph->type->interrupts_changed != NULL) {
        periph->type->interrupts_changed(periph, old);
    }
}

static void write_common(struct vb_periph *periph, uint32_t off, uint32_t value)
{
    if (off < SUBSCRIBE_OFF) {
        if ((value & 1U) != 0) {
            run_task(periph, off / 4U);
        }
    } else if (off >= EVENTS_OFF && off < PUBLISH_OFF) {
        *vb_word(periph, off) = value & 1U;
        vb_irq_update(periph);
    } else {
        *vb_word(periph, off) = value & (CHANNEL_EN | CHANNEL_MASK);
    }
}

static void write_table(struct vb_periph *periph, const struct vb_reg *reg,
                        uint32_t off, uint32_t value, struct lane lane)
{
    uint32_t *word = vb_word(periph, off);
    uint32_t *written = &slot_of(periph)->written[off / 4U / 32U];
    uint32_t bit = 1U << (off / 4U % 32U);
    uint32_t old = *word;

    switch (reg->access) {
    case VB_R: return;
    case VB_RW1:
        if ((*written & bit) != 0) {
            return;
        }
        *written |= bit;
        *word = ((old & ~lane.mask) | value) & reg->mask;
        break;
    case VB_RW: *word = ((old & ~lane.mask) | value) & reg->mask; break;
    case VB_W1C: *word &= ~value; break;
    case VB_W: *word = 0; break;
    }
    if (periph->type->wrote != NULL) {
        bool is_stored = reg->access == VB_RW || reg->access == VB_RW1;
        periph->type->wrote(periph, off, is_stored ? *word : value, old);
    }
}

void vb_bus_write(struct vb_periph *periph, uint32_t off, unsigned size,
                  uint32_t value)
{
    struct lane lane = lane_of(off, size);
    uint32_t aligned = off & ~3U;
    const struct vb_reg *reg = slot_of(periph)->map[aligned / 4U];

    value = (value << lane.shift) & lane.mask;
    if (reg != NULL) {
        write_table(periph, reg, aligned, value, lane);
    } else if (aligned < COMMON_END && common_exists(periph, aligned)) {
        write_common(periph, aligned, value);
    } else if (aligned == SHORTS_OFF && periph->type->short_count > 0) {
        uint32_t *word = vb_word(periph, aligned);
        *word = ((*word & ~lane.mask) | value) & slot_of(periph)->shorts_mask;
    } else if (is_interrupt_register(periph, aligned)) {
        write_inten(periph, aligned, value);
    } else {
        vb_unmodelled(periph->vb, periph->vb->access_core,
                      periph->base_addr + off, size, true, value >> lane.shift);
    }
}

void vb_periph_reset(struct vb_periph *periph, enum vb_reset kind)
{
    struct vb_slot *slot = slot_of(periph);
    const struct vb_type *type = periph->type;

    for (uint32_t off = 0; off < VB_REG_SPACE_WORDS * 4U; off += 4U) {
        const struct vb_reg *reg = slot->map[off / 4U];
        bool is_kept = reg != NULL && kind != VB_RESET_POWER &&
                       type->retained != NULL && type->retained(off, kind);
        if (!is_kept) {
            *vb_word(periph, off) = reg == NULL ? 0 : reg->reset;
        }
    }
    memset(slot->written, 0, sizeof(slot->written));
    if (type->reset != NULL) {
        type->reset(periph, kind);
    }
    vb_irq_update(periph);
}

void vb_periphs_reset(struct duo_vb *vb, enum duo_core core, enum vb_reset kind)
{
    for (unsigned index = 0; index < vb->slot_count[core]; index++) {
        vb_periph_reset(&vb->slots[core][index].periph, kind);
    }
}
