/* SPDX-License-Identifier: MIT */
/* Connecting a device and subscribing to its answers; see ble_channel.h. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "ble_channel.h"

#define CONNECT_MS    35000U /* BlueZ gives up earlier. */
#define CONNECT_TRIES 3U
#define RESOLVE_MS    20000U /* Many attributes over a slow connection. */
#define APPEAR_MS     2000U  /* Attributes that changed come after the rest. */
#define CALL_MS       10000U
/* BlueZ does not answer AcquireNotify at all where the device refuses the
 * subscription. */
#define ACQUIRE_MS       8000U
#define AGAIN_US         300000U
#define ATT_HEADER_BYTES 3U
#define MTU_MIN          23U
#define VALUE_BYTES_MAX  512U /* [Bluetooth Core, vol 3 part F, 3.2.9] */

static const struct duo_ble_object *
device_of(const struct duo_ble_channel *channel)
{
    return duo_ble_tree_at(&channel->bus.tree, channel->peer.path);
}

enum state { STATE_CONNECTED, STATE_AWAY, STATE_RESOLVED, STATE_HAS_SMP };

static bool is_state(const struct duo_ble_channel *channel, enum state state)
{
    const struct duo_ble_object *device = device_of(channel);
    bool connected = device != NULL && device->connected;

    switch (state) {
    case STATE_CONNECTED: return connected;
    case STATE_AWAY: return !connected;
    case STATE_RESOLVED: return connected && device->resolved;
    case STATE_HAS_SMP:
        return duo_ble_tree_smp(&channel->bus.tree, channel->peer.path) != NULL;
    }
    return false;
}

/* False: BlueZ is gone, or the time is over without the state. */
static bool await(struct duo_ble_channel *channel, enum state state,
                  uint32_t wait_ms, struct duo_tool_error *error)
{
    uint64_t end_us = duo_link_host_now_us(NULL) + wait_ms * UINT64_C(1000);

    while (!is_state(channel, state)) {
        if (duo_link_host_now_us(NULL) >= end_us) {
            return duo_ble_fail_as(DUO_BLE_TROUBLE_NO_ANSWER, &channel->peer,
                                   "connecting", error);
        }
        if (!duo_ble_bus_wait(&channel->bus, end_us, error)) {
            return false;
        }
        if (state == STATE_RESOLVED && is_state(channel, STATE_AWAY)) {
            return duo_ble_fail_as(DUO_BLE_TROUBLE_AGAIN, &channel->peer,
                                   "connecting", error);
        }
    }
    return true;
}

/* Connect once; *again: worth another try. */
static bool try_connect(struct duo_ble_channel *channel, bool *again,
                        struct duo_tool_error *error)
{
    const struct duo_ble_call call = {channel->peer.path, DUO_BLE_DEVICE,
                                      "Connect", CONNECT_MS};
    sd_bus_error why = SD_BUS_ERROR_NULL;
    enum duo_ble_trouble trouble;

    *again = false;
    if (duo_ble_call(&channel->bus, &call, &why) >= 0) {
        channel->is_connected = true;
        return true;
    }
    trouble = duo_ble_trouble_of(&why);
    if (trouble == DUO_BLE_TROUBLE_DONE || trouble == DUO_BLE_TROUBLE_BUSY) {
        sd_bus_error_free(&why);
        return await(channel, STATE_CONNECTED, CONNECT_MS, error);
    }
    *again = trouble == DUO_BLE_TROUBLE_AGAIN;
    return duo_ble_fail(&why, &channel->peer, "connecting", error);
}

static bool connect_device(struct duo_ble_channel *channel,
                           struct duo_tool_error *error)
{
    bool again = true;

    if (is_state(channel, STATE_CONNECTED)) {
        return true;
    }
    for (unsigned i = 0; i < CONNECT_TRIES && again; i++) {
        struct duo_tool_error ignored;

        if (i > 0) {
            (void)await(channel, STATE_AWAY, APPEAR_MS, &ignored);
            duo_link_host_wait(NULL, AGAIN_US);
        }
        if (try_connect(channel, &again, error)) {
            return true;
        }
    }
    return false;
}

bool duo_ble_connect(struct duo_ble_channel *channel,
                     struct duo_tool_error *error)
{
    struct duo_tool_error ignored;

    if (!connect_device(channel, error) ||
        !await(channel, STATE_RESOLVED, RESOLVE_MS, error)) {
        return false;
    }
    if (!await(channel, STATE_HAS_SMP, APPEAR_MS, &ignored)) {
        return duo_tool_fail(error, DUO_EXIT_DEVICE,
                             "%s (%s) has no SMP service; its firmware offers "
                             "no updates over Bluetooth",
                             channel->peer.label, channel->peer.address);
    }
    channel->smp_path =
        strdup(duo_ble_tree_smp(&channel->bus.tree, channel->peer.path)->path);
    return channel->smp_path != NULL ||
           duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
}

