/* SPDX-License-Identifier: MIT */
/* Where everything lies: the areas of both images, by image index. */
#ifndef DUO_SLOTS_H
#define DUO_SLOTS_H

#include "duo/flash.h"
#include "duo/image.h"
#include "duo/layout.h"

/* Copies go in units of this size: one sector of the external flash, one
 * page of the application core's flash, two of the network core's. */
#define DUO_UNIT_BYTES 4096U

struct duo_slots {
    struct duo_area active[DUO_CORE_COUNT]; /* A: where the core executes. */
    struct duo_area staged[DUO_CORE_COUNT]; /* S: where uploads land. */
    struct duo_area backup[DUO_CORE_COUNT]; /* B: the previous image. */
    struct duo_area mirror;                 /* M: copy of the network image. */
    /* Slot whose end carries the active image's trailer: A of the application,
     * M of the network core (its own flash is out of the application's
     * reach). */
    struct duo_area trailer[DUO_CORE_COUNT];
    struct duo_area progress; /* Last sector of B of the application. */
    struct duo_area journal;
    struct duo_area counters;
    uint32_t image_bytes_max[DUO_CORE_COUNT]; /* Header to last TLV. */
};

struct duo_slots_devices {
    struct duo_flash *app;
    struct duo_flash *net; /* Offset 0 is the start of the network slot. */
    struct duo_flash *ext;
};

void duo_slots_init(struct duo_slots *slots, const struct duo_layout *layout,
                    const struct duo_slots_devices *devices);

#endif
