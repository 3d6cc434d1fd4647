/* SPDX-License-Identifier: MIT */
/* duoboot board: run a simulated board: program, stage, boot, cut, look. */
#include "board.h"
#include "commands.h"

/* clang-format off */
static const struct duo_verb rows[] = {
    {"create",  "make a board, with images programmed as in a factory", duo_board_create},
    {"stage",   "upload an image and ask for its install", duo_board_stage},
    {"run",     "run the ARM firmware of both cores: the virtual board", duo_board_run},
    {"serve",   "run the native board as a device on UDP", duo_board_serve},
    {"boot",    "switch the power off and on; may cut it again", duo_board_boot},
    {"reset",   "restart without switching the power off", duo_board_reset},
    {"state",   "show both images, their slots and flags", duo_board_show_state},
    {"confirm", "confirm an image that is on trial", duo_board_confirm},
    {"erase",   "erase a staged slot", duo_board_erase},
    {"log",     "why it did what it did: the boot journal", duo_board_log},
    {"program", "put an image into a core by probe", duo_board_program},
    {"read",    "copy a range of a flash into a file", duo_board_read},
    {"flip",    "damage a byte, for experiments", duo_board_flip},
};
/* clang-format on */

static const char before[] =
    "Usage: duoboot board COMMAND DIR [OPTION...]\n\n"
    "A simulated board in the directory DIR: both cores' flash and the "
    "external\nflash, on one virtual clock, with the real boot loader "
    "code of both cores.\n";

static const char after[] =
    "Examples:\n"
    "  duoboot board create dk --key release.pub.pem --app app.bin "
    "--net net.bin\n"
    "  duoboot board stage dk net-1.1.0.bin\n"
    "  duoboot board boot dk --cut-at random\n"
    "  duoboot board boot dk\n"
    "  duoboot board state dk\n"
    "  duoboot board run dk --load appboot.elf --load netboot.elf\n\n"
    "`duoboot board COMMAND --help' explains a command; `duoboot help "
    "exit-codes'\nlists how each of them ends.\n";

int duo_verb_board(int argc, char **argv)
{
    static const struct duo_commands commands = {
        .verb = "board",
        .before = before,
        .after = after,
        .rows = rows,
        .count = sizeof(rows) / sizeof(rows[0]),
    };

    return duo_commands_run(&commands, argc, argv);
}
