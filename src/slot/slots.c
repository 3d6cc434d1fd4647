/* SPDX-License-Identifier: MIT */
/* Areas from a layout; see duo/slots.h. */
#include "duo/slots.h"

#include "duo/progress.h"
#include "duo/trailer.h"

static uint32_t min_bytes(uint32_t left_bytes, uint32_t right_bytes)
{
    return left_bytes < right_bytes ? left_bytes : right_bytes;
}

/* An image must fit wherever it is copied to, beside what lies at the end
 * there, and each of its units must have marks in the progress record. */
static void set_image_bytes_max(struct duo_slots *slots)
{
    const enum duo_core app = DUO_CORE_APP;
    const enum duo_core net = DUO_CORE_NET;
    uint32_t app_bytes = min_bytes(slots->active[app].size_bytes,
                                   slots->backup[app].size_bytes) -
                         DUO_TRAILER_RESERVED_BYTES;
    uint32_t net_bytes =
        min_bytes(slots->mirror.size_bytes, slots->backup[net].size_bytes) -
        DUO_TRAILER_RESERVED_BYTES;

    slots->image_bytes_max[app] =
        min_bytes(app_bytes, DUO_PROGRESS_UNITS_APP * DUO_UNIT_BYTES);
    slots->image_bytes_max[net] =
        min_bytes(min_bytes(slots->active[net].size_bytes, net_bytes),
                  DUO_PROGRESS_UNITS_NET * DUO_UNIT_BYTES);
}

struct source {
    const struct duo_layout *layout;
    struct duo_flash *flash;
};

static void set(struct duo_area *area, const struct source *source,
                enum duo_partition_id id)
{
    *area = duo_layout_area(source->layout, id, source->flash);
}

void duo_slots_init(struct duo_slots *slots, const struct duo_layout *layout,
                    const struct duo_slots_devices *devices)
{
    const enum duo_core app = DUO_CORE_APP;
    const enum duo_core net = DUO_CORE_NET;
    struct source source = {layout, devices->net};

    set(&slots->active[net], &source, DUO_PARTITION_NET_ACTIVE);
    slots->active[net].off_bytes = 0; /* The mailbox serves the slot only. */
    source.flash = devices->app;
    set(&slots->active[app], &source, DUO_PARTITION_APP_ACTIVE);
    set(&slots->counters, &source, DUO_PARTITION_COUNTERS);
    source.flash = devices->ext;
    set(&slots->staged[app], &source, DUO_PARTITION_APP_STAGED);
    set(&slots->staged[net], &source, DUO_PARTITION_NET_STAGED);
    set(&slots->backup[app], &source, DUO_PARTITION_APP_BACKUP);
    set(&slots->backup[net], &source, DUO_PARTITION_NET_BACKUP);
    set(&slots->mirror, &source, DUO_PARTITION_NET_MIRROR);
    set(&slots->journal, &source, DUO_PARTITION_JOURNAL);
    slots->trailer[app] = slots->active[app];
    slots->trailer[net] = slots->mirror;
    slots->progress =
        (struct duo_area){devices->ext,
                          slots->backup[app].off_bytes +
                              slots->backup[app].size_bytes - DUO_UNIT_BYTES,
                          DUO_UNIT_BYTES};
    set_image_bytes_max(slots);
}
