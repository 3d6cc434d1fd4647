/* SPDX-License-Identifier: MIT */
/* Whole files in memory, and files that appear whole or not at all. */
#ifndef DUO_TOOL_FILE_H
#define DUO_TOOL_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "duo/bytes.h"
#include "fail.h"

/* The largest file that any verb reads. */
#define DUO_TOOL_FILE_BYTES_MAX UINT32_C(67108864)

/* Grows on the heap; all zero is empty. */
struct duo_tool_buffer {
    uint8_t *data;
    size_t len_bytes;
    size_t room_bytes;
};

/** Append; ends the process if memory is short. */
void duo_tool_buffer_append(struct duo_tool_buffer *buffer,
                            struct duo_bytes bytes);
void duo_tool_buffer_fill(struct duo_tool_buffer *buffer, uint8_t value,
                          size_t len_bytes);
void duo_tool_buffer_free(struct duo_tool_buffer *buffer);
struct duo_bytes duo_tool_buffer_view(const struct duo_tool_buffer *buffer);

/** Read all of @p path. Fails with IO, also for a directory or a file that is
 * larger than DUO_TOOL_FILE_BYTES_MAX. */
bool duo_tool_file_read(const char *path, struct duo_tool_buffer *out,
                        struct duo_tool_error *error);

struct duo_tool_file_mode {
    mode_t mode;  /* Permissions, less the umask. */
    bool replace; /* false: fail if the file exists. */
};

/** Write all of @p bytes to @p path through a temporary file beside it. A
 * path that is no regular file (a pipe, /dev/stdout) is written directly. */
bool duo_tool_file_write(const char *path, struct duo_bytes bytes,
                         struct duo_tool_file_mode mode,
                         struct duo_tool_error *error);

#endif
