/* SPDX-License-Identifier: MIT */
/* Records of the settings store; see record.h. */
#include "settings/record.h"

#include <string.h>

#include "settings/unit.h"

#define KIND       0x53U
#define HEAD_BYTES 4U
#define ERASED     0xFFFFFFFFU

static uint8_t head_check(const uint8_t *raw)
{
    return (uint8_t) ~(raw[RECORD_KIND] ^ raw[RECORD_NAME_LEN] ^
                       raw[RECORD_VALUE_LEN]);
}

bool record_is_removed(const struct record *record)
{
    return record->raw[RECORD_VALUE_LEN] == RECORD_REMOVED;
}

struct duo_bytes record_name(const struct record *record)
{
    return (struct duo_bytes){&record->raw[RECORD_NAME],
                              record->raw[RECORD_NAME_LEN]};
}

struct duo_bytes record_value(const struct record *record)
{
    struct duo_bytes name = record_name(record);
    size_t len_bytes = record->raw[RECORD_VALUE_LEN];

    return (struct duo_bytes){name.data + name.len_bytes,
                              record_is_removed(record) ? 0 : len_bytes};
}

/* From the head alone. */
static uint32_t size_of(const struct record *record)
{
    size_t bytes =
        record_name(record).len_bytes + record_value(record).len_bytes;

    return RECORD_NAME + (uint32_t)((bytes + 3U) & ~(size_t)3U) +
           RECORD_TAIL_BYTES;
}

static bool head_is_good(const struct record *record)
{
    const uint8_t *raw = record->raw;
    size_t name_bytes = raw[RECORD_NAME_LEN];

    return raw[RECORD_KIND] == KIND &&
           raw[RECORD_HEAD_CHECK] == head_check(raw) && name_bytes != 0 &&
           name_bytes <= DUO_SETTINGS_NAME_BYTES_MAX &&
           record_value(record).len_bytes <= DUO_SETTINGS_VALUE_BYTES_MAX;
}

static const uint8_t *tail(const struct record *record)
{
    return &record->raw[record->size_bytes - RECORD_TAIL_BYTES];
}

static uint32_t crc_of(const struct record *record)
{
    return duo_crc32(0, (struct duo_bytes){record->raw, record->size_bytes -
                                                            RECORD_TAIL_BYTES});
}

bool record_checks(const struct record *record)
{
    return duo_load_le32(tail(record)) == crc_of(record);
}

bool record_is_sealed(const struct record *record)
{
    return duo_load_le32(tail(record) + RECORD_CRC_BYTES) != ERASED;
}

void record_make(struct record *record, struct duo_bytes name,
                 const struct duo_bytes *value)
{
    uint8_t *raw = record->raw;

    memset(record, 0, sizeof(*record));
    raw[RECORD_KIND] = KIND;
    raw[RECORD_NAME_LEN] = (uint8_t)name.len_bytes;
    memcpy(&raw[RECORD_NAME], name.data, name.len_bytes);
    raw[RECORD_VALUE_LEN] = RECORD_REMOVED;
    if (value != NULL) {
        raw[RECORD_VALUE_LEN] = (uint8_t)value->len_bytes;
        if (value->len_bytes != 0) {
            memcpy(&raw[RECORD_NAME + name.len_bytes], value->data,
                   value->len_bytes);
        }
    }
    raw[RECORD_HEAD_CHECK] = head_check(raw);
    record->size_bytes = size_of(record);
    duo_store_le32(&raw[record->size_bytes - RECORD_TAIL_BYTES],
                   crc_of(record));
}

enum duo_err record_load(const struct duo_settings *settings,
                         uint32_t off_bytes, struct record *record)
{
    const struct duo_area *area = &settings->area;
    uint32_t end_off = settings->next_off_bytes;

    if (off_bytes > end_off || end_off - off_bytes < HEAD_BYTES) {
        return DUO_ERR_FORMAT;
    }
    enum duo_err err = duo_area_read(area, off_bytes, record->raw, HEAD_BYTES);
    if (err != DUO_OK) {
        return err;
    }
    if (!head_is_good(record)) {
        return DUO_ERR_FORMAT;
    }
    record->off_bytes = off_bytes;
    record->size_bytes = size_of(record);
    if (record->size_bytes > end_off - off_bytes) {
        return DUO_ERR_FORMAT;
    }
    return duo_area_read(area, off_bytes + HEAD_BYTES, &record->raw[HEAD_BYTES],
                         record->size_bytes - HEAD_BYTES);
}

enum duo_err record_find(const struct duo_settings *settings,
                         struct duo_bytes name, struct record *found)
{
    struct record at;
    enum duo_err result = DUO_ERR_FORMAT;
    enum duo_err err;

    /* Bound: a record is longer than its head, and ends in the unit. */
    for (uint32_t off = unit_first_off(settings);
         (err = record_load(settings, off, &at)) == DUO_OK;
         off += at.size_bytes) {
        if (duo_bytes_equal(record_name(&at), name) && record_checks(&at)) {
            *found = at;
            result = record_is_removed(&at) ? DUO_ERR_FORMAT : DUO_OK;
        }
    }
    return err == DUO_ERR_FORMAT ? result : err;
}
