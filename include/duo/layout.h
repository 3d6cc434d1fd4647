/* SPDX-License-Identifier: MIT */
/* The memory layout of a board. Tables of this type are generated from
 * layouts/<board>.yml (see docs/FORMAT.md); no partition address is written
 * anywhere else. */
#ifndef DUO_LAYOUT_H
#define DUO_LAYOUT_H

#include <stdint.h>

#include "duo/flash.h"

enum duo_memory_id {
    DUO_MEMORY_APP_FLASH, /* Application core's flash. */
    DUO_MEMORY_NET_FLASH, /* Network core's flash. */
    DUO_MEMORY_EXT_FLASH, /* External QSPI flash. */
    DUO_MEMORY_APP_RAM,   /* Application core's RAM. */
};
#define DUO_MEMORY_COUNT 4U

enum duo_partition_id {
    DUO_PARTITION_APPBOOT,    /* Application core's boot loader. */
    DUO_PARTITION_COUNTERS,   /* Security counters, app flash, one page. */
    DUO_PARTITION_APP_ACTIVE, /* A0. */
    DUO_PARTITION_SETTINGS,   /* The application's own. */
    DUO_PARTITION_NETBOOT,    /* Network core's boot loader. */
    DUO_PARTITION_NET_ACTIVE, /* A1. */
    DUO_PARTITION_APP_STAGED, /* S0. */
    DUO_PARTITION_NET_STAGED, /* S1. */
    DUO_PARTITION_NET_MIRROR, /* M1. */
    DUO_PARTITION_APP_BACKUP, /* B0; its last sector is the progress record. */
    DUO_PARTITION_NET_BACKUP, /* B1. */
    DUO_PARTITION_JOURNAL,    /* Boot journal. */
    DUO_PARTITION_MAILBOX,    /* Shared RAM. */
};
#define DUO_PARTITION_COUNT 13U

struct duo_memory {
    const char *name;
    uint32_t base_addr; /* 0 for the external flash: addresses are offsets. */
    uint32_t size_bytes;
    uint32_t erase_bytes; /* 0 for RAM. */
};

struct duo_partition {
    const char *name; /* As in the layout file. */
    enum duo_memory_id memory;
    uint32_t addr; /* In the executing core's map; offset for external flash. */
    uint32_t size_bytes;
};

struct duo_layout {
    const char *name;
    struct duo_memory memories[DUO_MEMORY_COUNT];
    struct duo_partition partitions[DUO_PARTITION_COUNT];
};

/** The area that a partition is on @p flash, the device of its whole memory
 * (not for the network slot behind the mailbox: that device is the slot). */
struct duo_area duo_layout_area(const struct duo_layout *layout,
                                enum duo_partition_id id,
                                struct duo_flash *flash);

/** Geometry of a memory's device, but for write_bytes and erased_value, which
 * are the driver's: 0 and 0xFF here. */
struct duo_flash_geometry duo_layout_geometry(const struct duo_layout *layout,
                                              enum duo_memory_id memory);

#endif
