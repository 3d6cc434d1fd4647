/* SPDX-License-Identifier: MIT */
/* For tests: a whole device in this process, with the real SMP server on the
 * native board, and a link to it over a bad line. Its time is virtual. */
#ifndef DUO_SMP_DOUBLE_DEVICE_H
#define DUO_SMP_DOUBLE_DEVICE_H

#include "crypto_openssl.h"
#include "double_line.h"
#include "duo/smp_link.h"
#include "fixture.h"
#include "link.h"
#include "native_device.h"
#include "stream.h"

enum double_coding {
    DOUBLE_PACKETS, /* As over UDP. */
    DOUBLE_CONSOLE,
    DOUBLE_RAW,
    DOUBLE_SLIP,
};
#define DOUBLE_CODINGS 4U

struct double_device {
    struct duo_link link; /* First. */
    enum double_coding coding;
    struct duo_tool_fixture fixture;
    struct duo_tool_buffer firmware[2]; /* As from the factory, by core. */
    struct duo_native_board *board;
    struct duo_crypto *crypto[3];
    struct duo_native_device device;
    uint64_t chance;
    struct double_line to_device;
    struct double_line to_host;
    struct duo_tool_buffer put; /* What the device sends in one turn. */
    struct duo_stream stream;   /* The host's end. */
    struct duo_tool_buffer in;
    size_t in_off_bytes;
    uint8_t ip[DUO_IP_PACKET_BYTES];
    struct duo_smp_udp udp;
    struct duo_smp_console console;
    struct duo_smp_serial serial;
    struct duo_tool_buffer shell; /* Text that came to the device. */
    bool is_open;
    /* The power is cut after so many turns of the device; 0: never. */
    uint64_t cut_after;
    uint64_t turn_count;
};

/** Both cores run their factory images, version 1.0.0. */
struct double_device *double_device_create(enum double_coding coding,
                                           uint64_t seed);
void double_device_destroy(struct double_device *device);
void double_device_faults(struct double_device *device,
                          const struct double_faults *faults);

/** A signed image for @p core. */
void double_device_image(struct double_device *device, enum duo_core core,
                         uint8_t seed, uint32_t payload_bytes,
                         struct duo_tool_buffer *image);

/** Power off and on again: boots. */
void double_device_power_cycle(struct double_device *device);

#endif
