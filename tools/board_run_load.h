/* SPDX-License-Identifier: MIT */
/* Firmware files of a run: read and checked before anything is changed, then
 * programmed as a programmer does, whole pages. */
#ifndef DUO_TOOLS_BOARD_RUN_LOAD_H
#define DUO_TOOLS_BOARD_RUN_LOAD_H

#include "board_run_options.h"
#include "firmware_file.h"

#define DUO_RUN_PATH_CHARS 1024U

struct duo_run_load {
    char path[DUO_RUN_PATH_CHARS];
    struct duo_tool_firmware_file file;
};

struct duo_run_loads {
    struct duo_run_load rows[DUO_RUN_LOAD_COUNT_MAX];
    unsigned count;
};

/** Read all of --load; each must lie within the board's flashes, overlap no
 * other, and be linked for the board's layout, which an ELF file tells by its
 * symbols. IO or INPUT. */
bool duo_run_loads_read(struct duo_run_loads *loads,
                        const struct duo_run_options *options,
                        const struct duo_board *board,
                        struct duo_tool_error *error);
void duo_run_loads_free(struct duo_run_loads *loads);

/** Erase each page that a file touches, then program. */
void duo_run_loads_apply(const struct duo_run_loads *loads,
                         struct duo_native_board *native);

/** The application core has something to start with, else REFUSED. */
bool duo_run_check_start(const struct duo_board *board,
                         struct duo_tool_error *error);

#endif
