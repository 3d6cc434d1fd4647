/* SPDX-License-Identifier: MIT */
/* The settings store; see duo/settings.h.
 *
 * A write that was cut may have left bits that read right now and wrong later.
 * Only the last write before a cut can be such a one, so each record and each
 * unit has a seal, a word that is written once the rest is complete: whatever
 * a seal reads as, if it was begun then what it seals is lasting. What has no
 * seal is copied, before anything is built upon it, into a unit that is
 * neither the one read from nor the one before that. [FORMAT 9] */
#include "duo/settings.h"

#include <string.h>

#include "duo/trailer.h"
#include "settings/record.h"

/* Offsets in a unit's header. */
enum {
    HEADER_MAGIC = 0,
    HEADER_GENERATION = 4,
    HEADER_COPIED_END = 8, /* Of the records that were copied; in the unit. */
    HEADER_CRC = 12,
    HEADER_SEAL = 16,
};
#define MAGIC      0x54455344U /* "DSET" */
#define WORD_BYTES 4U
#define ERASED     0xFFFFFFFFU

_Static_assert(HEADER_SEAL + WORD_BYTES == UNIT_HEADER_BYTES,
               "the seal is the header's last word");

struct unit {
    bool is_good;
    bool is_sealed;
    uint32_t off_bytes;
    uint32_t generation;
    uint32_t copied_end_bytes;
};

static uint32_t unit_bytes(const struct duo_settings *settings)
{
    return settings->area.flash->geometry.erase_bytes;
}

static uint32_t first_off(const struct duo_settings *settings)
{
    return settings->unit_off_bytes + UNIT_HEADER_BYTES;
}

static enum duo_err read_unit(const struct duo_area *area, uint32_t off_bytes,
                              struct unit *unit)
{
    _Alignas(4) uint8_t raw[UNIT_HEADER_BYTES];
    enum duo_err err = duo_area_read(area, off_bytes, raw, sizeof(raw));

    unit->off_bytes = off_bytes;
    unit->generation = duo_load_le32(&raw[HEADER_GENERATION]);
    unit->copied_end_bytes = duo_load_le32(&raw[HEADER_COPIED_END]);
    unit->is_sealed = duo_load_le32(&raw[HEADER_SEAL]) != ERASED;
    unit->is_good = err == DUO_OK &&
                    duo_load_le32(&raw[HEADER_MAGIC]) == MAGIC &&
                    duo_load_le32(&raw[HEADER_CRC]) ==
                        duo_crc32(0, (struct duo_bytes){raw, HEADER_CRC});
    return err;
}

/* Generations may wrap. */
static bool is_newer(const struct unit *left, const struct unit *right)
{
    return !right->is_good ||
           left->generation - right->generation - 1U < UINT32_MAX / 2U;
}

/* Find the newest unit and the one before it. */
static enum duo_err find_units(struct duo_settings *settings,
                               struct unit *newest)
{
    uint32_t bytes = unit_bytes(settings);
    uint32_t last_off = settings->area.size_bytes / bytes * bytes - bytes;
    struct unit second = {.off_bytes = last_off};

    *newest = second;
    for (uint32_t off = 0; off <= last_off; off += bytes) {
        struct unit unit;
        enum duo_err err = read_unit(&settings->area, off, &unit);
        if (err != DUO_OK) {
            return err;
        }
        if (unit.is_good && is_newer(&unit, newest)) {
            second = *newest;
            *newest = unit;
        } else if (unit.is_good && is_newer(&unit, &second)) {
            second = unit;
        }
    }
    settings->unit_off_bytes = newest->off_bytes;
    settings->kept_off_bytes = second.off_bytes;
    settings->generation = newest->generation;
    return DUO_OK;
}

static enum duo_err is_erased(const struct duo_area *area, uint32_t off_bytes,
                              uint32_t end_off, bool *erased)
{
    enum duo_err err = DUO_OK;

    *erased = true;
    for (; err == DUO_OK && *erased && off_bytes < end_off;
         off_bytes += WORD_BYTES) {
        uint32_t word = 0;
        err = duo_area_read(area, off_bytes, &word, sizeof(word));
        *erased = word == ERASED;
    }
    return err;
}

/* Walk the records: where they end, and whether the last write was whole. */
static enum duo_err scan(struct duo_settings *settings, const struct unit *unit)
{
    uint32_t end_off = unit->off_bytes + unit_bytes(settings);
    uint32_t off = unit->off_bytes + UNIT_HEADER_BYTES;
    bool is_whole = true;
    bool rest_is_erased;
    struct record record;
    enum duo_err err;

    settings->next_off_bytes = end_off;
    while ((err = record_load(settings, off, &record)) == DUO_OK) {
        is_whole = record_is_sealed(&record);
        off += record.size_bytes;
    }
    if (err != DUO_ERR_FORMAT) {
        return err;
    }
    settings->next_off_bytes = off;
    /* A record that was added proves the header as well as its seal does. */
    is_whole = is_whole && (unit->is_sealed ||
                            off != unit->off_bytes + unit->copied_end_bytes);
    err = is_erased(&settings->area, off, end_off, &rest_is_erased);
    settings->is_unsure = !is_whole || !rest_is_erased;
    return err;
}

