/* SPDX-License-Identifier: MIT */
/* The scheduler of copy lanes; see lane.h. */
#include "lane.h"
#include "lane_steps.h"

void duo_lane_begin(struct duo_lane *lane)
{
    uint32_t done =
        lane->marked ? lane->progress->units_done[lane->copy][lane->core] : 0;

    lane->state = lane->erase_only ? DUO_LANE_GATE : DUO_LANE_NEXT;
    lane->at_bytes = 0;
    lane->differs = lane->erase_only ? duo_lane_all_pages(lane) : 0;
    lane->not_blank = lane->differs;
    lane->err = DUO_OK;
    lane->failed_on_src = false;
    lane->flash = NULL;
    lane->unit_count = (lane->len_bytes + DUO_UNIT_BYTES - 1) / DUO_UNIT_BYTES;
    lane->unit_index =
        lane->erase_only ? lane->len_bytes / DUO_UNIT_BYTES - 1U : done;
    lane->first_unit_index = done;
    lane->force = false;
    lane->piece_read = false;
    /* The last mark may be the write that was cut, and weak: it is written
     * again, or one behind it, before anything else is. */
    lane->skipped = lane->resumed && done != 0;
    lane->rewritten_units = 0;
}

static enum duo_step_result step(struct duo_lane *lane,
                                 const struct duo_lane_sched *sched)
{
    if (lane->flash != NULL) {
        enum duo_err err = lane->flash->ops->poll(lane->flash);
        if (err == DUO_ERR_BUSY) {
            return DUO_STEP_WAIT;
        }
        if (err != DUO_OK) {
            lane->failed_on_src = lane->state == DUO_LANE_READ;
            duo_lane_end(lane, err);
        }
        lane->flash = NULL;
        return DUO_STEP_DONE;
    }
    return duo_lane_step(lane, sched);
}

static bool all_done(const struct duo_lane_sched *sched)
{
    for (unsigned i = 0; i < sched->lane_count; i++) {
        if (sched->lanes[i]->state != DUO_LANE_DONE) {
            return false;
        }
    }
    return true;
}

static enum duo_err first_error(const struct duo_lane_sched *sched)
{
    for (unsigned i = 0; i < sched->lane_count; i++) {
        if (sched->lanes[i]->err != DUO_OK) {
            return sched->lanes[i]->err;
        }
    }
    return DUO_OK;
}

/* Step every lane once. @p busy becomes a device that works for some lane. */
static bool step_all(const struct duo_lane_sched *sched,
                     struct duo_flash **busy)
{
    bool any = false;

    *busy = NULL;
    for (unsigned i = 0; i < sched->lane_count; i++) {
        any = step(sched->lanes[i], sched) == DUO_STEP_DONE || any;
        *busy = sched->lanes[i]->flash != NULL ? sched->lanes[i]->flash : *busy;
    }
    return any;
}

/* End the lanes that have no operation under way. */
static void end_idle(const struct duo_lane_sched *sched, enum duo_err err)
{
    for (unsigned i = 0; i < sched->lane_count; i++) {
        struct duo_lane *lane = sched->lanes[i];
        if (lane->flash == NULL && lane->state != DUO_LANE_DONE) {
            duo_lane_end(lane, err);
        }
    }
}

enum duo_err duo_lanes_run(struct duo_lane *lanes[], unsigned lane_count)
{
    const struct duo_lane_sched sched = {lanes, lane_count};
    struct duo_flash *busy;

    /* Bound: every lane has finitely many steps, and every operation ends by
     * its device's own time-out. */
    while (!all_done(&sched)) {
        bool any = step_all(&sched, &busy);
        enum duo_err err = first_error(&sched);

        if (err != DUO_OK) {
            end_idle(&sched, err); /* No use in copying on. */
        } else if (!any && busy == NULL) {
            end_idle(&sched, DUO_ERR_ARG); /* Lanes wait for one another. */
        }
        if (!any && busy != NULL) {
            busy->ops->idle(busy);
        }
    }
    return first_error(&sched);
}
