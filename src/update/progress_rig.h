/* SPDX-License-Identifier: MIT */
/* A progress record on a flash in RAM, for its tests. */
#ifndef DUO_PROGRESS_RIG_H
#define DUO_PROGRESS_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "duo/progress.h"
#include "flash/fake_flash_rig.h"

#define SECTOR     4096U
#define HEADER     160U /* Magic, version, flags, two images of 72, CRC. */
#define PHASES_OFF 192U
#define MARKS_OFF  256U
#define APP        DUO_CORE_APP
#define NET        DUO_CORE_NET

static struct fake_flash fake;
static const struct duo_area area = {&fake.flash, SECTOR, SECTOR};
static uint8_t *const sector = &fake.data[SECTOR];

static inline int fresh_flash(void **state)
{
    (void)state;
    fake_init(&fake, SECTOR);
    return 0;
}

/* A record of both images with every field different. */
static inline struct duo_progress example(void)
{
    struct duo_progress progress;

    memset(&progress, 0, sizeof(progress));
    progress.area = area;
    progress.dependent = true;
    progress.images[APP] = (struct duo_progress_image){
        .included = true,
        .has_backup = true,
        .new_bytes = 123456,
        .old_bytes = DUO_PROGRESS_UNITS_APP * DUO_UNIT_BYTES,
    };
    progress.images[NET] = (struct duo_progress_image){
        .included = true,
        .permanent = true,
        .from_other = true,
        .new_bytes = DUO_PROGRESS_UNITS_NET * DUO_UNIT_BYTES,
        .old_bytes = 1,
    };
    for (unsigned i = 0; i < DUO_SHA256_BYTES; i++) {
        progress.images[APP].new_digest[i] = (uint8_t)i;
        progress.images[APP].old_digest[i] = (uint8_t)(0x40U + i);
        progress.images[NET].new_digest[i] = (uint8_t)(0x80U + i);
        progress.images[NET].old_digest[i] = (uint8_t)(0xC0U + i);
    }
    return progress;
}

static inline struct duo_progress created(void)
{
    struct duo_progress progress = example();

    assert_int_equal(duo_progress_create(&progress), DUO_OK);
    assert_true(progress.open);
    return progress;
}

static inline struct duo_progress loaded(void)
{
    struct duo_progress progress;

    assert_int_equal(duo_progress_load(&progress, &area), DUO_OK);
    return progress;
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_flash)

#endif
