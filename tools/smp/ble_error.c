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

/* By enum duo_ble_trouble; NULL: the error's own message. */
static const char *const texts[] = {
    [DUO_BLE_TROUBLE_OTHER] = NULL,
    [DUO_BLE_TROUBLE_NO_BLUEZ] =
        "BlueZ is not running; start it: systemctl start bluetooth",
    [DUO_BLE_TROUBLE_DENIED] =
        "D-Bus lets only the group \"bluetooth\" and root talk to BlueZ",
    [DUO_BLE_TROUBLE_OFF] =
        "the Bluetooth adapter is off; switch it on: bluetoothctl power on",
    [DUO_BLE_TROUBLE_HELD] =
        "another program uses its SMP service; or: bluetoothctl disconnect",
    [DUO_BLE_TROUBLE_PAIR] =
        "the device wants to be paired first: bluetoothctl pair",
    [DUO_BLE_TROUBLE_AGAIN] =
        "the connection breaks off as it is made; is the device near?",
    [DUO_BLE_TROUBLE_BUSY] = "BlueZ is at it already, for somebody else",
    [DUO_BLE_TROUBLE_DONE] = NULL,
    [DUO_BLE_TROUBLE_UNKNOWN] = "BlueZ no longer has it, or cannot do this",
    [DUO_BLE_TROUBLE_NO_ANSWER] =
        "no answer in time; is it near and switched on?",
};

/* The host's trouble, or the device's? */
static enum duo_exit exit_code_of(enum duo_ble_trouble trouble)
{
    return trouble == DUO_BLE_TROUBLE_NO_BLUEZ ||
                   trouble == DUO_BLE_TROUBLE_DENIED ||
                   trouble == DUO_BLE_TROUBLE_OFF ||
                   trouble == DUO_BLE_TROUBLE_HELD
               ? DUO_EXIT_IO
               : DUO_EXIT_DEVICE;
}

/* Does the sentence end with a command that takes the address? */
static bool takes_address(enum duo_ble_trouble trouble)
{
    return trouble == DUO_BLE_TROUBLE_HELD || trouble == DUO_BLE_TROUBLE_PAIR;
}

/* What was done, and what came of it. */
struct told {
    const char *doing;
    const char *text;
};

static bool fail_with(enum duo_ble_trouble trouble,
                      const struct duo_ble_peer *peer, struct told told,
                      struct duo_tool_error *error)
{
    if (peer == NULL) {
        return duo_tool_fail(error, exit_code_of(trouble), "%s: %s", told.doing,
                             told.text);
    }
    return duo_tool_fail(error, exit_code_of(trouble), "%s (%s): %s: %s%s%s",
                         peer->label, peer->address, told.doing, told.text,
                         takes_address(trouble) ? " " : "",
                         takes_address(trouble) ? peer->address : "");
}

bool duo_ble_fail_as(enum duo_ble_trouble trouble,
                     const struct duo_ble_peer *peer, const char *doing,
                     struct duo_tool_error *error)
{
    struct told told = {doing, texts[trouble]};

    if (told.text == NULL) {
        told.text = "this failed";
    }
    return fail_with(trouble, peer, told, error);
}

bool duo_ble_fail(sd_bus_error *why, const struct duo_ble_peer *peer,
                  const char *doing, struct duo_tool_error *error)
{
    enum duo_ble_trouble trouble = duo_ble_trouble_of(why);
    struct told told = {doing, texts[trouble]};

    if (told.text == NULL) {
        told.text = why->message == NULL ? why->name : why->message;
    }
    if (told.text == NULL) {
        told.text = "this failed";
    }
    (void)fail_with(trouble, peer, told, error);
    sd_bus_error_free(why);
    return false;
}
