/* SPDX-License-Identifier: MIT */
/* The boot journal: a ring of records in external flash that says what the
 * boot loader refused, reverted or repaired, and why. It informs; nothing is
 * ever decided by it. Bytes: docs/FORMAT.md section "Boot journal". */
#ifndef DUO_JOURNAL_H
#define DUO_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/flash.h"
#include "duo/image.h"
#include "duo/reason.h"

#define DUO_JOURNAL_ENTRY_BYTES 32U

struct duo_journal_entry {
    uint32_t sequence;   /* Counts all entries; never repeats. */
    uint32_t boot_count; /* Boots that wrote something. */
    uint32_t time_ms;    /* Since that boot began. */
    enum duo_reason reason;
    enum duo_core core; /* DUO_CORE_NONE: the board. */
    struct duo_version version;
    uint32_t detail; /* By reason: bytes, counter, ... */
};

struct duo_journal {
    struct duo_area area;
    uint32_t next_off_bytes;
    uint32_t next_sequence; /* 1 for an empty journal. */
    uint32_t boot_count;    /* Of this boot. */
    uint32_t lasting;       /* Private; see duo_journal_knows(). */
    bool usable;
};

/** Find the end of the ring. If the area cannot be read the journal is not
 * usable: appends then do nothing. */
void duo_journal_open(struct duo_journal *journal, const struct duo_area *area);

/** Is @p reason a trouble that lasts (a chip or core that does not answer, no
 * image to start, a full store) and that the last boot which wrote anything
 * has told for this core? It need not be told at every boot until it is
 * mended: that would wear the flash and push the history out. */
bool duo_journal_knows(const struct duo_journal *journal,
                       enum duo_reason reason, enum duo_core core);

/** Append; sequence and boot_count are filled in. The sector after a full one
 * is erased first, so the oldest sector's entries go. A failure of the flash
 * is not told: the journal must never stop a boot.
 * Power cut: a torn entry does not check and is passed over. */
void duo_journal_append(struct duo_journal *journal,
                        const struct duo_journal_entry *entry);

/** Read entries from the oldest on. Start with *cursor = 0; true with an
 * entry each time, false at the end. */
bool duo_journal_next(const struct duo_journal *journal, uint32_t *cursor,
                      struct duo_journal_entry *entry);

#endif
