/* SPDX-License-Identifier: MIT */
/* What an operation that did not end leaves behind. */
#include <string.h>

#include "sim_internal.h"

const struct sim_timing *sim_op_timing(const struct duo_sim_flash *flash)
{
    return sim_timing_of(flash->type, flash->state->pending.high_performance);
}

static bool one_in(struct sim_random *random, uint64_t count)
{
    return sim_random_below(random, count) == 0;
}

/* Program @p src over part of a page, cut in the middle. */
static void tear_program(struct sim_tear *tear, struct sim_range range,
                         const uint8_t *src)
{
    struct duo_sim_flash *flash = tear->flash;
    uint8_t *data = flash->state->data + range.off_bytes;
    bool lasts = tear->kind != DUO_SIM_CUT_PARTIAL_ERASE;
    struct sim_weak *weak = NULL;

    sim_touch(flash, range);
    if (!lasts ||
        (tear->kind == DUO_SIM_CUT_TORN && one_in(&tear->random, 4))) {
        weak = sim_weak_add(flash, range, sim_random_next(&tear->random));
    }
    for (uint32_t at = 0; at < range.len_bytes; at++) {
        uint8_t old = data[at];
        uint8_t chance = (uint8_t)sim_random_next(&tear->random);

        if (!lasts) {
            data[at] = old & src[at];
        } else if (tear->kind == DUO_SIM_CUT_GARBAGE) {
            data[at] = old & chance;
        } else {
            data[at] = (uint8_t)(old & (src[at] | chance));
        }
        if (weak != NULL) {
            weak->mask[at] = (uint8_t)(old & ~data[at]);
        }
    }
}

/* A page program of the external chip clears bits all over the page at once;
 * often only a run of its bytes has been reached. */
static void tear_page_program(struct sim_tear *tear, struct sim_range page,
                              const uint8_t *src)
{
    struct sim_range run = page;
    struct sim_range done = {page.off_bytes, 0};

    if (tear->kind != DUO_SIM_CUT_PARTIAL_ERASE && !one_in(&tear->random, 3)) {
        done.len_bytes =
            (uint32_t)sim_random_below(&tear->random, page.len_bytes);
        run.off_bytes += done.len_bytes;
        run.len_bytes =
            1U + (uint32_t)sim_random_below(&tear->random,
                                            page.len_bytes - done.len_bytes);
        sim_apply_write(tear->flash, done, src);
    }
    tear_program(tear, run, src + done.len_bytes);
}

static void tear_write_ext(struct sim_tear *tear)
{
    struct duo_sim_flash *flash = tear->flash;
    const struct sim_pending *op = &flash->state->pending;
    struct sim_range rest = {op->off_bytes, op->len_bytes};
    const uint8_t *src = op->copy;
    uint64_t left_ns = tear->elapsed_ns;

    while (rest.len_bytes > 0) {
        struct sim_range page = {rest.off_bytes, sim_ext_chunk_bytes(rest)};
        uint64_t page_ns =
            sim_timing_program_ns(sim_op_timing(flash), page.len_bytes);

        if (left_ns < page_ns) {
            tear_page_program(tear, page, src);
            return;
        }
        left_ns -= page_ns;
        sim_apply_write(flash, page, src);
        src += page.len_bytes;
        rest.off_bytes += page.len_bytes;
        rest.len_bytes -= page.len_bytes;
    }
}

static void tear_write_internal(struct sim_tear *tear)
{
    struct duo_sim_flash *flash = tear->flash;
    const struct sim_pending *op = &flash->state->pending;
    uint64_t words_done = tear->elapsed_ns / sim_op_timing(flash)->word_ns;
    struct sim_range prefix = {op->off_bytes, 0};
    struct sim_range word = {0, SIM_WORD_BYTES};

    /* Skipped words take no time, so they do not count. */
    while (prefix.len_bytes < op->len_bytes) {
        uint32_t to_write =
            sim_words_to_write(op->copy + prefix.len_bytes, SIM_WORD_BYTES);
        if (to_write > words_done) {
            break;
        }
        words_done -= to_write;
        prefix.len_bytes += SIM_WORD_BYTES;
    }
    sim_apply_write(flash, prefix, op->copy);
    if (prefix.len_bytes < op->len_bytes) {
        word.off_bytes = op->off_bytes + prefix.len_bytes;
        tear_program(tear, word, op->copy + prefix.len_bytes);
        flash->state->word_writes[word.off_bytes / SIM_WORD_BYTES]++;
    }
}

