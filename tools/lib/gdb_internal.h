/* SPDX-License-Identifier: MIT */
/* What the files of the GDB stub share; see gdb.h. */
#ifndef DUO_TOOL_GDB_INTERNAL_H
#define DUO_TOOL_GDB_INTERNAL_H

#include "gdb.h"

/* A packet's payload as it is read, bounds-checked; never moves beyond it. */
struct gdb_cursor {
    const uint8_t *data;
    size_t left_bytes;
};

bool gdb_take_char(struct gdb_cursor *cursor, char letter);
bool gdb_take_text(struct gdb_cursor *cursor, const char *text);
/* A hexadecimal number of 1 to 8 digits. */
bool gdb_take_u32(struct gdb_cursor *cursor, uint32_t *value);
/* Exactly two digits. */
bool gdb_take_byte(struct gdb_cursor *cursor, uint8_t *value);
int gdb_hex_digit(uint8_t letter);

/* Replies. All are framed, summed and queued. */
void gdb_reply(struct duo_gdb *gdb, const char *text);
void gdb_reply_bytes(struct duo_gdb *gdb, struct duo_bytes payload);
void gdb_put_hex(struct duo_tool_buffer *out, struct duo_bytes bytes);
void gdb_put_text(struct duo_tool_buffer *out, const char *text);

/* gdb_command.c: one packet, framed and summed right. */
void gdb_command(struct duo_gdb *gdb, struct gdb_cursor packet);
/* Why the core stands, to a debugger that waits or asks. */
void gdb_reply_stop(struct duo_gdb *gdb);
/* gdb_query.c: q and Q packets. */
void gdb_query(struct duo_gdb *gdb, struct gdb_cursor packet);

/* gdb_regs.c: registers as the description names them. */
void gdb_describe_regs(bool has_fpu, struct duo_tool_buffer *xml);
unsigned gdb_reg_count(bool has_fpu);
/* 4 or 8 bytes in the order of the target, as hexadecimal digits; x where
 * there is no value. */
void gdb_reg_get(struct duo_gdb *gdb, unsigned number,
                 struct duo_tool_buffer *out);
/* Takes its digits from the cursor; false: malformed, or refused. */
bool gdb_reg_set(struct duo_gdb *gdb, unsigned number,
                 struct gdb_cursor *cursor);

#endif
