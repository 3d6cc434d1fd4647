/* SPDX-License-Identifier: MIT */
/* Snapshots give back exactly what was there. */
#include "sim_test_board.h"

/* An independent full copy of everything that a snapshot promises. */
struct copy {
    uint8_t data[3][EXT_BYTES];
    uint8_t writes[2][APP_BYTES / SIM_WORD_BYTES];
    struct sim_weak weak[3][64];
    uint32_t weak_count[3];
    struct sim_pending pending[3];
    uint8_t pending_copy[3][4096];
    bool high_performance;
    struct duo_sim_world world;
};

static void copy_take(struct copy *copy, const struct board *board)
{
    memset(copy, 0, sizeof(*copy));
    copy->world = board->world;
    copy->high_performance = board->ext->high_performance;
    for (unsigned type = 0; type < 3U; type++) {
        const struct duo_sim_flash *flash =
            board_device(board, (enum duo_sim_flash_type)type);
        const struct duo_sim_flash_state *state = flash->state;
        uint32_t size_bytes = flash->flash.geometry.size_bytes;

        memcpy(copy->data[type], flash->data, size_bytes);
        if (state->word_writes != NULL) {
            memcpy(copy->writes[type], state->word_writes,
                   size_bytes / SIM_WORD_BYTES);
        }
        assert_true(state->weak_count <= 64U);
        copy->weak_count[type] = state->weak_count;
        if (state->weak_count > 0) {
            memcpy(copy->weak[type], state->weak,
                   state->weak_count * sizeof(*state->weak));
        }
        copy->pending[type] = state->pending;
        if (state->pending.active && state->pending.kind == DUO_SIM_OP_WRITE) {
            memcpy(copy->pending_copy[type], state->pending.copy,
                   state->pending.len_bytes);
        }
    }
}

static void copy_check(const struct copy *copy, const struct board *board)
{
    struct copy *now = sim_alloc(sizeof(*now));

    copy_take(now, board);
    assert_memory_equal(now->data, copy->data, sizeof(now->data));
    assert_memory_equal(now->writes, copy->writes, sizeof(now->writes));
    assert_memory_equal(now->weak_count, copy->weak_count,
                        sizeof(now->weak_count));
    assert_memory_equal(now->weak, copy->weak, sizeof(now->weak));
    assert_memory_equal(now->pending_copy, copy->pending_copy,
                        sizeof(now->pending_copy));
    for (unsigned type = 0; type < 3U; type++) {
        const struct sim_pending *left = &now->pending[type];
        const struct sim_pending *right = &copy->pending[type];
        assert_int_equal(left->active, right->active);
        assert_int_equal(left->is_cut_op, right->is_cut_op);
        assert_int_equal(left->kind, right->kind);
        assert_int_equal(left->off_bytes, right->off_bytes);
        assert_int_equal(left->end_ns, right->end_ns);
    }
    assert_int_equal(now->high_performance, copy->high_performance);
    assert_memory_equal(now->world.core_ns, copy->world.core_ns,
                        sizeof(now->world.core_ns));
    assert_int_equal(now->world.boot_ns, copy->world.boot_ns);
    assert_int_equal(now->world.op_count, copy->world.op_count);
    assert_int_equal(now->world.dead, copy->world.dead);
    assert_int_equal(now->world.cut_ns, copy->world.cut_ns);
    assert_int_equal(now->world.cut_armed, copy->world.cut_armed);
    assert_int_equal(now->world.cut.op_index, copy->world.cut.op_index);
    assert_int_equal(now->world.cut.seed, copy->world.cut.seed);
    free(now);
}

static void power_up(struct board *board, struct sim_random *random)
{
    struct duo_sim_cut cut = {
        1U + sim_random_below(random, 20),
        (enum duo_sim_cut_kind)sim_random_below(random, DUO_SIM_CUT_KIND_COUNT),
        sim_random_next(random)};
    duo_sim_power_up(&board->world, cut);
    board->ext->high_performance = sim_random_below(random, 2) == 0;
}

/* Whatever can change a board, rules kept or broken. Sources are static, as
 * they must outlive the operations. */
