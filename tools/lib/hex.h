/* SPDX-License-Identifier: MIT */
/* Intel HEX. Written here because no library fits: libsrecord is C++ and
 * GPL-3, libbfd is GPL-3 and wants a target configuration for raw data; the
 * format is six record types. */
#ifndef DUO_TOOL_HEX_H
#define DUO_TOOL_HEX_H

#include "file.h"

/* Gaps between records are filled; a file may not span more than this. */
#define DUO_TOOL_HEX_SPAN_BYTES_MAX UINT32_C(16777216)
#define DUO_TOOL_HEX_FILL           0xFFU

struct duo_tool_hex_segment {
    uint32_t addr;
    struct duo_bytes bytes;
};

/** Decode the HEX text @p text of the file @p path (for messages, which name
 * the line). @p addr is the lowest address. Start-address records are checked
 * and ignored. Fails with INPUT. */
bool duo_tool_hex_decode(const char *path, struct duo_bytes text,
                         struct duo_tool_buffer *out, uint32_t *addr,
                         struct duo_tool_error *error);

/* Bytes that a file puts at an address. */
struct duo_tool_piece {
    uint32_t addr;
    struct duo_bytes bytes;
    unsigned place; /* In the file: a line, a header; for messages. */
};

/* put() returns false, with its error reported, to end the walk. */
struct duo_tool_piece_sink {
    bool (*put)(void *ctx, const struct duo_tool_piece *piece);
    void *ctx;
};

/** Tell @p sink of each data record of a HEX text, wherever it is in the
 * address space; piece.place is the line. Fails with INPUT. */
bool duo_tool_hex_walk(const char *path, struct duo_bytes text,
                       const struct duo_tool_piece_sink *sink,
                       struct duo_tool_error *error);

/** Append @p segment as data records. Call duo_tool_hex_end() at the end. */
void duo_tool_hex_encode(struct duo_tool_buffer *text,
                         struct duo_tool_hex_segment segment);
void duo_tool_hex_end(struct duo_tool_buffer *text);

#endif
