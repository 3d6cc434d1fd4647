/* SPDX-License-Identifier: MIT */
/* duoboot device list: the images of both cores; see device_list.h. */
#include "device_list.h"

#include <inttypes.h>
#include <string.h>

#include "device.h"
#include "print_json.h"

struct list_options {
    struct duo_talk_options common; /* First. */
    bool is_full;
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"full", 'f', NULL, 0, "Whole digests", 0},
    {0}};
/* clang-format on */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct list_options *options = state->input;

    (void)arg;
    if (key != 'f') {
        return ARGP_ERR_UNKNOWN;
    }
    options->is_full = true;
    return 0;
}

static const struct duo_talk_verb verb = {
    .options = option_table,
    .parse = parse,
    .doc =
        "The images of both cores: what runs, what waits, what happens at the "
        "next reset. The flags are those that mcumgr prints.\v"
        "JSON: {device, images: [{image, core, slot, version, digest, state, "
        "active, confirmed, pending, permanent, bootable}], slots: [{image, "
        "slot, previous, size_bytes, used_bytes}], network_core: {held, well, "
        "seen, "
        "version, beats, uptime_ms} or null, unfinished_upload: {image, "
        "len_bytes, off_bytes, sha} or null, next_boot: {ms, installs: "
        "[{image, changed_units, ms}]} or null}. state is runs, on-trial, "
        "test, permanent, comes-back or waits; numbers that the device does "
        "not tell are null. Keys may be added, never removed.\n\n"
        "Example:\n"
        "  duoboot device list --device udp:192.0.2.2\n",
};

/* --- JSON --- */

static json_t *number_json(struct duo_client_number number)
{
    return number.known ? json_integer((json_int_t)number.value) : json_null();
}

static json_t *slots_json(const struct duo_talk_view *view)
{
    json_t *list = json_array();

    for (size_t i = 0; view->has_slots && i < view->slots.count; i++) {
        const struct duo_client_slot *slot = &view->slots.list[i];
        const struct duo_client_image *image =
            duo_device_find(&view->images, slot->image_index, slot->slot_index);
        (void)json_array_append_new(
            list,
            json_pack("{s:I,s:I,s:b,s:o,s:o}", "image",
                      (json_int_t)slot->image_index, "slot",
                      (json_int_t)slot->slot_index, "previous",
                      image != NULL && slot->slot_index == 1 &&
                          duo_talk_is_previous(view, slot->image_index),
                      "size_bytes", number_json(slot->bytes), "used_bytes",
                      number_json(duo_talk_fill(view, slot, image))));
    }
    return list;
}

static json_t *net_json(const struct duo_talk_view *view)
{
    const struct duo_client_net *net = &view->net;

    return !view->has_net
               ? json_null()
               : json_pack("{s:b,s:b,s:b,s:s,s:o,s:o}", "held", net->held,
                           "well", net->well, "seen", net->seen, "version",
                           net->version, "beats", number_json(net->beats),
                           "uptime_ms", number_json(net->uptime_ms));
}

static json_t *unfinished_json(const struct duo_talk_view *view)
{
    const struct duo_client_unfinished *unfinished = &view->unfinished;
    struct duo_client_image named = {.hash_bytes = sizeof(unfinished->hash)};
    char hash[DUO_TEXT_HASH_BYTES];

    if (!view->has_unfinished || !unfinished->is_there) {
        return json_null();
    }
    memcpy(named.hash, unfinished->hash, sizeof(unfinished->hash));
    duo_text_hash(hash, &named);
    return json_pack("{s:I,s:I,s:I,s:o}", "image",
                     (json_int_t)unfinished->image_index, "len_bytes",
                     (json_int_t)unfinished->len_bytes, "off_bytes",
                     (json_int_t)unfinished->off_bytes, "sha",
                     unfinished->has_hash ? json_string(hash) : json_null());
}

static json_t *install_json(const struct duo_talk_view *view)
{
    json_t *installs;

    if (!view->has_install) {
        return json_null();
    }
    installs = json_array();
    for (size_t i = 0; i < view->install.count; i++) {
        const struct duo_client_pending *pending = &view->install.pending[i];
        (void)json_array_append_new(
            installs,
            json_pack("{s:I,s:I,s:I}", "image",
                      (json_int_t)pending->image_index, "changed_units",
                      (json_int_t)pending->changed_units, "ms",
                      (json_int_t)pending->ms));
    }
    return json_pack("{s:I,s:o}", "ms", (json_int_t)view->install.ms,
                     "installs", installs);
}

/* --- A table --- */

static void print_head(int digest_chars, bool has_slots)
{
    (void)printf("%-11s  %-4s  %-12s  %-*s  ", "core", "slot", "version",
                 digest_chars, "digest");
    if (has_slots) {
        (void)printf("%-17s  ", "used of slot");
    }
    (void)printf("%s\n", "state");
}

/* @p view: NULL if only the list is known. */
static const char *words_of(const struct duo_talk_view *view,
                            const struct duo_client_images *images,
                            const struct duo_client_image *image)
{
    enum duo_image_role role = duo_image_role(images, image);

    if (view != NULL && role == DUO_IMAGE_WAITS &&
        duo_talk_is_previous(view, image->image_index)) {
        return "the one before: `duoboot revert' brings it back";
    }
    return duo_image_role_text(role);
}

static void print_state(const struct duo_talk_view *view,
                        const struct duo_client_images *images,
                        const struct duo_client_image *image)
{
    enum duo_paint paint = duo_image_role_paint(duo_image_role(images, image));
    char flags[DUO_FLAGS_TEXT_BYTES];

    duo_image_flags(flags, image);
    (void)printf("%s%s%s [%s]\n", duo_paint(stdout, paint),
                 words_of(view, images, image),
                 duo_paint(stdout, DUO_PAINT_NONE), flags);
}

