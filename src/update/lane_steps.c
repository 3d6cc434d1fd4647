/* SPDX-License-Identifier: MIT */
/* The states of a copy lane, one function each; see lane.h for their order. */
#include "lane_steps.h"

#include <string.h>

#include "duo/bytes.h"

void duo_lane_end(struct duo_lane *lane, enum duo_err err)
{
    lane->err = err;
    lane->state = DUO_LANE_DONE;
}

static enum duo_step_result enter(struct duo_lane *lane,
                                  enum duo_lane_state state)
{
    lane->state = state;
    lane->begun = false;
    return DUO_STEP_DONE;
}

/* Note the result of starting the operation of this state on @p flash. */
static enum duo_step_result started(struct duo_lane *lane,
                                    struct duo_flash *flash, enum duo_err err)
{
    lane->begun = true;
    if (err != DUO_OK) {
        duo_lane_end(lane, err);
    } else {
        lane->flash = flash;
    }
    return DUO_STEP_DONE;
}

uint32_t duo_lane_all_pages(const struct duo_lane *lane)
{
    return (1U << (DUO_UNIT_BYTES / duo_lane_page_bytes(lane))) - 1U;
}

static uint32_t unit_off(const struct duo_lane *lane)
{
    return lane->unit_index * DUO_UNIT_BYTES;
}

static bool is_ours(const struct duo_lane *lane)
{
    return !lane->only_backed_up ||
           duo_progress_has_unit(lane->progress, DUO_COPY_BACKUP, lane->core,
                                 lane->unit_index);
}

static enum duo_step_result step_next(struct duo_lane *lane,
                                      const struct duo_lane_sched *sched)
{
    if (duo_lane_awaits_turn(lane, sched)) {
        return DUO_STEP_WAIT;
    }
    if (lane->unit_index >= lane->unit_count || !is_ours(lane)) {
        duo_lane_end(lane, DUO_OK);
        return DUO_STEP_DONE;
    }
    bool force =
        (lane->resumed && lane->unit_index == lane->first_unit_index) ||
        lane->unit_index == lane->suspect_unit_index;
    lane->differs = force ? duo_lane_all_pages(lane) : 0;
    lane->not_blank = lane->differs;
    lane->at_bytes = 0;
    lane->fetched_bytes = 0;
    duo_lane_go_to(lane, 0);
    return enter(lane, force ? DUO_LANE_GATE : DUO_LANE_COMPARE);
}

static enum duo_step_result read_back(struct duo_lane *lane,
                                      const struct duo_lane_sched *sched)
{
    if (!duo_lane_is_free(sched, lane->dst.flash)) {
        return DUO_STEP_WAIT;
    }
    return started(
        lane, lane->dst.flash,
        duo_area_start_read(&lane->dst, unit_off(lane) + lane->at_bytes,
                            lane->buffer->back, DUO_LANE_PIECE_BYTES));
}

static bool is_blank(const struct duo_lane *lane, const uint8_t *piece)
{
    return duo_bytes_are((struct duo_bytes){piece, DUO_LANE_PIECE_BYTES},
                         lane->dst.flash->geometry.erased_value);
}

/* Does the destination have the piece at at_bytes, as far as it was read? */
static bool is_equal(const struct duo_lane *lane)
{
    return duo_bytes_equal(
        (struct duo_bytes){lane->buffer->back, DUO_LANE_PIECE_BYTES},
        (struct duo_bytes){duo_lane_piece(lane), DUO_LANE_PIECE_BYTES});
}

/* Go on with the next piece, or with the next page once it is known of this
 * one that it must be erased and written. */
static enum duo_step_result compare_next(struct duo_lane *lane)
{
    uint32_t page_bytes = duo_lane_page_bytes(lane);
    uint32_t bit = 1U << (lane->at_bytes / page_bytes);
    uint32_t next_bytes = lane->at_bytes + DUO_LANE_PIECE_BYTES;

