/* SPDX-License-Identifier: MIT */
/* From a layout's rows to devices and areas; see duo/layout.h. */
#include "duo/layout.h"

#define ERASED_VALUE 0xFFU

struct duo_area duo_layout_area(const struct duo_layout *layout,
                                enum duo_partition_id id,
                                struct duo_flash *flash)
{
    const struct duo_partition *partition = &layout->partitions[id];
    const struct duo_memory *memory = &layout->memories[partition->memory];
    struct duo_area area = {
        .flash = flash,
        .off_bytes = partition->addr - memory->base_addr,
        .size_bytes = partition->size_bytes,
    };

    return area;
}

struct duo_flash_geometry duo_layout_geometry(const struct duo_layout *layout,
                                              enum duo_memory_id memory)
{
    const struct duo_memory *row = &layout->memories[memory];
    struct duo_flash_geometry geometry = {
        .size_bytes = row->size_bytes,
        .base_addr = row->base_addr,
        .erase_bytes = row->erase_bytes,
        .erased_value = ERASED_VALUE,
    };

    return geometry;
}
