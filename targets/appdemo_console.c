/* SPDX-License-Identifier: MIT */
/* Log and line editor on UART0; see appdemo.h. */
#include "appdemo.h"

#include <string.h>

#include "dk.h"
#include "nrf5340.h"

const struct duo_uarte_config appdemo_emergency_uart = {
    .base_addr = NRF_UARTE0_S_BASE,
    .port0_addr = NRF_P0_S_BASE,
    .pin_tx = DUO_DK_UART0_TX,
    .pin_rx = DUO_PIN_NONE,
};

void appdemo_console_init(struct appdemo_console *console,
                          const struct duo_clock *clock, uint32_t baud)
{
    const struct duo_uarte_counter counter = {NRF_TIMER1_S_BASE,
                                              NRF_DPPIC_S_BASE, 0};
    struct duo_uarte_config config = appdemo_emergency_uart;

    config.baud = baud;
    console->clock = clock;
    config.pin_rx = DUO_DK_UART0_RX;
    config.tx_ring = console->tx_ring;
    config.tx_bytes = APPDEMO_TX_BYTES;
    config.rx_ring = console->rx_ring;
    config.rx_bytes = APPDEMO_RX_BYTES;
    duo_uarte_init(&console->uart, &config);
    duo_uarte_stream(&console->uart, &counter);
    duo_uarte_enable_interrupt(&console->uart);
}

static void put_prompt(struct appdemo_console *console)
{
    duo_uarte_puts(&console->uart, APPDEMO_PROMPT);
    duo_uarte_write(
        &console->uart,
        (struct duo_bytes){(const uint8_t *)console->line, console->len_bytes});
}

void appdemo_console_prompt(struct appdemo_console *console)
{
    console->prompted = true;
    put_prompt(console);
}

static void capture(struct duo_smp_shell *shell, const char *words)
{
    while (*words != '\0' && shell->output_bytes < shell->output_room_bytes) {
        shell->output[shell->output_bytes++] = *words++;
    }
}

void appdemo_print(struct appdemo_console *console, const char *words)
{
    if (console->capture != NULL) {
        capture(console->capture, words);
        capture(console->capture, "\n");
        return;
    }
    duo_uarte_puts(&console->uart, words);
    duo_uarte_puts(&console->uart, "\r\n");
}

static void keep_log(struct appdemo_console *console, const char *words)
{
    for (; *words != '\0'; words++) {
        console->log_ring[console->log_count % APPDEMO_LOG_BYTES] =
            (uint8_t)*words;
        console->log_count++;
    }
}

void appdemo_log(struct appdemo_console *console, const char *words)
{
    struct demo_text text;

    demo_text_clear(&text);
    demo_put_time(&text, console->clock->now_us(console->clock));
    demo_put(&text, "app: ");
    demo_put(&text, words);
    keep_log(console, text.words);
    keep_log(console, "\n");
    if (console->prompted) {
        /* Spaces, not an escape sequence, cover what was there: a log that is
         * kept in a file stays plain text. */
        while (text.len_bytes <
               sizeof(APPDEMO_PROMPT) - 1U + console->len_bytes) {
            demo_put_char(&text, ' ');
        }
        duo_uarte_puts(&console->uart, "\r");
    }
    duo_uarte_puts(&console->uart, text.words);
    duo_uarte_puts(&console->uart, "\r\n");
    if (console->prompted) {
        put_prompt(console);
    }
}

static bool end_line(struct appdemo_console *console,
                     char line[APPDEMO_LINE_BYTES])
{
    memcpy(line, console->line, console->len_bytes);
    line[console->len_bytes] = '\0';
    console->len_bytes = 0;
    console->prompted = false;
    duo_uarte_puts(&console->uart, "\r\n");
    return true;
}

static void erase_letter(struct appdemo_console *console)
{
    if (console->len_bytes > 0) {
        console->len_bytes--;
        duo_uarte_puts(&console->uart, "\b \b");
    }
}

static void add_letter(struct appdemo_console *console, uint8_t letter)
{
    bool printable = letter >= (uint8_t)' ' && letter <= (uint8_t)'~';

    /* One byte stays free for the terminator. */
    if (printable && console->len_bytes + 1U < APPDEMO_LINE_BYTES) {
        console->line[console->len_bytes++] = (char)letter;
        duo_uarte_write(&console->uart, (struct duo_bytes){&letter, 1});
    }
}

bool appdemo_console_take(struct appdemo_console *console, uint8_t letter,
                          char line[APPDEMO_LINE_BYTES])
{
    bool ignored = letter == (uint8_t)'\n' && console->after_cr;

    console->after_cr = letter == (uint8_t)'\r';
    if (ignored) {
        return false;
    }
    if (letter == (uint8_t)'\r' || letter == (uint8_t)'\n') {
        return end_line(console, line);
    }
    if (letter == (uint8_t)'\b' || letter == 0x7FU) {
        erase_letter(console);
    } else {
        add_letter(console, letter);
    }
    return false;
}
