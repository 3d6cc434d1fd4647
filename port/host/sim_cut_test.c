/* SPDX-License-Identifier: MIT */
/* Power cuts: every kind in every operation on every device. */
#include "sim_test_scene.h"

#define SEEDS 300U

static void assert_rest_untouched(const struct scene *scene)
{
    uint32_t end = scene->range.off_bytes + scene->range.len_bytes;
    uint32_t size_bytes = scene->flash->flash.geometry.size_bytes;

    assert_memory_equal(scene->flash->data, scene->old, scene->range.off_bytes);
    assert_memory_equal(scene->flash->data + end, scene->old + end,
                        size_bytes - end);
}

/* A torn write is a done prefix, one unit in progress, an untouched rest. */
static void check_torn_write(const struct scene *scene,
                             enum duo_sim_cut_kind kind)
{
    const uint8_t *data = scene->flash->data + scene->range.off_bytes;
    uint32_t unit_bytes =
        sim_is_internal(scene->flash) ? SIM_WORD_BYTES : SIM_EXT_PAGE_BYTES;
    uint32_t len_bytes = scene->range.len_bytes;
    uint32_t first = 0;
    uint32_t end;

    while (first < len_bytes && data[first] == scene->src[first]) {
        first++;
    }
    first -= first % unit_bytes;
    end = first + unit_bytes < len_bytes ? first + unit_bytes : len_bytes;
    for (uint32_t at = first; at < end; at++) {
        /* The page was erased: only bits of the source may be cleared. */
        if (kind == DUO_SIM_CUT_TORN) {
            assert_int_equal(scene->src[at] & ~data[at], 0);
        } else if (kind == DUO_SIM_CUT_PARTIAL_ERASE) {
            assert_true(data[at] == scene->src[at] || data[at] == 0xFF);
        }
    }
    for (uint32_t at = end; at < len_bytes; at++) {
        assert_int_equal(data[at], 0xFF);
    }
}

/* How far a write has come is a matter of time alone. */
static void check_reached_unit(const struct scene *scene)
{
    const struct duo_sim_world *world = &scene->board.world;
    const uint8_t *data = scene->flash->data + scene->range.off_bytes;
    bool internal = sim_is_internal(scene->flash);
    uint64_t ns = world->core_ns[scene->flash->core] - world->boot_ns;
    uint32_t units = (uint32_t)(ns / (internal ? 43000U : 3266750U));
    uint32_t unit_bytes = internal ? SIM_WORD_BYTES : SIM_EXT_PAGE_BYTES;
    uint32_t done_bytes = units * unit_bytes;
    uint32_t reached_bytes = done_bytes + unit_bytes;
    struct duo_bytes rest = {data + reached_bytes,
                             scene->range.len_bytes - reached_bytes};

    assert_memory_equal(data, scene->src, done_bytes);
    assert_true(duo_bytes_are(rest, 0xFF));
}

static void check_partial_erase(const struct scene *scene)
{
    const uint8_t *data = scene->flash->data + scene->range.off_bytes;
    unsigned left = 0;

    for (uint32_t at = 0; at < scene->range.len_bytes; at++) {
        left += data[at] != 0xFF;
    }
    assert_in_range(left, 0, 32);
}

static void check_whole(const struct scene *scene, enum duo_sim_op_kind op)
{
    const uint8_t *data = scene->flash->data + scene->range.off_bytes;
    struct duo_bytes page = {data, scene->range.len_bytes};

    if (op == DUO_SIM_OP_WRITE) {
        assert_memory_equal(data, scene->src, scene->range.len_bytes);
    } else {
        assert_true(duo_bytes_are(page, 0xFF));
    }
}

static void check_scene(const struct scene *scene, enum duo_sim_op_kind op,
                        enum duo_sim_cut_kind kind)
{
    const struct duo_sim_world *world = &scene->board.world;
    uint64_t ns = world->core_ns[scene->flash->core] - world->boot_ns;
    uint64_t op_ns = scene->flash->state->pending.end_ns - world->boot_ns;

    assert_rest_untouched(scene);
    if (kind == DUO_SIM_CUT_BEFORE) {
        assert_int_equal(ns, 0);
        assert_memory_equal(scene->flash->data + scene->range.off_bytes,
                            scene->old + scene->range.off_bytes,
                            scene->range.len_bytes);
    } else if (kind == DUO_SIM_CUT_AFTER) {
        assert_int_equal(ns, op_ns);
        check_whole(scene, op);
    } else {
        assert_in_range(ns, 1, op_ns - 1U);
        if (op == DUO_SIM_OP_WRITE) {
            check_torn_write(scene, kind);
            check_reached_unit(scene);
        } else if (kind == DUO_SIM_CUT_PARTIAL_ERASE) {
            check_partial_erase(scene);
        }
    }
}

