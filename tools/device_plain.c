/* SPDX-License-Identifier: MIT */
/* Harmless text; see device_plain.h. */
#include "device_plain.h"

#define ESCAPE 0x1BU

enum { STATE_TEXT, STATE_ESCAPE, STATE_SEQUENCE };

static bool is_kept(uint8_t byte)
{
    return (byte >= 0x20U && byte != 0x7FU) || byte == '\n' || byte == '\t';
}

void duo_plain_add(struct duo_plain *plain, struct duo_bytes text,
                   struct duo_tool_buffer *out)
{
    for (size_t i = 0; i < text.len_bytes; i++) {
        uint8_t byte = text.data[i];

        if (byte == ESCAPE) {
            plain->state = STATE_ESCAPE;
        } else if (plain->state == STATE_ESCAPE) {
            plain->state = byte == '[' ? STATE_SEQUENCE : STATE_TEXT;
        } else if (plain->state == STATE_SEQUENCE) {
            /* A letter ends it; so does a control character, for safety. */
            if (byte < 0x20U || byte >= 0x40U) {
                plain->state = STATE_TEXT;
            }
        } else if (is_kept(byte)) {
            duo_tool_buffer_fill(out, byte, 1);
        }
    }
}

json_t *duo_plain_json(struct duo_bytes text)
{
    json_t *string = json_stringn((const char *)text.data, text.len_bytes);
    struct duo_tool_buffer ascii = {0};

    if (string != NULL) {
        return string;
    }
    for (size_t i = 0; i < text.len_bytes; i++) {
        duo_tool_buffer_fill(
            &ascii, text.data[i] < 0x80U ? text.data[i] : (uint8_t)'?', 1);
    }
    string = json_stringn(ascii.len_bytes == 0 ? "" : (const char *)ascii.data,
                          ascii.len_bytes);
    duo_tool_buffer_free(&ascii);
    return string;
}
