/* SPDX-License-Identifier: MIT */
/* Parts that fail or lie: the external chip, the network core, and a reset at
 * a bad moment. The application always starts, and nothing is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "hostile.h"

static void expect_app_starts(struct hostile *hostile)
{
    assert_int_equal(hostile->board->result.outcome, DUO_BOOT_START);
    assert_int_equal(hostile->board->result.app_verdict, DUO_VERDICT_ACCEPT);
    assert_non_null(rig_active(&hostile->rig, APP));
}

static void without_external_flash_both_cores_start(void **state)
{
    struct hostile *hostile = *state;

    hostile->board->ext->absent = true;
    (void)hostile_boot(hostile);
    assert_non_null(duo_native_net_image(hostile->board));
    expect_app_starts(hostile);
    hostile->board->ext->absent = false;
    assert_int_equal(hostile_settle(hostile), 1);
    hostile_expect(hostile, APP_NOW, NET_NOW);
}

/* On trial, and the chip with the backup is gone: the image runs on, and the
 * trial ends when the chip is back. */
static void a_trial_waits_for_the_external_flash(void **state)
{
    struct hostile *hostile = *state;

    hostile_stage(hostile, APP_NEXT);
    (void)hostile_boot(hostile);
    hostile->board->ext->absent = true;
    (void)hostile_boot(hostile);
    expect_app_starts(hostile);
    hostile->board->ext->absent = false;
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
}

static void an_erased_or_zeroed_external_flash_is_survived(void **state)
{
    struct hostile *hostile = *state;
    const struct duo_area all = {
        &hostile->board->ext->flash, 0,
        hostile->board->ext->flash.geometry.size_bytes};

    for (unsigned round = 0; round < 6U; round++) {
        (void)hostile_renew(state);
        if (round >= 2U) {
            hostile_install(hostile, APP_NEXT);
            hostile_install(hostile, NET_NEXT);
        }
        hostile_fill(&all, round % 2U != 0 ? 0x00 : 0xFF);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, round >= 2U ? APP_NEXT : APP_NOW,
                       round >= 2U ? NET_NEXT : NET_NOW);
        hostile_expect_told(hostile, DUO_REASON_MIRROR_REBUILT, NET);
    }
}

/* Counts what the board asks of a device, and lets it fail from one of these
 * operations on. */
struct failing {
    struct duo_sim_flash *flash;
    uint64_t ops;
    uint64_t fail_at;
};

static void count_op(void *ctx, const struct duo_sim_op *op)
{
    struct failing *failing = ctx;

    if (strcmp(op->device, failing->flash->flash.name) == 0 &&
        ++failing->ops == failing->fail_at) {
        failing->flash->absent = true;
    }
}

static void count_read(void *ctx, uint32_t off_bytes, uint8_t *dst,
                       size_t len_bytes)
{
    struct failing *failing = ctx;

    (void)off_bytes;
    (void)dst;
    (void)len_bytes;
    if (++failing->ops == failing->fail_at) {
        failing->flash->absent = true;
    }
}

static void pair_trial_that_fails_at(struct hostile *hostile,
                                     struct failing *failing)
{
    hostile_stage(hostile, APP_PAIR);
    hostile_stage(hostile, NET_PAIR);
    failing->flash->on_read = count_read;
    failing->flash->on_read_ctx = failing;
    hostile->board->world.on_op = count_op;
    hostile->board->world.on_op_ctx = failing;
    (void)hostile_boot(hostile);
    failing->flash->on_read = NULL;
    hostile->board->world.on_op = NULL;
}

/* Each device fails in the middle of the install of a pair, at any operation,
 * for the rest of that boot. Then it is back: the board comes to rest with
 * the old pair or the new one, never with half of it. */
