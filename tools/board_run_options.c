/* SPDX-License-Identifier: MIT */
/* Options of `duoboot board run`; see board_run_options.h. */
#include "board_run_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board_run_options_parts.h"
#include "board_run_words.h"

enum option_key {
    OPTION_UART = 256,
    OPTION_RAW,
    OPTION_INPUT,
    OPTION_INPUT_NET,
    OPTION_PRESS,
    OPTION_RESET_AT,
    OPTION_CYCLE_AT,
    OPTION_CUT_AT,
    OPTION_CUT_KIND,
    OPTION_SEED,
    OPTION_SPEED,
    OPTION_TRACE,
    OPTION_LENIENT,
    OPTION_NO_CHIP,
    OPTION_GDB,
    OPTION_GDB_WAIT,
    OPTION_CONTROL,
    OPTION_POWER,
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"load", 'l', "FILE[@ADDR]", 0, "Program an ELF, Intel HEX or raw file (with its address) before the start, as a programmer does; may be repeated", 0},
    {"time", 't', "TIME", 0, "End after this much virtual time (default: 60s; none if somebody uses the board: -i, --control, pty, tcp, udp, --gdb)", 1},
    {"until", 'u', "TEXT", 0, "End as soon as a UART has printed TEXT; repeated: all of them", 1},
    {"uart", OPTION_UART, "app|net|link=WHERE", 0, "Where a UART goes: stdio (default), pty, tcp:PORT, file:PATH or none; the link also udp:PORT, not stdio (default: none)", 2},
    {"raw", OPTION_RAW, NULL, 0, "Print what the UARTs say as it is, and nothing else", 2},
    {"quiet", 'q', NULL, 0, "Do not tell about LEDs, resets and power", 2},
    {"interactive", 'i', NULL, 0, "Type into the application's UART (default on a terminal); Ctrl-] ends", 3},
    {"control", OPTION_CONTROL, NULL, 0, "Another program has the board: JSON lines on standard input and output, see docs/VIRTUAL_BOARD.md; the end of the input ends the run", 3},
    {"power", OPTION_POWER, "on|off", 0, "With --control: start with the power on (default) or off", 3},
    {"input", OPTION_INPUT, "TEXT@TIME", 0, "Type TEXT into the application's UART at TIME; knows \\n, \\r, \\xNN", 3},
    {"input-net", OPTION_INPUT_NET, "TEXT@TIME", 0, "The same for the network core's UART", 3},
    {"press", OPTION_PRESS, "N@TIME[:TIME]", 0, "Press button 1 to 4, for 100ms or the second TIME", 3},
    {"reset-at", OPTION_RESET_AT, "TIME", 0, "Press the reset button", 3},
    {"power-cycle-at", OPTION_CYCLE_AT, "TIME", 0, "Switch off and on", 3},
    {"cut-at", OPTION_CUT_AT, "AT[:KIND]", 0, "Cut the power at a time (2.5s), at flash operation N, counted from 1, or at a random one (random)", 4},
    {"cut-kind", OPTION_CUT_KIND, "KIND", 0, "before, torn, garbage, partial-erase or after it (default: torn; random with a random N)", 4},
    {"seed", OPTION_SEED, "N", 0, "Of all randomness (default: made from the age of the board, so that a copy of DIR runs alike)", 4},
    {"remove-chip", OPTION_NO_CHIP, NULL, 0, "The external flash does not answer", 4},
    {"lenient", OPTION_LENIENT, NULL, 0, "Log what is not modelled, and go on", 4},
    {"speed", OPTION_SPEED, "X", 0, "Virtual seconds in a second; max or 0: as fast as possible (default: 1 if somebody uses the board, else max)", 5},
    {"gdb", OPTION_GDB, "PORT", 0, "Debugger of the application core on 127.0.0.1:PORT, of the network core on PORT+1; 0: any two", 6},
    {"gdb-wait", OPTION_GDB_WAIT, NULL, 0, "Start when a debugger has connected", 6},
    {"trace", OPTION_TRACE, "FILE", 0, "Write a line for each flash operation", 7},
    {"stats", 's', NULL, 0, "Tell what it cost: instructions, time, flash operations", 7},
    {"json", 'j', NULL, 0, "Print JSON, with all lines of the UARTs in it", 7},
    {0}};
/* clang-format on */

