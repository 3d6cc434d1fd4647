/* SPDX-License-Identifier: MIT */
/* Errors of BlueZ and of the bus, as sentences; see ble_bus.h. */
#include <string.h>

#include "ble_bus.h"

struct row {
    const char *name; /* The error's name ends with it; "": any. */
    const char *part; /* Of its message; "": any. */
    enum duo_ble_trouble trouble;
};

/* The first row that fits. BlueZ says NotPermitted both for a socket that
 * another program holds and for a missing bond, so its words decide. ATT errors
 * of [Bluetooth Core, vol 3 part F, 3.4.1.1] that ask for a bond: 05, 08, 0C,
 * 0F. */
static const struct row rows[] = {
    {".ServiceUnknown",       "",                 DUO_BLE_TROUBLE_NO_BLUEZ },
    {".NameHasNoOwner",       "",                 DUO_BLE_TROUBLE_NO_BLUEZ },
    {".AccessDenied",         "",                 DUO_BLE_TROUBLE_DENIED   },
    {"bluez.Error.NotReady",  "",                 DUO_BLE_TROUBLE_OFF      },
    {".NoReply",              "",                 DUO_BLE_TROUBLE_NO_ANSWER},
    {".Timeout",              "",                 DUO_BLE_TROUBLE_NO_ANSWER},
    {".UnknownMethod",        "",                 DUO_BLE_TROUBLE_UNKNOWN  },
    {".UnknownObject",        "",                 DUO_BLE_TROUBLE_UNKNOWN  },
    {".UnknownInterface",     "",                 DUO_BLE_TROUBLE_UNKNOWN  },
    {".NotSupported",         "",                 DUO_BLE_TROUBLE_UNKNOWN  },
    {".AlreadyConnected",     "",                 DUO_BLE_TROUBLE_DONE     },
    {".InProgress",           "",                 DUO_BLE_TROUBLE_BUSY     },
    {"",                      "In Progress",      DUO_BLE_TROUBLE_BUSY     },
    {".NotPermitted",         "acquired",         DUO_BLE_TROUBLE_HELD     },
    {".NotPermitted",         "",                 DUO_BLE_TROUBLE_PAIR     },
    {".NotAuthorized",        "",                 DUO_BLE_TROUBLE_PAIR     },
    {".Error.Authentication", "",                 DUO_BLE_TROUBLE_PAIR     },
    {"",                      "uthentication",    DUO_BLE_TROUBLE_PAIR     },
    {"",                      "ncryption",        DUO_BLE_TROUBLE_PAIR     },
    {"",                      "ot paired",        DUO_BLE_TROUBLE_PAIR     },
    {"",                      "ATT error: 0x05",  DUO_BLE_TROUBLE_PAIR     },
    {"",                      "ATT error: 0x08",  DUO_BLE_TROUBLE_PAIR     },
    {"",                      "ATT error: 0x0c",  DUO_BLE_TROUBLE_PAIR     },
    {"",                      "ATT error: 0x0f",  DUO_BLE_TROUBLE_PAIR     },
    {"",                      "abort-by-local",   DUO_BLE_TROUBLE_AGAIN    },
    {"",                      "connection abort", DUO_BLE_TROUBLE_AGAIN    },
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

enum duo_ble_trouble duo_ble_trouble_of(const sd_bus_error *why)
{
    const char *name = why->name == NULL ? "" : why->name;
    const char *message = why->message == NULL ? "" : why->message;

    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strstr(name, rows[i].name) != NULL &&
            strstr(message, rows[i].part) != NULL) {
            return rows[i].trouble;
        }
    }
    return DUO_BLE_TROUBLE_OTHER;
}

/* By enum duo_ble_trouble. */
static const struct sentence {
    enum duo_exit exit_code;
    bool with_address;
    const char *text; /* NULL: the error's own message. */
} sentences[] = {
    [DUO_BLE_TROUBLE_OTHER] = {.exit_code = DUO_EXIT_DEVICE                 },
    [DUO_BLE_TROUBLE_NO_BLUEZ] = { .exit_code = DUO_EXIT_IO,
                               .text = "BlueZ is not running; start it: "
                                          "systemctl start bluetooth"},
    [DUO_BLE_TROUBLE_DENIED] = {        .exit_code = DUO_EXIT_IO,
                               .text = "D-Bus does not let this user talk to "
                                        "BlueZ; the group \"bluetooth\" may"},
    [DUO_BLE_TROUBLE_OFF] = { .exit_code = DUO_EXIT_IO,
                               .text = "the Bluetooth adapter is off; switch it "
                                     "on: bluetoothctl power on"},
    [DUO_BLE_TROUBLE_HELD] = {             .exit_code = DUO_EXIT_IO,
                               .with_address = true,
                               .text = "another program of this host uses its "
                                      "SMP service; end that one, or: "
                                      "bluetoothctl disconnect"},
    [DUO_BLE_TROUBLE_PAIR] = {                .exit_code = DUO_EXIT_DEVICE,
                               .with_address = true,
                               .text = "the device wants to be paired first: "
                                      "bluetoothctl pair"},
    [DUO_BLE_TROUBLE_AGAIN] = {                            .exit_code = DUO_EXIT_DEVICE,
                               .text = "the connection breaks off as it is "
                                       "made; is the device near?"},
    [DUO_BLE_TROUBLE_BUSY] = {.exit_code = DUO_EXIT_DEVICE,
                               .text = "BlueZ is at it already, for somebody "
                                      "else"},
    [DUO_BLE_TROUBLE_DONE] = {                            .exit_code = DUO_EXIT_DEVICE                                            },
    [DUO_BLE_TROUBLE_UNKNOWN] = {.exit_code = DUO_EXIT_DEVICE,
                               .text = "BlueZ no longer has it, or cannot "
                                         "do this"},
    [DUO_BLE_TROUBLE_NO_ANSWER] = {                             .exit_code = DUO_EXIT_DEVICE,
                               .text = "no answer in time; is it near and "
                                           "switched on?"},
};

bool duo_ble_fail_as(enum duo_ble_trouble trouble,
                     const struct duo_ble_peer *peer, const char *doing,
                     const char *detail, struct duo_tool_error *error)
{
    const struct sentence *sentence = &sentences[trouble];
    const char *text = sentence->text == NULL ? detail : sentence->text;

    if (peer == NULL) {
        return duo_tool_fail(error, sentence->exit_code, "%s: %s", doing, text);
    }
    return duo_tool_fail(error, sentence->exit_code, "%s (%s): %s: %s%s%s",
                         peer->label, peer->address, doing, text,
                         sentence->with_address ? " " : "",
                         sentence->with_address ? peer->address : "");
}

bool duo_ble_fail(sd_bus_error *why, const struct duo_ble_peer *peer,
                  const char *doing, struct duo_tool_error *error)
{
    const char *detail = why->message == NULL ? why->name : why->message;

    (void)duo_ble_fail_as(duo_ble_trouble_of(why), peer, doing,
                          detail == NULL ? "unknown error" : detail, error);
    sd_bus_error_free(why);
    return false;
}