void duo_ble_disconnect(struct duo_ble_channel *channel)
{
    const struct duo_ble_call call = {channel->peer.path, DUO_BLE_DEVICE,
                                      "Disconnect", CALL_MS};
    sd_bus_error why = SD_BUS_ERROR_NULL;

    if (channel->is_connected && !channel->is_down) {
        (void)duo_ble_call(&channel->bus, &call, &why);
        sd_bus_error_free(&why);
    }
    channel->is_connected = false;
}

struct socket {
    int fd;
    uint16_t mtu;
};

static int take_socket(sd_bus_message *reply, struct socket *socket)
{
    int fd;
    int err = sd_bus_message_read(reply, "hq", &fd, &socket->mtu);

    if (err >= 0) {
        /* The message owns its own. */
        socket->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        err = socket->fd < 0 ? -1 : fcntl(socket->fd, F_SETFL, O_NONBLOCK);
    }
    return err;
}

/* AcquireWrite or AcquireNotify. */
static int acquire(struct duo_ble_channel *channel, const char *method,
                   struct socket *socket, sd_bus_error *why)
{
    const struct duo_ble_call call = {channel->smp_path, DUO_BLE_CHARACTERISTIC,
                                      method, ACQUIRE_MS};
    sd_bus_message *message = duo_ble_call_new(&channel->bus, &call);
    sd_bus_message *reply = NULL;
    int err = message == NULL ? 0 : sd_bus_message_append(message, "a{sv}", 0);

    socket->fd = -1;
    if (err >= 0) {
        err = duo_ble_call_send(&channel->bus, &call, message, &reply, why);
    }
    if (err >= 0) {
        err = take_socket(reply, socket);
        if (err < 0) {
            (void)sd_bus_error_set_errno(why, err);
        }
    }
    (void)sd_bus_message_unref(reply);
    return err;
}

static bool start_notify(struct duo_ble_channel *channel,
                         struct duo_tool_error *error)
{
    const struct duo_ble_call call = {channel->smp_path, DUO_BLE_CHARACTERISTIC,
                                      "StartNotify", CALL_MS};
    sd_bus_error why = SD_BUS_ERROR_NULL;

    return duo_ble_call(&channel->bus, &call, &why) >= 0 ||
           duo_ble_fail(&why, &channel->peer, "subscribing", error);
}

/* The socket if there is one: notifications then do not go through the bus, to
 * all who listen there. Others may have subscribed by StartNotify, which bars
 * the socket but not another StartNotify. */
static bool listen_to(struct duo_ble_channel *channel, uint16_t *mtu,
                      struct duo_tool_error *error)
{
    const struct duo_ble_object *device = device_of(channel);
    sd_bus_error why = SD_BUS_ERROR_NULL;
    struct socket socket = {-1, 0};
    enum duo_ble_trouble trouble;

    if (!duo_ble_tree_at(&channel->bus.tree, channel->smp_path)
             ->has_notify_socket) {
        return start_notify(channel, error);
    }
    if (acquire(channel, "AcquireNotify", &socket, &why) >= 0) {
        channel->notify_fd = socket.fd;
        *mtu = socket.mtu;
        return true;
    }
    trouble = duo_ble_trouble_of(&why);
    if (trouble == DUO_BLE_TROUBLE_BUSY || trouble == DUO_BLE_TROUBLE_UNKNOWN) {
        sd_bus_error_free(&why);
        return start_notify(channel, error);
    }
    if (trouble == DUO_BLE_TROUBLE_NO_ANSWER && !device->paired) {
        sd_bus_error_free(&why);
        return duo_ble_fail_as(DUO_BLE_TROUBLE_PAIR, &channel->peer,
                               "subscribing", error);
    }
    return duo_ble_fail(&why, &channel->peer, "subscribing", error);
}

bool duo_ble_subscribe(struct duo_ble_channel *channel,
                       struct duo_tool_error *error)
{
    const struct duo_ble_object *smp =
        duo_ble_tree_at(&channel->bus.tree, channel->smp_path);
    uint16_t mtu = smp->mtu;
    bool has_socket = smp->has_write_socket;
    sd_bus_error why = SD_BUS_ERROR_NULL;
    struct socket socket = {-1, 0};

    if (!smp->can_command || !smp->can_notify) {
        return duo_tool_fail(error, DUO_EXIT_DEVICE,
                             "%s (%s): its SMP characteristic cannot be "
                             "written without response, or does not notify",
                             channel->peer.label, channel->peer.address);
    }
    if (!listen_to(channel, &mtu, error)) {
        return false;
    }
    if (has_socket) {
        if (acquire(channel, "AcquireWrite", &socket, &why) >= 0) {
            channel->write_fd = socket.fd;
            mtu = socket.mtu;
        } else if (duo_ble_trouble_of(&why) != DUO_BLE_TROUBLE_UNKNOWN) {
            return duo_ble_fail(&why, &channel->peer, "subscribing", error);
        }
        sd_bus_error_free(&why);
    }
    mtu = mtu < MTU_MIN ? MTU_MIN : mtu;
    channel->piece_bytes = mtu - (size_t)ATT_HEADER_BYTES;
    if (channel->piece_bytes > VALUE_BYTES_MAX) {
        channel->piece_bytes = VALUE_BYTES_MAX;
    }
    return true;
}
