/* SPDX-License-Identifier: MIT */
/* Bytes in memory as a flash device; see mem_flash.h. */
#include "mem_flash.h"

#include <string.h>

static enum duo_err start_read(struct duo_flash *flash, uint32_t off_bytes,
                               void *dst, size_t len_bytes)
{
    const struct duo_tool_mem_flash *mem =
        (const struct duo_tool_mem_flash *)(const void *)flash;

    if (off_bytes > flash->geometry.size_bytes ||
        len_bytes > flash->geometry.size_bytes - off_bytes) {
        return DUO_ERR_RANGE;
    }
    if (len_bytes > 0) {
        memcpy(dst, mem->data + off_bytes, len_bytes);
    }
    return mem->on_read == NULL
               ? DUO_OK
               : mem->on_read(mem->ctx, off_bytes, dst, len_bytes);
}

static enum duo_err refuse_write(struct duo_flash *flash, uint32_t off_bytes,
                                 const void *src, size_t len_bytes)
{
    (void)flash;
    (void)off_bytes;
    (void)src;
    (void)len_bytes;
    return DUO_ERR_FLASH;
}

static enum duo_err refuse_erase(struct duo_flash *flash, uint32_t off_bytes)
{
    (void)flash;
    (void)off_bytes;
    return DUO_ERR_FLASH;
}

static enum duo_err poll(struct duo_flash *flash)
{
    (void)flash;
    return DUO_OK;
}

static void idle(struct duo_flash *flash)
{
    (void)flash;
}

static const struct duo_flash_ops ops = {
    .start_read = start_read,
    .start_write = refuse_write,
    .start_erase = refuse_erase,
    .poll = poll,
    .idle = idle,
};

void duo_tool_mem_flash_init(struct duo_tool_mem_flash *mem,
                             struct duo_bytes bytes)
{
    *mem = (struct duo_tool_mem_flash){
        .flash = {.ops = &ops,
                  .geometry = {.size_bytes = (uint32_t)bytes.len_bytes,
                               .erase_bytes = 4096,
                               .write_bytes = 4,
                               .erased_value = 0xFF},
                  .name = "file"},
        .data = bytes.data,
    };
    mem->area = (struct duo_area){.flash = &mem->flash,
                                  .size_bytes = (uint32_t)bytes.len_bytes};
}
