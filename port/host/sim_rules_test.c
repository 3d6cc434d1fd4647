/* SPDX-License-Identifier: MIT */
/* What flash memory allows, and that breaking a rule is noticed. */
#include "sim_test_board.h"

static enum duo_err write_u32(struct duo_sim_flash *flash, uint32_t off_bytes,
                              uint32_t value)
{
    struct duo_area area = whole(flash);
    uint8_t raw[4];

    duo_store_le32(raw, value);
    return duo_area_write(&area, off_bytes, raw, sizeof(raw));
}

static uint32_t read_u32(struct duo_sim_flash *flash, uint32_t off_bytes)
{
    struct duo_area area = whole(flash);
    uint8_t raw[4] = {0};

    assert_int_equal(duo_area_read(&area, off_bytes, raw, sizeof(raw)), DUO_OK);
    return duo_load_le32(raw);
}

static void programming_only_clears_bits(void **state)
{
    struct board board;

    (void)state;
    board_init(&board);
    for (unsigned type = 0; type < 3U; type++) {
        struct duo_sim_flash *flash =
            board_device(&board, (enum duo_sim_flash_type)type);
        assert_int_equal(read_u32(flash, 8), 0xFFFFFFFF);
        assert_int_equal(write_u32(flash, 8, 0xFFF0FFFF), DUO_OK);
        assert_int_equal(write_u32(flash, 8, 0x0000FFF0), DUO_OK);
        assert_int_equal(read_u32(flash, 8), 0x0000FFF0);
        assert_int_equal(read_u32(flash, 4), 0xFFFFFFFF);
        assert_int_equal(read_u32(flash, 12), 0xFFFFFFFF);
        assert_int_equal(board.violations, 0);
        /* A bit that would have to rise is the caller's mistake. */
        assert_int_equal(write_u32(flash, 8, 0x0000FFF1), DUO_ERR_FLASH);
        assert_int_equal(board.violations, 1);
        assert_non_null(strstr(board.violation, flash->flash.name));
        assert_non_null(strstr(board.violation, "0x8"));
        assert_int_equal(read_u32(flash, 8), 0x0000FFF0);
        board.violations = 0;
    }
    board_end(&board);
}

static void a_word_is_written_twice_at_most_between_erases(void **state)
{
    struct board board;
    struct duo_area area;

    (void)state;
    board_init(&board);
    area = whole(board.app);
    assert_int_equal(write_u32(board.app, 0, 0x7FFFFFFF), DUO_OK);
    assert_int_equal(write_u32(board.app, 0, 0xFFFFFFFF), DUO_OK);
    assert_int_equal(write_u32(board.app, 0, 0x3FFFFFFF), DUO_OK);
    assert_int_equal(write_u32(board.app, 0, 0xFFFFFFFF), DUO_OK);
    assert_int_equal(board.violations, 0);
    assert_int_equal(write_u32(board.app, 0, 0x1FFFFFFF), DUO_ERR_FLASH);
    assert_int_equal(board.violations, 1);
    assert_int_equal(read_u32(board.app, 0), 0x3FFFFFFF);
    assert_int_equal(duo_area_erase(&area, 0, 4096), DUO_OK);
    assert_int_equal(write_u32(board.app, 0, 0x1FFFFFFF), DUO_OK);
    /* The external chip has no such limit. */
    for (uint32_t bit = 0; bit < 32U; bit++) {
        assert_int_equal(write_u32(board.ext, 0, 0xFFFFFFFE << bit), DUO_OK);
    }
    assert_int_equal(board.violations, 1);
    board_end(&board);
}

static void the_second_write_of_a_word_raises_no_bit_either(void **state)
{
    struct board board;

    (void)state;
    board_init(&board);
    assert_int_equal(write_u32(board.app, 0, 0xFFFF0000), DUO_OK);
    assert_int_equal(write_u32(board.app, 0, 0x0000FFFF), DUO_ERR_FLASH);
    assert_int_equal(board.violations, 1);
    assert_non_null(strstr(board.violation, "rise"));
    board_end(&board);
}

