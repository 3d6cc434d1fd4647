/* SPDX-License-Identifier: MIT */
/* For tests: a flash in RAM that counts its operations, fails the one that it
 * is told to, and keeps flash's own rules (a program only clears bits, one
 * operation at a time). Header only, since every other .c file of this folder
 * goes into the library. */
#ifndef DUO_FAKE_FLASH_RIG_H
#define DUO_FAKE_FLASH_RIG_H

#include <stdlib.h>
#include <string.h>

#include "duo/bytes.h"
#include "duo/flash.h"

#define FAKE_FLASH_BYTES (128U * 1024U)

enum fake_op { FAKE_READ = 1, FAKE_WRITE = 2, FAKE_ERASE = 4 };

struct fake_flash {
    struct duo_flash flash; /* First. */
    uint8_t data[FAKE_FLASH_BYTES];
    unsigned starts; /* Operations that were started. */
    unsigned reads;
    unsigned writes;
    unsigned erases;
    unsigned fail_at;    /* This start and all later ones; 0: none. */
    unsigned fail_kinds; /* Of these kinds only; 0: of all. */
    bool fail_in_poll;   /* It starts, then fails. */
    unsigned busy_polls; /* Each operation says BUSY so often. */
    bool lossy;          /* Programs leave the last byte as it was. */
    unsigned idles;      /* Calls of idle. */
    /* Sees each start before it has an effect; may be NULL. */
    void (*on_start)(struct fake_flash *fake, enum fake_op op,
                     uint32_t off_bytes);
    unsigned busy; /* BUSY answers left of the present operation. */
    bool under_way;
    bool failing;
};

static inline struct fake_flash *fake_of(struct duo_flash *flash)
{
    return (struct fake_flash *)(void *)flash;
}

/* Count a start; false if it is to fail at once. */
static inline bool fake_start(struct fake_flash *fake, enum fake_op op,
                              uint32_t off_bytes)
{
    bool counts = fake->fail_kinds == 0 || (fake->fail_kinds & op) != 0;
    bool dead = fake->fail_at != 0 && fake->starts + counts >= fake->fail_at;

    if (fake->under_way) {
        abort(); /* Two operations at once on one device. */
    }
    if (fake->on_start != NULL) {
        fake->on_start(fake, op, off_bytes);
    }
    fake->starts += counts;
    fake->reads += op == FAKE_READ;
    fake->writes += op == FAKE_WRITE;
    fake->erases += op == FAKE_ERASE;
    fake->failing = dead && counts;
    if (fake->failing && !fake->fail_in_poll) {
        return false;
    }
    fake->under_way = true;
    fake->busy = fake->busy_polls;
    return true;
}

static inline enum duo_err fake_start_read(struct duo_flash *flash,
                                           uint32_t off_bytes, void *dst,
                                           size_t len_bytes)
{
    struct fake_flash *fake = fake_of(flash);

    if (!fake_start(fake, FAKE_READ, off_bytes)) {
        return DUO_ERR_FLASH;
    }
    memcpy(dst, fake->data + off_bytes, len_bytes);
    return DUO_OK;
}

static inline enum duo_err fake_start_write(struct duo_flash *flash,
                                            uint32_t off_bytes, const void *src,
                                            size_t len_bytes)
{
    struct fake_flash *fake = fake_of(flash);
    const uint8_t *from = src;

    if (!fake_start(fake, FAKE_WRITE, off_bytes)) {
        return DUO_ERR_FLASH;
    }
    for (size_t i = 0; i + fake->lossy < len_bytes; i++) {
        fake->data[off_bytes + i] &= from[i];
    }
    return DUO_OK;
}

static inline enum duo_err fake_start_erase(struct duo_flash *flash,
                                            uint32_t off_bytes)
{
    struct fake_flash *fake = fake_of(flash);

    if (!fake_start(fake, FAKE_ERASE, off_bytes)) {
        return DUO_ERR_FLASH;
    }
    memset(fake->data + off_bytes, 0xFF, flash->geometry.erase_bytes);
    return DUO_OK;
}

static inline enum duo_err fake_poll(struct duo_flash *flash)
{
    struct fake_flash *fake = fake_of(flash);

    if (fake->under_way && fake->busy != 0) {
        fake->busy--;
        return DUO_ERR_BUSY;
    }
    fake->under_way = false;
    return fake->failing ? DUO_ERR_TIMEOUT : DUO_OK;
}

static inline void fake_idle(struct duo_flash *flash)
{
    fake_of(flash)->idles++;
}

static const struct duo_flash_ops fake_ops = {
    fake_start_read, fake_start_write, fake_start_erase, fake_poll, fake_idle};

/* Erased, and working. */
static inline void fake_init(struct fake_flash *fake, uint32_t erase_bytes)
{
    memset(fake, 0, sizeof(*fake));
    fake->flash.ops = &fake_ops;
    fake->flash.geometry =
        (struct duo_flash_geometry){FAKE_FLASH_BYTES, 0, erase_bytes, 4, 0xFF};
    fake->flash.name = "fake";
    memset(fake->data, 0xFF, sizeof(fake->data));
}

/* Forget what was counted; from now on operation @p fail_at fails. */
static inline void fake_fail(struct fake_flash *fake, unsigned fail_at)
{
    fake->starts = 0;
    fake->reads = 0;
    fake->writes = 0;
    fake->erases = 0;
    fake->under_way = false;
    fake->failing = false;
    fake->fail_at = fail_at;
}

#endif
