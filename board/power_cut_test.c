/* SPDX-License-Identifier: MIT */
/* Flash operations in time: stalls, the trace, exact power cuts, rules. */
#include "program.h"

#define NVMC_CONFIG 0x50039504U

/* Erase page 8, then write two words, from flash: the core stalls. */
static void flash_eraser(struct program_board *board)
{
    struct program program;

    program_begin(&program, PROGRAM_APP);
    program_store(&program, NVMC_CONFIG, 2);
    program_store(&program, 0x8000, 0xFFFFFFFF);
    program_wait(&program, 0x50039400U);
    program_store(&program, NVMC_CONFIG, 1);
    program_store(&program, 0x8000, 0x11111111);
    program_store(&program, 0x8004, 0x22222222);
    program_wait(&program, 0x50039400U);
    program_store(&program, NVMC_CONFIG, 0);
    program_end(&program);
    program_flash(board, &program);
}

static void old_page(struct program_board *board, uint8_t page[4096])
{
    memset(page, 0xA5, 4096);
    duo_sim_poke(board->app, 0x8000, (struct duo_bytes){page, 4096});
}

static void flash_operations_stall_the_core_and_are_told(void **state)
{
    struct program_board board;
    struct duo_vb_core_stats stats;
    uint8_t page[4096];
    uint32_t word;

    (void)state;
    program_board_init(&board);
    flash_eraser(&board);
    old_page(&board, page);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 87400), DUO_VB_STOP_TIME);
    assert_int_equal(board.op_count, 0);
    assert_memory_equal(board.app->data + 0x8000, page, 4096);
    assert_int_equal(program_run(&board, 150), DUO_VB_STOP_TIME);
    assert_int_equal(board.op_count, 1);
    assert_int_equal(board.op.kind, DUO_SIM_OP_ERASE);
    assert_int_equal(board.op.off_bytes, 0x8000);
    assert_int_equal(board.op.len_bytes, 4096);
    assert_int_equal(board.op.op_index, 1);
    assert_in_range(board.op.end_ns - board.op.start_ns, 87500000, 87500010);
    assert_int_equal(program_run(&board, 10000), DUO_VB_STOP_IDLE);
    assert_int_equal(board.op_count, 2);
    assert_int_equal(board.op.kind, DUO_SIM_OP_WRITE);
    assert_int_equal(board.op.off_bytes, 0x8000);
    assert_int_equal(board.op.len_bytes, 8);
    assert_int_equal(board.op.op_index, 2);
    memcpy(&word, board.app->data + 0x8004, sizeof(word));
    assert_int_equal(word, 0x22222222);
    duo_vb_core_stats(board.vb, DUO_CORE_APP, &stats);
    assert_in_range(stats.stall_ns, 87500000, 87600000);
    program_board_end(&board);
}

/* Cut at an instant: before, in and after the erase. */
static void a_cut_is_exact(void **state)
{
    static const struct {
        int64_t at_ns; /* From the start of the erase. */
        enum duo_sim_cut_kind kind;
        char expected; /* 'o' old, 'e' erased, 't' torn */
    } rows[] = {
        {0,        DUO_SIM_CUT_BEFORE,  'o'},
        {-1000,    DUO_SIM_CUT_TORN,    'o'},
        {40000000, DUO_SIM_CUT_TORN,    't'},
        {87499000, DUO_SIM_CUT_GARBAGE, 't'},
        {87500010, DUO_SIM_CUT_AFTER,   'e'},
    };
    struct program_board board;
    uint8_t page[4096];
    struct duo_vb_snapshot *fresh;
    uint64_t start_ns;

    (void)state;
    program_board_init(&board);
    flash_eraser(&board);
    old_page(&board, page);
    fresh = duo_vb_snapshot_take(board.vb);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 87520), DUO_VB_STOP_TIME);
    start_ns = board.op.start_ns;
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        struct duo_vb_cut cut = {start_ns + (uint64_t)rows[row].at_ns,
                                 rows[row].kind, row};
        struct duo_bytes now = {board.app->data + 0x8000, 4096};
        char found;

        duo_vb_snapshot_restore(board.vb, fresh);
        duo_vb_power_on(board.vb, &cut);
        assert_int_equal(program_run(&board, 200000), DUO_VB_STOP_CUT);
        assert_false(duo_vb_has_power(board.vb));
        assert_int_equal(board.world.core_ns[DUO_CORE_APP], cut.at_ns);
        assert_int_equal(board.world.core_ns[DUO_CORE_NET], cut.at_ns);
        found = memcmp(now.data, page, 4096) == 0 ? 'o'
                : duo_bytes_are(now, 0xFF)        ? 'e'
                                                  : 't';
        assert_int_equal(found, rows[row].expected);
        assert_int_equal(program_run(&board, 1), DUO_VB_STOP_OFF);
    }
    duo_vb_snapshot_free(fresh);
    program_board_end(&board);
}

