/* SPDX-License-Identifier: MIT */
/* The beginning and the end of an upload; see duo/upload.h.
 *
 *   last unit erased                  (request and old record are gone)
 *   record                            (what is half there is not listed)
 *   units erased, data programmed, read back; a mark at every 16 KB
 *   last mark, if the digest is right (S is an image again)
 *
 * A cut leaves a record whose marks tell what is whole. Nothing behind them is
 * trusted: a unit that reads blank may have been hit by the cut and hold its
 * bits badly, so all of them are erased again. The mark itself may have been
 * the cut write: it is written again before anything is built on it. */
#include "duo/upload.h"

#include <string.h>

#include "smp/upload_internal.h"

static void begin(struct duo_upload *upload, enum duo_upload_state state)
{
    duo_upload_settle(upload);
    upload->state = state;
    upload->op = UPLOAD_OP_NONE;
    upload->todo = 0;
    upload->hashed = false;
    upload->received_bytes = 0;
    upload->written_bytes = 0;
    upload->erased_bytes = 0;
    upload->looked_bytes = 0;
    upload->hashed_bytes = 0;
    upload->unhashed_bytes = 0;
}

void duo_upload_open(struct duo_upload *upload,
                     const struct duo_upload_request *request)
{
    begin(upload, DUO_UPLOAD_HEAD);
    upload->len_bytes = request->len_bytes;
    memset(upload->sha, 0, sizeof(upload->sha));
    upload->sha_bytes = (uint8_t)request->sha.len_bytes;
    if (upload->sha_bytes != 0) {
        memcpy(upload->sha, request->sha.data, upload->sha_bytes);
    }
}

/* What goes before all else. Half an upload, or half an image, must not lose the
 * record that hides it while anything of it could be taken for a whole one:
 * the rest of an earlier image may complete it. */
static uint8_t todo_first(const struct duo_upload_record *record)
{
    bool is_half = record->note == DUO_UPLOAD_NOTE_PART ||
                   record->note == DUO_UPLOAD_NOTE_BLANKING;

    return is_half ? UPLOAD_TODO(UPLOAD_OP_FIRST) | UPLOAD_TODO(UPLOAD_OP_LAST)
                   : UPLOAD_TODO(UPLOAD_OP_LAST);
}

/* May what reads blank in the slot be trusted? Not behind an upload, or an
 * emptying, that may have been cut. */
static bool is_settled(const struct duo_upload_record *record, bool blank)
{
    return record->note == DUO_UPLOAD_NOTE_ALL ||
           (blank && record->note != DUO_UPLOAD_NOTE_BLANKING);
}

/* The last unit is erased even if it is blank, since that erase may be what was
 * cut; but not if a mark was written into it when an emptying had ended. */
static enum duo_err look_at_slot(struct duo_upload *upload)
{
    const struct duo_area *slot = &upload->target.area;
    struct duo_upload_record record;
    bool blank = false;
    enum duo_err err = duo_upload_look(slot, &record);

    if (err == DUO_OK) {
        err = upload_last_is_blank(slot, &blank);
    }
    upload->todo = todo_first(&record);
    upload->blank_counts = is_settled(&record, blank);
    if (blank && record.note == DUO_UPLOAD_NOTE_BLANK) {
        upload->todo = 0;
    }
    return err;
}

enum duo_err duo_upload_into(struct duo_upload *upload,
                             const struct duo_upload_target *target)
{
    enum duo_err err = DUO_OK;

    if (upload->len_bytes > upload_last_off(&target->area) ||
        upload_mark_count(upload->len_bytes) > UPLOAD_MARKS_MAX) {
        return DUO_ERR_RANGE;
    }
    upload->target = *target;
    upload->todo = UPLOAD_TODO(UPLOAD_OP_LAST);
    upload->blank_counts = true;
    if (target->keeps_record) {
        err = look_at_slot(upload);
        upload->todo |= UPLOAD_TODO(UPLOAD_OP_RECORD);
    }
    if (err == DUO_OK) {
        upload->state = DUO_UPLOAD_RUNNING;
        upload->crypto->ops->sha256_begin(upload->crypto);
    }
    return err;
}

