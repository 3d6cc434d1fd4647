/* SPDX-License-Identifier: MIT */
/* duoboot inspect: show what is in an image, even in a broken one. */
#include <argp.h>
#include <stdio.h>

#include "board_trust.h"
#include "image_file.h"
#include "inspect.h"
#include "verb.h"

struct options {
    const char *path;
    const char *layout_path;
    const char *key_paths[DUO_TOOL_KEYS_MAX];
    size_t key_count;
    bool is_json;
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"key", 'k', "FILE", 0, "Tell the boot loader's verdict with this key; may be repeated", 0},
    {"layout", 'l', "FILE", 0, "Layout file of the board (default: nRF5340 DK)", 0},
    {"json", 'j', NULL, 0, "Print JSON, with all values in full", 0},
    {0}};
/* clang-format on */

static const char doc[] =
    "Show header, vector table and every TLV of FILE with names and offsets, "
    "and say what is wrong with it. Ends with 0 if the file can be read, "
    "whatever is in it; `duoboot verify' judges.\v"
    "Examples:\n"
    "  duoboot inspect app.signed.bin\n"
    "  duoboot inspect --key release.pub.pem net.signed.hex\n"
    "  duoboot inspect --json app.signed.bin | jq -r .header.version\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'k':
        if (options->key_count == DUO_TOOL_KEYS_MAX) {
            argp_error(state, "at most %u keys", DUO_TOOL_KEYS_MAX);
        }
        options->key_paths[options->key_count] = arg;
        options->key_count++;
        return 0;
    case 'l': options->layout_path = arg; return 0;
    case 'j': options->is_json = true; return 0;
    case ARGP_KEY_ARG:
        if (options->path != NULL) {
            argp_error(state, "one file only");
        }
        options->path = arg;
        return 0;
    case ARGP_KEY_END:
        if (options->path == NULL) {
            argp_error(state, "FILE is needed");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static bool inspect(const struct options *options, struct duo_tool_error *error)
{
    struct duo_tool_image_file file;
    struct duo_tool_trust board;
    json_t *report;

    if (!duo_board_trust(options->layout_path, &board, error)) {
        return false;
    }
    for (size_t i = 0; i < options->key_count; i++) {
        if (!duo_tool_trust_add_key(&board, options->key_paths[i], error)) {
            return false;
        }
    }
    if (!duo_tool_image_file_read(options->path, &file, error)) {
        return false;
    }
    report = duo_inspect_bytes(duo_tool_buffer_view(&file.bytes), &board.trust);
    (void)json_object_set_new(report, "file", json_string(options->path));
    if (options->is_json) {
        (void)json_dumpf(report, stdout, JSON_INDENT(2));
        (void)printf("\n");
    } else {
        duo_inspect_print(report);
    }
    json_decref(report);
    duo_tool_image_file_free(&file);
    return true;
}

int duo_verb_inspect(int argc, char **argv)
{
    static const struct argp argp = {.options = option_table,
                                     .parser = parse,
                                     .args_doc = "FILE",
                                     .doc = doc};
    struct options options = {0};
    struct duo_tool_error error;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &options);
    return inspect(&options, &error) ? DUO_EXIT_OK : duo_tool_report(&error);
}
