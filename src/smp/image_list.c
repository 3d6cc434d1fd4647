/* SPDX-License-Identifier: MIT */
/* What lies in the slots, and the list that says so. */
#include <string.h>

#include "smp/image_internal.h"

enum duo_reason smp_image_parse(struct duo_smp_image *image,
                                const struct duo_area *area, enum duo_core core)
{
    uint32_t bytes_max = image->config.slots->image_bytes_max[core];
    const struct duo_image_check check = {
        .area = area,
        .size_bytes_max =
            bytes_max < area->size_bytes ? bytes_max : area->size_bytes,
        .trust = image->config.trust,
        .work = image->work,
        .work_bytes = sizeof(image->work),
    };
    return duo_image_parse(&check, &image->image);
}

/* A mark that was cut while it was set counts: so it does at the next boot. */
bool smp_image_is_trial(const struct duo_trailer *trailer)
{
    return trailer->magic == DUO_FIELD_GOOD &&
           (trailer->image_ok == DUO_FIELD_ERASED ||
            trailer->image_ok == DUO_FIELD_BAD);
}

static enum duo_err err_of(enum duo_reason reason)
{
    return reason == DUO_REASON_READ_FAILED ? DUO_ERR_FLASH : DUO_OK;
}

static void take_image(struct duo_smp_image_state *state,
                       const struct duo_image *image)
{
    state->present = true;
    state->bootable = true;
    state->version = image->version;
    memcpy(state->digest, image->digest, sizeof(state->digest));
}

/* The network core's own flash is out of reach; its mirror is vouched for by
 * its trailer's magic. */
static enum duo_err look_at_active(struct duo_smp_image *image,
                                   enum duo_core core,
                                   struct duo_smp_image_state *state)
{
    const struct duo_area *area = &image->config.slots->trailer[core];
    struct duo_trailer trailer;
    enum duo_err err = duo_trailer_read(area, &trailer);

    if (err != DUO_OK) {
        return err;
    }
    enum duo_reason reason = smp_image_parse(image, area, core);
    if (reason == DUO_REASON_NONE && image->image.core == core &&
        (core == DUO_CORE_APP || trailer.magic == DUO_FIELD_GOOD)) {
        take_image(state, &image->image);
        state->active = true;
        state->confirmed = !smp_image_is_trial(&trailer);
    }
    return err_of(reason);
}

static void take_request(struct duo_smp_image_state *state,
                         const struct duo_trailer *trailer)
{
    state->pending =
        trailer->magic == DUO_FIELD_GOOD && trailer->image_ok != DUO_FIELD_BAD;
    state->permanent = state->pending && trailer->image_ok == DUO_FIELD_GOOD;
}

/* The previous image. It is put back at the next boot if the present one is on
 * trial, or if the empty staged slot asks for it. */
static enum duo_err look_at_backup(struct duo_smp_image *image,
                                   enum duo_core core,
                                   struct duo_smp_image_state *state)
{
    struct duo_smp_image_state active = {0};
    enum duo_err err = look_at_active(image, core, &active);

    if (err != DUO_OK) {
        return err;
    }
    enum duo_reason reason =
        smp_image_parse(image, &image->config.slots->backup[core], core);
    if (reason == DUO_REASON_NONE && image->image.core == core &&
        !(active.present && memcmp(active.digest, image->image.digest,
                                   sizeof(active.digest)) == 0)) {
        take_image(state, &image->image);
        state->is_backup = true;
        state->confirmed = active.present && !active.confirmed;
    }
    return err_of(reason);
}

/* What is half there, or half gone, is not shown. */
static enum duo_err is_hidden(const struct duo_smp_image *image,
                              const struct duo_area *slot, bool *hidden)
{
    const struct duo_upload *upload = &image->upload;
    struct duo_upload_record record;
    enum duo_err err = duo_upload_look(slot, &record);

    *hidden = record.note == DUO_UPLOAD_NOTE_PART ||
              record.note == DUO_UPLOAD_NOTE_BLANKING ||
              (upload->state == DUO_UPLOAD_RUNNING &&
               upload->received_bytes != upload->len_bytes &&
               upload->target.area.off_bytes == slot->off_bytes);
    return err;
}

static enum duo_err look_at_staged(struct duo_smp_image *image,
                                   enum duo_core core,
                                   struct duo_smp_image_state *state)
{
    const struct duo_area *slot = &image->config.slots->staged[core];
    struct duo_trailer trailer;
    bool hidden = false;
    enum duo_err err = duo_trailer_read(slot, &trailer);

    if (err == DUO_OK) {
        err = is_hidden(image, slot, &hidden);
    }
    if (err != DUO_OK) {
        return err;
    }
    enum duo_reason reason = smp_image_parse(image, slot, core);
    if (reason == DUO_REASON_NONE && !hidden) {
        take_image(state, &image->image);
        take_request(state, &trailer);
        return DUO_OK;
    }
    err = err_of(reason);
    if (err == DUO_OK) {
        err = look_at_backup(image, core, state);
    }
    if (state->present && reason == DUO_REASON_EMPTY) {
        take_request(state, &trailer);
    }
    return err;
}

