/* SPDX-License-Identifier: MIT */
/* Time: what operations cost, what overlaps, who sees what when. */
#include "sim_test_board.h"

/* One row for each figure of the sources in sim_timing.c. */
enum cost_op { COST_ERASE, COST_WRITE, COST_READ };
struct cost_row {
    enum duo_sim_flash_type type;
    bool high_performance;
    enum cost_op op;
    uint32_t len_bytes;
    uint64_t ns;
};

static const struct cost_row cost_rows[] = {
    {DUO_SIM_FLASH_APP, false, COST_ERASE, 4096, 87500000},
    {DUO_SIM_FLASH_NET, false, COST_ERASE, 2048, 87500000},
    {DUO_SIM_FLASH_APP, false, COST_WRITE, 4,    43000   },
    {DUO_SIM_FLASH_APP, false, COST_WRITE, 4096, 44032000},
    {DUO_SIM_FLASH_NET, false, COST_WRITE, 2048, 22016000},
    {DUO_SIM_FLASH_APP, false, COST_READ,  4096, 100000  },
    {DUO_SIM_FLASH_NET, false, COST_READ,  2048, 50000   },
    {DUO_SIM_FLASH_EXT, false, COST_ERASE, 4096, 58000000},
    {DUO_SIM_FLASH_EXT, true,  COST_ERASE, 4096, 40000000},
    {DUO_SIM_FLASH_EXT, false, COST_WRITE, 256,  3266750 },
    {DUO_SIM_FLASH_EXT, true,  COST_WRITE, 256,  866688  },
    {DUO_SIM_FLASH_EXT, false, COST_WRITE, 4096, 52268000},
    {DUO_SIM_FLASH_EXT, true,  COST_WRITE, 4096, 13867008},
    {DUO_SIM_FLASH_EXT, true,  COST_WRITE, 16,   49688   },
    {DUO_SIM_FLASH_EXT, false, COST_WRITE, 16,   187461  },
    {DUO_SIM_FLASH_EXT, false, COST_READ,  4096, 1026500 },
    {DUO_SIM_FLASH_EXT, true,  COST_READ,  4096, 256625  },
};

static void each_operation_takes_its_time(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof(cost_rows) / sizeof(*cost_rows); row++) {
        const struct cost_row *cost = &cost_rows[row];
        struct board board;
        struct duo_sim_flash *flash;
        struct duo_area area;
        uint8_t bytes[4096];
        uint64_t start_ns;

        board_init(&board);
        flash = board_device(&board, cost->type);
        flash->high_performance = cost->high_performance;
        area = whole(flash);
        fill(bytes, sizeof(bytes), row);
        start_ns = board.world.core_ns[flash->core];
        if (cost->op == COST_ERASE) {
            assert_int_equal(duo_area_erase(&area, 0, cost->len_bytes), DUO_OK);
        } else if (cost->op == COST_WRITE) {
            assert_int_equal(duo_area_write(&area, 0, bytes, cost->len_bytes),
                             DUO_OK);
        } else {
            assert_int_equal(duo_area_read(&area, 0, bytes, cost->len_bytes),
                             DUO_OK);
        }
        assert_int_equal(board.world.core_ns[flash->core] - start_ns, cost->ns);
        assert_int_equal(board.violations, 0);
        board_end(&board);
    }
}

static void words_of_ones_cost_nothing(void **state)
{
    struct board board;
    struct duo_area area;
    uint8_t bytes[64];

    (void)state;
    board_init(&board);
    area = whole(board.app);
    memset(bytes, 0xFF, sizeof(bytes));
    bytes[20] = 0;
    bytes[63] = 0;
    assert_int_equal(duo_area_write(&area, 0, bytes, sizeof(bytes)), DUO_OK);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], 2U * 43000U);
    assert_int_equal(board.app->stats.words_written, 2);
    memset(bytes, 0xFF, sizeof(bytes));
    assert_int_equal(duo_area_write(&area, 64, bytes, sizeof(bytes)), DUO_OK);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], 2U * 43000U);
    board_end(&board);
}

