/* SPDX-License-Identifier: MIT */
/* duoboot package create: a zip for the phone apps from signed images. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "image_file.h"
#include "package.h"
#include "package_verb.h"
#include "text.h"
#include "trust_words.h"

#define BOARD_DEFAULT "nrf5340dk/nrf5340"

struct input {
    const char *path;
    enum duo_core core; /* That it must be for; NONE: that of the image. */
};

struct options {
    struct input inputs[DUO_CORE_COUNT];
    size_t input_count;
    const char *out_path;
    const char *name;
    const char *board;
    struct duo_trust_words trust;
    bool has_time;
    uint32_t time_s;
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"out", 'o', "FILE.zip", 0, "Where the package goes", 0},
    {"app", 'a', "FILE", 0, "An image that must be for the application core", 0},
    {"net", 'n', "FILE", 0, "An image that must be for the network core", 0},
    {"name", 'N', "TEXT", 0, "The package's name, which the iOS app shows", 0},
    {"board", 'b', "BOARD/SOC", 0, "The board's name in the manifest (default: " BOARD_DEFAULT ")", 0},
    {"time", 't', "UNIX", 0, "Time of everything in the package, seconds since 1970 (default: $SOURCE_DATE_EPOCH, or that of the newest file)", 0},
    {"key", 'k', "FILE", 0, "Refuse an image that is not signed with this key (private or public PEM); may be repeated", 0},
    {"layout", 'l', "FILE", 0, "Layout file of the board (default: nRF5340 DK)", 0},
    {0}};
/* clang-format on */

static const char doc[] =
    "Make a package from one signed image, or one for each core. FILE is a "
    ".bin or .hex file as `duoboot sign' or imgtool makes it; its core is "
    "found from the image itself. The order is kept. The same files and time "
    "make the same bytes.\v"
    "Examples:\n"
    "  duoboot package create -o dfu_application.zip app.bin net.bin\n"
    "  duoboot package create -o net-only.zip --net net.hex --name hotfix\n";

static void add_input(struct options *options, struct argp_state *state,
                      struct input input)
{
    if (options->input_count == DUO_CORE_COUNT) {
        argp_error(state, "at most one image for each core");
        return;
    }
    options->inputs[options->input_count] = input;
    options->input_count++;
}

static void take_time(struct options *options, struct argp_state *state,
                      struct duo_tool_word word)
{
    struct duo_tool_error error;

    if (!duo_tool_parse_number(word, UINT32_MAX, &options->time_s, &error)) {
        argp_error(state, "%s", error.text);
    }
    options->has_time = true;
}

