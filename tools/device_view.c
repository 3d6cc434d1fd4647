/* SPDX-License-Identifier: MIT */
/* What a device tells about itself; see device_view.h. */
#include "device_view.h"

#include <stdlib.h>
#include <string.h>

#include "duo/image.h"
#include "duo/layout.h"

/* A server that refuses does not have it; that is no failure. */
static bool is_optional(struct duo_talk *talk, bool done, bool *has)
{
    struct duo_client_failure *failure = &talk->client.failure;

    *has = done;
    if (done) {
        return true;
    }
    if (failure->kind != DUO_CLIENT_REFUSED_SMP &&
        failure->kind != DUO_CLIENT_REFUSED_GROUP &&
        failure->kind != DUO_CLIENT_MALFORMED) {
        return false;
    }
    failure->kind = DUO_CLIENT_FINE;
    return true;
}

/* Only our own server has the rest; the first refusal spares the questions. */
static bool look_at_ours(struct duo_talk *talk, struct duo_talk_view *view)
{
    struct duo_client *client = &talk->client;
    struct duo_tool_error *error = &talk->error;

    if (!is_optional(talk, duo_client_map(client, &view->map, error),
                     &view->has_map)) {
        return false;
    }
    if (!view->has_map) {
        return true;
    }
    return is_optional(talk, duo_client_net(client, &view->net, error),
                       &view->has_net) &&
           is_optional(talk, duo_client_install(client, &view->install, error),
                       &view->has_install) &&
           is_optional(talk,
                       duo_client_unfinished(client, &view->unfinished, error),
                       &view->has_unfinished);
}

bool duo_talk_look(struct duo_talk *talk, struct duo_talk_view *view)
{
    *view = (struct duo_talk_view){0};
    if (!duo_client_images(&talk->client, &view->images, &talk->error)) {
        return false;
    }
    talk->is_reached = true;
    return is_optional(
               talk,
               duo_client_slots(&talk->client, &view->slots, &talk->error),
               &view->has_slots) &&
           look_at_ours(talk, view);
}

void duo_talk_view_free(struct duo_talk_view *view)
{
    free(view->map.list);
    *view = (struct duo_talk_view){0};
}

/* Our map is in the order of the partitions' ids. */
static bool knows_partitions(const struct duo_talk_view *view,
                             uint32_t image_index)
{
    return view->has_map && view->map.count == DUO_PARTITION_COUNT &&
           image_index < DUO_CORE_COUNT;
}

bool duo_talk_is_staged(const struct duo_talk_view *view, uint32_t image_index)
{
    static const enum duo_partition_id staged[] = {DUO_PARTITION_APP_STAGED,
                                                   DUO_PARTITION_NET_STAGED};
    const struct duo_client_number *used;

    if (!knows_partitions(view, image_index)) {
        return false;
    }
    used = &view->map.list[staged[image_index]].used_bytes;
    return used->known && used->value > 0;
}

bool duo_talk_is_previous(const struct duo_talk_view *view,
                          uint32_t image_index)
{
    return knows_partitions(view, image_index) &&
           !duo_talk_is_staged(view, image_index);
}

/* What lies in slot 1 is the staged image, or the previous one in the backup
 * while nothing is staged. */
static enum duo_partition_id partition_of(const struct duo_talk_view *view,
                                          const struct duo_client_slot *slot)
{
    static const enum duo_partition_id active[] = {DUO_PARTITION_APP_ACTIVE,
                                                   DUO_PARTITION_NET_MIRROR};
    static const enum duo_partition_id staged[] = {DUO_PARTITION_APP_STAGED,
                                                   DUO_PARTITION_NET_STAGED};
    static const enum duo_partition_id backup[] = {DUO_PARTITION_APP_BACKUP,
                                                   DUO_PARTITION_NET_BACKUP};

    if (slot->slot_index == 0) {
        return active[slot->image_index];
    }
    return duo_talk_is_staged(view, slot->image_index)
               ? staged[slot->image_index]
               : backup[slot->image_index];
}

struct duo_client_number duo_talk_fill(const struct duo_talk_view *view,
                                       const struct duo_client_slot *slot,
                                       const struct duo_client_image *image)
{
    if (!knows_partitions(view, slot->image_index) || slot->slot_index > 1 ||
        image == NULL) {
        return (struct duo_client_number){0};
    }
    return view->map.list[partition_of(view, slot)].used_bytes;
}

