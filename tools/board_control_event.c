/* SPDX-License-Identifier: MIT */
/* What the program that controls the board is told. Events of one kind have a
 * least time between two messages, so that a board that runs as fast as it can
 * does not drown its reader; what happens meanwhile is told together. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "board_control_parts.h"
#include "board_run.h"

/* Wall time between two messages. */
#define UART_NS  2000000U
#define FLASH_NS 20000000U
#define LED_NS   10000000U
/* In one message. */
#define SAID_BYTES_MAX 4096U

static const char *const uart_names[DUO_VB_UART_COUNT] = {
    [DUO_VB_UART_APP] = "app",
    [DUO_VB_UART_NET] = "net",
    [DUO_VB_UART_LINK] = "link",
};

uint64_t duo_control_wall_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

json_int_t duo_control_time_us(const struct duo_control *control)
{
    return (json_int_t)(duo_run_now_ns(control->run) / 1000U);
}

json_t *duo_control_text_json(const char *text)
{
    json_t *json = json_string(text);
    char plain[256];

    if (json != NULL) {
        return json;
    }
    (void)snprintf(plain, sizeof(plain), "%s", text);
    for (char *at = plain; *at != '\0'; at++) {
        if ((unsigned char)*at >= 0x80U) {
            *at = '?';
        }
    }
    return json_string(plain);
}

void duo_control_error(struct duo_control *control, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    (void)duo_control_put(&control->out,
                          json_pack("{s:s, s:o}", "type", "error", "text",
                                    duo_control_text_json(text)));
}

static json_t *leds_json(const struct duo_control *control)
{
    json_t *leds = json_array();

    for (unsigned i = 0; i < DUO_VB_LED_COUNT; i++) {
        (void)json_array_append_new(leds, json_boolean(control->leds[i].is_on));
    }
    return leds;
}

static json_t *buttons_json(const struct duo_control *control)
{
    json_t *buttons = json_array();

    for (unsigned i = 0; i < DUO_VB_BUTTON_COUNT; i++) {
        (void)json_array_append_new(buttons,
                                    json_boolean(control->is_pressed[i]));
    }
    return buttons;
}

json_t *duo_control_state_json(struct duo_control *control)
{
    return json_pack("{s:s, s:I, s:b, s:o, s:o, s:o}", "type", "state",
                     "time_us", duo_control_time_us(control), "power",
                     (int)duo_vb_has_power(control->run->vb), "leds",
                     leds_json(control), "buttons", buttons_json(control),
                     "fill", duo_control_fill_json(control));
}

/* --- What happens ---------------------------------------------------------- */

static void tell_uart(struct duo_control *control, enum duo_vb_uart uart)
{
    struct duo_control_uart *from = &control->uarts[uart];

    if (from->said.len_bytes == 0) {
        return;
    }
    (void)duo_control_put(
        &control->out,
        json_pack("{s:s, s:I, s:s, s:o}", "type", "uart", "time_us",
                  (json_int_t)(from->said_ns / 1000U), "uart", uart_names[uart],
                  "data",
                  duo_control_base64_json(duo_tool_buffer_view(&from->said))));
    from->said.len_bytes = 0;
}

void duo_control_byte(struct duo_control *control, enum duo_vb_uart uart,
                      uint64_t time_ns, uint8_t byte)
{
    struct duo_control_uart *from = &control->uarts[uart];

    if (!control->is_open) {
        return;
    }
    if (from->said.len_bytes == 0) {
        from->said_ns = time_ns;
    }
    duo_tool_buffer_fill(&from->said, byte, 1);
    if (from->said.len_bytes >= SAID_BYTES_MAX) {
        tell_uart(control, uart);
    }
}

void duo_control_light(struct duo_control *control, unsigned led_index, bool on,
                       uint64_t time_ns)
{
    struct duo_control_led *led = &control->leds[led_index];

    if (control->is_open) {
        led->is_on = on;
        led->changed_ns = time_ns;
    }
}

static void tell_led(struct duo_control *control, unsigned led_index)
{
    struct duo_control_led *led = &control->leds[led_index];

    if (led->is_on == led->is_on_told) {
        return;
    }
    led->is_on_told = led->is_on;
    (void)duo_control_put(
        &control->out,
        json_pack("{s:s, s:I, s:i, s:b}", "type", "led", "time_us",
                  (json_int_t)(led->changed_ns / 1000U), "led", (int)led_index,
                  "on", (int)led->is_on));
}

void duo_control_note(struct duo_control *control, uint64_t time_ns,
                      const char *text)
{
    if (!control->is_open) {
        return;
    }
    /* What was printed before it comes before it. */
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        tell_uart(control, (enum duo_vb_uart)i);
    }
    (void)duo_control_put(&control->out,
                          json_pack("{s:s, s:I, s:o}", "type", "note",
                                    "time_us", (json_int_t)(time_ns / 1000U),
                                    "text", duo_control_text_json(text)));
}

void duo_control_power(struct duo_control *control)
{
    bool is_on;

    if (!control->is_open) {
        return;
    }
    is_on = duo_vb_has_power(control->run->vb);
    for (unsigned i = 0; !is_on && i < DUO_VB_UART_COUNT; i++) {
        control->uarts[i].typed.len_bytes = 0; /* Lost with the power. */
    }
    /* Weak pages may have decayed. */
    duo_control_flash_compare(control);
    duo_control_flush(control, UINT64_MAX);
    (void)duo_control_put(&control->out,
                          json_pack("{s:s, s:I, s:b}", "type", "power",
                                    "time_us", duo_control_time_us(control),
                                    "on", (int)is_on));
}

/* --- When it is told ------------------------------------------------------- */

static bool is_due(uint64_t now_ns, uint64_t *due_ns, uint64_t pause_ns)
{
    if (now_ns < *due_ns) {
        return false;
    }
    *due_ns =
        (now_ns == UINT64_MAX ? duo_control_wall_ns() : now_ns) + pause_ns;
    return true;
}

static void tell_time(struct duo_control *control, uint64_t now_ns)
{
    if (now_ns != UINT64_MAX && duo_vb_has_power(control->run->vb) &&
        is_due(now_ns, &control->time_due_ns, DUO_CONTROL_TIME_NS)) {
        (void)duo_control_put(&control->out,
                              json_pack("{s:s, s:I}", "type", "time", "time_us",
                                        duo_control_time_us(control)));
    }
}

void duo_control_flush(struct duo_control *control, uint64_t now_ns)
{
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        struct duo_control_uart *uart = &control->uarts[i];
        if (uart->said.len_bytes > 0 &&
            is_due(now_ns, &uart->due_ns, UART_NS)) {
            tell_uart(control, (enum duo_vb_uart)i);
        }
    }
    if (control->has_touched &&
        is_due(now_ns, &control->flash_due_ns, FLASH_NS)) {
        duo_control_flash_flush(control);
    }
    for (unsigned i = 0; i < DUO_VB_LED_COUNT; i++) {
        struct duo_control_led *led = &control->leds[i];
        if (led->is_on != led->is_on_told &&
            is_due(now_ns, &led->due_ns, LED_NS)) {
            tell_led(control, i);
        }
    }
    tell_time(control, now_ns);
}
