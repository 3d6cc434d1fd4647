/* SPDX-License-Identifier: MIT */
/* The power cut: when it happens, and whom it hits. */
#include <string.h>

#include "sim_internal.h"

#define STREAM_INSTANT 16U /* Devices use the streams 0..2. */

const char *duo_sim_cut_kind_name(enum duo_sim_cut_kind kind)
{
    static const char *const names[DUO_SIM_CUT_KIND_COUNT] = {
        [DUO_SIM_CUT_BEFORE] = "before",
        [DUO_SIM_CUT_TORN] = "torn",
        [DUO_SIM_CUT_GARBAGE] = "garbage",
        [DUO_SIM_CUT_PARTIAL_ERASE] = "partial_erase",
        [DUO_SIM_CUT_AFTER] = "after",
    };
    return (unsigned)kind < DUO_SIM_CUT_KIND_COUNT ? names[kind] : "unknown";
}

/* About the time of one word or page program of the operation. */
static uint64_t unit_ns(const struct duo_sim_flash *flash,
                        const struct sim_pending *op)
{
    uint32_t len_bytes =
        op->len_bytes < SIM_EXT_PAGE_BYTES ? op->len_bytes : SIM_EXT_PAGE_BYTES;

    return sim_is_internal(flash)
               ? sim_op_timing(flash)->word_ns
               : sim_timing_program_ns(sim_op_timing(flash), len_bytes);
}

uint64_t sim_cut_instant_ns(const struct duo_sim_flash *flash,
                            const struct sim_pending *op)
{
    const struct duo_sim_cut *cut = &flash->world->cut;
    struct sim_random random = sim_random_stream(cut->seed, STREAM_INSTANT);
    uint64_t total_ns = op->end_ns - op->start_ns;
    uint64_t window_ns = total_ns;
    uint64_t place = sim_random_below(&random, 4);

    if (cut->kind == DUO_SIM_CUT_AFTER || total_ns < 2U) {
        return op->end_ns;
    }
    /* A quarter of the cuts each in the first and the last unit of a write:
     * a mark or the end of a page would hardly be hit otherwise. */
    if (op->kind == DUO_SIM_OP_WRITE && place < 2U &&
        unit_ns(flash, op) < total_ns) {
        window_ns = unit_ns(flash, op);
    }
    if (place == 1U) {
        return op->end_ns - 1U - sim_random_below(&random, window_ns - 1U);
    }
    return op->start_ns + 1U + sim_random_below(&random, window_ns - 1U);
}

/* What hits a device: when, the kind if it is given, and the seed. */
struct blow {
    uint64_t at_ns;
    bool kind_is_drawn;
    enum duo_sim_cut_kind kind;
    uint64_t seed;
};

/* An operation may have been given a time of its own; how far it is counts in
 * the times of the model. */
static uint64_t model_elapsed_ns(const struct sim_tear *tear)
{
    const struct sim_pending *op = &tear->flash->state->pending;
    struct sim_range range = {op->off_bytes, op->len_bytes};
    uint64_t model_ns;

    if (op->kind == DUO_SIM_OP_ERASE) {
        return tear->elapsed_ns;
    }
    model_ns = sim_timing_write_ns(tear->flash, range, op->copy);
    return model_ns == tear->total_ns
               ? tear->elapsed_ns
               : tear->elapsed_ns * model_ns / tear->total_ns;
}

/* The device's operation at the instant: whole, undone or torn. */
static void hit_device(struct duo_sim_flash *flash, unsigned index,
                       const struct blow *blow)
{
    static const enum duo_sim_cut_kind inside[] = {
        DUO_SIM_CUT_TORN, DUO_SIM_CUT_GARBAGE, DUO_SIM_CUT_PARTIAL_ERASE};
    struct sim_pending *op = &flash->state->pending;
    struct sim_tear tear = {.flash = flash};

    sim_flash_settle(flash, blow->at_ns);
    if (!op->active) {
        return;
    }
    op->active = false;
    if (op->start_ns >= blow->at_ns) {
        return;
    }
    tear.random = sim_random_stream(blow->seed, index);
    tear.kind = inside[sim_random_below(&tear.random, 3)];
    if (!blow->kind_is_drawn) {
        tear.kind = blow->kind;
    }
    tear.total_ns = op->end_ns - op->start_ns;
    tear.elapsed_ns = blow->at_ns - op->start_ns;
    tear.elapsed_ns = model_elapsed_ns(&tear);
    sim_tear(&tear);
}

/* Power that is switched off has no cut: op_count tells one from the next
 * then. */
static uint64_t seed_now(const struct duo_sim_world *world, uint64_t seed)
{
    return seed ^ (world->op_count * 0xA24BAED4963EE407U);
}

void sim_cut_fire(struct duo_sim_world *world)
{
    for (unsigned index = 0; index < world->device_count; index++) {
        struct duo_sim_flash *flash = world->devices[index];
        struct blow blow = {
            .at_ns = world->cut_ns,
            .kind_is_drawn = !flash->state->pending.is_cut_op ||
                             world->cut.kind == DUO_SIM_CUT_AFTER,
            .kind = world->cut.kind,
            .seed = seed_now(world, world->cut.seed),
        };
        hit_device(flash, index, &blow);
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if (world->core_ns[core] < world->cut_ns) {
            world->core_ns[core] = world->cut_ns;
        }
    }
    world->dead = true;
    world->cut_armed = false;
}

static struct blow blow_of(const struct duo_sim_world *world,
                           const struct duo_sim_instant *instant)
{
    struct blow blow = {
        .at_ns = instant->at_ns,
        .kind_is_drawn = instant->kind == DUO_SIM_CUT_BEFORE ||
                         instant->kind == DUO_SIM_CUT_AFTER,
        .kind = instant->kind,
        .seed = seed_now(world, instant->seed),
    };
    return blow;
}

void duo_sim_cut_at(struct duo_sim_world *world,
                    const struct duo_sim_instant *instant)
{
    struct blow blow = blow_of(world, instant);

    if (world->dead) {
        return;
    }
    for (unsigned index = 0; index < world->device_count; index++) {
        hit_device(world->devices[index], index, &blow);
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        world->core_ns[core] = instant->at_ns;
    }
    world->cut_ns = instant->at_ns;
    world->dead = true;
    world->cut_armed = false;
}

void duo_sim_tear(struct duo_sim_flash *flash,
                  const struct duo_sim_instant *instant)
{
    struct duo_sim_world *world = flash->world;
    struct blow blow = blow_of(world, instant);

    for (unsigned index = 0; index < world->device_count; index++) {
        if (world->devices[index] == flash && !world->dead) {
            hit_device(flash, index, &blow);
        }
    }
}
