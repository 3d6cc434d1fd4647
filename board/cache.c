/* SPDX-License-Identifier: MIT */
/* CACHE of the application core: registers only. The emulated core always sees
 * what is in the memories, as with a cache that never goes stale. */
#include "soc.h"

#define ERASE_OFF       0x508U
#define MODE_OFF        0x514U
#define ERASESTATUS_OFF 0x51CU

static const struct vb_reg regs[] = {
    {"PROFILING[n].IHIT",  0x400, 2, 0x20, VB_R, 0, UINT32_MAX},
    {"PROFILING[n].IMISS",                   0x404, 2, 0x20, VB_R, 0, UINT32_MAX},
    {"PROFILING[n].DHIT",                0x408, 2, 0x20, VB_R, 0, UINT32_MAX},
    {"PROFILING[n].DMISS",          0x40C, 2, 0x20, VB_R, 0, UINT32_MAX},
    {"ENABLE", 0x500, 1, 0, VB_RW, 0, 1},
    {"INVALIDATE",                   0x504, 1, 0, VB_W, 0, 1},
    {"ERASE",                ERASE_OFF, 1, 0, VB_W, 0, 1},
    {"PROFILINGENABLE",          0x50C, 1, 0, VB_RW, 0, 1},
    {"PROFILINGCLEAR",  0x510, 1, 0, VB_W, 0, 1},
    {"MODE",                   MODE_OFF, 1, 0, VB_RW, 0, 1},
    {"DEBUGLOCK",                0x518, 1, 0, VB_RW1, 0, 1},
    {"ERASESTATUS",          ERASESTATUS_OFF, 1, 0, VB_RW, 0, 1},
    {"WRITELOCK", 0x520, 1, 0, VB_RW, 0, 1},
    {0                  },
};

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    if (off == ERASE_OFF && value == 1U) {
        *vb_word(periph, ERASESTATUS_OFF) = 1;
    } else if (off == MODE_OFF && value == 1U && old == 0) {
        vb_note(periph->vb, "%s: the cache as RAM is not modelled",
                periph->name);
    }
}

const struct vb_type vb_type_cache = {
    .name = "CACHE",
    .modelled = "All registers.",
    .simplified = "Contents: reads always see the memories; INVALIDATE has "
                  "nothing to do, ERASE has finished at once.",
    .not_modelled = "Profiling counters (0), time saved by hits, the cache as "
                    "RAM (noted).",
    .regs = regs,
    .wrote = wrote,
};
