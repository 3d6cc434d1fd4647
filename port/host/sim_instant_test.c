/* SPDX-License-Identifier: MIT */
/* What the virtual board asks of the simulated flashes: cuts at an instant,
 * larger erases, operations with a time of their own, news of changes. */
#include "sim_test_board.h"

#define SEEDS 200U

static enum duo_err start_erase(struct duo_sim_flash *flash, uint32_t off_bytes,
                                uint32_t len_bytes)
{
    struct duo_sim_start start = {.kind = DUO_SIM_OP_ERASE,
                                  .off_bytes = off_bytes,
                                  .len_bytes = len_bytes};

    return duo_sim_start(flash, &start);
}

static void move_to(struct board *board, uint64_t ns)
{
    board->world.core_ns[DUO_CORE_APP] = ns;
    board->world.core_ns[DUO_CORE_NET] = ns;
}

static void larger_erases_take_the_chips_times(void **state)
{
    static const struct {
        enum duo_sim_flash_type type;
        bool high_performance;
        uint32_t len_bytes;
        uint64_t ns;
    } rows[] = {
        {DUO_SIM_FLASH_EXT, false, 4096,      58000000 },
        {DUO_SIM_FLASH_EXT, true,  4096,      40000000 },
        {DUO_SIM_FLASH_EXT, false, 65536,     800000000},
        {DUO_SIM_FLASH_EXT, true,  65536,     480000000},
        {DUO_SIM_FLASH_APP, false, 4096,      87500000 },
        {DUO_SIM_FLASH_APP, false, APP_BYTES, 173000000},
    };

    (void)state;
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        struct board board;
        struct duo_sim_flash *flash;

        board_init(&board);
        flash = board_device(&board, rows[row].type);
        flash->high_performance = rows[row].high_performance;
        poke_pattern(flash, row);
        assert_int_equal(start_erase(flash, 0, rows[row].len_bytes), DUO_OK);
        assert_int_equal(duo_sim_end_ns(flash), rows[row].ns);
        move_to(&board, rows[row].ns - 1U);
        assert_int_equal(flash->flash.ops->poll(&flash->flash), DUO_ERR_BUSY);
        move_to(&board, rows[row].ns);
        assert_int_equal(flash->flash.ops->poll(&flash->flash), DUO_OK);
        assert_true(duo_bytes_are(
            (struct duo_bytes){flash->data, rows[row].len_bytes}, 0xFF));
        assert_int_equal(duo_sim_end_ns(flash), UINT64_MAX);
        assert_int_equal(flash->stats.erases,
                         rows[row].len_bytes /
                             flash->flash.geometry.erase_bytes);
        board_end(&board);
    }
}

static void a_write_keeps_its_bytes_and_its_own_time(void **state)
{
    struct board board;
    uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct duo_sim_start start = {.kind = DUO_SIM_OP_WRITE,
                                  .off_bytes = 16,
                                  .len_bytes = sizeof(bytes),
                                  .src = bytes,
                                  .ns = 5000};

    (void)state;
    board_init(&board);
    assert_int_equal(duo_sim_start(board.app, &start), DUO_OK);
    memset(bytes, 0, sizeof(bytes));
    move_to(&board, 5000);
    assert_int_equal(board.app->flash.ops->poll(&board.app->flash), DUO_OK);
    assert_int_equal(board.app->data[16], 1);
    assert_int_equal(board.app->data[23], 8);
    assert_int_equal(board.app->stats.words_written, 2);
    assert_int_equal(board.violations, 0);
    board_end(&board);
}

static void larger_erases_obey_the_rules(void **state)
{
    struct board board;

    (void)state;
    board_init(&board);
    assert_int_equal(start_erase(board.ext, 4096, 4097), DUO_ERR_FLASH);
    assert_int_equal(start_erase(board.ext, 1, 4096), DUO_ERR_FLASH);
    assert_int_equal(start_erase(board.ext, 0, 0), DUO_ERR_FLASH);
    assert_int_equal(start_erase(board.ext, 4096, EXT_BYTES), DUO_ERR_FLASH);
    assert_int_equal(board.violations, 4);
    assert_int_equal(board.world.op_count, 0);
    board_end(&board);
}