enum duo_err duo_smp_image_look(struct duo_smp_image *image,
                                enum duo_core image_index, unsigned slot_index,
                                struct duo_smp_image_state *state)
{
    enum duo_err err = DUO_OK;

    *state = (struct duo_smp_image_state){.image_index = image_index,
                                          .slot_index = slot_index};
    duo_smp_image_settle(image);
    if (slot_index != 0 || image_index != DUO_CORE_APP) {
        if (!smp_image_open(image)) {
            return DUO_OK;
        }
    }
    err = slot_index == 0 ? look_at_active(image, image_index, state)
                          : look_at_staged(image, image_index, state);
    state->present = state->present && err == DUO_OK;
    return err;
}

/* --- The list --- */

/* As the reference server: the build number behind a point. */
static void put_version(struct duo_cbor_writer *writer,
                        const struct duo_version *version)
{
    char text[32];

    duo_version_format(version, text);
    for (char *at = text; *at != '\0'; at++) {
        if (*at == '+') {
            *at = '.';
        }
    }
    duo_cbor_put_text(writer, "version", text);
}

static void put_state(struct duo_cbor_writer *writer,
                      const struct duo_smp_image_state *state)
{
    duo_cbor_begin_map(writer);
    duo_cbor_put_uint(writer, "image", state->image_index);
    duo_cbor_put_uint(writer, "slot", state->slot_index);
    put_version(writer, &state->version);
    duo_cbor_put_bytes(
        writer, "hash",
        (struct duo_bytes){state->digest, sizeof(state->digest)});
    duo_cbor_put_bool(writer, "bootable", state->bootable);
    duo_cbor_put_bool(writer, "pending", state->pending);
    duo_cbor_put_bool(writer, "confirmed", state->confirmed);
    duo_cbor_put_bool(writer, "active", state->active);
    duo_cbor_put_bool(writer, "permanent", state->permanent);
    duo_cbor_end(writer);
}

enum duo_smp_outcome smp_image_put_list(struct duo_smp_image *image,
                                        struct duo_smp_request *request)
{
    struct duo_cbor_writer *writer = &request->answer;
    struct duo_smp_image_state state;

    duo_cbor_put_key(writer, "images");
    duo_cbor_begin_array(writer);
    for (unsigned i = 0; i < DUO_CORE_COUNT * 2U; i++) {
        if (duo_smp_image_look(image, (enum duo_core)(i / 2U), i % 2U,
                               &state) != DUO_OK) {
            return smp_image_refuse(request, DUO_SMP_IMAGE_FLASH_READ_FAILED);
        }
        if (state.present) {
            put_state(writer, &state);
        }
    }
    duo_cbor_end(writer);
    return DUO_SMP_DONE;
}

enum duo_smp_outcome smp_image_read_state(void *ctx,
                                          struct duo_smp_request *request)
{
    struct duo_smp_image *image = ctx;

    return smp_image_ready(image) ? smp_image_put_list(image, request)
                                  : DUO_SMP_AGAIN;
}

/* The upload's numbers of what can be uploaded to: the staged slots. */
#define UPLOAD_ID(core) (2U * (unsigned)(core) + 2U)

static void put_slot(struct duo_cbor_writer *writer,
                     const struct duo_slots *slots, unsigned flat_slot)
{
    const enum duo_core core = (enum duo_core)(flat_slot / 2U);
    bool staged = flat_slot % 2U != 0;

    duo_cbor_begin_map(writer);
    duo_cbor_put_uint(writer, "slot", flat_slot % 2U);
    duo_cbor_put_uint(writer, "size",
                      staged ? slots->staged[core].size_bytes
                             : slots->active[core].size_bytes);
    if (staged) {
        duo_cbor_put_uint(writer, "upload_image_id", UPLOAD_ID(core));
    }
    duo_cbor_end(writer);
}

enum duo_smp_outcome smp_image_slot_info(void *ctx,
                                         struct duo_smp_request *request)
{
    const struct duo_smp_image *image = ctx;
    const struct duo_slots *slots = image->config.slots;
    struct duo_cbor_writer *writer = &request->answer;

    duo_cbor_put_key(writer, "images");
    duo_cbor_begin_array(writer);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        duo_cbor_begin_map(writer);
        duo_cbor_put_uint(writer, "image", core);
        duo_cbor_put_key(writer, "slots");
        duo_cbor_begin_array(writer);
        put_slot(writer, slots, 2U * core);
        put_slot(writer, slots, 2U * core + 1U);
        duo_cbor_end(writer);
        duo_cbor_put_uint(writer, "max_image_size",
                          slots->image_bytes_max[core]);
        duo_cbor_end(writer);
    }
    duo_cbor_end(writer);
    return DUO_SMP_DONE;
}
