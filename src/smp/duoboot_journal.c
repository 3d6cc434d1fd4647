/* SPDX-License-Identifier: MIT */
/* The boot journal in words, and the flash map with its fill. Both walk the
 * journal's ring in steps. */
#include "smp/duoboot_internal.h"

/* Steps of the request. */
enum { STEP_BEGIN = 0, STEP_WALK };

static enum duo_smp_outcome no_flash(struct duo_smp_request *request)
{
    duo_smp_refuse_reason(request, DUO_REASON_EXT_FLASH_ABSENT);
    return DUO_SMP_DONE;
}

static bool open_journal(struct duo_smp_duoboot *duoboot)
{
    duoboot->cursor = 0;
    duoboot->count = 0;
    if (!smp_image_open(duoboot->image)) {
        return false;
    }
    duo_journal_open(&duoboot->journal, &duoboot->image->config.slots->journal);
    return true;
}

static void put_entry(struct duo_cbor_writer *writer,
                      const struct duo_journal_entry *entry)
{
    duo_cbor_begin_map(writer);
    duo_cbor_put_uint(writer, "seq", entry->sequence);
    duo_cbor_put_uint(writer, "boot", entry->boot_count);
    duo_cbor_put_uint(writer, "ms", entry->time_ms);
    if (entry->core < DUO_CORE_NONE) {
        duo_cbor_put_uint(writer, "core", entry->core);
    }
    duo_cbor_put_uint(writer, "reason", entry->reason);
    duo_cbor_put_text(writer, "name", duo_reason_name(entry->reason));
    duo_cbor_put_text(writer, "text", duo_reason_sentence(entry->reason));
    duoboot_put_version(writer, &entry->version);
    duo_cbor_put_uint(writer, "detail", entry->detail);
    duo_cbor_end(writer);
}

static enum duo_smp_outcome end_journal(const struct duo_smp_duoboot *duoboot,
                                        struct duo_smp_request *request)
{
    duo_cbor_end(&request->answer);
    duo_cbor_put_uint(&request->answer, "next", duoboot->from);
    return DUO_SMP_DONE;
}

/* Put as many entries as fit; the first one whatever happens: the answer that
 * cannot hold one entry is too large, and not the end of the journal. */
static enum duo_smp_outcome walk(struct duo_smp_duoboot *duoboot,
                                 struct duo_smp_request *request)
{
    struct duo_cbor_writer *writer = &request->answer;
    struct duo_journal_entry entry;

    for (unsigned i = 0; i < DUOBOOT_ENTRIES_PER_STEP; i++) {
        if (!duo_journal_next(&duoboot->journal, &duoboot->cursor, &entry)) {
            return end_journal(duoboot, request);
        }
        if (entry.sequence < duoboot->from) {
            continue;
        }
        const struct duo_cbor_writer before = *writer;
        put_entry(writer, &entry);
        if (duoboot->count != 0 && !duoboot_keep(writer, &before)) {
            return end_journal(duoboot, request);
        }
        duoboot->from = entry.sequence + 1U;
        duoboot->count++;
    }
    return DUO_SMP_AGAIN;
}

enum duo_smp_outcome duoboot_journal(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_duoboot *duoboot = ctx;

    if (!smp_image_ready(duoboot->image)) {
        return DUO_SMP_AGAIN;
    }
    if (request->step == STEP_WALK) {
        return walk(duoboot, request);
    }
    if (!duoboot_read_from(duoboot, request)) {
        return DUO_SMP_DONE;
    }
    if (!open_journal(duoboot)) {
        return no_flash(request);
    }
    duo_cbor_put_key(&request->answer, "entries");
    duo_cbor_begin_array(&request->answer);
    request->step = STEP_WALK;
    return walk(duoboot, request);
}

/* --- The map --- */

