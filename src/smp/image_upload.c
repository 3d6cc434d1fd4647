/* SPDX-License-Identifier: MIT */
/* The upload command. The first bytes are judged in RAM: until they tell which
 * core the image is for, nothing of the flash is touched. Every chunk is taken
 * whole; only the last one is answered when all is on flash and hashed. */
#include <string.h>

#include "smp/image_head.h"
#include "smp/image_internal.h"

/* Steps of the request. */
enum {
    STEP_BEGIN = 0,
    STEP_TAKE,   /* The chunk goes into the ring as there is room. */
    STEP_END,    /* All is received: it is written and hashed. */
    STEP_REHASH, /* It was whole already: is it still? */
};

#define IMAGE_NUMBER_MAX 4U /* Of the direct upload, which count from 1. */

enum { OFF, LEN, SHA, DATA, IMAGE, UPGRADE, FIELD_COUNT };

static bool read_fields(struct duo_smp_request *request,
                        struct duo_cbor_field fields[FIELD_COUNT])
{
    static const struct {
        char key[8];
        uint8_t kind;
    } wanted[FIELD_COUNT] = {
        [OFF] = {"off",     DUO_CBOR_UINT },
        [LEN] = {"len",     DUO_CBOR_UINT },
        [SHA] = {"sha",     DUO_CBOR_BYTES},
        [DATA] = {"data",    DUO_CBOR_BYTES},
        [IMAGE] = {"image",   DUO_CBOR_UINT },
        [UPGRADE] = {"upgrade", DUO_CBOR_BOOL },
    };

    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        fields[i].key = wanted[i].key;
        fields[i].kind = (enum duo_cbor_kind)wanted[i].kind;
    }
    return duo_smp_read(request, fields, FIELD_COUNT);
}

static enum duo_smp_outcome answer_off(const struct duo_smp_image *image,
                                       struct duo_smp_request *request)
{
    const struct duo_upload *upload = &image->upload;
    bool whole = upload->state == DUO_UPLOAD_WHOLE;

    duo_cbor_put_uint(
        &request->answer, "off",
        whole || smp_image_is_receiving(image) ? upload->received_bytes : 0U);
    if (whole && upload->sha_bytes != 0) {
        duo_cbor_put_bool(&request->answer, "match",
                          duo_upload_matches(upload));
    }
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome give_up(struct duo_smp_image *image,
                                    struct duo_smp_request *request,
                                    enum duo_smp_image_error error)
{
    duo_upload_end(&image->upload);
    return smp_image_refuse(request, error);
}

/* --- All is received --- */

static bool request_install(struct duo_smp_image *image)
{
    const struct duo_upload *upload = &image->upload;

    return !image->config.policy.request_when_whole ||
           !upload->target.keeps_record || !duo_upload_matches(upload) ||
           duo_trailer_request(&upload->target.area, true) == DUO_OK;
}

static enum duo_smp_outcome end(struct duo_smp_image *image,
                                struct duo_smp_request *request)
{
    (void)duo_upload_step(&image->upload);
    if (image->upload.state == DUO_UPLOAD_FAILED) {
        return smp_image_refuse_failed(image, request);
    }
    if (image->upload.state != DUO_UPLOAD_WHOLE) {
        return DUO_SMP_AGAIN;
    }
    bool done = request_install(image);
    smp_image_changed(image);
    return done ? answer_off(image, request)
                : give_up(image, request, DUO_SMP_IMAGE_FLASH_WRITE_FAILED);
}

/* --- Where it goes --- */

static bool is_asked_for(const struct duo_smp_image *image, enum duo_core core)
{
    return image->config.policy.route_wrong_number ||
           image->asked_image == SMP_IMAGE_NOT_ASKED ||
           image->asked_image == core;
}

/* Judge what has come of the head. False: refused. */
static bool judge(struct duo_smp_image *image, struct duo_smp_request *request)
{
    struct duo_upload *upload = &image->upload;
    enum duo_reason reason = smp_image_judge_head(image);

    if (reason == DUO_REASON_READ_FAILED) {
        return true; /* More is needed. */
    }
    if (reason == DUO_REASON_NONE && !is_asked_for(image, image->image.core)) {
        reason = DUO_REASON_WRONG_CORE;
    }
    if (reason != DUO_REASON_NONE) {
        duo_upload_end(upload);
        duo_smp_refuse_reason(request, reason);
        return false;
    }
    enum duo_smp_image_error error = smp_image_route(image);
    if (error != 0) {
        (void)give_up(image, request, error);
    }
    return error == 0;
}

/* --- A chunk --- */

/* The processor stands still while the flash that it executes from is changed,
 * and would miss what comes meanwhile: so nothing must come. */
static bool stands_still(const struct duo_upload *upload)
{
    return upload->state == DUO_UPLOAD_RUNNING && !upload->target.keeps_record;
}

static enum duo_smp_outcome take(struct duo_smp_image *image,
                                 struct duo_smp_request *request)
{
    struct duo_upload *upload = &image->upload;
    struct duo_bytes *chunk = &image->chunk;
    struct duo_bytes part = *chunk;

