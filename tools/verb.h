/* SPDX-License-Identifier: MIT */
/* A verb of the command line is one file, tools/verb_<name>.c. It defines
 * `int duo_verb_<name>(int argc, char **argv)`, and its second line says
 * what it does: "duoboot <name>: <summary>." in a comment. The build makes
 * the table of verbs from these files (cmake/tools.cmake), so a new verb is a
 * new file and no change elsewhere. */
#ifndef DUO_TOOLS_VERB_H
#define DUO_TOOLS_VERB_H

#include <stddef.h>

#include "verb_list.h" /* Generated: declares every duo_verb_<name>(). */

struct duo_verb {
    const char *name;
    const char *summary; /* One line for `duoboot help`. */
    /* argv[0] is "duoboot <name>". Returns an enum duo_exit of
     * lib/exit_codes.h. */
    int (*run)(int argc, char **argv);
};

/* Generated; sorted by name. */
extern const struct duo_verb duo_verbs[];
extern const size_t duo_verb_count;

/** The verb of this name, or NULL. */
const struct duo_verb *duo_verb_find(const char *name);

#endif
