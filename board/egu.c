/* SPDX-License-Identifier: MIT */
/* EGU: a task makes its event, and so an interrupt. */
#include "soc.h"

static void run_task(struct vb_periph *periph, unsigned task)
{
    vb_event(periph, task);
}

static const struct vb_reg regs[] = {
    {NULL, 0, 0, 0, VB_R, 0, 0},
};

const struct vb_type vb_type_egu = {
    .name = "EGU",
    .modelled = "sixteen channels",
    .simplified = "",
    .not_modelled = "",
    .task_mask = {0xFFFF},
    .event_mask = {0xFFFF},
    .regs = regs,
    .task = run_task,
};