static void print_row(const struct duo_client_image *image, int digest_chars)
{
    char hash[DUO_TEXT_HASH_BYTES];
    char core[DUO_TEXT_BYTES];

    duo_text_core(core, image->image_index);
    duo_text_hash(hash, image);
    (void)printf("%-11s  %-4" PRIu32 "  %-12s  %-*.*s  ", core,
                 image->slot_index, image->version, digest_chars, digest_chars,
                 hash);
}

/* Two sizes and what stands between. */
#define FILL_TEXT_BYTES 80U

static void format_fill(char text[FILL_TEXT_BYTES],
                        const struct duo_talk_view *view,
                        const struct duo_client_slot *slot,
                        const struct duo_client_image *image)
{
    struct duo_client_number used = duo_talk_fill(view, slot, image);
    char used_text[DUO_TEXT_BYTES];
    char size_text[DUO_TEXT_BYTES];

    duo_text_size(used_text, used.value);
    duo_text_size(size_text, slot->bytes.value);
    (void)snprintf(text, FILL_TEXT_BYTES, "%s%s%s", used.known ? used_text : "",
                   used.known && slot->bytes.known ? " / " : "",
                   slot->bytes.known ? size_text : "");
}

#define DIGEST_CHARS 12

static void print_slots(const struct duo_talk_view *view, int digest_chars)
{
    for (size_t i = 0; i < view->slots.count; i++) {
        const struct duo_client_slot *slot = &view->slots.list[i];
        const struct duo_client_image *image =
            duo_device_find(&view->images, slot->image_index, slot->slot_index);
        const struct duo_client_image none = {
            .image_index = slot->image_index,
            .slot_index = slot->slot_index,
            .version = "-",
        };
        char fill[FILL_TEXT_BYTES];

        print_row(image == NULL ? &none : image, digest_chars);
        format_fill(fill, view, slot, image);
        (void)printf("%-17s  ", fill);
        if (image == NULL) {
            (void)printf("%s\n", "no image");
        } else {
            print_state(view, &view->images, image);
        }
    }
}

static void print_table(const struct duo_client_images *images,
                        int digest_chars)
{
    for (size_t i = 0; i < images->count; i++) {
        print_row(&images->list[i], digest_chars);
        print_state(NULL, images, &images->list[i]);
    }
}

void duo_talk_print_images(const struct duo_client_images *images)
{
    print_head(DIGEST_CHARS, false);
    print_table(images, DIGEST_CHARS);
}

void duo_talk_net_text(char *text, size_t room_bytes,
                       const struct duo_client_net *net)
{
    char uptime[DUO_TEXT_BYTES];

    if (net->held) {
        (void)snprintf(text, room_bytes, "is held in reset");
        return;
    }
    if (!net->seen) {
        (void)snprintf(text, room_bytes,
                       "was started and has not been heard of yet");
        return;
    }
    duo_text_time(uptime, net->uptime_ms.value * 1000U);
    (void)snprintf(text, room_bytes,
                   "%s: version %.40s, up %s, %" PRIu64 " beats",
                   net->well ? "is well" : "has fallen silent", net->version,
                   uptime, net->beats.value);
}

static void print_rest(const struct duo_talk_view *view)
{
    const struct duo_client_unfinished *unfinished = &view->unfinished;
    char left[DUO_TEXT_BYTES];
    char right[DUO_TEXT_BYTES];
    char text[160];

    if (view->has_net) {
        enum duo_paint paint = view->net.well ? DUO_PAINT_NONE : DUO_PAINT_BAD;
        duo_talk_net_text(text, sizeof(text), &view->net);
        (void)printf("The network core %s%s%s.\n", duo_paint(stdout, paint),
                     text, duo_paint(stdout, DUO_PAINT_NONE));
    }
    if (view->has_install && view->install.count > 0) {
        duo_text_time(left, (uint64_t)view->install.ms * 1000U);
        (void)printf("The next boot installs for about %s.\n", left);
    }
    if (view->has_unfinished && unfinished->is_there) {
        duo_text_count(left, unfinished->off_bytes);
        duo_text_count(right, unfinished->len_bytes);
        duo_text_core(text, unfinished->image_index);
        (void)printf("An upload for the %s core is unfinished: %s of %s bytes; "
                     "the same `duoboot upload' goes on there.\n",
                     text, left, right);
    }
}

static void print(const struct list_options *options,
                  const struct duo_talk *talk, const struct duo_talk_view *view)
{
    int digest_chars = options->is_full ? 64 : DIGEST_CHARS;

    if (options->common.is_json) {
        duo_print_json(json_pack(
            "{s:s,s:o,s:o,s:o,s:o,s:o}", "device", talk->link->url, "images",
            duo_images_json(&view->images), "slots", slots_json(view),
            "network_core", net_json(view), "unfinished_upload",
            unfinished_json(view), "next_boot", install_json(view)));
        return;
    }
    print_head(digest_chars, view->has_slots);
    if (view->has_slots) {
        print_slots(view, digest_chars);
    } else {
        print_table(&view->images, digest_chars);
    }
    print_rest(view);
}

int duo_talk_list(int argc, char **argv)
{
    struct list_options options = {0};
    struct duo_talk_view view = {0};
    struct duo_talk talk;
    bool done;

    duo_talk_parse(&verb, argc, argv, &options.common);
    done =
        duo_talk_begin(&talk, &options.common) && duo_talk_look(&talk, &view);
    if (done) {
        print(&options, &talk, &view);
    }
    duo_talk_view_free(&view);
    return duo_talk_end(&talk, done);
}
