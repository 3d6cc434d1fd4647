/* SPDX-License-Identifier: MIT */
/* Lines from the program that controls the board. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "board_control_parts.h"

/* Before the board has its turn. */
#define READ_BYTES 16384U

static bool has_line(const struct duo_control_in *in)
{
    return in->bytes.len_bytes > 0 &&
           memchr(in->bytes.data, '\n', in->bytes.len_bytes) != NULL;
}

/* What came of a line that is too long goes; the rest will. */
static void limit(struct duo_control *control)
{
    struct duo_control_in *in = &control->in;

    if (has_line(in) || in->bytes.len_bytes < DUO_CONTROL_LINE_BYTES_MAX) {
        return;
    }
    if (!in->is_skipping) {
        duo_control_error(control,
                          "A command is longer than %u bytes; it was skipped.",
                          DUO_CONTROL_LINE_BYTES_MAX);
    }
    in->is_skipping = true;
    in->bytes.len_bytes = 0;
}

void duo_control_in_service(struct duo_control *control)
{
    struct duo_control_in *in = &control->in;
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    uint8_t bytes[READ_BYTES];
    ssize_t got;

    /* Whoever sends faster than commands are done has to wait. */
    if (in->has_ended || has_line(in) || poll(&fd, 1, 0) <= 0) {
        return;
    }
    got = read(STDIN_FILENO, bytes, sizeof(bytes));
    if (got > 0) {
        duo_tool_buffer_append(&in->bytes,
                               (struct duo_bytes){bytes, (size_t)got});
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        /* The last line may have no newline. */
        in->has_ended = true;
        duo_tool_buffer_fill(&in->bytes, '\n', in->bytes.len_bytes > 0);
    }
    limit(control);
}

bool duo_control_in_line(const struct duo_control_in *in,
                         struct duo_bytes *line)
{
    const uint8_t *end;

    if (!has_line(in)) {
        return false;
    }
    end = memchr(in->bytes.data, '\n', in->bytes.len_bytes);
    *line = (struct duo_bytes){in->bytes.data, (size_t)(end - in->bytes.data)};
    if (in->is_skipping) {
        line->len_bytes = 0;
    }
    return true;
}

void duo_control_in_drop(struct duo_control_in *in)
{
    const uint8_t *end = memchr(in->bytes.data, '\n', in->bytes.len_bytes);
    size_t line_bytes = (size_t)(end - in->bytes.data) + 1U;

    in->bytes.len_bytes -= line_bytes;
    memmove(in->bytes.data, end + 1, in->bytes.len_bytes);
    in->is_skipping = false;
}
