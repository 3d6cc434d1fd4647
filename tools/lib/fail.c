/* SPDX-License-Identifier: MIT */
/* Errors of the tool's library; see fail.h. */
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>

bool duo_tool_fail(struct duo_tool_error *error, enum duo_exit exit_code,
                   const char *format, ...)
{
    va_list args;

    error->exit_code = exit_code;
    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start() did. */
    (void)vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
    return false;
}

int duo_tool_report(const struct duo_tool_error *error)
{
    (void)fprintf(stderr, "duoboot: %s\n", error->text);
    return (int)error->exit_code;
}
