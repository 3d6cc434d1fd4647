/* SPDX-License-Identifier: MIT */
/* duoboot fs: get, put, measure and hash files of the device. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "device_bar.h"
#include "device_words.h"
#include "print_json.h"
#include "text.h"
#include "verb.h"

enum { KEY_TYPE = 0x200 };

/* clang-format off */
static const struct argp_option option_table[] = {
    {"type", KEY_TYPE, "TYPE", 0, "Of hash: sha256 or crc32, as the device has them", 0},
    {0}};
/* clang-format on */

static bool run_get(struct duo_talk *talk,
                    const struct duo_words_options *options);
static bool run_put(struct duo_talk *talk,
                    const struct duo_words_options *options);
static bool run_stat(struct duo_talk *talk,
                     const struct duo_words_options *options);
static bool run_hash(struct duo_talk *talk,
                     const struct duo_words_options *options);

static const struct duo_words_command commands[] = {
    {"get",  2, 3, run_get },
    {"put",  3, 3, run_put },
    {"stat", 2, 2, run_stat},
    {"hash", 2, 2, run_hash},
};

static const struct duo_words words = {
    .usage = "get NAME [FILE], put FILE NAME, stat NAME or hash NAME",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct duo_words_options *options = state->input;

    switch (key) {
    case KEY_TYPE: options->type = arg; break;
    case ARGP_KEY_ARG: duo_words_take(options, arg, state); break;
    case ARGP_KEY_END: (void)duo_words_check(&words, options, state); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct duo_talk_verb verb = {
    .args_doc = "get NAME [FILE]\nput FILE NAME\nstat NAME\nhash NAME",
    .options = option_table,
    .parse = parse,
    .doc = "Files of the device. NAME is as the device names it, such as "
           "/boot/journal.txt; without FILE the content goes to the output. "
           "Where files can be written is the device's choice: /ram/NAME in "
           "appdemo.\v"
           "JSON of stat: {name, bytes}; of hash: {name, bytes, type, hash}; "
           "of get with FILE and put: {name, file, bytes}.\n\n"
           "Examples:\n"
           "  duoboot fs get /boot/journal.txt journal.txt\n"
           "  duoboot fs put settings.json /ram/settings.json\n",
};

static void on_progress(void *ctx, const struct duo_client_progress *progress)
{
    duo_bar_show(ctx, progress);
}

static void report(const struct duo_talk *talk,
                   const struct duo_client_transfer *transfer, const char *path,
                   size_t len_bytes)
{
    if (talk->options->is_json) {
        duo_print_json(json_pack("{s:s,s:s,s:I}", "name", transfer->name,
                                 "file", path, "bytes", (json_int_t)len_bytes));
    }
}

static bool run_get(struct duo_talk *talk,
                    const struct duo_words_options *options)
{
    struct duo_bar bar = {0};
    const struct duo_client_transfer transfer = {
        .name = options->words[1], .on_progress = on_progress, .ctx = &bar};
    struct duo_tool_buffer content = {0};
    bool to_output = options->count < 3 || strcmp(options->words[2], "-") == 0;
    bool done;

    duo_bar_begin(&bar, options->words[1],
                  options->common.is_quiet || to_output);
    done =
        duo_client_file_get(&talk->client, &transfer, &content, &talk->error);
    duo_bar_end(&bar);
    if (done && to_output) {
        (void)fwrite(content.data, 1, content.len_bytes, stdout);
    } else if (done) {
        done = duo_tool_file_write(
            options->words[2], duo_tool_buffer_view(&content),
            (struct duo_tool_file_mode){0666, true}, &talk->error);
        if (done) {
            report(talk, &transfer, options->words[2], content.len_bytes);
        }
    }
    duo_tool_buffer_free(&content);
    return done;
}

static bool run_put(struct duo_talk *talk,
                    const struct duo_words_options *options)
{
    struct duo_bar bar = {0};
    const struct duo_client_transfer transfer = {
        .name = options->words[2], .on_progress = on_progress, .ctx = &bar};
    struct duo_tool_buffer content = {0};
    bool done;

    if (!duo_tool_file_read(options->words[1], &content, &talk->error)) {
        return false;
    }
    duo_bar_begin(&bar, options->words[2], options->common.is_quiet);
    done = duo_client_file_put(&talk->client, &transfer,
                               duo_tool_buffer_view(&content), &talk->error);
    duo_bar_end(&bar);
    if (done) {
        report(talk, &transfer, options->words[1], content.len_bytes);
    }
    duo_tool_buffer_free(&content);
    return done;
}

static bool run_stat(struct duo_talk *talk,
                     const struct duo_words_options *options)
{
    const char *name = options->words[1];
    uint32_t len_bytes = 0;

    if (!duo_client_file_stat(&talk->client, name, &len_bytes, &talk->error)) {
        return false;
    }
    if (options->common.is_json) {
        duo_print_json(json_pack("{s:s,s:I}", "name", name, "bytes",
                                 (json_int_t)len_bytes));
    } else {
        (void)printf("%s: %" PRIu32 " bytes\n", name, len_bytes);
    }
    return true;
}

static bool run_hash(struct duo_talk *talk,
                     const struct duo_words_options *options)
{
    struct duo_client_file_hash hash = {0};
    const char *name = options->words[1];
    char text[2U * sizeof(hash.bytes) + 1U];

    (void)snprintf(hash.type, sizeof(hash.type), "%s",
                   options->type == NULL ? "" : options->type);
    if (!duo_client_file_hash(&talk->client, name, &hash, &talk->error)) {
        return false;
    }
    if (hash.is_number) {
        (void)snprintf(text, sizeof(text), "%08" PRIx64, hash.number);
    } else {
        duo_tool_format_hex((struct duo_bytes){hash.bytes, hash.byte_count},
                            text);
    }
    if (options->common.is_json) {
        duo_print_json(json_pack("{s:s,s:I,s:s,s:s}", "name", name, "bytes",
                                 (json_int_t)hash.len_bytes, "type", hash.type,
                                 "hash", text));
    } else {
        (void)printf("%s  %s  (%s of %" PRIu32 " bytes)\n", text, name,
                     hash.type, hash.len_bytes);
    }
    return true;
}

int duo_verb_fs(int argc, char **argv)
{
    return duo_words_run(&verb, &words, argc, argv);
}
