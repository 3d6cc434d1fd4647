/* SPDX-License-Identifier: MIT */
/* A fault of a demo; see demo_fault.h. */
#include "demo_fault.h"

#include <string.h>

#include "cpu.h"

static const char line_end[] = "\r\n";
#define LINE_END_BYTES (sizeof(line_end) - 1U)

_Noreturn void demo_fault_end(const struct duo_fault *fault,
                              const struct duo_uarte_config *uart)
{
    /* In RAM, as EasyDMA wants it. */
    char text[LINE_END_BYTES + DUO_FAULT_TEXT_BYTES + LINE_END_BYTES];
    struct duo_bytes words = {(const uint8_t *)text, 0};

    memcpy(text, line_end, LINE_END_BYTES);
    duo_fault_format(fault, text + LINE_END_BYTES);
    words.len_bytes = strlen(text);
    memcpy(text + words.len_bytes, line_end, LINE_END_BYTES);
    words.len_bytes += LINE_END_BYTES;
    duo_uarte_emergency(uart, words);
    duo_cpu_reset();
}
