/* SPDX-License-Identifier: MIT */
/* The registers that all Nordic peripherals share, and the tables of the rest.
 *
 * Registers are words. A read of a part gives that part. A write of a part
 * changes that part of a stored register and leaves the rest (on the chip the
 * bus does what the peripheral makes of it, which is not published); as a task
 * or event it counts if it covers bit 0. A word access that is not aligned
 * never gets here: the core faults. */
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
#define CHANNEL_EN    0x80000000U
#define CHANNEL_MASK  0x000000FFU

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

/* --- Accesses ------------------------------------------------------------ */

/* A part of a register: which bits, and where they are. */
struct lane {
    unsigned shift;
    uint32_t mask; /* In the word. */
};

static struct lane lane_of(uint32_t off, unsigned size_bytes)
{
    struct lane lane = {8U * (off & 3U), UINT32_MAX};

    if (size_bytes < 4U) {
        lane.mask = (1U << 8U * size_bytes) - 1U;
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
        *value &= vb_pending_events(periph);
    }
    return true;
}

uint32_t vb_bus_read(struct vb_periph *periph, uint32_t off,
                     unsigned size_bytes, bool debug)
{
    struct lane lane = lane_of(off, size_bytes);
    uint32_t value = 0;

    if (!read_word(periph, off & ~3U, debug, &value)) {
        value = 0;
        if (!debug) {
            vb_unmodelled(periph->vb, periph->vb->access_core,
                          &(struct vb_bus_access){periph->base_addr + off,
                                                  size_bytes, false, 0});
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
            vb_task(periph, off / 4U);
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

void vb_bus_write(struct vb_periph *periph, uint32_t off, unsigned size_bytes,
                  uint32_t value)
{
    struct lane lane = lane_of(off, size_bytes);
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
    } else if (aligned < COMMON_END && value == 0) {
        /* MCUboot clears the subscriptions as one block, gaps included. */
        return;
    } else {
        vb_unmodelled(periph->vb, periph->vb->access_core,
                      &(struct vb_bus_access){periph->base_addr + off,
                                              size_bytes, true,
                                              value >> lane.shift});
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
