/* SPDX-License-Identifier: MIT */
/* Whole updates of a device with both cores: as the phone app does them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"
#include "double_device.h"

#define PAYLOAD_BYTES 12000U

struct bench {
    struct double_device *device;
    struct duo_client client;
    struct duo_tool_buffer files[2];
    struct duo_device_image images[2]; /* By core. */
    struct duo_device_update update;
    unsigned step_counts[DUO_DEVICE_STEP_TROUBLE + 1U];
    char told[4096];
};

static void on_step(void *ctx, enum duo_device_step step, size_t image_index,
                    const char *sentence)
{
    struct bench *bench = ctx;
    size_t used = strlen(bench->told);

    (void)image_index;
    bench->step_counts[step]++;
    (void)snprintf(bench->told + used, sizeof(bench->told) - used, "%s\n",
                   sentence);
}

static void open_bench(struct bench *bench, enum double_coding coding)
{
    struct duo_tool_error error;

    memset(bench, 0, sizeof(*bench));
    bench->device = double_device_create(coding, 1);
    for (unsigned core = 0; core < 2; core++) {
        double_device_image(bench->device, (enum duo_core)core, 2,
                            PAYLOAD_BYTES, &bench->files[core]);
        assert_true(duo_device_image_init(
            &bench->images[core], core == 0 ? "app.bin" : "net.bin",
            duo_tool_buffer_view(&bench->files[core]), &error));
        assert_string_equal(bench->images[core].version, "2.0.0");
    }
    assert_true(
        bench->device->end.link.ops->open(&bench->device->end.link, &error));
    duo_client_init(&bench->client, &bench->device->end.link);
    bench->update = (struct duo_device_update){
        .images = bench->images, .count = 2, .on_step = on_step, .ctx = bench};
}

static void close_bench(struct bench *bench)
{
    duo_tool_buffer_free(&bench->files[0]);
    duo_tool_buffer_free(&bench->files[1]);
    double_device_destroy(bench->device);
}

static void run(struct bench *bench, enum duo_device_mode mode)
{
    struct duo_tool_error error;

    bench->update.mode = mode;
    if (!duo_device_update(&bench->client, &bench->update, &error)) {
        fail_msg("%s\n%s", error.text, bench->told);
    }
}

static void assert_runs(struct bench *bench, const char *version,
                        bool confirmed)
{
    struct duo_client_images images;
    struct duo_tool_error error;

    assert_true(duo_client_images(&bench->client, &images, &error));
    for (uint32_t i = 0; i < 2; i++) {
        const struct duo_client_image *active = duo_device_find(&images, i, 0);

        assert_non_null(active);
        assert_string_equal(active->version, version);
        assert_true(active->active);
        assert_true(active->confirmed == confirmed);
    }
}

static void test_and_confirm_ends_with_both_confirmed(void **state)
{
    struct bench bench;

    (void)state;
    for (unsigned coding = 0; coding < DOUBLE_CODINGS; coding++) {
        open_bench(&bench, (enum double_coding)coding);
        run(&bench, DUO_DEVICE_TEST_AND_CONFIRM);
        assert_runs(&bench, "2.0.0", true);
        assert_int_equal(bench.step_counts[DUO_DEVICE_STEP_UPLOADED], 2);
        assert_int_equal(bench.step_counts[DUO_DEVICE_STEP_TEST], 2);
        assert_int_equal(bench.step_counts[DUO_DEVICE_STEP_RESET], 1);
        assert_int_equal(bench.step_counts[DUO_DEVICE_STEP_RESULT], 2);
        assert_int_equal(bench.device->end.device.reset_count, 1);
        close_bench(&bench);
    }
}

static void order_of_the_images_does_not_matter(void **state)
{
    struct bench bench;
    struct duo_device_image swapped[2];

    (void)state;
    open_bench(&bench, DOUBLE_PACKETS);
    swapped[0] = bench.images[1];
    swapped[1] = bench.images[0];
    bench.update.images = swapped;
    run(&bench, DUO_DEVICE_TEST_AND_CONFIRM);
    assert_runs(&bench, "2.0.0", true);
    close_bench(&bench);
}

static void test_runs_once_and_reverts(void **state)
{
    struct duo_device_restart restart = {.reset = {.boot_mode = -1}};
    enum duo_device_revert how;
    struct duo_tool_error error;
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_CONSOLE);
    run(&bench, DUO_DEVICE_TEST);
    assert_runs(&bench, "2.0.0", false);
    assert_true(duo_device_revert(&bench.client, 0, &how, &error));
    assert_int_equal(how, DUO_DEVICE_TRIAL_ENDS);
    assert_true(duo_device_restart(&bench.client, &restart, &error));
    assert_true(restart.took_us > 0);
    assert_runs(&bench, "1.0.0", true);
    close_bench(&bench);
}

