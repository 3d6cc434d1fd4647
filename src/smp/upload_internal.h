/* SPDX-License-Identifier: MIT */
/* What the files of the upload share: the record's bytes, and what is to be
 * done before all else. */
#ifndef DUO_UPLOAD_INTERNAL_H
#define DUO_UPLOAD_INTERNAL_H

#include "duo/upload.h"

/* Offsets in the slot's last unit [FORMAT, Upload record]. The marks of the
 * previous image's copy, from 256 on, and the trailer are not touched. */
enum {
    UPLOAD_OFF_MAGIC = 0,
    UPLOAD_OFF_VERSION = 4,
    UPLOAD_OFF_LEN = 8,
    UPLOAD_OFF_SHA_BYTES = 12,
    UPLOAD_OFF_SHA = 16,
    UPLOAD_OFF_CRC = 48,
    UPLOAD_RECORD_BYTES = 52,
    UPLOAD_OFF_BLANKING = 64, /* Two marks: being emptied, is empty. */
    UPLOAD_OFF_BLANK = 68,
    UPLOAD_HEAD_BYTES = 72,
    UPLOAD_OFF_MARKS = 1536,
    UPLOAD_MARK_BYTES = 4,
    UPLOAD_OFF_BLANKED = 3584, /* Marks of the emptying. */
};
#define UPLOAD_MAGIC     0x554F5544U /* "DUOU" */
#define UPLOAD_VERSION   1U
#define UPLOAD_MARKS_MAX 512U
/* Of the emptying; what lies behind is done again after a cut. */
#define UPLOAD_BLANKED_MAX 112U

/* Operations of the flash. The first ones may be wanted before all else: a bit
 * of todo each, done in this order. */
enum upload_op {
    UPLOAD_OP_NONE,
    UPLOAD_OP_CHECK, /* Read back what was just written. */
    UPLOAD_OP_FIRST, /* Erase the first unit. */
    UPLOAD_OP_LAST,  /* Erase the last one. */
    UPLOAD_OP_RECORD,
    UPLOAD_OP_MARK,
    UPLOAD_OP_BLANKING,
    UPLOAD_OP_BLANK,
    UPLOAD_OP_LOOK, /* Is the next unit blank? */
    UPLOAD_OP_ERASE,
    UPLOAD_OP_WRITE,
    UPLOAD_OP_HASH,
    UPLOAD_OP_COUNT,
};
#define UPLOAD_TODO(op) ((uint8_t)(1U << (op)))

static inline uint32_t upload_unit_bytes(const struct duo_area *area)
{
    return area->flash->geometry.erase_bytes;
}

static inline uint32_t upload_last_off(const struct duo_area *area)
{
    return area->size_bytes - upload_unit_bytes(area);
}

static inline uint32_t upload_mark_count(uint32_t len_bytes)
{
    return len_bytes / DUO_UPLOAD_MARK_BYTES +
           (len_bytes % DUO_UPLOAD_MARK_BYTES != 0 ? 1U : 0U);
}

/** The record of what @p upload was opened with. */
void upload_encode_record(const struct duo_upload *upload,
                          uint8_t raw[UPLOAD_RECORD_BYTES]);

/** Are all bytes of the slot's last unit erased, but for the marks of an
 * emptied slot? */
enum duo_err upload_last_is_blank(const struct duo_area *slot, bool *blank);

#endif
