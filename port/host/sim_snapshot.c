/* SPDX-License-Identifier: MIT */
/* Snapshots that share the pages on which they agree. A page that nobody
 * changed since it was taken or restored is known by its sim_page alone, so
 * the cost of a sweep's restore is that of the pages its run has changed. */
#include <stdlib.h>
#include <string.h>

#include "sim_internal.h"

struct device_snapshot {
    struct sim_page **pages;
    uint32_t page_count;
    struct sim_pending pending; /* With its own copy if active. */
    struct sim_weak *weak;
    uint32_t weak_count;
    bool high_performance;
};

struct duo_sim_snapshot {
    uint64_t core_ns[DUO_CORE_COUNT];
    uint64_t boot_ns;
    struct duo_sim_cut cut;
    uint64_t op_count;
    bool dead;
    uint64_t cut_ns;
    bool cut_armed;
    struct device_snapshot devices[SIM_DEVICE_COUNT_MAX];
    unsigned device_count;
};

void sim_page_release(struct sim_page *page)
{
    if (page != NULL && --page->ref_count == 0) {
        free(page);
    }
}

static uint32_t page_words(const struct duo_sim_flash_state *state)
{
    return state->word_writes == NULL ? 0 : state->page_bytes / SIM_WORD_BYTES;
}

/* The sim_page of @p page, made now if it has changed since the last. */
static struct sim_page *clean_page(struct duo_sim_flash_state *state,
                                   uint32_t page)
{
    uint32_t words = page_words(state);
    struct sim_page *copy = state->clean[page];

    if (copy == NULL) {
        copy = sim_alloc(sizeof(*copy) + state->page_bytes + words);
        memcpy(copy->bytes, state->data + (size_t)page * state->page_bytes,
               state->page_bytes);
        if (words > 0) {
            memcpy(copy->bytes + state->page_bytes,
                   state->word_writes + (size_t)page * words, words);
        }
        copy->ref_count = 1;
        state->clean[page] = copy;
    }
    return copy;
}

static void take_device(struct duo_sim_flash *flash,
                        struct device_snapshot *snapshot)
{
    struct duo_sim_flash_state *state = flash->state;

    sim_flash_settle(flash, sim_flash_now_ns(flash));
    snapshot->page_count = state->page_count;
    snapshot->pages = sim_alloc(state->page_count * sizeof(struct sim_page *));
    for (uint32_t page = 0; page < state->page_count; page++) {
        snapshot->pages[page] = clean_page(state, page);
        snapshot->pages[page]->ref_count++;
    }
    snapshot->high_performance = flash->high_performance;
    snapshot->pending = state->pending;
    snapshot->pending.copy = NULL;
    if (state->pending.active && state->pending.kind == DUO_SIM_OP_WRITE) {
        snapshot->pending.copy = sim_alloc(state->pending.len_bytes);
        memcpy(snapshot->pending.copy, state->pending.copy,
               state->pending.len_bytes);
    }
    snapshot->weak_count = state->weak_count;
    snapshot->weak = sim_alloc(state->weak_count * sizeof(*state->weak));
    if (state->weak_count > 0) {
        memcpy(snapshot->weak, state->weak,
               state->weak_count * sizeof(*state->weak));
    }
}

struct duo_sim_snapshot *duo_sim_snapshot_take(struct duo_sim_world *world)
{
    struct duo_sim_snapshot *snapshot = sim_alloc(sizeof(*snapshot));

    memcpy(snapshot->core_ns, world->core_ns, sizeof(snapshot->core_ns));
    snapshot->boot_ns = world->boot_ns;
    snapshot->cut = world->cut;
    snapshot->op_count = world->op_count;
    snapshot->dead = world->dead;
    snapshot->cut_ns = world->cut_ns;
    snapshot->cut_armed = world->cut_armed;
    snapshot->device_count = world->device_count;
    for (unsigned index = 0; index < world->device_count; index++) {
        take_device(world->devices[index], &snapshot->devices[index]);
    }
    return snapshot;
}

