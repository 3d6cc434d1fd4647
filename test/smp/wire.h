/* SPDX-License-Identifier: MIT */
/* For tests: a whole device in this process, with the real SMP server on the
 * native board, reached over any link coding by a line that loses, doubles,
 * damages, delays and cuts. The power can fail at any flash operation; the
 * device then starts anew by itself, and the line goes on. Time is virtual:
 * the same seed gives the same run. */
#ifndef DUO_TEST_WIRE_H
#define DUO_TEST_WIRE_H

#include "double_line.h"
#include "duo/smp_link.h"
#include "link.h"
#include "native_device.h"
#include "rig.h"
#include "stream.h"

enum wire_coding {
    WIRE_CONSOLE,
    WIRE_RAW,
    WIRE_SLIP,
    WIRE_UDP,
    WIRE_GATT,
};

struct wire_options {
    enum wire_coding coding;
    uint16_t mtu; /* GATT only. */
    uint64_t seed;
};

struct wire {
    struct duo_link link; /* First. */
    struct wire_options options;
    struct rig rig;
    struct duo_crypto *crypto;
    struct duo_native_device device;
    uint64_t chance;
    struct double_line to_device;
    struct double_line to_host;
    uint32_t disconnect; /* GATT: of 1000 pieces. */
    uint32_t disconnect_count;
    struct duo_tool_buffer put; /* What the device sends in one turn. */
    struct duo_stream stream;   /* The host's end. */
    struct duo_tool_buffer in;
    size_t in_off_bytes;
    uint8_t ip[DUO_IP_PACKET_BYTES];
    uint8_t gatt_answer[DUO_NATIVE_DEVICE_PACKET_BYTES];
    struct duo_smp_udp udp;
    struct duo_smp_console console;
    struct duo_smp_serial serial;
    struct duo_smp_gatt gatt;
    bool is_notified; /* A notification is under way. */
    bool is_open;
    uint32_t cut_chance; /* Of 100 cuts so many are followed by one in the
                          * boot. */
    uint32_t cut_count;
    uint32_t start_count; /* Of the application. */
};

/** The board is empty until wire_factory(). */
struct wire *wire_create(const struct wire_options *options);
void wire_destroy(struct wire *wire);

/** Both cores get these images, and the board boots. */
void wire_factory(struct wire *wire, const struct rig_image *app,
                  const struct rig_image *net);

/** Faults of both directions. Streams keep their order. */
void wire_faults(struct wire *wire, const struct double_faults *faults);

/** The power fails at the flash operation that many after now, as the seed
 * draws; 0: no more. */
void wire_cut(struct wire *wire, uint32_t ops);

/** Switch off and on: boots. */
void wire_power_cycle(struct wire *wire);

/** One turn of the device; if it has nothing to do, time goes on to
 * @p until_us at most. */
void wire_turn(struct wire *wire, uint64_t until_us);

/** Bytes to the device, as they are: not a packet. */
void wire_raw(struct wire *wire, struct duo_bytes bytes);

uint64_t wire_now_us(const struct wire *wire);

/* Private to wire.c and wire_host.c. */
extern const struct duo_link_ops wire_host_ops;

#endif
