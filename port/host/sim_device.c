/* SPDX-License-Identifier: MIT */
/* Making and ending simulated flashes, and their statistics. */
#include <stdlib.h>
#include <string.h>

#include "sim_internal.h"

/* What a type is, besides its times. The QSPI peripheral moves whole words,
 * so the external chip is written in words, too. */
static const struct {
    const char *name;
    enum duo_core core;
    uint32_t erase_bytes;
} types[] = {
    [DUO_SIM_FLASH_APP] = {"app", DUO_CORE_APP, 4096},
    [DUO_SIM_FLASH_NET] = {"net", DUO_CORE_NET, 2048},
    [DUO_SIM_FLASH_EXT] = {"ext", DUO_CORE_APP, 4096},
};

static void create_state(struct duo_sim_flash *flash, uint32_t page_bytes)
{
    struct duo_sim_flash_state *state = sim_alloc(sizeof(*state));
    uint32_t size_bytes = flash->flash.geometry.size_bytes;
    size_t count_bytes =
        sim_is_internal(flash) ? page_bytes / SIM_WORD_BYTES : 0;

    state->page_bytes = page_bytes;
    state->page_count = size_bytes / page_bytes;
    state->data = sim_alloc_pages(size_bytes);
    memset(state->data, 0xFF, size_bytes);
    if (count_bytes != 0) {
        state->word_writes = sim_alloc(size_bytes / SIM_WORD_BYTES);
    }
    state->erased =
        sim_alloc(sizeof(*state->erased) + page_bytes + count_bytes);
    memset(state->erased->bytes, 0xFF, page_bytes);
    state->erased->ref_count = 1U + state->page_count;
    state->clean = sim_alloc(state->page_count * sizeof(struct sim_page *));
    for (uint32_t page = 0; page < state->page_count; page++) {
        state->clean[page] = state->erased;
    }
    flash->state = state;
    flash->data = state->data;
    flash->page_erases =
        sim_alloc(state->page_count * sizeof(*flash->page_erases));
}

struct duo_sim_flash *duo_sim_flash_create(struct duo_sim_world *world,
                                           enum duo_sim_flash_type type,
                                           uint32_t size_bytes,
                                           uint32_t base_addr)
{
    uint32_t page_bytes = types[type].erase_bytes;
    struct duo_sim_flash *flash;

    if (size_bytes == 0 || size_bytes % page_bytes != 0 ||
        world->device_count == SIM_DEVICE_COUNT_MAX) {
        sim_world_violation(world, "%s: cannot add a device of 0x%x bytes",
                            types[type].name, (unsigned)size_bytes);
        return NULL;
    }
    flash = sim_alloc(sizeof(*flash));
    flash->flash.ops = &sim_flash_ops;
    flash->flash.name = types[type].name;
    flash->flash.geometry = (struct duo_flash_geometry){
        .size_bytes = size_bytes,
        .base_addr = base_addr,
        .erase_bytes = page_bytes,
        .write_bytes = SIM_WORD_BYTES,
        .erased_value = 0xFF,
    };
    flash->world = world;
    flash->type = type;
    flash->core = types[type].core;
    create_state(flash, page_bytes);
    world->devices[world->device_count++] = flash;
    return flash;
}

static void leave_world(const struct duo_sim_flash *flash)
{
    struct duo_sim_world *world = flash->world;
    unsigned kept = 0;

    for (unsigned index = 0; index < world->device_count; index++) {
        if (world->devices[index] != flash) {
            world->devices[kept++] = world->devices[index];
        }
    }
    world->device_count = kept;
}

void duo_sim_flash_destroy(struct duo_sim_flash *flash)
{
    struct duo_sim_flash_state *state;

    if (flash == NULL) {
        return;
    }
    leave_world(flash);
    state = flash->state;
    for (uint32_t page = 0; page < state->page_count; page++) {
        sim_page_release(state->clean[page]);
    }
    sim_page_release(state->erased);
    free(state->clean);
    free(state->data);
    free(state->word_writes);
    free(state->pending.copy);
    free(state->weak);
    free(state);
    free(flash->page_erases);
    free(flash);
}

void duo_sim_stats_clear(struct duo_sim_world *world)
{
    for (unsigned index = 0; index < world->device_count; index++) {
        struct duo_sim_flash *flash = world->devices[index];
        flash->stats = (struct duo_sim_stats){0};
        memset(flash->page_erases, 0,
               flash->state->page_count * sizeof(*flash->page_erases));
    }
}
