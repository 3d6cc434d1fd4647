/* SPDX-License-Identifier: MIT */
/* duoboot help: list the verbs, or tell about one, or print a table. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "duo/decide.h"
#include "duo/reason.h"
#include "exit_codes.h"
#include "smp/client.h"
#include "verb.h"

static const char doc[] =
    "List the verbs, or explain one, or print a table: of the exit codes, of "
    "the reasons that a board gives, of the errors of SMP servers, of a "
    "board's "
    "decisions, or of what the virtual board models (as Markdown).\v"
    "Examples:\n"
    "  duoboot help\n"
    "  duoboot help sign\n"
    "  duoboot help exit-codes\n"
    "  duoboot help reasons\n"
    "  duoboot help smp-errors\n"
    "  duoboot help decisions\n"
    "  duoboot help virtual-board\n";

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

static int list_reasons(void)
{
    size_t count;
    const struct duo_reason_text *table = duo_reason_table(&count);

    (void)printf("| code | name | what it says |\n|--:|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        (void)printf("| %d | `%s` | %s |\n", (int)table[i].reason,
                     table[i].name, table[i].sentence);
    }
    return DUO_EXIT_OK;
}

static void print_error(void *ctx, const struct duo_client_failure *error,
                        const char *sentence)
{
    (void)ctx;
    if (error->kind == DUO_CLIENT_REFUSED_SMP) {
        (void)printf("| - | protocol | %u | %s |\n", (unsigned)error->error,
                     sentence);
        return;
    }
    (void)printf("| %u | %s | %u | %s |\n", (unsigned)error->group,
                 duo_client_group_name(error->group), (unsigned)error->error,
                 sentence);
}

static int list_smp_errors(void)
{
    (void)printf("| group | name | code | what it says |\n"
                 "|--:|---|--:|---|\n");
    duo_client_each_error(print_error, NULL);
    return DUO_EXIT_OK;
}

/* A set of states as "good, torn"; "any" for all of them. */
static void print_set(uint8_t set, const char *const *names, unsigned count)
{
    const char *gap = "";

    if (((unsigned)set & ((1U << count) - 1U)) == (1U << count) - 1U) {
        (void)printf(" any |");
        return;
    }
    (void)printf(" ");
    for (unsigned i = 0; i < count; i++) {
        if (((unsigned)set >> i & 1U) != 0) {
            (void)printf("%s%s", gap, names[i]);
            gap = ", ";
        }
    }
    (void)printf(" |");
}

static int list_decisions(void)
{
    static const char *const fields[DUO_FIELD_STATE_COUNT] = {"erased", "good",
                                                              "torn", "bad"};
    static const char *const records[DUO_RECORD_STATE_COUNT] = {
        "none", "installing", "trial", "reverting", "closed"};
    size_t count;
    const struct duo_decision_row *table = duo_decision_table(&count);

    (void)printf("| # | record | A magic | A image_ok | A copy_done | S magic "
                 "| S image_ok | action | because |\n"
                 "|--:|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        const struct duo_decision_row *row = &table[i];
        (void)printf("| %u |", (unsigned)i + 1U);
        print_set(row->record, records, DUO_RECORD_STATE_COUNT);
        print_set(row->active_magic, fields, DUO_FIELD_STATE_COUNT);
        print_set(row->active_image_ok, fields, DUO_FIELD_STATE_COUNT);
        print_set(row->active_copy_done, fields, DUO_FIELD_STATE_COUNT);
        print_set(row->staged_magic, fields, DUO_FIELD_STATE_COUNT);
        print_set(row->staged_image_ok, fields, DUO_FIELD_STATE_COUNT);
        (void)printf(" `%s` | %s |\n", duo_action_name(row->action), row->why);
    }
    return DUO_EXIT_OK;
}

static int list_virtual_board(void)
{
    duo_vb_describe(stdout);
    return DUO_EXIT_OK;
}

int duo_verb_help(int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse,
        .args_doc = "[VERB | exit-codes | reasons | smp-errors | decisions | "
                    "virtual-board]",
        .doc = doc};
    static const struct {
        const char *topic;
        int (*print)(void);
    } tables[] = {
        {"exit-codes",    list_exit_codes   },
        {"reasons",       list_reasons      },
        {"smp-errors",    list_smp_errors   },
        {"decisions",     list_decisions    },
        {"virtual-board", list_virtual_board}
    };
    const char *topic = NULL;
    const struct duo_verb *verb;
    char name[64];
    char help[] = "--help";
    char *verb_argv[] = {name, help, NULL};

    (void)argp_parse(&argp, argc, argv, 0, NULL, &topic);
    if (topic == NULL) {
        return list_verbs();
    }
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        if (strcmp(topic, tables[i].topic) == 0) {
            return tables[i].print();
        }
    }
    verb = duo_verb_find(topic);
    if (verb == NULL) {
        (void)fprintf(stderr, "duoboot: there is no verb '%s'\n", topic);
        return DUO_EXIT_USAGE;
    }
    (void)snprintf(name, sizeof(name), "duoboot %s", verb->name);
    return verb->run(2, verb_argv);
}