static void a_device_that_fails_in_an_install_costs_no_image(void **state)
{
    struct hostile *hostile = *state;
    struct duo_native_board *board = hostile->board;
    struct duo_sim_flash *const flashes[] = {board->ext, board->net,
                                             board->app};

    for (unsigned i = 0; i < 3U; i++) {
        struct failing failing = {.flash = flashes[i]};

        (void)hostile_renew(state);
        pair_trial_that_fails_at(hostile, &failing);
        hostile_expect(hostile, APP_PAIR, NET_PAIR);
        uint64_t ops = failing.ops;
        uint64_t step = ops / 150U + 1U;
        assert_true(ops > 50U);
        for (uint64_t at = 1; at <= ops; at += step) {
            (void)hostile_renew(state);
            failing = (struct failing){flashes[i], 0, at};
            pair_trial_that_fails_at(hostile, &failing);
            assert_true(flashes[i]->absent);
            flashes[i]->absent = false;
            (void)hostile_settle(hostile);
            hostile_expect(hostile, APP_NOW, NET_NOW);
        }
    }
}

/* A chip that answers otherwise the second time: staged images turn bad after
 * a number of bytes were read [P9]. */
struct liar {
    const struct duo_area *area;
    uint64_t read_bytes;
    uint64_t limit_bytes;
};

static void lie(void *ctx, uint32_t off_bytes, uint8_t *dst, size_t len_bytes)
{
    struct liar *liar = ctx;

    if (off_bytes < liar->area->off_bytes ||
        off_bytes >= liar->area->off_bytes + 0x8000U) {
        return;
    }
    liar->read_bytes += len_bytes;
    if (liar->read_bytes > liar->limit_bytes && len_bytes > 100U) {
        dst[len_bytes / 2U] ^= 0x55;
    }
}

static void a_chip_that_changes_its_answer_installs_nothing(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned i = 0; i < 40U; i++) {
        enum duo_core core = (enum duo_core)(i % 2U);
        struct liar liar = {.area = &hostile->slots.staged[core],
                            .limit_bytes = 2500U * i};

        (void)hostile_renew(state);
        hostile_stage(hostile, core == APP ? APP_NEXT : NET_NEXT);
        hostile->board->ext->on_read = lie;
        hostile->board->ext->on_read_ctx = &liar;
        (void)hostile_boot(hostile);
        expect_app_starts(hostile);
        assert_non_null(duo_native_net_image(hostile->board));
        hostile->board->ext->on_read = NULL;
        (void)hostile_settle(hostile);
        assert_non_null(rig_active(&hostile->rig, APP));
        assert_non_null(rig_active(&hostile->rig, NET));
        hostile_expect(hostile, APP_NOW, NET_NOW);
    }
}

static void a_silent_network_core_does_not_stop_the_application(void **state)
{
    struct hostile *hostile = *state;

    hostile->board->net_mode = DUO_NATIVE_NET_SILENT;
    for (unsigned boot = 0; boot < 3U; boot++) {
        (void)hostile_boot(hostile);
        expect_app_starts(hostile);
        assert_null(duo_native_net_image(hostile->board));
    }
    hostile_expect_told(hostile, DUO_REASON_NET_NO_ANSWER, NET);
    /* The application can still be updated. */
    hostile_stage(hostile, APP_NEXT);
    (void)hostile_boot(hostile);
    expect_app_starts(hostile);
    assert_int_equal(duo_native_confirm(hostile->board, APP), DUO_OK);
    (void)hostile_boot(hostile);
    hostile->board->net_mode = DUO_NATIVE_NET_GOOD;
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NOW);
}

/* Its request waits for it; a pair waits whole. */
static void requests_wait_for_a_silent_network_core(void **state)
{
    struct hostile *hostile = *state;

    hostile_stage(hostile, NET_NEXT);
    hostile->board->net_mode = DUO_NATIVE_NET_SILENT;
    (void)hostile_boot(hostile);
    expect_app_starts(hostile);
    hostile->board->net_mode = DUO_NATIVE_NET_GOOD;
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NEXT);
}

