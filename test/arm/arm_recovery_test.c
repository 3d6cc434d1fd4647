/* SPDX-License-Identifier: MIT */
/* The boot loader's recovery, on the ARM binaries: how one gets there, what its
 * server does, and that a board comes back from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "arm_smp.h"
#include "duo_layouts.h"

#define BOOT_NS      (60000U * ARM_MS)
#define SERVES       "recovery: SMP here"
#define SLOT_NET     3 /* Image 1, slot 1, as erase counts. */
#define JUNK_BYTES   4096U
#define PACKET_BYTES 1024U

struct bench {
    struct arm_rig rig;
    struct arm_smp smp;
    struct duo_vb_snapshot *fresh;
    const struct arm_image *was[DUO_CORE_COUNT];
    const struct arm_image *is[DUO_CORE_COUNT];
};

static const struct arm_image *make(struct bench *bench, enum duo_core core,
                                    const char *firmware, uint8_t minor)
{
    const struct arm_image_spec spec = {
        .core = core, .firmware = firmware, .minor = minor};
    return arm_make(&bench->rig, &spec);
}

static int open_board(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    arm_rig_create(&bench->rig, false);
    for (uint8_t minor = 0; minor < 2; minor++) {
        const struct arm_image **images = minor == 0 ? bench->was : bench->is;

        images[0] = make(bench, DUO_CORE_APP, "appdemo-manual", minor);
        images[1] = make(bench, DUO_CORE_NET, "netdemo", minor);
    }
    arm_factory(&bench->rig, bench->was[0], bench->was[1]);
    arm_smp_open(&bench->smp, &bench->rig, DUO_VB_UART_APP, DUO_STREAM_CONSOLE);
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

static int fresh(void **state)
{
    struct bench *bench = *state;

    bench->rig.native->ext->absent = false;
    duo_vb_button(bench->rig.vb, 0, false);
    duo_vb_snapshot_restore(bench->rig.vb, bench->fresh);
    arm_smp_forget(&bench->smp);
    return 0;
}

/* --- Ways in and out --- */

/* The console says why it is there. */
static void expect_recovery(struct bench *bench, const char *why)
{
    assert_true(arm_says(&bench->rig, DUO_VB_UART_APP, SERVES) ||
                arm_run(&bench->rig, SERVES, BOOT_NS));
    assert_true(arm_says(&bench->rig, DUO_VB_UART_APP, why));
    assert_true(arm_smp_wait(&bench->smp, BOOT_NS));
}

static void boot_into_recovery(struct bench *bench, const char *why)
{
    arm_smp_forget(&bench->smp);
    (void)arm_boot(&bench->rig, NULL, NULL, 0);
    expect_recovery(bench, why);
}

static void hold_button(struct bench *bench)
{
    duo_vb_button(bench->rig.vb, 0, true);
    boot_into_recovery(bench, "button 1 is held");
    duo_vb_button(bench->rig.vb, 0, false);
}

static void forget_console(struct bench *bench)
{
    bench->rig.consoles[DUO_VB_UART_APP].len_bytes = 0;
    bench->rig.consoles[DUO_VB_UART_APP].text[0] = '\0';
}

static void reset(struct bench *bench, int boot_mode)
{
    const struct duo_client_reset how = {.boot_mode = boot_mode};
    struct duo_tool_error error;

    forget_console(bench);
    if (!duo_client_reset(&bench->smp.client, &how, &error)) {
        fail_msg("reset: %s", error.text);
    }
    arm_smp_forget(&bench->smp);
}

static void expect_runs(struct bench *bench, const char *words)
{
    if (!arm_run(&bench->rig, words, BOOT_NS)) {
        fail_msg("no \"%s\" in\n%s", words,
                 bench->rig.consoles[DUO_VB_UART_APP].text);
    }
}

/* --- What is done there --- */

static void upload(struct bench *bench, const struct arm_image *image,
                   int32_t image_index)
{
    struct duo_client_upload job = {.file = image->bytes,
                                    .image_index = image_index};
    struct duo_tool_error error;

    if (!duo_client_upload(&bench->smp.client, &job, &error)) {
        fail_msg("upload: %s", error.text);
    }
    assert_int_equal(job.progress.resent_packets, 0);
}

/* A slot's first unit becomes something that is no image. */
static void destroy(struct bench *bench, struct duo_sim_flash *flash,
                    enum duo_partition_id role)
{
    static uint8_t junk[JUNK_BYTES];
    uint64_t state = 1;
    const struct duo_partition *slot = &duo_layout_nrf5340dk.partitions[role];

    duo_vb_power_off(bench->rig.vb);
    for (size_t i = 0; i < sizeof(junk); i++) {
        junk[i] = (uint8_t)arm_random(&state);
    }
    duo_sim_poke(flash, slot->addr, (struct duo_bytes){junk, sizeof(junk)});
}

static void destroy_application(struct bench *bench)
{
    destroy(bench, bench->rig.native->app, DUO_PARTITION_APP_ACTIVE);
    destroy(bench, bench->rig.native->ext, DUO_PARTITION_APP_BACKUP);
}

#define NOTHING "there is no application that may be started"

/* --- Tests --- */

static void button_gives_a_server_for_both_cores(void **state)
{
    struct bench *bench = *state;
    struct duo_client_params params;
    struct duo_tool_error error;
    char *reply = NULL;
    const struct duo_client_set set = {.confirm = true};
    const struct arm_row old[] = {
        {bench->was[0],               0, ARM_ACTIVE | ARM_CONFIRMED},
        {bench->was[1], 0, ARM_ACTIVE | ARM_CONFIRMED},
        {0              }
    };
    const struct arm_row both[] = {
        {bench->was[0],                0, ARM_ACTIVE | ARM_CONFIRMED},
        {bench->is[0],  1, ARM_PENDING | ARM_PERMANENT},
        {bench->was[1],                 0, ARM_ACTIVE | ARM_CONFIRMED},
        {bench->is[1], 1, ARM_PENDING | ARM_PERMANENT},
        {0               }
    };

    hold_button(bench);
    assert_true(
        duo_client_echo(&bench->smp.client, "still there", &reply, &error));
    assert_string_equal(reply, "still there");
    free(reply);
    assert_true(duo_client_params(&bench->smp.client, &params, &error));
    assert_true(params.told);
    assert_int_equal(params.buf_bytes, PACKET_BYTES);
    assert_int_equal(params.buf_count, 1);
    arm_smp_expect(&bench->smp, "at first", old);
    assert_false(duo_client_set(&bench->smp.client, &set, NULL, &error));
    assert_int_equal(bench->smp.client.failure.error, DUO_SMP_RC_NOT_SUPPORTED);

    /* A wrong number is put right here: it might be the only way out. */
    upload(bench, bench->is[1], DUO_CORE_APP);
    assert_true(duo_client_erase(&bench->smp.client, SLOT_NET, &error));
    arm_smp_expect(&bench->smp, "after the erase", old);
    upload(bench, bench->is[1], DUO_CORE_NET);
    upload(bench, bench->is[0], -1);
    arm_smp_expect(&bench->smp, "with both", both);
    reset(bench, -1);
    expect_runs(bench, ARM_WELL "1.1.0");
    assert_true(arm_says(&bench->rig, DUO_VB_UART_APP, "appdemo 1.1.0 runs"));
    assert_ptr_equal(arm_active(&bench->rig, DUO_CORE_APP), bench->is[0]);
    assert_ptr_equal(arm_active(&bench->rig, DUO_CORE_NET), bench->is[1]);
}

static void application_asks_for_it_once(void **state)
{
    struct bench *bench = *state;

    reset(bench, 1);
    expect_recovery(bench, "the application asked for it");
    reset(bench, -1);
    expect_runs(bench, "appdemo 1.0.0 runs");
    assert_false(arm_says(&bench->rig, DUO_VB_UART_APP, SERVES));
}

static void dead_board_is_brought_back(void **state)
{
    struct bench *bench = *state;
    const struct arm_row only_net[] = {
        {bench->was[1],               0, ARM_ACTIVE | ARM_CONFIRMED},
        {0}
    };

    destroy_application(bench);
    boot_into_recovery(bench, NOTHING);
    arm_smp_expect(&bench->smp, "without an application", only_net);
    upload(bench, bench->is[0], DUO_CORE_APP);
    reset(bench, -1);
    expect_runs(bench, "appdemo 1.1.0 runs");
    assert_ptr_equal(arm_active(&bench->rig, DUO_CORE_APP), bench->is[0]);
}

static void without_the_external_chip_it_goes_straight_in(void **state)
{
    struct bench *bench = *state;

    destroy_application(bench);
    bench->rig.native->ext->absent = true;
    boot_into_recovery(bench, NOTHING);
    upload(bench, bench->is[0], DUO_CORE_APP);
    reset(bench, -1);
    expect_runs(bench, "appdemo 1.1.0 runs");
    assert_ptr_equal(arm_active(&bench->rig, DUO_CORE_APP), bench->is[0]);
}

/* It goes up, since recovery has no keys at hand; the boot says no. */
static void bad_signature_is_refused_at_the_boot(void **state)
{
    struct bench *bench = *state;
    const struct arm_image *forged =
        arm_adopt(&bench->rig, bench->is[DUO_CORE_NET]);
    uint8_t *last =
        (uint8_t *)(uintptr_t)&forged->bytes.data[forged->bytes.len_bytes - 1U];

    *last ^= 1U;
    destroy_application(bench);
    boot_into_recovery(bench, NOTHING);
    upload(bench, forged, DUO_CORE_NET);
    reset(bench, -1);
    expect_recovery(bench, NOTHING);
    assert_true(arm_says(&bench->rig, DUO_VB_UART_APP,
                         duo_reason_name(DUO_REASON_SIGNATURE_BAD)));
    assert_true(duo_native_holds(bench->rig.native, DUO_CORE_NET,
                                 bench->was[DUO_CORE_NET]->bytes));
}

static void stop_at_half(void *ctx, const struct duo_client_progress *progress)
{
    static volatile sig_atomic_t stop = 1;
    struct bench *bench = ctx;

    if (progress->off_bytes > progress->total_bytes / 2U) {
        bench->smp.client.cancel = &stop;
    }
}

static void upload_that_was_cut_off_begins_anew(void **state)
{
    struct bench *bench = *state;
    struct duo_client_upload job = {.file = bench->is[1]->bytes,
                                    .image_index = DUO_CORE_NET,
                                    .on_progress = stop_at_half,
                                    .ctx = bench};
    const struct arm_row old[] = {
        {bench->was[0],               0, ARM_ACTIVE | ARM_CONFIRMED},
        {bench->was[1], 0, ARM_ACTIVE | ARM_CONFIRMED},
        {0              }
    };
    struct duo_tool_error error;

    hold_button(bench);
    assert_false(duo_client_upload(&bench->smp.client, &job, &error));
    assert_int_equal(bench->smp.client.failure.kind, DUO_CLIENT_CANCELLED);
    bench->smp.client.cancel = NULL;
    assert_true(job.progress.off_bytes != 0);
    duo_vb_power_off(bench->rig.vb);

    hold_button(bench);
    arm_smp_expect(&bench->smp, "after the cut", old);
    upload(bench, bench->is[1], DUO_CORE_NET);
    reset(bench, -1);
    expect_runs(bench, ARM_WELL "1.1.0");
    assert_ptr_equal(arm_active(&bench->rig, DUO_CORE_NET), bench->is[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(button_gives_a_server_for_both_cores, fresh),
        cmocka_unit_test_setup(application_asks_for_it_once, fresh),
        cmocka_unit_test_setup(dead_board_is_brought_back, fresh),
        cmocka_unit_test_setup(without_the_external_chip_it_goes_straight_in,
                               fresh),
        cmocka_unit_test_setup(bad_signature_is_refused_at_the_boot, fresh),
        cmocka_unit_test_setup(upload_that_was_cut_off_begins_anew, fresh),
    };

    return cmocka_run_group_tests(tests, open_board, close_board);
}
