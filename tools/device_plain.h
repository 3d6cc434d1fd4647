/* SPDX-License-Identifier: MIT */
/* Text of a device, made harmless for a terminal: colours and other control
 * sequences are taken out, lines end as ours do. */
#ifndef DUO_TOOLS_DEVICE_PLAIN_H
#define DUO_TOOLS_DEVICE_PLAIN_H

#include <jansson.h>

#include "file.h"

/* All zero at the beginning; kept from piece to piece. */
struct duo_plain {
    unsigned state;
};

/** Append what is left of @p text to @p out. */
void duo_plain_add(struct duo_plain *plain, struct duo_bytes text,
                   struct duo_tool_buffer *out);

/** As a JSON string; what is no UTF-8 becomes question marks. */
json_t *duo_plain_json(struct duo_bytes text);

#endif