    if ((lane->differs & lane->not_blank & bit) != 0) {
        next_bytes = (lane->at_bytes / page_bytes + 1U) * page_bytes;
    }
    if (next_bytes == DUO_UNIT_BYTES) {
        return enter(lane, DUO_LANE_GATE);
    }
    if (next_bytes % page_bytes != 0) {
        lane->at_bytes = next_bytes;
    } else if (lane->reading) {
        return DUO_STEP_WAIT;
    } else {
        duo_lane_go_to(lane, next_bytes);
    }
    lane->begun = false;
    return DUO_STEP_DONE;
}

static enum duo_step_result step_compare(struct duo_lane *lane,
                                         const struct duo_lane_sched *sched)
{
    uint32_t bit = 1U << (lane->at_bytes / duo_lane_page_bytes(lane));

    if (!lane->begun) {
        return read_back(lane, sched);
    }
    if (duo_lane_piece(lane) == NULL) {
        return DUO_STEP_WAIT;
    }
    lane->differs |= is_equal(lane) ? 0 : bit;
    lane->not_blank |= is_blank(lane, lane->buffer->back) ? 0 : bit;
    return compare_next(lane);
}

static enum duo_step_result step_gate(struct duo_lane *lane,
                                      const struct duo_lane_sched *sched)
{
    (void)sched;
    if (lane->differs == 0 && lane->copy == DUO_COPY_BACKUP) {
        return enter(lane, DUO_LANE_MARK);
    }
    if (lane->differs == 0) {
        lane->skipped = true;
        lane->unit_index++;
        return enter(lane, DUO_LANE_NEXT);
    }
    if (!duo_lane_is_copied_away(lane)) {
        if (lane->after->state == DUO_LANE_DONE) {
            duo_lane_end(lane, lane->after->err); /* It failed; so do we. */
            return DUO_STEP_DONE;
        }
        return DUO_STEP_WAIT;
    }
    if (duo_lane_is_looking(lane->after, sched) || duo_lane_awaits_mark(lane)) {
        return DUO_STEP_WAIT;
    }
    lane->rewritten_units++;
    return enter(lane, lane->marked && lane->skipped ? DUO_LANE_PREMARK
                                                     : DUO_LANE_ERASE);
}

static enum duo_step_result write_mark(struct duo_lane *lane,
                                       const struct duo_lane_sched *sched,
                                       uint32_t unit_index)
{
    struct duo_flash *flash = lane->progress->area.flash;

    if (!duo_lane_is_free(sched, flash)) {
        return DUO_STEP_WAIT;
    }
    return started(lane, flash,
                   duo_progress_start_mark(lane->progress, lane->copy,
                                           lane->core, unit_index));
}

static enum duo_step_result step_premark(struct duo_lane *lane,
                                         const struct duo_lane_sched *sched)
{
    if (!lane->begun) {
        return write_mark(lane, sched, lane->unit_index - 1U);
    }
    duo_progress_unit_marked(lane->progress, lane->copy, lane->core,
                             lane->unit_index - 1U);
    lane->skipped = false;
    return enter(lane, DUO_LANE_ERASE);
}

/* Start the erase of a page; both kinds of lanes. */
static enum duo_step_result erase(struct duo_lane *lane,
                                  const struct duo_lane_sched *sched,
                                  uint32_t page_index)
{
    uint32_t off_bytes = page_index * duo_lane_page_bytes(lane);

    if (!duo_lane_is_free(sched, lane->dst.flash) ||
        !duo_lane_may_hold(lane, sched)) {
        return DUO_STEP_WAIT;
    }
    lane->not_blank &= ~(1U << page_index);
    return started(
        lane, lane->dst.flash,
        duo_area_start_erase(&lane->dst, unit_off(lane) + off_bytes));
}

static enum duo_step_result step_erase_only(struct duo_lane *lane,
                                            const struct duo_lane_sched *sched)
{
    uint32_t page_index = 0;

    while ((lane->not_blank >> page_index) != 0 &&
           (lane->not_blank >> page_index & 1U) == 0) {
        page_index++;
    }
    if (lane->not_blank == 0) {
        duo_lane_end(lane, DUO_OK);
        return DUO_STEP_DONE;
    }
    return erase(lane, sched, page_index);
}

