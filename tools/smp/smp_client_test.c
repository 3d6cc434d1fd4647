/* SPDX-License-Identifier: MIT */
/* Questions of the client, answered by the real server over each coding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calls.h"
#include "double_device.h"

static struct double_device *device_of(void **state)
{
    return *state;
}

static void begin(struct double_device *device, struct duo_client *client)
{
    struct duo_tool_error error;

    assert_true(device->end.link.ops->open(&device->end.link, &error));
    duo_client_init(client, &device->end.link);
}

static void echo_comes_back_over_each_coding(void **state)
{
    (void)state;
    for (unsigned coding = 0; coding < DOUBLE_CODINGS; coding++) {
        struct double_device *device =
            double_device_create((enum double_coding)coding, 1);
        struct duo_client client;
        struct duo_tool_error error;
        char *reply = NULL;

        begin(device, &client);
        if (!duo_client_echo(&client, "hello", &reply, &error)) {
            fail_msg("coding %u: %s", coding, error.text);
        }
        assert_string_equal(reply, "hello");
        free(reply);
        double_device_destroy(device);
    }
}

static void list_shows_what_runs_on_both_cores(void **state)
{
    struct double_device *device = device_of(state);
    struct duo_client_images images;
    struct duo_client client;
    struct duo_tool_error error;

    begin(device, &client);
    if (!duo_client_images(&client, &images, &error)) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(images.count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(images.list[i].image_index, i);
        assert_int_equal(images.list[i].slot_index, 0);
        assert_string_equal(images.list[i].version, "1.0.0");
        assert_int_equal(images.list[i].hash_bytes, 32);
        assert_true(images.list[i].active);
        assert_true(images.list[i].confirmed);
    }
}

/* A question that a reset has swallowed costs seconds, not half a minute. */
static void silence_is_told_within_20_s_whatever_is_looked_at(void **state)
{
    static const struct double_faults nothing_comes = {.drop = 1000};
    struct double_device *device = device_of(state);
    struct duo_link *link = &device->end.link;
    struct duo_client_images images;
    struct duo_client_install install;
    struct duo_client client;
    struct duo_tool_error error;

    begin(device, &client);
    double_device_faults(device, &nothing_comes);
    uint64_t begun_us = link->ops->now_us(link);
    assert_false(duo_client_images(&client, &images, &error));
    assert_in_range(link->ops->now_us(link) - begun_us, 10000000, 11000000);
    begun_us = link->ops->now_us(link);
    assert_false(duo_client_install(&client, &install, &error));
    assert_in_range(link->ops->now_us(link) - begun_us, 20000000, 20500000);
}

static int set_up(void **state)
{
    *state = double_device_create(DOUBLE_PACKETS, 1);
    return 0;
}

static int tear_down(void **state)
{
    double_device_destroy(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echo_comes_back_over_each_coding),
        cmocka_unit_test_setup_teardown(list_shows_what_runs_on_both_cores,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            silence_is_told_within_20_s_whatever_is_looked_at, set_up,
            tear_down),
    };

    return cmocka_run_group_tests_name("smp_client", tests, NULL, NULL);
}
