/* SPDX-License-Identifier: MIT */
/* For which layout is a firmware linked? The linker script of our firmware
 * defines __duo_<partition>_addr and _size_bytes, so the file tells. */
#ifndef DUO_TOOLS_BOARD_RUN_LAYOUT_H
#define DUO_TOOLS_BOARD_RUN_LAYOUT_H

#include "board_dir.h"

/** False (INPUT) if a symbol of the ELF file @p path says otherwise than the
 * board, or the file was cut off. What is no ELF file, or has no such symbols, passes. */
bool duo_run_check_layout(const char *path, const struct duo_board *board,
                          struct duo_tool_error *error);

#endif
