/* SPDX-License-Identifier: MIT */
/* duoboot package: make, check and explain packages for the phone apps. */
#include <stdio.h>
#include <string.h>

#include "exit_codes.h"
#include "package_verb.h"
#include "verb.h"

struct command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"create", "make a dfu_application.zip from signed images",
     duo_package_create                                                              },
    {"check",  "tell what a phone app or the board would trip over",
     duo_package_check_file                                                          },
    {"show",   "explain what is in it and where it goes",            duo_package_show},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
    (void)fprintf(
        out, "Usage: duoboot package COMMAND [OPTION...] FILE...\n\n"
             "The zip that the phone's Device Manager uploads: images for one "
             "or both cores and\na manifest that says which is which. Packages "
             "of the vendor's build are read too.\n\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "  %-8s %s\n", commands[i].name,
                      commands[i].summary);
    }
    (void)fprintf(out,
                  "\nExamples:\n"
                  "  duoboot package create --out dfu_application.zip "
                  "app.signed.bin net.signed.bin\n"
                  "  duoboot package check --key release.pub.pem "
                  "dfu_application.zip\n"
                  "  duoboot package show dfu_application.zip\n\n"
                  "`duoboot package COMMAND --help' explains a command.\n");
}

int duo_verb_package(int argc, char **argv)
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
            (void)snprintf(name, sizeof(name), "duoboot package %s",
                           commands[i].name);
            argv[1] = name;
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    (void)fprintf(stderr,
                  "duoboot package: there is no command '%s'; try `duoboot "
                  "package --help'\n",
                  argv[1]);
    return DUO_EXIT_USAGE;
}
