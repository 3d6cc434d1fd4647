/* SPDX-License-Identifier: MIT */
/* A verb of the command line: one file tools/verb_<name>.c that defines
 * `const struct duo_verb duo_verb_<name>`. The build collects these
 * definitions into the table that main.c searches. */
#ifndef DUO_TOOLS_VERB_H
#define DUO_TOOLS_VERB_H

#include <stddef.h>

struct duo_verb {
    const char *name;
    const char *summary; /* One line for `duoboot help`. */
    /* argv[0] is "duoboot <name>". Returns an enum duo_exit of
     * lib/exit_codes.h. */
    int (*run)(int argc, char **argv);
};

/* Generated; sorted by name. */
extern const struct duo_verb *const duo_verbs[];
extern const size_t duo_verb_count;

/** The verb of this name, or NULL. */
const struct duo_verb *duo_verb_find(const char *name);

#endif
