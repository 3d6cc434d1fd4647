/* SPDX-License-Identifier: MIT */
/* The SMP service and its characteristic on the bus; see bluez_double.h. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bluez_double.h"

#define SERVICE_IFACE        "org.bluez.GattService1"
#define CHARACTERISTIC_IFACE "org.bluez.GattCharacteristic1"
#define NOT_PERMITTED        "org.bluez.Error.NotPermitted"
#define FAILED               "org.bluez.Error.Failed"

static bool is_refused(const struct bluez *bluez)
{
    return bluez->options.wants_bond && !bluez->remotes[0].paired;
}

/* The host's end goes out, the other is ours. */
static int answer_socket(struct bluez *bluez, sd_bus_message *call, int *ours)
{
    int fds[2];
    int err;

    if (socketpair(AF_LOCAL, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                   fds) < 0) {
        return -errno;
    }
    err = sd_bus_reply_method_return(call, "hq", fds[1], bluez->options.mtu);
    (void)close(fds[1]);
    *ours = fds[0];
    return err;
}

static int acquire_write(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct bluez *bluez = ctx;

    (void)why;
    if (!bluez->remotes[0].connected) {
        return sd_bus_reply_method_errorf(call, FAILED, "Not connected");
    }
    if (bluez->write_fd >= 0 || bluez->options.is_held) {
        return sd_bus_reply_method_errorf(call, NOT_PERMITTED,
                                          "Write acquired");
    }
    bluez->attributes.write_acquired = 1;
    return answer_socket(bluez, call, &bluez->write_fd);
}

static int acquire_notify(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct bluez *bluez = ctx;

    (void)why;
    if (!bluez->remotes[0].connected) {
        return sd_bus_reply_method_errorf(call, FAILED, "Not connected");
    }
    if (bluez->notify_fd >= 0 || bluez->options.is_held) {
        return sd_bus_reply_method_errorf(call, NOT_PERMITTED,
                                          "Notify acquired");
    }
    if (bluez->attributes.notifying) {
        return sd_bus_reply_method_errorf(call, "org.bluez.Error.InProgress",
                                          "In Progress");
    }
    if (is_refused(bluez)) {
        /* As BlueZ does: its callback forgets the call. */
        bluez->silent = sd_bus_message_ref(call);
        return 1;
    }
    bluez->attributes.notify_acquired = 1;
    duo_smp_gatt_subscribed(&bluez->gatt, true);
    return answer_socket(bluez, call, &bluez->notify_fd);
}

static int on_subscriber_gone(sd_bus_track *track, void *ctx)
{
    struct bluez *bluez = ctx;

    (void)track;
    bluez->attributes.notifying = 0;
    duo_smp_gatt_subscribed(&bluez->gatt, false);
    return 0;
}

static int start_notify(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct bluez *bluez = ctx;

    (void)why;
    if (bluez->notify_fd >= 0 || bluez->options.is_held) {
        return sd_bus_reply_method_errorf(call, NOT_PERMITTED,
                                          "Notify acquired");
    }
    if (is_refused(bluez)) {
        return sd_bus_reply_method_errorf(call, NOT_PERMITTED, "Not paired");
    }
    bluez->subscriber = sd_bus_track_unref(bluez->subscriber);
    if (sd_bus_track_new(bluez->bus, &bluez->subscriber, on_subscriber_gone,
                         bluez) < 0 ||
        sd_bus_track_add_sender(bluez->subscriber, call) < 0) {
        return sd_bus_reply_method_errorf(call, FAILED, "no memory");
    }
    bluez->attributes.notifying = 1;
    duo_smp_gatt_subscribed(&bluez->gatt, true);
    return sd_bus_reply_method_return(call, NULL);
}

static int stop_notify(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct bluez *bluez = ctx;

    (void)why;
    bluez->attributes.notifying = 0;
    duo_smp_gatt_subscribed(&bluez->gatt, false);
    return sd_bus_reply_method_return(call, NULL);
}

/* "type" must be "command": a request would be refused by the device. */
static bool is_command(sd_bus_message *call)
{
    const char *key;
    const char *type = "";

    if (sd_bus_message_enter_container(call, 'a', "{sv}") < 0) {
        return false;
    }
    while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
        if (sd_bus_message_read(call, "s", &key) < 0 ||
            (strcmp(key, "type") == 0
                 ? sd_bus_message_read(call, "v", "s", &type)
                 : sd_bus_message_skip(call, "v")) < 0 ||
            sd_bus_message_exit_container(call) < 0) {
            return false;
        }
    }
    return strcmp(type, "command") == 0;
}

static int write_value(sd_bus_message *call, void *ctx, sd_bus_error *why)
{
    struct bluez *bluez = ctx;
    const void *data = NULL;
    size_t len_bytes = 0;

    (void)why;
    if (!bluez->remotes[0].connected) {
        return sd_bus_reply_method_errorf(call, FAILED, "Not connected");
    }
    if (bluez->write_fd >= 0) {
        return sd_bus_reply_method_errorf(call, NOT_PERMITTED,
                                          "Write acquired");
    }
    if (sd_bus_message_read_array(call, 'y', &data, &len_bytes) < 0 ||
        !is_command(call)) {
        return sd_bus_reply_method_errorf(call, "org.bluez.Error.NotSupported",
                                          "Operation is not supported");
    }
    bluez_device_take(bluez, (struct duo_bytes){data, len_bytes});
    return sd_bus_reply_method_return(call, NULL);
}

static int get_flags(sd_bus *bus, const char *path, const char *interface,
                     const char *property, sd_bus_message *reply, void *field,
                     sd_bus_error *why)
{
    (void)bus;
    (void)path;
    (void)interface;
    (void)property;
    (void)field;
    (void)why;
    return sd_bus_message_append(reply, "as", 2, "write-without-response",
                                 "notify");
}

