/* SPDX-License-Identifier: MIT */
/* Bytes to and from a device's SMP characteristic; see ble_channel.h. */
#include "ble_channel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A queue that does not move for so long belongs to a lost connection. */
#define WRITE_MS        35000U
#define CALL_MS         10000U
#define BUSY_TRIES      50U
#define BUSY_US         20000U
#define VALUE_BYTES_MAX 512U /* [Bluetooth Core, vol 3 part F, 3.2.9] */

/* --- Signals --- */

static int take_value(struct duo_ble_channel *channel, sd_bus_message *signal)
{
    const void *data = NULL;
    size_t len_bytes = 0;
    int err = sd_bus_message_enter_container(signal, 'v', "ay");

    if (err >= 0) {
        err = sd_bus_message_read_array(signal, 'y', &data, &len_bytes);
    }
    if (err < 0) {
        return err;
    }
    duo_tool_buffer_append(&channel->in, (struct duo_bytes){data, len_bytes});
    return sd_bus_message_exit_container(signal);
}

static int take_connected(struct duo_ble_channel *channel,
                          sd_bus_message *signal)
{
    int connected = 1;
    int err = sd_bus_message_read(signal, "v", "b", &connected);

    channel->is_down = channel->is_down || (err >= 0 && connected == 0);
    return err;
}

typedef int take_property(struct duo_ble_channel *channel,
                          sd_bus_message *signal);

/* What of a signal concerns us: a property of one object. */
static void look_for(struct duo_ble_channel *channel, sd_bus_message *signal,
                     const char *property, take_property *take)
{
    const char *name;
    int err = sd_bus_message_skip(signal, "s");

    if (err >= 0) {
        err = sd_bus_message_enter_container(signal, 'a', "{sv}");
    }
    while (err >= 0 &&
           (err = sd_bus_message_enter_container(signal, 'e', "sv")) > 0) {
        err = sd_bus_message_read_basic(signal, 's', &name);
        if (err >= 0) {
            err = strcmp(name, property) == 0
                      ? take(channel, signal)
                      : sd_bus_message_skip(signal, "v");
        }
        if (err >= 0) {
            err = sd_bus_message_exit_container(signal);
        }
    }
}

static void on_change(void *ctx, sd_bus_message *signal)
{
    struct duo_ble_channel *channel = ctx;
    const char *path = sd_bus_message_get_path(signal);

    if (channel->peer.path != NULL && strcmp(path, channel->peer.path) == 0) {
        look_for(channel, signal, "Connected", take_connected);
    } else if (channel->smp_path != NULL && channel->notify_fd < 0 &&
               strcmp(path, channel->smp_path) == 0) {
        look_for(channel, signal, "Value", take_value);
    }
}

/* --- Opening --- */

static bool open_steps(struct duo_ble_channel *channel,
                       const struct duo_ble_wanted *wanted,
                       struct duo_tool_error *error)
{
    if (!duo_ble_find(&channel->bus, wanted, &channel->peer, error) ||
        !duo_ble_connect(channel, error)) {
        return false;
    }
    /* An earlier connection may have ended while this one was made. */
    channel->is_down = false;
    return duo_ble_subscribe(channel, error);
}

bool duo_ble_channel_open(struct duo_ble_channel *channel,
                          const struct duo_ble_wanted *wanted,
                          struct duo_tool_error *error)
{
    *channel = (struct duo_ble_channel){.write_fd = -1, .notify_fd = -1};
    channel->bus.on_change = on_change;
    channel->bus.ctx = channel;
    if (!duo_ble_bus_open(&channel->bus, error)) {
        return false;
    }
    if (!open_steps(channel, wanted, error)) {
        duo_ble_channel_close(channel);
        return false;
    }
    return true;
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
    *fd = -1;
}

void duo_ble_channel_close(struct duo_ble_channel *channel)
{
    if (channel->bus.bus == NULL) {
        return;
    }
    close_fd(&channel->write_fd);
    close_fd(&channel->notify_fd);
    duo_ble_disconnect(channel);
    duo_ble_bus_close(&channel->bus);
    duo_ble_peer_free(&channel->peer);
    duo_tool_buffer_free(&channel->in);
    free(channel->smp_path);
    channel->smp_path = NULL;
}

/* --- Writing --- */

static bool gone(const struct duo_ble_channel *channel,
                 struct duo_tool_error *error)
{
    return duo_tool_fail(error, DUO_EXIT_DEVICE,
                         "%s (%s): the connection ended", channel->peer.label,
                         channel->peer.address);
}

static bool write_socket(struct duo_ble_channel *channel,
                         struct duo_bytes piece, struct duo_tool_error *error)
{
    struct pollfd room = {.fd = channel->write_fd, .events = POLLOUT};

