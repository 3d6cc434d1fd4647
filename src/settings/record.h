/* SPDX-License-Identifier: MIT */
/* Records of the settings store, as they lie in a unit. */
#ifndef DUO_SETTINGS_RECORD_H
#define DUO_SETTINGS_RECORD_H

#include "duo/settings.h"

/* Offsets in a record and its parts [FORMAT 9]. */
enum {
    RECORD_KIND = 0,
    RECORD_NAME_LEN = 1,
    RECORD_VALUE_LEN = 2,
    RECORD_HEAD_CHECK = 3,
    RECORD_NAME = 4,
};
#define RECORD_CRC_BYTES  4U
#define RECORD_SEAL_BYTES 4U
#define RECORD_TAIL_BYTES (RECORD_CRC_BYTES + RECORD_SEAL_BYTES)
#define RECORD_BYTES_MAX                         \
    (RECORD_NAME + DUO_SETTINGS_NAME_BYTES_MAX + \
     DUO_SETTINGS_VALUE_BYTES_MAX + RECORD_TAIL_BYTES)
/* In place of a value's length: the name has no value any more. */
#define RECORD_REMOVED 0xFFU

struct record {
    uint32_t off_bytes;  /* In the area. */
    uint32_t size_bytes; /* With the seal. */
    _Alignas(4) uint8_t raw[RECORD_BYTES_MAX];
};

/** Make a record, sealed. @p value NULL: the name is removed. */
void record_make(struct record *record, struct duo_bytes name,
                 const struct duo_bytes *value);

struct duo_bytes record_name(const struct record *record);
/** Empty if the name is removed. */
struct duo_bytes record_value(const struct record *record);
bool record_is_removed(const struct record *record);
bool record_is_sealed(const struct record *record);

/** The record at @p off_bytes; DUO_ERR_FORMAT: the records end there. What it
 * holds may be damaged: see record_checks(). */
enum duo_err record_load(const struct duo_settings *settings,
                         uint32_t off_bytes, struct record *record);
bool record_checks(const struct record *record);

/** The record that counts for @p name; DUO_ERR_FORMAT: it has no value. */
enum duo_err record_find(const struct duo_settings *settings,
                         struct duo_bytes name, struct record *found);

#endif
