/* SPDX-License-Identifier: MIT */
/* Commands of a verb; see commands.h. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "exit_codes.h"

static const struct duo_verb *row_at(const struct duo_commands *commands,
                                     size_t index)
{
    return index < commands->count
               ? &commands->rows[index]
               : duo_verb_find(commands->verb_names[index - commands->count]);
}

static size_t row_count(const struct duo_commands *commands)
{
    return commands->count + commands->verb_count;
}

static void print_help(const struct duo_commands *commands, FILE *out)
{
    (void)fprintf(out, "%s\nCommands:\n", commands->before);
    for (size_t i = 0; i < row_count(commands); i++) {
        const struct duo_verb *row = row_at(commands, i);
        (void)fprintf(out, "  %-8s %s\n", row->name, row->summary);
    }
    (void)fprintf(out, "\n%s", commands->after);
}

int duo_commands_run(const struct duo_commands *commands, int argc, char **argv)
{
    char name[64];

    if (argc < 2) {
        print_help(commands, stderr);
        return DUO_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "-?") == 0) {
        print_help(commands, stdout);
        return DUO_EXIT_OK;
    }
    for (size_t i = 0; i < row_count(commands); i++) {
        const struct duo_verb *row = row_at(commands, i);
        if (strcmp(row->name, argv[1]) == 0) {
            (void)snprintf(name, sizeof(name), "duoboot %s %s", commands->verb,
                           row->name);
            argv[1] = name;
            return row->run(argc - 1, argv + 1);
        }
    }
    (void)fprintf(stderr,
                  "duoboot %s: there is no command '%s'; try `duoboot %s "
                  "--help'\n",
                  commands->verb, argv[1], commands->verb);
    return DUO_EXIT_USAGE;
}
