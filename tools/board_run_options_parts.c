/* SPDX-License-Identifier: MIT */
/* Options of `duoboot board run` whose words have parts. */
#include "board_run_options_parts.h"

#include <string.h>

#include "board_boot_options.h"
#include "board_run_words.h"

#define PRESS_NS 100000000U

uint64_t duo_run_option_time(struct duo_tool_word word,
                             struct argp_state *state)
{
    struct duo_tool_error error;
    uint64_t ns = 0;

    if (!duo_run_parse_duration(word, &ns, &error)) {
        argp_error(state, "%s", error.text);
    }
    return ns;
}

static uint32_t parse_number(struct duo_tool_word word, uint32_t max,
                             struct argp_state *state)
{
    struct duo_tool_error error;
    uint32_t value = 0;

    if (!duo_tool_parse_number(word, max, &value, &error)) {
        argp_error(state, "%s", error.text);
    }
    return value;
}

static bool parse_where(const char *where, struct duo_port_config *config,
                        struct argp_state *state)
{
    *config = (struct duo_port_config){.kind = DUO_PORT_STDIO};
    if (strcmp(where, "none") == 0) {
        config->kind = DUO_PORT_NONE;
    } else if (strcmp(where, "pty") == 0) {
        config->kind = DUO_PORT_PTY;
    } else if (strncmp(where, "tcp:", 4) == 0) {
        config->kind = DUO_PORT_TCP;
        config->number = (uint16_t)parse_number(
            (struct duo_tool_word){"--uart tcp", where + 4}, UINT16_MAX, state);
    } else if (strncmp(where, "udp:", 4) == 0) {
        config->kind = DUO_PORT_UDP;
        config->number = (uint16_t)parse_number(
            (struct duo_tool_word){"--uart udp", where + 4}, UINT16_MAX, state);
    } else if (strncmp(where, "file:", 5) == 0 && where[5] != '\0') {
        config->kind = DUO_PORT_FILE;
        config->path = where + 5;
    } else {
        return strcmp(where, "stdio") == 0;
    }
    return true;
}

/* UDP speaks SLIP, which the consoles do not; the link has no lines to show. */
static bool may_be(enum duo_vb_uart uart, enum duo_port_kind kind)
{
    return uart == DUO_VB_UART_LINK ? kind != DUO_PORT_STDIO
                                    : kind != DUO_PORT_UDP;
}

void duo_run_option_uart(struct duo_run_options *options, const char *arg,
                         struct argp_state *state)
{
    static const char *const names[DUO_VB_UART_COUNT] = {
        [DUO_VB_UART_APP] = "app=",
        [DUO_VB_UART_NET] = "net=",
        [DUO_VB_UART_LINK] = "link=",
    };

    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        size_t len_bytes = strlen(names[i]);
        if (strncmp(arg, names[i], len_bytes) == 0 &&
            parse_where(arg + len_bytes, &options->ports[i], state) &&
            may_be((enum duo_vb_uart)i, options->ports[i].kind)) {
            return;
        }
    }
    argp_error(state,
               "--uart: '%s' is not app= or net= and stdio, pty, tcp:PORT, "
               "file:PATH or none, or link= and pty, tcp:PORT, udp:PORT, "
               "file:PATH or none",
               arg);
}

static struct duo_run_event *add_event(struct duo_run_options *options,
                                       struct argp_state *state)
{
    if (options->event_count == DUO_RUN_EVENT_COUNT_MAX) {
        argp_error(state, "at most %u inputs, presses and resets",
                   DUO_RUN_EVENT_COUNT_MAX);
        options->event_count--; /* argp_error() does not return here. */
    }
    options->events[options->event_count] = (struct duo_run_event){0};
    return &options->events[options->event_count++];
}

void duo_run_option_input(struct duo_run_options *options,
                          enum duo_vb_uart uart, const char *arg,
                          struct argp_state *state)
{
    const char *option = uart == DUO_VB_UART_APP ? "--input" : "--input-net";
    struct duo_run_event *event = add_event(options, state);
    struct duo_tool_error error;
    char text[4096];

