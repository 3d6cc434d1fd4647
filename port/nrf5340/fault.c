/* SPDX-License-Identifier: MIT */
/* A fault as text; see fault.h. */
#include "fault.h"

#include <stddef.h>

#define NIBBLES     8U
#define NIBBLE_BITS 4U

struct text {
    char *chars;
    size_t at_bytes;
};

static void append(struct text *text, const char *more)
{
    while (*more != '\0' && text->at_bytes + 1U < DUO_FAULT_TEXT_BYTES) {
        text->chars[text->at_bytes++] = *more++;
    }
    text->chars[text->at_bytes] = '\0';
}

static void append_word(struct text *text, const char *label, uint32_t word)
{
    char digits[NIBBLES + 1U];

    for (uint32_t i = 0; i < NIBBLES; i++) {
        uint32_t nibble = word >> ((NIBBLES - 1U - i) * NIBBLE_BITS) & 0xFU;
        digits[i] = (char)(nibble < 10U ? '0' + nibble : 'a' - 10U + nibble);
    }
    digits[NIBBLES] = '\0';
    append(text, label);
    append(text, digits);
}

void duo_fault_format(const struct duo_fault *fault,
                      char text[DUO_FAULT_TEXT_BYTES])
{
    struct text out = {text, 0};

    append_word(&out, "fault 0x", fault->exception);
    append_word(&out, " pc 0x", fault->pc);
    append_word(&out, " lr 0x", fault->lr);
    append_word(&out, " cfsr 0x", fault->cfsr);
    append_word(&out, " hfsr 0x", fault->hfsr);
    append_word(&out, " addr 0x", fault->fault_addr);
}
