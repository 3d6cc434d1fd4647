/* SPDX-License-Identifier: MIT */
/* Adapter and devices on the bus; see bluez_double.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bluez_double.h"

#define ADAPTER_IFACE "org.bluez.Adapter1"
#define DEVICE_IFACE  "org.bluez.Device1"
#define SMP_UUID      "8d53dc1d-1db7-4cd3-868b-8a527460aa84"
#define RESOLVE_US    30000U
#define NAMESAKE_US   300000U /* It is heard a bit later. */
#define FAILED        "org.bluez.Error.Failed"

uint64_t bluez_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

/* --- Adapter --- */

static int set_filter(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct bluez *bluez = ctx;
    const char *key;

    (void)why;
    bluez->hears_all = true;
    if (sd_bus_message_enter_container(call, 'a', "{sv}") < 0) {
        return -1;
    }
    while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
        if (sd_bus_message_read(call, "s", &key) < 0 ||
            sd_bus_message_skip(call, "v") < 0 ||
            sd_bus_message_exit_container(call) < 0) {
            return -1;
        }
        bluez->hears_all = bluez->hears_all && strcmp(key, "UUIDs") != 0;
    }
    return sd_bus_reply_method_return(call, NULL);
}

static int start_discovery(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct bluez *bluez = ctx;

    (void)why;
    if (!bluez->powered) {
        return sd_bus_reply_method_errorf(call, "org.bluez.Error.NotReady",
                                          "Resource Not Ready");
    }
    if (bluez->discovering) {
        return sd_bus_reply_method_errorf(call, "org.bluez.Error.InProgress",
                                          "Operation already in progress");
    }
    bluez->discovering = 1;
    bluez->discovery_us = bluez_now_us();
    return sd_bus_reply_method_return(call, NULL);
}

static int stop_discovery(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct bluez *bluez = ctx;

    (void)why;
    if (!bluez->discovering) {
        return sd_bus_reply_method_errorf(call, FAILED, "No discovery started");
    }
    bluez->discovering = 0;
    return sd_bus_reply_method_return(call, NULL);
}

static const char adapter_address[] = "00:1A:7D:DA:71:13";
static const char adapter_name[] = "build host";

static int get_adapter_text(sd_bus *bus, const char *path,
                            const char *interface, const char *property,
                            sd_bus_message *reply, void *ctx, sd_bus_error *why)
{
    (void)bus;
    (void)path;
    (void)interface;
    (void)ctx;
    (void)why;
    return sd_bus_message_append(
        reply, "s",
        strcmp(property, "Address") == 0 ? adapter_address : adapter_name);
}

