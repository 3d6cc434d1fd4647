/* SPDX-License-Identifier: MIT */
/* Weak pages: bits that a cut operation left readable but not lasting. */
#include <string.h>

#include "sim_internal.h"

#define WEAK_POWER_UPS 2U /* Right at the first power-up, not at the second. */

struct sim_weak *sim_weak_add(struct duo_sim_flash *flash,
                              struct sim_range range, uint64_t seed)
{
    struct duo_sim_flash_state *state = flash->state;
    struct sim_weak *weak;

    if (state->weak_count == state->weak_capacity) {
        state->weak_capacity = state->weak_capacity * 2U + 4U;
        state->weak =
            sim_grow(state->weak, state->weak_capacity * sizeof(*state->weak));
    }
    weak = &state->weak[state->weak_count++];
    memset(weak, 0, sizeof(*weak));
    weak->power_ups_left = WEAK_POWER_UPS;
    weak->off_bytes = range.off_bytes;
    weak->len_bytes = range.len_bytes;
    weak->seed = seed;
    return weak;
}

static void remove_at(struct duo_sim_flash_state *state, uint32_t index)
{
    /* The order stays as it was, so that replays draw alike. */
    state->weak_count--;
    memmove(&state->weak[index], &state->weak[index + 1U],
            (state->weak_count - index) * sizeof(*state->weak));
}

/* The part of @p range inside @p weak, relative to the start of weak. */
static struct sim_range overlap(const struct sim_weak *weak,
                                struct sim_range range)
{
    uint32_t weak_end = weak->off_bytes + weak->len_bytes;
    uint32_t range_end = range.off_bytes + range.len_bytes;
    uint32_t first =
        weak->off_bytes > range.off_bytes ? weak->off_bytes : range.off_bytes;
    uint32_t end = weak_end < range_end ? weak_end : range_end;
    struct sim_range none = {0, 0};
    struct sim_range both = {first - weak->off_bytes, end - first};

    return first < end ? both : none;
}

void sim_weak_erased(struct duo_sim_flash *flash, struct sim_range range)
{
    struct duo_sim_flash_state *state = flash->state;
    uint32_t index = 0;

    while (index < state->weak_count) {
        struct sim_weak *weak = &state->weak[index];
        struct sim_range both = overlap(weak, range);

        if (both.len_bytes == weak->len_bytes) {
            remove_at(state, index);
            continue;
        }
        /* A poke may cover a part; what lasts is kept by bytes only for
         * programs. The rest of a weak erase stays weak as a whole. */
        if (!weak->is_erase) {
            memset(weak->mask + both.off_bytes, 0, both.len_bytes);
        }
        index++;
    }
}

static bool mask_is_empty(const struct sim_weak *weak)
{
    struct duo_bytes mask = {weak->mask, weak->len_bytes};
    return duo_bytes_are(mask, 0);
}

void sim_weak_programmed(struct duo_sim_flash *flash, struct sim_range range,
                         const uint8_t *src)
{
    struct duo_sim_flash_state *state = flash->state;
    uint32_t index = 0;

    while (index < state->weak_count) {
        struct sim_weak *weak = &state->weak[index];
        struct sim_range both = overlap(weak, range);

        if (weak->is_erase || both.len_bytes == 0) {
            index++;
            continue;
        }
        for (uint32_t at = 0; at < both.len_bytes; at++) {
            uint32_t in_weak = both.off_bytes + at;
            /* Bits programmed to 0 once more last from now on. */
            weak->mask[in_weak] &=
                src[weak->off_bytes + in_weak - range.off_bytes];
        }
        if (mask_is_empty(weak)) {
            remove_at(state, index);
        } else {
            index++;
        }
    }
}

/* Some erased bits read 0 again: one at least, half of them at most. */
static void decay_erase(uint8_t *data, const struct sim_weak *weak)
{
    static const uint16_t flips_max[] = {1, 8, 64, 2048};
    struct sim_random random = sim_random_stream(weak->seed, 1);
    uint64_t most = flips_max[sim_random_below(&random, 4)];
    uint64_t flips = 1U + sim_random_below(&random, most);
    uint32_t at = (uint32_t)sim_random_below(&random, weak->len_bytes);

    /* The first flip looks for a bit that is still 1: it must show. */
    for (uint32_t tries = 0; tries < weak->len_bytes && data[at] == 0;
         tries++) {
        at = (at + 1U) % weak->len_bytes;
    }
    data[at] = (uint8_t)(data[at] & (data[at] - 1U));
    for (uint64_t flip = 1; flip < flips; flip++) {
        uint64_t place =
            sim_random_below(&random, (uint64_t)weak->len_bytes * 8U);
        data[place / 8U] &= (uint8_t) ~(1U << (place % 8U));
    }
}

/* Some programmed bits read 1 again: one at least if any is left. */
static void decay_program(uint8_t *data, const struct sim_weak *weak)
{
    struct sim_random random = sim_random_stream(weak->seed, 2);
    bool sparse = (sim_random_next(&random) & 1U) != 0;
    uint32_t start = (uint32_t)sim_random_below(&random, weak->len_bytes);
    bool first = true;

    for (uint32_t count = 0; count < weak->len_bytes; count++) {
        uint32_t at = (start + count) % weak->len_bytes;
        uint8_t may_rise = (uint8_t)(weak->mask[at] & ~data[at]);
        uint8_t rises = (uint8_t)(may_rise & sim_random_next(&random));

        if (first && may_rise != 0) {
            rises |= (uint8_t)(may_rise & (0U - may_rise));
            first = false;
        } else if (sparse) {
            rises = 0;
        }
        data[at] |= rises;
    }
}

void sim_weak_power_up(struct duo_sim_flash *flash)
{
    struct duo_sim_flash_state *state = flash->state;
    uint32_t index = 0;

    while (index < state->weak_count) {
        struct sim_weak *weak = &state->weak[index];
        struct sim_range range = {weak->off_bytes, weak->len_bytes};

        weak->power_ups_left--;
        if (weak->power_ups_left > 0) {
            index++;
            continue;
        }
        sim_touch(flash, range);
        if (weak->is_erase) {
            decay_erase(state->data + weak->off_bytes, weak);
        } else {
            decay_program(state->data + weak->off_bytes, weak);
        }
        remove_at(state, index);
    }
}
