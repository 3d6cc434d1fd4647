/* SPDX-License-Identifier: MIT */
/* Commands of the program that controls the board. What is wrong with one is
 * told, and names the field; the run goes on. */
#include <string.h>

#include "board_control_parts.h"
#include "board_run.h"

static void do_hello(struct duo_control *control, const json_t *command)
{
    (void)command;
    (void)duo_control_put(&control->out, duo_control_hello_json(control));
}

static void do_state(struct duo_control *control, const json_t *command)
{
    (void)command;
    (void)duo_control_put(&control->out, duo_control_state_json(control));
}

/* The number of the UART, or DUO_VB_UART_COUNT. */
static unsigned uart_of(const json_t *name)
{
    static const char *const names[DUO_VB_UART_COUNT] = {
        [DUO_VB_UART_APP] = "app",
        [DUO_VB_UART_NET] = "net",
        [DUO_VB_UART_LINK] = "link",
    };
    const char *text = json_is_string(name) ? json_string_value(name) : "";
    unsigned uart = 0;

    while (uart < DUO_VB_UART_COUNT && strcmp(names[uart], text) != 0) {
        uart++;
    }
    return uart;
}

/* Bytes for a board without power are lost, as on a real one. */
static void type(struct duo_control *control, unsigned uart,
                 struct duo_bytes bytes)
{
    struct duo_tool_buffer *typed = &control->uarts[uart].typed;
    size_t room_bytes = DUO_CONTROL_TYPED_BYTES_MAX - typed->len_bytes;

    if (!duo_vb_has_power(control->run->vb)) {
        return;
    }
    if (bytes.len_bytes > room_bytes) {
        duo_control_error(control,
                          "\"data\": the last %zu bytes were dropped, since "
                          "%u wait for the UART already.",
                          bytes.len_bytes - room_bytes,
                          DUO_CONTROL_TYPED_BYTES_MAX);
        bytes.len_bytes = room_bytes;
    }
    duo_tool_buffer_append(typed, bytes);
}

static void do_uart(struct duo_control *control, const json_t *command)
{
    unsigned uart = uart_of(json_object_get(command, "uart"));
    const json_t *data = json_object_get(command, "data");
    struct duo_tool_buffer bytes = {0};

    if (uart == DUO_VB_UART_COUNT) {
        duo_control_error(control,
                          "\"uart\" must be \"app\", \"net\" or \"link\".");
    } else if (!json_is_string(data)) {
        duo_control_error(control, "\"data\" must be a string of base64.");
    } else if (!duo_control_base64_parse(json_string_value(data), &bytes)) {
        duo_control_error(control, "\"data\" is not base64 with its padding.");
    } else {
        type(control, uart, duo_tool_buffer_view(&bytes));
    }
    duo_tool_buffer_free(&bytes);
}

static void do_button(struct duo_control *control, const json_t *command)
{
    const json_t *button = json_object_get(command, "button");
    const json_t *pressed = json_object_get(command, "pressed");
    json_int_t index =
        json_is_integer(button) ? json_integer_value(button) : -1;

    if (index < 0 || index >= (json_int_t)DUO_VB_BUTTON_COUNT) {
        duo_control_error(control, "\"button\" must be a number from 0 to %u.",
                          DUO_VB_BUTTON_COUNT - 1U);
    } else if (!json_is_boolean(pressed)) {
        duo_control_error(control, "\"pressed\" must be true or false.");
    } else {
        control->is_pressed[index] = json_is_true(pressed);
        duo_vb_button(control->run->vb, (unsigned)index, json_is_true(pressed));
    }
}

static void do_reset(struct duo_control *control, const json_t *command)
{
    (void)command;
    duo_vb_reset_pin(control->run->vb);
}

/* What a power cut leaves is saved at once: whoever kills this process later
 * loses little. */
static void switch_off(struct duo_control *control)
{
    struct duo_tool_error error;

    duo_vb_power_off(control->run->vb);
    duo_control_power(control);
    if (!duo_run_save(control->run, &error)) {
        duo_control_error(control, "The board was not saved: %s.", error.text);
    }
}

/* In answer to a switch that is there already the event comes, too. */
static void do_power(struct duo_control *control, const json_t *command)
{
    const json_t *on = json_object_get(command, "on");
    struct duo_vb *vb = control->run->vb;

    if (!json_is_boolean(on)) {
        duo_control_error(control, "\"on\" must be true or false.");
    } else if (json_is_false(on) && duo_vb_has_power(vb)) {
        switch_off(control);
    } else {
        if (json_is_true(on) && !duo_vb_has_power(vb)) {
            duo_vb_power_on(vb, NULL);
        }
        duo_control_power(control);
    }
}

static const struct {
    const char *type;
    void (*act)(struct duo_control *control, const json_t *command);
} rows[] = {
    {"hello",  do_hello },
    {"state",  do_state },
    {"uart",   do_uart  },
    {"button", do_button},
    {"reset",  do_reset },
    {"power",  do_power },
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static void act(struct duo_control *control, const json_t *command)
{
    const json_t *type = json_object_get(command, "type");
    const char *text = json_is_string(type) ? json_string_value(type) : "";

    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strcmp(rows[i].type, text) == 0) {
            rows[i].act(control, command);
            return;
        }
    }
    duo_control_error(control,
                      "\"type\" must be \"hello\", \"state\", \"uart\", "
                      "\"button\", \"reset\" or \"power\".");
}

void duo_control_command(struct duo_control *control, struct duo_bytes line)
{
    json_error_t error;
    json_t *command;

    /* Between commands there may be empty lines. */
    if (line.len_bytes == 0 || (line.len_bytes == 1 && line.data[0] == '\r')) {
        return;
    }
    command = json_loadb((const char *)line.data, line.len_bytes,
                         JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(command)) {
        act(control, command);
    } else if (command != NULL) {
        duo_control_error(control, "A command must be a JSON object.");
    } else {
        duo_control_error(control, "A command is no JSON, from its byte %d on.",
                          error.position);
    }
    json_decref(command);
}
