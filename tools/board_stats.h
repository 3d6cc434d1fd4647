/* SPDX-License-Identifier: MIT */
/* What one boot of a simulated board cost, beside the bound that the internal
 * flashes set. */
#ifndef DUO_TOOLS_BOARD_STATS_H
#define DUO_TOOLS_BOARD_STATS_H

#include <jansson.h>

#include "board.h"

struct duo_board_core_stats {
    uint8_t *before; /* The slot's content before the boot; heap. */
    uint8_t digest_before[DUO_SHA256_BYTES];
    uint32_t changed_pages; /* Of the image's part of the slot. */
    uint32_t page_bytes;
    uint32_t installed_bytes; /* Size of the image, if it is another one. */
    uint64_t bound_us;        /* To erase and write the changed pages once. */
};

struct duo_board_stats {
    struct duo_board_core_stats cores[DUO_CORE_COUNT];
    struct duo_sim_stats devices[3]; /* app, net, ext. */
    uint64_t boot_us;                /* From the start of the boot. */
    uint64_t processor_us;           /* Of that: hashing and signatures. */
    uint64_t bound_us; /* Both cores at once: the larger of theirs. */
    bool is_high_performance;
};

/** Before the boot: remember the slots. The board was just opened, so its
 * counts are zero. */
void duo_board_stats_begin(struct duo_board_stats *stats,
                           struct duo_board *board);
/** After it: count. */
void duo_board_stats_end(struct duo_board_stats *stats,
                         struct duo_board *board);
json_t *duo_board_stats_json(const struct duo_board_stats *stats);
void duo_board_stats_print(const struct duo_board_stats *stats);
void duo_board_stats_free(struct duo_board_stats *stats);

#endif
