/* SPDX-License-Identifier: MIT */
/* How the tool's library reports failure: false, and a filled-in error. */
#ifndef DUO_TOOL_FAIL_H
#define DUO_TOOL_FAIL_H

#include <stdbool.h>

#include "exit_codes.h"

struct duo_tool_error {
    enum duo_exit exit_code;
    char text[512]; /* Names the file, and the field or offset in it. */
};

/** Fill in @p error; always false, so that a caller can return it. */
bool duo_tool_fail(struct duo_tool_error *error, enum duo_exit exit_code,
                   const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Print "duoboot: <text>" to the error stream; returns the exit code. */
int duo_tool_report(const struct duo_tool_error *error);

#endif
