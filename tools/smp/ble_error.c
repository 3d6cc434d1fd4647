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
    const char *text; /* NULL: the error's own message. */
    bool with_address;
} sentences[] = {
    [DUO_BLE_TROUBLE_OTHER] = {DUO_EXIT_DEVICE, NULL,                                               false},
    [DUO_BLE_TROUBLE_NO_BLUEZ] =
        {DUO_EXIT_IO,
                               "BlueZ is not running; start it: systemctl start bluetooth",         false},
    [DUO_BLE_TROUBLE_DENIED] =
        {DUO_EXIT_IO,
                               "D-Bus does not let this user talk to BlueZ; the group "
         "\"bluetooth\" may",                                                                       false},
    [DUO_BLE_TROUBLE_OFF] =
        {DUO_EXIT_IO,
                               "the Bluetooth adapter is off; switch it on: bluetoothctl power on",
                               false                                                                     },
    [DUO_BLE_TROUBLE_HELD] =
        {DUO_EXIT_IO,
                               "another program of this host uses its SMP characteristic; end "
         "that one, or: bluetoothctl disconnect",                                                   true },
    [DUO_BLE_TROUBLE_PAIR] =
        {DUO_EXIT_DEVICE,
                               "the device wants to be paired first: bluetoothctl pair",            true },
    [DUO_BLE_TROUBLE_AGAIN] =
        {DUO_EXIT_DEVICE,
                               "the connection breaks off as it is made; is the "
         "device near?",                                                                            false},
    [DUO_BLE_TROUBLE_BUSY] = {DUO_EXIT_DEVICE,
                               "BlueZ is at it already, for somebody else",                         false},
    [DUO_BLE_TROUBLE_DONE] = {DUO_EXIT_DEVICE, NULL,                                               false},
    [DUO_BLE_TROUBLE_UNKNOWN] = {DUO_EXIT_DEVICE,
                               "BlueZ no longer has it, or cannot do this",                         false},
    [DUO_BLE_TROUBLE_NO_ANSWER] =
        {DUO_EXIT_DEVICE, "no answer in time; is it near and switched on?",
                               false                                                                     },
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
