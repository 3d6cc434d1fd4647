/* SPDX-License-Identifier: MIT */
/* A verb with commands of its own, such as `duoboot board run`: finds the one
 * that is meant, and explains them. */
#ifndef DUO_TOOLS_COMMANDS_H
#define DUO_TOOLS_COMMANDS_H

#include "verb.h"

struct duo_commands {
    const char *verb;
    const char *before; /* Help text around the list of commands. */
    const char *after;
    const struct duo_verb *rows;
    size_t count;
    /* Verbs of their own, which are commands here, too. */
    const char *const *verb_names;
    size_t verb_count;
};

/** argv[1] is the command's name. @return enum duo_exit. */
int duo_commands_run(const struct duo_commands *commands, int argc,
                     char **argv);

#endif
