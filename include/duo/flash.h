/* SPDX-License-Identifier: MIT */
/* Any flash memory: the core's own, the external chip, or the other core's
 * behind the mailbox. Operations are started and polled so that two devices
 * work at once; one operation at a time per device. */
#ifndef DUO_FLASH_H
#define DUO_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duo/err.h"

struct duo_flash_geometry {
    uint32_t size_bytes;
    uint32_t base_addr;   /* Where the core that executes it sees offset 0;
                           * 0 for a chip that nobody executes from. */
    uint32_t erase_bytes; /* Page or sector: unit and alignment of an erase. */
    uint32_t write_bytes; /* Unit and alignment of a write; at most 16. */
    uint8_t erased_value; /* What an erased byte reads as. */
};

struct duo_flash;

/* Ranges are checked by the duo_flash_* functions below before an op sees
 * them. A buffer stays valid and unchanged until poll() no longer returns
 * DUO_ERR_BUSY. Only one operation may be under way; starting another then is
 * a programmer's error (the simulation stops the test).
 *
 * start_*: DUO_OK (started or already done; poll tells), DUO_ERR_FLASH.
 * poll:    DUO_OK (done), DUO_ERR_BUSY, DUO_ERR_FLASH, DUO_ERR_TIMEOUT. A
 *          device ends BUSY by itself, by its own time-out at the latest.
 * idle:    wait until something may have changed (device: WFI or nothing;
 *          simulation: let virtual time pass and the other core run). */
struct duo_flash_ops {
    enum duo_err (*start_read)(struct duo_flash *flash, uint32_t off_bytes,
                               void *dst, size_t len_bytes);
    enum duo_err (*start_write)(struct duo_flash *flash, uint32_t off_bytes,
                                const void *src, size_t len_bytes);
    /* Erases exactly one unit of geometry.erase_bytes at off_bytes. */
    enum duo_err (*start_erase)(struct duo_flash *flash, uint32_t off_bytes);
    enum duo_err (*poll)(struct duo_flash *flash);
    void (*idle)(struct duo_flash *flash);
};

/* Concrete devices have this as their first member. */
struct duo_flash {
    const struct duo_flash_ops *ops;
    struct duo_flash_geometry geometry;
    const char *name; /* "app", "net", "ext": for logs and errors. */
};

/* A partition: part of one device. Offsets in an area start at 0. */
struct duo_area {
    struct duo_flash *flash;
    uint32_t off_bytes; /* Of the area in the device. */
    uint32_t size_bytes;
};

/* Start an operation on an area. DUO_ERR_RANGE if the range is not inside the
 * area, DUO_ERR_ARG if not aligned to the device's unit; then nothing was
 * started. A range never wraps. */
enum duo_err duo_area_start_read(const struct duo_area *area,
                                 uint32_t off_bytes, void *dst,
                                 size_t len_bytes);
enum duo_err duo_area_start_write(const struct duo_area *area,
                                  uint32_t off_bytes, const void *src,
                                  size_t len_bytes);
enum duo_err duo_area_start_erase(const struct duo_area *area,
                                  uint32_t off_bytes);

/* Blocking forms: start, then poll and idle until done. Same results, and
 * those of poll() except BUSY. erase takes any multiple of the erase unit. */
enum duo_err duo_area_read(const struct duo_area *area, uint32_t off_bytes,
                           void *dst, size_t len_bytes);
enum duo_err duo_area_write(const struct duo_area *area, uint32_t off_bytes,
                            const void *src, size_t len_bytes);
enum duo_err duo_area_erase(const struct duo_area *area, uint32_t off_bytes,
                            uint32_t len_bytes);

/** Poll and idle until the device's operation has ended. */
enum duo_err duo_flash_wait(struct duo_flash *flash);

#endif
