/* SPDX-License-Identifier: MIT */
/* duoboot: the command line. Finds the verb and runs it. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "exit_codes.h"
#include "verb.h"

const struct duo_verb *duo_verb_find(const char *name)
{
    for (size_t i = 0; i < duo_verb_count; i++) {
        if (strcmp(duo_verbs[i].name, name) == 0) {
            return &duo_verbs[i];
        }
    }
    return NULL;
}

/* The spellings that people try first. */
static const char *verb_name_of(const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
        strcmp(word, "-?") == 0) {
        return "help";
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        return "version";
    }
    return word;
}

int main(int argc, char **argv)
{
    const struct duo_verb *verb;
    char name[64];
    int exit_code;

    argp_err_exit_status = DUO_EXIT_USAGE;
    if (argc < 2) {
        (void)fprintf(stderr, "Usage: duoboot VERB [OPTION...]\n"
                              "Try `duoboot help'.\n");
        return DUO_EXIT_USAGE;
    }
    verb = duo_verb_find(verb_name_of(argv[1]));
    if (verb == NULL) {
        (void)fprintf(stderr,
                      "duoboot: there is no verb '%s'; try `duoboot help'\n",
                      argv[1]);
        return DUO_EXIT_USAGE;
    }
    (void)snprintf(name, sizeof(name), "duoboot %s", verb->name);
    argv[1] = name;
    exit_code = verb->run(argc - 1, argv + 1);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)fprintf(stderr, "duoboot: the output could not be written\n");
        return exit_code == DUO_EXIT_OK ? DUO_EXIT_IO : exit_code;
    }
    return exit_code;
}