/* Write and read back. */
static enum duo_err put(const struct duo_area *area, uint32_t off_bytes,
                        const uint8_t *src, size_t len_bytes)
{
    _Alignas(4) uint8_t seen[RECORD_BYTES_MAX];
    enum duo_err err = duo_area_write(area, off_bytes, src, len_bytes);

    if (err == DUO_OK) {
        err = duo_area_read(area, off_bytes, seen, len_bytes);
    }
    return err == DUO_OK && memcmp(seen, src, len_bytes) != 0 ? DUO_ERR_FLASH
                                                              : err;
}

static enum duo_err put_seal(const struct duo_area *area, uint32_t off_bytes)
{
    static const uint8_t seal[WORD_BYTES] = {0};

    return put(area, off_bytes, seal, sizeof(seal));
}

/* Where records that count go, one after the other. */
struct copy {
    const struct record *change; /* Takes its name's place; may be NULL. */
    bool is_trial;               /* Only for how much it is. */
    uint32_t end_off;
};

static enum duo_err copy_record(const struct duo_settings *settings,
                                struct copy *copy, const struct record *record)
{
    uint32_t off = copy->end_off;

    copy->end_off += record->size_bytes;
    return copy->is_trial
               ? DUO_OK
               : put(&settings->area, off, record->raw, record->size_bytes);
}

static bool is_replaced(const struct copy *copy, const struct record *record)
{
    return copy->change != NULL &&
           duo_bytes_equal(record_name(record), record_name(copy->change));
}

static enum duo_err copy_records(const struct duo_settings *settings,
                                 struct copy *copy)
{
    uint32_t off = first_off(settings);
    struct record record;
    struct record counts;
    enum duo_err err;

    while ((err = record_load(settings, off, &record)) == DUO_OK) {
        off += record.size_bytes;
        if (is_replaced(copy, &record)) {
            continue;
        }
        err = record_find(settings, record_name(&record), &counts);
        if (err == DUO_OK && counts.off_bytes == record.off_bytes) {
            memset(&record.raw[record.size_bytes - RECORD_SEAL_BYTES], 0,
                   RECORD_SEAL_BYTES);
            err = copy_record(settings, copy, &record);
        }
        if (err != DUO_OK && err != DUO_ERR_FORMAT) {
            return err;
        }
    }
    if (err == DUO_ERR_FORMAT) {
        bool adds = copy->change != NULL && !record_is_removed(copy->change);
        err = adds ? copy_record(settings, copy, copy->change) : DUO_OK;
    }
    return err;
}

static enum duo_err put_header(const struct duo_settings *settings,
                               const struct copy *copy, uint32_t unit_off)
{
    _Alignas(4) uint8_t raw[HEADER_SEAL];

    duo_store_le32(&raw[HEADER_MAGIC], MAGIC);
    duo_store_le32(&raw[HEADER_GENERATION], settings->generation + 1U);
    duo_store_le32(&raw[HEADER_COPIED_END], copy->end_off - unit_off);
    duo_store_le32(&raw[HEADER_CRC],
                   duo_crc32(0, (struct duo_bytes){raw, HEADER_CRC}));
    enum duo_err err = put(&settings->area, unit_off, raw, sizeof(raw));
    return err != DUO_OK ? err
                         : put_seal(&settings->area, unit_off + HEADER_SEAL);
}

static uint32_t after(const struct duo_settings *settings, uint32_t unit_off)
{
    uint32_t bytes = unit_bytes(settings);
    uint32_t next_off = unit_off + bytes;

    return next_off + bytes > settings->area.size_bytes ? 0 : next_off;
}

/* Copy what counts, and the change, into a fresh unit and go over to it. */
static enum duo_err renew(struct duo_settings *settings,
                          const struct record *change)
{
    const struct duo_area *area = &settings->area;
    uint32_t to_off = after(settings, settings->unit_off_bytes);

    if (to_off == settings->kept_off_bytes) {
        to_off = after(settings, to_off);
    }
    struct copy copy = {.change = change,
                        .end_off = to_off + UNIT_HEADER_BYTES};
    /* If this fails, the fresh unit may still be found at the next open. */
    settings->is_unsure = true;
    enum duo_err err = duo_area_erase(area, to_off, unit_bytes(settings));
    if (err == DUO_OK) {
        err = copy_records(settings, &copy);
    }
    if (err == DUO_OK) {
        err = put_header(settings, &copy, to_off);
    }
    if (err == DUO_OK) {
        settings->kept_off_bytes = settings->unit_off_bytes;
        settings->unit_off_bytes = to_off;
        settings->next_off_bytes = copy.end_off;
        settings->generation++;
        settings->is_unsure = false;
    }
    return err;
}

static enum duo_err settle(struct duo_settings *settings)
{
    return settings->is_unsure ? renew(settings, NULL) : DUO_OK;
}

