/* SPDX-License-Identifier: MIT */
/* Uploads to the real server: right bytes in the right slot, whatever the line
 * does to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calls.h"
#include "double_device.h"
#include "upload.h"

#define PAYLOAD_BYTES 40000U

struct bench {
    struct double_device *device;
    struct duo_client client;
    struct duo_tool_buffer image;
    volatile sig_atomic_t cancel;
    uint32_t cancel_at_bytes; /* 0: never. */
    uint32_t told_count;
    uint32_t window_most;
};

static void on_progress(void *ctx, const struct duo_client_progress *progress)
{
    struct bench *bench = ctx;

    bench->told_count++;
    if (progress->window > bench->window_most) {
        bench->window_most = progress->window;
    }
    if (bench->cancel_at_bytes != 0 &&
        progress->off_bytes >= bench->cancel_at_bytes) {
        bench->cancel = 1;
    }
}

static void open_bench(struct bench *bench, enum double_coding coding,
                       uint64_t seed)
{
    struct duo_tool_error error;

    memset(bench, 0, sizeof(*bench));
    bench->device = double_device_create(coding, seed);
    double_device_image(bench->device, DUO_CORE_APP, 2, PAYLOAD_BYTES,
                        &bench->image);
    assert_true(
        bench->device->end.link.ops->open(&bench->device->end.link, &error));
    duo_client_init(&bench->client, &bench->device->end.link);
    bench->client.cancel = &bench->cancel;
}

static void close_bench(struct bench *bench)
{
    duo_tool_buffer_free(&bench->image);
    double_device_destroy(bench->device);
}

static struct duo_client_upload upload_of(struct bench *bench)
{
    return (struct duo_client_upload){
        .file = duo_tool_buffer_view(&bench->image),
        .image_index = -1,
        .on_progress = on_progress,
        .ctx = bench,
    };
}

/* What a probe would read in the staged slot of the application. */
static void assert_staged(struct bench *bench)
{
    const struct duo_area *area =
        &bench->device->end.device.slots.staged[DUO_CORE_APP];
    const uint8_t *flash = bench->device->board->ext->data + area->off_bytes;

    assert_memory_equal(flash, bench->image.data, bench->image.len_bytes);
}

static void right_bytes_arrive_over_each_coding(void **state)
{
    (void)state;
    for (unsigned coding = 0; coding < DOUBLE_CODINGS; coding++) {
        struct bench bench;
        struct duo_client_upload upload;
        struct duo_tool_error error;

        open_bench(&bench, (enum double_coding)coding, 1);
        upload = upload_of(&bench);
        if (!duo_client_upload(&bench.client, &upload, &error)) {
            fail_msg("coding %u: %s", coding, error.text);
        }
        assert_true(upload.has_match);
        assert_int_equal(upload.progress.off_bytes, bench.image.len_bytes);
        assert_int_equal(upload.progress.resent_packets, 0);
        assert_staged(&bench);
        close_bench(&bench);
    }
}

/* drop, twice, corrupt, cut, late, delay_us_max, chatter, keeps_order */
static const struct double_faults bad_lines[] = {
    {100, 0,   0,   0,   0,   0,       0,   false},
    {0,   200, 0,   0,   0,   0,       0,   false},
    {0,   0,   100, 0,   0,   0,       0,   false},
    {0,   0,   0,   100, 0,   0,       0,   false},
    {0,   0,   0,   0,   300, 3000000, 0,   false},
    {0,   0,   0,   0,   0,   0,       300, false},
    {60,  60,  60,  60,  60,  1000000, 100, false},
};
#define BAD_LINES (sizeof(bad_lines) / sizeof(bad_lines[0]))

/* As a user would: what was broken off is begun again. An error is a sentence,
 * and never the end of the server. */
static void upload_somehow(struct bench *bench, const char *what)
{
    struct duo_client_upload upload = upload_of(bench);
    struct duo_tool_error error;

    for (unsigned i = 0; i < 12; i++) {
        if (duo_client_upload(&bench->client, &upload, &error)) {
            assert_staged(bench);
            return;
        }
        assert_true(strlen(error.text) > 10);
        if (bench->client.failure.kind == DUO_CLIENT_CANCELLED) {
            fail_msg("%s: cancelled by nobody", what);
        }
    }
    fail_msg("%s: %s", what, error.text);
}

static void right_bytes_arrive_over_bad_lines(void **state)
{
    uint32_t fault_count = 0;

    (void)state;
    for (unsigned coding = 0; coding < DOUBLE_CODINGS; coding++) {
        for (size_t line = 0; line < BAD_LINES; line++) {
            struct bench bench;
            struct double_faults faults = bad_lines[line];
            char what[64];

            if (coding == DOUBLE_CONSOLE) {
                /* Of lines, of which a packet has up to 27. */
                faults.drop /= 4U;
                faults.twice /= 4U;
                faults.corrupt /= 4U;
                faults.cut /= 4U;
            }
            /* Without checks a wrong bit, or another packet where one was
             * cut, may be in the image itself, which only the digest at the
             * end can tell. */
            if (coding == DOUBLE_RAW) {
                faults.corrupt /= 20U;
                faults.cut /= 20U;
                faults.chatter = 0;
            }
            (void)snprintf(what, sizeof(what), "coding %u, line %zu", coding,
                           line);
            open_bench(&bench, (enum double_coding)coding, line + 1U);
            double_device_faults(bench.device, &faults);
            upload_somehow(&bench, what);
            fault_count += bench.device->end.to_device.fault_count;
            close_bench(&bench);
        }
    }
    assert_true(fault_count > 100);
}

