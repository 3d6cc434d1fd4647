/* SPDX-License-Identifier: MIT */
/* duoboot device: speak with a board over SMP: list, discover, and all below. */
#include <stdio.h>
#include <string.h>

#include "device_list.h"
#include "exit_codes.h"
#include "verb.h"

struct command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"list",     "the images of both cores, and what happens at the next reset",
     duo_talk_list    },
    {"discover", "what is there: ports, Bluetooth, virtual boards",
     duo_talk_discover},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* Verbs of their own, which `duoboot device VERB' runs, too. */
static const char *const verb_names[] = {
    "upload", "test",     "confirm", "revert", "erase",
    "reset",  "echo",     "info",    "why",    "shell",
    "log",    "settings", "stat",    "fs",     "monitor"};
#define VERB_COUNT (sizeof(verb_names) / sizeof(verb_names[0]))

static void print_help(FILE *out)
{
    (void)fprintf(out, "Usage: duoboot device COMMAND [OPTION...]\n\n"
                       "Speak with a board over SMP.\n\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "  %-9s %s\n", commands[i].name,
                      commands[i].summary);
    }
    for (size_t i = 0; i < VERB_COUNT; i++) {
        (void)fprintf(out, "  %-9s %s\n", verb_names[i],
                      duo_verb_find(verb_names[i])->summary);
    }
    (void)fprintf(
        out,
        "\nThe device is named by --device URL|NAME, $DUOBOOT_DEVICE, or "
        "`device:' in\n~/.config/duoboot/config.yml. URLs:\n"
        "  serial:/dev/ttyACM0?baud=1000000  a UART shared with log and shell\n"
        "  raw:/dev/ttyACM1                  a UART for SMP alone\n"
        "  udp:HOST:1337                     the network\n"
        "  ble:NAME or ble:ADDRESS           Bluetooth, by BlueZ\n"
        "  board:DIR                         a virtual board\n\n"
        "`duoboot COMMAND' without `device' is the same for all but list and "
        "discover.\n`duoboot device COMMAND --help' explains a command.\n");
}

static int run_verb(const char *word, int argc, char **argv)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "duoboot device %s", word);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, word) == 0) {
            argv[0] = name;
            return commands[i].run(argc, argv);
        }
    }
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(verb_names[i], word) == 0) {
            argv[0] = name;
            return duo_verb_find(word)->run(argc, argv);
        }
    }
    (void)fprintf(stderr,
                  "duoboot device: there is no command '%s'; try `duoboot "
                  "device --help'\n",
                  word);
    return DUO_EXIT_USAGE;
}

int duo_verb_device(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return DUO_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "-?") == 0) {
        print_help(stdout);
        return DUO_EXIT_OK;
    }
    return run_verb(argv[1], argc - 1, argv + 1);
}
