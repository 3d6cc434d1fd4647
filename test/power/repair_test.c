/* SPDX-License-Identifier: MIT */
/* An active image that is damaged is replaced by the best copy there is, also
 * if the power goes while that is done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "duo/trailer.h"
#include "hostile.h"

/* Damage a unit in the middle of what a core runs. */
static void damage(const struct duo_area *area)
{
    static const uint8_t zeros[256] = {0};

    hostile_poke(area, 2U * DUO_UNIT_BYTES + 77U * 4U,
                 (struct duo_bytes){zeros, sizeof(zeros)});
}

static void an_application_is_repaired_from_its_backup(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_NEXT);
    damage(&hostile->slots.active[APP]);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
    hostile_expect_told(hostile, DUO_REASON_REPAIRED_FROM_BACKUP, APP);
    assert_true(hostile_settle(hostile) <= 2);
    hostile_expect(hostile, APP_NOW, NET_NOW);
}

static void a_network_image_is_repaired_from_its_mirror(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, NET_NEXT);
    damage(&hostile->slots.active[NET]);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NEXT);
    hostile_expect_told(hostile, DUO_REASON_REPAIRED_FROM_MIRROR, NET);
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NOW, NET_NEXT);
}

static void without_a_mirror_the_backup_is_used(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, NET_NEXT);
    damage(&hostile->slots.active[NET]);
    damage(&hostile->slots.mirror);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
    hostile_expect_told(hostile, DUO_REASON_REPAIRED_FROM_BACKUP, NET);
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
}

/* Nobody asked for it, but it is all that is left. */
static void without_mirror_and_backup_the_staged_image_is_used(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        (void)hostile_renew(state);
        hostile_stage(hostile, core == APP ? APP_NEXT : NET_NEXT);
        assert_int_equal(duo_trailer_clear(&hostile->slots.staged[core]),
                         DUO_OK);
        damage(&hostile->slots.active[core]);
        if (core == NET) {
            damage(&hostile->slots.mirror);
        }
        (void)hostile_boot(hostile);
        hostile_expect(hostile, core == APP ? APP_NEXT : APP_NOW,
                       core == NET ? NET_NEXT : NET_NOW);
        hostile_expect_told(hostile, DUO_REASON_REPAIRED_FROM_STAGED,
                            (enum duo_core)core);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, core == APP ? APP_NEXT : APP_NOW,
                       core == NET ? NET_NEXT : NET_NOW);
    }
}

/* An image on trial may be confirmed after its release was withdrawn: then the
 * backup below the security counter is no way back [P11]. */
static void a_backup_below_the_security_counter_is_not_used(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_RAISED);
    damage(&hostile->slots.active[APP]);
    const struct duo_boot_result *result = hostile_boot(hostile);
    assert_int_equal(result->outcome, DUO_BOOT_RECOVERY);
    hostile_stage(hostile, APP_NEXT);
    assert_int_equal(hostile_boot(hostile)->outcome, DUO_BOOT_RECOVERY);
    hostile_stage(hostile, APP_RAISED);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_RAISED, NET_NOW);
}

static void without_any_application_the_board_waits_in_recovery(void **state)
{
    struct hostile *hostile = *state;

    damage(&hostile->slots.active[APP]);
    for (unsigned boot = 0; boot < 3U; boot++) {
        const struct duo_boot_result *result = hostile_boot(hostile);
        assert_int_equal(result->outcome, DUO_BOOT_RECOVERY);
        assert_int_equal(result->app_verdict, DUO_VERDICT_REJECT);
    }
    hostile_expect_told(hostile, DUO_REASON_APP_IMAGE_BAD, APP);
    hostile_expect_told(hostile, DUO_REASON_RECOVERY_ENTERED, DUO_CORE_NONE);
}

static void recovery_ends_with_an_upload(void **state)
{
    struct hostile *hostile = *state;

    damage(&hostile->slots.active[APP]);
    (void)hostile_boot(hostile);
    hostile_stage(hostile, APP_NEXT);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NOW);
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NOW);
}

/* The network core alone: the application runs without it. */
static void without_any_network_image_the_application_still_runs(void **state)
{
    struct hostile *hostile = *state;

    damage(&hostile->slots.active[NET]);
    damage(&hostile->slots.mirror);
    const struct duo_boot_result *result = hostile_boot(hostile);
    assert_int_equal(result->outcome, DUO_BOOT_START);
    assert_null(duo_native_net_image(hostile->board));
    assert_ptr_equal(rig_active(&hostile->rig, APP),
                     &hostile->rig.images[APP_NOW]);
    hostile_expect_told(hostile, DUO_REASON_NET_IMAGE_BAD, NET);
    hostile_stage(hostile, NET_NEXT);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NEXT);
}

