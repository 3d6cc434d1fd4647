/* SPDX-License-Identifier: MIT */
/* duoboot device: speak with a board over SMP: list, discover, and all below. */
#include "commands.h"
#include "device_list.h"

/* clang-format off */
static const struct duo_verb rows[] = {
    {"list",     "the images of both cores, and what happens at the next reset", duo_talk_list},
    {"discover", "what is there: ports, Bluetooth, virtual boards", duo_talk_discover},
};
/* clang-format on */

/* Verbs of their own, which `duoboot device VERB' runs, too. */
static const char *const verb_names[] = {
    "upload", "test",     "confirm", "revert", "erase",
    "reset",  "echo",     "info",    "why",    "shell",
    "log",    "settings", "stat",    "fs",     "monitor"};

static const char before[] = "Usage: duoboot device COMMAND [OPTION...]\n\n"
                             "Speak with a board over SMP.\n";

static const char after[] =
    "The device is named by --device URL|NAME, $DUOBOOT_DEVICE, or "
    "`device:' in\n~/.config/duoboot/config.yml. URLs:\n"
    "  serial:/dev/ttyACM0?baud=1000000  a UART shared with log and shell\n"
    "  raw:/dev/ttyACM1                  a UART for SMP alone\n"
    "  udp:HOST:1337                     the network\n"
    "  ble:NAME or ble:ADDRESS           Bluetooth, by BlueZ\n"
    "  board:DIR                         a virtual board\n\n"
    "`duoboot COMMAND' without `device' is the same for all but list and "
    "discover.\n`duoboot device COMMAND --help' explains a command.\n";

int duo_verb_device(int argc, char **argv)
{
    static const struct duo_commands commands = {
        .verb = "device",
        .before = before,
        .after = after,
        .rows = rows,
        .count = sizeof(rows) / sizeof(rows[0]),
        .verb_names = verb_names,
        .verb_count = sizeof(verb_names) / sizeof(verb_names[0]),
    };

    return duo_commands_run(&commands, argc, argv);
}
