/* SPDX-License-Identifier: MIT */
/* Weak pages, resets, and power that goes without a planned cut. */
#include "sim_test_board.h"

/* Cut the erase of page 1 with PARTIAL_ERASE and power up again. */
static void cut_erase(struct board *board, struct duo_sim_flash *flash,
                      uint64_t seed)
{
    struct duo_sim_cut cut = {1, DUO_SIM_CUT_PARTIAL_ERASE, seed};
    struct duo_area area = whole(flash);
    uint32_t page_bytes = flash->flash.geometry.erase_bytes;

    poke_pattern(flash, 1);
    duo_sim_power_up(&board->world, cut);
    assert_int_equal(duo_area_erase(&area, page_bytes, page_bytes),
                     DUO_ERR_FLASH);
    duo_sim_power_up(&board->world, no_cut());
}

static bool page_1_is_blank(const struct duo_sim_flash *flash)
{
    uint32_t page_bytes = flash->flash.geometry.erase_bytes;
    struct duo_bytes page = {flash->data + page_bytes, page_bytes};
    return duo_bytes_are(page, 0xFF);
}

static void a_weak_page_reads_right_once_and_then_decays(void **state)
{
    unsigned weak = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 120U; seed++) {
        struct board board;
        struct duo_sim_flash *flash;

        board_init(&board);
        flash = board_device(&board, (enum duo_sim_flash_type)(seed % 3U));
        cut_erase(&board, flash, seed);
        if (page_1_is_blank(flash)) {
            weak++;
            duo_sim_reset(&board.world); /* No loss of power. */
            assert_true(page_1_is_blank(flash));
            duo_sim_power_up(&board.world, no_cut());
            assert_false(page_1_is_blank(flash));
            assert_int_equal(flash->state->weak_count, 0);
        }
        board_end(&board);
    }
    assert_in_range(weak, 30, 90);
}

static void a_weak_page_that_is_erased_again_lasts(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60U; seed++) {
        struct board board;
        struct duo_sim_flash *flash;
        struct duo_area area;
        uint32_t page_bytes;

        board_init(&board);
        flash = board_device(&board, (enum duo_sim_flash_type)(seed % 3U));
        area = whole(flash);
        page_bytes = flash->flash.geometry.erase_bytes;
        cut_erase(&board, flash, seed);
        assert_int_equal(duo_area_erase(&area, page_bytes, page_bytes), DUO_OK);
        for (unsigned count = 0; count < 4U; count++) {
            duo_sim_power_up(&board.world, no_cut());
            assert_true(page_1_is_blank(flash));
        }
        board_end(&board);
    }
}

static void programming_a_weakly_erased_page_does_not_save_it(void **state)
{
    unsigned spoiled = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 40U; seed++) {
        struct board board;
        struct duo_area area;
        uint8_t src[4096];

        board_init(&board);
        area = whole(board.app);
        cut_erase(&board, board.app, seed);
        if (page_1_is_blank(board.app)) {
            fill(src, sizeof(src), 4);
            assert_int_equal(duo_area_write(&area, 4096, src, 4096), DUO_OK);
            assert_memory_equal(board.app->data + 4096, src, 4096);
            duo_sim_power_up(&board.world, no_cut());
            assert_memory_not_equal(board.app->data + 4096, src, 4096);
            spoiled++;
        }
        board_end(&board);
    }
    assert_in_range(spoiled, 8, 32);
}

/* Cut the program of one word, weakly; see what stays of it. */
static void cut_word(struct board *board, struct duo_sim_flash *flash,
                     uint64_t seed)
{
    static const uint8_t mark[4] = {0x12, 0x34, 0x56, 0x78};
    struct duo_sim_cut cut = {1, DUO_SIM_CUT_PARTIAL_ERASE, seed};
    struct duo_area area = whole(flash);

    duo_sim_power_up(&board->world, cut);
    assert_int_equal(duo_area_write(&area, 64, mark, 4), DUO_ERR_FLASH);
    duo_sim_power_up(&board->world, no_cut());
    assert_int_equal(duo_load_le32(flash->data + 64), 0x78563412);
}

static void a_weak_word_reads_right_once_and_then_decays(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60U; seed++) {
        struct board board;
        struct duo_sim_flash *flash;
        uint32_t word;

        board_init(&board);
        flash = board_device(&board, (enum duo_sim_flash_type)(seed % 3U));
        cut_word(&board, flash, seed);
        duo_sim_power_up(&board.world, no_cut());
        word = duo_load_le32(flash->data + 64);
        assert_int_not_equal(word, 0x78563412);
        assert_int_equal(word & 0x78563412, 0x78563412); /* Bits only rose. */
        board_end(&board);
    }
}

static void a_weak_word_that_is_programmed_again_lasts(void **state)
{
    static const uint8_t mark[4] = {0x12, 0x34, 0x56, 0x78};

    (void)state;
    for (uint64_t seed = 0; seed < 30U; seed++) {
        struct board board;
        struct duo_sim_flash *flash;
        struct duo_area area;

        board_init(&board);
        flash = board_device(&board, (enum duo_sim_flash_type)(seed % 3U));
        area = whole(flash);
        cut_word(&board, flash, seed);
        assert_int_equal(duo_area_write(&area, 64, mark, 4), DUO_OK);
        for (unsigned count = 0; count < 3U; count++) {
            duo_sim_power_up(&board.world, no_cut());
            assert_memory_equal(flash->data + 64, mark, 4);
        }
        assert_int_equal(board.violations, 0);
        board_end(&board);
    }
}

