/* SPDX-License-Identifier: MIT */
/* What a copy lane waits for: devices, other lanes, marks. */
#include "lane_steps.h"

bool duo_lane_is_free(const struct duo_lane_sched *sched,
                      const struct duo_flash *flash)
{
    for (unsigned i = 0; i < sched->lane_count; i++) {
        const struct duo_lane *lane = sched->lanes[i];
        if (lane->flash == flash ||
            (lane->reading && lane->src.flash == flash)) {
            return false;
        }
    }
    return true;
}

bool duo_lane_is_copied_away(const struct duo_lane *lane)
{
    const struct duo_lane *after = lane->after;

    return after == NULL || lane->unit_index >= after->unit_count ||
           duo_progress_has_unit(after->progress, after->copy, after->core,
                                 lane->unit_index);
}

bool duo_lane_awaits_turn(const struct duo_lane *lane,
                          const struct duo_lane_sched *sched)
{
    for (unsigned i = 0; lane->resumed && sched->lanes[i] != lane; i++) {
        const struct duo_lane *earlier = sched->lanes[i];
        if (earlier->state != DUO_LANE_DONE &&
            earlier->unit_index == earlier->first_unit_index) {
            return true;
        }
    }
    return false;
}

/* Is the device free, or soon, since nobody erases or writes on it? */
static bool is_at_hand(const struct duo_lane_sched *sched,
                       const struct duo_flash *flash)
{
    for (unsigned i = 0; i < sched->lane_count; i++) {
        const struct duo_lane *lane = sched->lanes[i];
        if (lane->flash == flash &&
            (lane->state == DUO_LANE_ERASE || lane->state == DUO_LANE_WRITE)) {
            return false;
        }
    }
    return true;
}

bool duo_lane_is_looking(const struct duo_lane *after,
                         const struct duo_lane_sched *sched)
{
    if (after == NULL || after->state == DUO_LANE_DONE) {
        return false;
    }
    if (after->state == DUO_LANE_ERASE || after->state == DUO_LANE_WRITE ||
        after->state == DUO_LANE_CHECK) {
        return !duo_lane_is_fed(after);
    }
    return is_at_hand(sched, after->dst.flash);
}

bool duo_lane_awaits_mark(const struct duo_lane *lane)
{
    const struct duo_lane *first = lane->once_marked;

    return first != NULL && first->state != DUO_LANE_DONE &&
           !duo_progress_has_unit(first->progress, first->copy, first->core, 0);
}

/* Does the main lane not need the external chip for about as long as an
 * operation of state @p own takes? */
static bool leaves_room(const struct duo_lane *main, enum duo_lane_state own)
{
    bool awaits = main->state == DUO_LANE_NEXT && main->resumed &&
                  main->unit_index == main->first_unit_index;

    if (main->state == DUO_LANE_GATE) { /* Else it goes on any moment. */
        return !duo_lane_is_copied_away(main);
    }
    if (main->state == DUO_LANE_DONE || awaits) {
        return true;
    }
    return main->flash == main->dst.flash && duo_lane_is_fed(main) &&
           (main->state == DUO_LANE_ERASE ||
            (main->state == DUO_LANE_WRITE && own == DUO_LANE_WRITE));
}

bool duo_lane_may_hold(const struct duo_lane *lane,
                       const struct duo_lane_sched *sched)
{
    for (unsigned i = 0; !lane->is_main && i < sched->lane_count; i++) {
        const struct duo_lane *other = sched->lanes[i];
        if (other->is_main && !leaves_room(other, lane->state)) {
            return false;
        }
    }
    return true;
}
