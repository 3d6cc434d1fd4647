/* SPDX-License-Identifier: MIT */
/* How the command line ends. `duoboot help exit-codes` prints this table;
 * scripts rely on the numbers, so they never change. */
#ifndef DUO_TOOL_EXIT_CODES_H
#define DUO_TOOL_EXIT_CODES_H

#include <stddef.h>

#include "duo/err.h"
#include "duo/reason.h"

enum duo_exit {
    DUO_EXIT_OK = 0,
    DUO_EXIT_REFUSED = 1,  /* An image or request was refused. */
    DUO_EXIT_USAGE = 2,    /* The command line is wrong. */
    DUO_EXIT_INPUT = 3,    /* An input file is malformed. */
    DUO_EXIT_IO = 4,       /* A file could not be read or written. */
    DUO_EXIT_DEVICE = 5,   /* The board or a device failed. */
    DUO_EXIT_INTERNAL = 6, /* A fault of this program or its libraries. */
    /* How a boot of a simulated board ended, other than by a start. */
    DUO_EXIT_RECOVERY = 7,
    DUO_EXIT_POWER_CUT = 8,
    /* How a run of the virtual board ended, other than as asked. */
    DUO_EXIT_TIMEOUT = 9,
    DUO_EXIT_UNMODELLED = 10,
    DUO_EXIT_RULE = 11,
};

struct duo_exit_text {
    enum duo_exit code;
    const char *name; /* Short and stable: for --json. */
    const char *sentence;
};

/** The whole table, in the order of the numbers. */
const struct duo_exit_text *duo_exit_table(size_t *count);

/** Total: every number of either enum, known or not, has an exit code. */
enum duo_exit duo_exit_of_err(enum duo_err err);
enum duo_exit duo_exit_of_reason(enum duo_reason reason);

#endif