static void both_cores_are_repaired_in_one_boot(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_NEXT);
    hostile_install(hostile, NET_NEXT);
    damage(&hostile->slots.active[APP]);
    damage(&hostile->slots.active[NET]);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NEXT);
}

/* Erased cores of a board from the factory line, with images staged. */
static void an_empty_board_takes_what_is_staged(void **state)
{
    struct hostile *hostile = *state;

    hostile_fill(&hostile->slots.active[APP], 0xFF);
    hostile_fill(&hostile->slots.active[NET], 0xFF);
    hostile_fill(&hostile->slots.mirror, 0xFF);
    hostile_stage(hostile, APP_NEXT);
    hostile_stage(hostile, NET_NEXT);
    /* One install is one boot: the application first. */
    (void)hostile_boot(hostile);
    assert_int_equal(hostile->board->result.outcome, DUO_BOOT_START);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NEXT);
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NEXT);
}

static void damage_app_with_backup(struct hostile *hostile)
{
    hostile_install(hostile, APP_NEXT);
    damage(&hostile->slots.active[APP]);
}

static void damage_net_with_mirror(struct hostile *hostile)
{
    hostile_install(hostile, NET_NEXT);
    damage(&hostile->slots.active[NET]);
}

static void damage_net_with_backup(struct hostile *hostile)
{
    damage_net_with_mirror(hostile);
    damage(&hostile->slots.mirror);
}

static void damage_app_with_staged(struct hostile *hostile)
{
    hostile_stage(hostile, APP_NEXT);
    assert_int_equal(duo_trailer_clear(&hostile->slots.staged[APP]), DUO_OK);
    damage(&hostile->slots.active[APP]);
}

static void lose_the_record_of_a_trial(struct hostile *hostile)
{
    hostile_stage(hostile, APP_NEXT);
    (void)hostile_boot(hostile);
    hostile_fill(&hostile->slots.progress, 0xFF);
}

static void lose_the_record_of_a_net_trial(struct hostile *hostile)
{
    hostile_stage(hostile, NET_NEXT);
    (void)hostile_boot(hostile);
    hostile_fill(&hostile->slots.progress, 0xFF);
}

static const struct {
    void (*prepare)(struct hostile *hostile);
    enum hostile_image app;
    enum hostile_image net;
} repairs[] = {
    {damage_app_with_backup,         APP_NOW,  NET_NOW },
    {damage_net_with_mirror,         APP_NOW,  NET_NEXT},
    {damage_net_with_backup,         APP_NOW,  NET_NOW },
    {damage_app_with_staged,         APP_NEXT, NET_NOW },
    {lose_the_record_of_a_trial,     APP_NOW,  NET_NOW },
    {lose_the_record_of_a_net_trial, APP_NOW,  NET_NOW },
};

/* Every operation of each repair, the kinds in turn; the repair is done after
 * a few boots, however often it was begun. */
static void a_repair_survives_a_cut_at_every_operation(void **state)
{
    struct hostile *hostile = *state;
    struct duo_sim_world *world = &hostile->board->world;

    for (size_t i = 0; i < sizeof(repairs) / sizeof(repairs[0]); i++) {
        (void)hostile_renew(state);
        repairs[i].prepare(hostile);
        struct duo_sim_snapshot *damaged = duo_sim_snapshot_take(world);
        (void)hostile_boot(hostile);
        uint64_t ops = world->op_count;
        assert_true(ops > 5);
        hostile_expect(hostile, repairs[i].app, repairs[i].net);
        for (uint64_t op = 1; op <= ops; op++) {
            const struct duo_sim_cut cut = {
                op, (enum duo_sim_cut_kind)((op + i) % DUO_SIM_CUT_KIND_COUNT),
                op};
            duo_sim_snapshot_restore(world, damaged);
            (void)duo_native_power_cycle(hostile->board, cut);
            assert_true(world->dead);
            (void)hostile_settle(hostile);
            hostile_expect(hostile, repairs[i].app, repairs[i].net);
        }
        duo_sim_snapshot_free(damaged);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, hostile_renew)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_application_is_repaired_from_its_backup),
        TEST(a_network_image_is_repaired_from_its_mirror),
        TEST(without_a_mirror_the_backup_is_used),
        TEST(without_mirror_and_backup_the_staged_image_is_used),
        TEST(a_backup_below_the_security_counter_is_not_used),
        TEST(without_any_application_the_board_waits_in_recovery),
        TEST(recovery_ends_with_an_upload),
        TEST(without_any_network_image_the_application_still_runs),
        TEST(both_cores_are_repaired_in_one_boot),
        TEST(an_empty_board_takes_what_is_staged),
        TEST(a_repair_survives_a_cut_at_every_operation),
    };
    return cmocka_run_group_tests(tests, hostile_open, hostile_close);
}