static void finish(struct options *options, struct argp_state *state)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");

    if (options->out_path == NULL || options->input_count == 0) {
        argp_error(state, "--out and at least one image are needed");
    }
    if (!options->has_time && epoch != NULL && epoch[0] != '\0') {
        take_time(options, state,
                  (struct duo_tool_word){"SOURCE_DATE_EPOCH", epoch});
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'o': options->out_path = arg; break;
    case 'N': options->name = arg; break;
    case 'b': options->board = arg; break;
    case 'l': options->trust.layout_path = arg; break;
    case 't':
        take_time(options, state, (struct duo_tool_word){"--time", arg});
        break;
    case 'k': duo_trust_words_add_key(&options->trust, arg, state); break;
    case 'a':
        add_input(options, state, (struct input){arg, DUO_CORE_APP});
        break;
    case 'n':
        add_input(options, state, (struct input){arg, DUO_CORE_NET});
        break;
    case ARGP_KEY_ARG:
        add_input(options, state, (struct input){arg, DUO_CORE_NONE});
        break;
    case ARGP_KEY_END: finish(options, state); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

struct job {
    struct duo_tool_trust board;
    struct duo_package_part parts[DUO_CORE_COUNT];
    size_t count;
    int64_t newest_s;
    struct duo_tool_buffer zip;
};

/* Without a key the signature is not asked for; everything else is. */
static bool is_accepted(const struct job *job,
                        const struct duo_tool_verdict *verdict)
{
    if (verdict->verdict == DUO_VERDICT_ACCEPT) {
        return true;
    }
    return job->board.trust.key_count == 0 &&
           verdict->reason == DUO_REASON_KEY_UNKNOWN;
}

static bool take_input(struct job *job, const struct input *input,
                       struct duo_tool_error *error)
{
    struct duo_package_part *part = &job->parts[job->count];
    struct duo_tool_image_file file;
    struct duo_tool_verdict verdict;
    struct stat info;

    if (!duo_tool_image_file_read(input->path, &file, error)) {
        return false;
    }
    part->path = input->path;
    part->bytes = file.bytes;
    job->count++;
    if (stat(input->path, &info) == 0 && info.st_mtime > job->newest_s) {
        job->newest_s = info.st_mtime;
    }
    duo_tool_check_image(duo_tool_buffer_view(&part->bytes), &job->board.trust,
                         &verdict);
    part->image = verdict.image;
    if (!is_accepted(job, &verdict)) {
        return duo_tool_fail(
            error, DUO_EXIT_REFUSED, "%s: the boot loader would refuse it: %s",
            input->path, duo_reason_text(verdict.reason)->sentence);
    }
    if (input->core != DUO_CORE_NONE && input->core != part->image.core) {
        return duo_tool_fail(error, DUO_EXIT_REFUSED,
                             "%s: was given as the %s core's image, but is "
                             "linked for the %s core",
                             input->path, duo_core_name(input->core),
                             duo_core_name(part->image.core));
    }
    return true;
}

/* Nothing leaves this tool that a phone app or the board would refuse. */
static bool check_result(const struct options *options, const struct job *job,
                         struct duo_tool_error *error)
{
    struct duo_package package;
    struct duo_package_findings findings;
    bool done = true;

    if (!duo_package_parse(options->out_path, duo_tool_buffer_view(&job->zip),
                           &package, error)) {
        error->exit_code = DUO_EXIT_INTERNAL;
        return false;
    }
    duo_package_check(&package, &job->board.trust, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        const struct duo_package_finding *finding = &findings.list[i];
        if (finding->severity == DUO_PACKAGE_ERROR && done) {
            done = duo_tool_fail(error, DUO_EXIT_REFUSED, "%s: %s",
                                 finding->place, finding->sentence);
        } else if (finding->severity == DUO_PACKAGE_WARNING) {
            (void)fprintf(stderr, "duoboot: note: %s: %s\n", finding->place,
                          finding->sentence);
        }
    }
    duo_package_findings_free(&findings);
    duo_package_free(&package);
    return done;
}

static void tell(const struct options *options, const struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        const struct duo_package_part *part = &job->parts[i];
        char version[32];
        duo_version_format(&part->image.version, version);
        (void)printf("%s: image %u, %s core, version %s, %u bytes, from %s\n",
                     options->out_path, (unsigned)part->image.core,
                     duo_core_name(part->image.core), version,
                     part->image.total_bytes, part->path);
        if (part->bytes.len_bytes > part->image.total_bytes) {
            (void)printf("%s: %zu bytes of padding left out\n",
                         options->out_path,
                         part->bytes.len_bytes - part->image.total_bytes);
        }
    }
}

static bool create(const struct options *options, struct job *job,
                   struct duo_tool_error *error)
{
    static const struct duo_tool_file_mode mode = {0644, true};
    struct duo_package_plan plan = {
        .name = options->name,
        .board = options->board,
        .parts = job->parts,
        .trust = &job->board.trust,
    };

    if (!duo_trust_words_board(&options->trust, &job->board, error)) {
        return false;
    }
    for (size_t i = 0; i < options->input_count; i++) {
        if (!take_input(job, &options->inputs[i], error)) {
            return false;
        }
    }
    plan.count = job->count;
    plan.time_s = options->has_time ? options->time_s : job->newest_s;
    if (!duo_package_write(&plan, &job->zip, error) ||
        !check_result(options, job, error) ||
        !duo_tool_file_write(options->out_path, duo_tool_buffer_view(&job->zip),
                             mode, error)) {
        return false;
    }
    tell(options, job);
    return true;
}

int duo_package_create(int argc, char **argv)
{
    static const struct argp argp = {.options = option_table,
                                     .parser = parse,
                                     .args_doc = "[FILE...]",
                                     .doc = doc};
    struct options options = {.board = BOARD_DEFAULT};
    struct duo_tool_error error;
    struct job job = {0};
    bool done;

    /* In order: --net before a FILE comes before it in the package. */
    (void)argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &options);
    done = create(&options, &job, &error);
    for (size_t i = 0; i < job.count; i++) {
        duo_tool_buffer_free(&job.parts[i].bytes);
    }
    duo_tool_buffer_free(&job.zip);
    return done ? DUO_EXIT_OK : duo_tool_report(&error);
}