static void unaligned_page_programs_are_split_at_256_bytes(void **state)
{
    struct board board;
    struct duo_area area;
    uint8_t bytes[256];

    (void)state;
    board_init(&board);
    board.ext->high_performance = true;
    area = whole(board.ext);
    fill(bytes, sizeof(bytes), 1);
    assert_int_equal(duo_area_write(&area, 128, bytes, sizeof(bytes)), DUO_OK);
    /* Two programs of 128 bytes: 160 us and (22 + 256) clocks each. */
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], 2U * (160000U + 8688U));
    board_end(&board);
}

static void two_devices_work_at_the_same_time(void **state)
{
    struct board board;
    struct duo_area app, ext;

    (void)state;
    board_init(&board);
    app = whole(board.app);
    ext = whole(board.ext);
    assert_int_equal(duo_area_start_erase(&ext, 0), DUO_OK);
    assert_int_equal(duo_area_start_erase(&app, 0), DUO_OK);
    assert_true(duo_sim_is_busy(board.app));
    assert_true(duo_sim_is_busy(board.ext));
    duo_sim_idle(&board.world, 1000000000U);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], 58000000U);
    assert_int_equal(board.ext->flash.ops->poll(&board.ext->flash), DUO_OK);
    assert_int_equal(board.app->flash.ops->poll(&board.app->flash),
                     DUO_ERR_BUSY);
    assert_int_equal(duo_flash_wait(&board.app->flash), DUO_OK);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], 87500000U);
    assert_int_equal(board.app->stats.busy_ns, 87500000U);
    board_end(&board);
}

static void idle_with_nothing_under_way_lets_time_outs_run(void **state)
{
    struct board board;
    const struct duo_clock *clock;

    (void)state;
    board_init(&board);
    clock = &board.world.app_clock;
    duo_sim_idle(&board.world, 250000U);
    assert_int_equal(clock->now_us(clock), 250);
    duo_sim_power_up(&board.world, no_cut());
    assert_int_equal(clock->now_us(clock), 0);
    duo_sim_spend(&board.world, DUO_CORE_NET, 7000U);
    assert_int_equal(board.world.net_clock.now_us(&board.world.net_clock), 7);
    assert_int_equal(clock->now_us(clock), 0);
    assert_int_equal(duo_sim_now_us(&board.world), 1250);
    board_end(&board);
}

static void idle_never_waits_longer_than_told(void **state)
{
    struct board board;
    struct duo_area app;

    (void)state;
    board_init(&board);
    app = whole(board.app);
    assert_int_equal(duo_area_start_erase(&app, 0), DUO_OK);
    duo_sim_idle(&board.world, 5000U);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], 5000U);
    assert_true(duo_sim_is_busy(board.app));
    board_end(&board);
}

/* A network core that erases a page of its own, then writes a shared word. */
struct fake_net {
    struct board *board;
    unsigned stage;
    uint32_t shared;
    uint64_t wrote_ns;
};

static bool fake_net_step(void *ctx)
{
    struct fake_net *net = ctx;
    struct duo_flash *flash = &net->board->net->flash;

    switch (net->stage) {
    case 0:
        assert_int_equal(flash->ops->start_erase(flash, 2048), DUO_OK);
        net->stage = 1;
        return true;
    case 1:
        if (flash->ops->poll(flash) != DUO_OK) {
            return false;
        }
        net->shared = 0xC0FFEE;
        net->wrote_ns = net->board->world.core_ns[DUO_CORE_NET];
        net->stage = 2;
        return true;
    default: return false;
    }
}

static void the_network_core_works_while_the_application_core_does(void **state)
{
    struct board board;
    struct fake_net net = {.board = &board};
    struct duo_area app;

    (void)state;
    board_init(&board);
    app = whole(board.app);
    board.world.net_step = fake_net_step;
    board.world.net_ctx = &net;
    assert_int_equal(duo_area_erase(&app, 0, 8192), DUO_OK);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], 175000000U);
    assert_int_equal(net.stage, 2);
    assert_int_equal(net.wrote_ns, 87500000U);
    assert_int_equal(board.net->page_erases[1], 1);
    board_end(&board);
}