static void restore_pages(struct duo_sim_flash *flash,
                          const struct device_snapshot *snapshot)
{
    struct duo_sim_flash_state *state = flash->state;
    uint32_t words = page_words(state);

    for (uint32_t page = 0; page < state->page_count; page++) {
        struct sim_page *wanted = snapshot->pages[page];

        if (state->clean[page] == wanted) {
            continue;
        }
        memcpy(state->data + (size_t)page * state->page_bytes, wanted->bytes,
               state->page_bytes);
        if (words > 0) {
            memcpy(state->word_writes + (size_t)page * words,
                   wanted->bytes + state->page_bytes, words);
        }
        if (flash->on_change != NULL) {
            flash->on_change(flash->on_change_ctx, page * state->page_bytes,
                             state->page_bytes);
        }
        wanted->ref_count++;
        sim_page_release(state->clean[page]);
        state->clean[page] = wanted;
    }
}

static void restore_pending(struct sim_pending *op,
                            const struct sim_pending *saved)
{
    uint8_t *copy = op->copy;
    uint32_t capacity_bytes = op->copy_capacity_bytes;

    if (saved->copy != NULL && saved->len_bytes > capacity_bytes) {
        copy = sim_grow(copy, saved->len_bytes);
        capacity_bytes = saved->len_bytes;
    }
    *op = *saved;
    op->copy = copy;
    op->copy_capacity_bytes = capacity_bytes;
    /* The buffer belonged to a run that may be over. */
    op->source_unchecked = false;
    if (saved->copy != NULL && saved->len_bytes > 0) {
        memcpy(copy, saved->copy, saved->len_bytes);
    }
}

static void restore_device(struct duo_sim_flash *flash,
                           const struct device_snapshot *snapshot)
{
    struct duo_sim_flash_state *state = flash->state;

    restore_pages(flash, snapshot);
    restore_pending(&state->pending, &snapshot->pending);
    flash->high_performance = snapshot->high_performance;
    if (snapshot->weak_count > state->weak_capacity) {
        state->weak_capacity = snapshot->weak_count;
        state->weak =
            sim_grow(state->weak, state->weak_capacity * sizeof(*state->weak));
    }
    state->weak_count = snapshot->weak_count;
    if (snapshot->weak_count > 0) {
        memcpy(state->weak, snapshot->weak,
               snapshot->weak_count * sizeof(*state->weak));
    }
}

static bool fits(const struct duo_sim_world *world,
                 const struct duo_sim_snapshot *snapshot)
{
    if (world->device_count != snapshot->device_count) {
        return false;
    }
    for (unsigned index = 0; index < world->device_count; index++) {
        if (world->devices[index]->state->page_count !=
            snapshot->devices[index].page_count) {
            return false;
        }
    }
    return true;
}

void duo_sim_snapshot_restore(struct duo_sim_world *world,
                              const struct duo_sim_snapshot *snapshot)
{
    if (!fits(world, snapshot)) {
        sim_world_violation(world, "snapshot of another world restored");
        return;
    }
    memcpy(world->core_ns, snapshot->core_ns, sizeof(snapshot->core_ns));
    world->boot_ns = snapshot->boot_ns;
    world->cut = snapshot->cut;
    world->op_count = snapshot->op_count;
    world->dead = snapshot->dead;
    world->cut_ns = snapshot->cut_ns;
    world->cut_armed = snapshot->cut_armed;
    for (unsigned index = 0; index < world->device_count; index++) {
        restore_device(world->devices[index], &snapshot->devices[index]);
    }
}

void duo_sim_snapshot_free(struct duo_sim_snapshot *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    for (unsigned index = 0; index < snapshot->device_count; index++) {
        struct device_snapshot *device = &snapshot->devices[index];
        for (uint32_t page = 0; page < device->page_count; page++) {
            sim_page_release(device->pages[page]);
        }
        free(device->pages);
        free(device->pending.copy);
        free(device->weak);
    }
    free(snapshot);
}