/* Pages that differ are erased and written one after the other. */
static enum duo_step_result step_erase(struct duo_lane *lane,
                                       const struct duo_lane_sched *sched)
{
    uint32_t page_index = 0;

    if (lane->erase_only) {
        return step_erase_only(lane, sched);
    }
    if (lane->differs == 0) {
        return enter(lane, DUO_LANE_MARK);
    }
    while ((lane->differs >> page_index & 1U) == 0) {
        page_index++; /* Bound: some bit is set. */
    }
    uint32_t off_bytes = page_index * duo_lane_page_bytes(lane);
    if (lane->at_bytes != off_bytes && lane->reading) {
        return DUO_STEP_WAIT;
    }
    duo_lane_go_to(lane, off_bytes);
    if ((lane->not_blank >> page_index & 1U) == 0) { /* Blank or erased. */
        return enter(lane, DUO_LANE_WRITE);
    }
    return erase(lane, sched, page_index);
}

static enum duo_step_result step_write(struct duo_lane *lane,
                                       const struct duo_lane_sched *sched)
{
    const uint8_t *piece = duo_lane_piece(lane);

    if (lane->at_bytes == lane->fetch_end_bytes) {
        uint32_t bit =
            1U << ((lane->at_bytes - 1U) / duo_lane_page_bytes(lane));
        lane->differs &= ~bit;
        return enter(lane, DUO_LANE_ERASE);
    }
    if (piece == NULL) {
        return DUO_STEP_WAIT;
    }
    if (lane->begun || is_blank(lane, piece)) {
        return enter(lane, DUO_LANE_CHECK);
    }
    if (!duo_lane_is_free(sched, lane->dst.flash) ||
        !duo_lane_may_hold(lane, sched)) {
        return DUO_STEP_WAIT;
    }
    return started(lane, lane->dst.flash,
                   duo_area_start_write(&lane->dst,
                                        unit_off(lane) + lane->at_bytes, piece,
                                        DUO_LANE_PIECE_BYTES));
}

static enum duo_step_result step_check(struct duo_lane *lane,
                                       const struct duo_lane_sched *sched)
{
    if (!lane->begun) {
        return read_back(lane, sched);
    }
    if (!is_equal(lane)) { /* It does not read back as written. */
        duo_lane_end(lane, DUO_ERR_FLASH);
        return DUO_STEP_DONE;
    }
    lane->at_bytes += DUO_LANE_PIECE_BYTES;
    return enter(lane, DUO_LANE_WRITE);
}

static enum duo_step_result step_mark(struct duo_lane *lane,
                                      const struct duo_lane_sched *sched)
{
    if (lane->marked && !lane->begun) {
        return write_mark(lane, sched, lane->unit_index);
    }
    if (lane->marked) {
        duo_progress_unit_marked(lane->progress, lane->copy, lane->core,
                                 lane->unit_index);
    }
    lane->skipped = false;
    lane->unit_index++;
    return enter(lane, DUO_LANE_NEXT);
}

static enum duo_step_result step_done(struct duo_lane *lane,
                                      const struct duo_lane_sched *sched)
{
    (void)lane;
    (void)sched;
    return DUO_STEP_WAIT;
}

static enum duo_step_result (*const steps[DUO_LANE_STATE_COUNT])(
    struct duo_lane *lane, const struct duo_lane_sched *sched) = {
    [DUO_LANE_NEXT] = step_next,   [DUO_LANE_COMPARE] = step_compare,
    [DUO_LANE_GATE] = step_gate,   [DUO_LANE_PREMARK] = step_premark,
    [DUO_LANE_ERASE] = step_erase, [DUO_LANE_WRITE] = step_write,
    [DUO_LANE_CHECK] = step_check, [DUO_LANE_MARK] = step_mark,
    [DUO_LANE_DONE] = step_done,
};

enum duo_step_result duo_lane_step(struct duo_lane *lane,
                                   const struct duo_lane_sched *sched)
{
    return steps[lane->state](lane, sched);
}
