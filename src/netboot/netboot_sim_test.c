/* SPDX-License-Identifier: MIT */
/* Both ends on the simulated flashes and their real times: what the mailbox
 * costs, that it works beside the external flash, and that a power cut in the
 * network flash ends as a device that failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "crypto_openssl.h"
#include "duo/mailbox.h"
#include "sim.h"

#define NET_BYTES   (256U * 1024U)
#define NET_ADDR    0x01000000U
#define SLOT_OFF    0x4000U
#define SLOT_BYTES  (NET_BYTES - SLOT_OFF)
#define PAGE_NS     109516000U /* 87.5 ms erase, 512 words of 43 us. */
#define PIECE_BYTES (2U * DUO_MAILBOX_PAGE_BYTES)

struct board {
    struct duo_sim_world world;
    struct duo_sim_flash *net;
    struct duo_crypto *openssl;
    struct duo_sim_crypto crypto;
    uint32_t mem[DUO_MAILBOX_BYTES / 4U];
    struct duo_trust trust;
    _Alignas(4) uint8_t work[1024];
    struct duo_netboot netboot;
    struct duo_mailbox_client client;
    struct client_clock {
        struct duo_clock clock; /* First. */
        struct duo_sim_world *world;
    } client_clock;
};

/* Time stands still in a dead world, and waiting would never end: there, all
 * time has passed. */
static uint64_t client_now(const struct duo_clock *clock)
{
    const struct client_clock *self = (const void *)clock;

    return self->world->dead
               ? UINT64_MAX
               : self->world->app_clock.now_us(&self->world->app_clock);
}

static bool net_step(void *ctx)
{
    struct board *board = ctx;
    return duo_netboot_step(&board->netboot);
}

static void app_idle(void *ctx)
{
    struct board *board = ctx;
    duo_sim_idle(&board->world, 1000000);
}

static void protect(void *ctx)
{
    (void)ctx; /* The simulation checks the range of each operation. */
}

static void open_board(struct board *board, struct duo_sim_cut cut)
{
    const struct duo_mailbox_client_config client_config = {
        .mem = board->mem,
        .clock = &board->client_clock.clock,
        .idle = app_idle,
        .ctx = board,
    };
    struct duo_netboot_config config = {
        .mem = board->mem,
        .trust = &board->trust,
        .protect = protect,
        .work = board->work,
        .work_bytes = sizeof(board->work),
    };

    memset(board, 0, sizeof(*board));
    board->client_clock = (struct client_clock){{client_now}, &board->world};
    duo_sim_world_init(&board->world);
    board->net = duo_sim_flash_create(&board->world, DUO_SIM_FLASH_NET,
                                      NET_BYTES, NET_ADDR);
    board->openssl = duo_crypto_openssl_create();
    duo_sim_crypto_init(&board->crypto, &board->world, DUO_CORE_NET,
                        board->openssl);
    config.slot = (struct duo_area){&board->net->flash, SLOT_OFF, SLOT_BYTES};
    config.crypto = &board->crypto.crypto;
    config.clock = &board->world.net_clock;
    duo_sim_power_up(&board->world, cut);
    duo_mailbox_client_init(&board->client, &client_config);
    duo_mailbox_request_session(&board->client, 1);
    duo_netboot_init(&board->netboot, &config);
    board->world.net_ctx = board;
    board->world.net_step = net_step;
}

static void close_board(struct board *board)
{
    duo_sim_crypto_destroy(&board->crypto);
    duo_crypto_openssl_destroy(board->openssl);
    duo_sim_flash_destroy(board->net);
}

static struct duo_area slot_of(struct board *board)
{
    return (struct duo_area){&board->client.flash, 0, SLOT_BYTES};
}

static void fill(uint8_t *data, uint32_t seed)
{
    for (uint32_t i = 0; i < PIECE_BYTES; i++) {
        data[i] = (uint8_t)(seed + i * 31U + (i >> 7));
    }
}

/* 4 KB are two pages: 219.03 ms of the flash itself, one hundredth of that
 * for everything that the mailbox adds. */