static const char doc[] =
    "Run the board DIR with the ARM firmware that is in its flashes: both "
    "Cortex-M33, the chip, the pins, on one virtual clock. The flashes are "
    "saved at the end, for the next run and for the other commands. Times are "
    "virtual and written 30s, 500ms, 20us or 2min; a run begins with the "
    "power being switched on.\v"
    "Ends with 0 if the time is over, the user ended it, or all of --until was "
    "seen; 9 if something of --until was not seen; 8 if the power was cut; 10 "
    "if the firmware used what the model does not know; 11 if it broke a rule "
    "of a flash.\n\n"
    "Examples:\n"
    "  duoboot board create dk --key release.pub.pem --app app.bin "
    "--net net.bin\n"
    "  duoboot board run dk --load appboot.elf --load netboot.elf\n"
    "  duoboot board stage dk net-1.1.0.bin\n"
    "  duoboot board run dk --until 'uart:~$' --stats\n"
    "  duoboot board run dk --time 20s --input 'reset\\n@5s' --press 1@0:3s\n"
    "  duoboot board run dk --cut-at random --seed 7; duoboot board run dk\n"
    "  duoboot board run dk --uart app=pty --uart net=tcp:4002\n"
    "  duoboot board run dk --uart link=udp:1337\n"
    "  duoboot board run dk --gdb 3333 --gdb-wait\n"
    "  my-rig | duoboot board run dk --control | my-log\n";

static void take_time(struct duo_run_options *options, const char *arg,
                      struct argp_state *state)
{
    options->has_time = true;
    options->time_ns =
        duo_run_option_time((struct duo_tool_word){"--time", arg}, state);
}

static void take_until(struct duo_run_options *options, const char *arg,
                       struct argp_state *state)
{
    if (options->until_count == DUO_RUN_UNTIL_COUNT_MAX) {
        argp_error(state, "--until: at most %u", DUO_RUN_UNTIL_COUNT_MAX);
    }
    if (arg[0] == '\0') {
        argp_error(state, "--until: there is no text");
    }
    options->until[options->until_count++] = arg;
}

static void take_load(struct duo_run_options *options, const char *arg,
                      struct argp_state *state)
{
    if (options->load_count == DUO_RUN_LOAD_COUNT_MAX) {
        argp_error(state, "--load: at most %u files", DUO_RUN_LOAD_COUNT_MAX);
    }
    options->loads[options->load_count++] = arg;
}

static void take_speed(struct duo_run_options *options, const char *arg,
                       struct argp_state *state)
{
    char *end;

    options->has_speed = true;
    options->speed = 0;
    if (strcmp(arg, "max") == 0) {
        return;
    }
    options->speed = strtod(arg, &end);
    if (end == arg || *end != '\0' || !isfinite(options->speed) ||
        options->speed < 0 || options->speed > 10000) {
        argp_error(state,
                   "--speed: '%s' is not max or a number from 0 to 10000", arg);
    }
}

static void take_power(struct duo_run_options *options, const char *arg,
                       struct argp_state *state)
{
    options->starts_off = strcmp(arg, "off") == 0;
    if (!options->starts_off && strcmp(arg, "on") != 0) {
        argp_error(state, "--power: '%s' is not on or off", arg);
    }
}

static uint32_t take_number(struct duo_tool_word word, uint32_t max,
                            struct argp_state *state)
{
    struct duo_tool_error error;
    uint32_t value = 0;

    if (!duo_tool_parse_number(word, max, &value, &error)) {
        argp_error(state, "%s", error.text);
    }
    return value;
}

/* Options with a word of their own kind. */
static void parse_word(int key, char *arg, struct argp_state *state)
{
    struct duo_run_options *options = state->input;

    switch (key) {
    case 'l': take_load(options, arg, state); break;
    case 't': take_time(options, arg, state); break;
    case 'u': take_until(options, arg, state); break;
    case OPTION_UART: duo_run_option_uart(options, arg, state); break;
    case OPTION_INPUT:
        duo_run_option_input(options, DUO_VB_UART_APP, arg, state);
        break;
    case OPTION_INPUT_NET:
        duo_run_option_input(options, DUO_VB_UART_NET, arg, state);
        break;
    case OPTION_PRESS: duo_run_option_press(options, arg, state); break;
    case OPTION_RESET_AT:
        duo_run_option_at(options, DUO_RUN_RESET,
                          (struct duo_tool_word){"--reset-at", arg}, state);
        break;
    case OPTION_CYCLE_AT:
        duo_run_option_at(options, DUO_RUN_POWER_CYCLE,
                          (struct duo_tool_word){"--power-cycle-at", arg},
                          state);
        break;
    case OPTION_CUT_AT: duo_run_option_cut(options, arg, state); break;
    case OPTION_CUT_KIND: duo_run_option_cut_kind(options, arg, state); break;
    case OPTION_SPEED: take_speed(options, arg, state); break;
    case OPTION_POWER: take_power(options, arg, state); break;
    default: break;
    }
}

/* What belongs to a person at the standard streams, or to a run whose end is
 * known before. */