enum duo_err duo_settings_open(struct duo_settings *settings,
                               const struct duo_area *area)
{
    struct unit newest;

    *settings = (struct duo_settings){.area = *area};
    if (area->size_bytes / unit_bytes(settings) < DUO_SETTINGS_UNITS_MIN) {
        return DUO_ERR_ARG;
    }
    enum duo_err err = find_units(settings, &newest);
    if (err == DUO_OK && newest.is_good) {
        err = scan(settings, &newest);
    }
    return err != DUO_OK ? err : settle(settings);
}

enum duo_err duo_settings_get(const struct duo_settings *settings,
                              struct duo_bytes name, uint8_t *value,
                              size_t *len_bytes)
{
    struct record record;
    enum duo_err err = record_find(settings, name, &record);

    if (err == DUO_OK) {
        struct duo_bytes found = record_value(&record);
        memcpy(value, found.data,
               found.len_bytes < *len_bytes ? found.len_bytes : *len_bytes);
        *len_bytes = found.len_bytes;
    }
    return err;
}

/* Does the record fit behind the others? */
static bool has_room(const struct duo_settings *settings,
                     const struct record *record)
{
    return settings->next_off_bytes != 0 &&
           record->size_bytes <= settings->unit_off_bytes +
                                     unit_bytes(settings) -
                                     settings->next_off_bytes;
}

static enum duo_err apply(struct duo_settings *settings,
                          const struct record *record)
{
    const struct duo_area *area = &settings->area;
    uint32_t off = settings->next_off_bytes;
    uint32_t body_bytes = record->size_bytes - RECORD_SEAL_BYTES;

    if (!has_room(settings, record)) {
        struct copy trial = {.change = record, .is_trial = true};
        enum duo_err err = copy_records(settings, &trial);
        if (err == DUO_OK &&
            trial.end_off > unit_bytes(settings) - UNIT_HEADER_BYTES) {
            err = DUO_ERR_FULL;
        }
        return err != DUO_OK ? err : renew(settings, record);
    }
    settings->is_unsure = true;
    enum duo_err err = put(area, off, record->raw, body_bytes);
    if (err == DUO_OK) {
        err = put_seal(area, off + body_bytes);
    }
    if (err == DUO_OK) {
        settings->next_off_bytes += record->size_bytes;
        settings->is_unsure = false;
    }
    return err;
}

enum duo_err duo_settings_set(struct duo_settings *settings,
                              struct duo_bytes name, struct duo_bytes value)
{
    struct record record;
    enum duo_err err;

    if (name.len_bytes == 0 || name.len_bytes > DUO_SETTINGS_NAME_BYTES_MAX ||
        value.len_bytes > DUO_SETTINGS_VALUE_BYTES_MAX) {
        return DUO_ERR_ARG;
    }
    err = settle(settings);
    if (err != DUO_OK) {
        return err;
    }
    err = record_find(settings, name, &record);
    if (err == DUO_OK && duo_bytes_equal(record_value(&record), value)) {
        return DUO_OK;
    }
    if (err != DUO_OK && err != DUO_ERR_FORMAT) {
        return err;
    }
    record_make(&record, name, &value);
    return apply(settings, &record);
}

enum duo_err duo_settings_delete(struct duo_settings *settings,
                                 struct duo_bytes name)
{
    struct record record;
    enum duo_err err = settle(settings);

    if (err == DUO_OK) {
        err = record_find(settings, name, &record);
    }
    if (err != DUO_OK) {
        return err;
    }
    record_make(&record, name, NULL);
    return apply(settings, &record);
}

bool duo_settings_next(const struct duo_settings *settings, uint32_t *cursor,
                       uint8_t name[DUO_SETTINGS_NAME_BYTES_MAX],
                       size_t *name_bytes)
{
    struct record record;
    struct record counts;

    if (*cursor == 0) {
        *cursor = first_off(settings);
    }
    while (record_load(settings, *cursor, &record) == DUO_OK) {
        struct duo_bytes found = record_name(&record);
        *cursor += record.size_bytes;
        if (record_find(settings, found, &counts) == DUO_OK &&
            counts.off_bytes == record.off_bytes) {
            memcpy(name, found.data, found.len_bytes);
            *name_bytes = found.len_bytes;
            return true;
        }
    }
    return false;
}

/* An empty unit is made first: from then on there are no values, and the other
 * units can go one after the other. */
enum duo_err duo_settings_erase(struct duo_settings *settings)
{
    uint32_t bytes = unit_bytes(settings);
    enum duo_err err = DUO_OK;

    if (settings->next_off_bytes > first_off(settings) || settings->is_unsure) {
        settings->next_off_bytes = first_off(settings);
        err = renew(settings, NULL);
    }
    for (uint32_t off = 0;
         err == DUO_OK && off + bytes <= settings->area.size_bytes;
         off += bytes) {
        if (settings->next_off_bytes == 0 || off != settings->unit_off_bytes) {
            err = duo_area_blank(&settings->area, off, bytes);
        }
    }
    return err;
}
