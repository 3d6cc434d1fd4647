/* SPDX-License-Identifier: MIT */
/* The policies, the one-pair flow, the security counters, and long lives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "duo/counter.h"
#include "duo/trailer.h"
#include "hostile.h"

static void expect_counters(struct hostile *hostile, uint32_t app_value,
                            uint32_t net_value)
{
    uint32_t values[DUO_CORE_COUNT];

    assert_int_equal(duo_counter_read(&hostile->slots.counters, values),
                     DUO_OK);
    assert_int_equal(values[APP], app_value);
    assert_int_equal(values[NET], net_value);
}

static void confirm(struct hostile *hostile, enum duo_core core)
{
    assert_int_equal(duo_native_confirm(hostile->board, core), DUO_OK);
}

/* Without a backup there is no way back, so there is no trial either. */
static void overwrite_only_installs_for_good(void **state)
{
    struct hostile *hostile = *state;

    hostile->board->config.policy.backup = DUO_BACKUP_NONE;
    hostile_stage(hostile, APP_NEXT);
    hostile_stage(hostile, NET_NEXT);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NEXT);
    hostile_expect_told(hostile, DUO_REASON_INSTALLED_PERMANENT, APP);
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NEXT);
}

/* As after a swap: the previous image is in the staged slot, whole, with no
 * request; asking for it again installs it again. */
static void a_previous_image_can_be_tested_again(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_area *slot = &hostile->slots.staged[core];
        const struct duo_bytes previous =
            hostile_bytes(hostile, core == APP ? APP_NOW : NET_NOW);
        struct duo_trailer trailer;

        (void)hostile_renew(state);
        hostile->board->config.policy.staged = DUO_STAGED_PREVIOUS;
        hostile_install(hostile, core == APP ? APP_NEXT : NET_NEXT);
        assert_memory_equal(hostile_peek(slot), previous.data,
                            previous.len_bytes);
        assert_int_equal(duo_trailer_read(slot, &trailer), DUO_OK);
        assert_int_equal(trailer.magic, DUO_FIELD_ERASED);
        assert_int_equal(duo_trailer_request(slot, false), DUO_OK);
        (void)hostile_boot(hostile);
        hostile_expect(hostile, APP_NOW, NET_NOW);
        hostile_expect_told(hostile, DUO_REASON_INSTALLED_TEST,
                            (enum duo_core)core);
        confirm(hostile, (enum duo_core)core);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, APP_NOW, NET_NOW);
    }
}

static void by_default_the_staged_slot_is_empty_afterwards(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_NEXT);
    for (uint32_t i = 0; i < DUO_UNIT_BYTES; i++) {
        assert_int_equal(hostile_peek(&hostile->slots.staged[APP])[i], 0xFF);
    }
}

/* A one-pair application knows one slot and one trailer: its own. */
static void a_one_pair_application_confirms_with_its_own_trailer(void **state)
{
    struct hostile *hostile = *state;

    hostile_stage_bytes(hostile, APP, hostile_bytes(hostile, NET_NEXT), false);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NEXT);
    hostile_expect_told(hostile, DUO_REASON_ROUTED_TO_NET, NET);
    confirm(hostile, APP);
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NOW, NET_NEXT);
    hostile_expect_told(hostile, DUO_REASON_CONFIRMED, NET);
}

static void a_one_pair_trial_without_confirmation_goes_back(void **state)
{
    struct hostile *hostile = *state;

    hostile_stage_bytes(hostile, APP, hostile_bytes(hostile, NET_NEXT), false);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NEXT);
    (void)hostile_settle(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
    hostile_expect_told(hostile, DUO_REASON_REVERTED, NET);
    hostile_install(hostile, APP_NEXT); /* And it takes new updates. */
    hostile_expect(hostile, APP_NEXT, NET_NOW);
}

static void counters_rise_only_with_the_confirmation(void **state)
{
    struct hostile *hostile = *state;

    expect_counters(hostile, 2, 2);
    hostile_stage(hostile, APP_RAISED);
    hostile_stage(hostile, NET_RAISED);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_RAISED, NET_RAISED);
    expect_counters(hostile, 2, 2);
    (void)hostile_settle(hostile); /* Not confirmed: back, and no trace. */
    hostile_expect(hostile, APP_NOW, NET_NOW);
    expect_counters(hostile, 2, 2);
    hostile_install(hostile, NET_RAISED);
    expect_counters(hostile, 2, 5);
    hostile_install(hostile, APP_RAISED);
    expect_counters(hostile, 4, 5);
    hostile_expect_told(hostile, DUO_REASON_COUNTER_RAISED, APP);
    hostile_expect_told(hostile, DUO_REASON_COUNTER_RAISED, NET);
    hostile_stage(hostile, APP_NEXT);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_RAISED, NET_RAISED);
    hostile_expect_told(hostile, DUO_REASON_SECURITY_COUNTER_LOW, APP);
}

