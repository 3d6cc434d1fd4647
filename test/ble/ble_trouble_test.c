/* SPDX-License-Identifier: MIT */
/* ble: links where something is wrong, and what discovery shows. */
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
#include "discover.h"

static struct duo_ble_rig *rig_of(void **state)
{
    return *state;
}

struct refusal {
    const char *options; /* NULL: BlueZ does not run. */
    const char *url;
    enum duo_exit exit_code;
    const char *part; /* Of the sentence. */
    const char *help; /* Too. */
};

static const struct refusal refusals[] = {
    {.options = NULL,
     .url = DUO_BLE_URL,
     .exit_code = DUO_EXIT_IO,
     .part = "BlueZ is not running",
     .help = "systemctl start bluetooth"               },
    {.options = "--no-adapter",
     .url = DUO_BLE_URL,
     .exit_code = DUO_EXIT_IO,
     .part = "no Bluetooth adapter",
     .help = ""                                        },
    {.options = "--off",
     .url = DUO_BLE_URL,
     .exit_code = DUO_EXIT_IO,
     .part = "adapter is off",
     .help = "bluetoothctl power on"                   },
    {.options = "",
     .url = DUO_BLE_URL "?adapter=hci7",
     .exit_code = DUO_EXIT_IO,
     .part = "no Bluetooth adapter hci7",
     .help = ""                                        },
    {.options = "--absent",
     .url = DUO_BLE_URL "?listen=1",
     .exit_code = DUO_EXIT_DEVICE,
     .part = "Duo Demo",
     .help = "was heard in 1 s"                        },
    {.options = "--namesake",
     .url = DUO_BLE_URL,
     .exit_code = DUO_EXIT_USAGE,
     .part = "2 devices are called Duo Demo",
     .help = "C0:FF:EE:00:53:40, C0:FF:EE:00:53:41"    },
    {.options = "--no-service",
     .url = DUO_BLE_URL "?listen=1",
     .exit_code = DUO_EXIT_DEVICE,
     .part = "has no SMP service",
     .help = DUO_BLE_ADDRESS                           },
    {.options = "--wants-bond",
     .url = DUO_BLE_ADDRESS_URL,
     .exit_code = DUO_EXIT_DEVICE,
     .part = "paired first",
     .help = "bluetoothctl pair " DUO_BLE_ADDRESS      },
    {.options = "--wants-bond --no-sockets",
     .url = DUO_BLE_ADDRESS_URL,
     .exit_code = DUO_EXIT_DEVICE,
     .part = "paired first",
     .help = "bluetoothctl pair " DUO_BLE_ADDRESS      },
    {.options = "--held",
     .url = DUO_BLE_ADDRESS_URL,
     .exit_code = DUO_EXIT_IO,
     .part = "another program",
     .help = "bluetoothctl disconnect " DUO_BLE_ADDRESS},
    {.options = "--aborts=9",
     .url = DUO_BLE_ADDRESS_URL,
     .exit_code = DUO_EXIT_DEVICE,
     .part = "breaks off",
     .help = "near"                                    },
    {.options = "",
     .url = DUO_BLE_URL "?baud=1",
     .exit_code = DUO_EXIT_USAGE,
     .part = "baud",
     .help = "listen"                                  },
};

static void each_trouble_has_a_sentence_that_helps(void **state)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        const struct refusal *refusal = &refusals[i];
        struct duo_ble_rig *rig = rig_of(state);
        struct duo_tool_error error;

        if (refusal->options != NULL) {
            duo_ble_rig_start(rig, refusal->options);
        }
        assert_false(duo_ble_rig_connect(rig, refusal->url, &error));
        if (error.exit_code != refusal->exit_code ||
            strstr(error.text, refusal->part) == NULL ||
            strstr(error.text, refusal->help) == NULL) {
            fail_msg("case %zu: exit %d: %s", i, (int)error.exit_code,
                     error.text);
        }
        duo_ble_rig_crash(rig);
    }
}

static void without_a_bus_it_says_so(void **state)
{
    struct duo_ble_rig *rig = rig_of(state);
    struct duo_tool_error error;

    assert_int_equal(setenv("DUOBOOT_BLE_BUS", "unix:path=/nowhere/bus", 1), 0);
    assert_false(duo_ble_rig_connect(rig, DUO_BLE_URL, &error));
    assert_int_equal(error.exit_code, DUO_EXIT_IO);
    assert_non_null(strstr(error.text, "unix:path=/nowhere/bus"));
}

