/* SPDX-License-Identifier: MIT */
/* A request in an empty staged slot: the previous image is installed again, or
 * it is told why not. Cuts are the sweep's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "duo/trailer.h"
#include "hostile.h"

static void ask(struct hostile *hostile, enum duo_core core, bool permanent)
{
    assert_int_equal(
        duo_trailer_request(&hostile->slots.staged[core], permanent), DUO_OK);
}

/* The request is gone, so that it is not tried at every boot. */
static void expect_no_request(struct hostile *hostile, enum duo_core core)
{
    struct duo_trailer trailer;

    assert_int_equal(duo_trailer_read(&hostile->slots.staged[core], &trailer),
                     DUO_OK);
    assert_int_equal(trailer.magic, DUO_FIELD_ERASED);
}

static void expect_empty(struct hostile *hostile, enum duo_core core)
{
    for (uint32_t i = 0; i < DUO_UNIT_BYTES; i++) {
        assert_int_equal(hostile_peek(&hostile->slots.staged[core])[i], 0xFF);
    }
}

static void expect_copies_told(struct hostile *hostile, enum duo_core core,
                               bool told)
{
    assert_int_equal(
        rig_journal_has(&hostile->rig, DUO_REASON_PREVIOUS_STAGED, core), told);
}

/* Installed twice, so that the backup is not the factory's image. */
static void a_trial_of_the_previous_goes_there_and_back(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_OLDER);
    hostile_install(hostile, APP_NEXT);
    ask(hostile, APP, false);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_OLDER, NET_NOW);
    expect_copies_told(hostile, APP, true);
    hostile_expect_told(hostile, DUO_REASON_INSTALLED_TEST, APP);
    expect_empty(hostile, APP);
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NOW);
    /* The trial is in the way of a backup no more: what is there now is the
     * image that runs. */
    ask(hostile, APP, false);
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NOW);
    hostile_expect_told(hostile, DUO_REASON_SAME_IMAGE, APP);
}

static void the_two_last_images_take_turns(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, NET_NEXT);
    for (unsigned i = 0; i < 4U; i++) {
        ask(hostile, NET, true);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, APP_NOW, i % 2U == 0 ? NET_NOW : NET_NEXT);
    }
}

static void both_previous_images_come_in_one_boot(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_NEXT);
    hostile_install(hostile, NET_NEXT);
    ask(hostile, APP, true);
    ask(hostile, NET, true);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
    expect_copies_told(hostile, APP, true);
    expect_copies_told(hostile, NET, true);
    assert_int_equal(hostile_settle(hostile), 1);
}

static void one_core_goes_back_while_the_other_goes_on(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, NET_NEXT);
    ask(hostile, NET, true);
    hostile_stage_bytes(hostile, APP, hostile_bytes(hostile, APP_NEXT), true);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NOW);
    expect_copies_told(hostile, APP, false);
    expect_copies_told(hostile, NET, true);
}

static void asked_for_on_trial_the_previous_is_what_runs_then(void **state)
{
    struct hostile *hostile = *state;

    hostile_stage(hostile, APP_NEXT);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NOW);
    ask(hostile, APP, true);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
    hostile_expect_told(hostile, DUO_REASON_REVERTED, APP);
    hostile_expect_told(hostile, DUO_REASON_SAME_IMAGE, APP);
    expect_copies_told(hostile, APP, false);
    expect_no_request(hostile, APP);
    assert_int_equal(hostile_settle(hostile), 1);
}

/* What must be refused is refused before anything is copied. */
static void expect_refused(struct hostile *hostile, enum duo_reason reason)
{
    ask(hostile, APP, false);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NOW);
    hostile_expect_told(hostile, reason, APP);
    expect_copies_told(hostile, APP, false);
    expect_empty(hostile, APP);
    expect_no_request(hostile, APP);
    assert_int_equal(hostile_settle(hostile), 1);
}

static void a_policy_against_downgrades_holds_for_it_too(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_NEXT);
    hostile->board->config.policy.downgrade = DUO_DOWNGRADE_REFUSE;
    expect_refused(hostile, DUO_REASON_DOWNGRADE);
}

