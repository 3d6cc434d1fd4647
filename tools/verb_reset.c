/* SPDX-License-Identifier: MIT */
/* duoboot reset: restart the device, which installs what was asked for. */
#include <stdlib.h>

#include "device_list.h"
#include "device_reboot.h"
#include "duo/smp_groups.h"
#include "print_json.h"
#include "verb.h"

struct reset_options {
    struct duo_talk_options common; /* First. */
    struct duo_client_reset reset;
    bool wait;
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"force", 'f', NULL, 0, "Also if the device says that it is busy", 0},
    {"recovery", 'r', NULL, 0, "Into the boot loader's recovery, not the application", 0},
    {"wait", 'w', NULL, 0, "Wait until it is back, and say what it runs", 0},
    {0}};
/* clang-format on */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct reset_options *options = state->input;

    (void)arg;
    switch (key) {
    case 'f': options->reset.force = true; break;
    case 'r': options->reset.boot_mode = DUO_SMP_BOOT_RECOVERY; break;
    case 'w': options->wait = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct duo_talk_verb verb = {
    .options = option_table,
    .parse = parse,
    .doc = "Restart the device. What was asked for by test or confirm is "
           "installed then; what runs on trial without confirmation goes.\v"
           "JSON: {reset: true}, with --wait also {took_us, journal: [entry], "
           "images: [image]}.\n\n"
           "Example:\n"
           "  duoboot reset --wait\n",
};

static bool run_waiting(struct duo_talk *talk,
                        const struct reset_options *options)
{
    struct duo_reboot reboot = {.reset = options->reset};
    bool done = duo_talk_reboot(talk, &reboot);

    if (done && options->common.is_json) {
        json_t *journal = json_array();
        for (size_t i = 0; i < reboot.news.count; i++) {
            (void)json_array_append_new(
                journal, duo_talk_event_json(&reboot.news.list[i]));
        }
        duo_print_json(json_pack("{s:b,s:I,s:o,s:o}", "reset", true, "took_us",
                                 (json_int_t)reboot.took_us, "journal", journal,
                                 "images", duo_images_json(&reboot.after)));
    } else if (done) {
        duo_talk_print_images(&reboot.after);
    }
    free(reboot.news.list);
    return done;
}

static bool run(struct duo_talk *talk, const struct reset_options *options)
{
    /* A board that runs in this process would be switched off before it has
     * booted. */
    if (options->wait || talk->link->is_power) {
        return run_waiting(talk, options);
    }
    if (!duo_client_reset(&talk->client, &options->reset, &talk->error)) {
        return false;
    }
    if (options->common.is_json) {
        duo_print_json(json_pack("{s:b}", "reset", true));
    }
    duo_talk_say(talk, "%s: resets now.", talk->link->url);
    return true;
}

int duo_verb_reset(int argc, char **argv)
{
    struct reset_options options = {.reset = {.boot_mode = -1}};
    struct duo_talk talk;
    bool done;

    duo_talk_parse(&verb, argc, argv, &options.common);
    done = duo_talk_begin(&talk, &options.common) && run(&talk, &options);
    return duo_talk_end(&talk, done);
}
