/* SPDX-License-Identifier: MIT */
/* A journal on a flash in RAM, for its tests. */
#ifndef DUO_JOURNAL_RIG_H
#define DUO_JOURNAL_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "duo/journal.h"
#include "flash/fake_flash_rig.h"

#define SECTOR     4096U
#define SECTORS    3U
#define JOURNAL    (SECTORS * SECTOR)
#define ENTRY      DUO_JOURNAL_ENTRY_BYTES
#define PER_SECTOR (SECTOR / ENTRY)

static struct fake_flash fake;
static const struct duo_area area = {&fake.flash, SECTOR, JOURNAL};

static inline int fresh_flash(void **state)
{
    (void)state;
    fake_init(&fake, SECTOR);
    return 0;
}

static inline uint8_t *entry_at(uint32_t index)
{
    return &fake.data[SECTOR + index * ENTRY];
}

static inline struct duo_journal opened(void)
{
    struct duo_journal journal;

    duo_journal_open(&journal, &area);
    return journal;
}

/* Entries carry their own number as detail, so that order can be checked. */
static inline void append(struct duo_journal *journal, uint32_t number)
{
    const struct duo_journal_entry entry = {
        .reason = DUO_REASON_REVERTED,
        .core = DUO_CORE_NET,
        .detail = number,
    };
    duo_journal_append(journal, &entry);
}

static inline unsigned count_entries(const struct duo_journal *journal,
                                     uint32_t *first, uint32_t *last)
{
    struct duo_journal_entry entry;
    uint32_t cursor = 0;
    unsigned count = 0;

    while (duo_journal_next(journal, &cursor, &entry)) {
        *first = count == 0 ? entry.detail : *first;
        if (count != 0) {
            assert_true(entry.detail > *last);
        }
        *last = entry.detail;
        count++;
    }
    return count;
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_flash)

#endif
