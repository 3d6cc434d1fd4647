/* SPDX-License-Identifier: MIT */
/* duoboot web: serve the Device Manager's page, and relay for it. */
#include <argp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "verb.h"
#include "web/web.h"

#define PORT_DEFAULT 8077U

enum option_key {
    OPTION_DEVICE = 'd',
    OPTION_LOAD = 'l',
    OPTION_PORT = 'p',
    OPTION_BOARD = 'b',
    OPTION_PAGE = 256,
    OPTION_ORIGIN,
    OPTION_NO_DISCOVER,
    OPTION_UART,
    OPTION_SPEED,
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"port", OPTION_PORT, "N", 0, "The port, on 127.0.0.1 only (default: 8077); 0: any", 1},
    {"device", OPTION_DEVICE, "URL", 0, "Offer this link: serial:PATH, raw:PATH or udp:HOST; may be repeated", 1},
    {"no-discover", OPTION_NO_DISCOVER, NULL, 0, "Do not offer the serial ports that are found", 1},
    {"board", OPTION_BOARD, "DIR", 0, "Run the virtual board DIR, for the page", 2},
    {"load", OPTION_LOAD, "FILE[@ADDR]", 0, "As in `board run'; may be repeated", 2},
    {"uart", OPTION_UART, "app|net|link=WHERE", 0, "As in `board run'; may be repeated", 2},
    {"speed", OPTION_SPEED, "X", 0, "As in `board run'", 2},
    {"page", OPTION_PAGE, "DIR", 0, "Where the built page is (default: ../share/duoboot/web beside this program's folder)", 3},
    {"allow-origin", OPTION_ORIGIN, "ORIGIN", 0, "A page from elsewhere may connect, too: https://example.org; may be repeated", 3},
    {0}};
/* clang-format on */

static const char doc[] =
    "Serve the Device Manager's page to a browser on this machine, and connect "
    "it to the virtual board, to serial ports and to devices on the network. "
    "The address that is printed has a token in it: who has it may use the "
    "devices. Ctrl-C ends.\v"
    "Examples:\n"
    "  duoboot web\n"
    "  duoboot web --device 'serial:/dev/ttyACM0?baud=1000000' --no-discover\n"
    "  duoboot web --device udp:192.0.2.2\n"
    "  duoboot web --board dk --load appboot.elf --load netboot.elf\n";

static void add(struct duo_web_words *words, const char *word,
                struct argp_state *state)
{
    if (words->count == DUO_WEB_WORDS_MAX) {
        argp_error(state, "too many options");
    }
    words->list[words->count++] = word;
}

static void add_board_option(struct duo_web_options *options, const char *key,
                             const char *arg, struct argp_state *state)
{
    add(&options->board_args, key, state);
    add(&options->board_args, arg, state);
}

static uint32_t parse_port(const char *arg, struct argp_state *state)
{
    struct duo_tool_error error;
    uint32_t port = 0;

    if (!duo_tool_parse_number((struct duo_tool_word){"--port", arg},
                               UINT16_MAX, &port, &error)) {
        argp_error(state, "%s", error.text);
    }
    return port;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct duo_web_options *options = state->input;

    switch (key) {
    case OPTION_PORT: options->port = parse_port(arg, state); break;
    case OPTION_DEVICE: add(&options->devices, arg, state); break;
    case OPTION_NO_DISCOVER: options->is_no_discover = true; break;
    case OPTION_BOARD: options->board_path = arg; break;
    case OPTION_LOAD: add_board_option(options, "--load", arg, state); break;
    case OPTION_UART: add_board_option(options, "--uart", arg, state); break;
    case OPTION_SPEED: add_board_option(options, "--speed", arg, state); break;
    case OPTION_PAGE: options->page_path = arg; break;
    case OPTION_ORIGIN: add(&options->origins, arg, state); break;
    case ARGP_KEY_END:
        if (options->board_path == NULL && options->board_args.count > 0) {
            argp_error(state, "%s is for the board of --board",
                       options->board_args.list[0]);
        }
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Beside the program, wherever it was put. */
static bool find_page(char path[PATH_MAX], struct duo_tool_error *error)
{
    static const char below[] = "/share/duoboot/web";
    ssize_t chars = readlink("/proc/self/exe", path, PATH_MAX - sizeof(below));

    for (unsigned up = 0; chars > 0 && up < 2U; up++) {
        const char *slash = memrchr(path, '/', (size_t)chars);

        chars = slash == NULL ? 0 : slash - path;
    }
    if (chars < 0) {
        return duo_tool_fail(error, DUO_EXIT_IO,
                             "/proc/self/exe cannot be read; name the page's "
                             "folder with --page");
    }
    memcpy(path + chars, below, sizeof(below));
    return true;
}

static bool check_board(const char *board_path, struct duo_tool_error *error)
{
    char path[PATH_MAX];
    int chars = snprintf(path, sizeof(path), "%s/board.json", board_path);

    return (chars > 0 && (size_t)chars < sizeof(path) &&
            access(path, R_OK) == 0) ||
           duo_tool_fail(error, DUO_EXIT_IO,
                         "%s: there is no virtual board here; `duoboot board "
                         "create' makes one",
                         board_path);
}

int duo_verb_web(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_table, .parser = parse, .doc = doc};
    struct duo_web_options options = {.version = DUO_VERSION,
                                      .port = PORT_DEFAULT};
    struct duo_tool_error error;
    char path[PATH_MAX];

    (void)argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (options.page_path == NULL) {
        if (!find_page(path, &error)) {
            return duo_tool_report(&error);
        }
        options.page_path = path;
    }
    if (options.board_path != NULL &&
        !check_board(options.board_path, &error)) {
        return duo_tool_report(&error);
    }
    return duo_web_run(&options);
}