static void each_kind_leaves_what_it_says(enum duo_sim_flash_type type)
{
    for (unsigned op = 0; op < 2U; op++) {
        for (unsigned kind = 0; kind < DUO_SIM_CUT_KIND_COUNT; kind++) {
            struct scene *scene = sim_alloc(sizeof(*scene));
            struct duo_sim_snapshot *start;

            scene_init(scene, type);
            start = duo_sim_snapshot_take(&scene->board.world);
            for (uint64_t seed = 0; seed < SEEDS; seed++) {
                struct duo_sim_cut cut = {1, (enum duo_sim_cut_kind)kind, seed};
                duo_sim_snapshot_restore(&scene->board.world, start);
                scene_run(scene, (enum duo_sim_op_kind)op, cut);
                check_scene(scene, (enum duo_sim_op_kind)op, cut.kind);
            }
            duo_sim_snapshot_free(start);
            board_end(&scene->board);
            free(scene);
        }
    }
}

static void cuts_of_the_application_flash_leave_what_they_say(void **state)
{
    (void)state;
    each_kind_leaves_what_it_says(DUO_SIM_FLASH_APP);
}

static void cuts_of_the_network_flash_leave_what_they_say(void **state)
{
    (void)state;
    each_kind_leaves_what_it_says(DUO_SIM_FLASH_NET);
}

static void cuts_of_the_external_flash_leave_what_they_say(void **state)
{
    (void)state;
    each_kind_leaves_what_it_says(DUO_SIM_FLASH_EXT);
}

static void a_dead_world_does_nothing(void **state)
{
    struct scene *scene = sim_alloc(sizeof(*scene));
    struct duo_sim_cut cut = {1, DUO_SIM_CUT_TORN, 3};
    struct duo_sim_world *world;
    uint32_t crc;
    uint64_t ns;

    (void)state;
    scene_init(scene, DUO_SIM_FLASH_EXT);
    scene_run(scene, DUO_SIM_OP_ERASE, cut);
    world = &scene->board.world;
    crc = content_crc(&scene->board);
    ns = world->core_ns[DUO_CORE_APP];
    for (unsigned type = 0; type < 3U; type++) {
        struct duo_flash *flash =
            &board_device(&scene->board, (enum duo_sim_flash_type)type)->flash;
        uint8_t raw[4] = {1, 2, 3, 4};
        assert_int_equal(flash->ops->start_read(flash, 0, raw, 4),
                         DUO_ERR_FLASH);
        assert_int_equal(duo_load_le32(raw), 0x04030201);
        assert_int_equal(flash->ops->start_write(flash, 0, raw, 4),
                         DUO_ERR_FLASH);
        assert_int_equal(flash->ops->start_erase(flash, 0), DUO_ERR_FLASH);
        assert_int_equal(flash->ops->poll(flash), DUO_ERR_FLASH);
        flash->ops->idle(flash);
    }
    duo_sim_idle(world, 1000U);
    duo_sim_spend(world, DUO_CORE_APP, 1000U);
    duo_sim_spend(world, DUO_CORE_NET, 1000U);
    duo_sim_reset(world);
    assert_int_equal(content_crc(&scene->board), crc);
    assert_int_equal(world->core_ns[DUO_CORE_APP], ns);
    assert_int_equal(world->core_ns[DUO_CORE_NET], ns);
    assert_int_equal(world->op_count, 1);
    assert_int_equal(scene->board.violations, 0);
    board_end(&scene->board);
    free(scene);
}

static void the_other_devices_are_torn_at_the_same_instant(void **state)
{
    unsigned changed = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 100U; seed++) {
        struct duo_sim_cut cut = {3, DUO_SIM_CUT_TORN, seed};
        struct board board;
        struct duo_area app, ext, net;
        struct duo_bytes net_page, ext_page;
        uint8_t src[4096];
        uint8_t old[4096];

        board_init(&board);
        app = whole(board.app);
        ext = whole(board.ext);
        net = whole(board.net);
        poke_pattern(board.net, 1);
        poke_pattern(board.ext, 2);
        memcpy(old, board.ext->data, sizeof(old));
        fill(src, sizeof(src), 7);
        duo_sim_power_up(&board.world, cut);
        /* At the latest at 44 ms: the network's is over, the chip's is not. */
        assert_int_equal(duo_area_start_erase(&net, 0), DUO_OK);
        duo_sim_spend(&board.world, DUO_CORE_APP, 87500000U);
        assert_int_equal(duo_area_start_erase(&ext, 0), DUO_OK);
        assert_int_equal(duo_area_start_write(&app, 0, src, 4096), DUO_OK);
        assert_int_equal(duo_flash_wait(&board.app->flash), DUO_ERR_FLASH);
        assert_in_range(board.world.core_ns[DUO_CORE_APP] - board.world.boot_ns,
                        87500001U, 87500000U + 44031999U);
        net_page = (struct duo_bytes){board.net->data, 2048};
        ext_page = (struct duo_bytes){board.ext->data, 4096};
        assert_true(duo_bytes_are(net_page, 0xFF));
        changed += !duo_bytes_are(ext_page, 0xFF) &&
                   memcmp(board.ext->data, old, sizeof(old)) != 0;
        board_end(&board);
    }
    assert_in_range(changed, 50, 100);
}