static bool is_on_trial(const struct duo_client_images *images,
                        uint32_t image_index)
{
    for (size_t i = 0; i < images->count; i++) {
        const struct duo_client_image *image = &images->list[i];
        if (image->image_index == image_index && image->slot_index == 0) {
            return !image->confirmed;
        }
    }
    return false;
}

enum duo_image_role duo_image_role(const struct duo_client_images *images,
                                   const struct duo_client_image *image)
{
    if (image->slot_index == 0) {
        return image->confirmed ? DUO_IMAGE_RUNS : DUO_IMAGE_ON_TRIAL;
    }
    if (image->pending) {
        return image->permanent ? DUO_IMAGE_PERMANENT : DUO_IMAGE_TEST;
    }
    return image->confirmed && is_on_trial(images, image->image_index)
               ? DUO_IMAGE_COMES_BACK
               : DUO_IMAGE_WAITS;
}

struct role {
    const char *name;
    const char *text;
    enum duo_paint paint;
};

/* clang-format off */
static const struct role roles[] = {
    [DUO_IMAGE_RUNS] = {"runs", "runs", DUO_PAINT_GOOD},
    [DUO_IMAGE_ON_TRIAL] = {"on-trial", "runs on trial: a reset without `duoboot confirm' takes it back", DUO_PAINT_CARE},
    [DUO_IMAGE_TEST] = {"test", "will be tried at the next reset", DUO_PAINT_CARE},
    [DUO_IMAGE_PERMANENT] = {"permanent", "will be installed for good at the next reset", DUO_PAINT_CARE},
    [DUO_IMAGE_COMES_BACK] = {"comes-back", "the one before: comes back at the next reset", DUO_PAINT_NONE},
    [DUO_IMAGE_WAITS] = {"waits", "can be tested or confirmed", DUO_PAINT_NONE},
};
/* clang-format on */

const char *duo_image_role_text(enum duo_image_role role)
{
    return roles[role].text;
}

const char *duo_image_role_name(enum duo_image_role role)
{
    return roles[role].name;
}

enum duo_paint duo_image_role_paint(enum duo_image_role role)
{
    return roles[role].paint;
}

void duo_image_flags(char text[DUO_FLAGS_TEXT_BYTES],
                     const struct duo_client_image *image)
{
    (void)snprintf(
        text, DUO_FLAGS_TEXT_BYTES, "%s%s%s%s%s",
        image->active ? " active" : "", image->confirmed ? " confirmed" : "",
        image->pending ? " pending" : "", image->permanent ? " permanent" : "",
        image->bootable ? " bootable" : "");
    if (text[0] == ' ') {
        memmove(text, text + 1, strlen(text));
    }
}

void duo_image_text(char text[DUO_IMAGE_TEXT_BYTES],
                    const struct duo_client_image *image)
{
    char hash[DUO_TEXT_HASH_BYTES];
    char core[DUO_TEXT_BYTES];

    duo_text_core(core, image->image_index);
    duo_text_hash(hash, image);
    (void)snprintf(text, DUO_IMAGE_TEXT_BYTES, "%s %.40s%s%.12s%s", core,
                   image->version, hash[0] == '\0' ? "" : " (", hash,
                   hash[0] == '\0' ? "" : ")");
}

json_t *duo_image_json(const struct duo_client_images *images,
                       const struct duo_client_image *image)
{
    char hash[DUO_TEXT_HASH_BYTES];
    char core[DUO_TEXT_BYTES];

    duo_text_core(core, image->image_index);
    duo_text_hash(hash, image);
    return json_pack("{s:I,s:s,s:I,s:s,s:s,s:s,s:b,s:b,s:b,s:b,s:b}", "image",
                     (json_int_t)image->image_index, "core", core, "slot",
                     (json_int_t)image->slot_index, "version", image->version,
                     "digest", hash, "state",
                     duo_image_role_name(duo_image_role(images, image)),
                     "active", image->active, "confirmed", image->confirmed,
                     "pending", image->pending, "permanent", image->permanent,
                     "bootable", image->bootable);
}

json_t *duo_images_json(const struct duo_client_images *images)
{
    json_t *list = json_array();

    for (size_t i = 0; i < images->count; i++) {
        (void)json_array_append_new(list,
                                    duo_image_json(images, &images->list[i]));
    }
    return list;
}