/* Bytes of a sector that are neither erased nor as before. */
static unsigned changed_sectors(const struct board *board, const uint8_t *old)
{
    unsigned changed = 0;

    for (uint32_t at = 0; at < EXT_BYTES; at += 4096U) {
        changed += memcmp(board->ext->data + at, old + at, 4096) != 0;
    }
    return changed;
}

/* Half an erase of a block leaves some sectors whole in some draws and all
 * torn in others, and never anything outside of it. */
static void a_torn_block_is_torn_by_sectors(void **state)
{
    unsigned partly = 0;
    unsigned wholly = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct board board;
        struct duo_sim_instant cut = {240000000, DUO_SIM_CUT_TORN, seed};
        uint8_t old[EXT_BYTES];
        unsigned changed;

        board_init(&board);
        poke_pattern(board.ext, seed);
        memcpy(old, board.ext->data, EXT_BYTES);
        board.ext->high_performance = true;
        assert_int_equal(start_erase(board.ext, 0, EXT_BYTES / 2U), DUO_OK);
        /* 8 sectors one by one: 320 ms; three quarters are done. */
        duo_sim_cut_at(&board.world, &cut);
        assert_true(board.world.dead);
        changed = changed_sectors(&board, old);
        assert_true(changed <= 8U);
        assert_memory_equal(board.ext->data + EXT_BYTES / 2U,
                            old + EXT_BYTES / 2U, EXT_BYTES / 2U);
        partly += changed == 7U &&
                  duo_bytes_are((struct duo_bytes){board.ext->data, 4096U * 6U},
                                0xFF);
        wholly += changed == 8U;
        board_end(&board);
    }
    assert_true(partly > SEEDS / 4U);
    assert_true(wholly > SEEDS / 4U);
}

static void an_instant_undoes_what_began_at_it(void **state)
{
    struct board board;
    struct duo_sim_instant cut = {1000, DUO_SIM_CUT_BEFORE, 1};
    uint32_t before;

    (void)state;
    board_init(&board);
    poke_pattern(board.app, 1);
    poke_pattern(board.net, 2);
    before = content_crc(&board);
    move_to(&board, 1000);
    assert_int_equal(start_erase(board.app, 0, 4096), DUO_OK);
    move_to(&board, 1500); /* The emulated core had run a little ahead. */
    assert_int_equal(start_erase(board.net, 0, 2048), DUO_OK);
    duo_sim_cut_at(&board.world, &cut);
    assert_int_equal(content_crc(&board), before);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], 1000);
    assert_int_equal(board.world.core_ns[DUO_CORE_NET], 1000);
    duo_sim_power_up(&board.world, no_cut());
    assert_false(board.world.dead);
    assert_false(duo_sim_is_busy(board.app));
    board_end(&board);
}

/* The kind of a cut at an instant hits every operation under way. */
static void a_weak_erase_at_an_instant_decays(void **state)
{
    unsigned weak = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct board board;
        struct duo_sim_instant cut = {50000000, DUO_SIM_CUT_PARTIAL_ERASE,
                                      seed};
        struct duo_bytes app, net;

        board_init(&board);
        poke_pattern(board.app, seed);
        poke_pattern(board.net, seed + 1U);
        assert_int_equal(start_erase(board.app, 0, 4096), DUO_OK);
        assert_int_equal(start_erase(board.net, 0, 2048), DUO_OK);
        duo_sim_cut_at(&board.world, &cut);
        app = (struct duo_bytes){board.app->data, 4096};
        net = (struct duo_bytes){board.net->data, 2048};
        duo_sim_power_up(&board.world, no_cut());
        if (duo_bytes_are(app, 0xFF) && duo_bytes_are(net, 0xFF)) {
            weak++;
            duo_sim_power_up(&board.world, no_cut());
            assert_false(duo_bytes_are(app, 0xFF));
            assert_false(duo_bytes_are(net, 0xFF));
        }
        board_end(&board);
    }
    assert_true(weak > SEEDS / 8U);
}

