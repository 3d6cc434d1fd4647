/* SPDX-License-Identifier: MIT */
/* Settings: short values by name, kept in a few pages of flash as records that
 * are only ever added; a full page is copied together into the next. The last
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

struct duo_settings {
    struct duo_area area;    /* At least two erase units. */
    uint32_t unit_off_bytes; /* Of the unit in use. */
    uint32_t next_off_bytes; /* In the area: where the next record goes. */
    uint32_t generation;     /* Of the unit in use. */
};

/** Find the unit in use. An area without one is empty. Flash errors only. */
enum duo_err duo_settings_open(struct duo_settings *settings,
                               const struct duo_area *area);

/** Read the value of @p name. DUO_ERR_FORMAT: there is none. At most
 * *len_bytes are copied; *len_bytes is then the value's whole length. */
enum duo_err duo_settings_get(const struct duo_settings *settings,
                              struct duo_bytes name, uint8_t *value,
                              size_t *len_bytes);

/** Set a value; nothing is written if it is set so already.
 * DUO_ERR_ARG: name or value too long, or the name empty; DUO_ERR_FULL.
 * Power cut: the old value or the new one, and the others untouched. */
enum duo_err duo_settings_set(struct duo_settings *settings,
                              struct duo_bytes name, struct duo_bytes value);

/** Remove a value. DUO_ERR_FORMAT: there is none. */
enum duo_err duo_settings_delete(struct duo_settings *settings,
                                 struct duo_bytes name);

/** Names one after the other: *cursor begins with 0; false: no more. */
bool duo_settings_next(const struct duo_settings *settings, uint32_t *cursor,
                       uint8_t name[DUO_SETTINGS_NAME_BYTES_MAX],
                       size_t *name_bytes);

/** Erase everything: as from the factory. */
enum duo_err duo_settings_erase(struct duo_settings *settings);

#endif
