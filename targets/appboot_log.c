/* SPDX-License-Identifier: MIT */
/* The boot loader's log; see appboot.h. */
#include "appboot.h"

#define LINE_BYTES 192U
#define STAMP_LAST 7U /* The last digit of seconds and milliseconds. */
#define DECIMAL    10U

void appboot_log_pair(struct appboot *boot, const char *label, const char *text)
{
    char stamp[] = "[000.000] ";
    uint64_t time_us = boot->timer.clock.now_us(&boot->timer.clock);
    /* By 8 and 125, so that 9 hours need no division of 64 bits. */
    uint32_t time_ms = (uint32_t)(time_us >> 3) / 125U;

    for (unsigned i = STAMP_LAST; i > 0; i--) {
        if (stamp[i] != '.') {
            stamp[i] = (char)('0' + time_ms % DECIMAL);
            time_ms /= DECIMAL;
        }
    }
    duo_uarte_puts(&boot->uart, stamp);
    duo_uarte_puts(&boot->uart, label);
    duo_uarte_puts(&boot->uart, text);
    duo_uarte_puts(&boot->uart, "\r\n");
}

void appboot_log(struct appboot *boot, const char *text)
{
    appboot_log_pair(boot, "", text);
}

void appboot_log_event(struct appboot *boot, const struct duo_event *event)
{
    char text[LINE_BYTES];

    duo_event_format(event, text, sizeof(text));
    appboot_log(boot, text);
}