    if (upload->state == DUO_UPLOAD_FAILED) {
        return smp_image_refuse_failed(image, request);
    }
    if (part.len_bytes > duo_upload_room(upload)) {
        part.len_bytes = duo_upload_room(upload);
    }
    duo_upload_put(upload, part);
    chunk->data += part.len_bytes;
    chunk->len_bytes -= part.len_bytes;
    if (upload->state == DUO_UPLOAD_HEAD && !judge(image, request)) {
        return DUO_SMP_DONE;
    }
    bool more = duo_upload_step(upload);
    if (chunk->len_bytes != 0 || (more && stands_still(upload))) {
        return DUO_SMP_AGAIN;
    }
    if (upload->received_bytes == upload->len_bytes) {
        request->step = STEP_END;
        return DUO_SMP_AGAIN;
    }
    return answer_off(image, request);
}

/* After a pause of the upload the external flash sleeps. */
static bool wake(struct duo_smp_image *image)
{
    const struct duo_upload *upload = &image->upload;

    return upload->state != DUO_UPLOAD_RUNNING ||
           !upload->target.keeps_record || smp_image_open(image);
}

static enum duo_smp_outcome next_chunk(struct duo_smp_image *image,
                                       struct duo_smp_request *request,
                                       const struct duo_cbor_field *fields)
{
    struct duo_upload *upload = &image->upload;
    struct duo_bytes data = fields[DATA].bytes;

    if (upload->state == DUO_UPLOAD_FAILED) {
        return smp_image_refuse_failed(image, request);
    }
    if (!smp_image_is_receiving(image) || !fields[DATA].found ||
        data.len_bytes == 0 || fields[OFF].number != upload->received_bytes) {
        return answer_off(image, request);
    }
    if (data.len_bytes > upload->len_bytes - upload->received_bytes) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_OVERRUN);
    }
    if (!wake(image)) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_FLASH_OPEN_FAILED);
    }
    image->chunk = data;
    request->step = STEP_TAKE;
    return take(image, request);
}

/* --- The first chunk --- */

static enum duo_smp_image_error check_first(const struct duo_cbor_field *fields)
{
    const struct duo_bytes *data = &fields[DATA].bytes;

    if (!fields[LEN].found) {
        return DUO_SMP_IMAGE_LEN_MISSING;
    }
    if (fields[SHA].found && fields[SHA].bytes.len_bytes > DUO_SHA256_BYTES) {
        return DUO_SMP_IMAGE_BAD_HASH;
    }
    if (!fields[DATA].found || data->len_bytes < DUO_IMAGE_HEADER_BYTES) {
        return DUO_SMP_IMAGE_TOO_SHORT;
    }
    if (duo_load_le32(data->data) != SMP_IMAGE_MAGIC) {
        return DUO_SMP_IMAGE_BAD_MAGIC;
    }
    if (fields[LEN].number > UINT32_MAX) {
        return DUO_SMP_IMAGE_TOO_LARGE;
    }
    if (data->len_bytes > fields[LEN].number) {
        return DUO_SMP_IMAGE_OVERRUN;
    }
    return fields[IMAGE].found && fields[IMAGE].number > IMAGE_NUMBER_MAX
               ? DUO_SMP_IMAGE_INVALID_SLOT
               : 0;
}

/* 0 and 1 are images; 2 and 4 the staged slots of a direct upload, and 3 is
 * what recovery of other boot loaders calls the network core. */
static uint8_t asked_image(const struct duo_cbor_field *field)
{
    static const uint8_t images[IMAGE_NUMBER_MAX + 1U] = {0, 1, 0, 1, 1};

    return field->found ? images[field->number] : SMP_IMAGE_NOT_ASKED;
}

static bool is_same(const struct duo_upload *upload,
                    const struct duo_upload_request *wanted)
{
    return wanted->sha.len_bytes != 0 &&
           upload->len_bytes == wanted->len_bytes &&
           duo_bytes_equal((struct duo_bytes){upload->sha, upload->sha_bytes},
                           wanted->sha);
}

