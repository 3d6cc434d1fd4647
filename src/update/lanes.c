/* SPDX-License-Identifier: MIT */
/* The copy lanes of a boot: what all have in common, and running them. */
#include "boot_internal.h"

struct duo_lane *duo_boot_lane(struct duo_boot *boot, unsigned *count,
                               enum duo_copy copy, enum duo_core core)
{
    struct duo_lane *lane = &boot->lanes[*count];
    unsigned copies = 0;

    for (unsigned i = 0; i < *count; i++) {
        copies += boot->lanes[i].erase_only ? 0U : 1U;
    }
    (*count)++;
    lane->buffer = &boot->buffers[copies];
    lane->erase_only = false;
    lane->progress = &boot->progress;
    lane->copy = copy;
    lane->core = core;
    lane->marked = true;
    lane->only_backed_up = false;
    lane->resumed = boot->resumed;
    lane->suspect_unit_index = UINT32_MAX;
    lane->after = NULL;
    lane->is_main = copy == DUO_COPY_INSTALL || copy == DUO_COPY_RESTORE;
    return lane;
}

struct duo_lane *duo_boot_erase_lane(struct duo_boot *boot, unsigned *count,
                                     const struct duo_area *slot,
                                     const struct duo_lane *after)
{
    struct duo_lane *lane = &boot->lanes[*count];

    *lane = (struct duo_lane){
        .erase_only = true,
        .dst = *slot,
        .len_bytes = slot->size_bytes,
        .suspect_unit_index = UINT32_MAX,
        .after = after,
        /* On a core's own flash it is in no other lane's way. */
        .is_main = slot->flash != boot->config->ext_flash,
    };
    (*count)++;
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