/* Partitions that hold an image, or its mirror. */
static const struct duo_area *area_of(const struct duo_slots *slots,
                                      enum duo_partition_id id,
                                      enum duo_core *core)
{
    static const struct {
        uint8_t id;
        uint8_t core;
        uint16_t area_off_bytes; /* In the slots. */
    } rows[] = {
        {DUO_PARTITION_APP_ACTIVE, DUO_CORE_APP,
         offsetof(struct duo_slots, active[DUO_CORE_APP])},
        {DUO_PARTITION_APP_STAGED, DUO_CORE_APP,
         offsetof(struct duo_slots, staged[DUO_CORE_APP])},
        {DUO_PARTITION_APP_BACKUP, DUO_CORE_APP,
         offsetof(struct duo_slots, backup[DUO_CORE_APP])},
        {DUO_PARTITION_NET_ACTIVE, DUO_CORE_NET,
         offsetof(struct duo_slots, mirror)              },
        {DUO_PARTITION_NET_MIRROR, DUO_CORE_NET,
         offsetof(struct duo_slots, mirror)              },
        {DUO_PARTITION_NET_STAGED, DUO_CORE_NET,
         offsetof(struct duo_slots, staged[DUO_CORE_NET])},
        {DUO_PARTITION_NET_BACKUP, DUO_CORE_NET,
         offsetof(struct duo_slots, backup[DUO_CORE_NET])},
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].id == id) {
            *core = (enum duo_core)rows[i].core;
            return (
                const struct duo_area *)(const void *)((const uint8_t *)slots +
                                                       rows[i].area_off_bytes);
        }
    }
    return NULL;
}

static void put_used(struct duo_smp_duoboot *duoboot,
                     struct duo_cbor_writer *writer, enum duo_partition_id id)
{
    struct duo_smp_image *image = duoboot->image;
    enum duo_core core = DUO_CORE_NONE;
    const struct duo_area *area = area_of(image->config.slots, id, &core);

    if (id == DUO_PARTITION_JOURNAL) {
        duo_cbor_put_uint(writer, "used",
                          (uint64_t)duoboot->count * DUO_JOURNAL_ENTRY_BYTES);
    }
    if (area != NULL) {
        /* All zero if there is none. */
        (void)smp_image_parse(image, area, core);
        duo_cbor_put_uint(writer, "used", image->image.total_bytes);
    }
}

static enum duo_smp_outcome put_map(struct duo_smp_duoboot *duoboot,
                                    struct duo_smp_request *request)
{
    const struct duo_layout *layout = duoboot->layout;
    struct duo_cbor_writer *writer = &request->answer;
    uint32_t id = duoboot->from;
    bool fits = true;

    duo_cbor_put_key(writer, "partitions");
    duo_cbor_begin_array(writer);
    while (fits && id < DUO_PARTITION_COUNT) {
        const struct duo_partition *row = &layout->partitions[id];
        const struct duo_cbor_writer before = *writer;

        duo_cbor_begin_map(writer);
        duo_cbor_put_text(writer, "name", row->name);
        duo_cbor_put_text(writer, "memory", layout->memories[row->memory].name);
        duo_cbor_put_uint(writer, "addr", row->addr);
        duo_cbor_put_uint(writer, "size", row->size_bytes);
        put_used(duoboot, writer, (enum duo_partition_id)id);
        duo_cbor_end(writer);
        fits = id == duoboot->from || duoboot_keep(writer, &before);
        id += fits ? 1U : 0U;
    }
    duo_cbor_end(writer);
    duo_cbor_put_uint(writer, "next", id);
    return DUO_SMP_DONE;
}

enum duo_smp_outcome duoboot_map(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_duoboot *duoboot = ctx;
    struct duo_journal_entry entry;

    if (!smp_image_ready(duoboot->image)) {
        return DUO_SMP_AGAIN;
    }
    if (request->step == STEP_BEGIN) {
        if (!duoboot_read_from(duoboot, request)) {
            return DUO_SMP_DONE;
        }
        if (!open_journal(duoboot)) {
            return no_flash(request);
        }
        request->step = STEP_WALK;
    }
    for (unsigned i = 0; i < DUOBOOT_ENTRIES_PER_STEP; i++) {
        if (!duo_journal_next(&duoboot->journal, &duoboot->cursor, &entry)) {
            return put_map(duoboot, request);
        }
        duoboot->count++;
    }
    return DUO_SMP_AGAIN;
}
