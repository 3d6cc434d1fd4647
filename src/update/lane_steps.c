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

/* Note the result of starting an operation on @p flash. */
static enum duo_step_result started(struct duo_lane *lane,
                                    struct duo_flash *flash, enum duo_err err)
{
    if (err != DUO_OK) {
        lane->failed_on_src =
            flash == lane->src.flash && lane->state == DUO_LANE_READ;
        duo_lane_end(lane, err);
    } else {
        lane->flash = flash;
    }
    return DUO_STEP_DONE;
}

static uint32_t page_bytes(const struct duo_lane *lane)
{
    return lane->dst.flash->geometry.erase_bytes;
}

uint32_t duo_lane_all_pages(const struct duo_lane *lane)
{
    return (1U << (DUO_UNIT_BYTES / page_bytes(lane))) - 1U;
}

static uint32_t unit_off(const struct duo_lane *lane)
{
    return lane->unit_index * DUO_UNIT_BYTES;
}

/* Bytes of this unit that the source has; the rest is erased bytes. */
static uint32_t src_bytes(const struct duo_lane *lane)
{
    uint32_t left_bytes = lane->len_bytes - unit_off(lane);
    return left_bytes < DUO_UNIT_BYTES ? left_bytes : DUO_UNIT_BYTES;
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
    lane->at_bytes = 0;
    lane->differs = 0;
    lane->not_blank = 0;
    lane->force =
        (lane->resumed && lane->unit_index == lane->first_unit_index) ||
        lane->unit_index == lane->suspect_unit_index;
    lane->state = DUO_LANE_READ;
    return DUO_STEP_DONE;
}

static enum duo_step_result step_read(struct duo_lane *lane,
                                      const struct duo_lane_sched *sched)
{
    uint32_t len_bytes = src_bytes(lane);

    if (lane->at_bytes != 0) { /* The read has ended. */
        memset(&lane->buffer->unit[len_bytes], 0xFF,
               DUO_UNIT_BYTES - len_bytes);
        lane->at_bytes = 0;
        if (lane->force) {
            lane->differs = duo_lane_all_pages(lane);
            lane->not_blank = lane->differs;
        }
        lane->state = lane->force ? DUO_LANE_GATE : DUO_LANE_COMPARE;
        return DUO_STEP_DONE;
    }
    if (!duo_lane_is_free(sched, lane->src.flash)) {
        return DUO_STEP_WAIT;
    }
    lane->at_bytes = len_bytes;
    return started(lane, lane->src.flash,
                   duo_area_start_read(&lane->src, unit_off(lane),
                                       lane->buffer->unit, len_bytes));
}

/* Take the piece that was read at at_bytes - PIECE into the page bits. */
static void note_piece(struct duo_lane *lane)
{
    uint32_t off = lane->at_bytes - DUO_LANE_PIECE_BYTES;
    uint32_t bit = 1U << (off / page_bytes(lane));
    struct duo_bytes piece = {lane->buffer->piece, DUO_LANE_PIECE_BYTES};

    if (!duo_bytes_equal(piece, (struct duo_bytes){&lane->buffer->unit[off],
                                                   DUO_LANE_PIECE_BYTES})) {
        lane->differs |= bit;
    }
    if (!duo_bytes_are(piece, lane->dst.flash->geometry.erased_value)) {
        lane->not_blank |= bit;
    }
}

/* Read the destination's unit piece by piece, note differences. */
static enum duo_step_result read_pieces(struct duo_lane *lane,
                                        const struct duo_lane_sched *sched,
                                        enum duo_lane_state then)
{
    if (lane->piece_read) {
        note_piece(lane);
        lane->piece_read = false;
    }
    if (lane->at_bytes == DUO_UNIT_BYTES) {
        lane->at_bytes = 0;
        lane->state = then;
        return DUO_STEP_DONE;
    }
    if (!duo_lane_is_free(sched, lane->dst.flash)) {
        return DUO_STEP_WAIT;
    }
    enum duo_err err =
        duo_area_start_read(&lane->dst, unit_off(lane) + lane->at_bytes,
                            lane->buffer->piece, DUO_LANE_PIECE_BYTES);
    lane->at_bytes += DUO_LANE_PIECE_BYTES;
    lane->piece_read = true;
    return started(lane, lane->dst.flash, err);
}

static enum duo_step_result step_compare(struct duo_lane *lane,
                                         const struct duo_lane_sched *sched)
{
    return read_pieces(lane, sched, DUO_LANE_GATE);
}

