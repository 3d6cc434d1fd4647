/* SPDX-License-Identifier: MIT */
/* duoboot board: run a simulated board: program, stage, boot, cut, look. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "verb.h"

struct command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"create",  "make a board, with images programmed as in a factory",
     duo_board_create                                                                        },
    {"stage",   "upload an image and ask for its install",               duo_board_stage     },
    {"run",     "run the ARM firmware of both cores: the virtual board",
     duo_board_run                                                                           },
    {"serve",   "run the native board as a device on UDP",               duo_board_serve     },
    {"boot",    "switch the power off and on; may cut it again",         duo_board_boot      },
    {"reset",   "restart without switching the power off",               duo_board_reset     },
    {"state",   "show both images, their slots and flags",               duo_board_show_state},
    {"confirm", "confirm an image that is on trial",                     duo_board_confirm   },
    {"erase",   "erase a staged slot",                                   duo_board_erase     },
    {"log",     "why it did what it did: the boot journal",              duo_board_log       },
    {"program", "put an image into a core by probe",                     duo_board_program   },
    {"read",    "copy a range of a flash into a file",                   duo_board_read      },
    {"flip",    "damage a byte, for experiments",                        duo_board_flip      },
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
    (void)fprintf(
        out,
        "Usage: duoboot board COMMAND DIR [OPTION...]\n\n"
        "A simulated board in the directory DIR: both cores' flash and the "
        "external\nflash, on one virtual clock, with the real boot loader "
        "code of both cores.\n\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "  %-8s %s\n", commands[i].name,
                      commands[i].summary);
    }
    (void)fprintf(
        out, "\nExamples:\n"
             "  duoboot board create dk --key release.pub.pem --app app.bin "
             "--net net.bin\n"
             "  duoboot board stage dk net-1.1.0.bin\n"
             "  duoboot board boot dk --cut-at random\n"
             "  duoboot board boot dk\n"
             "  duoboot board state dk\n"
             "  duoboot board run dk --load appboot.elf --load netboot.elf\n\n"
             "`duoboot board COMMAND --help' explains a command; `duoboot help "
             "exit-codes'\nlists how each of them ends.\n");
}

int duo_verb_board(int argc, char **argv)
{
    char name[64];

    if (argc < 2) {
        print_help(stderr);
        return DUO_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "-?") == 0) {
        print_help(stdout);
        return DUO_EXIT_OK;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, argv[1]) == 0) {
            (void)snprintf(name, sizeof(name), "duoboot board %s",
                           commands[i].name);
            argv[1] = name;
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    (void)fprintf(stderr,
                  "duoboot board: there is no command '%s'; try `duoboot "
                  "board --help'\n",
                  argv[1]);
    return DUO_EXIT_USAGE;
}