static void an_erase_clears_its_page_only(void **state)
{
    struct board board;

    (void)state;
    board_init(&board);
    for (unsigned type = 0; type < 3U; type++) {
        struct duo_sim_flash *flash =
            board_device(&board, (enum duo_sim_flash_type)type);
        uint32_t page_bytes = flash->flash.geometry.erase_bytes;
        struct duo_area area = whole(flash);
        struct duo_bytes page = {flash->data + page_bytes, page_bytes};

        poke_pattern(flash, type);
        assert_int_equal(duo_area_erase(&area, page_bytes, page_bytes), DUO_OK);
        assert_true(duo_bytes_are(page, 0xFF));
        assert_int_not_equal(read_u32(flash, page_bytes - 4U), 0xFFFFFFFF);
        assert_int_not_equal(read_u32(flash, 2U * page_bytes), 0xFFFFFFFF);
        assert_int_equal(flash->page_erases[0], 0);
        assert_int_equal(flash->page_erases[1], 1);
        assert_int_equal(flash->stats.erases, 1);
    }
    duo_sim_stats_clear(&board.world);
    assert_int_equal(board.app->page_erases[1], 0);
    assert_int_equal(board.ext->stats.bytes_read, 0);
    board_end(&board);
}

static void a_busy_device_takes_no_other_operation(void **state)
{
    struct board board;
    uint8_t raw[4] = {0};

    (void)state;
    board_init(&board);
    for (unsigned type = 0; type < 3U; type++) {
        struct duo_flash *flash =
            &board_device(&board, (enum duo_sim_flash_type)type)->flash;
        assert_int_equal(flash->ops->start_erase(flash, 0), DUO_OK);
        assert_int_equal(flash->ops->poll(flash), DUO_ERR_BUSY);
        board.violations = 0;
        assert_int_equal(flash->ops->start_read(flash, 0, raw, 4),
                         DUO_ERR_FLASH);
        assert_int_equal(flash->ops->start_write(flash, 0, raw, 4),
                         DUO_ERR_FLASH);
        assert_int_equal(flash->ops->start_erase(flash, 0), DUO_ERR_FLASH);
        assert_int_equal(board.violations, 3);
        assert_int_equal(duo_flash_wait(flash), DUO_OK);
        assert_int_equal(flash->ops->start_read(flash, 0, raw, 4), DUO_OK);
    }
    board_end(&board);
}

static void unaligned_and_outside_operations_are_noticed(void **state)
{
    struct board board;
    uint8_t raw[8] = {0};

    (void)state;
    board_init(&board);
    for (unsigned type = 0; type < 3U; type++) {
        struct duo_sim_flash *device =
            board_device(&board, (enum duo_sim_flash_type)type);
        struct duo_flash *flash = &device->flash;
        uint32_t size_bytes = flash->geometry.size_bytes;
        const struct {
            uint32_t off_bytes;
            size_t len_bytes;
        } bad[] = {
            {2,               4           },
            {0,               3           },
            {size_bytes,      4           },
            {size_bytes - 4U, 8           },
            {0xFFFFFFFC,      8           },
            {4,               SIZE_MAX - 3},
        };
        for (size_t row = 0; row < sizeof(bad) / sizeof(*bad); row++) {
            board.violations = 0;
            assert_int_equal(flash->ops->start_write(flash, bad[row].off_bytes,
                                                     raw, bad[row].len_bytes),
                             DUO_ERR_FLASH);
            assert_int_equal(board.violations, 1);
        }
        for (size_t row = 2; row < sizeof(bad) / sizeof(*bad); row++) {
            board.violations = 0;
            assert_int_equal(flash->ops->start_read(flash, bad[row].off_bytes,
                                                    raw, bad[row].len_bytes),
                             DUO_ERR_FLASH);
            assert_int_equal(board.violations, 1);
        }
        board.violations = 0;
        assert_int_equal(flash->ops->start_erase(flash, 1024), DUO_ERR_FLASH);
        assert_int_equal(flash->ops->start_erase(flash, size_bytes),
                         DUO_ERR_FLASH);
        assert_int_equal(board.violations, 2);
    }
    assert_int_equal(board.world.op_count, 0);
    board_end(&board);
}

static void a_source_that_changes_too_early_is_noticed(void **state)
{
    struct board board;
    struct duo_area area;
    uint8_t raw[4] = {1, 2, 3, 4};

    (void)state;
    board_init(&board);
    area = whole(board.ext);
    assert_int_equal(duo_area_start_write(&area, 0, raw, sizeof(raw)), DUO_OK);
    raw[2] = 9;
    assert_int_equal(duo_flash_wait(&board.ext->flash), DUO_ERR_FLASH);
    assert_int_equal(board.violations, 1);
    assert_non_null(strstr(board.violation, "buffer"));
    board_end(&board);
}

