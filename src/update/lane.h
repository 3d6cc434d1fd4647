/* SPDX-License-Identifier: MIT */
/* One copy from a source area to a destination area, unit by unit, only pages
 * that differ, each unit marked when it is done; and the scheduler that runs
 * several such lanes at once over devices that each do one thing at a time.
 *
 *   NEXT -> READ -> COMPARE -> GATE -> [PREMARK] -> ERASE/WRITE -> CHECK -> MARK
 *             |        |  equal                                          |
 *             +-force->+------------------> NEXT <-----------------------+
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
    DUO_LANE_READ,
    DUO_LANE_COMPARE,
    DUO_LANE_GATE,
    DUO_LANE_PREMARK,
    DUO_LANE_ERASE,
    DUO_LANE_WRITE,
    DUO_LANE_CHECK,
    DUO_LANE_MARK,
    DUO_LANE_DONE,
};
#define DUO_LANE_STATE_COUNT 10U
#define DUO_LANE_PIECE_BYTES 512U

/* Word-aligned, as DMA wants it. */
struct duo_lane_buffer {
    _Alignas(4) uint8_t unit[DUO_UNIT_BYTES];
    _Alignas(4) uint8_t piece[DUO_LANE_PIECE_BYTES];
};

struct duo_lane {
    /* Set by the caller. */
    struct duo_lane_buffer *buffer; /* NULL if erase_only. */
    bool erase_only; /* Only erase the last unit of len_bytes of dst; */
    const struct duo_lane *once_marked; /* once this copy has a mark. */
    struct duo_area src;
    struct duo_area dst;
    uint32_t len_bytes; /* The last unit is filled up with erased bytes. */
    struct duo_progress *progress;
    enum duo_copy copy;
    enum duo_core core;
    bool marked;         /* Progress is marked; else a cut starts it anew. */
    bool only_backed_up; /* Stop at the first unit without a backup mark. */
    bool resumed; /* A cut may have hit this copy: force its first unit. */
    uint32_t suspect_unit_index; /* Force this one too; UINT32_MAX: none. */
    /* Our unit may be overwritten only when this lane has copied it away and
     * its mark is on flash. */
    const struct duo_lane *after;
    bool is_main; /* Never waits for long operations of lanes that are not. */

    /* Private. */
    enum duo_lane_state state;
    enum duo_err err;        /* Once DONE: the result. */
    bool failed_on_src;      /* err came from reading the source. */
    struct duo_flash *flash; /* Busy with our operation, or NULL. */
    uint32_t unit_index;
    uint32_t unit_count;
    uint32_t at_bytes;         /* Position in the unit. */
    uint32_t differs;          /* Bit for each page of the unit. */
    uint32_t not_blank;        /* The same. */
    uint32_t first_unit_index; /* Where this run began. */
    bool piece_read;           /* piece holds what lies before at_bytes. */
    bool force;
    bool skipped;             /* Units before this one were equal. */
    uint32_t rewritten_units; /* Count, for the log. */
};

/** Make a configured lane ready, from its marks. */
void duo_lane_begin(struct duo_lane *lane);

/** Run lanes (those that were begun) until all have ended. Devices in use are
 * left idle. The first error, or DUO_OK; each lane has its own err. */
enum duo_err duo_lanes_run(struct duo_lane *lanes[], unsigned lane_count);

#endif
