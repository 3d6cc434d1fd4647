/* SPDX-License-Identifier: MIT */
/* duoboot echo: send a text to the device and print what comes back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "device_text.h"
#include "device_verb.h"
#include "print_json.h"
#include "verb.h"

struct echo_options {
    struct duo_talk_options common; /* First. */
    const char *text;
    struct duo_tool_buffer words;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct echo_options *options = state->input;

    if (key != ARGP_KEY_ARG) {
        return ARGP_ERR_UNKNOWN;
    }
    if (options->words.len_bytes > 0) {
        duo_tool_buffer_fill(&options->words, ' ', 1);
    }
    duo_tool_buffer_append(
        &options->words, (struct duo_bytes){(const uint8_t *)arg, strlen(arg)});
    return 0;
}

static const struct duo_talk_verb verb = {
    .args_doc = "[TEXT...]",
    .doc = "Does the device answer, and how fast? Sends TEXT (default: \"are "
           "you there?\") and prints what comes back.\v"
           "Example:\n"
           "  duoboot echo --device serial:/dev/ttyACM0 hello\n",
    .parse = parse,
};

static void print(const struct echo_options *options, const char *reply,
                  uint64_t took_us)
{
    if (options->common.is_json) {
        duo_print_json(json_pack("{s:s,s:s,s:I}", "sent", options->text,
                                 "reply", reply, "took_us",
                                 (json_int_t)took_us));
    } else {
        (void)printf("%s\n", reply);
    }
}

static bool run(struct duo_talk *talk, const struct echo_options *options)
{
    struct duo_link *link = talk->link;
    uint64_t begin_us = link->ops->now_us(link);
    char *reply = NULL;
    uint64_t took_us;
    bool is_same;

    if (!duo_client_echo(&talk->client, options->text, &reply, &talk->error)) {
        return false;
    }
    took_us = link->ops->now_us(link) - begin_us;
    print(options, reply, took_us);
    is_same = strcmp(reply, options->text) == 0;
    free(reply);
    duo_talk_say(talk, "%s: answered in %.1f ms", link->url,
                 (double)took_us / 1e3);
    return is_same ||
           duo_tool_fail(&talk->error, DUO_EXIT_DEVICE,
                         "%s: what came back is not what was sent", link->url);
}

int duo_verb_echo(int argc, char **argv)
{
    struct echo_options options = {0};
    struct duo_talk talk;
    bool done;
    int exit_code;

    duo_talk_parse(&verb, argc, argv, &options.common);
    if (options.words.len_bytes == 0) {
        options.text = "are you there?";
    } else {
        duo_tool_buffer_fill(&options.words, 0, 1);
        options.text = (const char *)options.words.data;
    }
    done = duo_talk_begin(&talk, &options.common) && run(&talk, &options);
    exit_code = duo_talk_end(&talk, done);
    duo_tool_buffer_free(&options.words);
    return exit_code;
}
