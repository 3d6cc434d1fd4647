/* SPDX-License-Identifier: MIT */
/* The boot loader's log; see appboot.h. */
#include "appboot.h"

#define LINE_BYTES 192U
#define MS_PER_S   1000U
#define DECIMAL    10U

/* @p digits digits of @p number, with zeros in front. */
static void put_digits(struct appboot *boot, uint32_t number, unsigned digits)
{
    char text[DECIMAL + 1U];

    text[digits] = '\0';
    for (unsigned i = digits; i > 0; i--) {
        text[i - 1U] = (char)('0' + number % DECIMAL);
        number /= DECIMAL;
    }
    duo_uarte_puts(&boot->uart, text);
}

void appboot_log_pair(struct appboot *boot, const char *label, const char *text)
{
    uint64_t time_us = boot->timer.clock.now_us(&boot->timer.clock);
    /* By 8 and 125, so that 9 hours need no division of 64 bits. */
    uint32_t time_ms = (uint32_t)(time_us >> 3) / 125U;

    duo_uarte_puts(&boot->uart, "[");
    put_digits(boot, time_ms / MS_PER_S, 3);
    duo_uarte_puts(&boot->uart, ".");
    put_digits(boot, time_ms % MS_PER_S, 3);
    duo_uarte_puts(&boot->uart, "] ");
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
