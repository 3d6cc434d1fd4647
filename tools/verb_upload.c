/* SPDX-License-Identifier: MIT */
/* duoboot upload: update the device: send images, test or confirm them, reset. */
#include <stdlib.h>
#include <string.h>

#include "device_bar.h"
#include "device_files.h"
#include "device_list.h"
#include "print_json.h"
#include "text.h"
#include "verb.h"

struct upload_options {
    struct duo_talk_options common; /* First. */
    const char *paths[DUO_UPLOAD_IMAGES_MAX];
    size_t path_count;
    enum duo_device_mode mode;
    int32_t image_index; /* -1: not said. */
    bool no_reset;
    bool only_upgrade;
    bool force;
    uint32_t window;
    uint32_t packet_bytes;
};

enum {
    KEY_MODE = 0x200,
    KEY_IMAGE,
    KEY_NO_RESET,
    KEY_ONLY_UPGRADE,
    KEY_FORCE,
    KEY_WINDOW,
    KEY_PACKET,
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"mode", KEY_MODE, "MODE", 0, "test (default): runs once, and stays if it is confirmed; confirm: is installed for "
     "good; test-and-confirm: is confirmed as soon as it answers; none: only sent", 0},
    {"image", KEY_IMAGE, "N", 0, "Insist on this image number: 0 application, 1 network (default: what the image is "
     "linked for)", 0},
    {"no-reset", KEY_NO_RESET, NULL, 0, "Leave the reset to a later time", 0},
    {"only-upgrade", KEY_ONLY_UPGRADE, NULL, 0, "The device refuses what is not newer than what it runs", 0},
    {"force", KEY_FORCE, NULL, 0, "Reset also if the device says that it is busy", 0},
    {"window", KEY_WINDOW, "N", 0, "At most N packets on their way (default: what the device takes)", 0},
    {"packet", KEY_PACKET, "BYTES", 0, "Packets of at most so many bytes (default: what the device takes)", 0},
    {0}};
/* clang-format on */

struct mode_name {
    const char *name;
    enum duo_device_mode mode;
};

static const struct mode_name modes[] = {
    {"test",             DUO_DEVICE_TEST            },
    {"confirm",          DUO_DEVICE_CONFIRM         },
    {"test-and-confirm", DUO_DEVICE_TEST_AND_CONFIRM},
    {"none",             DUO_DEVICE_NONE            },
};
#define MODE_COUNT (sizeof(modes) / sizeof(modes[0]))

static void parse_mode(struct upload_options *options, const char *arg,
                       struct argp_state *state)
{
    for (size_t i = 0; i < MODE_COUNT; i++) {
        if (strcmp(modes[i].name, arg) == 0) {
            options->mode = modes[i].mode;
            return;
        }
    }
    argp_error(state, "--mode %s: test, confirm, test-and-confirm or none",
               arg);
}

static uint32_t parse_number(const char *option, char *arg,
                             struct argp_state *state)
{
    struct duo_tool_error error;
    uint32_t value = 0;

    if (!duo_tool_parse_number((struct duo_tool_word){option, arg}, 65535,
                               &value, &error)) {
        argp_error(state, "%s", error.text);
    }
    return value;
}

static void add_path(struct upload_options *options, const char *arg,
                     struct argp_state *state)
{
    if (options->path_count == DUO_UPLOAD_IMAGES_MAX) {
        argp_error(state, "at most %u files", DUO_UPLOAD_IMAGES_MAX);
    }
    options->paths[options->path_count++] = arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct upload_options *options = state->input;

