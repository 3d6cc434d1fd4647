/* SPDX-License-Identifier: MIT */
/* Text of the demos; see demo_text.h. */
#include "demo_text.h"

#define DIGITS_MAX 10U /* Of a 32-bit number. */

void demo_text_clear(struct demo_text *text)
{
    text->len_bytes = 0;
    text->words[0] = '\0';
}

void demo_put_char(struct demo_text *text, char letter)
{
    if (text->len_bytes + 1U < DEMO_LINE_BYTES) {
        text->words[text->len_bytes++] = letter;
        text->words[text->len_bytes] = '\0';
    }
}

void demo_put(struct demo_text *text, const char *words)
{
    while (*words != '\0') {
        demo_put_char(text, *words++);
    }
}

void demo_put_number(struct demo_text *text, uint32_t value,
                     struct demo_number_format format)
{
    char digits[DIGITS_MAX];
    uint32_t count = 0;

    do {
        digits[count++] = (char)('0' + value % 10U);
        value /= 10U;
    } while (value != 0);
    for (uint32_t i = count; i < format.columns_min; i++) {
        demo_put_char(text, format.fill);
    }
    while (count > 0) {
        demo_put_char(text, digits[--count]);
    }
}

void demo_put_decimal(struct demo_text *text, uint32_t value)
{
    demo_put_number(text, value, (struct demo_number_format){0, ' '});
}

void demo_put_hex_byte(struct demo_text *text, uint8_t value)
{
    static const char digits[] = "0123456789abcdef";

    demo_put_char(text, digits[value >> 4]);
    demo_put_char(text, digits[value & 15U]);
}

void demo_put_version(struct demo_text *text, const struct duo_version *version)
{
    char words[32];

    duo_version_format(version, words);
    demo_put(text, words);
}

void demo_put_time(struct demo_text *text, uint64_t now_us)
{
    uint32_t now_ms = (uint32_t)(now_us / 1000U);

    demo_put(text, "[");
    demo_put_number(text, now_ms / 1000U, (struct demo_number_format){5, ' '});
    demo_put(text, ".");
    demo_put_number(text, now_ms % 1000U, (struct demo_number_format){3, '0'});
    demo_put(text, "] ");
}
