/* SPDX-License-Identifier: MIT */
/* Lines that a person types, or a script pipes in. */
#ifndef DUO_TOOLS_DEVICE_LINES_H
#define DUO_TOOLS_DEVICE_LINES_H

#include <stdbool.h>

struct duo_lines;

/** Edited with history on a terminal; else plain. */
struct duo_lines *duo_lines_open(void);
void duo_lines_close(struct duo_lines *lines);

/** The next line, without its end; NULL: Ctrl-D, or the end of the input.
 * Valid until the next call. Ctrl-C drops the line: then it is empty. */
const char *duo_lines_next(struct duo_lines *lines);

#endif
