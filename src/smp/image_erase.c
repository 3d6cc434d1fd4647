/* SPDX-License-Identifier: MIT */
/* Emptying slots because it was asked for. */
#include "smp/image_internal.h"
#include "smp/upload_internal.h"

/* Steps of the request. */
enum { STEP_BEGIN = 0, STEP_ERASING };

/* Clients wait about 40 s; what is not erased by then is not shown any more,
 * and goes on in the background. */
#define ANSWER_US 20000000U

static enum duo_smp_outcome answer(struct duo_smp_image *image)
{
    smp_image_changed(image);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome go_on(struct duo_smp_image *image,
                                  struct duo_smp_request *request)
{
    struct duo_upload *upload = &image->upload;

    (void)duo_upload_step(upload);
    if (upload->state == DUO_UPLOAD_FAILED) {
        return smp_image_refuse_failed(image, request);
    }
    bool over =
        upload->state == DUO_UPLOAD_NONE ||
        (upload->state == DUO_UPLOAD_BLANKING && upload->erased_bytes != 0 &&
         smp_image_now_us(image) >= image->due_us);
    return over ? answer(image) : DUO_SMP_AGAIN;
}

/* Is there anything in the staged slot that an emptying has not removed, or
 * will not by itself? */
static enum duo_err holds_anything(struct duo_smp_image *image,
                                   const struct duo_area *slot, bool *holds)
{
    bool blank = false;
    enum duo_err err = upload_last_is_blank(slot, &blank);

    enum duo_reason reason = smp_image_parse(image, slot, image->core);
    *holds = !blank || reason != DUO_REASON_EMPTY;
    return reason == DUO_REASON_READ_FAILED ? DUO_ERR_FLASH : err;
}

/* The previous image may be needed: the boot loader restores it. */
static bool is_anything_on_trial(struct duo_smp_image *image)
{
    bool trial = false;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        struct duo_trailer trailer;
        trial = trial ||
                duo_trailer_read(&image->config.slots->trailer[core],
                                 &trailer) != DUO_OK ||
                smp_image_is_trial(&trailer);
    }
    return trial;
}

static enum duo_smp_outcome erase_backup(struct duo_smp_image *image,
                                         struct duo_smp_request *request)
{
    struct duo_smp_image_state state;

    if (duo_smp_image_look(image, image->core, 1, &state) != DUO_OK) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_FLASH_READ_FAILED);
    }
    if (!state.present) {
        return answer(image);
    }
    if (is_anything_on_trial(image)) {
        duo_smp_reject(request, DUO_SMP_RC_BAD_STATE);
        return DUO_SMP_DONE;
    }
    duo_upload_clear(&image->upload, &image->config.slots->backup[image->core],
                     DUO_UPLOAD_FIRST_UNIT);
    request->step = STEP_ERASING;
    return DUO_SMP_AGAIN;
}

static enum duo_smp_outcome erase(struct duo_smp_image *image,
                                  struct duo_smp_request *request)
{
    const struct duo_area *slot = &image->config.slots->staged[image->core];
    bool holds = false;

    if (!smp_image_open(image)) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_FLASH_OPEN_FAILED);
    }
    duo_upload_end(&image->upload);
    if (holds_anything(image, slot, &holds) != DUO_OK) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_FLASH_READ_FAILED);
    }
    if (!holds) {
        return erase_backup(image, request);
    }
    if (duo_upload_blank(&image->upload, slot, true) != DUO_OK) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_FLASH_READ_FAILED);
    }
    image->due_us = smp_image_now_us(image) + ANSWER_US;
    request->step = STEP_ERASING;
    return DUO_SMP_AGAIN;
}

enum duo_smp_outcome smp_image_erase(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_image *image = ctx;
    struct duo_cbor_field slot = {.key = "slot", .kind = DUO_CBOR_UINT};

    if (request->step == STEP_ERASING) {
        return go_on(image, request);
    }
    if (!smp_image_ready(image)) {
        return DUO_SMP_AGAIN;
    }
    if (!duo_smp_read(request, &slot, 1)) {
        return DUO_SMP_DONE;
    }
    uint64_t number = slot.found ? slot.number : 1U;
    if (number != 1U && number != 3U) {
        return smp_image_refuse(request, DUO_SMP_IMAGE_INVALID_SLOT);
    }
    image->core = number == 1U ? DUO_CORE_APP : DUO_CORE_NET;
    return erase(image, request);
}