void duo_upload_resume(struct duo_upload *upload, const struct duo_area *slot,
                       const struct duo_upload_record *record)
{
    const struct duo_upload_request request = {
        record->len_bytes, {record->sha, record->sha_bytes}
    };

    duo_upload_open(upload, &request);
    upload->target = (struct duo_upload_target){*slot, true};
    upload->state = DUO_UPLOAD_RUNNING;
    upload->blank_counts = false;
    upload->received_bytes = record->marked_bytes;
    upload->written_bytes = record->marked_bytes;
    upload->erased_bytes = record->marked_bytes;
    if (record->marked_bytes == 0) {
        /* Not even the record is known to have been written to its end. */
        upload->todo = todo_first(record) | UPLOAD_TODO(UPLOAD_OP_RECORD);
    } else if (record->marked_bytes < record->len_bytes) {
        upload->todo = UPLOAD_TODO(UPLOAD_OP_MARK);
    }
    upload->crypto->ops->sha256_begin(upload->crypto);
}

void duo_upload_clear(struct duo_upload *upload, const struct duo_area *area,
                      unsigned unit_set)
{
    begin(upload, DUO_UPLOAD_CLEARING);
    upload->target = (struct duo_upload_target){*area, false};
    upload->todo = (uint8_t)(((unit_set & DUO_UPLOAD_FIRST_UNIT) != 0
                                  ? UPLOAD_TODO(UPLOAD_OP_FIRST)
                                  : 0U) |
                             ((unit_set & DUO_UPLOAD_LAST_UNIT) != 0
                                  ? UPLOAD_TODO(UPLOAD_OP_LAST)
                                  : 0U));
}

enum duo_err duo_upload_blank(struct duo_upload *upload,
                              const struct duo_area *slot, bool all)
{
    struct duo_upload_record record;

    begin(upload, DUO_UPLOAD_NONE);
    enum duo_err err = duo_upload_look(slot, &record);
    if (err != DUO_OK) {
        return err;
    }
    bool goes_on = record.note == DUO_UPLOAD_NOTE_BLANKING;
    upload->state = DUO_UPLOAD_BLANKING;
    upload->target = (struct duo_upload_target){*slot, true};
    upload->len_bytes = upload_last_off(slot);
    upload->todo = UPLOAD_TODO(UPLOAD_OP_BLANKING);
    if (all) {
        upload->todo |= todo_first(&record);
    }
    upload->blank_counts = !goes_on && record.note != DUO_UPLOAD_NOTE_PART;
    if (goes_on && !all && record.marked_bytes < upload->len_bytes) {
        upload->erased_bytes = record.marked_bytes;
    }
    return DUO_OK;
}

size_t duo_upload_room(const struct duo_upload *upload)
{
    return upload->ring_bytes -
           (upload->received_bytes - upload->written_bytes);
}

void duo_upload_put(struct duo_upload *upload, struct duo_bytes data)
{
    size_t at = upload->received_bytes % upload->ring_bytes;
    size_t first_bytes = upload->ring_bytes - at;

    if (first_bytes > data.len_bytes) {
        first_bytes = data.len_bytes;
    }
    memcpy(&upload->ring[at], data.data, first_bytes);
    memcpy(upload->ring, data.data + first_bytes, data.len_bytes - first_bytes);
    upload->received_bytes += (uint32_t)data.len_bytes;
}

void duo_upload_end(struct duo_upload *upload)
{
    begin(upload, DUO_UPLOAD_NONE);
}

bool duo_upload_matches(const struct duo_upload *upload)
{
    return upload->hashed &&
           memcmp(upload->digest, upload->sha, upload->sha_bytes) == 0;
}