static void an_absent_chip_fails_every_operation(void **state)
{
    struct board board;
    struct duo_area area;
    uint8_t raw[4] = {0};

    (void)state;
    board_init(&board);
    area = whole(board.ext);
    board.ext->absent = true;
    assert_int_equal(duo_area_read(&area, 0, raw, 4), DUO_ERR_FLASH);
    assert_int_equal(duo_area_write(&area, 0, raw, 4), DUO_ERR_FLASH);
    assert_int_equal(duo_area_erase(&area, 0, 4096), DUO_ERR_FLASH);
    assert_int_equal(board.ext->flash.ops->poll(&board.ext->flash),
                     DUO_ERR_FLASH);
    assert_int_equal(board.world.op_count, 0);
    assert_int_equal(board.violations, 0);
    board_end(&board);
}

static void lie(void *ctx, uint32_t off_bytes, uint8_t *dst, size_t len_bytes)
{
    unsigned *reads = ctx;

    (*reads)++;
    if (off_bytes == 16U && len_bytes > 0) {
        dst[0] = (uint8_t)*reads;
    }
}

static void a_hostile_chip_answers_as_it_likes(void **state)
{
    struct board board;
    unsigned reads = 0;

    (void)state;
    board_init(&board);
    board.ext->on_read = lie;
    board.ext->on_read_ctx = &reads;
    assert_int_equal(read_u32(board.ext, 16), 0xFFFFFF01);
    assert_int_equal(read_u32(board.ext, 16), 0xFFFFFF02);
    assert_int_equal(board.ext->data[16], 0xFF);
    board_end(&board);
}

struct ops_seen {
    unsigned count;
    struct duo_sim_op ops[4];
};

static void see_op(void *ctx, const struct duo_sim_op *op)
{
    struct ops_seen *seen = ctx;

    assert_true(seen->count < 4U);
    seen->ops[seen->count++] = *op;
}

static void the_trace_names_every_operation(void **state)
{
    struct board board;
    struct ops_seen seen = {0};
    struct duo_area app;

    (void)state;
    board_init(&board);
    app = whole(board.app);
    board.world.on_op = see_op;
    board.world.on_op_ctx = &seen;
    assert_int_equal(duo_area_erase(&app, 4096, 4096), DUO_OK);
    assert_int_equal(write_u32(board.ext, 20, 7), DUO_OK);
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.ops[0].device, "app");
    assert_int_equal(seen.ops[0].kind, DUO_SIM_OP_ERASE);
    assert_int_equal(seen.ops[0].off_bytes, 4096);
    assert_int_equal(seen.ops[0].len_bytes, 4096);
    assert_int_equal(seen.ops[0].op_index, 1);
    assert_string_equal(seen.ops[1].device, "ext");
    assert_int_equal(seen.ops[1].kind, DUO_SIM_OP_WRITE);
    assert_int_equal(seen.ops[1].off_bytes, 20);
    assert_int_equal(seen.ops[1].start_ns, 87500000U);
    assert_true(seen.ops[1].end_ns > seen.ops[1].start_ns);
    assert_int_equal(seen.ops[1].op_index, 2);
    board_end(&board);
}

static void a_poke_outside_the_device_is_noticed(void **state)
{
    struct board board;
    uint8_t raw[8] = {0};
    struct duo_bytes bytes = {raw, sizeof(raw)};

    (void)state;
    board_init(&board);
    duo_sim_poke(board.app, APP_BYTES - 4U, bytes);
    duo_sim_poke(board.app, UINT32_MAX, bytes);
    assert_int_equal(board.violations, 2);
    duo_sim_poke(board.app, APP_BYTES - 8U, bytes);
    assert_int_equal(board.violations, 2);
    assert_int_equal(read_u32(board.app, APP_BYTES - 4U), 0);
    board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programming_only_clears_bits),
        cmocka_unit_test(a_word_is_written_twice_at_most_between_erases),
        cmocka_unit_test(the_second_write_of_a_word_raises_no_bit_either),
        cmocka_unit_test(an_erase_clears_its_page_only),
        cmocka_unit_test(a_busy_device_takes_no_other_operation),
        cmocka_unit_test(unaligned_and_outside_operations_are_noticed),
        cmocka_unit_test(a_source_that_changes_too_early_is_noticed),
        cmocka_unit_test(an_absent_chip_fails_every_operation),
        cmocka_unit_test(a_hostile_chip_answers_as_it_likes),
        cmocka_unit_test(the_trace_names_every_operation),
        cmocka_unit_test(a_poke_outside_the_device_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
