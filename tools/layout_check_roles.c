/* SPDX-License-Identifier: MIT */
/* Rules about the partitions that Duoboot uses; see layout.h. */
#include "layout.h"

#include <inttypes.h>

#include "duo/mailbox.h"

/* A slot ends with one sector for the progress record (backup) or the trailer
 * (staged, mirror) that the image itself does not need. */
#define RECORD_BYTES        4096U
#define JOURNAL_SECTORS_MIN 2U /* One is erased while the other is whole. */

static const struct duo_layout_entry *
entry_of(const struct duo_layout_file *file, enum duo_partition_id id)
{
    return duo_layout_entry_find(file, duo_layout_roles[id].name);
}

static uint64_t size_of(const struct duo_layout_entry *entry)
{
    return entry->end_addr - entry->addr;
}

static void check_present(struct duo_layout_file *file,
                          const struct duo_layout_role *role)
{
    const struct duo_layout_entry *entry = entry_of(file, role->id);
    const char *memory_name = file->memories[role->memory].name;

    if (entry == NULL) {
        duo_layout_error(file, 1, "%s is missing: the %s, in %s", role->name,
                         role->use, memory_name);
    } else if (!entry->has_memory || entry->memory != role->memory) {
        duo_layout_error(file, entry->line, "%s must lie in %s", entry->name,
                         memory_name);
    }
}

/* The slots of one image hold the same image, so none may be smaller. */
static void check_equal(struct duo_layout_file *file,
                        enum duo_partition_id first_id,
                        enum duo_partition_id other_id)
{
    const struct duo_layout_entry *first = entry_of(file, first_id);
    const struct duo_layout_entry *other = entry_of(file, other_id);

    if (first == NULL || other == NULL || size_of(first) == size_of(other)) {
        return;
    }
    duo_layout_error(file, other->line,
                     "%s (0x%" PRIx64 " to 0x%" PRIx64 ", 0x%" PRIx64
                     " bytes) and %s (0x%" PRIx64 " to 0x%" PRIx64
                     ", 0x%" PRIx64 " bytes, line %u) must have equal sizes",
                     other->name, other->addr, other->end_addr, size_of(other),
                     first->name, first->addr, first->end_addr, size_of(first),
                     (unsigned)first->line);
}

static void check_net_fits(struct duo_layout_file *file)
{
    const struct duo_layout_entry *active =
        entry_of(file, DUO_PARTITION_NET_ACTIVE);
    const struct duo_layout_entry *mirror =
        entry_of(file, DUO_PARTITION_NET_MIRROR);

    if (active == NULL || mirror == NULL ||
        size_of(active) + RECORD_BYTES <= size_of(mirror)) {
        return;
    }
    duo_layout_error(file, mirror->line,
                     "%s (0x%" PRIx64 " bytes at 0x%" PRIx64
                     ") must be at least 0x%x bytes larger than %s (0x%" PRIx64
                     " bytes at 0x%" PRIx64 ", line %u): its last sector is "
                     "not for the image",
                     mirror->name, size_of(mirror), mirror->addr, RECORD_BYTES,
                     active->name, size_of(active), active->addr,
                     (unsigned)active->line);
}

static void check_page_count(struct duo_layout_file *file,
                             enum duo_partition_id id)
{
    const struct duo_layout_entry *entry = entry_of(file, id);
    uint32_t erase_bytes = 0;
    uint64_t page_count = 0;

    if (entry == NULL || !entry->has_memory) {
        return;
    }
    erase_bytes = file->memories[entry->memory].erase_bytes;
    if (erase_bytes == 0) {
        return; /* In RAM: told already. */
    }
    page_count = size_of(entry) / erase_bytes;
    if (page_count > DUO_LAYOUT_SLOT_PAGES_MAX) {
        duo_layout_error(file, entry->line,
                         "%s (0x%" PRIx64 " to 0x%" PRIx64 ") has %" PRIu64
                         " pages of 0x%" PRIx32 " bytes; the progress record "
                         "of a slot has room for %u",
                         entry->name, entry->addr, entry->end_addr, page_count,
                         erase_bytes, DUO_LAYOUT_SLOT_PAGES_MAX);
    }
}

