/* SPDX-License-Identifier: MIT */
/* The erase units of the settings store: which one is in use, and how a fresh
 * one is begun. */
#ifndef DUO_SETTINGS_UNIT_H
#define DUO_SETTINGS_UNIT_H

#include "duo/settings.h"

/* A unit begins with its header, then come the records. */
#define UNIT_HEADER_BYTES 20U

uint32_t unit_bytes(const struct duo_settings *settings);
uint32_t unit_first_off(const struct duo_settings *settings);

/** Find the newest unit and the one before it, where its records end, and
 * whether its last write was whole. */
enum duo_err unit_find(struct duo_settings *settings);

/** Where the next unit is to be made. */
uint32_t unit_fresh_off(const struct duo_settings *settings);

/** Write and read back. At most RECORD_BYTES_MAX. */
enum duo_err unit_put(const struct duo_area *area, uint32_t off_bytes,
                      const uint8_t *src, size_t len_bytes);
/** Write the word that says: what is before it is whole. */
enum duo_err unit_put_seal(const struct duo_area *area, uint32_t off_bytes);
/** Write the header of a unit whose records end at @p end_off, with its
 * seal. */
enum duo_err unit_put_header(uint32_t unit_off,
                             const struct duo_settings *settings,
                             uint32_t end_off);

#endif