static void programming_half_a_weak_page_saves_that_half(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30U; seed++) {
        struct duo_sim_cut cut = {1, DUO_SIM_CUT_PARTIAL_ERASE, seed};
        struct board board;
        struct duo_area area;
        uint8_t src[256];

        board_init(&board);
        area = whole(board.ext);
        fill(src, sizeof(src), seed);
        duo_sim_power_up(&board.world, cut);
        assert_int_equal(duo_area_write(&area, 512, src, 256), DUO_ERR_FLASH);
        duo_sim_power_up(&board.world, no_cut());
        assert_memory_equal(board.ext->data + 512, src, 256);
        assert_int_equal(duo_area_write(&area, 512, src, 128), DUO_OK);
        duo_sim_power_up(&board.world, no_cut());
        assert_memory_equal(board.ext->data + 512, src, 128);
        assert_memory_not_equal(board.ext->data + 640, src + 128, 128);
        board_end(&board);
    }
}

static void a_reset_leaves_the_external_chip_working(void **state)
{
    struct board board;
    struct duo_area app, ext;

    (void)state;
    board_init(&board);
    app = whole(board.app);
    ext = whole(board.ext);
    poke_pattern(board.ext, 1);
    poke_pattern(board.app, 2);
    board.ext->high_performance = true;
    assert_int_equal(duo_area_start_erase(&ext, 0), DUO_OK);
    duo_sim_spend(&board.world, DUO_CORE_APP, 1000U);
    duo_sim_reset(&board.world);
    assert_int_equal(board.world.boot_ns, 1000U);
    assert_true(board.ext->high_performance);
    assert_true(duo_sim_is_busy(board.ext));
    assert_int_equal(ext.flash->ops->poll(ext.flash), DUO_ERR_BUSY);
    assert_int_equal(duo_flash_wait(ext.flash), DUO_OK);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], 40000000U);
    /* An internal erase ends before the next boot begins. */
    assert_int_equal(duo_area_start_erase(&app, 0), DUO_OK);
    duo_sim_reset(&board.world);
    assert_false(duo_sim_is_busy(board.app));
    assert_int_equal(board.app->data[0], 0xFF);
    assert_int_equal(board.world.boot_ns, 40000000U + 87500000U);
    assert_int_equal(board.world.op_count, 2);
    board_end(&board);
}

static void a_reset_does_not_escape_a_cut(void **state)
{
    struct board board;
    struct duo_area app;
    struct duo_sim_cut cut = {1, DUO_SIM_CUT_TORN, 9};

    (void)state;
    board_init(&board);
    app = whole(board.app);
    poke_pattern(board.app, 2);
    duo_sim_power_up(&board.world, cut);
    assert_int_equal(duo_area_start_erase(&app, 0), DUO_OK);
    duo_sim_reset(&board.world);
    assert_true(board.world.dead);
    board_end(&board);
}

static void power_off_keeps_what_ended_and_tears_what_had_not(void **state)
{
    struct board board;
    struct duo_area app, ext;
    struct duo_bytes app_page, ext_page;

    (void)state;
    board_init(&board);
    app = whole(board.app);
    ext = whole(board.ext);
    poke_pattern(board.ext, 1);
    poke_pattern(board.app, 2);
    board.ext->high_performance = true;
    assert_int_equal(duo_area_start_erase(&ext, 0), DUO_OK);
    assert_int_equal(duo_area_start_erase(&app, 0), DUO_OK);
    duo_sim_spend(&board.world, DUO_CORE_APP, 50000000U);
    duo_sim_power_up(&board.world, no_cut());
    app_page = (struct duo_bytes){board.app->data, 4096};
    ext_page = (struct duo_bytes){board.ext->data, 4096};
    assert_true(duo_bytes_are(ext_page, 0xFF));
    assert_false(duo_bytes_are(app_page, 0xFF) &&
                 board.app->state->weak_count == 0);
    assert_false(duo_sim_is_busy(board.app));
    assert_false(board.ext->high_performance);
    assert_int_equal(board.world.op_count, 0);
    assert_int_equal(board.world.boot_ns, 50000000U + SIM_POWER_OFF_NS);
    board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weak_page_reads_right_once_and_then_decays),
        cmocka_unit_test(a_weak_page_that_is_erased_again_lasts),
        cmocka_unit_test(programming_a_weakly_erased_page_does_not_save_it),
        cmocka_unit_test(a_weak_word_reads_right_once_and_then_decays),
        cmocka_unit_test(a_weak_word_that_is_programmed_again_lasts),
        cmocka_unit_test(programming_half_a_weak_page_saves_that_half),
        cmocka_unit_test(a_reset_leaves_the_external_chip_working),
        cmocka_unit_test(a_reset_does_not_escape_a_cut),
        cmocka_unit_test(power_off_keeps_what_ended_and_tears_what_had_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
