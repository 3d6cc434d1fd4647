/* SPDX-License-Identifier: MIT */
/* A bus and a double of BlueZ on it, each a process, for one test. */
#ifndef DUO_TEST_BLE_RIG_H
#define DUO_TEST_BLE_RIG_H

#include <sys/types.h>

#include "client.h"
#include "file.h"

/* The device of the double. */
#define DUO_BLE_URL     "ble:Duo Demo"
#define DUO_BLE_ADDRESS "C0:FF:EE:00:53:40"
/* Quicker: nobody waits for another of the same address. */
#define DUO_BLE_ADDRESS_URL "ble:c0:ff:ee:00:53:40"

struct duo_ble_rig {
    char dir[64];
    char address[128];
    pid_t bus_pid;
    pid_t double_pid;
    struct duo_link *link; /* NULL: not made. */
    struct duo_client client;
};

/* What cannot be started ends the test. */

/** False: there is no dbus-daemon on this host. */
bool duo_ble_rig_is_possible(void);
/** Start the bus, and let DUOBOOT_BLE_BUS name it. */
void duo_ble_rig_open(struct duo_ble_rig *rig);
/** Start the double with these options, between spaces. */
void duo_ble_rig_start(struct duo_ble_rig *rig, const char *options);
/** End the double, as if BlueZ had crashed. */
void duo_ble_rig_crash(struct duo_ble_rig *rig);
/** Close the link, end the double; the bus stays. */
void duo_ble_rig_stop(struct duo_ble_rig *rig);
void duo_ble_rig_close(struct duo_ble_rig *rig);
/** For cmocka: open and close a rig, which is the test's state. */
int duo_ble_rig_set_up(void **state);
int duo_ble_rig_tear_down(void **state);

/** Make the link to @p url (before: what was made is destroyed), open it. */
bool duo_ble_rig_connect(struct duo_ble_rig *rig, const char *url,
                         struct duo_tool_error *error);
/** Start the double, connect to its device. */
void duo_ble_rig_begin(struct duo_ble_rig *rig, const char *options);
/** Ask for an echo. */
void duo_ble_rig_echo(struct duo_ble_rig *rig, const char *text);
void duo_ble_rig_require(bool done, const struct duo_tool_error *error);
/** An image for the device of the double: "app.bin" or "net.bin". */
void duo_ble_rig_image(const struct duo_ble_rig *rig, const char *name,
                       struct duo_tool_buffer *image);

#endif