    for (;;) {
        ssize_t sent = send(channel->write_fd, piece.data, piece.len_bytes,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            return true;
        }
        if ((errno != EAGAIN && errno != EINTR) ||
            poll(&room, 1, (int)WRITE_MS) == 0) {
            return gone(channel, error);
        }
    }
}

static int write_value(struct duo_ble_channel *channel, struct duo_bytes piece,
                       sd_bus_error *why)
{
    const struct duo_ble_call call = {channel->smp_path, DUO_BLE_CHARACTERISTIC,
                                      "WriteValue", CALL_MS};
    sd_bus_message *message = duo_ble_call_new(&channel->bus, &call);

    if (message != NULL &&
        (sd_bus_message_append_array(message, 'y', piece.data,
                                     piece.len_bytes) < 0 ||
         sd_bus_message_append(message, "a{sv}", 1, "type", "s", "command") <
             0)) {
        message = sd_bus_message_unref(message);
    }
    return duo_ble_call_send(&channel->bus, &call, message, NULL, why);
}

static bool write_call(struct duo_ble_channel *channel, struct duo_bytes piece,
                       struct duo_tool_error *error)
{
    for (unsigned i = 0;; i++) {
        sd_bus_error why = SD_BUS_ERROR_NULL;

        if (write_value(channel, piece, &why) >= 0) {
            return true;
        }
        if (channel->is_down) {
            sd_bus_error_free(&why);
            return gone(channel, error);
        }
        if (duo_ble_trouble_of(&why) != DUO_BLE_TROUBLE_BUSY ||
            i == BUSY_TRIES) {
            return duo_ble_fail(&why, &channel->peer, "sending", error);
        }
        sd_bus_error_free(&why);
        duo_link_host_wait(NULL, BUSY_US);
    }
}

bool duo_ble_channel_write(struct duo_ble_channel *channel,
                           struct duo_bytes bytes, struct duo_tool_error *error)
{
    while (bytes.len_bytes > 0) {
        struct duo_bytes piece = {bytes.data,
                                  bytes.len_bytes < channel->piece_bytes
                                      ? bytes.len_bytes
                                      : channel->piece_bytes};
        bool done = channel->write_fd >= 0 ? write_socket(channel, piece, error)
                                           : write_call(channel, piece, error);
        if (!done) {
            return false;
        }
        bytes.data += piece.len_bytes;
        bytes.len_bytes -= piece.len_bytes;
    }
    return true;
}

/* --- Reading --- */

/* True: a piece came, or the other end of the socket is gone. */
static bool read_piece(struct duo_ble_channel *channel)
{
    uint8_t piece[VALUE_BYTES_MAX];
    ssize_t got = recv(channel->notify_fd, piece, sizeof(piece), MSG_DONTWAIT);

    if (got > 0) {
        duo_tool_buffer_append(&channel->in,
                               (struct duo_bytes){piece, (size_t)got});
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        channel->is_down = true;
    }
    return got > 0;
}

static void take_what_came(struct duo_ble_channel *channel)
{
    if (!duo_ble_bus_dispatch(&channel->bus) || channel->bus.is_gone) {
        channel->is_down = true;
    }
    while (channel->notify_fd >= 0 && read_piece(channel)) {
    }
}

static int rest_ms(uint64_t deadline_us)
{
    uint64_t now_us = duo_link_host_now_us(NULL);
    uint64_t rest_us = now_us < deadline_us ? deadline_us - now_us : 0;

    return rest_us > 1000000U ? 1000 : (int)((rest_us + 999U) / 1000U);
}

static void poll_all(struct duo_ble_channel *channel, int wait_ms)
{
    struct pollfd fds[3] = {
        {.fd = sd_bus_get_fd(channel->bus.bus), .events = POLLIN},
        {.fd = channel->notify_fd,              .events = POLLIN},
        {.fd = channel->write_fd,               .events = 0     }, /* Its end is told anyway. */
    };
    int events = sd_bus_get_events(channel->bus.bus);

    fds[0].events = (short)(events < 0 ? POLLIN : events);
    if (poll(fds, 3, wait_ms) > 0 && fds[2].revents != 0) {
        channel->is_down = true;
    }
}

enum duo_link_result duo_ble_channel_read(struct duo_ble_channel *channel,
                                          uint64_t deadline_us,
                                          struct duo_tool_error *error)
{
    for (;;) {
        int wait_ms = rest_ms(deadline_us);

        take_what_came(channel);
        if (channel->in.len_bytes > 0) {
            return DUO_LINK_PACKET; /* What came before an end counts. */
        }
        if (channel->is_down) {
            (void)gone(channel, error);
            return DUO_LINK_CLOSED;
        }
        if (wait_ms == 0) {
            return DUO_LINK_TIMEOUT;
        }
        poll_all(channel, wait_ms);
    }
}
