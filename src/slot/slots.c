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

void duo_slots_init(struct duo_slots *slots, const struct duo_layout *layout,
                    const struct duo_slots_devices *devices)
{
    const enum duo_core app = DUO_CORE_APP;
    const enum duo_core net = DUO_CORE_NET;
    struct duo_flash *ext = devices->ext;

    slots->active[app] =
        duo_layout_area(layout, DUO_PARTITION_APP_ACTIVE, devices->app);
    slots->active[net] =
        duo_layout_area(layout, DUO_PARTITION_NET_ACTIVE, devices->net);
    slots->active[net].off_bytes = 0; /* The mailbox serves the slot only. */
    slots->staged[app] = duo_layout_area(layout, DUO_PARTITION_APP_STAGED, ext);
    slots->staged[net] = duo_layout_area(layout, DUO_PARTITION_NET_STAGED, ext);
    slots->backup[app] = duo_layout_area(layout, DUO_PARTITION_APP_BACKUP, ext);
    slots->backup[net] = duo_layout_area(layout, DUO_PARTITION_NET_BACKUP, ext);
    slots->mirror = duo_layout_area(layout, DUO_PARTITION_NET_MIRROR, ext);
    slots->trailer[app] = slots->active[app];
    slots->trailer[net] = slots->mirror;
    slots->journal = duo_layout_area(layout, DUO_PARTITION_JOURNAL, ext);
    slots->counters =
        duo_layout_area(layout, DUO_PARTITION_COUNTERS, devices->app);
    slots->progress =
        (struct duo_area){ext,
                          slots->backup[app].off_bytes +
                              slots->backup[app].size_bytes - DUO_UNIT_BYTES,
                          DUO_UNIT_BYTES};
    set_image_bytes_max(slots);
}
