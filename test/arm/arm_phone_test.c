/* SPDX-License-Identifier: MIT */
/* The phone app updates both cores of the ARM binaries, over the console that
 * log and shell share. After every step the image list must say what is so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "arm_phone.h"

#define SWAP_MS   10000U /* The app's default. */
#define REVERT_MS 40000U /* A trial of 10 s and the way back, too. */

/* Of each core's image pair. */
enum phase {
    OLD,
    UPLOADED,
    TESTED,
    PERMANENT,
    TRIAL,
    DONE,
    REVERTED,
};

struct bench {
    struct arm_rig rig;
    struct arm_smp smp;
    struct arm_phone phone;
    struct duo_vb_snapshot *fresh;
    const struct arm_image *was[DUO_CORE_COUNT];
    const struct arm_image *is[DUO_CORE_COUNT];
    enum phase phases[DUO_CORE_COUNT];
    enum phase after_reset;
    bool confirms_itself; /* The application, before the phone does. */
};

static const struct {
    bool has_new;
    unsigned new_slot;
    unsigned new_flags;
    bool has_old;
    unsigned old_slot;
    unsigned old_flags;
} rows_of[] = {
    [OLD] = {.has_old = true,          .old_flags = ARM_ACTIVE | ARM_CONFIRMED},
    [UPLOADED] = { .has_new = true,
             .new_slot = 1,
             .has_old = true,
             .old_flags = ARM_ACTIVE | ARM_CONFIRMED},
    [TESTED] = {                           .has_new = true,
             .new_slot = 1,
             .new_flags = ARM_PENDING,
             .has_old = true,
             .old_flags = ARM_ACTIVE | ARM_CONFIRMED},
    [PERMANENT] = {                             .has_new = true,
             .new_slot = 1,
             .new_flags = ARM_PENDING | ARM_PERMANENT,
             .has_old = true,
             .old_flags = ARM_ACTIVE | ARM_CONFIRMED},
 /* The previous one goes back by itself. */
    [TRIAL] = {                                                     .has_new = true,
             .new_flags = ARM_ACTIVE,
             .has_old = true,
             .old_slot = 1,
             .old_flags = ARM_CONFIRMED},
    [DONE] = {                                                     .has_new = true,
             .new_flags = ARM_ACTIVE | ARM_CONFIRMED,
             .has_old = true,
             .old_slot = 1},
    [REVERTED] = {                             .has_new = false,
             .has_old = true,
             .old_slot = 0,
             .old_flags = ARM_ACTIVE | ARM_CONFIRMED},
};

static void expect(struct bench *bench, const char *when)
{
    struct arm_row rows[2U * DUO_CORE_COUNT + 1U] = {0};
    unsigned count = 0;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        enum phase phase = bench->phases[core];
        /* Slot 0 comes first. */
        for (unsigned slot = 0; slot < 2; slot++) {
            if (rows_of[phase].has_new && rows_of[phase].new_slot == slot) {
                rows[count++] = (struct arm_row){bench->is[core], slot,
                                                 rows_of[phase].new_flags};
            }
            if (rows_of[phase].has_old && rows_of[phase].old_slot == slot) {
                rows[count++] = (struct arm_row){bench->was[core], slot,
                                                 rows_of[phase].old_flags};
            }
        }
    }
    arm_smp_expect(&bench->smp, when, rows);
}

static void both(struct bench *bench, enum phase phase)
{
    bench->phases[DUO_CORE_APP] = phase;
    bench->phases[DUO_CORE_NET] = phase;
}

static void on_step(void *ctx, enum arm_phone_step step,
                    const struct arm_image *image)
{
    struct bench *bench = ctx;

    switch (step) {
    case ARM_PHONE_UPLOADED:
        bench->phases[image->core] = UPLOADED;
        expect(bench, "after an upload");
        break;
    case ARM_PHONE_ERASED: expect(bench, "after the settings' end"); break;
    case ARM_PHONE_TESTED:
        bench->phases[image->core] = TESTED;
        expect(bench, "after a test");
        break;
    case ARM_PHONE_CONFIRMED:
        bench->phases[image->core] =
            bench->phases[image->core] == UPLOADED ? PERMANENT : DONE;
        expect(bench, "after a confirm");
        break;
    case ARM_PHONE_BACK:
        both(bench, bench->after_reset);
        expect(bench, "after the reset");
        break;
    }
}

