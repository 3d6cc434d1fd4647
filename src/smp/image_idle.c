/* SPDX-License-Identifier: MIT */
/* What is done while nothing is asked for: a staged slot that holds nothing is
 * erased, so that the next upload need not wait for that. */
#include "smp/image_internal.h"
#include "smp/upload_internal.h"

/* An emptying that was cut; or what is left behind the first and the last unit
 * after an install. Where anything else is in the slot it is left alone. */
static bool may_empty(struct duo_smp_image *image, enum duo_core core)
{
    const struct duo_area *slot = &image->config.slots->staged[core];
    struct duo_upload_record record;
    bool blank = false;

    if (duo_upload_look(slot, &record) != DUO_OK ||
        upload_last_is_blank(slot, &blank) != DUO_OK || !blank) {
        return false;
    }
    if (record.note == DUO_UPLOAD_NOTE_BLANKING) {
        return true;
    }
    return record.note == DUO_UPLOAD_NOTE_NONE &&
           smp_image_parse(image, slot, core) == DUO_REASON_EMPTY;
}

bool smp_image_begin_idle(struct duo_smp_image *image)
{
    const enum duo_core core =
        (image->idle_set & 1U) != 0 ? DUO_CORE_APP : DUO_CORE_NET;

    if (!smp_image_open(image)) {
        image->idle_set = 0;
        return false;
    }
    image->idle_set &= (uint8_t) ~(1U << core);
    if (may_empty(image, core)) {
        enum duo_err err = duo_upload_blank(
            &image->upload, &image->config.slots->staged[core], false);
        (void)err; /* Then it is not done. */
    }
    return true;
}
