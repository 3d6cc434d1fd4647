/* SPDX-License-Identifier: MIT */
/* Group 1, images, without the upload; see calls.h. */
#include <string.h>

#include "ask.h"

enum { IMAGE_STATE = 0, IMAGE_ERASE = 5, IMAGE_SLOTS = 6 };

#define ERASE_MS 75000U

static void load_hash(const cbor_item_t *map, struct duo_client_image *image)
{
    struct duo_tool_buffer hash = {0};

    if (duo_body_bytes(map, "hash", &hash) &&
        hash.len_bytes <= sizeof(image->hash) && hash.len_bytes > 0) {
        memcpy(image->hash, hash.data, hash.len_bytes);
        image->hash_bytes = hash.len_bytes;
    }
    duo_tool_buffer_free(&hash);
}

/* Recovery of MCUboot has an rc where it could not look at a slot. */
static bool load_image(const cbor_item_t *map, struct duo_client_image *image)
{
    *image = (struct duo_client_image){
        .bootable = duo_body_flag(map, "bootable"),
        .pending = duo_body_flag(map, "pending"),
        .confirmed = duo_body_flag(map, "confirmed"),
        .active = duo_body_flag(map, "active"),
        .permanent = duo_body_flag(map, "permanent"),
    };
    (void)duo_body_u32(map, "image", &image->image_index);
    if (!duo_body_u32(map, "slot", &image->slot_index)) {
        return false;
    }
    (void)duo_body_text(map, "version", image->version, sizeof(image->version));
    load_hash(map, image);
    return true;
}

static bool load_images(struct duo_client *client, const cbor_item_t *answer,
                        struct duo_client_images *images,
                        struct duo_tool_error *error)
{
    const cbor_item_t *list = duo_body_find(answer, "images");

    images->count = 0;
    if (list == NULL || !cbor_isa_array(list)) {
        return duo_ask_missing(client, "images", error);
    }
    for (size_t i = 0; i < duo_body_count(list); i++) {
        if (images->count == DUO_CLIENT_IMAGES_MAX) {
            break;
        }
        if (!load_image(duo_body_at(list, i), &images->list[images->count])) {
            return duo_ask_missing(client, "slot", error);
        }
        images->count++;
    }
    return true;
}

bool duo_client_images(struct duo_client *client,
                       struct duo_client_images *images,
                       struct duo_tool_error *error)
{
    struct duo_ask ask = DUO_ASK_READ(DUO_SMP_GROUP_IMAGE, IMAGE_STATE, NULL);
    cbor_item_t *answer;
    bool done;

    images->count = 0;
    if (!duo_ask(client, ask, &answer, error)) {
        return false;
    }
    done = load_images(client, answer, images, error);
    cbor_decref(&answer);
    return done;
}

bool duo_client_set(struct duo_client *client, const struct duo_client_set *set,
                    struct duo_client_images *images,
                    struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(2);
    struct duo_ask ask = DUO_ASK_WRITE(DUO_SMP_GROUP_IMAGE, IMAGE_STATE, body);
    cbor_item_t *answer;
    bool done;

    if (set->hash.len_bytes > 0) {
        duo_body_put_bytes(body, "hash", set->hash);
    }
    duo_body_put_bool(body, "confirm", set->confirm);
    if (!duo_ask(client, ask, &answer, error)) {
        return false;
    }
    done = images == NULL || load_images(client, answer, images, error);
    cbor_decref(&answer);
    return done;
}

bool duo_client_erase(struct duo_client *client, int32_t slot,
                      struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(1);
    struct duo_ask ask = DUO_ASK_WRITE(DUO_SMP_GROUP_IMAGE, IMAGE_ERASE, body);

    if (slot >= 0) {
        duo_body_put_uint(body, "slot", (uint64_t)slot);
    }
    ask.timeout_ms = ERASE_MS;
    ask.tries = 2;
    return duo_ask(client, ask, NULL, error);
}

static void load_slots(const cbor_item_t *image, uint32_t image_index,
                       struct duo_client_slots *slots)
{
    const cbor_item_t *list = duo_body_find(image, "slots");

    for (size_t i = 0; i < duo_body_count(list); i++) {
        const cbor_item_t *map = duo_body_at(list, i);
        struct duo_client_slot slot = {
            .image_index = image_index,
            .bytes = duo_body_number(map, "size"),
            .upload_image_id = duo_body_number(map, "upload_image_id"),
            .error = duo_body_number(map, "rc"),
        };

        if (slot.error.value == 0) {
            slot.error.known = false;
        }
        if (duo_body_u32(map, "slot", &slot.slot_index) &&
            slots->count < DUO_CLIENT_IMAGES_MAX) {
            slots->list[slots->count++] = slot;
        }
    }
}

bool duo_client_slots(struct duo_client *client, struct duo_client_slots *slots,
                      struct duo_tool_error *error)
{
    const cbor_item_t *list;
    cbor_item_t *answer;

    slots->count = 0;
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_IMAGE, IMAGE_SLOTS, NULL),
                 &answer, error)) {
        return false;
    }
    list = duo_body_find(answer, "images");
    if (list == NULL || !cbor_isa_array(list)) {
        cbor_decref(&answer);
        return duo_ask_missing(client, "images", error);
    }
    for (size_t i = 0; i < duo_body_count(list); i++) {
        uint32_t image_index = 0;

        (void)duo_body_u32(duo_body_at(list, i), "image", &image_index);
        load_slots(duo_body_at(list, i), image_index, slots);
    }
    cbor_decref(&answer);
    return true;
}