/* --- Bench --- */

static const struct arm_image *make(struct bench *bench, enum duo_core core,
                                    const char *firmware, uint8_t minor)
{
    const struct arm_image_spec spec = {.core = core,
                                        .firmware = firmware,
                                        .minor = minor,
                                        .depends_minor = minor};
    return arm_make(&bench->rig, &spec);
}

/* A fast console, for the test's sake. */
static int open_board(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    struct duo_tool_error error;

    assert_non_null(bench);
    arm_rig_create(&bench->rig, false);
    bench->was[DUO_CORE_APP] = make(bench, DUO_CORE_APP, "appdemo-manual", 0);
    bench->was[DUO_CORE_NET] = make(bench, DUO_CORE_NET, "netdemo", 0);
    arm_factory(&bench->rig, bench->was[DUO_CORE_APP],
                bench->was[DUO_CORE_NET]);
    arm_smp_open(&bench->smp, &bench->rig, DUO_VB_UART_APP, DUO_STREAM_CONSOLE);
    assert_true(arm_smp_boot(&bench->smp, NULL));
    assert_true(duo_client_setting_set(
        &bench->smp.client, "console/baud",
        (struct duo_bytes){(const uint8_t *)"1000000", 7}, &error));
    assert_true(arm_smp_boot(&bench->smp, NULL));
    bench->fresh = duo_vb_snapshot_take(bench->rig.vb);
    *state = bench;
    return 0;
}

static int close_board(void **state)
{
    struct bench *bench = *state;

    duo_vb_snapshot_free(bench->fresh);
    arm_smp_close(&bench->smp);
    arm_rig_destroy(&bench->rig);
    free(bench);
    return 0;
}

static void begin(struct bench *bench, const char *app, const char *net)
{
    duo_vb_snapshot_restore(bench->rig.vb, bench->fresh);
    arm_smp_forget(&bench->smp);
    for (unsigned uart = 0; uart < DUO_VB_UART_COUNT; uart++) {
        bench->rig.consoles[uart].len_bytes = 0;
        bench->rig.consoles[uart].text[0] = '\0';
    }
    bench->is[DUO_CORE_APP] = make(bench, DUO_CORE_APP, app, 1);
    bench->is[DUO_CORE_NET] = make(bench, DUO_CORE_NET, net, 1);
    both(bench, OLD);
    bench->after_reset = TRIAL;
    bench->phone = (struct arm_phone){
        .smp = &bench->smp,
        .images = {bench->is[DUO_CORE_APP], bench->is[DUO_CORE_NET]},
        .swap_ms = SWAP_MS,
        .on_step = on_step,
        .ctx = bench,
    };
    expect(bench, "at first");
}

static void update(struct bench *bench)
{
    if (!arm_phone_update(&bench->phone)) {
        fail_msg("the phone says: %s", bench->phone.failure);
    }
    /* Full packets, but for the data's alignment. */
    assert_in_range(bench->phone.packet_bytes_max, bench->phone.buf_bytes - 3U,
                    bench->phone.buf_bytes);
}

static void expect_versions(struct bench *bench, const char *version)
{
    struct duo_client_net net;
    struct duo_tool_error error;
    char words[32];

    (void)snprintf(words, sizeof(words), "appdemo %s runs", version);
    assert_true(arm_says(&bench->rig, DUO_VB_UART_APP, words));
    /* The first beats come half a second after the start. */
    bench->smp.link.ops->wait(&bench->smp.link, 1000000U);
    assert_true(duo_client_net(&bench->smp.client, &net, &error));
    assert_true(net.seen && net.well);
    assert_string_equal(net.version, version);
}

static void expect_new_for_good(struct bench *bench)
{
    for (unsigned i = 0; i < 2; i++) {
        both(bench, DONE);
        expect(bench, i == 0 ? "at the end" : "after a power cycle");
        expect_versions(bench, "1.1.0");
        assert_ptr_equal(arm_active(&bench->rig, DUO_CORE_APP),
                         bench->is[DUO_CORE_APP]);
        assert_ptr_equal(arm_active(&bench->rig, DUO_CORE_NET),
                         bench->is[DUO_CORE_NET]);
        assert_true(i == 1 || arm_smp_boot(&bench->smp, NULL));
    }
}

