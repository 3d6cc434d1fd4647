/* SPDX-License-Identifier: MIT */
/* The debuggers of a run: one socket for each core.
 *
 * The board stands or runs as one, with its clock, so nothing times out while
 * somebody looks. It stands when a debugger connects, when a core that is
 * being debugged reaches a breakpoint, and on Ctrl-C; it runs when any
 * debugger goes on or steps, and when the last one has gone. */
#ifndef DUO_TOOLS_BOARD_RUN_GDB_H
#define DUO_TOOLS_BOARD_RUN_GDB_H

#include <poll.h>

#include "gdb.h"
#include "vb.h"

#define DUO_RUN_GDB_FDS_MAX (2U * DUO_CORE_COUNT)

struct duo_run_gdb;

struct duo_run_gdb_core {
    struct duo_run_gdb *owner;
    enum duo_core core;
    int listen_fd; /* -1: no debugger is wanted. */
    int fd;        /* -1: none has connected. */
    struct duo_gdb stub;
};

struct duo_run_gdb {
    struct duo_vb *vb;
    struct duo_run_gdb_core cores[DUO_CORE_COUNT];
    bool is_standing;
    enum duo_core step_core; /* DUO_CORE_NONE: nobody steps. */
    bool wants_end;          /* `kill' */
};

/** Nobody listens. */
void duo_run_gdb_init(struct duo_run_gdb *gdb);
/** Listen on @p port and the next one. IO. */
bool duo_run_gdb_open(struct duo_run_gdb *gdb, uint16_t port,
                      struct duo_tool_error *error);
void duo_run_gdb_close(struct duo_run_gdb *gdb, uint8_t exit_code);
/** Connect, read, answer, send. The board must not be running. */
void duo_run_gdb_service(struct duo_run_gdb *gdb);
bool duo_run_gdb_is_connected(const struct duo_run_gdb *gdb);
/** Run up to @p until_ns as the debuggers want it: over a breakpoint that is
 * not to be told, or a single step. */
void duo_run_gdb_advance(struct duo_run_gdb *gdb, uint64_t until_ns,
                         struct duo_vb_stop *stop);
/** The board cannot go on. True: a debugger takes over, to look. */
bool duo_run_gdb_failed(struct duo_run_gdb *gdb);
unsigned duo_run_gdb_fds(const struct duo_run_gdb *gdb,
                         struct pollfd fds[DUO_RUN_GDB_FDS_MAX]);

#endif