/* What one byte of a page reads in the middle of an erase: untouched, already
 * erased, cleared (an erase programs first), or in between. */
static uint8_t torn_erase_byte(struct sim_random *random, uint8_t old)
{
    uint64_t chance = sim_random_next(random);

    switch (chance % 4U) {
    case 0: return old;
    case 1: return 0x00;
    case 2: return 0xFF;
    default: return (uint8_t)(old & (chance >> 8));
    }
}

/* Erased up to where it got, then a stretch in between, then old bytes; or in
 * between all over, as a chip erases all cells of a page at once. */
static void mix_page(struct sim_tear *tear, uint8_t *data, uint32_t len_bytes)
{
    uint32_t first = 0;
    uint32_t end = len_bytes;

    if (one_in(&tear->random, 2)) {
        first =
            (uint32_t)((uint64_t)len_bytes * tear->elapsed_ns / tear->total_ns);
        end = first + 1U +
              (uint32_t)sim_random_below(&tear->random, len_bytes - first);
    }
    memset(data, 0xFF, first);
    for (uint32_t at = first; at < end; at++) {
        data[at] = tear->kind == DUO_SIM_CUT_GARBAGE
                       ? (uint8_t)sim_random_next(&tear->random)
                       : torn_erase_byte(&tear->random, data[at]);
    }
}

/* All erased but a few bytes. */
static void leave_bytes(struct sim_tear *tear, uint8_t *data,
                        uint32_t len_bytes)
{
    uint64_t left = 1U + sim_random_below(&tear->random, 32);

    struct {
        uint32_t at;
        uint8_t value;
    } kept[32];

    for (uint64_t index = 0; index < left; index++) {
        uint32_t at = (uint32_t)sim_random_below(&tear->random, len_bytes);
        kept[index].at = at;
        kept[index].value = one_in(&tear->random, 2)
                                ? data[at]
                                : (uint8_t)sim_random_next(&tear->random);
    }
    memset(data, 0xFF, len_bytes);
    for (uint64_t index = 0; index < left; index++) {
        data[kept[index].at] = kept[index].value;
    }
}

/* One unit of an erase. */
static void tear_erase_page(struct sim_tear *tear, uint32_t off_bytes)
{
    struct duo_sim_flash *flash = tear->flash;
    struct duo_sim_flash_state *state = flash->state;
    struct sim_range range = {off_bytes, state->page_bytes};
    uint8_t *data = state->data + range.off_bytes;

    sim_touch(flash, range);
    if (state->word_writes != NULL) {
        /* What a cut erase does to the limit of writes is not specified; an
         * uncounted write is still checked for bits that would rise. */
        memset(state->word_writes + range.off_bytes / SIM_WORD_BYTES, 0,
               range.len_bytes / SIM_WORD_BYTES);
    }
    if (tear->kind != DUO_SIM_CUT_PARTIAL_ERASE) {
        mix_page(tear, data, range.len_bytes);
    } else if (one_in(&tear->random, 2)) {
        leave_bytes(tear, data, range.len_bytes);
    } else {
        memset(data, 0xFF, range.len_bytes);
        sim_weak_erased(flash, range);
        sim_weak_add(flash, range, sim_random_next(&tear->random))->is_erase =
            true;
    }
}

/* A larger erase: the chip works on all of the block at once, or on one unit
 * after the other; which of the two is not published, so both happen. */
static void tear_erase(struct sim_tear *tear)
{
    const struct sim_pending *op = &tear->flash->state->pending;
    uint32_t page_bytes = tear->flash->state->page_bytes;
    uint32_t pages = op->len_bytes / page_bytes;
    uint32_t done = 0;
    uint32_t end = pages;

    if (pages > 1U && one_in(&tear->random, 2)) {
        done = (uint32_t)(tear->elapsed_ns * pages / tear->total_ns);
        end = done + 1U;
    }
    if (done > 0) {
        sim_apply_erase(tear->flash,
                        (struct sim_range){op->off_bytes, done * page_bytes});
    }
    for (uint32_t page = done; page < end; page++) {
        tear_erase_page(tear, op->off_bytes + page * page_bytes);
    }
}

void sim_tear(struct sim_tear *tear)
{
    if (tear->flash->state->pending.kind == DUO_SIM_OP_ERASE) {
        tear_erase(tear);
    } else if (sim_is_internal(tear->flash)) {
        tear_write_internal(tear);
    } else {
        tear_write_ext(tear);
    }
}
