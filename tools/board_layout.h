/* SPDX-License-Identifier: MIT */
/* The layout of a simulated board: from a layout file, and in board.json. */
#ifndef DUO_TOOLS_BOARD_LAYOUT_H
#define DUO_TOOLS_BOARD_LAYOUT_H

#include <jansson.h>

#include "duo/layout.h"
#include "fail.h"

struct duo_board_layout {
    struct duo_layout layout; /* Its name points into this: do not copy. */
    char name[64];
};

/** From a layout file; @p path may be NULL: the DK's. Prints what is wrong
 * with the file itself; fails with INPUT or IO then. */
bool duo_board_layout_read(const char *path, struct duo_board_layout *layout,
                           struct duo_tool_error *error);

/** {name, external_flash_bytes, partitions: {role: {address, size_bytes}}} */
json_t *duo_board_layout_json(const struct duo_layout *layout);

/** The reverse, held to the same rules as a layout file. @p path is the
 * file's, for messages. */
bool duo_board_layout_parse(const char *path, json_t *json,
                            struct duo_board_layout *layout,
                            struct duo_tool_error *error);

#endif
