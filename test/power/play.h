/* SPDX-License-Identifier: MIT */
/* Play one scenario with given cuts, then boot until the board settles. */
#ifndef DUO_TEST_PLAY_H
#define DUO_TEST_PLAY_H

#include "check.h"

#define PLAY_CUTS_MAX         3U
#define PLAY_SETTLE_BOOTS_MAX 6U

/* A prepared board for one scenario; runs start from its snapshot. */
struct stage {
    struct rig rig;
    const struct scenario *scenario;
    struct duo_sim_snapshot *snapshot;
    struct expected cores[DUO_CORE_COUNT]; /* As prepared. */
    uint64_t boots;                        /* Counted over all runs. */
};

void stage_create(struct stage *stage, const struct scenario *scenario,
                  bool verbose);
void stage_destroy(struct stage *stage);

/** Play with up to PLAY_CUTS_MAX cuts: the first falls into the script, the
 * others into the boots that follow. Operations that the script did before
 * its cut, or all of them, are returned; the verdict is in @p run. */
uint64_t play(struct stage *stage, const struct duo_sim_cut *cuts,
              unsigned cut_count, struct run *run);

/** Play the staging of the scenario whole; then boot with a cut at random
 * within every @p every_ops operations until the board settles.
 * @return the cuts that it took. */
unsigned play_often(struct stage *stage, unsigned every_ops, uint64_t seed,
                    struct run *run);

#endif
