/* SPDX-License-Identifier: MIT */
/* Cuts with two running cores, and the simulation's own ends. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim_test_board.h"

/* A network core that erases and writes its page 1 for ever. */
struct busy_net {
    struct board *board;
    unsigned steps;
    unsigned ops;
    uint8_t src[2048];
};

static bool busy_step(void *ctx)
{
    struct busy_net *net = ctx;
    struct duo_flash *flash = &net->board->net->flash;
    enum duo_err err = flash->ops->poll(flash);

    net->steps++;
    if (err != DUO_OK) {
        return false;
    }
    if (net->ops % 2U == 0) {
        err = flash->ops->start_erase(flash, 2048);
    } else {
        err = flash->ops->start_write(flash, 2048, net->src, 2048);
    }
    net->ops++;
    return err == DUO_OK;
}

static void release(struct board *board, struct busy_net *net,
                    struct duo_sim_cut cut)
{
    memset(net, 0, sizeof(*net));
    net->board = board;
    fill(net->src, sizeof(net->src), 8);
    board_init(board);
    poke_pattern(board->net, 1);
    poke_pattern(board->app, 2);
    duo_sim_power_up(&board->world, cut);
    board->world.net_step = busy_step;
    board->world.net_ctx = net;
}

/* How the application core lets time pass must not matter. */
static void pass_time(struct board *board, unsigned way)
{
    struct duo_area app = whole(board->app);
    uint8_t raw[4096];

    switch (way) {
    case 0: duo_sim_idle(&board->world, 10000000U); break;
    case 1: duo_sim_spend(&board->world, DUO_CORE_APP, 3000000U); break;
    default:
        if (duo_area_read(&app, 0, raw, sizeof(raw)) != DUO_OK) {
            assert_true(board->world.dead);
        }
        break;
    }
}

static void a_cut_in_a_network_operation_stops_both_cores(void **state)
{
    uint32_t crcs[3] = {0};
    uint64_t cut_ns[3] = {0};

    (void)state;
    for (uint64_t seed = 0; seed < 30U; seed++) {
        for (unsigned way = 0; way < 3U; way++) {
            struct duo_sim_cut cut = {
                2U + seed % 5U,
                (enum duo_sim_cut_kind)(seed % DUO_SIM_CUT_KIND_COUNT), seed};
            struct board board;
            struct busy_net net;
            unsigned steps;

            release(&board, &net, cut);
            while (!board.world.dead) {
                pass_time(&board, way);
            }
            steps = net.steps;
            duo_sim_idle(&board.world, 1000000000U);
            duo_sim_spend(&board.world, DUO_CORE_APP, 1000000000U);
            assert_int_equal(net.steps, steps);
            assert_int_equal(board.world.op_count, cut.op_index);
            assert_int_equal(board.world.core_ns[DUO_CORE_APP],
                             board.world.core_ns[DUO_CORE_NET]);
            crcs[way] = content_crc(&board);
            cut_ns[way] = board.world.cut_ns;
            assert_int_equal(crcs[way], crcs[0]);
            assert_int_equal(cut_ns[way], cut_ns[0]);
            assert_int_equal(board.violations, 0);
            board_end(&board);
        }
    }
}

static void a_cut_of_the_application_tears_the_network_operation(void **state)
{
    unsigned torn = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 40U; seed++) {
        /* The first operation is the network's. */
        struct duo_sim_cut cut = {2, DUO_SIM_CUT_TORN, seed};
        struct board board;
        struct busy_net net;
        struct duo_area app;
        struct duo_bytes page;
        uint8_t old[2048];

        release(&board, &net, cut);
        memcpy(old, board.net->data + 2048, sizeof(old));
        duo_sim_spend(&board.world, DUO_CORE_APP, 30000000U);
        assert_int_equal(net.ops, 1);
        app = whole(board.app);
        assert_int_equal(duo_area_erase(&app, 0, 4096), DUO_ERR_FLASH);
        page = (struct duo_bytes){board.net->data + 2048, 2048};
        if (board.world.cut_ns - board.world.boot_ns < 87500000U) {
            torn += memcmp(page.data, old, sizeof(old)) != 0;
        }
        assert_memory_not_equal(page.data, old, sizeof(old));
        board_end(&board);
    }
    assert_in_range(torn, 10, 40);
}

static void power_and_reset_hold_the_network_core(void **state)
{
    struct board board;
    struct busy_net net;
    struct duo_bytes page;

    (void)state;
    release(&board, &net, no_cut());
    duo_sim_spend(&board.world, DUO_CORE_APP, 1000U);
    assert_int_equal(net.ops, 1);
    duo_sim_reset(&board.world);
    assert_null(board.world.net_step);
    page = (struct duo_bytes){board.net->data + 2048, 2048};
    assert_true(duo_bytes_are(page, 0xFF)); /* Its erase was completed. */
    board.world.net_step = busy_step;
    duo_sim_power_up(&board.world, no_cut());
    assert_null(board.world.net_step);
    duo_sim_spend(&board.world, DUO_CORE_APP, 1000000U);
    assert_int_equal(net.ops, 1);
    board_end(&board);
}

static void a_broken_rule_ends_the_process_if_nobody_asks(void **state)
{
    pid_t child;
    int status = 0;

    (void)state;
    child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
        struct board board;
        board_init(&board);
        board.world.on_violation = NULL;
        (void)fclose(stderr);
        (void)signal(SIGABRT, SIG_DFL);
        (void)!board.app->flash.ops->start_erase(&board.app->flash, 4);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void a_board_has_sane_devices_only(void **state)
{
    struct board board;

    (void)state;
    board_init(&board);
    assert_null(duo_sim_flash_create(&board.world, DUO_SIM_FLASH_EXT, 4096, 0));
    duo_sim_flash_destroy(board.ext);
    board.ext = NULL;
    assert_null(duo_sim_flash_create(&board.world, DUO_SIM_FLASH_EXT, 0, 0));
    assert_null(duo_sim_flash_create(&board.world, DUO_SIM_FLASH_EXT, 100, 0));
    assert_int_equal(board.violations, 3);
    board.ext =
        duo_sim_flash_create(&board.world, DUO_SIM_FLASH_EXT, EXT_BYTES, 0);
    assert_non_null(board.ext);
    duo_sim_snapshot_free(NULL);
    board_end(&board);
}

static void every_kind_of_cut_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(duo_sim_cut_kind_name(DUO_SIM_CUT_BEFORE), "before");
    assert_string_equal(duo_sim_cut_kind_name(DUO_SIM_CUT_AFTER), "after");
    assert_string_equal(duo_sim_cut_kind_name((enum duo_sim_cut_kind)99),
                        "unknown");
    for (unsigned kind = 1; kind < DUO_SIM_CUT_KIND_COUNT; kind++) {
        assert_string_not_equal(
            duo_sim_cut_kind_name((enum duo_sim_cut_kind)kind),
            duo_sim_cut_kind_name((enum duo_sim_cut_kind)(kind - 1U)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_in_a_network_operation_stops_both_cores),
        cmocka_unit_test(a_cut_of_the_application_tears_the_network_operation),
        cmocka_unit_test(power_and_reset_hold_the_network_core),
        cmocka_unit_test(a_broken_rule_ends_the_process_if_nobody_asks),
        cmocka_unit_test(a_board_has_sane_devices_only),
        cmocka_unit_test(every_kind_of_cut_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
