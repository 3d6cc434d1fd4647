/* SPDX-License-Identifier: MIT */
/* For tests: a whole device in this process, with the real SMP server on the
 * native board, and a link to it over a bad line. Its time is virtual. */
#ifndef DUO_SMP_DOUBLE_DEVICE_H
#define DUO_SMP_DOUBLE_DEVICE_H

#include "crypto_openssl.h"
#include "double_end.h"
#include "fixture.h"

struct double_device {
    struct double_end end; /* First. */
    struct duo_tool_fixture fixture;
    struct duo_tool_buffer firmware[2]; /* As from the factory, by core. */
    struct duo_native_board *board;
    struct duo_crypto *crypto[3];
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