static void a_full_counter_page_is_told_and_stops_nothing(void **state)
{
    struct hostile *hostile = *state;
    static const uint8_t spent[4] = {0x12, 0x34, 0x56, 0x78};

    hostile_poke(&hostile->slots.counters,
                 hostile->slots.counters.size_bytes - 4U,
                 (struct duo_bytes){spent, sizeof(spent)});
    hostile_stage(hostile, APP_RAISED);
    (void)hostile_boot(hostile);
    confirm(hostile, APP);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_RAISED, NET_NOW);
    hostile_expect_told(hostile, DUO_REASON_COUNTER_STORE_FULL, APP);
    expect_counters(hostile, 2, 2);
}

/* A board that demands counters does not start without one. */
static void a_demanded_counter_must_be_there(void **state)
{
    struct hostile *hostile = *state;

    hostile_fill(&hostile->slots.counters, 0xFF);
    hostile->board->config.policy.security_counter_required = true;
    hostile_stage(hostile, APP_UNCOUNTED);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
    hostile_expect_told(hostile, DUO_REASON_SECURITY_COUNTER_MISSING, APP);
}

/* Half of a pair confirmed is a pair not confirmed. */
static void a_pair_goes_back_together(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        (void)hostile_renew(state);
        hostile_stage(hostile, APP_PAIR);
        hostile_stage(hostile, NET_PAIR);
        (void)hostile_boot(hostile);
        hostile_expect(hostile, APP_PAIR, NET_PAIR);
        confirm(hostile, (enum duo_core)core);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, APP_NOW, NET_NOW);
        hostile_expect_told(hostile, DUO_REASON_REVERT_PARTNER,
                            (enum duo_core)core);
    }
}

/* The backup is damaged during the trial: what cannot go back stays. */
static void a_trial_without_a_good_backup_stays(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        (void)hostile_renew(state);
        hostile_stage(hostile, core == APP ? APP_NEXT : NET_NEXT);
        (void)hostile_boot(hostile);
        static const uint8_t zeros[64] = {0};
        hostile_poke(&hostile->slots.backup[core], 9000,
                     (struct duo_bytes){zeros, sizeof(zeros)});
        (void)hostile_settle(hostile);
        hostile_expect(hostile, core == APP ? APP_NEXT : APP_NOW,
                       core == NET ? NET_NEXT : NET_NOW);
        hostile_expect_told(hostile, DUO_REASON_BACKUP_DAMAGED,
                            (enum duo_core)core);
    }
}

/* Thirty updates in a row, confirmed or not, one core or both, through either
 * slot: each ends as it must, whatever the one before left behind. */
static void update_after_update_ends_as_it_must(void **state)
{
    struct hostile *hostile = *state;
    enum hostile_image app = APP_NOW;
    enum hostile_image net = NET_NOW;
    uint64_t seed = 11;

    for (unsigned i = 0; i < 30U; i++) {
        uint64_t draw = hostile_random(&seed);
        enum hostile_image app_next = app == APP_NOW ? APP_NEXT : APP_NOW;
        enum hostile_image net_next = net == NET_NOW ? NET_NEXT : NET_NOW;
        bool both = draw % 3U == 0;
        bool with_app = both || draw % 3U == 1;
        bool with_net = both || draw % 3U == 2;
        bool routed = !with_app && (draw & 16U) != 0;
        bool confirmed = (draw & 32U) != 0;

        hostile->board->config.policy.staged =
            (draw & 64U) != 0 ? DUO_STAGED_PREVIOUS : DUO_STAGED_BLANK;
        if (with_app) {
            hostile_stage(hostile, app_next);
        }
        if (with_net) {
            hostile_stage_bytes(hostile, routed ? APP : NET,
                                hostile_bytes(hostile, net_next), false);
        }
        (void)hostile_boot(hostile);
        hostile_expect(hostile, with_app ? app_next : app,
                       with_net ? net_next : net);
        if (confirmed && with_app) {
            confirm(hostile, APP);
        }
        if (confirmed && with_net) {
            confirm(hostile, routed ? APP : NET);
        }
        app = confirmed && with_app ? app_next : app;
        net = confirmed && with_net ? net_next : net;
        (void)hostile_settle(hostile);
        hostile_expect(hostile, app, net);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, hostile_renew)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(overwrite_only_installs_for_good),
        TEST(a_previous_image_can_be_tested_again),
        TEST(by_default_the_staged_slot_is_empty_afterwards),
        TEST(a_one_pair_application_confirms_with_its_own_trailer),
        TEST(a_one_pair_trial_without_confirmation_goes_back),
        TEST(counters_rise_only_with_the_confirmation),
        TEST(a_full_counter_page_is_told_and_stops_nothing),
        TEST(a_demanded_counter_must_be_there),
        TEST(a_pair_goes_back_together),
        TEST(a_trial_without_a_good_backup_stays),
        TEST(update_after_update_ends_as_it_must),
    };
    return cmocka_run_group_tests(tests, hostile_open, hostile_close);
}
