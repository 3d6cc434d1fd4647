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
#include "settings/unit.h"

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
    return copy->is_trial ? DUO_OK
                          : unit_put(&settings->area, off, record->raw,
                                     record->size_bytes);
}

static bool is_replaced(const struct copy *copy, const struct record *record)
{
    return copy->change != NULL &&
           duo_bytes_equal(record_name(record), record_name(copy->change));
}

static enum duo_err copy_records(const struct duo_settings *settings,
                                 struct copy *copy)
{
    uint32_t off = unit_first_off(settings);
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

/* Copy what counts, and the change, into a fresh unit and go over to it. */
static enum duo_err renew(struct duo_settings *settings,
                          const struct record *change)
{
    const struct duo_area *area = &settings->area;
    uint32_t to_off = unit_fresh_off(settings);
    struct copy copy = {.change = change,
                        .end_off = to_off + UNIT_HEADER_BYTES};
    /* If this fails, the fresh unit may still be found at the next open. */
    settings->is_unsure = true;
    enum duo_err err = duo_area_erase(area, to_off, unit_bytes(settings));
    if (err == DUO_OK) {
        err = copy_records(settings, &copy);
    }
    if (err == DUO_OK) {
        err = unit_put_header(to_off, settings, copy.end_off);
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
    *settings = (struct duo_settings){.area = *area};
    if (area->size_bytes / unit_bytes(settings) < DUO_SETTINGS_UNITS_MIN) {
        return DUO_ERR_ARG;
    }
    enum duo_err err = unit_find(settings);
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
    enum duo_err err = unit_put(area, off, record->raw, body_bytes);
    if (err == DUO_OK) {
        err = unit_put_seal(area, off + body_bytes);
    }
    if (err == DUO_OK) {
        settings->next_off_bytes += record->size_bytes;
        settings->is_unsure = false;
    }
    return err;
}

enum duo_err duo_settings_set(struct duo_settings *settings,
                              struct duo_bytes name,
                              const struct duo_bytes *value)
{
    struct record record;
    enum duo_err err;

    if (name.len_bytes == 0 || name.len_bytes > DUO_SETTINGS_NAME_BYTES_MAX ||
        value->len_bytes > DUO_SETTINGS_VALUE_BYTES_MAX) {
        return DUO_ERR_ARG;
    }
    err = settle(settings);
    if (err != DUO_OK) {
        return err;
    }
    err = record_find(settings, name, &record);
    if (err == DUO_OK && duo_bytes_equal(record_value(&record), *value)) {
        return DUO_OK;
    }
    if (err != DUO_OK && err != DUO_ERR_FORMAT) {
        return err;
    }
    record_make(&record, name, value);
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
        *cursor = unit_first_off(settings);
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

    if (settings->next_off_bytes > unit_first_off(settings) ||
        settings->is_unsure) {
        settings->next_off_bytes = unit_first_off(settings);
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
