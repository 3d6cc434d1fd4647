/* SPDX-License-Identifier: MIT */
/* Progress: a bar in place on a terminal, else a line for every tenth. */
#ifndef DUO_TOOLS_DEVICE_BAR_H
#define DUO_TOOLS_DEVICE_BAR_H

#include "upload.h"

struct duo_bar {
    const char *label; /* In front: "application", a file's name. */
    bool is_quiet;
    bool is_terminal;
    unsigned tenth_shown; /* Of the lines. */
    bool is_open;         /* The line on the terminal is not ended. */
};

void duo_bar_begin(struct duo_bar *bar, const char *label, bool is_quiet);
void duo_bar_show(struct duo_bar *bar,
                  const struct duo_client_progress *progress);
/** End the line, so that other texts can follow. Again is harmless. */
void duo_bar_end(struct duo_bar *bar);

#endif