/* Does flash work until its power is cut. */
static void work(struct board *board, uint64_t seed)
{
    struct sim_random random = sim_random_stream(seed, 3);
    uint8_t src[2048];

    for (unsigned round = 0; round < 12U && !board->world.dead; round++) {
        for (unsigned type = 0; type < 3U; type++) {
            struct duo_area area =
                whole(board_device(board, (enum duo_sim_flash_type)type));
            uint32_t page_bytes = area.flash->geometry.erase_bytes;
            uint32_t page = (uint32_t)sim_random_below(&random, 4);
            fill(src, sizeof(src), sim_random_next(&random));
            if (duo_area_erase(&area, page * page_bytes, page_bytes) !=
                    DUO_OK ||
                duo_area_write(&area, page * page_bytes, src, sizeof(src)) !=
                    DUO_OK) {
                return;
            }
        }
    }
}

static uint32_t nested_run(uint64_t seed)
{
    struct board board;
    uint32_t crc;

    board_init(&board);
    for (unsigned cut_index = 0; cut_index < 6U; cut_index++) {
        struct duo_sim_cut cut = {
            1U + (seed * 7U + (uint64_t)cut_index * 5U) % 40U,
            (enum duo_sim_cut_kind)((seed + cut_index) %
                                    DUO_SIM_CUT_KIND_COUNT),
            seed * 100U + cut_index};
        duo_sim_power_up(&board.world, cut);
        work(&board, seed + cut_index);
        assert_true(board.world.dead);
    }
    duo_sim_power_up(&board.world, no_cut());
    assert_int_equal(board.violations, 0);
    crc = content_crc(&board);
    board_end(&board);
    return crc;
}

static void nested_cuts_are_exactly_repeatable(void **state)
{
    uint32_t last_crc = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 20U; seed++) {
        uint32_t crc = nested_run(seed);
        assert_int_equal(nested_run(seed), crc);
        assert_int_not_equal(crc, last_crc);
        last_crc = crc;
    }
}

/* The network core may be ahead of the application core by one step. */
static void an_operation_after_the_instant_leaves_no_trace(void **state)
{
    struct board board;
    struct duo_area net, app;
    struct duo_sim_cut cut = {2, DUO_SIM_CUT_AFTER, 1};
    uint32_t crc;

    (void)state;
    board_init(&board);
    poke_pattern(board.net, 3);
    net = whole(board.net);
    app = whole(board.app);
    duo_sim_power_up(&board.world, cut);
    crc = content_crc(&board);
    duo_sim_spend(&board.world, DUO_CORE_NET, 200000000U);
    assert_int_equal(duo_area_start_erase(&net, 0), DUO_OK);
    assert_int_equal(duo_area_start_erase(&app, 0), DUO_OK);
    assert_int_equal(duo_flash_wait(&board.app->flash), DUO_ERR_FLASH);
    assert_true(board.world.dead);
    assert_int_equal(content_crc(&board), crc); /* app was blank before. */
    board_end(&board);
}

static void a_cut_that_is_never_reached_does_not_happen(void **state)
{
    struct board board;
    struct duo_area app;
    struct duo_sim_cut cut = {3, DUO_SIM_CUT_TORN, 1};

    (void)state;
    board_init(&board);
    app = whole(board.app);
    duo_sim_power_up(&board.world, cut);
    assert_int_equal(duo_area_erase(&app, 0, 8192), DUO_OK);
    duo_sim_idle(&board.world, 1000000000U);
    assert_false(board.world.dead);
    assert_int_equal(board.world.op_count, 2);
    board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_of_the_application_flash_leave_what_they_say),
        cmocka_unit_test(cuts_of_the_network_flash_leave_what_they_say),
        cmocka_unit_test(cuts_of_the_external_flash_leave_what_they_say),
        cmocka_unit_test(a_dead_world_does_nothing),
        cmocka_unit_test(the_other_devices_are_torn_at_the_same_instant),
        cmocka_unit_test(nested_cuts_are_exactly_repeatable),
        cmocka_unit_test(an_operation_after_the_instant_leaves_no_trace),
        cmocka_unit_test(a_cut_that_is_never_reached_does_not_happen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
