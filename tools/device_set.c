/* SPDX-License-Identifier: MIT */
/* Test and confirm; see device_set.h. */
#include "device_set.h"

#include "device.h"
#include "device_list.h"
#include "print_json.h"

struct set_options {
    struct duo_talk_options common; /* First. */
    const char *word;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct set_options *options = state->input;

    if (key != ARGP_KEY_ARG) {
        return ARGP_ERR_UNKNOWN;
    }
    if (options->word != NULL) {
        argp_error(state, "one image only, or `both'");
    }
    options->word = arg;
    return 0;
}

/* Without a word: what is plainly meant, or nothing. */
static bool choose_obvious(const struct duo_client_images *images,
                           enum duo_choose purpose, struct duo_choice *choice,
                           struct duo_tool_error *error)
{
    enum duo_image_role wanted =
        purpose == DUO_CHOOSE_TO_TEST ? DUO_IMAGE_WAITS : DUO_IMAGE_ON_TRIAL;

    *choice = (struct duo_choice){0};
    for (size_t i = 0; i < images->count; i++) {
        if (duo_image_role(images, &images->list[i]) == wanted) {
            choice->list[choice->count++] = &images->list[i];
        }
    }
    if (purpose == DUO_CHOOSE_TO_TEST) {
        return choice->count == 1 ||
               duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s: say which one: app, net, both, a digest or a "
                             "file",
                             choice->count == 0 ? "no image waits"
                                                : "more than one image waits");
    }
    return choice->count > 0 ||
           duo_tool_fail(error, DUO_EXIT_REFUSED,
                         "nothing runs on trial, so there is nothing to "
                         "confirm; `duoboot confirm app' would install what "
                         "waits in slot 1");
}

static void say(const struct duo_talk *talk,
                const struct duo_client_image *image, bool confirm)
{
    char text[DUO_IMAGE_TEXT_BYTES];

    duo_image_text(text, image);
    if (image->slot_index == 0) {
        duo_talk_say(talk, "%s runs: %s.", text,
                     confirm ? "to stay" : "to be tested");
    } else {
        duo_talk_say(talk, "%s: %s at the next reset.", text,
                     confirm ? "to be installed for good" : "to run on trial");
    }
}

static bool ask(struct duo_talk *talk, enum duo_choose purpose,
                const struct duo_choice *choice,
                struct duo_client_images *after)
{
    /* The network core first: an application on trial takes a network image
     * that it needs back with it, if power fails in between. */
    for (size_t i = choice->count; i > 0; i--) {
        const struct duo_client_image *image = choice->list[i - 1U];
        const struct duo_client_set set = {
            .hash = {image->hash, image->hash_bytes},
            .confirm = purpose == DUO_CHOOSE_TO_CONFIRM,
        };
        say(talk, image, set.confirm);
        if (!duo_client_set(&talk->client, &set, after, &talk->error)) {
            return false;
        }
    }
    return true;
}

static void print(const struct set_options *options,
                  const struct duo_choice *choice,
                  const struct duo_client_images *after)
{
    json_t *asked;

    if (!options->common.is_json) {
        duo_talk_print_images(after);
        return;
    }
    asked = json_array();
    for (size_t i = 0; i < choice->count; i++) {
        (void)json_array_append_new(asked,
                                    duo_image_json(after, choice->list[i]));
    }
    duo_print_json(json_pack("{s:o,s:o}", "asked", asked, "images",
                             duo_images_json(after)));
}

static bool run(struct duo_talk *talk, const struct set_options *options,
                enum duo_choose purpose)
{
    struct duo_client_images before;
    struct duo_client_images after;
    struct duo_choice choice;

    if (!duo_client_images(&talk->client, &before, &talk->error)) {
        return false;
    }
    talk->is_reached = true;
    after = before;
    if (options->word == NULL
            ? !choose_obvious(&before, purpose, &choice, &talk->error)
            : !duo_device_choose(&before, options->word, purpose, &choice,
                                 &talk->error)) {
        return false;
    }
    if (!ask(talk, purpose, &choice, &after)) {
        return false;
    }
    print(options, &choice, &after);
    return true;
}

int duo_talk_set(const struct duo_talk_verb *verb, enum duo_choose purpose,
                 int argc, char **argv)
{
    struct duo_talk_verb own = *verb;
    struct set_options options = {0};
    struct duo_talk talk;
    bool done;

    own.parse = parse;
    duo_talk_parse(&own, argc, argv, &options.common);
    done =
        duo_talk_begin(&talk, &options.common) && run(&talk, &options, purpose);
    return duo_talk_end(&talk, done);
}
