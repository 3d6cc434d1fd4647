/* SPDX-License-Identifier: MIT */
/* Test and confirm. Everything is read back from flash: what the answer says
 * is what is there. */
#include <string.h>

#include "smp/image_internal.h"

/* Steps of the request. */
enum { STEP_BEGIN = 0, STEP_CLEARING };

/* --- Slot 0: confirm what runs --- */

/** Confirm the image of @p core, if it is on trial. False: it did not work. */
static bool confirm_running(struct duo_smp_image *image, enum duo_core core)
{
    const struct duo_area *slot = &image->config.slots->trailer[core];
    struct duo_trailer trailer;

    if (duo_trailer_read(slot, &trailer) != DUO_OK) {
        return false;
    }
    if (trailer.magic != DUO_FIELD_GOOD || trailer.image_ok == DUO_FIELD_GOOD) {
        return true;
    }
    bool done = duo_trailer_confirm(slot) == DUO_OK &&
                duo_trailer_read(slot, &trailer) == DUO_OK &&
                trailer.image_ok == DUO_FIELD_GOOD;
    smp_image_changed(image);
    return done;
}

static enum duo_smp_outcome answer(struct duo_smp_image *image,
                                   struct duo_smp_request *request, bool done)
{
    return done ? smp_image_put_list(image, request)
                : smp_image_refuse(request, DUO_SMP_IMAGE_FLASH_WRITE_FAILED);
}

/* The network image first: if power fails in between, the application is still
 * on trial and takes a network image that depends on it back with it. */
static enum duo_smp_outcome confirm_all(struct duo_smp_image *image,
                                        struct duo_smp_request *request)
{
    bool done = !smp_image_open(image) || confirm_running(image, DUO_CORE_NET);

    done = confirm_running(image, DUO_CORE_APP) && done;
    return answer(image, request, done);
}

static enum duo_smp_outcome
write_active(struct duo_smp_image *image, struct duo_smp_request *request,
             const struct duo_smp_image_state *state)
{
    if (image->for_good) {
        return answer(image, request,
                      confirm_running(image, state->image_index));
    }
    if (state->confirmed) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_TEST_ACTIVE);
    }
    return smp_image_put_list(image, request); /* It is being tested. */
}

/* --- Slot 1: ask for an install --- */

static enum duo_smp_outcome put_request(struct duo_smp_image *image,
                                        struct duo_smp_request *request)
{
    const struct duo_area *slot = &image->config.slots->staged[image->core];
    struct duo_trailer trailer;
    bool done = duo_trailer_request(slot, image->for_good) == DUO_OK &&
                duo_trailer_read(slot, &trailer) == DUO_OK &&
                trailer.magic == DUO_FIELD_GOOD &&
                trailer.image_ok ==
                    (image->for_good ? DUO_FIELD_GOOD : DUO_FIELD_ERASED);

    smp_image_changed(image);
    return answer(image, request, done);
}

/* What of the staged slot must be erased before it can carry the request. An
 * empty slot asks for the previous image, if nothing else is in it. */
static enum duo_err units_in_the_way(struct duo_smp_image *image,
                                     bool is_backup, unsigned *unit_set)
{
    const struct duo_area *slot = &image->config.slots->staged[image->core];
    struct duo_upload_record record;
    struct duo_trailer trailer;
    enum duo_err err = duo_trailer_read(slot, &trailer);

    if (err == DUO_OK) {
        err = duo_upload_look(slot, &record);
    }
    if (err != DUO_OK) {
        return err;
    }
    *unit_set = 0;
    if (trailer.magic != DUO_FIELD_ERASED ||
        trailer.image_ok != DUO_FIELD_ERASED) {
        *unit_set = DUO_UPLOAD_LAST_UNIT;
    }
    if (!is_backup) {
        return DUO_OK;
    }
    if (record.note != DUO_UPLOAD_NOTE_NONE &&
        record.note != DUO_UPLOAD_NOTE_BLANK) {
        *unit_set = DUO_UPLOAD_LAST_UNIT;
    }
    enum duo_reason reason = smp_image_parse(image, slot, image->core);
    if (reason != DUO_REASON_EMPTY) {
        *unit_set = DUO_UPLOAD_FIRST_UNIT | DUO_UPLOAD_LAST_UNIT;
    }
    return reason == DUO_REASON_READ_FAILED ? DUO_ERR_FLASH : DUO_OK;
}

