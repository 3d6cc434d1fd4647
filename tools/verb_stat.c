/* SPDX-License-Identifier: MIT */
/* duoboot stat: what the device counts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "calls.h"
#include "device_text.h"
#include "device_verb.h"
#include "print_json.h"
#include "verb.h"

struct stat_options {
    struct duo_talk_options common; /* First. */
    const char *group;              /* NULL: all. */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct stat_options *options = state->input;

    if (key != ARGP_KEY_ARG) {
        return ARGP_ERR_UNKNOWN;
    }
    if (options->group != NULL) {
        argp_error(state, "one group only, or none for all");
    }
    options->group = arg;
    return 0;
}

static const struct duo_talk_verb verb = {
    .args_doc = "[GROUP]",
    .parse = parse,
    .doc = "The statistics of one group, or of all.\v"
           "JSON: {GROUP: {NAME: number}}.\n\n"
           "Example:\n"
           "  duoboot stat smp\n",
};

static bool show(struct duo_talk *talk, const char *group, json_t *object)
{
    struct duo_client_stats stats;
    json_t *values = json_object();

    if (!duo_client_stats(&talk->client, group, &stats, &talk->error)) {
        json_decref(values);
        return false;
    }
    for (size_t i = 0; i < stats.count; i++) {
        const struct duo_client_stat *stat = &stats.list[i];
        char value[DUO_TEXT_BYTES];

        duo_text_count(value, stat->value);
        (void)json_object_set_new(values, stat->name,
                                  json_integer((json_int_t)stat->value));
        if (!talk->options->is_json) {
            (void)printf("%-12s %-24s %16s\n", group, stat->name, value);
        }
    }
    (void)json_object_set_new(object, group, values);
    free(stats.list);
    return true;
}

static bool show_all(struct duo_talk *talk, json_t *object)
{
    struct duo_client_names names;
    bool done = true;

    if (!duo_client_stat_groups(&talk->client, &names, &talk->error)) {
        return false;
    }
    if (names.count == 0) {
        duo_talk_say(talk, "The device has no statistics.");
    }
    for (size_t i = 0; done && i < names.count; i++) {
        done = show(talk, names.list[i], object);
    }
    free(names.list);
    return done;
}

static bool run(struct duo_talk *talk, const struct stat_options *options)
{
    json_t *object = json_object();
    bool done = options->group != NULL ? show(talk, options->group, object)
                                       : show_all(talk, object);

    if (done && options->common.is_json) {
        duo_print_json(json_incref(object));
    }
    json_decref(object);
    return done;
}

int duo_verb_stat(int argc, char **argv)
{
    struct stat_options options = {0};
    struct duo_talk talk;
    bool done;

    duo_talk_parse(&verb, argc, argv, &options.common);
    done = duo_talk_begin(&talk, &options.common) && run(&talk, &options);
    return duo_talk_end(&talk, done);
}
