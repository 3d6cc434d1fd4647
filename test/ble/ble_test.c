/* SPDX-License-Identifier: MIT */
/* ble: links: finding, sending, losing and finding again a device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ble_bus.h"
#include "ble_rig.h"
#include "calls.h"
#include "device.h"

static struct duo_ble_rig *rig_of(void **state)
{
    return *state;
}

static void upload(struct duo_ble_rig *rig, const char *name)
{
    struct duo_tool_buffer image = {0};
    struct duo_client_upload job = {.image_index = -1};
    struct duo_tool_error error;

    duo_ble_rig_image(rig, name, &image);
    job.file = duo_tool_buffer_view(&image);
    duo_ble_rig_require(duo_client_upload(&rig->client, &job, &error), &error);
    assert_int_equal(job.progress.off_bytes, image.len_bytes);
    duo_tool_buffer_free(&image);
}

/* The double ends itself when a write is longer than the MTU allows. */
static void both_cores_are_uploaded_over_every_mtu(void **state)
{
    static const char *const cases[] = {
        "--mtu=23",  "--mtu=23 --no-sockets",  "--mtu=24",
        "--mtu=247", "--mtu=247 --no-sockets", "--mtu=498",
        "--mtu=517", "--mtu=498 --no-sockets",
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct duo_ble_rig *rig = rig_of(state);
        struct duo_client_images images;
        struct duo_tool_error error;

        duo_ble_rig_begin(rig, cases[i]);
        duo_ble_rig_echo(rig, "hello");
        upload(rig, "net.bin");
        upload(rig, "app.bin");
        duo_ble_rig_require(duo_client_images(&rig->client, &images, &error),
                            &error);
        assert_int_equal(images.count, 4);
        assert_non_null(duo_device_find(&images, 0, 1));
        assert_non_null(duo_device_find(&images, 1, 1));
        duo_ble_rig_stop(rig);
    }
}

/* An echo longer than a piece, both ways. */
static void long_packets_are_put_together(void **state)
{
    struct duo_ble_rig *rig = rig_of(state);
    char text[901];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    duo_ble_rig_begin(rig, "--mtu=23");
    duo_ble_rig_echo(rig, text);
}

static void a_lost_connection_resumes_where_the_device_is(void **state)
{
    struct duo_ble_rig *rig = rig_of(state);
    struct duo_tool_buffer image = {0};
    struct duo_client_upload job = {.image_index = -1};
    struct duo_tool_error error;
    uint32_t held_bytes;

    duo_ble_rig_begin(rig, "--drop=5000");
    duo_ble_rig_image(rig, "app.bin", &image);
    job.file = duo_tool_buffer_view(&image);
    job.packet_bytes_max = 400;
    assert_false(duo_client_upload(&rig->client, &job, &error));
    assert_int_equal(rig->client.failure.kind, DUO_CLIENT_GONE);
    assert_non_null(strstr(error.text, "the connection ended"));
    held_bytes = job.progress.off_bytes;
    assert_in_range(held_bytes, 1, 5000);

    duo_ble_rig_require(rig->link->ops->open(rig->link, &error), &error);
    duo_ble_rig_require(duo_client_upload(&rig->client, &job, &error), &error);
    assert_true(job.progress.resumed_bytes >= held_bytes);
    assert_int_equal(job.progress.off_bytes, image.len_bytes);
    duo_tool_buffer_free(&image);
}

static void update_both(struct duo_ble_rig *rig)
{
    static const char *const names[] = {"app.bin", "net.bin"};
    struct duo_tool_buffer files[2] = {{0}, {0}};
    struct duo_device_image images[2];
    struct duo_device_update update = {
        .images = images, .count = 2, .mode = DUO_DEVICE_TEST_AND_CONFIRM};
    struct duo_tool_error error;

    for (unsigned i = 0; i < 2; i++) {
        duo_ble_rig_image(rig, names[i], &files[i]);
        images[i] = (struct duo_device_image){.image_index = (int32_t)i};
        duo_ble_rig_require(
            duo_device_image_init(&images[i], names[i],
                                  duo_tool_buffer_view(&files[i]), &error),
            &error);
    }
    duo_ble_rig_require(duo_device_update(&rig->client, &update, &error),
                        &error);
    for (uint32_t i = 0; i < 2; i++) {
        const struct duo_client_image *runs =
            duo_device_find(&update.after, i, 0);
        assert_non_null(runs);
        assert_string_equal(runs->version, "2.0.0");
        assert_true(runs->active);
        assert_true(runs->confirmed);
        duo_tool_buffer_free(&files[i]);
    }
}

