/* SPDX-License-Identifier: MIT */
/* duoboot why: the device's boot journal in words, the newest last. */
#include <stdio.h>
#include <stdlib.h>

#include "device_reboot.h"
#include "print_json.h"
#include "verb.h"

#define LAST_COUNT 20U

struct why_options {
    struct duo_talk_options common; /* First. */
    bool is_all;
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"all", 'a', NULL, 0, "The whole journal, not only its last 20 entries", 0},
    {0}};
/* clang-format on */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct why_options *options = state->input;

    (void)arg;
    if (key != 'a') {
        return ARGP_ERR_UNKNOWN;
    }
    options->is_all = true;
    return 0;
}

static const struct duo_talk_verb verb = {
    .options = option_table,
    .parse = parse,
    .doc = "What the boot loaders refused, installed, took back or repaired, "
           "and why: the journal that the device keeps. The newest entry is "
           "the last.\v"
           "JSON: {journal: [{sequence, boot, ms, core, reason, name, text, "
           "version, detail}]}; core is application, network or board; name "
           "is short and stable.\n\n"
           "Example:\n"
           "  duoboot why\n",
};

static void print(const struct why_options *options,
                  const struct duo_client_journal *journal)
{
    size_t first = 0;
    json_t *list;

    if (!options->is_all && journal->count > LAST_COUNT) {
        first = journal->count - LAST_COUNT;
    }
    if (!options->common.is_json) {
        for (size_t i = first; i < journal->count; i++) {
            duo_talk_print_event(stdout, &journal->list[i]);
        }
        return;
    }
    list = json_array();
    for (size_t i = first; i < journal->count; i++) {
        (void)json_array_append_new(list,
                                    duo_talk_event_json(&journal->list[i]));
    }
    duo_print_json(json_pack("{s:o}", "journal", list));
}

static bool run(struct duo_talk *talk, const struct why_options *options)
{
    struct duo_client_journal journal;

    if (!duo_client_journal(&talk->client, 0, &journal, &talk->error)) {
        return duo_talk_is_unsupported(talk)
                   ? duo_tool_fail(&talk->error, DUO_EXIT_REFUSED,
                                   "%s: this device keeps no boot journal: its "
                                   "SMP server is not ours",
                                   talk->link->url)
                   : false;
    }
    print(options, &journal);
    if (journal.count == 0) {
        duo_talk_say(talk, "The journal is empty: nothing was ever refused, "
                           "installed or repaired.");
    }
    free(journal.list);
    return true;
}

int duo_verb_why(int argc, char **argv)
{
    struct why_options options = {0};
    struct duo_talk talk;
    bool done;

    duo_talk_parse(&verb, argc, argv, &options.common);
    done = duo_talk_begin(&talk, &options.common) && run(&talk, &options);
    return duo_talk_end(&talk, done);
}