static void expect_old_again(struct bench *bench)
{
    both(bench, REVERTED);
    expect(bench, "at the end");
    expect_versions(bench, "1.0.0");
    assert_ptr_equal(arm_active(&bench->rig, DUO_CORE_APP),
                     bench->was[DUO_CORE_APP]);
    assert_ptr_equal(arm_active(&bench->rig, DUO_CORE_NET),
                     bench->was[DUO_CORE_NET]);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        assert_true(arm_smp_journal_has(&bench->smp, (enum duo_core)core,
                                        DUO_REASON_REVERT_NOT_CONFIRMED));
        assert_true(arm_smp_journal_has(&bench->smp, (enum duo_core)core,
                                        DUO_REASON_REVERTED));
    }
}

/* --- Tests --- */

static void test_and_confirm_application_first(void **state)
{
    struct bench *bench = *state;

    begin(bench, "appdemo-manual", "netdemo");
    update(bench);
    expect_new_for_good(bench);
}

static void test_and_confirm_network_first(void **state)
{
    struct bench *bench = *state;

    begin(bench, "appdemo-manual", "netdemo");
    bench->phone.images[0] = bench->is[DUO_CORE_NET];
    bench->phone.images[1] = bench->is[DUO_CORE_APP];
    update(bench);
    expect_new_for_good(bench);
}

/* Its own health check is faster than the phone's confirm. */
static void confirm_of_what_confirmed_itself_changes_nothing(void **state)
{
    struct bench *bench = *state;

    begin(bench, "appdemo", "netdemo");
    bench->after_reset = DONE;
    update(bench);
    expect_new_for_good(bench);
}

static void other_phone_lists_again_and_confirms(void **state)
{
    struct bench *bench = *state;

    begin(bench, "appdemo-manual", "netdemo");
    bench->phone.is_ios = true;
    update(bench);
    expect_new_for_good(bench);
}

static void confirm_only_installs_for_good(void **state)
{
    struct bench *bench = *state;

    begin(bench, "appdemo-manual", "netdemo");
    bench->phone.mode = ARM_PHONE_CONFIRM_ONLY;
    bench->after_reset = DONE;
    update(bench);
    expect_new_for_good(bench);
}

static void test_only_runs_until_the_next_reset(void **state)
{
    struct bench *bench = *state;

    begin(bench, "appdemo-manual", "netdemo");
    bench->phone.mode = ARM_PHONE_TEST_ONLY;
    update(bench);
    expect_versions(bench, "1.1.0");
    assert_true(arm_smp_boot(&bench->smp, NULL));
    expect_old_again(bench);
}

/* By the time the phone asks again, both cores are back. */
static void bad_network(struct bench *bench, const char *net, bool is_ios)
{
    begin(bench, "appdemo", net);
    bench->phone.swap_ms = REVERT_MS;
    bench->phone.is_ios = is_ios;
    bench->after_reset = REVERTED;
    assert_false(arm_phone_update(&bench->phone));
    /* Hash not found: no slot has it any more. */
    assert_string_equal(bench->phone.failure, is_ios
                                                  ? "confirmed image not found"
                                                  : "error 8 of group 1");
    expect_old_again(bench);
}

static void silent_network_takes_both_back(void **state)
{
    bad_network(*state, "netdemo-silent", false);
}

static void crashing_network_takes_both_back(void **state)
{
    bad_network(*state, "netdemo-crash", true);
}

static void hanging_network_takes_both_back(void **state)
{
    bad_network(*state, "netdemo-hang", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_and_confirm_application_first),
        cmocka_unit_test(test_and_confirm_network_first),
        cmocka_unit_test(confirm_of_what_confirmed_itself_changes_nothing),
        cmocka_unit_test(other_phone_lists_again_and_confirms),
        cmocka_unit_test(confirm_only_installs_for_good),
        cmocka_unit_test(test_only_runs_until_the_next_reset),
        cmocka_unit_test(silent_network_takes_both_back),
        cmocka_unit_test(crashing_network_takes_both_back),
        cmocka_unit_test(hanging_network_takes_both_back),
    };

    return cmocka_run_group_tests(tests, open_board, close_board);
}
