/* SPDX-License-Identifier: MIT */
/* Links to a device: what carries whole SMP packets, named by a URL. */
#ifndef DUO_SMP_CLIENT_LINK_H
#define DUO_SMP_CLIENT_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duo/bytes.h"
#include "fail.h"

#define DUO_LINK_UDP_BYTES_MAX 1472U /* An Ethernet frame, without headers. */

enum duo_link_result {
    DUO_LINK_PACKET,  /* packet is one; valid until the next call. */
    DUO_LINK_TIMEOUT, /* Nothing until the deadline. */
    DUO_LINK_CLOSED,  /* The peer or the port is gone; error says how. */
    DUO_LINK_FAILED,  /* The host refuses; error says why. */
};

struct duo_link;

struct duo_link_ops {
    /* Connect; also again after close or CLOSED. Fails with IO (the port),
     * DEVICE (the peer) or USAGE. */
    bool (*open)(struct duo_link *link, struct duo_tool_error *error);
    /* Harmless if it is not open. */
    void (*close)(struct duo_link *link);
    /* Send one whole packet: it is on its way, not more. */
    bool (*send)(struct duo_link *link, struct duo_bytes packet,
                 struct duo_tool_error *error);
    /* Wait for one whole packet until now_us() is @p deadline_us; a deadline in
     * the past takes what is there. Text that comes meanwhile goes to
     * on_text. */
    enum duo_link_result (*receive)(struct duo_link *link, uint64_t deadline_us,
                                    struct duo_bytes *packet,
                                    struct duo_tool_error *error);
    /* The link's clock: the host's monotonic one, or the virtual board's. */
    uint64_t (*now_us)(struct duo_link *link);
    /* Let this time pass on the link's clock; works without open, too. */
    void (*wait)(struct duo_link *link, uint64_t us);
    /* Bytes for the shell behind the console; NULL: there is none. */
    bool (*write_text)(struct duo_link *link, struct duo_bytes text,
                       struct duo_tool_error *error);
    /* What poll() finds readable when there is something to receive; -1:
     * nothing. NULL: the same. */
    int (*poll_fd)(const struct duo_link *link);
    /* Close and free, the link itself included. */
    void (*destroy)(struct duo_link *link);
};

/* Concrete links have this as their first member. */
struct duo_link {
    const struct duo_link_ops *ops;
    char *url;               /* On the heap; freed by duo_link_destroy(). */
    size_t packet_bytes_max; /* Longer ones cannot be sent; 0: no limit. */
    /* True: a reset of the device closes the link (Bluetooth, USB). False: the
     * port stays (a UART, UDP); only questions tell. */
    bool ends_with_device;
    /* Not 0: where packets have no marks, the device may hold half of one and
     * take what comes next for its rest. After so long without a byte it gives
     * that up: who got no answer waits for that before asking again. */
    uint64_t silence_us;
    /* True: opening it switches the device on, closing it off (board:). */
    bool is_power;
    /* Console bytes that are no frames: log and shell. NULL: dropped. */
    void (*on_text)(void *ctx, struct duo_bytes text);
    void *on_text_ctx;
};

/**
 * Make the link that @p url names, not yet open:
 *
 *   serial:PATH?baud=115200&line=127  console frames on a port shared with log
 *                                     and shell
 *   raw:PATH?baud=115200              packets as they are, on a port of its own
 *   udp:HOST[:1337]                   HOST: name, IPv4, or IPv6 in []
 *   ble:NAME or ble:ADDRESS           by BlueZ
 *   board:DIR?uart=app&baud=115200    the virtual board of a directory, run in
 *                                     this process: opening it is a power-on,
 *                                     closing it cuts the power and keeps the
 *                                     flashes. uart: app (console frames) or
 *                                     link (raw packets; &udp: UDP in SLIP)
 *
 * @return NULL with USAGE: @p error says what is wrong with the URL.
 */
struct duo_link *duo_link_create(const char *url, struct duo_tool_error *error);
/** NULL is harmless. */
void duo_link_destroy(struct duo_link *link);

/* The schemes, each with its file. The text after "scheme:" is @p place (never
 * empty), what follows a "?" is @p query ("" if there is none). */
struct duo_link *duo_link_serial_create(const char *place, const char *query,
                                        struct duo_tool_error *error);
struct duo_link *duo_link_raw_create(const char *place, const char *query,
                                     struct duo_tool_error *error);
struct duo_link *duo_link_udp_create(const char *place, const char *query,
                                     struct duo_tool_error *error);
struct duo_link *duo_link_board_create(const char *place, const char *query,
                                       struct duo_tool_error *error);
/* link_ble.c; packet_bytes_max is 0: pieces follow the MTU. */
struct duo_link *duo_link_ble_create(const char *place, const char *query,
                                     struct duo_tool_error *error);

/* For links on the host's clock. */
uint64_t duo_link_host_now_us(struct duo_link *link);
void duo_link_host_wait(struct duo_link *link, uint64_t us);

/* One key=value of a query; a key without "=" has the value "". */
struct duo_link_option {
    char key[16];
    char value[64];
};

/** Take the next option off @p query. False: none left, or malformed (then
 * *query is not at its end and @p error is USAGE). */
bool duo_link_next_option(const char **query, struct duo_link_option *option,
                          struct duo_tool_error *error);

#endif
