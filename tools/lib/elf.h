/* SPDX-License-Identifier: MIT */
/* What an ELF file puts where. Written here because libelf (elfutils) is
 * GPL-3 or LGPL-3, and a loader needs two tables of the format only. */
#ifndef DUO_TOOL_ELF_H
#define DUO_TOOL_ELF_H

#include "hex.h"

bool duo_tool_elf_is(struct duo_bytes file);

/** Tell @p sink of each piece that a programmer would write: loadable segments
 * of an executable for ARM, 32 bits, at their physical addresses. piece.place
 * is the number of the program header. Fails with INPUT; the message names
 * header, offset and address. */
bool duo_tool_elf_walk(const char *path, struct duo_bytes file,
                       const struct duo_tool_piece_sink *sink,
                       struct duo_tool_error *error);

#endif
