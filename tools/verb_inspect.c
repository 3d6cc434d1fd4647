/* SPDX-License-Identifier: MIT */
/* duoboot inspect: show what is in an image, even in a broken one. */
#include <argp.h>

#include "image_file.h"
#include "inspect.h"
#include "print_json.h"
#include "trust_words.h"
#include "verb.h"

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
    struct duo_judge_words *words = state->input;

    if (key == ARGP_KEY_END && words->path == NULL) {
        argp_error(state, "FILE is needed");
    }
    return duo_judge_words_parse(words, key, arg, state);
}

static bool inspect(const struct duo_judge_words *words,
                    struct duo_tool_error *error)
{
    struct duo_tool_image_file file;
    struct duo_tool_trust board;
    json_t *report;

    if (!duo_trust_words_board(&words->trust, &board, error) ||
        !duo_tool_image_file_read(words->path, &file, error)) {
        return false;
    }
    report = duo_inspect_bytes(duo_tool_buffer_view(&file.bytes), &board.trust);
    (void)json_object_set_new(report, "file", json_string(words->path));
    if (words->is_json) {
        duo_print_json(report);
    } else {
        duo_inspect_print(report);
        json_decref(report);
    }
    duo_tool_image_file_free(&file);
    return true;
}

int duo_verb_inspect(int argc, char **argv)
{
    static const struct argp argp = {.options = option_table,
                                     .parser = parse,
                                     .args_doc = "FILE",
                                     .doc = doc};
    struct duo_judge_words words = {0};
    struct duo_tool_error error;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &words);
    return inspect(&words, &error) ? DUO_EXIT_OK : duo_tool_report(&error);
}
