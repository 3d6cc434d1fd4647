/* SPDX-License-Identifier: MIT */
/* What of an upload recovery does without, for want of room: no record is kept,
 * so that one which is cut off by a reset begins anew, and nothing is erased
 * while nothing is asked for. Stands in for src/smp/upload_record.c and
 * image_idle.c, which take 800 bytes more. */
#include <string.h>

#include "smp/image_internal.h"
#include "smp/upload_internal.h"

void upload_encode_record(const struct duo_upload *upload,
                          uint8_t raw[UPLOAD_RECORD_BYTES])
{
    memset(raw, upload->target.area.flash->geometry.erased_value,
           UPLOAD_RECORD_BYTES);
}

enum duo_err duo_upload_look(const struct duo_area *slot,
                             struct duo_upload_record *record)
{
    (void)slot;
    memset(record, 0, sizeof(*record));
    return DUO_OK;
}

bool duo_upload_is_of(const struct duo_upload_record *record,
                      const struct duo_upload_request *request)
{
    (void)record;
    (void)request;
    return false;
}

/* As if something were there: it is erased before the slot is used. */
enum duo_err upload_last_is_blank(const struct duo_area *slot, bool *blank)
{
    (void)slot;
    *blank = false;
    return DUO_OK;
}

bool smp_image_begin_idle(struct duo_smp_image *image)
{
    image->idle_set = 0;
    return false;
}
