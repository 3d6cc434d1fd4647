/* SPDX-License-Identifier: MIT */
/* Options of serial ports; see serial_options.h. */
#include "serial_options.h"

#include <string.h>

#include "port.h"
#include "stream.h"
#include "text.h"

#define BAUD_DEFAULT 115200U

static bool take_line(const struct duo_link_option *option, uint32_t *line,
                      struct duo_tool_error *error)
{
    if (!duo_tool_parse_number((struct duo_tool_word){"line", option->value},
                               DUO_STREAM_LINE_BYTES_MAX, line, error)) {
        return false;
    }
    return *line >= DUO_STREAM_LINE_BYTES_MIN ||
           duo_tool_fail(error, DUO_EXIT_USAGE,
                         "line=%s: a line has at least %u bytes", option->value,
                         DUO_STREAM_LINE_BYTES_MIN);
}

static bool take_baud(const struct duo_link_option *option, uint32_t *baud,
                      struct duo_tool_error *error)
{
    return duo_tool_parse_number((struct duo_tool_word){"baud", option->value},
                                 UINT32_MAX, baud, error) &&
           duo_serial_port_check_baud(*baud, error);
}

static bool take(struct duo_serial_options *options,
                 const struct duo_link_option *option,
                 struct duo_tool_error *error)
{
    if (strcmp(option->key, "baud") == 0) {
        return take_baud(option, &options->baud, error);
    }
    if (options->is_console && strcmp(option->key, "line") == 0) {
        return take_line(option, &options->line_bytes_max, error);
    }
    return duo_tool_fail(error, DUO_EXIT_USAGE,
                         "%s is no option of this link; there %s", option->key,
                         options->is_console ? "are baud and line" : "is baud");
}

bool duo_serial_options_parse(struct duo_serial_options *options,
                              bool is_console, const char *query,
                              struct duo_tool_error *error)
{
    struct duo_link_option option;
    const char *rest = query;

    *options =
        (struct duo_serial_options){.is_console = is_console,
                                    .baud = BAUD_DEFAULT,
                                    .line_bytes_max = DUO_SMP_LINE_BYTES_MAX};
    while (*rest != '\0') {
        if (!duo_link_next_option(&rest, &option, error) ||
            !take(options, &option, error)) {
            return false;
        }
    }
    return true;
}
