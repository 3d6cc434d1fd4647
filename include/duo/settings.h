/* SPDX-License-Identifier: MIT */
/* Settings: short values by name, kept in a few pages of flash as records that
 * are only ever added; a full page is copied together into another. The last
 * whole record of a name counts. Bytes: docs/FORMAT.md section "Settings". */
#ifndef DUO_SETTINGS_H
#define DUO_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duo/bytes.h"
#include "duo/flash.h"

#define DUO_SETTINGS_NAME_BYTES_MAX  32U
#define DUO_SETTINGS_VALUE_BYTES_MAX 64U
/* One is in use, one may have to be fallen back to, one is being made. */
#define DUO_SETTINGS_UNITS_MIN 3U

struct duo_settings {
    struct duo_area area;    /* At least DUO_SETTINGS_UNITS_MIN erase units. */
    uint32_t unit_off_bytes; /* Of the unit in use. */
    uint32_t kept_off_bytes; /* Of the unit before it: not to be erased. */
    uint32_t next_off_bytes; /* Where the next record goes; 0: no unit yet. */
    uint32_t generation;     /* Of the unit in use. */
    bool is_unsure; /* A write was cut or failed: a fresh unit comes first. */
};

/**
 * Find the unit in use. An area without one is empty, whatever it holds.
 *
 * If the last write was cut off, its bits may read right now and wrong later:
 * what reads right now is then copied into a fresh unit. So a value that was
 * read once after an open that returned DUO_OK stays.
 *
 * @return DUO_OK; DUO_ERR_ARG: the area is too small; or a flash error. After
 * an error of the copying what was found can be read; the next change tries
 * the copying again.
 * Power cut: as duo_settings_set(). Cost: reads; after a cut one erase and the
 * copying of one unit.
 */
enum duo_err duo_settings_open(struct duo_settings *settings,
                               const struct duo_area *area);

/** Read the value of @p name. DUO_ERR_FORMAT: there is none. At most
 * *len_bytes are copied; *len_bytes is then the value's whole length. */
enum duo_err duo_settings_get(const struct duo_settings *settings,
                              struct duo_bytes name, uint8_t *value,
                              size_t *len_bytes);

/** Set a value; nothing is written if it is set so already.
 * DUO_ERR_ARG: name or value too long, or the name empty; DUO_ERR_FULL; or a
 * flash error: the old value or the new one is found at the next open.
 * Power cut: the old value or the new one, and the others untouched; whichever
 * the next open finds stays. Cost: a record; one erase (87.5 ms) and the copy
 * of a unit if the unit is full. */
enum duo_err duo_settings_set(struct duo_settings *settings,
                              struct duo_bytes name,
                              const struct duo_bytes *value);

/** Remove a value. DUO_ERR_FORMAT: there is none. Never DUO_ERR_FULL. */
enum duo_err duo_settings_delete(struct duo_settings *settings,
                                 struct duo_bytes name);

/** Names one after the other: *cursor begins with 0; false: no more. Start
 * anew after a change. */
bool duo_settings_next(const struct duo_settings *settings, uint32_t *cursor,
                       uint8_t name[DUO_SETTINGS_NAME_BYTES_MAX],
                       size_t *name_bytes);

/** Erase everything: as from the factory. Power cut: all values are there or
 * none is. Cost: one erase for each unit that is not blank, and one more. */
enum duo_err duo_settings_erase(struct duo_settings *settings);

#endif
