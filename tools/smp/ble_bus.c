/* SPDX-License-Identifier: MIT */
/* A connection to BlueZ; see ble_bus.h. */
#include "ble_bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "link.h"

#define BLUEZ             "org.bluez"
#define TREE_MS           10000U
#define SIGNALS_SETTLE_US 20000L /* Signals come in swarms. */

static int on_signal(sd_bus_message *signal, void *ctx, sd_bus_error *why)
{
    struct duo_ble_bus *ble = ctx;

    (void)why;
    ble->is_old = true;
    if (ble->on_change != NULL &&
        sd_bus_message_is_signal(signal, "org.freedesktop.DBus.Properties",
                                 "PropertiesChanged") > 0) {
        ble->on_change(ble->ctx, signal);
    }
    return 0;
}

static int on_owner(sd_bus_message *signal, void *ctx, sd_bus_error *why)
{
    struct duo_ble_bus *ble = ctx;
    const char *name;
    const char *before;
    const char *after;

    (void)why;
    if (sd_bus_message_read(signal, "sss", &name, &before, &after) > 0 &&
        before[0] != '\0') {
        ble->is_old = true;
        ble->is_gone = true;
    }
    return 0;
}

static int watch(struct duo_ble_bus *ble)
{
    int err = sd_bus_add_match(
        ble->bus, NULL, "type='signal',sender='" BLUEZ "'", on_signal, ble);

    return err < 0 ? err
                   : sd_bus_add_match(ble->bus, NULL,
                                      "type='signal',"
                                      "sender='org.freedesktop.DBus',"
                                      "interface='org.freedesktop.DBus',"
                                      "member='NameOwnerChanged',"
                                      "arg0='" BLUEZ "'",
                                      on_owner, ble);
}

static int connect_address(sd_bus **bus, const char *address)
{
    int err = sd_bus_new(bus);

    if (err >= 0) {
        err = sd_bus_set_address(*bus, address);
    }
    if (err >= 0) {
        err = sd_bus_set_bus_client(*bus, 1);
    }
    return err < 0 ? err : sd_bus_start(*bus);
}

static bool connect_bus(struct duo_ble_bus *ble, struct duo_tool_error *error)
{
    const char *address = getenv("DUOBOOT_BLE_BUS");
    bool is_ours = address != NULL && address[0] != '\0';
    int err = is_ours ? connect_address(&ble->bus, address)
                      : sd_bus_open_system(&ble->bus);

    if (err >= 0) {
        err = watch(ble);
    }
    if (err < 0) {
        ble->bus = sd_bus_close_unref(ble->bus);
        return duo_tool_fail(
            error, DUO_EXIT_IO,
            "Bluetooth is reached through D-Bus, and %s does not answer: %s",
            is_ours ? address : "the system bus", strerror(-err));
    }
    return true;
}

static bool read_tree(struct duo_ble_bus *ble, struct duo_tool_error *error)
{
    static const struct duo_ble_call call = {
        .path = "/",
        .interface = "org.freedesktop.DBus.ObjectManager",
        .method = "GetManagedObjects",
        .timeout_ms = TREE_MS,
    };
    sd_bus_error why = SD_BUS_ERROR_NULL;
    sd_bus_message *reply = NULL;
    int err;

    ble->is_old = false;
    duo_ble_tree_free(&ble->tree);
    err = duo_ble_call_send(ble, &call, duo_ble_call_new(ble, &call), &reply,
                            &why);
    if (err < 0) {
        return duo_ble_fail(&why, NULL, "asking BlueZ", error);
    }
    err = duo_ble_tree_parse(&ble->tree, reply);
    (void)sd_bus_message_unref(reply);
    return err >= 0 || duo_tool_fail(error, DUO_EXIT_IO,
                                     "BlueZ's list of objects cannot be "
                                     "read: %s",
                                     strerror(-err));
}

bool duo_ble_bus_open(struct duo_ble_bus *ble, struct duo_tool_error *error)
{
    ble->is_gone = false;
    if (!connect_bus(ble, error)) {
        return false;
    }
    if (!read_tree(ble, error)) {
        duo_ble_bus_close(ble);
        return false;
    }
    return true;
}

void duo_ble_bus_close(struct duo_ble_bus *ble)
{
    duo_ble_tree_free(&ble->tree);
    ble->bus = sd_bus_flush_close_unref(ble->bus);
}

bool duo_ble_bus_dispatch(struct duo_ble_bus *ble)
{
    int more;

    do {
        more = sd_bus_process(ble->bus, NULL);
    } while (more > 0);
    return more == 0;
}

bool duo_ble_bus_wait(struct duo_ble_bus *ble, uint64_t deadline_us,
                      struct duo_tool_error *error)
{
    const struct timespec settle = {0, SIGNALS_SETTLE_US * 1000L};

    for (;;) {
        uint64_t now_us = duo_link_host_now_us(NULL);

        if (!duo_ble_bus_dispatch(ble)) {
            return duo_tool_fail(error, DUO_EXIT_IO, "D-Bus closed");
        }
        if (ble->is_old || now_us >= deadline_us) {
            break;
        }
        (void)sd_bus_wait(ble->bus, deadline_us - now_us);
    }
    if (ble->is_gone) {
        return duo_ble_fail_as(DUO_BLE_TROUBLE_NO_BLUEZ, NULL, "waiting",
                               error);
    }
    if (!ble->is_old) {
        return true;
    }
    (void)nanosleep(&settle, NULL);
    return duo_ble_bus_dispatch(ble) && read_tree(ble, error);
}

sd_bus_message *duo_ble_call_new(struct duo_ble_bus *ble,
                                 const struct duo_ble_call *call)
{
    sd_bus_message *message = NULL;

    (void)sd_bus_message_new_method_call(ble->bus, &message, BLUEZ, call->path,
                                         call->interface, call->method);
    return message;
}

int duo_ble_call_send(struct duo_ble_bus *ble, const struct duo_ble_call *call,
                      sd_bus_message *message, sd_bus_message **reply,
                      sd_bus_error *why)
{
    int err = -ENOMEM;

    if (message != NULL) {
        err = sd_bus_call(ble->bus, message, call->timeout_ms * UINT64_C(1000),
                          why, reply);
    }
    (void)sd_bus_message_unref(message);
    if (err < 0 && !sd_bus_error_is_set(why)) {
        (void)sd_bus_error_set_errno(why, err);
    }
    return err;
}

int duo_ble_call(struct duo_ble_bus *ble, const struct duo_ble_call *call,
                 sd_bus_error *why)
{
    return duo_ble_call_send(ble, call, duo_ble_call_new(ble, call), NULL, why);
}