static enum duo_smp_outcome
write_pending(struct duo_smp_image *image, struct duo_smp_request *request,
              const struct duo_smp_image_state *state)
{
    const struct duo_area *slot = &image->config.slots->staged[image->core];

    if (state->permanent == image->for_good) {
        return smp_image_put_list(image, request);
    }
    if (state->permanent) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_PENDING);
    }
    /* The mark of a permanent request is that of a confirm. */
    bool done = duo_trailer_confirm(slot) == DUO_OK;
    if (done) {
        struct duo_trailer trailer;
        done = duo_trailer_read(slot, &trailer) == DUO_OK &&
               trailer.image_ok == DUO_FIELD_GOOD;
    }
    smp_image_changed(image);
    return answer(image, request, done);
}

static enum duo_smp_outcome
write_staged(struct duo_smp_image *image, struct duo_smp_request *request,
             const struct duo_smp_image_state *state)
{
    const struct duo_area *slot = &image->config.slots->staged[image->core];
    unsigned unit_set;

    if (state->pending) {
        return write_pending(image, request, state);
    }
    if (units_in_the_way(image, state->is_backup, &unit_set) != DUO_OK) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_FLASH_READ_FAILED);
    }
    if (unit_set == 0) {
        return put_request(image, request);
    }
    duo_upload_clear(&image->upload, slot, unit_set);
    request->step = STEP_CLEARING;
    return DUO_SMP_AGAIN;
}

static enum duo_smp_outcome go_on_clearing(struct duo_smp_image *image,
                                           struct duo_smp_request *request)
{
    (void)duo_upload_step(&image->upload);
    if (image->upload.state == DUO_UPLOAD_CLEARING) {
        return DUO_SMP_AGAIN;
    }
    if (image->upload.state == DUO_UPLOAD_FAILED) {
        return smp_image_refuse_failed(image, request);
    }
    return put_request(image, request);
}

/* --- The command --- */

static enum duo_smp_outcome write_found(struct duo_smp_image *image,
                                        struct duo_smp_request *request,
                                        const uint8_t *digest)
{
    struct duo_smp_image_state state;

    for (unsigned i = 0; i < DUO_CORE_COUNT * 2U; i++) {
        if (duo_smp_image_look(image, (enum duo_core)(i / 2U), i % 2U,
                               &state) != DUO_OK) {
            return smp_image_refuse(request, DUO_SMP_IMAGE_FLASH_READ_FAILED);
        }
        if (!state.present ||
            memcmp(state.digest, digest, sizeof(state.digest)) != 0) {
            continue;
        }
        image->core = state.image_index;
        return state.slot_index == 0 ? write_active(image, request, &state)
                                     : write_staged(image, request, &state);
    }
    return smp_image_refuse(request, DUO_SMP_IMAGE_HASH_NOT_FOUND);
}

enum duo_smp_outcome smp_image_write_state(void *ctx,
                                           struct duo_smp_request *request)
{
    struct duo_smp_image *image = ctx;
    struct duo_cbor_field fields[] = {
        {.key = "hash",    .kind = DUO_CBOR_BYTES},
        {.key = "confirm", .kind = DUO_CBOR_BOOL },
    };
    const struct duo_cbor_field *hash = &fields[0];
    const struct duo_cbor_field *confirm = &fields[1];

    if (request->step == STEP_CLEARING) {
        return go_on_clearing(image, request);
    }
    if (!smp_image_ready(image)) {
        return DUO_SMP_AGAIN;
    }
    if (!duo_smp_read(request, fields, sizeof(fields) / sizeof(fields[0]))) {
        return DUO_SMP_DONE;
    }
    image->for_good = confirm->found && confirm->number != 0;
    if (!hash->found && image->for_good) {
        return confirm_all(image, request);
    }
    if (!hash->found || hash->bytes.len_bytes != DUO_SHA256_BYTES) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_BAD_HASH);
    }
    return write_found(image, request, hash->bytes.data);
}