static void stopped_upload_goes_on_where_it_was(void **state)
{
    struct bench bench;
    struct duo_client_upload upload;
    struct duo_tool_error error;
    uint32_t held_bytes;

    (void)state;
    open_bench(&bench, DOUBLE_CONSOLE, 1);
    upload = upload_of(&bench);
    bench.cancel_at_bytes = 15000;
    assert_false(duo_client_upload(&bench.client, &upload, &error));
    assert_int_equal(bench.client.failure.kind, DUO_CLIENT_CANCELLED);
    assert_non_null(strstr(error.text, "goes on from there"));
    held_bytes = upload.progress.off_bytes;
    assert_in_range(held_bytes, 15000, PAYLOAD_BYTES);
    bench.cancel = 0;
    bench.cancel_at_bytes = 0;
    assert_true(duo_client_upload(&bench.client, &upload, &error));
    assert_int_equal(upload.progress.resumed_bytes, held_bytes);
    assert_staged(&bench);
    close_bench(&bench);
}

static void upload_that_is_there_is_not_sent_again(void **state)
{
    struct bench bench;
    struct duo_client_upload upload;
    struct duo_tool_error error;
    uint32_t requests;

    (void)state;
    open_bench(&bench, DOUBLE_PACKETS, 1);
    upload = upload_of(&bench);
    assert_true(duo_client_upload(&bench.client, &upload, &error));
    assert_false(upload.was_there);
    requests = bench.client.counts.requests;
    assert_true(duo_client_upload(&bench.client, &upload, &error));
    assert_true(upload.was_there);
    assert_int_equal(bench.client.counts.requests, requests + 1U);
    close_bench(&bench);
}

/* The device forgets which packets came, not which bytes it holds. */
static void upload_survives_power_cuts_of_the_device(void **state)
{
    (void)state;
    for (uint64_t cut_after = 50; cut_after < 6000; cut_after += 397) {
        struct bench bench;

        open_bench(&bench, DOUBLE_PACKETS, cut_after);
        bench.device->cut_after = cut_after;
        upload_somehow(&bench, "power cut");
        close_bench(&bench);
    }
}

static void several_packets_are_in_flight(void **state)
{
    struct bench bench;
    struct duo_client_upload upload;
    struct duo_tool_error error;

    (void)state;
    open_bench(&bench, DOUBLE_PACKETS, 1);
    upload = upload_of(&bench);
    assert_true(duo_client_upload(&bench.client, &upload, &error));
    assert_int_equal(bench.window_most, DUO_NATIVE_DEVICE_TOLD - 1U);
    assert_int_equal(upload.progress.packet_bytes, DUO_LINK_UDP_BYTES_MAX);
    assert_int_equal(bench.device->end.device.server.counts.no_buffer, 0);
    close_bench(&bench);
}

static void window_shrinks_on_loss(void **state)
{
    const struct double_faults faults = {.drop = 200};
    struct bench bench;
    struct duo_client_upload upload;
    struct duo_tool_error error;

    (void)state;
    open_bench(&bench, DOUBLE_PACKETS, 3);
    upload = upload_of(&bench);
    upload.packet_bytes_max = 400;
    double_device_faults(bench.device, &faults);
    assert_true(duo_client_upload(&bench.client, &upload, &error));
    assert_true(upload.progress.resent_packets > 0);
    assert_true(upload.progress.window < bench.window_most);
    assert_staged(&bench);
    close_bench(&bench);
}

static void what_is_no_image_is_refused_at_once(void **state)
{
    struct bench bench;
    struct duo_client_upload upload;
    struct duo_tool_error error;

    (void)state;
    open_bench(&bench, DOUBLE_PACKETS, 1);
    memset(bench.image.data, 0x55, 64);
    upload = upload_of(&bench);
    assert_false(duo_client_upload(&bench.client, &upload, &error));
    assert_int_equal(error.exit_code, DUO_EXIT_REFUSED);
    assert_int_equal(upload.progress.off_bytes, 0);
    assert_non_null(strstr(error.text, "(group "));
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_bytes_arrive_over_each_coding),
        cmocka_unit_test(right_bytes_arrive_over_bad_lines),
        cmocka_unit_test(stopped_upload_goes_on_where_it_was),
        cmocka_unit_test(upload_that_is_there_is_not_sent_again),
        cmocka_unit_test(upload_survives_power_cuts_of_the_device),
        cmocka_unit_test(several_packets_are_in_flight),
        cmocka_unit_test(window_shrinks_on_loss),
        cmocka_unit_test(what_is_no_image_is_refused_at_once),
    };

    return cmocka_run_group_tests_name("smp_upload", tests, NULL, NULL);
}
