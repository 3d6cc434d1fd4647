/* SPDX-License-Identifier: MIT */
/* The source of a copy lane: pieces of the unit, read ahead into a ring. */
#include <string.h>

#include "lane_steps.h"

#define RING_BYTES (DUO_LANE_RING_PIECES * DUO_LANE_PIECE_BYTES)

_Static_assert(DUO_UNIT_BYTES % DUO_LANE_PIECE_BYTES == 0,
               "a unit must be whole pieces");

uint32_t duo_lane_page_bytes(const struct duo_lane *lane)
{
    return lane->dst.flash->geometry.erase_bytes;
}

static uint32_t slot_of(uint32_t off_bytes)
{
    return off_bytes / DUO_LANE_PIECE_BYTES % DUO_LANE_RING_PIECES;
}

bool duo_lane_is_fed(const struct duo_lane *lane)
{
    return lane->fetched_bytes >= lane->fetch_end_bytes ||
           lane->fetched_bytes - lane->at_bytes >= RING_BYTES;
}

const uint8_t *duo_lane_piece(const struct duo_lane *lane)
{
    return lane->fetched_bytes > lane->at_bytes
               ? lane->buffer->ring[slot_of(lane->at_bytes)]
               : NULL;
}

void duo_lane_go_to(struct duo_lane *lane, uint32_t page_off_bytes)
{
    if (lane->at_bytes != page_off_bytes) {
        lane->fetched_bytes = page_off_bytes;
    }
    lane->at_bytes = page_off_bytes;
    lane->fetch_end_bytes = page_off_bytes + duo_lane_page_bytes(lane);
}

/* Bytes of the piece to be fetched that belong to the image; what lies behind
 * the image is erased bytes. */
static uint32_t image_bytes(const struct duo_lane *lane)
{
    uint32_t begin = lane->unit_index * DUO_UNIT_BYTES + lane->fetched_bytes;
    uint32_t left_bytes = begin < lane->len_bytes ? lane->len_bytes - begin : 0;

    return left_bytes < DUO_LANE_PIECE_BYTES ? left_bytes
                                             : DUO_LANE_PIECE_BYTES;
}

void duo_lane_fetched(struct duo_lane *lane)
{
    uint32_t len_bytes = image_bytes(lane);
    uint8_t *piece = lane->buffer->ring[slot_of(lane->fetched_bytes)];

    memset(&piece[len_bytes], 0xFF, DUO_LANE_PIECE_BYTES - len_bytes);
    lane->fetched_bytes += DUO_LANE_PIECE_BYTES;
}

/* A whole piece is read even where the image ends in it: slots are whole
 * units, and DMA wants whole words. */
bool duo_lane_fetch(struct duo_lane *lane, const struct duo_lane_sched *sched)
{
    if (lane->state == DUO_LANE_DONE || lane->reading ||
        duo_lane_is_fed(lane)) {
        return false;
    }
    if (image_bytes(lane) == 0) {
        duo_lane_fetched(lane);
        return true;
    }
    if (!duo_lane_is_free(sched, lane->src.flash)) {
        return false;
    }
    enum duo_err err = duo_area_start_read(
        &lane->src, lane->unit_index * DUO_UNIT_BYTES + lane->fetched_bytes,
        lane->buffer->ring[slot_of(lane->fetched_bytes)], DUO_LANE_PIECE_BYTES);
    lane->reading = err == DUO_OK;
    if (err != DUO_OK) {
        lane->failed_on_src = true;
        duo_lane_end(lane, err);
    }
    return true;
}