    switch (key) {
    case KEY_MODE: parse_mode(options, arg, state); break;
    case KEY_IMAGE:
        options->image_index = (int32_t)parse_number("--image", arg, state);
        break;
    case KEY_NO_RESET: options->no_reset = true; break;
    case KEY_ONLY_UPGRADE: options->only_upgrade = true; break;
    case KEY_FORCE: options->force = true; break;
    case KEY_WINDOW:
        options->window = parse_number("--window", arg, state);
        break;
    case KEY_PACKET:
        options->packet_bytes = parse_number("--packet", arg, state);
        break;
    case ARGP_KEY_ARG: add_path(options, arg, state); break;
    case ARGP_KEY_END:
        if (options->path_count == 0) {
            argp_error(state, "FILE is needed: an image or a package");
        }
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct duo_talk_verb verb = {
    .args_doc = "FILE...",
    .options = option_table,
    .parse = parse,
    .doc =
        "Update the device with signed images (.bin, .hex) for either core, or "
        "a package (dfu_application.zip): sends what the device has not got, "
        "asks for it, resets, waits, and says what runs now, and if it is not "
        "what was sent, why. After Ctrl-C, a reset or a cut the same command "
        "goes on where the device stands.\v"
        "JSON: {images: [{file, core, version, digest, bytes, resumed_bytes, "
        "resent_packets, elapsed_us}], mode, before: [image], after: [image]}; "
        "see `duoboot device list --help'.\n\n"
        "Examples:\n"
        "  duoboot upload net.signed.bin\n"
        "  duoboot upload --mode test-and-confirm dfu_application.zip\n",
};

struct upload {
    struct duo_talk talk;
    const struct upload_options *options;
    struct duo_upload_files files;
    struct duo_client_progress progress[DUO_UPLOAD_IMAGES_MAX];
    size_t shown_index; /* Whose bar it is; SIZE_MAX: none. */
    bool told_resumed;
    struct duo_bar bar;
    char label[DUO_TEXT_BYTES];
};

static const char *core_label(struct upload *upload, size_t index)
{
    enum duo_core core = upload->files.cores[index];

    if (core < DUO_CORE_NONE) {
        duo_text_core(upload->label, (uint32_t)core);
    } else {
        (void)snprintf(upload->label, sizeof(upload->label), "image");
    }
    return upload->label;
}

/* Only the first answer tells that there is something to go on with. */
static void tell_resumed(struct upload *upload,
                         const struct duo_client_progress *progress)
{
    char text[DUO_TEXT_BYTES];

    if (progress->resumed_bytes == 0 || upload->told_resumed) {
        return;
    }
    upload->told_resumed = true;
    duo_bar_end(&upload->bar);
    duo_text_count(text, progress->resumed_bytes);
    duo_talk_say(&upload->talk,
                 "The device holds %s bytes of it already; going on from "
                 "there.",
                 text);
}

static void on_progress(void *ctx, size_t index,
                        const struct duo_client_progress *progress)
{
    struct upload *upload = ctx;

    if (upload->shown_index != index) {
        duo_bar_begin(&upload->bar, core_label(upload, index),
                      upload->options->common.is_quiet);
        upload->shown_index = index;
        upload->told_resumed = false;
    }
    upload->talk.is_reached = true;
    tell_resumed(upload, progress);
    duo_bar_show(&upload->bar, progress);
}

static void on_step(void *ctx, enum duo_device_step step, size_t index,
                    const char *sentence)
{
    struct upload *upload = ctx;
    enum duo_paint paint = step == DUO_DEVICE_STEP_TROUBLE  ? DUO_PAINT_BAD
                           : step == DUO_DEVICE_STEP_RESULT ? DUO_PAINT_GOOD
                                                            : DUO_PAINT_NONE;

    duo_bar_end(&upload->bar);
    if (step == DUO_DEVICE_STEP_LOOK) {
        upload->talk.is_reached = true;
        return;
    }
    if (step == DUO_DEVICE_STEP_UPLOAD) {
        upload->shown_index = SIZE_MAX;
        duo_talk_say(&upload->talk, "%s, for the %s core", sentence,
                     core_label(upload, index));
        return;
    }
    upload->talk.is_reached = true;
    if (paint == DUO_PAINT_NONE) {
        duo_talk_say(&upload->talk, "%s", sentence);
    } else {
        duo_talk_say(&upload->talk, "%s%s%s", duo_paint(stderr, paint),
                     sentence, duo_paint(stderr, DUO_PAINT_NONE));
    }
}

/* Where the images go: as --image says, else as they are linked. */
static bool route(struct upload *upload)
{
    const struct upload_options *options = upload->options;
    struct duo_upload_files *files = &upload->files;

    for (size_t i = 0; i < files->count; i++) {
        if (options->image_index >= 0) {
            files->images[i].image_index = options->image_index;
        } else if (files->cores[i] < DUO_CORE_NONE) {
            /* What the image is linked for wins over a manifest. */
            files->images[i].image_index = (int32_t)files->cores[i];
        }
    }
    return options->image_index < 0 || files->count == 1 ||
           duo_tool_fail(&upload->talk.error, DUO_EXIT_USAGE,
                         "--image is for one image; there are %zu",
                         files->count);
}

static void print_json(const struct upload *upload,
                       const struct duo_device_update *update)
{
    json_t *list = json_array();

    for (size_t i = 0; i < upload->files.count; i++) {
        const struct duo_device_image *image = &upload->files.images[i];
        const struct duo_client_progress *progress = &upload->progress[i];
        char hash[2U * DUO_CLIENT_HASH_BYTES + 1U];

        duo_tool_format_hex(
            (struct duo_bytes){image->hash, sizeof(image->hash)}, hash);
        (void)json_array_append_new(
            list,
            json_pack("{s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I}", "file", image->label,
                      "core", duo_core_name(upload->files.cores[i]), "version",
                      image->version, "digest", hash, "bytes",
                      (json_int_t)image->file.len_bytes, "resumed_bytes",
                      (json_int_t)progress->resumed_bytes, "resent_packets",
                      (json_int_t)progress->resent_packets, "elapsed_us",
                      (json_int_t)progress->elapsed_us));
    }
    duo_print_json(json_pack("{s:o,s:s,s:o,s:o}", "images", list, "mode",
                             modes[update->mode].name, "before",
                             duo_images_json(&update->before), "after",
                             duo_images_json(&update->after)));
}

/* What is left to do, for whoever asked for no reset. */
static void say_rest(const struct upload *upload,
                     const struct duo_device_update *update)
{
    if (update->mode == DUO_DEVICE_NONE) {
        duo_talk_say(&upload->talk, "Sent, and nothing was asked for; "
                                    "`duoboot test' and `duoboot reset' go "
                                    "on.");
    } else if (update->no_reset) {
        duo_talk_say(&upload->talk,
                     "Not reset; `duoboot reset --wait' installs it.");
    } else if (update->mode == DUO_DEVICE_TEST) {
        duo_talk_say(&upload->talk,
                     "`duoboot confirm' keeps what runs on trial; `duoboot "
                     "revert' takes it back.");
    }
}

/* Where the device stands, and that nothing is lost. */
static void say_interrupted(const struct upload *upload)
{
    const struct duo_client_progress *progress;
    char off[DUO_TEXT_BYTES];
    char total[DUO_TEXT_BYTES];

    if (upload->shown_index == SIZE_MAX) {
        return;
    }
    progress = &upload->progress[upload->shown_index];
    if (progress->off_bytes == 0 ||
        progress->off_bytes == progress->total_bytes) {
        return;
    }
    duo_text_count(off, progress->off_bytes);
    duo_text_count(total, progress->total_bytes);
    (void)fprintf(stderr,
                  "%s: the device holds %s of %s bytes; what runs is "
                  "untouched. The same command goes on from there.\n",
                  upload->files.images[upload->shown_index].label, off, total);
}

static bool run(struct upload *upload)
{
    const struct upload_options *options = upload->options;
    struct duo_talk *talk = &upload->talk;
    struct duo_device_update update = {
        .images = upload->files.images,
        .count = upload->files.count,
        .mode = options->mode,
        .no_reset = options->no_reset,
        .only_upgrade = options->only_upgrade,
        .force = options->force,
        .packet_bytes_max = options->packet_bytes,
        .window_max = options->window,
        .on_step = on_step,
        .on_progress = on_progress,
        .ctx = upload,
        .progress = upload->progress,
    };
    bool done = duo_device_update(&talk->client, &update, &talk->error);

    duo_bar_end(&upload->bar);
    if (!done) {
        say_interrupted(upload);
        return false;
    }
    say_rest(upload, &update);
    if (options->common.is_json) {
        print_json(upload, &update);
    }
    return true;
}

int duo_verb_upload(int argc, char **argv)
{
    struct upload_options options = {.image_index = -1};
    struct upload upload = {.options = &options, .shown_index = SIZE_MAX};
    int exit_code;
    bool done;

    duo_talk_parse(&verb, argc, argv, &options.common);
    /* The files first: nobody waits for a device to be told of a typo. */
    upload.talk.options = &options.common;
    done = duo_upload_files_read(&upload.files, options.paths,
                                 options.path_count, &upload.talk.error) &&
           route(&upload) && duo_talk_begin(&upload.talk, &options.common) &&
           run(&upload);
    exit_code = duo_talk_end(&upload.talk, done);
    duo_upload_files_free(&upload.files);
    return exit_code;
}
