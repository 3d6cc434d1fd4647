/* SPDX-License-Identifier: MIT */
/* Text that is put together from the left and never overflows: the demos need
 * no printf, which would be larger than all the rest of netdemo. */
#ifndef DUO_DEMO_TEXT_H
#define DUO_DEMO_TEXT_H

#include <stdint.h>

#include "duo/image.h"

/* Longest line that the demos write. */
#define DEMO_LINE_BYTES 160U

struct demo_text {
    char words[DEMO_LINE_BYTES]; /* Always terminated. */
    uint32_t len_bytes;          /* Without the terminator. */
};

void demo_text_clear(struct demo_text *text);
void demo_put(struct demo_text *text, const char *words);
void demo_put_char(struct demo_text *text, char letter);
/** Decimal, filled with @p fill on the left up to @p columns_min. */
struct demo_number_format {
    uint32_t columns_min; /* At most 10. */
    char fill;
};
void demo_put_number(struct demo_text *text, uint32_t value,
                     struct demo_number_format format);
void demo_put_decimal(struct demo_text *text, uint32_t value);
void demo_put_hex_byte(struct demo_text *text, uint8_t value);
void demo_put_version(struct demo_text *text,
                      const struct duo_version *version);
/** "[    1.234] ", as every line of a log begins. */
void demo_put_time(struct demo_text *text, uint64_t now_us);

#endif
