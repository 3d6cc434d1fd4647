/* SPDX-License-Identifier: MIT */
/* The SMP characteristic of one connected device, through BlueZ: pieces of at
 * most the MTU go out as write commands, notifications come in. */
#ifndef DUO_SMP_CLIENT_BLE_CHANNEL_H
#define DUO_SMP_CLIENT_BLE_CHANNEL_H

#include "ble_find.h"
#include "file.h"
#include "link.h"

struct duo_ble_channel {
    struct duo_ble_bus bus;
    struct duo_ble_peer peer;
    char *smp_path;     /* Of the characteristic. */
    int write_fd;       /* -1: WriteValue. */
    int notify_fd;      /* -1: PropertiesChanged. */
    size_t piece_bytes; /* The MTU less the ATT header. */
    bool is_connected;  /* By us: we disconnect. */
    bool is_down;       /* The device went. */
    struct duo_tool_buffer in;
};

/** Find, connect, subscribe. @p channel is all zero, or was closed. */
bool duo_ble_channel_open(struct duo_ble_channel *channel,
                          const struct duo_ble_wanted *wanted,
                          struct duo_tool_error *error);
/** Harmless if it is not open. */
void duo_ble_channel_close(struct duo_ble_channel *channel);

/** Send in pieces. */
bool duo_ble_channel_write(struct duo_ble_channel *channel,
                           struct duo_bytes bytes,
                           struct duo_tool_error *error);

/** Wait for bytes, appended to channel->in, until @p deadline_us of the
 * monotonic clock. PACKET: there are some. */
enum duo_link_result duo_ble_channel_read(struct duo_ble_channel *channel,
                                          uint64_t deadline_us,
                                          struct duo_tool_error *error);

/* ble_connect.c: the steps of opening. */

/** Connect unless it is; wait for its attributes; set smp_path. */
bool duo_ble_connect(struct duo_ble_channel *channel,
                     struct duo_tool_error *error);
void duo_ble_disconnect(struct duo_ble_channel *channel);
/** Subscribe, and get at the way to write. */
bool duo_ble_subscribe(struct duo_ble_channel *channel,
                       struct duo_tool_error *error);

#endif