static void idle_ends_when_the_network_core_did_something(void **state)
{
    struct board board;
    struct fake_net net = {.board = &board};

    (void)state;
    board_init(&board);
    board.world.net_step = fake_net_step;
    board.world.net_ctx = &net;
    duo_sim_idle(&board.world, 1000000000U); /* It started its erase. */
    assert_int_equal(net.stage, 1);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], SIM_NET_STEP_NS);
    duo_sim_idle(&board.world, 1000000000U);
    assert_int_equal(net.shared, 0xC0FFEE);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP],
                     net.wrote_ns + SIM_NET_STEP_NS);
    duo_sim_idle(&board.world, 1000000000U);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP],
                     net.wrote_ns + SIM_NET_STEP_NS + 1000000000U);
    board_end(&board);
}

/* A network core that is always busy and notes what it sees when. */
struct watcher {
    struct duo_sim_world *world;
    uint32_t shared;
    unsigned count;
    struct {
        uint64_t ns;
        uint32_t seen;
    } notes[512];
};

static bool watch(void *ctx)
{
    struct watcher *watcher = ctx;

    assert_true(watcher->count < 512U);
    watcher->notes[watcher->count].ns = watcher->world->core_ns[DUO_CORE_NET];
    watcher->notes[watcher->count].seen = watcher->shared;
    watcher->count++;
    return true;
}

static void the_network_core_never_sees_a_write_before_it_was_made(void **state)
{
    struct board board;
    struct watcher watcher = {0};
    struct duo_area app;
    uint64_t written_ns[21] = {0};
    uint8_t bytes[512];

    (void)state;
    board_init(&board);
    app = whole(board.app);
    watcher.world = &board.world;
    board.world.net_step = watch;
    board.world.net_ctx = &watcher;
    for (uint32_t value = 1; value <= 20U; value++) {
        written_ns[value] = board.world.core_ns[DUO_CORE_APP];
        watcher.shared = value;
        if (value % 2U == 0) {
            duo_sim_spend(&board.world, DUO_CORE_APP, 3500U * value % 9000U);
        } else {
            assert_int_equal(duo_area_read(&app, 0, bytes, sizeof(bytes)),
                             DUO_OK);
        }
    }
    assert_in_range(watcher.count, 100, 511);
    for (unsigned note = 0; note < watcher.count; note++) {
        uint32_t seen = watcher.notes[note].seen;
        assert_true(written_ns[seen] <= watcher.notes[note].ns);
        /* And none late: the next write had not been made. */
        assert_true(seen == 20U ||
                    written_ns[seen + 1U] > watcher.notes[note].ns);
    }
    board_end(&board);
}

static void a_released_network_core_starts_at_the_present_time(void **state)
{
    struct board board;
    struct watcher watcher = {0};

    (void)state;
    board_init(&board);
    watcher.world = &board.world;
    duo_sim_spend(&board.world, DUO_CORE_APP, 5000000U);
    board.world.net_step = watch;
    board.world.net_ctx = &watcher;
    duo_sim_spend(&board.world, DUO_CORE_APP, 10000U);
    assert_int_equal(watcher.count, 10);
    assert_int_equal(watcher.notes[0].ns, 5000000U);
    board_end(&board);
}

static void a_waiting_network_core_moves_only_itself(void **state)
{
    struct board board;
    struct duo_area net;

    (void)state;
    board_init(&board);
    net = whole(board.net);
    assert_int_equal(duo_area_erase(&net, 0, 2048), DUO_OK);
    assert_int_equal(board.world.core_ns[DUO_CORE_NET], 87500000U);
    assert_int_equal(board.world.core_ns[DUO_CORE_APP], 0);
    board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_takes_its_time),
        cmocka_unit_test(words_of_ones_cost_nothing),
        cmocka_unit_test(unaligned_page_programs_are_split_at_256_bytes),
        cmocka_unit_test(two_devices_work_at_the_same_time),
        cmocka_unit_test(idle_with_nothing_under_way_lets_time_outs_run),
        cmocka_unit_test(idle_never_waits_longer_than_told),
        cmocka_unit_test(
            the_network_core_works_while_the_application_core_does),
        cmocka_unit_test(idle_ends_when_the_network_core_did_something),
        cmocka_unit_test(
            the_network_core_never_sees_a_write_before_it_was_made),
        cmocka_unit_test(a_released_network_core_starts_at_the_present_time),
        cmocka_unit_test(a_waiting_network_core_moves_only_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
