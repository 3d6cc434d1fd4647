/* SPDX-License-Identifier: MIT */
/* The boot journal; see duo/journal.h. */
#include "duo/journal.h"

#include <string.h>

#include "duo/bytes.h"
#include "duo/trailer.h"

/* Offsets in an entry [FORMAT 6]. */
enum {
    OFF_KIND = 0,
    OFF_CORE = 1,
    OFF_REASON = 2,
    OFF_SEQUENCE = 4,
    OFF_BOOT = 8,
    OFF_TIME = 12,
    OFF_VERSION = 16, /* major, minor, revision, build: 8 bytes */
    OFF_DETAIL = 24,
    OFF_CRC = 28,
};
#define KIND  0x4AU
#define ENTRY DUO_JOURNAL_ENTRY_BYTES

static void encode(uint8_t raw[ENTRY], const struct duo_journal_entry *entry)
{
    raw[OFF_KIND] = KIND;
    raw[OFF_CORE] = (uint8_t)entry->core;
    duo_store_le16(&raw[OFF_REASON], (uint16_t)entry->reason);
    duo_store_le32(&raw[OFF_SEQUENCE], entry->sequence);
    duo_store_le32(&raw[OFF_BOOT], entry->boot_count);
    duo_store_le32(&raw[OFF_TIME], entry->time_ms);
    duo_version_store(&entry->version, &raw[OFF_VERSION]);
    duo_store_le32(&raw[OFF_DETAIL], entry->detail);
    duo_store_le32(&raw[OFF_CRC],
                   duo_crc32(0, (struct duo_bytes){raw, OFF_CRC}));
}

static bool decode(const uint8_t raw[ENTRY], struct duo_journal_entry *entry)
{
    if (raw[OFF_KIND] != KIND ||
        duo_load_le32(&raw[OFF_CRC]) !=
            duo_crc32(0, (struct duo_bytes){raw, OFF_CRC})) {
        return false;
    }
    entry->core = raw[OFF_CORE] < DUO_CORE_COUNT ? (enum duo_core)raw[OFF_CORE]
                                                 : DUO_CORE_NONE;
    entry->reason = (enum duo_reason)duo_load_le16(&raw[OFF_REASON]);
    entry->sequence = duo_load_le32(&raw[OFF_SEQUENCE]);
    entry->boot_count = duo_load_le32(&raw[OFF_BOOT]);
    entry->time_ms = duo_load_le32(&raw[OFF_TIME]);
    duo_version_load(&entry->version, &raw[OFF_VERSION]);
    entry->detail = duo_load_le32(&raw[OFF_DETAIL]);
    return true;
}

static bool read_raw(const struct duo_area *area, uint32_t off_bytes,
                     uint8_t raw[ENTRY])
{
    return duo_area_read(area, off_bytes, raw, ENTRY) == DUO_OK;
}

/* Is left newer than right? Sequence numbers wrap, and skip 0, which stands
 * for none. Whatever number a record brings (it may be forged), what is
 * written after it is newer. */
static bool is_newer(uint32_t left, uint32_t right)
{
    return right == 0 || left - right - 1U < UINT32_MAX / 2U;
}

static uint32_t sequence_after(uint32_t sequence)
{
    return sequence == UINT32_MAX ? 1U : sequence + 1U;
}

/* Troubles that stay until somebody mends them, and are met at every boot. */
static const enum duo_reason lasting_reasons[] = {
    DUO_REASON_EXT_FLASH_ABSENT, DUO_REASON_NET_NO_ANSWER,
    DUO_REASON_APP_IMAGE_BAD,    DUO_REASON_NET_IMAGE_BAD,
    DUO_REASON_RECOVERY_ENTERED, DUO_REASON_COUNTER_STORE_FULL,
};
#define LASTING_COUNT (sizeof(lasting_reasons) / sizeof(lasting_reasons[0]))
#define CORE_VALUES   3U /* Both cores, and the board. */

_Static_assert(LASTING_COUNT *CORE_VALUES <= 32U, "a bit for each");

/* The bit of a lasting trouble, or 0 for another reason. */
static uint32_t lasting_bit(enum duo_reason reason, enum duo_core core)
{
    for (unsigned i = 0; i < LASTING_COUNT; i++) {
        if (lasting_reasons[i] == reason) {
            return 1U << (i * CORE_VALUES + (unsigned)core);
        }
    }
    return 0;
}

bool duo_journal_knows(const struct duo_journal *journal,
                       enum duo_reason reason, enum duo_core core)
{
    return (journal->lasting & lasting_bit(reason, core)) != 0;
}

/* Walk one sector: note its newest entry and the place after its last entry
 * that is not erased. */
