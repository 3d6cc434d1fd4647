/* SPDX-License-Identifier: MIT */
/* For tests of copy lanes: source, destination and record on flashes in RAM,
 * different content in source and destination. Header only, since every other
 * .c file of this folder goes into the library. */
#ifndef DUO_LANE_RIG_H
#define DUO_LANE_RIG_H

#include "flash/fake_flash_rig.h"
#include "lane.h"

#define LANE_UNITS 8U
#define LANE_BYTES (LANE_UNITS * DUO_UNIT_BYTES)
#define LANE_COUNT 3U

struct lane_rig {
    struct fake_flash src;
    struct fake_flash dst;
    struct fake_flash marks;
    struct duo_progress progress;
    struct duo_lane lanes[LANE_COUNT];
    struct duo_lane_buffer buffers[LANE_COUNT];
    unsigned lane_count;
    uint32_t last_erase_off; /* Of dst. */
};

static inline void lane_rig_note_erase(struct fake_flash *fake, enum fake_op op,
                                       uint32_t off_bytes)
{
    struct lane_rig *rig =
        (struct lane_rig *)(void *)((uint8_t *)fake -
                                    offsetof(struct lane_rig, dst));

    rig->last_erase_off = op == FAKE_ERASE ? off_bytes : rig->last_erase_off;
}

static inline void lane_rig_init(struct lane_rig *rig)
{
    memset(rig, 0, sizeof(*rig));
    fake_init(&rig->src, DUO_UNIT_BYTES);
    fake_init(&rig->dst, DUO_UNIT_BYTES);
    fake_init(&rig->marks, DUO_UNIT_BYTES);
    for (uint32_t i = 0; i < LANE_BYTES; i++) {
        rig->src.data[i] = (uint8_t)(i * 7U + (i >> 9));
        rig->dst.data[i] = (uint8_t)(i * 5U + 1U);
    }
    rig->dst.on_start = lane_rig_note_erase;
    rig->progress.area =
        (struct duo_area){&rig->marks.flash, 0, DUO_UNIT_BYTES};
    rig->progress.images[DUO_CORE_APP].included = true;
    rig->progress.images[DUO_CORE_APP].new_bytes = LANE_BYTES;
    if (duo_progress_create(&rig->progress) != DUO_OK) {
        abort();
    }
    fake_fail(&rig->marks, 0);
}

/* The next lane: all of src to dst, with marks. */
static inline struct duo_lane *lane_rig_lane(struct lane_rig *rig,
                                             enum duo_copy copy)
{
    struct duo_lane *lane = &rig->lanes[rig->lane_count];

    lane->buffer = &rig->buffers[rig->lane_count++];

    lane->src = (struct duo_area){&rig->src.flash, 0, FAKE_FLASH_BYTES};
    lane->dst = (struct duo_area){&rig->dst.flash, 0, FAKE_FLASH_BYTES};
    lane->len_bytes = LANE_BYTES;
    lane->progress = &rig->progress;
    lane->copy = copy;
    lane->core = DUO_CORE_APP;
    lane->marked = true;
    lane->suspect_unit_index = UINT32_MAX;
    lane->is_main = copy == DUO_COPY_INSTALL || copy == DUO_COPY_RESTORE;
    return lane;
}

static inline enum duo_err lane_rig_run(struct duo_lane *lane)
{
    struct duo_lane *lanes[] = {lane};

    duo_lane_begin(lane);
    return duo_lanes_run(lanes, 1);
}

/* Units that the flash itself says are done. */
static inline uint32_t lane_rig_marks_on_flash(struct lane_rig *rig,
                                               enum duo_copy copy)
{
    struct duo_progress read;
    struct fake_flash *copy_of = malloc(sizeof(*copy_of));

    if (copy_of == NULL) {
        abort();
    }
    fake_init(copy_of, DUO_UNIT_BYTES); /* The real one may be busy. */
    memcpy(copy_of->data, rig->marks.data, DUO_UNIT_BYTES);
    const struct duo_area area = {&copy_of->flash, 0, DUO_UNIT_BYTES};
    if (duo_progress_load(&read, &area) != DUO_OK || !read.open) {
        abort();
    }
    free(copy_of);
    return read.units_done[copy][DUO_CORE_APP];
}

/* Set the mark of units 0..@p unit_index, as a copy before would have. */
static inline void lane_rig_mark(struct lane_rig *rig, enum duo_copy copy,
                                 uint32_t unit_index)
{
    if (duo_progress_start_mark(&rig->progress, copy, DUO_CORE_APP,
                                unit_index) != DUO_OK ||
        duo_flash_wait(&rig->marks.flash) != DUO_OK) {
        abort();
    }
    duo_progress_unit_marked(&rig->progress, copy, DUO_CORE_APP, unit_index);
}

#endif
