/* SPDX-License-Identifier: MIT */
/* duoboot log: print the device's log, and go on while it grows. */
#include <inttypes.h>
#include <stdio.h>

#include "calls.h"
#include "device_plain.h"
#include "device_verb.h"
#include "verb.h"

#define FOLLOW_US 500000U
/* Without --follow, a console is listened to for so long. */
#define LISTEN_US 3000000U
#define SLICE_US  100000U

struct log_options {
    struct duo_talk_options common; /* First. */
    bool is_following;
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"follow", 'f', NULL, 0, "Go on until Ctrl-C", 0},
    {0}};
/* clang-format on */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct log_options *options = state->input;

    (void)arg;
    if (key != 'f') {
        return ARGP_ERR_UNKNOWN;
    }
    options->is_following = true;
    return 0;
}

static const struct duo_talk_verb verb = {
    .options = option_table,
    .parse = parse,
    .doc = "What the device keeps of its log. A device that keeps none, but is "
           "reached by its console, is listened to (3 seconds, or until Ctrl-C "
           "with --follow).\v"
           "JSON, one object a line: {text, lost_bytes}.\n\n"
           "Example:\n"
           "  duoboot log --follow\n",
};

struct printer {
    const struct log_options *options;
    struct duo_plain plain;
};

static void print(struct printer *printer, struct duo_bytes text,
                  uint32_t lost_bytes)
{
    struct duo_tool_buffer out = {0};
    json_t *object;

    duo_plain_add(&printer->plain, text, &out);
    if (printer->options->common.is_json) {
        duo_tool_buffer_fill(&out, 0, 1);
        object =
            json_pack("{s:o,s:I}", "text",
                      json_stringn((const char *)out.data, out.len_bytes - 1U),
                      "lost_bytes", (json_int_t)lost_bytes);
        (void)json_dumpf(object, stdout, JSON_COMPACT);
        (void)printf("\n");
        json_decref(object);
    } else {
        (void)fwrite(out.data, 1, out.len_bytes, stdout);
    }
    (void)fflush(stdout);
    duo_tool_buffer_free(&out);
}

/* What is kept now, from log->from on. */
static bool read_kept(struct duo_talk *talk, struct printer *printer,
                      struct duo_client_log *log)
{
    struct duo_tool_buffer text = {0};
    bool done;
    size_t got_bytes;

    do {
        text.len_bytes = 0;
        done = duo_client_log(&talk->client, log, &text, &talk->error);
        got_bytes = text.len_bytes;
        if (done && log->lost_bytes > 0 && talk->is_reached) {
            duo_talk_say(talk,
                         "(%" PRIu32 " bytes of the log were overwritten "
                         "before they were read)",
                         log->lost_bytes);
        }
        if (done && got_bytes > 0) {
            print(printer, duo_tool_buffer_view(&text), log->lost_bytes);
        }
        talk->is_reached = talk->is_reached || done;
        log->from = log->next;
    } while (done && got_bytes > 0 && !duo_talk_is_stopped());
    duo_tool_buffer_free(&text);
    return done;
}

static void on_text(void *ctx, struct duo_bytes text)
{
    print(ctx, text, 0);
}

static bool listen(struct duo_talk *talk, struct printer *printer)
{
    struct duo_link *link = talk->link;
    uint64_t end_us = link->ops->now_us(link) + LISTEN_US;
    struct duo_bytes packet;

    duo_talk_say(talk, "The device keeps no log; listening to its console.");
    link->on_text = on_text;
    link->on_text_ctx = printer;
    while (!duo_talk_is_stopped() && (printer->options->is_following ||
                                      link->ops->now_us(link) < end_us)) {
        enum duo_link_result result = link->ops->receive(
            link, link->ops->now_us(link) + SLICE_US, &packet, &talk->error);
        if (result == DUO_LINK_CLOSED || result == DUO_LINK_FAILED) {
            talk->client.failure.kind = DUO_CLIENT_GONE;
            return false;
        }
    }
    return true;
}

/* Ctrl-C is how following ends: no failure. */
static bool follow(struct duo_talk *talk, struct printer *printer,
                   struct duo_client_log *log)
{
    while (!duo_talk_is_stopped()) {
        if (!read_kept(talk, printer, log)) {
            return duo_talk_is_stopped();
        }
        talk->link->ops->wait(talk->link, FOLLOW_US);
    }
    return true;
}

static bool run(struct duo_talk *talk, const struct log_options *options)
{
    struct printer printer = {.options = options};
    struct duo_client_log log = {0};

    if (read_kept(talk, &printer, &log)) {
        return !options->is_following || follow(talk, &printer, &log);
    }
    if (!duo_talk_is_unsupported(talk)) {
        return false;
    }
    if (talk->link->ops->write_text == NULL) {
        return duo_tool_fail(&talk->error, DUO_EXIT_REFUSED,
                             "%s: the device keeps no log, and this link does "
                             "not carry its console",
                             talk->link->url);
    }
    return listen(talk, &printer);
}

int duo_verb_log(int argc, char **argv)
{
    struct log_options options = {0};
    struct duo_talk talk;
    bool done;

    duo_talk_parse(&verb, argc, argv, &options.common);
    done = duo_talk_begin(&talk, &options.common) && run(&talk, &options);
    if (options.is_following && done) {
        (void)duo_talk_resume();
    }
    return duo_talk_end(&talk, done);
}
