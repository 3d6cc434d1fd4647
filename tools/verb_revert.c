/* SPDX-License-Identifier: MIT */
/* duoboot revert: back to the image before, or withdraw a request. */
#include <stdlib.h>

#include "device.h"
#include "device_choose.h"
#include "device_list.h"
#include "device_reboot.h"
#include "print_json.h"
#include "verb.h"

struct revert_options {
    struct duo_talk_options common; /* First. */
    uint32_t core_set;              /* 0: not said. */
    bool no_reset;
};

enum { KEY_NO_RESET = 0x200 };

/* clang-format off */
static const struct argp_option option_table[] = {
    {"no-reset", KEY_NO_RESET, NULL, 0, "Leave the reset to a later time", 0},
    {0}};
/* clang-format on */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct revert_options *options = state->input;

    switch (key) {
    case KEY_NO_RESET: options->no_reset = true; break;
    case ARGP_KEY_ARG:
        if (options->core_set != 0) {
            argp_error(state, "one core only, or `both'");
        }
        options->core_set = duo_device_cores_of(arg);
        if (options->core_set == 0) {
            argp_error(state, "'%s' is no core: app, net or both", arg);
        }
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct duo_talk_verb verb = {
    .args_doc = "[app|net|both]",
    .options = option_table,
    .parse = parse,
    .doc =
        "What runs on trial: a reset without confirmation brings the one "
        "before back. A request that waits for the next reset: is withdrawn, "
        "its image erased. Else, for the core that is named: the previous "
        "image is asked for, for good, and comes back by a reset.\v"
        "JSON: {reverted: [{core, how}], took_us, images: [image]}; how is "
        "trial-ends, request-withdrawn or previous-asked.\n\n"
        "Example:\n"
        "  duoboot revert net\n",
};

enum how { HOW_NOTHING, HOW_TRIAL_ENDS, HOW_WITHDRAWN, HOW_PREVIOUS };

static const char *const how_names[] = {
    [HOW_NOTHING] = "nothing",
    [HOW_TRIAL_ENDS] = "trial-ends",
    [HOW_WITHDRAWN] = "request-withdrawn",
    [HOW_PREVIOUS] = "previous-asked",
};

/* What to do for one core. */
struct plan {
    enum how how;
    const struct duo_client_image *active;
    const struct duo_client_image *other;
};

static struct plan plan_core(const struct duo_talk_view *view,
                             uint32_t image_index, bool is_named)
{
    struct plan plan = {
        .active = duo_device_find(&view->images, image_index, 0),
        .other = duo_device_find(&view->images, image_index, 1),
    };

    if (plan.active != NULL && !plan.active->confirmed) {
        plan.how = HOW_TRIAL_ENDS;
    } else if (plan.other != NULL && plan.other->pending) {
        plan.how = HOW_WITHDRAWN;
    } else if (plan.other != NULL && is_named) {
        plan.how = HOW_PREVIOUS;
    }
    return plan;
}

/* An uploaded image that nobody asked for stands in the way of the previous
 * one: to install it would be no way back. */
static bool check_previous(const struct duo_talk_view *view,
                           uint32_t image_index, const char *core,
                           struct duo_tool_error *error)
{
    if (!duo_talk_is_staged(view, image_index)) {
        return true;
    }
    return duo_tool_fail(error, DUO_EXIT_REFUSED,
                         "slot 1 of the %s core holds an uploaded image, not "
                         "the previous one; `duoboot erase %s' uncovers the "
                         "previous one",
                         core, image_index == 0 ? "app" : "net");
}

static void say(const struct duo_talk *talk, const struct plan *plan)
{
    char active[DUO_IMAGE_TEXT_BYTES] = "";
    char other[DUO_IMAGE_TEXT_BYTES] = "";

    if (plan->active != NULL) {
        duo_image_text(active, plan->active);
    }
    if (plan->other != NULL) {
        duo_image_text(other, plan->other);
    }
    switch (plan->how) {
    case HOW_NOTHING: break;
    case HOW_TRIAL_ENDS:
        duo_talk_say(talk, "%s is on trial: the reset takes it back%s%s.",
                     active, other[0] == '\0' ? "" : " to ", other);
        break;
    case HOW_WITHDRAWN:
        duo_talk_say(talk, "%s waits for the reset: is erased from slot 1.",
                     other);
        break;
    case HOW_PREVIOUS:
        duo_talk_say(talk, "%s is confirmed: %s is asked for in its place.",
                     active, other);
        break;
    }
}

static bool act(struct duo_talk *talk, const struct plan *plan)
{
    const struct duo_client_image *other = plan->other;

    say(talk, plan);
    if (plan->how == HOW_WITHDRAWN) {
        return duo_client_erase(&talk->client,
                                (int32_t)(other->image_index * 2U + 1U),
                                &talk->error);
    }
    if (plan->how == HOW_PREVIOUS) {
        const struct duo_client_set set = {
            .hash = {other->hash, other->hash_bytes},
              .confirm = true
        };
        return duo_client_set(&talk->client, &set, NULL, &talk->error);
    }
    return true;
}

static bool fail_nothing(struct duo_talk *talk, uint32_t core_set)
{
    return duo_tool_fail(
        &talk->error, DUO_EXIT_REFUSED,
        core_set == 0 ? "nothing is on trial and nothing is asked for; name "
                        "the core whose previous image is to come back: "
                        "`duoboot revert app', net or both"
                      : "there is nothing to go back to: slot 1 is empty");
}

static bool make_plans(struct duo_talk *talk, const struct duo_talk_view *view,
                       uint32_t core_set, struct plan plans[2])
{
    bool is_any = false;

    for (uint32_t i = 0; i < 2; i++) {
        char core[DUO_TEXT_BYTES];

        plans[i] = (struct plan){0};
        if (core_set == 0 || (core_set & (1U << i)) != 0) {
            plans[i] = plan_core(view, i, core_set != 0);
        }
        duo_text_core(core, i);
        if (plans[i].how == HOW_PREVIOUS &&
            !check_previous(view, i, core, &talk->error)) {
            return false;
        }
        is_any = is_any || plans[i].how != HOW_NOTHING;
    }
    return is_any || fail_nothing(talk, core_set);
}

static void print(const struct revert_options *options,
                  const struct plan plans[2], const struct duo_reboot *reboot)
{
    json_t *list;

    if (!options->common.is_json) {
        duo_talk_print_images(&reboot->after);
        return;
    }
    list = json_array();
    for (uint32_t i = 0; i < 2; i++) {
        if (plans[i].how != HOW_NOTHING) {
            (void)json_array_append_new(
                list, json_pack("{s:s,s:s}", "core",
                                i == 0 ? "application" : "network", "how",
                                how_names[plans[i].how]));
        }
    }
    duo_print_json(json_pack("{s:o,s:I,s:o}", "reverted", list, "took_us",
                             (json_int_t)reboot->took_us, "images",
                             duo_images_json(&reboot->after)));
}

/* What was only withdrawn does not. */
static bool needs_reset(const struct plan *plan)
{
    return plan->how == HOW_TRIAL_ENDS || plan->how == HOW_PREVIOUS;
}

static bool run(struct duo_talk *talk, const struct revert_options *options,
                struct duo_talk_view *view)
{
    struct duo_reboot reboot = {.reset = {.boot_mode = -1}};
    struct plan plans[2];
    bool done;

    /* The network core first, as for confirm. */
    if (!duo_talk_look(talk, view) ||
        !make_plans(talk, view, options->core_set, plans) ||
        !act(talk, &plans[1]) || !act(talk, &plans[0])) {
        return false;
    }
    if (options->no_reset ||
        !(needs_reset(&plans[0]) || needs_reset(&plans[1]))) {
        done = duo_client_images(&talk->client, &reboot.after, &talk->error);
    } else {
        done = duo_talk_reboot(talk, &reboot);
    }
    if (done) {
        print(options, plans, &reboot);
    }
    free(reboot.news.list);
    return done;
}

int duo_verb_revert(int argc, char **argv)
{
    struct revert_options options = {0};
    struct duo_talk_view view = {0};
    struct duo_talk talk;
    bool done;

    duo_talk_parse(&verb, argc, argv, &options.common);
    done =
        duo_talk_begin(&talk, &options.common) && run(&talk, &options, &view);
    duo_talk_view_free(&view);
    return duo_talk_end(&talk, done);
}