/* Is there a record of this file in a staged slot? */
static bool find_record(struct duo_smp_image *image,
                        const struct duo_upload_request *wanted,
                        struct duo_upload_record *record)
{
    if (wanted->sha.len_bytes == 0 || !smp_image_open(image)) {
        return false;
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if (duo_upload_look(&image->config.slots->staged[core], record) ==
                DUO_OK &&
            record->marked_bytes != 0 && duo_upload_is_of(record, wanted)) {
            image->core = (enum duo_core)core;
            return true;
        }
    }
    return false;
}

static enum duo_smp_outcome open_new(struct duo_smp_image *image,
                                     struct duo_smp_request *request,
                                     const struct duo_upload_request *wanted)
{
    duo_upload_open(&image->upload, wanted);
    request->step = STEP_TAKE;
    return take(image, request);
}

static enum duo_smp_outcome go_on(struct duo_smp_image *image,
                                  struct duo_smp_request *request,
                                  const struct duo_upload_record *record)
{
    if (!is_asked_for(image, image->core)) {
        duo_smp_refuse_reason(request, DUO_REASON_WRONG_CORE);
        return DUO_SMP_DONE;
    }
    duo_upload_resume(&image->upload, &image->config.slots->staged[image->core],
                      record);
    if (record->note != DUO_UPLOAD_NOTE_ALL) {
        return answer_off(image, request);
    }
    request->step = STEP_REHASH;
    return DUO_SMP_AGAIN;
}

static enum duo_smp_outcome first_chunk(struct duo_smp_image *image,
                                        struct duo_smp_request *request,
                                        const struct duo_cbor_field *fields)
{
    struct duo_upload_request wanted;
    struct duo_upload_record record;
    enum duo_smp_image_error error = check_first(fields);

    if (error != 0) {
        return smp_image_refuse(request, error);
    }
    wanted = (struct duo_upload_request){
        (uint32_t)fields[LEN].number,
        fields[SHA].found ? fields[SHA].bytes : (struct duo_bytes){NULL, 0}
    };
    image->asked_image = asked_image(&fields[IMAGE]);
    image->only_newer = fields[UPGRADE].found && fields[UPGRADE].number != 0;
    image->chunk = fields[DATA].bytes;
    if (smp_image_is_receiving(image) && is_same(&image->upload, &wanted)) {
        return answer_off(image, request);
    }
    return find_record(image, &wanted, &record)
               ? go_on(image, request, &record)
               : open_new(image, request, &wanted);
}

/* A record said that all of it is there. If that is not so it was dropped, and
 * the upload begins with this chunk. */
static enum duo_smp_outcome rehash(struct duo_smp_image *image,
                                   struct duo_smp_request *request)
{
    struct duo_upload *upload = &image->upload;
    uint8_t sha[DUO_SHA256_BYTES];
    const struct duo_upload_request wanted = {
        upload->len_bytes, {sha, upload->sha_bytes}
    };

    (void)duo_upload_step(upload);
    if (upload->state == DUO_UPLOAD_WHOLE && !duo_upload_matches(upload)) {
        memcpy(sha, upload->sha, sizeof(sha));
        return open_new(image, request, &wanted);
    }
    return end(image, request);
}

/* A chunk of an upload under way only goes into the ring. If it waited for the
 * erase that the flash is at, the line would stand still. */
static bool needs_flash(const struct duo_smp_image *image,
                        const struct duo_cbor_field *fields)
{
    return fields[OFF].number == 0 || image->upload.state != DUO_UPLOAD_RUNNING;
}

static enum duo_smp_outcome begin(struct duo_smp_image *image,
                                  struct duo_smp_request *request)
{
    struct duo_cbor_field fields[FIELD_COUNT];

    if (!read_fields(request, fields)) {
        return DUO_SMP_DONE;
    }
    if (!fields[OFF].found) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_OFF_MISSING);
    }
    if (needs_flash(image, fields) && !smp_image_ready(image)) {
        return DUO_SMP_AGAIN;
    }
    image->data_us = smp_image_now_us(image);
    image->used_us = image->data_us;
    return fields[OFF].number == 0 ? first_chunk(image, request, fields)
                                   : next_chunk(image, request, fields);
}

enum duo_smp_outcome smp_image_upload(void *ctx,
                                      struct duo_smp_request *request)
{
    struct duo_smp_image *image = ctx;

    switch (request->step) {
    case STEP_TAKE: return take(image, request);
    case STEP_END: return end(image, request);
    case STEP_REHASH: return rehash(image, request);
    default: return begin(image, request);
    }
}
