/* SPDX-License-Identifier: MIT */
/* duoboot shell: run commands in the device's shell, or type them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "device_lines.h"
#include "device_plain.h"
#include "device_verb.h"
#include "print_json.h"
#include "verb.h"

#define WORDS_MAX 32U

struct shell_options {
    struct duo_talk_options common; /* First. */
    const char *words[WORDS_MAX];
    size_t count;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct shell_options *options = state->input;

    if (key != ARGP_KEY_ARG) {
        return ARGP_ERR_UNKNOWN;
    }
    if (options->count == WORDS_MAX) {
        argp_error(state, "at most %u words", WORDS_MAX);
    }
    options->words[options->count++] = arg;
    return 0;
}

static const struct duo_talk_verb verb = {
    .args_doc = "[--] [COMMAND [WORD...]]",
    .parse = parse,
    .doc = "Run a command in the device's shell and print what it says; the "
           "exit code is 1 if the command failed. Without a command: type "
           "them, with history; Ctrl-D ends. Commands may also be piped in, "
           "one a line; the first that fails ends it.\v"
           "JSON of one command: {command, output, result}.\n\n"
           "Examples:\n"
           "  duoboot shell kernel uptime\n"
           "  duoboot shell -- flash read --help\n",
};

static void print_output(const struct duo_client_shell *shell)
{
    struct duo_plain plain = {0};
    struct duo_tool_buffer out = {0};

    duo_plain_add(&plain, duo_tool_buffer_view(&shell->output), &out);
    if (out.len_bytes > 0) {
        (void)fwrite(out.data, 1, out.len_bytes, stdout);
        if (out.data[out.len_bytes - 1U] != '\n') {
            (void)printf("\n");
        }
    }
    (void)fflush(stdout);
    duo_tool_buffer_free(&out);
}

static void print_json(const struct duo_client_shell *shell)
{
    struct duo_tool_buffer command = {0};
    struct duo_plain plain = {0};
    struct duo_tool_buffer out = {0};

    for (size_t i = 0; i < shell->count; i++) {
        const char *word = shell->words[i];
        duo_tool_buffer_fill(&command, ' ', i == 0 ? 0 : 1);
        duo_tool_buffer_append(
            &command, (struct duo_bytes){(const uint8_t *)word, strlen(word)});
    }
    duo_plain_add(&plain, duo_tool_buffer_view(&shell->output), &out);
    duo_print_json(json_pack("{s:o,s:o,s:I}", "command",
                             duo_plain_json(duo_tool_buffer_view(&command)),
                             "output",
                             duo_plain_json(duo_tool_buffer_view(&out)),
                             "result", (json_int_t)shell->result));
    duo_tool_buffer_free(&command);
    duo_tool_buffer_free(&out);
}

static bool run_words(struct duo_talk *talk, const char *const *words,
                      size_t count)
{
    struct duo_client_shell shell = {.words = words, .count = count};
    bool done = duo_client_shell(&talk->client, &shell, &talk->error);

    if (done && talk->options->is_json) {
        print_json(&shell);
    } else if (done) {
        print_output(&shell);
    }
    duo_tool_buffer_free(&shell.output);
    if (!done && duo_talk_is_unsupported(talk)) {
        return duo_tool_fail(&talk->error, DUO_EXIT_REFUSED,
                             "%s: the device's SMP server has no shell; its "
                             "console may have one, for a terminal program",
                             talk->link->url);
    }
    talk->is_reached = talk->is_reached || done;
    return done && (shell.result == 0 ||
                    duo_tool_fail(&talk->error, DUO_EXIT_REFUSED,
                                  "%s: the command ended with %" PRId64,
                                  words[0], shell.result));
}

/* Servers join the words with spaces: quotes arrive as they were typed. */
static bool run_line(struct duo_talk *talk, const char *line)
{
    const char *words[WORDS_MAX];
    char *copy = strdup(line);
    char *rest = NULL;
    size_t count = 0;
    bool done = true;

    if (copy == NULL) {
        abort();
    }
    for (char *word = strtok_r(copy, " \t", &rest); word != NULL;
         word = strtok_r(NULL, " \t", &rest)) {
        if (count == WORDS_MAX) {
            free(copy);
            return duo_tool_fail(&talk->error, DUO_EXIT_USAGE,
                                 "more than %u words", WORDS_MAX);
        }
        words[count++] = word;
    }
    if (count > 0) {
        done = run_words(talk, words, count);
    }
    free(copy);
    return done;
}

/* A person goes on after a failure; a script does not, and neither does
 * somebody whose device has no shell. */
static bool survives(struct duo_talk *talk)
{
    const struct duo_client_failure *failure = &talk->client.failure;

    if (isatty(STDIN_FILENO) != 1 || failure->kind == DUO_CLIENT_GONE ||
        duo_talk_is_unsupported(talk)) {
        return false;
    }
    (void)fprintf(stderr, "%s\n", talk->error.text);
    return duo_talk_resume();
}

static bool interact(struct duo_talk *talk)
{
    struct duo_lines *lines = duo_lines_open();
    bool done = true;

    if (isatty(STDIN_FILENO) == 1) {
        duo_talk_say(talk, "%s: Ctrl-D ends.", talk->link->url);
    }
    while (done) {
        const char *line = duo_lines_next(lines);
        if (line == NULL) {
            break;
        }
        /* A Ctrl-C before the line was ended was not meant for the command. */
        done = duo_talk_resume();
        done = done && (run_line(talk, line) || survives(talk));
    }
    duo_lines_close(lines);
    return done;
}

int duo_verb_shell(int argc, char **argv)
{
    struct shell_options options = {0};
    struct duo_talk talk;
    bool done;

    duo_talk_parse(&verb, argc, argv, &options.common);
    done = duo_talk_begin(&talk, &options.common) &&
           (options.count > 0 ? run_words(&talk, options.words, options.count)
                              : interact(&talk));
    return duo_talk_end(&talk, done);
}
