/* SPDX-License-Identifier: MIT */
/* Checked access to a partition; see duo/flash.h. */
#include "duo/flash.h"

static bool in_range(const struct duo_area *area, uint32_t off_bytes,
                     size_t len_bytes)
{
    return off_bytes <= area->size_bytes &&
           len_bytes <= area->size_bytes - off_bytes;
}

enum duo_err duo_area_start_read(const struct duo_area *area,
                                 uint32_t off_bytes, void *dst,
                                 size_t len_bytes)
{
    if (!in_range(area, off_bytes, len_bytes)) {
        return DUO_ERR_RANGE;
    }
    return area->flash->ops->start_read(
        area->flash, area->off_bytes + off_bytes, dst, len_bytes);
}

enum duo_err duo_area_start_write(const struct duo_area *area,
                                  uint32_t off_bytes, const void *src,
                                  size_t len_bytes)
{
    uint32_t unit_bytes = area->flash->geometry.write_bytes;

    if (!in_range(area, off_bytes, len_bytes)) {
        return DUO_ERR_RANGE;
    }
    if (off_bytes % unit_bytes != 0 || len_bytes % unit_bytes != 0) {
        return DUO_ERR_ARG;
    }
    return area->flash->ops->start_write(
        area->flash, area->off_bytes + off_bytes, src, len_bytes);
}

enum duo_err duo_area_start_erase(const struct duo_area *area,
                                  uint32_t off_bytes)
{
    uint32_t unit_bytes = area->flash->geometry.erase_bytes;

    if (!in_range(area, off_bytes, unit_bytes)) {
        return DUO_ERR_RANGE;
    }
    if (off_bytes % unit_bytes != 0) {
        return DUO_ERR_ARG;
    }
    return area->flash->ops->start_erase(area->flash,
                                         area->off_bytes + off_bytes);
}

enum duo_err duo_flash_wait(struct duo_flash *flash)
{
    /* Bound: poll() ends BUSY by the device's own time-out. */
    for (;;) {
        enum duo_err err = flash->ops->poll(flash);
        if (err != DUO_ERR_BUSY) {
            return err;
        }
        flash->ops->idle(flash);
    }
}

enum duo_err duo_area_read(const struct duo_area *area, uint32_t off_bytes,
                           void *dst, size_t len_bytes)
{
    enum duo_err err = duo_area_start_read(area, off_bytes, dst, len_bytes);
    return err != DUO_OK ? err : duo_flash_wait(area->flash);
}

enum duo_err duo_area_write(const struct duo_area *area, uint32_t off_bytes,
                            const void *src, size_t len_bytes)
{
    enum duo_err err = duo_area_start_write(area, off_bytes, src, len_bytes);
    return err != DUO_OK ? err : duo_flash_wait(area->flash);
}

enum duo_err duo_area_erase(const struct duo_area *area, uint32_t off_bytes,
                            uint32_t len_bytes)
{
    uint32_t unit_bytes = area->flash->geometry.erase_bytes;

    if (!in_range(area, off_bytes, len_bytes)) {
        return DUO_ERR_RANGE;
    }
    if (len_bytes % unit_bytes != 0) {
        return DUO_ERR_ARG;
    }
    for (uint32_t done_bytes = 0; done_bytes < len_bytes;
         done_bytes += unit_bytes) {
        enum duo_err err = duo_area_start_erase(area, off_bytes + done_bytes);
        if (err == DUO_OK) {
            err = duo_flash_wait(area->flash);
        }
        if (err != DUO_OK) {
            return err;
        }
    }
    return DUO_OK;
}
