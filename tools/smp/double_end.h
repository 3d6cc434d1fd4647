/* SPDX-License-Identifier: MIT */
/* For tests: the real SMP server on a native board, and a link to it over a
 * bad line, in any of the codings. Its time is virtual. Who owns the board
 * embeds this first, and says what a turn of the device is. */
#ifndef DUO_SMP_DOUBLE_END_H
#define DUO_SMP_DOUBLE_END_H

#include "double_line.h"
#include "duo/smp_link.h"
#include "link.h"
#include "native_device.h"
#include "stream.h"

enum double_coding {
    DOUBLE_PACKETS, /* As over UDP. */
    DOUBLE_CONSOLE,
    DOUBLE_RAW,
    DOUBLE_SLIP,
    DOUBLE_GATT, /* Needs an MTU. */
};
#define DOUBLE_CODINGS 4U /* That need nothing else. */

struct double_end;

struct double_end_ops {
    /* One turn of the device: double_end_turn(), and what else there is. */
    void (*turn)(struct double_end *end, uint64_t until_us);
    void (*destroy)(struct double_end *end);
};

struct double_end {
    struct duo_link link; /* First. */
    const struct double_end_ops *ops;
    enum double_coding coding;
    uint16_t mtu; /* GATT only. */
    struct duo_native_board *board;
    struct duo_native_device device;
    uint64_t chance;
    struct double_line to_device;
    struct double_line to_host;
    struct duo_tool_buffer put; /* What the device sends in one turn. */
    struct duo_stream stream;   /* The host's end. */
    struct duo_tool_buffer in;
    size_t in_off_bytes;
    bool is_open;
    uint8_t ip[DUO_IP_PACKET_BYTES];
    uint8_t gatt_answer[DUO_NATIVE_DEVICE_PACKET_BYTES];
    struct duo_smp_udp udp;
    struct duo_smp_console console;
    struct duo_smp_serial serial;
    struct duo_smp_gatt gatt;
    bool is_notified;    /* A notification is under way. */
    uint32_t disconnect; /* GATT: of 1000 pieces. */
    uint32_t disconnect_count;
    uint32_t start_count; /* Of the application. */
};

/** Before: ops, coding and mtu are set, all else is zero. */
void double_end_init(struct double_end *end, uint64_t seed);

/** The board boots already; its application starts. */
void double_end_begin(struct double_end *end, struct duo_native_board *board,
                      struct duo_crypto *crypto);

void double_end_free(struct double_end *end);

/** Faults of both directions. Streams keep their order. */
void double_end_faults(struct double_end *end,
                       const struct double_faults *faults);

/** What is under way is lost, as when the power fails. */
void double_end_clear(struct double_end *end);

/** One turn of the device; if it has nothing to do, time goes on to
 * @p until_us at most. */
void double_end_turn(struct double_end *end, uint64_t until_us);

/** Bytes to the device, as they are: not a packet. */
void double_end_raw(struct double_end *end, struct duo_bytes bytes);

uint64_t double_end_now_us(const struct double_end *end);

/* The host's end: the link's functions. */
extern const struct duo_link_ops double_end_host_ops;

/* Private to double_end.c and double_end_host.c. */
void double_end_start(void *ctx);
void double_end_deliver(struct double_end *end, struct duo_bytes unit);
void double_end_poll(struct double_end *end);
void double_end_flush(struct double_end *end);

#endif
