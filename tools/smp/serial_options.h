/* SPDX-License-Identifier: MIT */
/* What the URL of a serial port says behind its "?". */
#ifndef DUO_SMP_CLIENT_SERIAL_OPTIONS_H
#define DUO_SMP_CLIENT_SERIAL_OPTIONS_H

#include "link.h"

struct duo_serial_options {
    bool is_console; /* serial:, with console frames; else raw:. */
    uint32_t baud;
    uint32_t line_bytes_max; /* Of a console frame; serial: only. */
};

/** Read @p query; what it does not say gets its default. Fails with USAGE. */
bool duo_serial_options_parse(struct duo_serial_options *options,
                              bool is_console, const char *query,
                              struct duo_tool_error *error);

#endif
