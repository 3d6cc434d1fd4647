/* SPDX-License-Identifier: MIT */
/* duoboot help: list the verbs, or tell about one, or the exit codes. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "exit_codes.h"
#include "verb.h"

static const char doc[] =
    "List the verbs, or explain one, or print the table of exit codes.\v"
    "Examples:\n"
    "  duoboot help\n"
    "  duoboot help sign\n"
    "  duoboot help exit-codes\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
    const char **topic = state->input;

    if (key != ARGP_KEY_ARG) {
        return ARGP_ERR_UNKNOWN;
    }
    if (*topic != NULL) {
        argp_error(state, "one topic only");
    }
    *topic = arg;
    return 0;
}

static int list_verbs(void)
{
    (void)printf("Usage: duoboot VERB [OPTION...]\n\n"
                 "Signs, checks and delivers firmware images for both cores "
                 "of the nRF5340.\n\nVerbs:\n");
    for (size_t i = 0; i < duo_verb_count; i++) {
        (void)printf("  %-10s %s\n", duo_verbs[i].name, duo_verbs[i].summary);
    }
    (void)printf("\n`duoboot VERB --help' explains a verb, with examples; "
                 "`duoboot help exit-codes'\nlists how each of them ends.\n");
    return DUO_EXIT_OK;
}

static int list_exit_codes(void)
{
    size_t count;
    const struct duo_exit_text *table = duo_exit_table(&count);

    for (size_t i = 0; i < count; i++) {
        (void)printf("%d  %-9s %s\n", (int)table[i].code, table[i].name,
                     table[i].sentence);
    }
    return DUO_EXIT_OK;
}

int duo_verb_help(int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse, .args_doc = "[VERB | exit-codes]", .doc = doc};
    const char *topic = NULL;
    const struct duo_verb *verb;
    char name[64];
    char help[] = "--help";
    char *verb_argv[] = {name, help, NULL};

    (void)argp_parse(&argp, argc, argv, 0, NULL, &topic);
    if (topic == NULL) {
        return list_verbs();
    }
    if (strcmp(topic, "exit-codes") == 0) {
        return list_exit_codes();
    }
    verb = duo_verb_find(topic);
    if (verb == NULL) {
        (void)fprintf(stderr, "duoboot: there is no verb '%s'\n", topic);
        return DUO_EXIT_USAGE;
    }
    (void)snprintf(name, sizeof(name), "duoboot %s", verb->name);
    return verb->run(2, verb_argv);
}
