/* SPDX-License-Identifier: MIT */
/* What goes wrong on a desk and in the field settles, and says its reason: on
 * the ARM binaries of all four targets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "arm_rig.h"
#include "duo/journal.h"

#define LIMIT_NS (120000U * ARM_MS)

struct desk {
    struct arm_rig rig;
    const struct arm_image *app;
    const struct arm_image *net;
};

static void boot_until(struct desk *desk, const char *wanted)
{
    if (!arm_boot(&desk->rig, NULL, wanted, LIMIT_NS)) {
        fail_msg("nobody says '%s' (%s), but: %s", wanted, desk->rig.stop.text,
                 desk->rig.consoles[DUO_VB_UART_APP].text);
    }
}

static void run_until(struct desk *desk, const char *wanted)
{
    if (!arm_run(&desk->rig, wanted, LIMIT_NS)) {
        fail_msg("nobody says '%s' (%s), but: %s", wanted, desk->rig.stop.text,
                 desk->rig.consoles[DUO_VB_UART_APP].text);
    }
}

/* Is this reason in the journal, which outlives resets? */
static bool journal_has(struct desk *desk, enum duo_reason reason)
{
    struct duo_slots slots;
    struct duo_journal journal;
    struct duo_journal_entry entry;
    uint32_t cursor = 0;
    bool found = false;

    duo_vb_power_off(desk->rig.vb);
    duo_sim_power_up(&desk->rig.native->world, (struct duo_sim_cut){0});
    duo_native_slots(desk->rig.native, &slots);
    duo_journal_open(&journal, &slots.journal);
    while (duo_journal_next(&journal, &cursor, &entry)) {
        found = found || entry.reason == reason;
    }
    return found;
}

static int set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof(*desk));
    const struct arm_image_spec app = {.core = DUO_CORE_APP,
                                       .firmware = "appdemo"};
    const struct arm_image_spec net = {.core = DUO_CORE_NET,
                                       .firmware = "netdemo"};

    assert_non_null(desk);
    arm_rig_create(&desk->rig, false);
    desk->app = arm_make(&desk->rig, &app);
    desk->net = arm_make(&desk->rig, &net);
    arm_factory(&desk->rig, desk->app, desk->net);
    *state = desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;

    arm_rig_destroy(&desk->rig);
    free(desk);
    return 0;
}

/* A trial of @p firmware goes back to what was there, by itself. */
static void trial_reverts(struct desk *desk, enum duo_core core,
                          const char *firmware, const char *reset_words)
{
    const struct arm_image_spec spec = {
        .core = core, .firmware = firmware, .minor = 1};

    arm_stage(&desk->rig, core, arm_make(&desk->rig, &spec), false);
    boot_until(desk, reset_words);
    run_until(desk, ARM_WELL "1.0.0");
    assert_true(arm_says(&desk->rig, DUO_VB_UART_APP, "appdemo 1.0.0 runs"));
    assert_ptr_equal(arm_active(&desk->rig, DUO_CORE_APP), desk->app);
    assert_ptr_equal(arm_active(&desk->rig, DUO_CORE_NET), desk->net);
    assert_true(journal_has(desk, DUO_REASON_REVERT_NOT_CONFIRMED));
}

static void hang_of_a_trial_becomes_a_revert_by_the_watchdog(void **state)
{
    trial_reverts(*state, DUO_CORE_APP, "appdemo-hang", "watchdog");
}

static void hard_fault_of_a_trial_becomes_a_revert(void **state)
{
    trial_reverts(*state, DUO_CORE_APP, "appdemo-crash", "fault");
}

static void network_image_that_never_reports_is_reverted(void **state)
{
    trial_reverts(*state, DUO_CORE_NET, "netdemo-silent",
                  "network core does not get well");
}

static void healthy_trials_are_confirmed_and_stay(void **state)
{
    struct desk *desk = *state;
    const struct arm_image_spec spec = {
        .core = DUO_CORE_NET, .firmware = "netdemo", .minor = 2};
    const struct arm_image *image = arm_make(&desk->rig, &spec);

    arm_stage(&desk->rig, DUO_CORE_APP, image, false);
    boot_until(desk, ARM_WELL "1.2.0");
    run_until(desk, "both cores are well: confirm what is on trial");
    (void)arm_run(&desk->rig, NULL, 500U * ARM_MS);
    boot_until(desk, ARM_WELL "1.2.0");
    assert_ptr_equal(arm_active(&desk->rig, DUO_CORE_NET), image);
    assert_true(journal_has(desk, DUO_REASON_CONFIRMED));
}

static void
network_core_that_never_starts_is_told_and_the_application_runs(void **state)
{
    struct desk *desk = *state;
    uint8_t blank[4096];

    /* A core without its boot loader, as after a mass erase. */
    memset(blank, 0xFF, sizeof(blank));
    duo_sim_poke(desk->rig.native->net, 0,
                 (struct duo_bytes){blank, sizeof(blank)});
    boot_until(desk, "appdemo 1.0.0 runs");
    assert_true(journal_has(desk, DUO_REASON_NET_NO_ANSWER));
}

static void removed_chip_is_told_and_both_cores_run(void **state)
{
    struct desk *desk = *state;

    desk->rig.native->ext->absent = true;
    boot_until(desk, ARM_WELL "1.0.0");
    assert_true(arm_says(&desk->rig, DUO_VB_UART_APP, "ext-flash-absent"));
}

static void brown_out_in_the_middle_of_a_boot_changes_nothing(void **state)
{
    struct desk *desk = *state;

    for (uint64_t ms = 1; ms < 400; ms += 57) {
        const struct duo_vb_cut cut = {
            .at_ns = duo_vb_now_ns(desk->rig.vb) + ms * ARM_MS,
            .kind = DUO_SIM_CUT_TORN,
            .seed = ms,
        };
        (void)arm_boot(&desk->rig, &cut, NULL, LIMIT_NS);
        assert_false(duo_vb_has_power(desk->rig.vb));
    }
    boot_until(desk, ARM_WELL "1.0.0");
    duo_vb_power_off(desk->rig.vb);
    assert_ptr_equal(arm_active(&desk->rig, DUO_CORE_APP), desk->app);
    assert_ptr_equal(arm_active(&desk->rig, DUO_CORE_NET), desk->net);
}

static void held_button_ends_in_recovery_and_a_reset_leaves_it(void **state)
{
    struct desk *desk = *state;

    duo_vb_button(desk->rig.vb, 0, true);
    boot_until(desk, "recovery");
    assert_false(arm_says(&desk->rig, DUO_VB_UART_APP, "appdemo"));
    duo_vb_button(desk->rig.vb, 0, false);
    (void)arm_run(&desk->rig, NULL, 1000U * ARM_MS);
    duo_vb_reset_pin(desk->rig.vb);
    run_until(desk, ARM_WELL "1.0.0");
}

#define DESK(function) \
    cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK(hang_of_a_trial_becomes_a_revert_by_the_watchdog),
        DESK(hard_fault_of_a_trial_becomes_a_revert),
        DESK(network_image_that_never_reports_is_reverted),
        DESK(healthy_trials_are_confirmed_and_stay),
        DESK(network_core_that_never_starts_is_told_and_the_application_runs),
        DESK(removed_chip_is_told_and_both_cores_run),
        DESK(brown_out_in_the_middle_of_a_boot_changes_nothing),
        DESK(held_button_ends_in_recovery_and_a_reset_leaves_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
