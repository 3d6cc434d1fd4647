/* SPDX-License-Identifier: MIT */
/* The board that the simulation's own tests share. Included by one test file
 * each, so everything is static inline. */
#ifndef DUO_SIM_TEST_BOARD_H
#define DUO_SIM_TEST_BOARD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim_internal.h"

#define APP_BYTES 32768U
#define NET_BYTES 16384U
#define EXT_BYTES 65536U

struct board {
    struct duo_sim_world world; /* First: on_violation finds the board. */
    struct duo_sim_flash *app;
    struct duo_sim_flash *net;
    struct duo_sim_flash *ext;
    unsigned violations;
    char violation[256];
};

static inline void record_violation(struct duo_sim_world *world,
                                    const char *text)
{
    struct board *board = (struct board *)(void *)world;

    board->violations++;
    (void)strncpy(board->violation, text, sizeof(board->violation) - 1U);
}

static inline void board_init(struct board *board)
{
    memset(board, 0, sizeof(*board));
    duo_sim_world_init(&board->world);
    board->world.on_violation = record_violation;
    board->app =
        duo_sim_flash_create(&board->world, DUO_SIM_FLASH_APP, APP_BYTES, 0);
    board->net = duo_sim_flash_create(&board->world, DUO_SIM_FLASH_NET,
                                      NET_BYTES, 0x01000000U);
    board->ext =
        duo_sim_flash_create(&board->world, DUO_SIM_FLASH_EXT, EXT_BYTES, 0);
}

static inline void board_end(struct board *board)
{
    duo_sim_flash_destroy(board->app);
    duo_sim_flash_destroy(board->net);
    duo_sim_flash_destroy(board->ext);
}

static inline struct duo_sim_flash *board_device(const struct board *board,
                                                 enum duo_sim_flash_type type)
{
    struct duo_sim_flash *const devices[] = {board->app, board->net,
                                             board->ext};
    return devices[type];
}

static inline struct duo_area whole(struct duo_sim_flash *flash)
{
    struct duo_area area = {&flash->flash, 0, flash->flash.geometry.size_bytes};
    return area;
}

/* Bytes that differ from page to page and are never all ones as a word. */
static inline void fill(uint8_t *dst, size_t len_bytes, uint64_t seed)
{
    struct sim_random random = sim_random_stream(seed, 99);

    for (size_t at = 0; at < len_bytes; at++) {
        dst[at] = (uint8_t)sim_random_next(&random);
    }
    for (size_t at = 0; at < len_bytes; at += SIM_WORD_BYTES) {
        dst[at] &= 0x7F;
    }
}

static inline void poke_pattern(struct duo_sim_flash *flash, uint64_t seed)
{
    uint32_t size_bytes = flash->flash.geometry.size_bytes;
    uint8_t *pattern = sim_alloc(size_bytes);
    struct duo_bytes bytes = {pattern, size_bytes};

    fill(pattern, size_bytes, seed);
    duo_sim_poke(flash, 0, bytes);
    free(pattern);
}

static inline uint32_t content_crc(const struct board *board)
{
    uint32_t crc = 0;

    for (unsigned index = 0; index < board->world.device_count; index++) {
        const struct duo_sim_flash *flash = board->world.devices[index];
        struct duo_bytes bytes = {flash->data,
                                  flash->flash.geometry.size_bytes};
        crc = duo_crc32(crc, bytes);
    }
    return crc;
}

static inline struct duo_sim_cut no_cut(void)
{
    struct duo_sim_cut cut = {0, DUO_SIM_CUT_BEFORE, 0};
    return cut;
}

#endif
