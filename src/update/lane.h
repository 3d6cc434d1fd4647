/* SPDX-License-Identifier: MIT */
/* One copy from a source area to a destination area, unit by unit, only pages
 * that differ, each unit marked when it is done; and the scheduler that runs
 * several such lanes at once over devices that each do one thing at a time.
 *
 *   NEXT -> COMPARE -> GATE -> [PREMARK] -> ERASE -> WRITE -> CHECK -> MARK
 *    |      ^  |  equal        ^            | ^<-page-| ^<-piece-|       |
 *    +force-|->+---------------|--> NEXT    +-all pages written--------->+
 *
 * No unit is ever whole in RAM. A unit goes through a small ring of pieces:
 * the source is read ahead while the destination erases and writes, and each
 * piece is read back as soon as it is written.
 *
 * Power cut: a unit without a mark is done again. Units go in order, and a
 * mark covers all units before it, so the only unit whose flash may be *weak*
 * (cut in the middle, reading right for now) is the first one after the last
 * mark: it is rewritten without looking (force). PREMARK keeps that true when
 * equal units were passed over. */
#ifndef DUO_UPDATE_LANE_H
#define DUO_UPDATE_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/flash.h"
#include "duo/progress.h"
#include "duo/slots.h"

enum duo_lane_state {
    DUO_LANE_NEXT,
    DUO_LANE_COMPARE,
    DUO_LANE_GATE,
    DUO_LANE_PREMARK,
    DUO_LANE_ERASE,
    DUO_LANE_WRITE,
    DUO_LANE_CHECK,
    DUO_LANE_MARK,
    DUO_LANE_DONE,
};
#define DUO_LANE_STATE_COUNT 9U

/* A piece is one page program of the external chip. Two are read ahead: one
 * is in the destination's hands, the next one waits, so that a short operation
 * of another lane on the source's device costs nothing. */
#define DUO_LANE_PIECE_BYTES 256U
#define DUO_LANE_RING_PIECES 2U

/* Word-aligned, as DMA wants it. */
struct duo_lane_buffer {
    _Alignas(4) uint8_t ring[DUO_LANE_RING_PIECES][DUO_LANE_PIECE_BYTES];
    _Alignas(4) uint8_t back[DUO_LANE_PIECE_BYTES]; /* Of the destination. */
};

/* What is small stands first: the core reaches it with short instructions. */
struct duo_lane {
    /* Set by the caller. */
    enum duo_copy copy;
    enum duo_core core;
    bool erase_only;     /* Only erase the last unit of len_bytes of dst. */
    bool marked;         /* Progress is marked; else a cut starts it anew. */
    bool only_backed_up; /* Stop at the first unit without a backup mark. */
    bool resumed; /* A cut may have hit this copy: force its first unit. */
    bool is_main; /* Never waits for long operations of lanes that are not. */
    /* Private. */
    enum duo_lane_state state;
    bool reading;       /* The source's device is busy for us. */
    bool begun;         /* The operation of this state was started. */
    bool skipped;       /* Units before this one were equal. */
    bool failed_on_src; /* err came from reading the source. */
    enum duo_err err;   /* Once DONE: the result. */

    /* Set by the caller. */
    struct duo_lane_buffer *buffer;     /* NULL if erase_only. */
    const struct duo_lane *once_marked; /* Of erase_only: then, not before. */
    /* Our unit may be overwritten only when this lane has copied it away and
     * its mark is on flash. */
    const struct duo_lane *after;
    struct duo_progress *progress;
    struct duo_area src;
    struct duo_area dst;
    uint32_t len_bytes; /* The last unit is filled up with erased bytes. */
    uint32_t suspect_unit_index; /* Force this one too; UINT32_MAX: none. */
    /* Private. */
    struct duo_flash *flash; /* Destination or record busy for us, or NULL. */
    uint32_t unit_index;
    uint32_t unit_count;
    uint32_t at_bytes;         /* Position in the unit. */
    uint32_t fetched_bytes;    /* The ring holds the source up to here, */
    uint32_t fetch_end_bytes;  /* and is to go on up to here. */
    uint32_t differs;          /* Bit for each page of the unit. */
    uint32_t not_blank;        /* The same. */
    uint32_t first_unit_index; /* Where this run began. */
    uint32_t rewritten_units;  /* Count, for the log. */
};

/** Make a configured lane ready, from its marks. */
void duo_lane_begin(struct duo_lane *lane);

/** Run lanes (those that were begun) until all have ended. Devices in use are
 * left idle. The first error, or DUO_OK; each lane has its own err. */
enum duo_err duo_lanes_run(struct duo_lane *lanes[], unsigned lane_count);

#endif