static void a_piece_costs_at_most_one_percent_over_its_flash(void **state)
{
    static uint8_t data[PIECE_BYTES];
    static uint8_t back[PIECE_BYTES];
    struct board *board = *state;
    struct duo_area area = slot_of(board);

    open_board(board, (struct duo_sim_cut){0, DUO_SIM_CUT_BEFORE, 0});
    assert_int_equal(duo_mailbox_open(&board->client), DUO_OK);
    for (uint32_t piece = 0; piece < 8; piece++) {
        uint64_t begin_ns = board->world.core_ns[DUO_CORE_APP];
        uint64_t took_ns;

        fill(data, piece);
        assert_int_equal(
            duo_area_erase(&area, piece * PIECE_BYTES, PIECE_BYTES), DUO_OK);
        assert_int_equal(
            duo_area_write(&area, piece * PIECE_BYTES, data, PIECE_BYTES),
            DUO_OK);
        took_ns = board->world.core_ns[DUO_CORE_APP] - begin_ns;
        if (piece == 0) {
            printf("4 KB erase and write: %.3f ms\n", (double)took_ns / 1e6);
        }
        assert_in_range(took_ns, 2U * (PAGE_NS / 100U * 99U),
                        2U * (PAGE_NS / 100U * 101U));
        assert_int_equal(
            duo_area_read(&area, piece * PIECE_BYTES, back, PIECE_BYTES),
            DUO_OK);
        assert_memory_equal(data, back, PIECE_BYTES);
    }
    assert_int_equal(board->client.fault, DUO_REASON_NONE);
    close_board(board);
}

/* The application core may do other things for milliseconds; as long as it
 * comes back within a page's time, the network flash is never idle. */
static void a_busy_application_core_costs_nothing_inside_a_piece(void **state)
{
    static uint8_t data[PIECE_BYTES];
    struct board *board = *state;
    struct duo_flash *flash = &board->client.flash;
    uint64_t begin_ns;

    open_board(board, (struct duo_sim_cut){0, DUO_SIM_CUT_BEFORE, 0});
    assert_int_equal(duo_mailbox_open(&board->client), DUO_OK);
    fill(data, 1);
    begin_ns = board->world.core_ns[DUO_CORE_APP];
    assert_int_equal(flash->ops->start_write(flash, 0, data, PIECE_BYTES),
                     DUO_OK);
    while (flash->ops->poll(flash) == DUO_ERR_BUSY) {
        duo_sim_spend(&board->world, DUO_CORE_APP, 11000000);
    }
    assert_int_equal(board->client.fault, DUO_REASON_NONE);
    /* 44.03 ms of words; polled every 11 ms, it is seen at 55 ms. */
    assert_true(board->world.core_ns[DUO_CORE_APP] - begin_ns <= 55000000U);
    close_board(board);
}

static void a_power_cut_in_the_network_flash_fails_the_device(void **state)
{
    static uint8_t data[PIECE_BYTES];
    struct board *board = *state;

    for (uint64_t op = 1; op <= 4; op++) {
        for (unsigned kind = 0; kind < DUO_SIM_CUT_KIND_COUNT; kind++) {
            struct duo_area area;
            enum duo_err err;

            open_board(board, (struct duo_sim_cut){
                                  op, (enum duo_sim_cut_kind)kind, 7});
            area = slot_of(board);
            assert_int_equal(duo_mailbox_open(&board->client), DUO_OK);
            err = duo_area_erase(&area, 0, PIECE_BYTES);
            if (err == DUO_OK) {
                err = duo_area_write(&area, 0, data, PIECE_BYTES);
            }
            assert_true(board->world.dead);
            assert_true(err == DUO_ERR_FLASH || err == DUO_ERR_TIMEOUT);
            assert_int_not_equal(board->client.fault, DUO_REASON_NONE);
            close_board(board);
        }
    }
}

/* The whole slot, as an install does it: its time is that of its pages. */
static void a_whole_slot_takes_the_time_of_its_pages(void **state)
{
    static uint8_t data[PIECE_BYTES];
    struct board *board = *state;
    struct duo_area area = slot_of(board);
    uint64_t begin_ns;
    uint64_t took_ns;

    open_board(board, (struct duo_sim_cut){0, DUO_SIM_CUT_BEFORE, 0});
    assert_int_equal(duo_mailbox_open(&board->client), DUO_OK);
    fill(data, 3);
    begin_ns = board->world.core_ns[DUO_CORE_APP];
    for (uint32_t off = 0; off < SLOT_BYTES; off += PIECE_BYTES) {
        assert_int_equal(duo_area_erase(&area, off, PIECE_BYTES), DUO_OK);
        assert_int_equal(duo_area_write(&area, off, data, PIECE_BYTES), DUO_OK);
    }
    took_ns = board->world.core_ns[DUO_CORE_APP] - begin_ns;
    printf("240 KB erase and write: %.3f s\n", (double)took_ns / 1e9);
    assert_true(took_ns <= 120U * (uint64_t)(PAGE_NS / 100U * 101U));
    /* Every page once [P10]. */
    assert_int_equal(board->net->stats.erases, 120);
    close_board(board);
}

int main(void)
{
    static struct board board;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(
            a_piece_costs_at_most_one_percent_over_its_flash, &board),
        cmocka_unit_test_prestate(
            a_busy_application_core_costs_nothing_inside_a_piece, &board),
        cmocka_unit_test_prestate(
            a_power_cut_in_the_network_flash_fails_the_device, &board),
        cmocka_unit_test_prestate(a_whole_slot_takes_the_time_of_its_pages,
                                  &board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