/* The reset takes the connection, the attributes' places, and BlueZ's memory of
 * the device. */
static void a_reset_is_followed_by_a_new_connection(void **state)
{
    static const char *const cases[] = {
        "--boot=300",
        "--boot=300 --moves",
        "--boot=300 --moves --forgets",
        "--boot=300 --moves --no-sockets",
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct duo_ble_rig *rig = rig_of(state);

        duo_ble_rig_begin(rig, cases[i]);
        update_both(rig);
        duo_ble_rig_stop(rig);
    }
}

static void a_device_is_found_late_quiet_or_by_its_address(void **state)
{
    static const struct {
        const char *options;
        const char *url;
    } cases[] = {
        {"--slow=700",  DUO_BLE_URL "?listen=3"             },
        {"--quiet",     DUO_BLE_URL "?listen=1&adapter=hci0"},
        {"--namesake",  "ble:c0:ff:ee:00:53:40"             },
        {"--aborts=2",  DUO_BLE_URL                         },
        {"--connected", DUO_BLE_URL                         },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct duo_ble_rig *rig = rig_of(state);
        struct duo_tool_error error;

        duo_ble_rig_start(rig, cases[i].options);
        duo_ble_rig_require(duo_ble_rig_connect(rig, cases[i].url, &error),
                            &error);
        duo_ble_rig_echo(rig, "found");
        duo_ble_rig_stop(rig);
    }
}

static void is_connected(bool *connected)
{
    struct duo_ble_bus ble = {0};
    const struct duo_ble_object *device;
    struct duo_tool_error error;

    duo_ble_rig_require(duo_ble_bus_open(&ble, &error), &error);
    device =
        duo_ble_tree_at(&ble.tree, "/org/bluez/hci0/dev_C0_FF_EE_00_53_40");
    assert_non_null(device);
    *connected = device->connected;
    duo_ble_bus_close(&ble);
}

static void closing_ends_only_its_own_connection(void **state)
{
    for (unsigned others = 0; others < 2; others++) {
        struct duo_ble_rig *rig = rig_of(state);
        bool connected;

        duo_ble_rig_begin(rig, others != 0 ? "--connected" : "");
        is_connected(&connected);
        assert_true(connected);
        rig->link->ops->close(rig->link);
        is_connected(&connected);
        assert_int_equal(connected, others != 0);
        duo_ble_rig_crash(rig);
    }
}

static void the_end_of_bluez_closes_the_link(void **state)
{
    static const char *const cases[] = {"", "--no-sockets"};

    for (unsigned i = 0; i < 2; i++) {
        struct duo_ble_rig *rig = rig_of(state);
        struct duo_tool_error error;
        char *reply = NULL;

        duo_ble_rig_begin(rig, cases[i]);
        duo_ble_rig_crash(rig);
        assert_false(duo_client_echo(&rig->client, "?", &reply, &error));
        assert_int_equal(rig->client.failure.kind, DUO_CLIENT_GONE);
        assert_false(rig->link->ops->open(rig->link, &error));
        duo_ble_rig_start(rig, cases[i]);
        duo_ble_rig_require(rig->link->ops->open(rig->link, &error), &error);
        duo_ble_rig_echo(rig, "again");
        duo_ble_rig_crash(rig);
    }
}

#define CASE(name)                                            \
    cmocka_unit_test_setup_teardown(name, duo_ble_rig_set_up, \
                                    duo_ble_rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(both_cores_are_uploaded_over_every_mtu),
        CASE(long_packets_are_put_together),
        CASE(a_lost_connection_resumes_where_the_device_is),
        CASE(a_reset_is_followed_by_a_new_connection),
        CASE(a_device_is_found_late_quiet_or_by_its_address),
        CASE(closing_ends_only_its_own_connection),
        CASE(the_end_of_bluez_closes_the_link),
    };

    if (!duo_ble_rig_is_possible()) {
        (void)puts("skipped: no dbus-daemon");
        return 77;
    }
    return cmocka_run_group_tests_name("ble", tests, NULL, NULL);
}
