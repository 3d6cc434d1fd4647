/* SPDX-License-Identifier: MIT */
/* Bytes in memory as a read-only flash device, so that the boot loader's own
 * parser reads files. */
#ifndef DUO_TOOL_MEM_FLASH_H
#define DUO_TOOL_MEM_FLASH_H

#include "duo/bytes.h"
#include "duo/flash.h"

struct duo_tool_mem_flash {
    struct duo_flash flash; /* First. */
    struct duo_area area;   /* All of it. */
    const uint8_t *data;
    /* For tests, NULL else: sees each read and may change what it returns, or
     * fail it. */
    enum duo_err (*on_read)(void *ctx, uint32_t off_bytes, uint8_t *dst,
                            size_t len_bytes);
    void *ctx;
};

/** @p bytes stay the caller's and must outlive @p mem; at most 4 GB. */
void duo_tool_mem_flash_init(struct duo_tool_mem_flash *mem,
                             struct duo_bytes bytes);

#endif