static void confirm_installs_for_good(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_PACKETS);
    run(&bench, DUO_DEVICE_CONFIRM);
    assert_runs(&bench, "2.0.0", true);
    /* Once more: there is nothing to do. */
    memset(bench.step_counts, 0, sizeof(bench.step_counts));
    run(&bench, DUO_DEVICE_CONFIRM);
    assert_int_equal(bench.step_counts[DUO_DEVICE_STEP_SKIP], 2);
    assert_int_equal(bench.step_counts[DUO_DEVICE_STEP_UPLOAD], 0);
    assert_int_equal(bench.step_counts[DUO_DEVICE_STEP_RESET], 0);
    close_bench(&bench);
}

static void none_leaves_the_device_as_it_is(void **state)
{
    enum duo_device_revert how;
    struct duo_tool_error error;
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_PACKETS);
    run(&bench, DUO_DEVICE_NONE);
    assert_runs(&bench, "1.0.0", true);
    assert_int_equal(bench.device->end.device.reset_count, 0);
    /* A request can be taken back. */
    bench.update.no_reset = true;
    run(&bench, DUO_DEVICE_TEST);
    assert_int_equal(bench.step_counts[DUO_DEVICE_STEP_TEST], 2);
    assert_true(duo_device_revert(&bench.client, 0, &how, &error));
    assert_int_equal(how, DUO_DEVICE_REQUEST_DROPPED);
    close_bench(&bench);
}

/* The signature is checked by the boot loader only: the device takes the image
 * and then runs the old one. */
static void update_that_is_not_installed_is_told_with_the_reason(void **state)
{
    struct duo_tool_error error;
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_PACKETS);
    bench.files[0].data[bench.files[0].len_bytes - 1U] ^= 0x10U;
    bench.update.count = 1;
    bench.update.mode = DUO_DEVICE_TEST;
    assert_false(duo_device_update(&bench.client, &bench.update, &error));
    assert_int_equal(error.exit_code, DUO_EXIT_REFUSED);
    assert_true(bench.step_counts[DUO_DEVICE_STEP_TROUBLE] > 0);
    assert_non_null(strstr(bench.told, "signature"));
    assert_runs(&bench, "1.0.0", true);
    close_bench(&bench);
}

/* The boot that refuses it also writes down what was confirmed before it. */
static void reasons_are_those_of_this_update(void **state)
{
    struct duo_tool_buffer *file;
    struct duo_tool_error error;
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_PACKETS);
    run(&bench, DUO_DEVICE_TEST_AND_CONFIRM);
    file = &bench.files[0];
    duo_tool_buffer_free(file);
    double_device_image(bench.device, DUO_CORE_APP, 3, PAYLOAD_BYTES, file);
    file->data[file->len_bytes - 1U] ^= 0x10U;
    assert_true(duo_device_image_init(&bench.images[0], "app.bin",
                                      duo_tool_buffer_view(file), &error));
    bench.told[0] = '\0';
    bench.update.count = 1;
    assert_false(duo_device_update(&bench.client, &bench.update, &error));
    assert_non_null(strstr(bench.told, "signature"));
    assert_null(strstr(bench.told, "was confirmed"));
    close_bench(&bench);
}

static void what_is_no_image_is_told_before_anything_is_sent(void **state)
{
    static const uint8_t bytes[64] = {0x3D, 0xB8, 0xF3, 0x96, 0, 0, 0, 0, 32};
    struct duo_device_image image;
    struct duo_tool_error error;

    (void)state;
    assert_false(duo_device_image_init(&image, "a.bin",
                                       (struct duo_bytes){bytes, 16}, &error));
    assert_non_null(strstr(error.text, "not an image"));
    assert_false(duo_device_image_init(
        &image, "a.bin", (struct duo_bytes){bytes, sizeof(bytes)}, &error));
    assert_non_null(strstr(error.text, "no SHA-256"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_and_confirm_ends_with_both_confirmed),
        cmocka_unit_test(order_of_the_images_does_not_matter),
        cmocka_unit_test(test_runs_once_and_reverts),
        cmocka_unit_test(confirm_installs_for_good),
        cmocka_unit_test(none_leaves_the_device_as_it_is),
        cmocka_unit_test(update_that_is_not_installed_is_told_with_the_reason),
        cmocka_unit_test(reasons_are_those_of_this_update),
        cmocka_unit_test(what_is_no_image_is_told_before_anything_is_sent),
    };

    return cmocka_run_group_tests_name("smp_update", tests, NULL, NULL);
}
