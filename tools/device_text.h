/* SPDX-License-Identifier: MIT */
/* Numbers and names as the device verbs print them; colours. */
#ifndef DUO_TOOLS_DEVICE_TEXT_H
#define DUO_TOOLS_DEVICE_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include "calls.h"

enum duo_paint {
    DUO_PAINT_NONE,
    DUO_PAINT_GOOD,
    DUO_PAINT_CARE,
    DUO_PAINT_BAD,
};

/** The control sequence that begins this colour, or ends it; empty unless
 * @p out is a terminal and the user has not set NO_COLOR. */
const char *duo_paint(FILE *out, enum duo_paint paint);

#define DUO_TEXT_BYTES 32U

/** "61,440". */
void duo_text_count(char text[DUO_TEXT_BYTES], uint64_t value);
/** "956 KB", "61.5 KB", "12 B". */
void duo_text_size(char text[DUO_TEXT_BYTES], uint64_t bytes);
/** "0.3 s", "12 s", "4:05 min". */
void duo_text_time(char text[DUO_TEXT_BYTES], uint64_t us);

/** "application", "network" or "image 2". */
void duo_text_core(char text[DUO_TEXT_BYTES], uint32_t image_index);

/* Enough for a hash of 64 bytes. */
#define DUO_TEXT_HASH_BYTES 129U
/** The whole digest in hexadecimal digits. */
void duo_text_hash(char text[DUO_TEXT_HASH_BYTES],
                   const struct duo_client_image *image);

#endif
