/* SPDX-License-Identifier: MIT */
/* What a whole operation does to a simulated flash's content. */
#include <string.h>

#include "sim_internal.h"

void sim_touch(struct duo_sim_flash *flash, struct sim_range range)
{
    struct duo_sim_flash_state *state = flash->state;
    uint32_t page, last;

    if (range.len_bytes == 0) {
        return;
    }
    if (flash->on_change != NULL) {
        flash->on_change(flash->on_change_ctx, range.off_bytes,
                         range.len_bytes);
    }
    last = (range.off_bytes + range.len_bytes - 1U) / state->page_bytes;
    for (page = range.off_bytes / state->page_bytes; page <= last; page++) {
        if (state->clean[page] != NULL) {
            sim_page_release(state->clean[page]);
            state->clean[page] = NULL;
        }
    }
}

uint32_t sim_words_to_write(const uint8_t *src, uint32_t len_bytes)
{
    uint32_t count = 0;

    for (uint32_t at = 0; at < len_bytes; at += SIM_WORD_BYTES) {
        uint32_t word;
        memcpy(&word, src + at, sizeof(word));
        count += word != UINT32_MAX;
    }
    return count;
}

static void and_words(uint8_t *data, const uint8_t *src, uint32_t len_bytes)
{
    for (uint32_t at = 0; at + SIM_WORD_BYTES <= len_bytes;
         at += SIM_WORD_BYTES) {
        uint32_t word, present;
        memcpy(&word, src + at, sizeof(word));
        memcpy(&present, data + at, sizeof(present));
        present &= word;
        memcpy(data + at, &present, sizeof(present));
    }
    /* The torn part of a page program may end anywhere. */
    for (uint32_t at = len_bytes & ~(SIM_WORD_BYTES - 1U); at < len_bytes;
         at++) {
        data[at] &= src[at];
    }
}

static void count_words(uint8_t *writes, const uint8_t *src, uint32_t words)
{
    for (uint32_t at = 0; at < words; at++) {
        uint32_t word;
        memcpy(&word, src + (size_t)at * SIM_WORD_BYTES, sizeof(word));
        writes[at] = (uint8_t)(writes[at] + (word != UINT32_MAX));
    }
}

void sim_apply_write(struct duo_sim_flash *flash, struct sim_range range,
                     const uint8_t *src)
{
    struct duo_sim_flash_state *state = flash->state;

    if (range.len_bytes == 0) {
        return;
    }
    sim_touch(flash, range);
    and_words(state->data + range.off_bytes, src, range.len_bytes);
    if (state->word_writes != NULL) {
        count_words(state->word_writes + range.off_bytes / SIM_WORD_BYTES, src,
                    range.len_bytes / SIM_WORD_BYTES);
    }
    sim_weak_programmed(flash, range, src);
}

void sim_apply_erase(struct duo_sim_flash *flash, struct sim_range range)
{
    struct duo_sim_flash_state *state = flash->state;

    sim_touch(flash, range);
    memset(state->data + range.off_bytes, 0xFF, range.len_bytes);
    if (state->word_writes != NULL) {
        memset(state->word_writes + range.off_bytes / SIM_WORD_BYTES, 0,
               range.len_bytes / SIM_WORD_BYTES);
    }
    sim_weak_erased(flash, range);
}

static void count_poked_words(struct duo_sim_flash_state *state,
                              struct sim_range range)
{
    uint32_t end = range.off_bytes + range.len_bytes;

    for (uint32_t at = range.off_bytes & ~(SIM_WORD_BYTES - 1U); at < end;
         at += SIM_WORD_BYTES) {
        uint32_t word;
        memcpy(&word, state->data + at, sizeof(word));
        state->word_writes[at / SIM_WORD_BYTES] = word != UINT32_MAX;
    }
}

void duo_sim_poke(struct duo_sim_flash *flash, uint32_t off_bytes,
                  struct duo_bytes bytes)
{
    struct duo_sim_flash_state *state = flash->state;
    uint32_t size_bytes = flash->flash.geometry.size_bytes;
    struct sim_range range = {off_bytes, (uint32_t)bytes.len_bytes};

    if (off_bytes > size_bytes || bytes.len_bytes > size_bytes - off_bytes) {
        sim_world_violation(flash->world, "%s: poke outside the device at 0x%x",
                            flash->flash.name, (unsigned)off_bytes);
        return;
    }
    if (range.len_bytes == 0) {
        return;
    }
    sim_flash_settle(flash, sim_flash_now_ns(flash));
    sim_touch(flash, range);
    memcpy(state->data + off_bytes, bytes.data, bytes.len_bytes);
    if (state->word_writes != NULL) {
        count_poked_words(state, range);
    }
    sim_weak_erased(flash, range);
}
