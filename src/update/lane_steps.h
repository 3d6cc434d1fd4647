/* SPDX-License-Identifier: MIT */
/* The states of a copy lane, as its scheduler sees them. */
#ifndef DUO_UPDATE_LANE_STEPS_H
#define DUO_UPDATE_LANE_STEPS_H

#include "lane.h"

/* A step either starts an operation (lane->flash set), changes the state, or
 * cannot go on now (WAIT). */
enum duo_step_result { DUO_STEP_DONE, DUO_STEP_WAIT };

/* The lanes that run together and so share the devices. */
struct duo_lane_sched {
    struct duo_lane **lanes;
    unsigned lane_count;
};

/** The next step of a lane that has no operation under way. */
enum duo_step_result duo_lane_step(struct duo_lane *lane,
                                   const struct duo_lane_sched *sched);

/** End a lane with a result. */
void duo_lane_end(struct duo_lane *lane, enum duo_err err);

/** The bits of all pages of a unit of the destination. */
uint32_t duo_lane_all_pages(const struct duo_lane *lane);

#endif