static void check_slots(struct duo_layout_file *file)
{
    static const enum duo_partition_id slots[] = {
        DUO_PARTITION_APP_ACTIVE, DUO_PARTITION_APP_STAGED,
        DUO_PARTITION_APP_BACKUP, DUO_PARTITION_NET_ACTIVE,
        DUO_PARTITION_NET_STAGED, DUO_PARTITION_NET_MIRROR,
        DUO_PARTITION_NET_BACKUP,
    };

    check_equal(file, DUO_PARTITION_APP_ACTIVE, DUO_PARTITION_APP_STAGED);
    check_equal(file, DUO_PARTITION_APP_ACTIVE, DUO_PARTITION_APP_BACKUP);
    check_equal(file, DUO_PARTITION_NET_MIRROR, DUO_PARTITION_NET_STAGED);
    check_equal(file, DUO_PARTITION_NET_MIRROR, DUO_PARTITION_NET_BACKUP);
    check_net_fits(file);
    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
        check_page_count(file, slots[i]);
    }
}

/* A core starts at the beginning of its flash. */
static void check_reset(struct duo_layout_file *file, enum duo_partition_id id)
{
    const struct duo_layout_entry *entry = entry_of(file, id);
    uint32_t base_addr = file->memories[duo_layout_roles[id].memory].base_addr;

    if (entry != NULL && entry->addr != base_addr) {
        duo_layout_error(file, entry->line,
                         "%s at 0x%" PRIx64 " must stand at 0x%" PRIx32
                         ", where its core starts",
                         entry->name, entry->addr, base_addr);
    }
}

static void check_small_parts(struct duo_layout_file *file)
{
    const struct duo_layout_entry *counters =
        entry_of(file, DUO_PARTITION_COUNTERS);
    const struct duo_layout_entry *journal =
        entry_of(file, DUO_PARTITION_JOURNAL);
    uint32_t page_bytes = file->memories[DUO_MEMORY_APP_FLASH].erase_bytes;
    uint32_t journal_bytes_min =
        JOURNAL_SECTORS_MIN * file->memories[DUO_MEMORY_EXT_FLASH].erase_bytes;

    if (counters != NULL && size_of(counters) != page_bytes) {
        duo_layout_error(file, counters->line,
                         "%s at 0x%" PRIx64 " has 0x%" PRIx64
                         " bytes; it must be one page of 0x%" PRIx32,
                         counters->name, counters->addr, size_of(counters),
                         page_bytes);
    }
    if (journal != NULL && size_of(journal) < journal_bytes_min) {
        duo_layout_error(
            file, journal->line,
            "%s at 0x%" PRIx64 " has 0x%" PRIx64
            " bytes; it must be two sectors, 0x%" PRIx32 ", or more",
            journal->name, journal->addr, size_of(journal), journal_bytes_min);
    }
}

/* One region of the SPU, so that it alone is opened to the network core. */
static void check_mailbox(struct duo_layout_file *file)
{
    const struct duo_layout_entry *mailbox =
        entry_of(file, DUO_PARTITION_MAILBOX);

    if (mailbox == NULL) {
        return;
    }
    if (size_of(mailbox) != DUO_MAILBOX_BYTES ||
        mailbox->addr % DUO_MAILBOX_BYTES != 0) {
        duo_layout_error(file, mailbox->line,
                         "%s (0x%" PRIx64 " to 0x%" PRIx64 ") must be one SPU "
                         "region: 0x%x bytes, aligned to 0x%x",
                         mailbox->name, mailbox->addr, mailbox->end_addr,
                         DUO_MAILBOX_BYTES, DUO_MAILBOX_BYTES);
    }
}

void duo_layout_check_roles(struct duo_layout_file *file)
{
    for (uint32_t i = 0; i < DUO_PARTITION_COUNT; i++) {
        check_present(file, &duo_layout_roles[i]);
    }
    check_slots(file);
    check_reset(file, DUO_PARTITION_APPBOOT);
    check_reset(file, DUO_PARTITION_NETBOOT);
    check_small_parts(file);
    check_mailbox(file);
}