static void pairing_makes_it_work(void **state)
{
    struct duo_ble_rig *rig = rig_of(state);
    const struct duo_ble_call pair = {"/org/bluez/hci0/dev_C0_FF_EE_00_53_40",
                                      DUO_BLE_DEVICE, "Pair", 1000};
    struct duo_ble_bus ble = {0};
    sd_bus_error why = SD_BUS_ERROR_NULL;
    struct duo_tool_error error;

    duo_ble_rig_start(rig, "--wants-bond --no-sockets");
    assert_false(duo_ble_rig_connect(rig, DUO_BLE_URL, &error));
    duo_ble_rig_require(duo_ble_bus_open(&ble, &error), &error);
    assert_true(duo_ble_call(&ble, &pair, &why) >= 0);
    duo_ble_bus_close(&ble);
    duo_ble_rig_require(duo_ble_rig_connect(rig, DUO_BLE_URL, &error), &error);
    duo_ble_rig_echo(rig, "paired");
}

/* Which devices discovery shows, and by which DUO_BLE_URL. */
static void discovery_names_what_can_be_connected(void **state)
{
    static const struct {
        const char *options;
        const char *urls[2];
        const char *what; /* Of the first. */
    } cases[] = {
        {.options = "",
         .urls = {"ble:Duo Demo", NULL},
         .what = "Duo Demo (Bluetooth " DUO_BLE_ADDRESS ")"                     },
        {.options = "--namesake",
         .urls = {"ble:" DUO_BLE_ADDRESS, "ble:C0:FF:EE:00:53:41"},
         .what = "Duo Demo (Bluetooth " DUO_BLE_ADDRESS ")"                     },
        {.options = "--rude",
         .urls = {"ble:" DUO_BLE_ADDRESS, NULL},
         .what = "Duo ?[31mDemo (Bluetooth " DUO_BLE_ADDRESS ")"                },
        {.options = "--connected",
         .urls = {"ble:Duo Demo", NULL},
         .what = "Duo Demo (Bluetooth " DUO_BLE_ADDRESS ", connected)"          },
        {.options = "--no-service", .urls = {NULL, NULL},           .what = NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct duo_ble_rig *rig = rig_of(state);
        struct duo_found_list found = {0};
        struct duo_tool_error error;
        size_t count = (size_t)(cases[i].urls[0] != NULL) +
                       (size_t)(cases[i].urls[1] != NULL);

        duo_ble_rig_start(rig, cases[i].options);
        duo_ble_rig_require(duo_discover_ble(600, &found, &error), &error);
        assert_int_equal(found.count, count);
        for (size_t k = 0; k < count; k++) {
            assert_string_equal(found.list[k].url, cases[i].urls[k]);
            assert_int_equal(found.list[k].rssi_db, -40 - (int)k);
        }
        if (count > 0) {
            assert_string_equal(found.list[0].what, cases[i].what);
        }
        duo_found_free(&found);
        duo_ble_rig_stop(rig);
    }
}

/* What somebody else's properties are is no reason to fail. */
static void odd_properties_are_passed_over(void **state)
{
    struct duo_ble_rig *rig = rig_of(state);
    struct duo_tool_error error;

    duo_ble_rig_start(rig, "--odd");
    duo_ble_rig_require(duo_ble_rig_connect(rig, DUO_BLE_URL, &error), &error);
    duo_ble_rig_echo(rig, "odd");
}

#define CASE(name)                                            \
    cmocka_unit_test_setup_teardown(name, duo_ble_rig_set_up, \
                                    duo_ble_rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_trouble_has_a_sentence_that_helps),
        CASE(without_a_bus_it_says_so),
        CASE(pairing_makes_it_work),
        CASE(discovery_names_what_can_be_connected),
        CASE(odd_properties_are_passed_over),
    };

    if (!duo_ble_rig_is_possible()) {
        (void)puts("skipped: no dbus-daemon");
        return 77;
    }
    return cmocka_run_group_tests_name("ble_trouble", tests, NULL, NULL);
}