static enum duo_step_result step_gate(struct duo_lane *lane,
                                      const struct duo_lane_sched *sched)
{
    (void)sched;
    if (lane->differs == 0 && lane->copy == DUO_COPY_BACKUP) {
        lane->state = DUO_LANE_MARK;
        return DUO_STEP_DONE;
    }
    if (lane->differs == 0) {
        lane->skipped = true;
        lane->unit_index++;
        lane->state = DUO_LANE_NEXT;
        return DUO_STEP_DONE;
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
    lane->state =
        lane->marked && lane->skipped ? DUO_LANE_PREMARK : DUO_LANE_ERASE;
    return DUO_STEP_DONE;
}

static enum duo_step_result write_mark(struct duo_lane *lane,
                                       const struct duo_lane_sched *sched,
                                       uint32_t unit_index)
{
    struct duo_flash *flash = lane->progress->area.flash;

    if (!duo_lane_is_free(sched, flash)) {
        return DUO_STEP_WAIT;
    }
    lane->at_bytes = 1; /* Under way. */
    return started(lane, flash,
                   duo_progress_start_mark(lane->progress, lane->copy,
                                           lane->core, unit_index));
}

static enum duo_step_result step_premark(struct duo_lane *lane,
                                         const struct duo_lane_sched *sched)
{
    if (lane->at_bytes == 0) {
        return write_mark(lane, sched, lane->unit_index - 1U);
    }
    duo_progress_unit_marked(lane->progress, lane->copy, lane->core,
                             lane->unit_index - 1U);
    lane->at_bytes = 0;
    lane->skipped = false;
    lane->state = DUO_LANE_ERASE;
    return DUO_STEP_DONE;
}

/* Pages of the unit are erased and written one after the other. at_bytes is
 * the page; a page whose bits are not set is passed over. */
static enum duo_step_result step_erase(struct duo_lane *lane,
                                       const struct duo_lane_sched *sched)
{
    uint32_t bit = 1U << (lane->at_bytes / page_bytes(lane));

    if (lane->at_bytes == DUO_UNIT_BYTES) {
        lane->at_bytes = 0;
        lane->differs = 0;
        lane->state = DUO_LANE_CHECK;
        if (lane->erase_only) {
            duo_lane_end(lane, DUO_OK);
        }
        return DUO_STEP_DONE;
    }
    if ((lane->differs & bit) == 0) {
        lane->at_bytes += page_bytes(lane);
        return DUO_STEP_DONE;
    }
    if ((lane->not_blank & bit) == 0) { /* Blank, or erased by now. */
        lane->state = lane->erase_only ? DUO_LANE_ERASE : DUO_LANE_WRITE;
        lane->at_bytes += lane->erase_only ? page_bytes(lane) : 0;
        return DUO_STEP_DONE;
    }
    if (!duo_lane_is_free(sched, lane->dst.flash) ||
        !duo_lane_may_hold(lane, sched)) {
        return DUO_STEP_WAIT;
    }
    lane->not_blank &= ~bit;
    return started(
        lane, lane->dst.flash,
        duo_area_start_erase(&lane->dst, unit_off(lane) + lane->at_bytes));
}

static enum duo_step_result step_write(struct duo_lane *lane,
                                       const struct duo_lane_sched *sched)
{
    uint32_t bit = 1U << (lane->at_bytes / page_bytes(lane));
    struct duo_bytes page = {&lane->buffer->unit[lane->at_bytes],
                             page_bytes(lane)};

    if ((lane->differs & bit) == 0 ||
        duo_bytes_are(page, lane->dst.flash->geometry.erased_value)) {
        lane->at_bytes += page_bytes(lane);
        lane->state = DUO_LANE_ERASE;
        return DUO_STEP_DONE;
    }
    if (!duo_lane_is_free(sched, lane->dst.flash) ||
        !duo_lane_may_hold(lane, sched)) {
        return DUO_STEP_WAIT;
    }
    lane->differs &= ~bit; /* The next step goes on to the next page. */
    return started(lane, lane->dst.flash,
                   duo_area_start_write(&lane->dst,
                                        unit_off(lane) + lane->at_bytes,
                                        page.data, page.len_bytes));
}

static enum duo_step_result step_check(struct duo_lane *lane,
                                       const struct duo_lane_sched *sched)
{
    enum duo_step_result result = read_pieces(lane, sched, DUO_LANE_MARK);

    if (lane->state == DUO_LANE_MARK && lane->differs != 0) {
        duo_lane_end(lane,
                     DUO_ERR_FLASH); /* It does not read back as written. */
    }
    return result;
}

static enum duo_step_result step_mark(struct duo_lane *lane,
                                      const struct duo_lane_sched *sched)
{
    if (lane->marked && lane->at_bytes == 0) {
        return write_mark(lane, sched, lane->unit_index);
    }
    if (lane->marked) {
        duo_progress_unit_marked(lane->progress, lane->copy, lane->core,
                                 lane->unit_index);
    }
    lane->at_bytes = 0;
    lane->skipped = false;
    lane->unit_index++;
    lane->state = DUO_LANE_NEXT;
    return DUO_STEP_DONE;
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
    [DUO_LANE_NEXT] = step_next,       [DUO_LANE_READ] = step_read,
    [DUO_LANE_COMPARE] = step_compare, [DUO_LANE_GATE] = step_gate,
    [DUO_LANE_PREMARK] = step_premark, [DUO_LANE_ERASE] = step_erase,
    [DUO_LANE_WRITE] = step_write,     [DUO_LANE_CHECK] = step_check,
    [DUO_LANE_MARK] = step_mark,       [DUO_LANE_DONE] = step_done,
};

enum duo_step_result duo_lane_step(struct duo_lane *lane,
                                   const struct duo_lane_sched *sched)
{
    return steps[lane->state](lane, sched);
}
