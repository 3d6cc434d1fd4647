/* SPDX-License-Identifier: MIT */
/* Files and buffers; see file.h. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void reserve(struct duo_tool_buffer *buffer, size_t more_bytes)
{
    size_t room_bytes = buffer->room_bytes == 0 ? 4096 : buffer->room_bytes;
    uint8_t *data;

    /* Files are at most 64 MB and we never hold many: no wrap is possible. */
    while (room_bytes < buffer->len_bytes + more_bytes) {
        room_bytes *= 2;
    }
    if (room_bytes == buffer->room_bytes) {
        return;
    }
    data = realloc(buffer->data, room_bytes);
    if (data == NULL) {
        (void)fprintf(stderr, "duoboot: out of memory\n");
        exit(DUO_EXIT_INTERNAL);
    }
    buffer->data = data;
    buffer->room_bytes = room_bytes;
}

void duo_tool_buffer_append(struct duo_tool_buffer *buffer,
                            struct duo_bytes bytes)
{
    if (bytes.len_bytes == 0) {
        return;
    }
    reserve(buffer, bytes.len_bytes);
    memcpy(buffer->data + buffer->len_bytes, bytes.data, bytes.len_bytes);
    buffer->len_bytes += bytes.len_bytes;
}

void duo_tool_buffer_fill(struct duo_tool_buffer *buffer, uint8_t value,
                          size_t len_bytes)
{
    if (len_bytes == 0) {
        return;
    }
    reserve(buffer, len_bytes);
    memset(buffer->data + buffer->len_bytes, value, len_bytes);
    buffer->len_bytes += len_bytes;
}

void duo_tool_buffer_free(struct duo_tool_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct duo_tool_buffer){0};
}

struct duo_bytes duo_tool_buffer_view(const struct duo_tool_buffer *buffer)
{
    return (struct duo_bytes){buffer->data, buffer->len_bytes};
}

static bool read_all(int file, const char *path, struct duo_tool_buffer *out,
                     struct duo_tool_error *error)
{
    for (;;) {
        ssize_t got_bytes;

        reserve(out, 65536);
        got_bytes = read(file, out->data + out->len_bytes, 65536);
        if (got_bytes < 0 && errno == EINTR) {
            continue;
        }
        if (got_bytes < 0) {
            return duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot read: %s",
                                 path, strerror(errno));
        }
        if (got_bytes == 0) {
            return true;
        }
        out->len_bytes += (size_t)got_bytes;
        if (out->len_bytes > DUO_TOOL_FILE_BYTES_MAX) {
            return duo_tool_fail(error, DUO_EXIT_IO, "%s: larger than %u bytes",
                                 path, DUO_TOOL_FILE_BYTES_MAX);
        }
    }
}

bool duo_tool_file_read(const char *path, struct duo_tool_buffer *out,
                        struct duo_tool_error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool done;

    *out = (struct duo_tool_buffer){0};
    if (file < 0) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot open: %s", path,
                             strerror(errno));
    }
    done = read_all(file, path, out, error);
    (void)close(file);
    if (!done) {
        duo_tool_buffer_free(out);
    }
    return done;
}

static bool write_all(int file, struct duo_bytes bytes)
{
    while (bytes.len_bytes > 0) {
        ssize_t put_bytes = write(file, bytes.data, bytes.len_bytes);
        if (put_bytes < 0 && errno == EINTR) {
            continue;
        }
        if (put_bytes < 0) {
            return false;
        }
        bytes.data += put_bytes;
        bytes.len_bytes -= (size_t)put_bytes;
    }
    return true;
}

static bool write_direct(const char *path, struct duo_bytes bytes,
                         struct duo_tool_error *error)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    bool done = file >= 0 && write_all(file, bytes);

    if (!done) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot write: %s", path,
                            strerror(errno));
    }
    if (file >= 0 && close(file) != 0 && done) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot write: %s", path,
                             strerror(errno));
    }
    return done;
}

/* Fills the temporary file; errno tells what went wrong. */
static bool write_temporary(int file, struct duo_bytes bytes, mode_t mode)
{
    mode_t mask = umask(0);
    bool done;

    (void)umask(mask);
    done = fchmod(file, mode & ~mask) == 0 && write_all(file, bytes) &&
           fsync(file) == 0;
    if (close(file) != 0) {
        done = false;
    }
    return done;
}

bool duo_tool_file_write(const char *path, struct duo_bytes bytes,
                         struct duo_tool_file_mode mode,
                         struct duo_tool_error *error)
{
    static const char suffix[] = ".XXXXXX";
    size_t room_bytes = strlen(path) + sizeof(suffix);
    struct stat info;
    char *temporary;
    bool done = false;
    int file;

    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        return write_direct(path, bytes, error);
    }
    temporary = malloc(room_bytes);
    if (temporary == NULL) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
    }
    (void)snprintf(temporary, room_bytes, "%s%s", path, suffix);
    file = mkstemp(temporary);
    if (file >= 0) {
        /* link() fails on an existing name, rename() replaces it. */
        done = write_temporary(file, bytes, mode.mode) &&
               (mode.replace ? rename(temporary, path)
                             : link(temporary, path)) == 0;
    }
    if (!done) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot write: %s", path,
                            strerror(errno));
    }
    if (file >= 0 && (!done || !mode.replace)) {
        (void)unlink(temporary);
    }
    free(temporary);
    return done;
}
