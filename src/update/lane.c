/* SPDX-License-Identifier: MIT */
/* The scheduler of copy lanes; see lane.h. */
#include "lane.h"
#include "lane_steps.h"

void duo_lane_begin(struct duo_lane *lane)
{
    uint32_t done =
        lane->marked ? lane->progress->units_done[lane->copy][lane->core] : 0;

    lane->state = lane->erase_only ? DUO_LANE_GATE : DUO_LANE_NEXT;
    lane->begun = false;
    lane->reading = false;
    lane->at_bytes = 0;
    lane->fetched_bytes = 0;
    lane->fetch_end_bytes = 0;
    lane->differs = lane->erase_only ? duo_lane_all_pages(lane) : 0;
    lane->not_blank = lane->differs;
    lane->err = DUO_OK;
    lane->failed_on_src = false;
    lane->flash = NULL;
    lane->unit_count = (lane->len_bytes + DUO_UNIT_BYTES - 1) / DUO_UNIT_BYTES;
    lane->unit_index =
        lane->erase_only ? lane->len_bytes / DUO_UNIT_BYTES - 1U : done;
    lane->first_unit_index = done;
    /* The last mark may be the write that was cut, and weak: it is written
     * again, or one behind it, before anything else is. */
    lane->skipped = lane->resumed && done != 0;
    lane->rewritten_units = 0;
}

/* Take the end of an operation. True if it has ended. */
static bool take_end(struct duo_lane *lane, struct duo_flash *flash)
{
    enum duo_err err = flash->ops->poll(flash);

    if (err != DUO_OK && err != DUO_ERR_BUSY && lane->state != DUO_LANE_DONE) {
        lane->failed_on_src = lane->reading && flash == lane->src.flash;
        duo_lane_end(lane, err);
    }
    return err != DUO_ERR_BUSY;
}

/* True if anything ended. */
static bool poll(struct duo_lane *lane)
{
    bool read = lane->reading && take_end(lane, lane->src.flash);
    bool done = lane->flash != NULL && take_end(lane, lane->flash);

    if (read) {
        lane->reading = false;
        duo_lane_fetched(lane);
    }
    lane->flash = done ? NULL : lane->flash;
    return read || done;
}

static bool is_busy(const struct duo_lane *lane)
{
    return lane->flash != NULL || lane->reading;
}

static bool all_done(const struct duo_lane_sched *sched)
{
    for (unsigned i = 0; i < sched->lane_count; i++) {
        const struct duo_lane *lane = sched->lanes[i];
        if (lane->state != DUO_LANE_DONE || is_busy(lane)) {
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

/* A device that works for some lane, or NULL. */
static struct duo_flash *busy_device(const struct duo_lane_sched *sched)
{
    struct duo_flash *busy = NULL;

    for (unsigned i = 0; i < sched->lane_count; i++) {
        const struct duo_lane *lane = sched->lanes[i];
        busy = lane->reading ? lane->src.flash : busy;
        busy = lane->flash != NULL ? lane->flash : busy;
    }
    return busy;
}

/* Step every lane once. What has ended is seen first, and the main lanes read
 * ahead before anybody else takes the device. True if anything was done. */
static bool step_all(const struct duo_lane_sched *sched)
{
    bool any = false;

    for (unsigned i = 0; i < sched->lane_count; i++) {
        any = poll(sched->lanes[i]) || any;
    }
    for (unsigned i = 0; i < sched->lane_count; i++) {
        struct duo_lane *lane = sched->lanes[i];
        any = (lane->is_main && duo_lane_fetch(lane, sched)) || any;
    }
    for (unsigned i = 0; i < sched->lane_count; i++) {
        struct duo_lane *lane = sched->lanes[i];
        any = duo_lane_fetch(lane, sched) || any;
        any = (lane->flash == NULL &&
               duo_lane_step(lane, sched) == DUO_STEP_DONE) ||
              any;
    }
    return any;
}

/* End the lanes that have no operation under way. */
static void end_idle(const struct duo_lane_sched *sched, enum duo_err err)
{
    for (unsigned i = 0; i < sched->lane_count; i++) {
        struct duo_lane *lane = sched->lanes[i];
        if (!is_busy(lane) && lane->state != DUO_LANE_DONE) {
            duo_lane_end(lane, err);
        }
    }
}

enum duo_err duo_lanes_run(struct duo_lane *lanes[], unsigned lane_count)
{
    const struct duo_lane_sched sched = {lanes, lane_count};

    /* Bound: every lane has finitely many steps, and every operation ends by
     * its device's own time-out. */
    while (!all_done(&sched)) {
        bool any = step_all(&sched);
        struct duo_flash *busy = busy_device(&sched);
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