static void act(struct board *board, struct sim_random *random)
{
    static uint8_t src[3][4096];
    unsigned type = (unsigned)sim_random_below(random, 3);
    struct duo_sim_flash *flash =
        board_device(board, (enum duo_sim_flash_type)type);
    uint32_t page_bytes = flash->flash.geometry.erase_bytes;
    uint32_t page = (uint32_t)sim_random_below(random, 8);
    uint32_t len_bytes = 4U * (1U + (uint32_t)sim_random_below(random, 300));
    struct duo_bytes bytes = {src[type], len_bytes};
    const struct duo_flash_ops *ops = flash->flash.ops;

    switch (sim_random_below(random, 7)) {
    case 0: power_up(board, random); break;
    case 1: duo_sim_reset(&board->world); break;
    case 2:
        duo_sim_idle(&board->world, sim_random_below(random, 99000000));
        break;
    case 3:
    case 4:
        if (!duo_sim_is_busy(flash) && !board->world.dead) {
            (void)ops->start_erase(&flash->flash, page * page_bytes);
        }
        break;
    case 5:
        if (!duo_sim_is_busy(flash) && !board->world.dead) {
            memset(src[type], (int)sim_random_below(random, 255), 4096);
            (void)ops->start_write(&flash->flash, page * page_bytes, src[type],
                                   len_bytes);
        }
        break;
    default:
        if (sim_random_below(random, 8) == 0) {
            fill(src[type], len_bytes, sim_random_next(random));
            duo_sim_poke(flash, page * page_bytes, bytes);
        }
        break;
    }
}

static void act_many(struct board *board, struct sim_random *random)
{
    uint64_t count = sim_random_below(random, 60);

    for (uint64_t round = 0; round < count; round++) {
        act(board, random);
    }
}

static void restore_gives_back_everything_after_random_work(void **state)
{
    struct board board;
    struct copy *copies = sim_alloc(4U * sizeof(*copies));
    struct duo_sim_snapshot *snapshots[4] = {NULL};
    struct sim_random random = sim_random_stream(2026, 1);

    (void)state;
    board_init(&board);
    for (unsigned round = 0; round < 600U; round++) {
        unsigned at = (unsigned)sim_random_below(&random, 4);

        act_many(&board, &random);
        if (snapshots[at] != NULL && sim_random_below(&random, 3) != 0) {
            duo_sim_snapshot_restore(&board.world, snapshots[at]);
            copy_check(&copies[at], &board);
        } else {
            duo_sim_snapshot_free(snapshots[at]);
            snapshots[at] = duo_sim_snapshot_take(&board.world);
            copy_take(&copies[at], &board);
        }
    }
    for (unsigned at = 0; at < 4U; at++) {
        duo_sim_snapshot_restore(&board.world, snapshots[at]);
        copy_check(&copies[at], &board);
        duo_sim_snapshot_free(snapshots[at]);
    }
    free(copies);
    board_end(&board);
}

static void a_restored_board_runs_on_as_the_first_one_did(void **state)
{
    struct board board;
    struct duo_sim_snapshot *start;
    struct sim_random random = sim_random_stream(7, 1);

    (void)state;
    board_init(&board);
    for (unsigned round = 0; round < 40U; round++) {
        struct sim_random first = {sim_random_next(&random)};
        struct sim_random second = first;
        uint32_t crc;
        uint64_t ns;

        start = duo_sim_snapshot_take(&board.world);
        act_many(&board, &first);
        crc = content_crc(&board);
        ns = board.world.core_ns[DUO_CORE_APP];
        duo_sim_snapshot_restore(&board.world, start);
        act_many(&board, &second);
        assert_int_equal(content_crc(&board), crc);
        assert_int_equal(board.world.core_ns[DUO_CORE_APP], ns);
        duo_sim_snapshot_free(start);
    }
    board_end(&board);
}

static void a_snapshot_of_another_board_is_refused(void **state)
{
    struct board board;
    struct duo_sim_snapshot *snapshot;

    (void)state;
    board_init(&board);
    snapshot = duo_sim_snapshot_take(&board.world);
    duo_sim_flash_destroy(board.ext);
    board.ext = NULL;
    duo_sim_snapshot_restore(&board.world, snapshot);
    assert_int_equal(board.violations, 1);
    duo_sim_snapshot_free(snapshot);
    board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restore_gives_back_everything_after_random_work),
        cmocka_unit_test(a_restored_board_runs_on_as_the_first_one_did),
        cmocka_unit_test(a_snapshot_of_another_board_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