static void a_device_alone_can_be_torn(void **state)
{
    struct board board;
    struct duo_sim_instant now = {40000000, DUO_SIM_CUT_TORN, 3};

    (void)state;
    board_init(&board);
    poke_pattern(board.app, 1);
    poke_pattern(board.net, 2);
    assert_int_equal(start_erase(board.app, 0, 4096), DUO_OK);
    assert_int_equal(start_erase(board.net, 0, 2048), DUO_OK);
    move_to(&board, 40000000);
    duo_sim_tear(board.net, &now);
    assert_false(board.world.dead);
    assert_false(duo_sim_is_busy(board.net));
    assert_false(
        duo_bytes_are((struct duo_bytes){board.net->data, 2048}, 0xFF));
    move_to(&board, 87500000);
    assert_int_equal(board.app->flash.ops->poll(&board.app->flash), DUO_OK);
    assert_true(duo_bytes_are((struct duo_bytes){board.app->data, 4096}, 0xFF));
    board_end(&board);
}

struct seen {
    uint32_t first;
    uint32_t end;
    unsigned count;
};

static void see(void *ctx, uint32_t off_bytes, uint32_t len_bytes)
{
    struct seen *seen = ctx;

    seen->count++;
    seen->first = off_bytes < seen->first ? off_bytes : seen->first;
    seen->end =
        off_bytes + len_bytes > seen->end ? off_bytes + len_bytes : seen->end;
}

static void every_change_is_told(void **state)
{
    struct board board;
    struct seen seen = {UINT32_MAX, 0, 0};
    struct duo_sim_snapshot *snapshot;
    uint32_t word = 0;

    (void)state;
    board_init(&board);
    poke_pattern(board.app, 1);
    snapshot = duo_sim_snapshot_take(&board.world);
    board.app->on_change = see;
    board.app->on_change_ctx = &seen;
    assert_int_equal(start_erase(board.app, 8192, 4096), DUO_OK);
    assert_int_equal(seen.count, 0);
    move_to(&board, 87500000);
    assert_int_equal(board.app->flash.ops->poll(&board.app->flash), DUO_OK);
    assert_int_equal(seen.first, 8192);
    assert_int_equal(seen.end, 12288);
    seen = (struct seen){UINT32_MAX, 0, 0};
    duo_sim_poke(board.app, 100,
                 (struct duo_bytes){(const uint8_t *)&word, sizeof(word)});
    assert_int_equal(seen.first, 100);
    assert_int_equal(seen.end, 104);
    seen = (struct seen){UINT32_MAX, 0, 0};
    duo_sim_snapshot_restore(&board.world, snapshot);
    assert_int_equal(seen.count, 2); /* The poked page and the erased one. */
    assert_int_equal(seen.first, 0);
    assert_int_equal(seen.end, 12288);
    duo_sim_snapshot_free(snapshot);
    board_end(&board);
}

static void content_is_aligned_to_host_pages(void **state)
{
    struct board board;

    (void)state;
    board_init(&board);
    for (unsigned index = 0; index < board.world.device_count; index++) {
        assert_int_equal((uintptr_t)board.world.devices[index]->data % 4096U,
                         0);
    }
    board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(larger_erases_take_the_chips_times),
        cmocka_unit_test(a_write_keeps_its_bytes_and_its_own_time),
        cmocka_unit_test(larger_erases_obey_the_rules),
        cmocka_unit_test(a_torn_block_is_torn_by_sectors),
        cmocka_unit_test(an_instant_undoes_what_began_at_it),
        cmocka_unit_test(a_weak_erase_at_an_instant_decays),
        cmocka_unit_test(a_device_alone_can_be_torn),
        cmocka_unit_test(every_change_is_told),
        cmocka_unit_test(content_is_aligned_to_host_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
