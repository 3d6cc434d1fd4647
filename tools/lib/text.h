/* SPDX-License-Identifier: MIT */
/* Values that users write on the command line, as imgtool spells them. All
 * fail with USAGE and name the option. */
#ifndef DUO_TOOL_TEXT_H
#define DUO_TOOL_TEXT_H

#include "duo/image.h"
#include "fail.h"
#include "file.h"

/* What the user wrote, and the option that it belongs to, for messages. */
struct duo_tool_word {
    const char *option;
    const char *text;
};

/** Decimal, 0x, 0o or 0b; at most @p max. */
bool duo_tool_parse_number(struct duo_tool_word word, uint32_t max,
                           uint32_t *value, struct duo_tool_error *error);

/** "1.2.3+4"; all but the first part may be left out. */
bool duo_tool_parse_version(struct duo_tool_word word,
                            struct duo_version *version,
                            struct duo_tool_error *error);

/** "(1, 1.2.3+0), (0, 2.0)": image number and least version. */
bool duo_tool_parse_dependencies(
    const char *text,
    struct duo_dependency dependencies[DUO_IMAGE_DEPENDENCIES_MAX],
    size_t *count, struct duo_tool_error *error);

/** "app" or "net". */
bool duo_tool_parse_core(const char *text, enum duo_core *core,
                         struct duo_tool_error *error);

/** "0x" and an even number of hexadecimal digits, or any text. Appends. */
bool duo_tool_parse_tlv_value(const char *text, struct duo_tool_buffer *value,
                              struct duo_tool_error *error);

/** Lower-case hexadecimal digits and a 0; @p text has 2 * len + 1 bytes. */
void duo_tool_format_hex(struct duo_bytes bytes, char *text);

#endif