static bool scan_sector(struct duo_journal *journal, uint32_t sector_off)
{
    uint32_t newest_sequence = 0;
    uint32_t end_off = sector_off + journal->area.flash->geometry.erase_bytes;
    struct duo_journal_entry entry;
    _Alignas(4) uint8_t raw[ENTRY];

    for (uint32_t off = sector_off; off < end_off; off += ENTRY) {
        if (!read_raw(&journal->area, off, raw)) {
            return false;
        }
        if (duo_bytes_are((struct duo_bytes){raw, ENTRY}, 0xFF)) {
            continue;
        }
        journal->next_off_bytes = (off + ENTRY) % journal->area.size_bytes;
        if (decode(raw, &entry) && is_newer(entry.sequence, newest_sequence)) {
            if (entry.boot_count + 1U != journal->boot_count) {
                journal->lasting = 0;
            }
            journal->lasting |= lasting_bit(entry.reason, entry.core);
            newest_sequence = entry.sequence;
            journal->next_sequence = sequence_after(entry.sequence);
            journal->boot_count = entry.boot_count + 1;
        }
    }
    return true;
}

/* The sector whose first readable entry is the newest is the last one. A
 * sector whose first entry was torn is found by its second, and so on up to
 * PROBES_MAX cuts in a row at its start. */
#define PROBES_MAX 4U

static bool probe_sector(const struct duo_area *area, uint32_t sector_off,
                         uint32_t *sequence)
{
    struct duo_journal_entry entry;
    _Alignas(4) uint8_t raw[ENTRY];

    *sequence = 0;
    for (uint32_t i = 0; i < PROBES_MAX && *sequence == 0; i++) {
        if (!read_raw(area, sector_off + i * ENTRY, raw)) {
            return false;
        }
        if (decode(raw, &entry)) {
            *sequence = entry.sequence;
        }
    }
    return true;
}

void duo_journal_open(struct duo_journal *journal, const struct duo_area *area)
{
    uint32_t sector_bytes = area->flash->geometry.erase_bytes;
    uint32_t newest_sequence = 0;
    uint32_t newest_off = 0;

    *journal = (struct duo_journal){
        .area = *area, .next_sequence = 1, .boot_count = 1};
    for (uint32_t off = 0; off < area->size_bytes; off += sector_bytes) {
        uint32_t sequence;
        if (!probe_sector(area, off, &sequence)) {
            return;
        }
        if (sequence != 0 && is_newer(sequence, newest_sequence)) {
            newest_sequence = sequence;
            newest_off = off;
        }
    }
    journal->next_off_bytes = newest_off;
    journal->usable = scan_sector(journal, newest_off);
}

void duo_journal_append(struct duo_journal *journal,
                        const struct duo_journal_entry *entry)
{
    struct duo_journal_entry numbered = *entry;
    _Alignas(4) uint8_t raw[ENTRY];

    if (!journal->usable) {
        return;
    }
    if (journal->next_off_bytes % journal->area.flash->geometry.erase_bytes ==
            0 &&
        duo_area_blank(&journal->area, journal->next_off_bytes,
                       journal->area.flash->geometry.erase_bytes) != DUO_OK) {
        journal->usable = false;
        return;
    }
    numbered.sequence = journal->next_sequence;
    numbered.boot_count = journal->boot_count;
    encode(raw, &numbered);
    journal->usable = duo_area_write(&journal->area, journal->next_off_bytes,
                                     raw, ENTRY) == DUO_OK;
    journal->next_sequence = sequence_after(journal->next_sequence);
    journal->next_off_bytes =
        (journal->next_off_bytes + ENTRY) % journal->area.size_bytes;
}

bool duo_journal_next(const struct duo_journal *journal, uint32_t *cursor,
                      struct duo_journal_entry *entry)
{
    uint32_t sector_bytes = journal->area.flash->geometry.erase_bytes;
    uint32_t size_bytes = journal->area.size_bytes;
    /* The oldest entries are in the sector after the one being written; when
     * that one is full, the next to be erased is the oldest. */
    uint32_t last_off =
        (journal->next_off_bytes + size_bytes - ENTRY) % size_bytes;
    uint32_t start_off =
        (last_off - last_off % sector_bytes + sector_bytes) % size_bytes;
    _Alignas(4) uint8_t raw[ENTRY];

    while (*cursor < size_bytes) {
        uint32_t off = (start_off + *cursor) % size_bytes;
        *cursor += ENTRY;
        if (!read_raw(&journal->area, off, raw)) {
            return false;
        }
        if (decode(raw, entry)) {
            return true;
        }
    }
    return false;
}