    event->kind = DUO_RUN_INPUT;
    event->uart = uart;
    if (!duo_run_split_time((struct duo_tool_word){option, arg},
                            (struct duo_run_text){text, sizeof(text)},
                            &event->time_ns, &error) ||
        !duo_run_parse_escapes((struct duo_tool_word){option, text},
                               &event->bytes, &error)) {
        argp_error(state, "%s", error.text);
    }
}

void duo_run_option_press(struct duo_run_options *options, const char *arg,
                          struct argp_state *state)
{
    static const char option[] = "--press";
    struct duo_run_event *press = add_event(options, state);
    struct duo_run_event *release = add_event(options, state);
    uint64_t held_ns = PRESS_NS;
    const char *colon = strchr(arg, ':');
    char word[64];

    /* "1@2s" as it is, or the part before the colon of "1@2s:300ms". */
    if ((size_t)snprintf(word, sizeof(word), "%.*s",
                         colon != NULL ? (int)(colon - arg) : (int)strlen(arg),
                         arg) >= sizeof(word) ||
        word[0] < '1' || word[0] > '0' + (int)DUO_VB_BUTTON_COUNT ||
        word[1] != '@') {
        argp_error(state,
                   "--press: '%s' is not a button from 1 to %u and a time, "
                   "such as 1@2s or 1@2s:300ms",
                   arg, DUO_VB_BUTTON_COUNT);
    }
    press->kind = DUO_RUN_PRESS;
    press->button_index = (unsigned)(word[0] - '1');
    press->time_ns =
        duo_run_option_time((struct duo_tool_word){option, word + 2}, state);
    if (colon != NULL) {
        held_ns = duo_run_option_time((struct duo_tool_word){option, colon + 1},
                                      state);
    }
    release->kind = DUO_RUN_RELEASE;
    release->button_index = press->button_index;
    release->time_ns = press->time_ns + held_ns;
}

void duo_run_option_at(struct duo_run_options *options,
                       enum duo_run_event_kind kind, struct duo_tool_word word,
                       struct argp_state *state)
{
    struct duo_run_event *event = add_event(options, state);

    event->kind = kind;
    event->time_ns = duo_run_option_time(word, state);
}

void duo_run_option_cut_kind(struct duo_run_options *options, const char *arg,
                             struct argp_state *state)
{
    char word[32];
    const struct duo_board_word *row;

    (void)snprintf(word, sizeof(word), "%s", arg);
    for (char *at = word; *at != '\0'; at++) {
        if (*at == '_') {
            *at = '-';
        }
    }
    row = duo_board_word_find(duo_board_cut_words, word);
    if (row == NULL) {
        argp_error(state,
                   "'%s' is not one of before, torn, garbage, partial-erase, "
                   "after",
                   arg);
        return;
    }
    options->has_cut_kind = true;
    options->cut_kind = (enum duo_sim_cut_kind)row->value;
}

void duo_run_option_cut(struct duo_run_options *options, const char *arg,
                        struct argp_state *state)
{
    static const char option[] = "--cut-at";
    const char *begin = strncmp(arg, "op:", 3) == 0 ? arg + 3 : arg;
    const char *colon = strchr(begin, ':');
    char word[64];

    (void)snprintf(word, sizeof(word), "%.*s",
                   colon != NULL ? (int)(colon - begin) : (int)strlen(begin),
                   begin);
    if (colon != NULL) {
        duo_run_option_cut_kind(options, colon + 1, state);
    }
    if (strcmp(word, "random") == 0) {
        options->cut_at = DUO_RUN_CUT_RANDOM;
    } else if (begin == arg && duo_run_is_duration(word)) {
        options->cut_at = DUO_RUN_CUT_TIME;
        options->cut_ns =
            duo_run_option_time((struct duo_tool_word){option, word}, state);
    } else {
        options->cut_at = DUO_RUN_CUT_OP;
        options->cut_op_index = parse_number(
            (struct duo_tool_word){option, word}, UINT32_MAX, state);
        if (options->cut_op_index == 0) {
            argp_error(state, "--cut-at: operations are counted from 1");
        }
    }
}
