/* SPDX-License-Identifier: MIT */
/* duoboot verify: tell whether the boot loader would accept an image. */
#include <argp.h>
#include <jansson.h>
#include <stdio.h>

#include "check.h"
#include "image_file.h"
#include "print_json.h"
#include "text.h"
#include "trust_words.h"
#include "verb.h"

struct options {
    struct duo_judge_words words;
    bool has_core;
    enum duo_core core;
    bool has_version_min;
    struct duo_version version_min;
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"key", 'k', "FILE", 0, "Trust this key (private or public PEM); may be repeated", 0},
    {"core", 'c', "CORE", 0, "Refuse an image that is not for this core, app or net", 0},
    {"newer-than", 'n', "X.Y.Z", 0, "Refuse an image that is older than this version", 0},
    {"layout", 'l', "FILE", 0, "Layout file of the board (default: nRF5340 DK)", 0},
    {"json", 'j', NULL, 0, "Print JSON", 0},
    {0}};
/* clang-format on */

static const char doc[] =
    "Check FILE exactly as the boot loader does, and say why it would be "
    "refused. Ends with 0 if it is accepted, with 1 if it is refused.\v"
    "Examples:\n"
    "  duoboot verify --key release.pub.pem app.signed.bin\n"
    "  duoboot verify -k old.pem -k new.pem --core net net.signed.hex\n"
    "  duoboot verify -k release.pem --newer-than 1.2.0 app.signed.bin\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    struct duo_tool_error error = {0};
    bool done = true;

    switch (key) {
    case 'c':
        options->has_core = true;
        done = duo_tool_parse_core(arg, &options->core, &error);
        break;
    case 'n':
        options->has_version_min = true;
        done =
            duo_tool_parse_version((struct duo_tool_word){"--newer-than", arg},
                                   &options->version_min, &error);
        break;
    case ARGP_KEY_END:
        if (options->words.path == NULL ||
            options->words.trust.key_count == 0) {
            argp_error(state, "FILE and --key are needed");
        }
        break;
    default: return duo_judge_words_parse(&options->words, key, arg, state);
    }
    if (!done) {
        argp_error(state, "%s", error.text);
    }
    return 0;
}

/* What the boot loader knows from elsewhere: the slot's core and the version
 * that runs. */
static void apply_policy(const struct options *options,
                         struct duo_tool_verdict *verdict)
{
    if (verdict->reason != DUO_REASON_NONE) {
        return;
    }
    if (options->has_core && verdict->image.core != options->core) {
        verdict->reason = DUO_REASON_WRONG_CORE;
    } else if (options->has_version_min &&
               duo_version_compare(&verdict->image.version,
                                   &options->version_min) < 0) {
        verdict->reason = DUO_REASON_DOWNGRADE;
    }
    if (verdict->reason != DUO_REASON_NONE) {
        verdict->verdict = DUO_VERDICT_REJECT;
    }
}

static void print_json(const struct options *options,
                       const struct duo_tool_verdict *verdict)
{
    const struct duo_reason_text *text = duo_reason_text(verdict->reason);
    json_t *object = json_pack(
        "{s:s,s:b,s:i,s:s,s:s}", "file", options->words.path, "accepted",
        verdict->verdict == DUO_VERDICT_ACCEPT, "reason", (int)verdict->reason,
        "reason_name", text->name, "sentence", text->sentence);

    if (verdict->image.core != DUO_CORE_NONE) {
        char version[32];
        char digest[2 * DUO_SHA256_BYTES + 1];
        struct duo_bytes digest_bytes = {verdict->image.digest,
                                         sizeof(verdict->image.digest)};
        duo_version_format(&verdict->image.version, version);
        duo_tool_format_hex(digest_bytes, digest);
        (void)json_object_set_new(object, "version", json_string(version));
        (void)json_object_set_new(
            object, "core", json_string(duo_core_name(verdict->image.core)));
        (void)json_object_set_new(object, "digest", json_string(digest));
    }
    duo_print_json(object);
}

static void print_text(const struct options *options,
                       const struct duo_tool_verdict *verdict)
{
    const struct duo_reason_text *text = duo_reason_text(verdict->reason);
    char version[32];

    if (verdict->verdict != DUO_VERDICT_ACCEPT) {
        (void)printf("%s: refused: %s (%s)\n", options->words.path,
                     text->sentence, text->name);
        return;
    }
    duo_version_format(&verdict->image.version, version);
    (void)printf("%s: accepted: %s core, version %s\n", options->words.path,
                 duo_core_name(verdict->image.core), version);
}

static bool verify(const struct options *options,
                   struct duo_tool_verdict *verdict,
                   struct duo_tool_error *error)
{
    struct duo_tool_image_file file;
    struct duo_tool_trust board;

    if (!duo_trust_words_board(&options->words.trust, &board, error) ||
        !duo_tool_image_file_read(options->words.path, &file, error)) {
        return false;
    }
    duo_tool_check_image(duo_tool_buffer_view(&file.bytes), &board.trust,
                         verdict);
    duo_tool_image_file_free(&file);
    apply_policy(options, verdict);
    return true;
}

int duo_verb_verify(int argc, char **argv)
{
    static const struct argp argp = {.options = option_table,
                                     .parser = parse,
                                     .args_doc = "FILE",
                                     .doc = doc};
    struct options options = {0};
    struct duo_tool_verdict verdict;
    struct duo_tool_error error;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (!verify(&options, &verdict, &error)) {
        return duo_tool_report(&error);
    }
    if (options.words.is_json) {
        print_json(&options, &verdict);
    } else {
        print_text(&options, &verdict);
    }
    return (int)duo_exit_of_reason(verdict.reason);
}
