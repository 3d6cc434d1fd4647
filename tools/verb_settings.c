/* SPDX-License-Identifier: MIT */
/* duoboot settings: read, write and delete the device's settings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "device_words.h"
#include "print_json.h"
#include "text.h"
#include "verb.h"

enum { KEY_HEX = 0x200 };

/* clang-format off */
static const struct argp_option option_table[] = {
    {"hex", KEY_HEX, NULL, 0, "VALUE is, or is printed as, hexadecimal digits", 0},
    {0}};
/* clang-format on */

static bool run_get(struct duo_talk *talk,
                    const struct duo_words_options *options);
static bool run_set(struct duo_talk *talk,
                    const struct duo_words_options *options);
static bool run_delete(struct duo_talk *talk,
                       const struct duo_words_options *options);
static bool run_save(struct duo_talk *talk,
                     const struct duo_words_options *options);
static bool run_load(struct duo_talk *talk,
                     const struct duo_words_options *options);
static bool run_commit(struct duo_talk *talk,
                       const struct duo_words_options *options);

static const struct duo_words_command commands[] = {
    {"get",    2, 2, run_get   },
    {"set",    3, 3, run_set   },
    {"delete", 2, 2, run_delete},
    {"save",   1, 1, run_save  },
    {"load",   1, 1, run_load  },
    {"commit", 1, 1, run_commit},
};

static const struct duo_words words = {
    .usage = "get NAME, set NAME VALUE, delete NAME, save, load or commit",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct duo_words_options *options = state->input;

    switch (key) {
    case KEY_HEX: options->is_hex = true; break;
    case ARGP_KEY_ARG: duo_words_take(options, arg, state); break;
    case ARGP_KEY_END:
        if (options->count > 0 && strcmp(options->words[0], "list") == 0) {
            argp_error(state, "SMP has no command that lists settings: their "
                              "names have to be known; the shell of the device "
                              "may list them (`duoboot shell settings list')");
        }
        (void)duo_words_check(&words, options, state);
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct duo_talk_verb verb = {
    .args_doc = "get NAME\nset NAME VALUE\ndelete NAME\nsave\nload\ncommit",
    .options = option_table,
    .parse = parse,
    .doc =
        "The settings of the device. A value is a text, or bytes with --hex. "
        "There is no list: SMP has no command for it.\v"
        "JSON of get: {name, hex, text}; text is null if the value is none.\n\n"
        "Examples:\n"
        "  duoboot settings set app/name kitchen\n"
        "  duoboot settings get --hex app/key\n",
};

static bool is_text(struct duo_bytes bytes)
{
    for (size_t i = 0; i < bytes.len_bytes; i++) {
        if (bytes.data[i] < 0x20 || bytes.data[i] > 0x7E) {
            return false;
        }
    }
    return true;
}

static void print_value(const struct duo_words_options *options,
                        struct duo_bytes value)
{
    char *hex = malloc(2U * value.len_bytes + 1U);

    if (hex == NULL) {
        abort();
    }
    duo_tool_format_hex(value, hex);
    if (options->common.is_json) {
        duo_print_json(json_pack(
            "{s:s,s:s,s:o}", "name", options->words[1], "hex", hex, "text",
            is_text(value)
                ? json_stringn((const char *)value.data, value.len_bytes)
                : json_null()));
    } else if (options->is_hex || !is_text(value)) {
        (void)printf("%s\n", hex);
    } else {
        (void)printf("%.*s\n", (int)value.len_bytes, (const char *)value.data);
    }
    free(hex);
}

static bool run_get(struct duo_talk *talk,
                    const struct duo_words_options *options)
{
    struct duo_tool_buffer value = {0};
    bool done = duo_client_setting_get(&talk->client, options->words[1], &value,
                                       &talk->error);

    if (done) {
        duo_tool_buffer_fill(&value, 0, 1); /* data is then never NULL. */
        value.len_bytes--;
        print_value(options, duo_tool_buffer_view(&value));
    }
    duo_tool_buffer_free(&value);
    return done;
}

static bool parse_value(const struct duo_words_options *options,
                        struct duo_tool_buffer *value,
                        struct duo_tool_error *error)
{
    const char *text = options->words[2];
    char prefixed[4096];

    if (!options->is_hex) {
        duo_tool_buffer_append(
            value, (struct duo_bytes){(const uint8_t *)text, strlen(text)});
        return true;
    }
    if (strlen(text) + 3U > sizeof(prefixed)) {
        return duo_tool_fail(error, DUO_EXIT_USAGE, "the value is too long");
    }
    (void)snprintf(prefixed, sizeof(prefixed), "0x%s",
                   strncmp(text, "0x", 2) == 0 ? text + 2 : text);
    return text[0] == '\0' || duo_tool_parse_tlv_value(prefixed, value, error);
}

static bool run_set(struct duo_talk *talk,
                    const struct duo_words_options *options)
{
    struct duo_tool_buffer value = {0};
    bool done =
        parse_value(options, &value, &talk->error) &&
        duo_client_setting_set(&talk->client, options->words[1],
                               duo_tool_buffer_view(&value), &talk->error);

    duo_tool_buffer_free(&value);
    return done;
}

static bool run_delete(struct duo_talk *talk,
                       const struct duo_words_options *options)
{
    return duo_client_setting_delete(&talk->client, options->words[1],
                                     &talk->error);
}

static bool run_save(struct duo_talk *talk,
                     const struct duo_words_options *options)
{
    (void)options;
    return duo_client_settings_do(&talk->client, DUO_CLIENT_SETTINGS_SAVE,
                                  &talk->error);
}

static bool run_load(struct duo_talk *talk,
                     const struct duo_words_options *options)
{
    (void)options;
    return duo_client_settings_do(&talk->client, DUO_CLIENT_SETTINGS_LOAD,
                                  &talk->error);
}

static bool run_commit(struct duo_talk *talk,
                       const struct duo_words_options *options)
{
    (void)options;
    return duo_client_settings_do(&talk->client, DUO_CLIENT_SETTINGS_COMMIT,
                                  &talk->error);
}

int duo_verb_settings(int argc, char **argv)
{
    return duo_words_run(&verb, &words, argc, argv);
}