static void a_cut_of_an_idle_board_happens(void **state)
{
    struct program_board board;
    struct program program;
    struct duo_vb_cut cut = {0, DUO_SIM_CUT_BEFORE, 0};

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    cut.at_ns = duo_vb_now_ns(board.vb) + 7000000000U;
    duo_vb_set_cut(board.vb, &cut);
    assert_int_equal(program_run(&board, 10000000), DUO_VB_STOP_CUT);
    assert_int_equal(duo_vb_now_ns(board.vb), cut.at_ns);
    program_board_end(&board);
}

/* The flash goes on through a reset of its core, which waits for it. */
static void a_reset_lets_the_own_flash_finish(void **state)
{
    struct program_board board;
    struct duo_vb_core_stats stats;
    struct duo_bytes now;
    uint8_t page[4096];

    (void)state;
    program_board_init(&board);
    flash_eraser(&board);
    old_page(&board, page);
    now = (struct duo_bytes){board.app->data + 0x8000, 4096};
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 40000), DUO_VB_STOP_TIME);
    duo_vb_reset_pin(board.vb);
    assert_int_equal(program_run(&board, 47400), DUO_VB_STOP_TIME);
    assert_memory_equal(now.data, page, 4096);
    assert_int_equal(program_run(&board, 200), DUO_VB_STOP_TIME);
    assert_true(duo_bytes_are(now, 0xFF));
    assert_int_equal(board.op.kind, DUO_SIM_OP_ERASE);
    duo_vb_core_stats(board.vb, DUO_CORE_APP, &stats);
    assert_int_equal(stats.resets, 2);
    /* The program begins again and does it all once more. */
    assert_int_equal(program_run(&board, 100000), DUO_VB_STOP_IDLE);
    assert_int_equal(board.op_count, 3);
    program_board_end(&board);
}

/* Force-off takes the network core's power, and so its flash's. */
static void force_off_tears_the_network_flash(void **state)
{
    struct program_board board;
    struct program app, net;
    struct duo_bytes now;
    uint8_t page[2048];

    (void)state;
    program_board_init(&board);
    memset(page, 0xA5, sizeof(page));
    duo_sim_poke(board.net, 0x8000, (struct duo_bytes){page, sizeof(page)});
    now = (struct duo_bytes){board.net->data + 0x8000, sizeof(page)};
    program_begin(&app, PROGRAM_APP);
    program_store(&app, 0x50005614U, 0);
    program_delay(&app, 64000U / 3U * 40U); /* 40 ms */
    program_store(&app, 0x50005614U, 1);
    program_end(&app);
    program_flash(&board, &app);
    program_begin(&net, PROGRAM_NET);
    program_store(&net, 0x41080504U, 2);
    program_store(&net, PROGRAM_NET + 0x8000U, 0xFFFFFFFF);
    program_end(&net);
    program_flash(&board, &net);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 39000), DUO_VB_STOP_TIME);
    assert_memory_equal(now.data, page, sizeof(page));
    assert_int_equal(program_run(&board, 10000), DUO_VB_STOP_IDLE);
    assert_memory_not_equal(now.data, page, sizeof(page));
    assert_int_equal(board.op_count, 1);
    assert_in_range(board.op.end_ns - board.op.start_ns, 39900000, 40100000);
    assert_non_null(strstr(board.notes, "loses power at work"));
    assert_int_equal(program_run(&board, 100000), DUO_VB_STOP_IDLE);
    assert_true(duo_vb_has_power(board.vb));
    program_board_end(&board);
}

/* A third write of a word is against the rules. */
static void a_broken_rule_of_the_flash_stops_the_run(void **state)
{
    struct program_board board;
    struct program program;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_store(&program, NVMC_CONFIG, 1);
    program_store(&program, 0x8000, 0xFFFF0000);
    program_wait(&program, 0x50039400U);
    program_store(&program, 0x8000, 0xFF000000);
    program_wait(&program, 0x50039400U);
    program_store(&program, 0x8000, 0xF0000000);
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 10000), DUO_VB_STOP_RULE);
    assert_non_null(strstr(board.stop.text, "third write"));
    program_board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flash_operations_stall_the_core_and_are_told),
        cmocka_unit_test(a_cut_is_exact),
        cmocka_unit_test(a_cut_of_an_idle_board_happens),
        cmocka_unit_test(a_reset_lets_the_own_flash_finish),
        cmocka_unit_test(force_off_tears_the_network_flash),
        cmocka_unit_test(a_broken_rule_of_the_flash_stops_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