static void a_damaged_backup_is_no_previous_image(void **state)
{
    struct hostile *hostile = *state;
    uint8_t byte = (uint8_t)(hostile_bytes(hostile, APP_NOW).data[5000] ^ 1U);

    hostile_install(hostile, APP_NEXT);
    hostile_poke(&hostile->slots.backup[APP], 5000,
                 (struct duo_bytes){&byte, 1});
    expect_refused(hostile, DUO_REASON_EMPTY);
}

static void without_backups_there_is_no_previous_image(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_NEXT); /* The policy changes after it. */
    hostile->board->config.policy.backup = DUO_BACKUP_NONE;
    expect_refused(hostile, DUO_REASON_EMPTY);
}

/* The backup's counter fell behind with the confirmation. */
static void a_withdrawn_previous_is_told_as_that(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_RAISED);
    ask(hostile, APP, false);
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_RAISED, NET_NOW);
    hostile_expect_told(hostile, DUO_REASON_SECURITY_COUNTER_LOW, APP);
    expect_copies_told(hostile, APP, false);
    expect_empty(hostile, APP);
}

/* A whole upload is what it is, whoever wrote marks behind it. */
static void marks_behind_an_upload_do_not_replace_it(void **state)
{
    static const uint8_t marks[256];
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_NEXT);
    for (uint32_t len_bytes = 4; len_bytes <= sizeof(marks); len_bytes *= 8U) {
        const struct duo_area *slot = &hostile->slots.staged[APP];

        hostile_stage_bytes(hostile, APP, hostile_bytes(hostile, APP_OLDER),
                            false);
        hostile_poke(slot, slot->size_bytes - DUO_UNIT_BYTES + 256U,
                     (struct duo_bytes){marks, len_bytes});
        (void)hostile_boot(hostile);
        hostile_expect(hostile, APP_OLDER, NET_NOW);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, APP_NEXT, NET_NOW);
    }
    expect_copies_told(hostile, APP, false);
}

/* Marks of a copy that never was: what they pass over does not verify. */
static void forged_marks_lose_the_request_and_nothing_else(void **state)
{
    static const uint8_t marks[DUO_UNIT_BYTES - 256U - 64U];
    struct hostile *hostile = *state;
    const struct duo_area *slot = &hostile->slots.staged[APP];

    for (uint32_t len_bytes = 8; len_bytes <= sizeof(marks); len_bytes *= 2U) {
        (void)hostile_renew(state);
        hostile_install(hostile, APP_NEXT);
        hostile_fill(slot, 0xFF);
        ask(hostile, APP, true);
        hostile_poke(slot, slot->size_bytes - DUO_UNIT_BYTES + 256U,
                     (struct duo_bytes){marks, len_bytes});
        (void)hostile_settle(hostile);
        hostile_expect(hostile, APP_NEXT, NET_NOW);
        expect_no_request(hostile, APP);
    }
}

static void a_silent_network_core_keeps_its_request(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, NET_NEXT);
    ask(hostile, NET, true);
    hostile->board->net_mode = DUO_NATIVE_NET_SILENT;
    (void)hostile_boot(hostile);
    expect_copies_told(hostile, NET, false);
    hostile->board->net_mode = DUO_NATIVE_NET_GOOD;
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
}

#define TEST(name) cmocka_unit_test_setup(name, hostile_renew)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_trial_of_the_previous_goes_there_and_back),
        TEST(the_two_last_images_take_turns),
        TEST(both_previous_images_come_in_one_boot),
        TEST(one_core_goes_back_while_the_other_goes_on),
        TEST(asked_for_on_trial_the_previous_is_what_runs_then),
        TEST(a_policy_against_downgrades_holds_for_it_too),
        TEST(a_damaged_backup_is_no_previous_image),
        TEST(without_backups_there_is_no_previous_image),
        TEST(a_withdrawn_previous_is_told_as_that),
        TEST(marks_behind_an_upload_do_not_replace_it),
        TEST(forged_marks_lose_the_request_and_nothing_else),
        TEST(a_silent_network_core_keeps_its_request),
    };
    return cmocka_run_group_tests(tests, hostile_open, hostile_close);
}
