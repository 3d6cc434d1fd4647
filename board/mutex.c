/* SPDX-License-Identifier: MIT */
/* MUTEX: a read takes it (0: it was free), a write of 0 gives it back. It is
 * the application core's; the network core sees the same page as APPMUTEX. */
#include "soc.h"

#define MUTEX       0x400U
#define MUTEX_COUNT 16U

static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    if (!debug) {
        *vb_word(periph, off) = 1;
    }
    return value;
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    /* Only a read locks. */
    *vb_word(periph, off) = value & old;
}

static const struct vb_reg regs[] = {
    {"MUTEX[n]", MUTEX, MUTEX_COUNT, 4, VB_RW, 0, 1},
    {NULL,       0,     0,           0, VB_R,  0, 0},
};

const struct vb_type vb_type_mutex = {
    .name = "MUTEX",
    .modelled = "sixteen locks, shared by the cores",
    .simplified = "the network core's access does not depend on the SPU",
    .not_modelled = "",
    .regs = regs,
    .wrote = wrote,
    .reading = reading,
};
