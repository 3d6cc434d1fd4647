/* SPDX-License-Identifier: MIT */
/* The record of an upload in the last unit of its slot. It lies in external
 * flash and so is hostile input: it says from where an upload goes on, and the
 * digest at its end decides. */
#include <string.h>

#include "smp/upload_internal.h"

_Static_assert(UPLOAD_OFF_MARKS + UPLOAD_MARKS_MAX * UPLOAD_MARK_BYTES <=
                   UPLOAD_OFF_BLANKED,
               "marks of an upload run into those of an emptying");
_Static_assert(UPLOAD_OFF_BLANKED % 64 == 0 &&
                   UPLOAD_BLANKED_MAX * UPLOAD_MARK_BYTES % 64 == 0,
               "pieces are looked at whole");
_Static_assert(UPLOAD_OFF_BLANKED + UPLOAD_BLANKED_MAX * UPLOAD_MARK_BYTES <=
                   4096 - 40,
               "the marks must end before the trailer");

static struct duo_bytes record_bytes(const uint8_t *raw)
{
    return (struct duo_bytes){raw, UPLOAD_OFF_CRC};
}

void upload_encode_record(const struct duo_upload *upload,
                          uint8_t raw[UPLOAD_RECORD_BYTES])
{
    duo_store_le32(&raw[UPLOAD_OFF_MAGIC], UPLOAD_MAGIC);
    duo_store_le32(&raw[UPLOAD_OFF_VERSION], UPLOAD_VERSION);
    duo_store_le32(&raw[UPLOAD_OFF_LEN], upload->len_bytes);
    duo_store_le32(&raw[UPLOAD_OFF_SHA_BYTES], upload->sha_bytes);
    memcpy(&raw[UPLOAD_OFF_SHA], upload->sha, DUO_SHA256_BYTES);
    duo_store_le32(&raw[UPLOAD_OFF_CRC], duo_crc32(0, record_bytes(raw)));
}

static bool decode_record(const uint8_t *raw, uint32_t room_bytes,
                          struct duo_upload_record *record)
{
    uint32_t sha_bytes = duo_load_le32(&raw[UPLOAD_OFF_SHA_BYTES]);

    record->len_bytes = duo_load_le32(&raw[UPLOAD_OFF_LEN]);
    record->sha_bytes = (uint8_t)sha_bytes;
    memcpy(record->sha, &raw[UPLOAD_OFF_SHA], DUO_SHA256_BYTES);
    return duo_load_le32(&raw[UPLOAD_OFF_MAGIC]) == UPLOAD_MAGIC &&
           duo_load_le32(&raw[UPLOAD_OFF_VERSION]) == UPLOAD_VERSION &&
           duo_load_le32(&raw[UPLOAD_OFF_CRC]) ==
               duo_crc32(0, record_bytes(raw)) &&
           sha_bytes <= DUO_SHA256_BYTES && record->len_bytes != 0 &&
           record->len_bytes <= room_bytes &&
           upload_mark_count(record->len_bytes) <= UPLOAD_MARKS_MAX;
}

static bool is_set(const uint8_t *mark)
{
    return duo_load_le32(mark) == 0;
}

/* How many marks are set from the first on. One behind a gap does not count:
 * whoever goes on from the gap makes it again. */
static enum duo_err count_marks(const struct duo_area *slot, uint32_t off_bytes,
                                uint32_t *count)
{
    uint32_t count_max = *count;
    _Alignas(4) uint8_t mark[UPLOAD_MARK_BYTES];

    for (*count = 0; *count < count_max; (*count)++) {
        enum duo_err err = duo_area_read(slot,
                                         upload_last_off(slot) + off_bytes +
                                             *count * UPLOAD_MARK_BYTES,
                                         mark, sizeof(mark));
        if (err != DUO_OK || !is_set(mark)) {
            return err;
        }
    }
    return DUO_OK;
}

static enum duo_err look_at_upload(const struct duo_area *slot,
                                   struct duo_upload_record *record)
{
    const uint32_t all = upload_mark_count(record->len_bytes);
    uint32_t count = all;
    enum duo_err err = count_marks(slot, UPLOAD_OFF_MARKS, &count);

    record->note = count == all ? DUO_UPLOAD_NOTE_ALL : DUO_UPLOAD_NOTE_PART;
    record->marked_bytes =
        count == all ? record->len_bytes : count * DUO_UPLOAD_MARK_BYTES;
    return err;
}

static enum duo_err look_at_emptying(const struct duo_area *slot,
                                     struct duo_upload_record *record)
{
    uint32_t count = UPLOAD_BLANKED_MAX;
    enum duo_err err = count_marks(slot, UPLOAD_OFF_BLANKED, &count);

    record->note = DUO_UPLOAD_NOTE_BLANKING;
    record->marked_bytes = count * DUO_UPLOAD_MARK_BYTES;
    return err;
}

enum duo_err duo_upload_look(const struct duo_area *slot,
                             struct duo_upload_record *record)
{
    _Alignas(4) uint8_t raw[UPLOAD_HEAD_BYTES];
    enum duo_err err =
        duo_area_read(slot, upload_last_off(slot), raw, sizeof(raw));

    memset(record, 0, sizeof(*record));
    if (err != DUO_OK) {
        return err;
    }
    if (decode_record(raw, upload_last_off(slot), record)) {
        err = look_at_upload(slot, record);
    } else if (is_set(&raw[UPLOAD_OFF_BLANK])) {
        record->note = DUO_UPLOAD_NOTE_BLANK;
    } else if (is_set(&raw[UPLOAD_OFF_BLANKING])) {
        err = look_at_emptying(slot, record);
    }
    if (err != DUO_OK) {
        record->note = DUO_UPLOAD_NOTE_NONE;
    }
    return err;
}

bool duo_upload_is_of(const struct duo_upload_record *record,
                      const struct duo_upload_request *request)
{
    return record->note >= DUO_UPLOAD_NOTE_PART &&
           record->note <= DUO_UPLOAD_NOTE_ALL && request->sha.len_bytes != 0 &&
           record->len_bytes == request->len_bytes &&
           duo_bytes_equal((struct duo_bytes){record->sha, record->sha_bytes},
                           request->sha);
}

/* Pieces of which those with marks of an emptying are passed over: they divide
 * the places of these marks. */
#define LAST_PIECE_BYTES 64U

static bool is_of_emptying(uint32_t at)
{
    return at == UPLOAD_OFF_BLANKING ||
           (at >= UPLOAD_OFF_BLANKED &&
            at < UPLOAD_OFF_BLANKED + UPLOAD_BLANKED_MAX * UPLOAD_MARK_BYTES);
}

enum duo_err upload_last_is_blank(const struct duo_area *slot, bool *blank)
{
    uint8_t erased = slot->flash->geometry.erased_value;
    _Alignas(4) uint8_t piece[LAST_PIECE_BYTES];

    *blank = true;
    for (uint32_t at = 0; *blank && at < upload_unit_bytes(slot);
         at += LAST_PIECE_BYTES) {
        enum duo_err err = duo_area_read(slot, upload_last_off(slot) + at,
                                         piece, sizeof(piece));
        if (err != DUO_OK) {
            return err;
        }
        *blank =
            is_of_emptying(at) ||
            duo_bytes_are((struct duo_bytes){piece, sizeof(piece)}, erased);
    }
    return DUO_OK;
}
