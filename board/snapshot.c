/* SPDX-License-Identifier: MIT */
/* The whole machine, kept and put back. What points into the board stays where
 * it is: a snapshot is restored into the board that it was taken of. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

struct periph_copy {
    uint32_t words[VB_REG_SPACE_WORDS];
    uint32_t written[VB_REG_SPACE_WORDS / 32U];
    void *state;
};

struct duo_vb_snapshot {
    struct vb_machine machine;
    uint64_t *due_ticks; /* Of each timer. */
    struct periph_copy *periphs;
    size_t periph_count;
    void *cpu[DUO_CORE_COUNT];
    uint8_t *app_ram;
    uint8_t *net_ram;
    struct duo_sim_snapshot *flashes;
};

static void *checked(void *memory)
{
    if (memory == NULL) {
        (void)fputs("virtual board: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static size_t periph_count(const struct duo_vb *vb)
{
    return (size_t)vb->slot_count[DUO_CORE_APP] + vb->slot_count[DUO_CORE_NET];
}

static struct vb_slot *slot_at(const struct duo_vb *vb, size_t index)
{
    size_t app_count = vb->slot_count[DUO_CORE_APP];

    return index < app_count ? &vb->slots[DUO_CORE_APP][index]
                             : &vb->slots[DUO_CORE_NET][index - app_count];
}

static void take_periphs(const struct duo_vb *vb,
                         struct duo_vb_snapshot *snapshot)
{
    snapshot->periph_count = periph_count(vb);
    snapshot->periphs =
        checked(calloc(periph_count(vb), sizeof(*snapshot->periphs)));
    for (size_t index = 0; index < periph_count(vb); index++) {
        const struct vb_slot *slot = slot_at(vb, index);
        struct periph_copy *copy = &snapshot->periphs[index];
        size_t state_bytes = slot->periph.type->state_bytes;

        memcpy(copy->words, slot->periph.words, sizeof(copy->words));
        memcpy(copy->written, slot->written, sizeof(copy->written));
        if (state_bytes > 0) {
            copy->state = checked(malloc(state_bytes));
            memcpy(copy->state, slot->periph.state, state_bytes);
        }
    }
}

static uint8_t *copy_of(const uint8_t *bytes, size_t len_bytes)
{
    return memcpy(checked(malloc(len_bytes)), bytes, len_bytes);
}

struct duo_vb_snapshot *duo_vb_snapshot_take(struct duo_vb *vb)
{
    struct duo_vb_snapshot *snapshot = checked(calloc(1, sizeof(*snapshot)));

    snapshot->machine = vb->machine;
    snapshot->due_ticks =
        checked(calloc(vb->timer_count, sizeof(*snapshot->due_ticks)));
    for (unsigned index = 0; index < vb->timer_count; index++) {
        snapshot->due_ticks[index] = vb->timers[index]->due_ticks;
    }
    take_periphs(vb, snapshot);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        snapshot->cpu[core] = checked(malloc(vb_cpu_save_bytes(vb->cpu[core])));
        vb_cpu_save(vb->cpu[core], snapshot->cpu[core]);
    }
    snapshot->app_ram = copy_of(vb->app_ram, VB_APP_RAM_BYTES);
    snapshot->net_ram = copy_of(vb->net_ram, VB_NET_RAM_BYTES);
    snapshot->flashes = duo_sim_snapshot_take(vb->config.world);
    return snapshot;
}

static void restore_periphs(struct duo_vb *vb,
                            const struct duo_vb_snapshot *snapshot)
{
    for (size_t index = 0; index < periph_count(vb); index++) {
        struct vb_slot *slot = slot_at(vb, index);
        const struct periph_copy *copy = &snapshot->periphs[index];

        memcpy(slot->periph.words, copy->words, sizeof(copy->words));
        memcpy(slot->written, copy->written, sizeof(copy->written));
        if (copy->state != NULL) {
            memcpy(slot->periph.state, copy->state,
                   slot->periph.type->state_bytes);
        }
    }
}

/* A RAM of the board, and where a core sees it. */
struct ram {
    uint8_t *bytes;
    const uint8_t *kept;
    uint32_t addr;
    uint32_t len_bytes;
};

/* Only pages that differ: code in them must be translated again. */
static void restore_ram(struct duo_vb *vb, const struct ram *ram)
{
    for (uint32_t at = 0; at < ram->len_bytes; at += VB_PAGE_BYTES) {
        if (memcmp(ram->bytes + at, ram->kept + at, VB_PAGE_BYTES) == 0) {
            continue;
        }
        memcpy(ram->bytes + at, ram->kept + at, VB_PAGE_BYTES);
        for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
            vb_cpu_forget_code(vb->cpu[core], ram->addr + at, VB_PAGE_BYTES);
        }
    }
}

void duo_vb_snapshot_restore(struct duo_vb *vb,
                             const struct duo_vb_snapshot *snapshot)
{
    struct ram app = {vb->app_ram, snapshot->app_ram, VB_APP_RAM_ADDR,
                      VB_APP_RAM_BYTES};
    struct ram net = {vb->net_ram, snapshot->net_ram, VB_NET_RAM_ADDR,
                      VB_NET_RAM_BYTES};

    /* Windows first: they are mapped by what differs from now. */
    vb_memory_apply(vb, &snapshot->machine);
    duo_sim_snapshot_restore(vb->config.world, snapshot->flashes);
    restore_ram(vb, &app);
    restore_ram(vb, &net);
    restore_periphs(vb, snapshot);
    vb->machine = snapshot->machine;
    for (unsigned index = 0; index < vb->timer_count; index++) {
        vb->timers[index]->due_ticks = snapshot->due_ticks[index];
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        vb_cpu_load(vb->cpu[core], snapshot->cpu[core]);
    }
    vb->stops = false;
}

void duo_vb_snapshot_free(struct duo_vb_snapshot *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        free(snapshot->cpu[core]);
    }
    for (size_t index = 0; index < snapshot->periph_count; index++) {
        free(snapshot->periphs[index].state);
    }
    free(snapshot->periphs);
    free(snapshot->due_ticks);
    free(snapshot->app_ram);
    free(snapshot->net_ram);
    duo_sim_snapshot_free(snapshot->flashes);
    free(snapshot);
}
