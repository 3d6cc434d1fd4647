/* SPDX-License-Identifier: MIT */
/* duoboot erase: empty slot 1 of a core, or the device's stored settings. */
#include "device_choose.h"
#include "print_json.h"
#include "text.h"
#include "verb.h"

struct erase_options {
    struct duo_talk_options common; /* First. */
    int32_t slots[2];               /* Flat: image * 2 + slot. */
    size_t slot_count;
    bool storage;
};

enum { KEY_SLOT = 0x200, KEY_STORAGE };

/* clang-format off */
static const struct argp_option option_table[] = {
    {"slot", KEY_SLOT, "N", 0, "Slot N in SMP's count: image times 2 plus slot", 0},
    {"storage", KEY_STORAGE, NULL, 0, "All settings (factory reset)", 0},
    {0}};
/* clang-format on */

static void add_cores(struct erase_options *options, uint32_t core_set)
{
    for (uint32_t i = 0; i < 2; i++) {
        if ((core_set & (1U << i)) != 0) {
            options->slots[options->slot_count++] = (int32_t)(i * 2U + 1U);
        }
    }
}

static void add_slot(struct erase_options *options, const char *arg,
                     struct argp_state *state)
{
    struct duo_tool_error error;
    uint32_t slot = 0;

    if (!duo_tool_parse_number((struct duo_tool_word){"--slot", arg}, 255,
                               &slot, &error)) {
        argp_error(state, "%s", error.text);
    }
    options->slots[options->slot_count++] = (int32_t)slot;
}

static void check(const struct erase_options *options,
                  const struct argp_state *state)
{
    if (options->slot_count == 0 && !options->storage) {
        argp_error(state, "say what to erase: app, net, both, --slot N or "
                          "--storage");
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct erase_options *options = state->input;

    if ((key == KEY_SLOT || key == ARGP_KEY_ARG) && options->slot_count > 0) {
        argp_error(state, "one slot only, or `both'");
    }
    switch (key) {
    case KEY_SLOT: add_slot(options, arg, state); break;
    case KEY_STORAGE: options->storage = true; break;
    case ARGP_KEY_ARG:
        if (duo_device_cores_of(arg) == 0) {
            argp_error(state, "'%s' is no core: app, net or both", arg);
        }
        add_cores(options, duo_device_cores_of(arg));
        break;
    case ARGP_KEY_END: check(options, state); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct duo_talk_verb verb = {
    .args_doc = "app|net|both",
    .options = option_table,
    .parse = parse,
    .doc = "Empty slot 1 of a core: an uploaded image, a request, an "
           "unfinished upload; or, if nothing is staged, the previous image. "
           "What runs cannot be erased.\v"
           "JSON: {erased: [slot], storage: bool}.\n\n"
           "Example:\n"
           "  duoboot erase net\n",
};

static bool run(struct duo_talk *talk, const struct erase_options *options)
{
    json_t *list = json_array();
    bool done = true;

    for (size_t i = 0; done && i < options->slot_count; i++) {
        int32_t slot = options->slots[i];
        char core[DUO_TEXT_BYTES];

        duo_text_core(core, (uint32_t)slot / 2U);
        duo_talk_say(talk, "Erasing slot %d of the %s core.", (int)(slot % 2),
                     core);
        done = duo_client_erase(&talk->client, slot, &talk->error);
        (void)json_array_append_new(list, json_integer(slot));
    }
    if (done && options->storage) {
        duo_talk_say(talk, "Erasing all settings.");
        done = duo_client_erase_storage(&talk->client, &talk->error);
    }
    if (done && options->common.is_json) {
        duo_print_json(json_pack("{s:O,s:b}", "erased", list, "storage",
                                 options->storage));
    }
    json_decref(list);
    return done;
}

int duo_verb_erase(int argc, char **argv)
{
    struct erase_options options = {0};
    struct duo_talk talk;
    bool done;

    duo_talk_parse(&verb, argc, argv, &options.common);
    done = duo_talk_begin(&talk, &options.common) && run(&talk, &options);
    return duo_talk_end(&talk, done);
}