static void check_control(const struct duo_run_options *options,
                          struct argp_state *state)
{
    const struct {
        const char *name;
        bool is_given;
    } others[] = {
        {"--interactive", options->is_interactive            },
        {"--raw",         options->is_raw                    },
        {"--quiet",       options->is_quiet                  },
        {"--json",        options->is_json                   },
        {"--stats",       options->has_stats                 },
        {"--until",       options->until_count > 0           },
        {"--cut-at",      options->cut_at != DUO_RUN_CUT_NONE},
    };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (options->is_control && others[i].is_given) {
            argp_error(state, "--control and %s exclude each other",
                       others[i].name);
        }
    }
    if (options->starts_off && !options->is_control) {
        argp_error(state, "--power off goes with --control, which switches it "
                          "on");
    }
}

static void check(const struct duo_run_options *options,
                  struct argp_state *state)
{
    check_control(options, state);
    if (options->has_cut_kind && options->cut_at == DUO_RUN_CUT_NONE) {
        argp_error(state, "--cut-kind goes with --cut-at");
    }
    if (options->gdb_wait && !options->has_gdb) {
        argp_error(state, "--gdb-wait goes with --gdb");
    }
    if (options->is_interactive && options->is_json) {
        argp_error(state, "--interactive and --json exclude each other");
    }
    if (options->is_interactive &&
        options->ports[DUO_VB_UART_APP].kind != DUO_PORT_STDIO) {
        argp_error(state, "--interactive types into the application's UART, "
                          "which goes elsewhere");
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct duo_run_options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &options->words; return 0;
    case OPTION_RAW: options->is_raw = true; return 0;
    case 'q': options->is_quiet = true; return 0;
    case 'i': options->is_interactive = true; return 0;
    case OPTION_CONTROL: options->is_control = true; return 0;
    case OPTION_SEED:
        options->has_seed = true;
        options->seed = take_number((struct duo_tool_word){"--seed", arg},
                                    UINT32_MAX, state);
        return 0;
    case OPTION_NO_CHIP: options->has_no_chip = true; return 0;
    case OPTION_LENIENT: options->is_lenient = true; return 0;
    case OPTION_GDB:
        options->has_gdb = true;
        options->gdb_port =
            take_number((struct duo_tool_word){"--gdb", arg}, 65534, state);
        return 0;
    case OPTION_GDB_WAIT: options->gdb_wait = true; return 0;
    case OPTION_TRACE: options->trace_path = arg; return 0;
    case 's': options->has_stats = true; return 0;
    case 'j': options->is_json = true; return 0;
    case ARGP_KEY_END: check(options, state); return 0;
    case ARGP_KEY_ARG:
    case ARGP_KEY_ARGS:
    case ARGP_KEY_NO_ARGS:
    case ARGP_KEY_SUCCESS:
    case ARGP_KEY_ERROR:
    case ARGP_KEY_FINI: return ARGP_ERR_UNKNOWN;
    default: parse_word(key, arg, state); return 0;
    }
}

/* By time; equal times stay in the order of the command line. */
static void sort_events(struct duo_run_options *options)
{
    for (unsigned i = 1; i < options->event_count; i++) {
        struct duo_run_event event = options->events[i];
        unsigned at = i;

        while (at > 0 && options->events[at - 1].time_ns > event.time_ns) {
            options->events[at] = options->events[at - 1];
            at--;
        }
        options->events[at] = event;
    }
}

void duo_run_options_parse(int argc, char **argv,
                           struct duo_run_options *options)
{
    static const struct argp argp = {.options = option_table,
                                     .parser = parse,
                                     .args_doc = "DIR",
                                     .doc = doc,
                                     .children = duo_board_words_child};

    memset(options, 0, sizeof(*options));
    options->ports[DUO_VB_UART_LINK].kind = DUO_PORT_NONE;
    (void)argp_parse(&argp, argc, argv, 0, NULL, options);
    if (isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0 &&
        !options->is_json && !options->is_control && !options->has_time &&
        options->until_count == 0 &&
        options->ports[DUO_VB_UART_APP].kind == DUO_PORT_STDIO) {
        options->is_interactive = true;
    }
    if (!options->has_speed) {
        options->speed = duo_run_is_live(options) ? 1 : 0;
    }
    sort_events(options);
}

void duo_run_options_free(struct duo_run_options *options)
{
    for (unsigned i = 0; i < options->event_count; i++) {
        duo_tool_buffer_free(&options->events[i].bytes);
    }
}

bool duo_run_is_live(const struct duo_run_options *options)
{
    bool is_live = options->is_interactive || options->is_control;

    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        enum duo_port_kind kind = options->ports[i].kind;
        is_live = is_live || kind == DUO_PORT_PTY || kind == DUO_PORT_TCP ||
                  kind == DUO_PORT_UDP;
    }
    return is_live;
}
