/* SPDX-License-Identifier: MIT */
/* A core of the virtual board as the GDB stub sees it. */
#ifndef DUO_TOOLS_BOARD_RUN_GDB_OPS_H
#define DUO_TOOLS_BOARD_RUN_GDB_OPS_H

#include "gdb.h"

/* The context is a struct duo_run_gdb_core. */
extern const struct duo_gdb_ops duo_run_gdb_ops;

#endif
