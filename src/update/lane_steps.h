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

/** The next step of a lane whose destination and record are idle. */
enum duo_step_result duo_lane_step(struct duo_lane *lane,
                                   const struct duo_lane_sched *sched);

/** End a lane with a result. */
void duo_lane_end(struct duo_lane *lane, enum duo_err err);

/** The bits of all pages of a unit of the destination. */
uint32_t duo_lane_all_pages(const struct duo_lane *lane);

/* lane_fetch.c */

/** Read the next piece of the source into the ring if there is room for it and
 * the device is free. True if anything was done. */
bool duo_lane_fetch(struct duo_lane *lane, const struct duo_lane_sched *sched);

/** The read that duo_lane_fetch() started has ended well. */
void duo_lane_fetched(struct duo_lane *lane);

/** Go to a page of the unit. What is in the ring stays if the lane is there
 * already. Not while the source is being read. */
void duo_lane_go_to(struct duo_lane *lane, uint32_t page_off_bytes);

/** The piece at at_bytes, or NULL if it is not in the ring yet. */
const uint8_t *duo_lane_piece(const struct duo_lane *lane);

/** Is all in the ring that there is room for? */
bool duo_lane_is_fed(const struct duo_lane *lane);

/** Erase unit of the destination. */
uint32_t duo_lane_page_bytes(const struct duo_lane *lane);

/* lane_waits.c */

/** Does no lane use this device? */
bool duo_lane_is_free(const struct duo_lane_sched *sched,
                      const struct duo_flash *flash);

/** May the unit be overwritten: is it copied away, and is the mark that says so
 * on flash? Units beyond the other copy's end hold nothing that is needed. */
bool duo_lane_is_copied_away(const struct duo_lane *lane);

/** After a cut the lanes do their first units one after the other: where the
 * power fails every few operations, several units begun at once would all be
 * cut, at every boot anew. */
bool duo_lane_awaits_turn(const struct duo_lane *lane,
                          const struct duo_lane_sched *sched);

/** Is the lane that copies away looking for its next unit to write, or reading
 * that ahead, and free to do so? It needs our device for that, which is ours
 * for long once we erase: a short wait here keeps it a unit ahead, so that both
 * devices work. */
bool duo_lane_is_looking(const struct duo_lane *after,
                         const struct duo_lane_sched *sched);

/** A request may only go when the record that took it over will not be written
 * again: that is from the first mark on. */
bool duo_lane_awaits_mark(const struct duo_lane *lane);

/** Long operations of a side lane wait until no main lane would wait for them:
 * the bound of an install is its core's own flash, and that must not idle. */
bool duo_lane_may_hold(const struct duo_lane *lane,
                       const struct duo_lane_sched *sched);

#endif