/* The power goes in the middle of an install; then the network core is silent
 * for a while. Later boots finish it or take it back, whole. */
static void a_network_core_silent_after_a_cut_loses_nothing(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned i = 0; i < 90U; i++) {
        (void)hostile_renew(state);
        bool pair = i % 2U != 0;
        if (pair) {
            hostile_stage(hostile, APP_PAIR);
        }
        hostile_stage(hostile, pair ? NET_PAIR : NET_NEXT);
        (void)duo_native_power_cycle(
            hostile->board,
            (struct duo_sim_cut){
                1U + i * 5U,
                (enum duo_sim_cut_kind)(i % DUO_SIM_CUT_KIND_COUNT), i});
        hostile->board->net_mode = DUO_NATIVE_NET_SILENT;
        (void)hostile_boot(hostile);
        expect_app_starts(hostile);
        (void)hostile_boot(hostile);
        expect_app_starts(hostile);
        hostile->board->net_mode = DUO_NATIVE_NET_GOOD;
        (void)hostile_settle(hostile);
        hostile_expect(hostile, APP_NOW, NET_NOW);
    }
}

/* Random words of the mailbox change under the application core's eyes. */
static void a_lying_network_core_never_stops_the_application(void **state)
{
    struct hostile *hostile = *state;
    unsigned faults = 0;

    for (uint64_t seed = 1; seed <= 150U; seed++) {
        (void)hostile_renew(state);
        if (seed % 3U != 0) {
            hostile_stage(hostile, seed % 3U == 1 ? NET_NEXT : APP_NEXT);
        }
        hostile->board->net_mode = DUO_NATIVE_NET_LIES;
        hostile->board->lie_seed = seed;
        for (unsigned boot = 0; boot < 3U; boot++) {
            (void)hostile_boot(hostile);
            expect_app_starts(hostile);
            faults += hostile->board->client.fault != DUO_REASON_NONE;
        }
        hostile->board->net_mode = DUO_NATIVE_NET_GOOD;
        (void)hostile_settle(hostile);
        expect_app_starts(hostile);
        assert_non_null(duo_native_net_image(hostile->board));
        assert_non_null(rig_active(&hostile->rig, NET));
    }
    assert_true(faults > 20U); /* The lies did reach it. */
}

/* A reset, not a power cut: the chip goes on erasing while the boot begins. */
static void a_reset_while_the_chip_is_busy_is_waited_for(void **state)
{
    struct hostile *hostile = *state;
    const struct duo_area *slot = &hostile->slots.staged[APP];

    for (unsigned i = 0; i < 20U; i++) {
        (void)hostile_renew(state);
        hostile_stage(hostile, NET_NEXT);
        assert_int_equal(duo_area_start_erase(slot, i * DUO_UNIT_BYTES / 4U /
                                                        DUO_UNIT_BYTES *
                                                        DUO_UNIT_BYTES),
                         DUO_OK);
        duo_sim_reset(&hostile->board->world);
        assert_true(duo_sim_is_busy(hostile->board->ext));
        (void)duo_native_boot(hostile->board);
        hostile_expect(hostile, APP_NOW, NET_NEXT);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, hostile_renew)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_external_flash_both_cores_start),
        TEST(a_trial_waits_for_the_external_flash),
        TEST(an_erased_or_zeroed_external_flash_is_survived),
        TEST(a_device_that_fails_in_an_install_costs_no_image),
        TEST(a_chip_that_changes_its_answer_installs_nothing),
        TEST(a_silent_network_core_does_not_stop_the_application),
        TEST(requests_wait_for_a_silent_network_core),
        TEST(a_network_core_silent_after_a_cut_loses_nothing),
        TEST(a_lying_network_core_never_stops_the_application),
        TEST(a_reset_while_the_chip_is_busy_is_waited_for),
    };
    return cmocka_run_group_tests(tests, hostile_open, hostile_close);
}
