/* SPDX-License-Identifier: MIT */
/* The copy lanes of a boot: what all have in common, and running them. */
#include <string.h>

#include "boot_internal.h"

static struct duo_lane *next_lane(struct duo_boot *boot, unsigned *count)
{
    struct duo_lane *lane = &boot->lanes[*count];

    (*count)++;
    memset(lane, 0, sizeof(*lane));
    lane->suspect_unit_index = UINT32_MAX;
    return lane;
}

struct duo_lane *duo_boot_lane(struct duo_boot *boot, unsigned *count,
                               enum duo_copy copy, enum duo_core core)
{
    unsigned copies = 0;

    for (unsigned i = 0; i < *count; i++) {
        copies += boot->lanes[i].erase_only ? 0U : 1U;
    }
    struct duo_lane *lane = next_lane(boot, count);
    lane->buffer = &boot->buffers[copies];
    lane->progress = &boot->progress;
    lane->copy = copy;
    lane->core = core;
    lane->marked = true;
    /* Copies with marks of their own go on from whatever boot was cut. */
    lane->resumed = boot->resumed || copy >= DUO_COPY_REBUILD;
    lane->is_main = copy == DUO_COPY_INSTALL || copy == DUO_COPY_RESTORE;
    return lane;
}

void duo_boot_set_lane(struct duo_lane *lane, const struct duo_area *src,
                       uint32_t len_bytes, const struct duo_area *dst)
{
    lane->src = *src;
    lane->dst = *dst;
    lane->len_bytes = len_bytes;
}

struct duo_lane *duo_boot_erase_lane(struct duo_boot *boot, unsigned *count,
                                     const struct duo_area *slot,
                                     const struct duo_lane *after)
{
    struct duo_lane *lane = next_lane(boot, count);

    lane->erase_only = true;
    lane->dst = *slot;
    lane->len_bytes = slot->size_bytes;
    lane->after = after;
    /* On a core's own flash it is in no other lane's way. */
    lane->is_main = slot->flash != boot->config->ext_flash;
    return lane;
}

enum duo_err duo_boot_run_lanes(struct duo_boot *boot, unsigned count)
{
    struct duo_lane *lanes[DUO_BOOT_LANES];

    for (unsigned i = 0; i < count; i++) {
        lanes[i] = &boot->lanes[i];
        duo_lane_begin(lanes[i]);
    }
    enum duo_err err = duo_lanes_run(lanes, count);
    for (unsigned i = 0; err == DUO_OK && i < count; i++) {
        if (lanes[i]->erase_only) {
            continue;
        }
        const struct duo_event event = {
            .type = DUO_EVENT_COPIED,
            .core = lanes[i]->core,
            .detail =
                ((uint32_t)lanes[i]->copy << 16) | lanes[i]->rewritten_units,
        };
        duo_boot_log(boot, &event);
    }
    return err;
}
