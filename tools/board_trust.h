/* SPDX-License-Identifier: MIT */
/* The trust of the board that the user means: the nRF5340 DK's layout, or
 * that of a layout file. */
#ifndef DUO_TOOLS_BOARD_TRUST_H
#define DUO_TOOLS_BOARD_TRUST_H

#include "trust.h"

/** @p layout_path may be NULL: the DK's. Prints what is wrong with the file
 * itself; fails with INPUT then. */
bool duo_board_trust(const char *layout_path, struct duo_tool_trust *trust,
                     struct duo_tool_error *error);

#endif