#define AT(field) \
    (offsetof(struct bluez, attributes) + offsetof(struct attributes, field))

static const sd_bus_vtable service_table[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("UUID", "s", NULL, AT(service_uuid), 0),
    SD_BUS_PROPERTY("Device", "o", NULL, AT(device), 0),
    SD_BUS_PROPERTY("Primary", "b", NULL, AT(primary), 0),
    SD_BUS_VTABLE_END,
};

#define CHARACTERISTIC_COMMON                                           \
    SD_BUS_METHOD("StartNotify", "", "", start_notify,                  \
                  SD_BUS_VTABLE_UNPRIVILEGED),                          \
        SD_BUS_METHOD("StopNotify", "", "", stop_notify,                \
                      SD_BUS_VTABLE_UNPRIVILEGED),                      \
        SD_BUS_METHOD("WriteValue", "aya{sv}", "", write_value,         \
                      SD_BUS_VTABLE_UNPRIVILEGED),                      \
        SD_BUS_PROPERTY("UUID", "s", NULL, AT(characteristic_uuid), 0), \
        SD_BUS_PROPERTY("Service", "o", NULL, AT(service_path), 0),     \
        SD_BUS_PROPERTY("Flags", "as", get_flags, 0, 0),                \
        SD_BUS_PROPERTY("Notifying", "b", NULL, AT(notifying), 0),      \
        SD_BUS_PROPERTY("MTU", "q", NULL, AT(mtu), 0)

static const sd_bus_vtable plain_table[] = {
    SD_BUS_VTABLE_START(0),
    CHARACTERISTIC_COMMON,
    SD_BUS_VTABLE_END,
};

static const sd_bus_vtable socket_table[] = {
    SD_BUS_VTABLE_START(0),
    CHARACTERISTIC_COMMON,
    SD_BUS_METHOD("AcquireWrite", "a{sv}", "hq", acquire_write,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("AcquireNotify", "a{sv}", "hq", acquire_notify,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_PROPERTY("WriteAcquired", "b", NULL, AT(write_acquired), 0),
    SD_BUS_PROPERTY("NotifyAcquired", "b", NULL, AT(notify_acquired), 0),
    SD_BUS_VTABLE_END,
};

void bluez_show_attributes(struct bluez *bluez)
{
    struct attributes *attributes = &bluez->attributes;
    int err;

    *attributes = (struct attributes){
        .service_uuid = bluez->options.no_service
                            ? "0000180f-0000-1000-8000-00805f9b34fb"
                            : "8d53dc1d-1db7-4cd3-868b-8a527460aa84",
        .characteristic_uuid = "da2e7828-fbce-4e01-ae9e-261174997c48",
        .device = bluez->remotes[0].path,
        .primary = 1,
        .mtu = bluez->options.mtu,
    };
    (void)snprintf(attributes->service, sizeof(attributes->service),
                   "%s/service%04x", bluez->remotes[0].path, bluez->handle);
    (void)snprintf(attributes->characteristic,
                   sizeof(attributes->characteristic), "%s/char%04x",
                   attributes->service, bluez->handle + 1U);
    attributes->service_path = attributes->service;
    err = sd_bus_add_object_vtable(bluez->bus, &attributes->slots[0],
                                   attributes->service, SERVICE_IFACE,
                                   service_table, bluez);
    if (err >= 0) {
        err = sd_bus_add_object_vtable(
            bluez->bus, &attributes->slots[1], attributes->characteristic,
            CHARACTERISTIC_IFACE,
            bluez->options.no_sockets ? plain_table : socket_table, bluez);
    }
    if (err < 0) {
        (void)fprintf(stderr, "attributes: %s\n", strerror(-err));
        exit(1);
    }
    (void)sd_bus_emit_object_added(bluez->bus, attributes->service);
    (void)sd_bus_emit_object_added(bluez->bus, attributes->characteristic);
}

void bluez_hide_attributes(struct bluez *bluez)
{
    struct attributes *attributes = &bluez->attributes;

    if (attributes->slots[1] == NULL) {
        return;
    }
    (void)sd_bus_emit_object_removed(bluez->bus, attributes->characteristic);
    (void)sd_bus_emit_object_removed(bluez->bus, attributes->service);
    attributes->slots[1] = sd_bus_slot_unref(attributes->slots[1]);
    attributes->slots[0] = sd_bus_slot_unref(attributes->slots[0]);
}

static void end_socket(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
    *fd = -1;
}

void bluez_end_sockets(struct bluez *bluez)
{
    end_socket(&bluez->write_fd);
    end_socket(&bluez->notify_fd);
    bluez->silent = sd_bus_message_unref(bluez->silent);
    bluez->subscriber = sd_bus_track_unref(bluez->subscriber);
    bluez->attributes.write_acquired = 0;
    bluez->attributes.notify_acquired = 0;
    bluez->attributes.notifying = 0;
}

void bluez_read_socket(struct bluez *bluez)
{
    uint8_t piece[512];
    struct pollfd listener = {.fd = bluez->notify_fd};

    while (bluez->write_fd >= 0) {
        ssize_t got = recv(bluez->write_fd, piece, sizeof(piece), 0);
        if (got <= 0) {
            if (got == 0 || errno != EAGAIN) {
                end_socket(&bluez->write_fd);
                bluez->attributes.write_acquired = 0;
            }
            break;
        }
        bluez_device_take(bluez, (struct duo_bytes){piece, (size_t)got});
    }
    if (bluez->notify_fd >= 0 && poll(&listener, 1, 0) > 0) {
        end_socket(&bluez->notify_fd);
        bluez->attributes.notify_acquired = 0;
        duo_smp_gatt_subscribed(&bluez->gatt, false);
    }
}