static const sd_bus_vtable adapter_table[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("SetDiscoveryFilter", "a{sv}", "", set_filter,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("StartDiscovery", "", "", start_discovery,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("StopDiscovery", "", "", stop_discovery,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_PROPERTY("Address", "s", get_adapter_text, 0, 0),
    SD_BUS_PROPERTY("Name", "s", get_adapter_text, 0, 0),
    SD_BUS_PROPERTY("Alias", "s", get_adapter_text, 0, 0),
    SD_BUS_PROPERTY("Powered", "b", NULL, offsetof(struct bluez, powered), 0),
    SD_BUS_PROPERTY("Discovering", "b", NULL,
                    offsetof(struct bluez, discovering), 0),
    SD_BUS_VTABLE_END,
};

int bluez_show_adapter(struct bluez *bluez)
{
    return sd_bus_add_object_vtable(bluez->bus, NULL, ADAPTER_PATH,
                                    ADAPTER_IFACE, adapter_table, bluez);
}

/* --- Devices --- */

static bool is_up(const struct bluez *bluez)
{
    return !bluez->options.is_absent && bluez_now_us() >= bluez->up_us;
}

static int connect_device(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct remote *remote = ctx;
    struct bluez *bluez = remote->bluez;

    (void)why;
    if (remote->connected) {
        return sd_bus_reply_method_return(call, NULL);
    }
    if (bluez->connect != NULL) {
        return sd_bus_reply_method_errorf(call, "org.bluez.Error.InProgress",
                                          "In Progress");
    }
    if (bluez->options.abort_count > 0) {
        bluez->options.abort_count--;
        return sd_bus_reply_method_errorf(call, FAILED,
                                          "le-connection-abort-by-local");
    }
    bluez->connect = sd_bus_message_ref(call); /* bluez_tick() answers. */
    return 1;
}

static int disconnect_device(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct remote *remote = ctx;

    (void)why;
    if (!remote->connected) {
        return sd_bus_reply_method_errorf(call, "org.bluez.Error.NotConnected",
                                          "Not Connected");
    }
    bluez_disconnected(remote->bluez);
    return sd_bus_reply_method_return(call, NULL);
}

static int pair_device(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct remote *remote = ctx;

    (void)why;
    remote->paired = 1;
    (void)sd_bus_emit_properties_changed(remote->bluez->bus, remote->path,
                                         DEVICE_IFACE, "Paired", NULL);
    return sd_bus_reply_method_return(call, NULL);
}

/* An advertisement may leave the service out; a connection shows it. */
static int get_uuids(sd_bus *bus, const char *path, const char *interface,
                     const char *property, sd_bus_message *reply, void *ctx,
                     sd_bus_error *why)
{
    const struct remote *remote = ctx;
    const struct bluez_options *options = &remote->bluez->options;

    (void)bus;
    (void)path;
    (void)interface;
    (void)property;
    (void)why;
    if (options->no_service || (options->is_quiet && !remote->resolved)) {
        return sd_bus_message_append(reply, "as", 0);
    }
    return sd_bus_message_append(reply, "as", 1, SMP_UUID);
}

#define AT(field) offsetof(struct remote, field)
#define CHANGES   SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE

static const sd_bus_vtable device_table[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Connect", "", "", connect_device,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Disconnect", "", "", disconnect_device,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Pair", "", "", pair_device, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_PROPERTY("Address", "s", NULL, AT(address), 0),
    SD_BUS_PROPERTY("AddressType", "s", NULL, AT(address_type), 0),
    SD_BUS_PROPERTY("Name", "s", NULL, AT(name), 0),
    SD_BUS_PROPERTY("Alias", "s", NULL, AT(name), 0),
    SD_BUS_PROPERTY("Adapter", "o", NULL, AT(adapter), 0),
    SD_BUS_PROPERTY("Connected", "b", NULL, AT(connected), CHANGES),
    SD_BUS_PROPERTY("Paired", "b", NULL, AT(paired), CHANGES),
    SD_BUS_PROPERTY("ServicesResolved", "b", NULL, AT(resolved), CHANGES),
    SD_BUS_PROPERTY("RSSI", "n", NULL, AT(rssi_db), 0),
    SD_BUS_PROPERTY("UUIDs", "as", get_uuids, 0, 0),
    SD_BUS_VTABLE_END,
};

/* A Device1 that no BlueZ has: wrong types, an adapter that is not there, no
 * address. */
static int get_odd(sd_bus *bus, const char *path, const char *interface,
                   const char *property, sd_bus_message *reply, void *ctx,
                   sd_bus_error *why)
{
    (void)bus;
    (void)path;
    (void)interface;
    (void)ctx;
    (void)why;
    if (strcmp(property, "Adapter") == 0) {
        return sd_bus_message_append(reply, "o", "/org/bluez/hci9");
    }
    if (strcmp(property, "Alias") == 0) {
        return sd_bus_message_append(reply, "s", "Duo Demo");
    }
    if (strcmp(property, "UUIDs") == 0) {
        return sd_bus_message_append(reply, "s", SMP_UUID);
    }
    return sd_bus_message_append(reply, "a{sv}", 1, "Duo", "s", "Demo");
}

static const sd_bus_vtable odd_table[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Name", "a{sv}", get_odd, 0, 0),
    SD_BUS_PROPERTY("Alias", "s", get_odd, 0, 0),
    SD_BUS_PROPERTY("Adapter", "o", get_odd, 0, 0),
    SD_BUS_PROPERTY("RSSI", "a{sv}", get_odd, 0, 0),
    SD_BUS_PROPERTY("UUIDs", "s", get_odd, 0, 0),
    SD_BUS_VTABLE_END,
};

int bluez_show_odd(struct bluez *bluez)
{
    return sd_bus_add_object_vtable(bluez->bus, NULL, ADAPTER_PATH "/dev_odd",
                                    DEVICE_IFACE, odd_table, bluez);
}

void bluez_show_remote(struct remote *remote)
{
    if (remote->is_exported) {
        return;
    }
    remote->is_exported = true;
    if (sd_bus_add_object_vtable(remote->bluez->bus, &remote->slot,
                                 remote->path, DEVICE_IFACE, device_table,
                                 remote) < 0) {
        exit(1);
    }
    (void)sd_bus_emit_object_added(remote->bluez->bus, remote->path);
}

void bluez_hide_remote(struct remote *remote)
{
    if (remote->is_exported) {
        (void)sd_bus_emit_object_removed(remote->bluez->bus, remote->path);
        remote->slot = sd_bus_slot_unref(remote->slot);
        remote->is_exported = false;
    }
}

static void tell(struct remote *remote, const char *property)
{
    (void)sd_bus_emit_properties_changed(remote->bluez->bus, remote->path,
                                         DEVICE_IFACE, property, NULL);
}

void bluez_connected(struct bluez *bluez)
{
    struct remote *remote = &bluez->remotes[0];

    remote->connected = 1;
    tell(remote, "Connected");
    duo_smp_gatt_connected(&bluez->gatt, bluez->options.mtu);
    bluez->resolve_us = bluez_now_us() + RESOLVE_US;
}

void bluez_disconnected(struct bluez *bluez)
{
    struct remote *remote = &bluez->remotes[0];

    if (!remote->connected) {
        return;
    }
    duo_smp_gatt_disconnected(&bluez->gatt);
    bluez_end_sockets(bluez);
    bluez->resolve_us = 0;
    remote->connected = 0;
    remote->resolved = 0;
    tell(remote, "ServicesResolved");
    tell(remote, "Connected");
    if (bluez->options.forgets) {
        bluez_hide_attributes(bluez);
        bluez_hide_remote(remote);
    }
}

static void hear(struct bluez *bluez)
{
    uint64_t heard_us =
        bluez->discovery_us + bluez->options.slow_ms * UINT64_C(1000);

    if (!bluez->discovering || bluez_now_us() < heard_us || !is_up(bluez) ||
        (!bluez->hears_all &&
         (bluez->options.is_quiet || bluez->options.no_service))) {
        return;
    }
    bluez_show_remote(&bluez->remotes[0]);
    if (bluez->options.has_namesake &&
        bluez_now_us() >= heard_us + NAMESAKE_US) {
        bluez_show_remote(&bluez->remotes[1]);
    }
}

void bluez_tick(struct bluez *bluez)
{
    struct remote *remote = &bluez->remotes[0];

    hear(bluez);
    if (bluez->connect != NULL && is_up(bluez)) {
        bluez_connected(bluez);
        (void)sd_bus_reply_method_return(bluez->connect, NULL);
        bluez->connect = sd_bus_message_unref(bluez->connect);
    }
    if (bluez->resolve_us != 0 && bluez_now_us() >= bluez->resolve_us) {
        bluez->resolve_us = 0;
        bluez_hide_attributes(bluez);
        bluez_show_attributes(bluez);
        remote->resolved = 1;
        tell(remote, "UUIDs");
        tell(remote, "ServicesResolved");
    }
}
