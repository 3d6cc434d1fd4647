/* SPDX-License-Identifier: MIT */
/* The erase units of the settings store; see unit.h. */
#include "settings/unit.h"

#include <string.h>

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

uint32_t unit_bytes(const struct duo_settings *settings)
{
    return settings->area.flash->geometry.erase_bytes;
}

uint32_t unit_first_off(const struct duo_settings *settings)
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

static enum duo_err find_newest(struct duo_settings *settings,
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

enum duo_err unit_find(struct duo_settings *settings)
{
    struct unit newest;
    enum duo_err err = find_newest(settings, &newest);

    return err == DUO_OK && newest.is_good ? scan(settings, &newest) : err;
}

static uint32_t after(const struct duo_settings *settings, uint32_t off_bytes)
{
    uint32_t bytes = unit_bytes(settings);
    uint32_t next_off = off_bytes + bytes;

    return next_off + bytes > settings->area.size_bytes ? 0 : next_off;
}

uint32_t unit_fresh_off(const struct duo_settings *settings)
{
    uint32_t off = after(settings, settings->unit_off_bytes);

    return off == settings->kept_off_bytes ? after(settings, off) : off;
}

enum duo_err unit_put(const struct duo_area *area, uint32_t off_bytes,
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

enum duo_err unit_put_seal(const struct duo_area *area, uint32_t off_bytes)
{
    static const uint8_t seal[WORD_BYTES] = {0};

    return unit_put(area, off_bytes, seal, sizeof(seal));
}

enum duo_err unit_put_header(uint32_t unit_off,
                             const struct duo_settings *settings,
                             uint32_t end_off)
{
    _Alignas(4) uint8_t raw[HEADER_SEAL];

    duo_store_le32(&raw[HEADER_MAGIC], MAGIC);
    duo_store_le32(&raw[HEADER_GENERATION], settings->generation + 1U);
    duo_store_le32(&raw[HEADER_COPIED_END], end_off - unit_off);
    duo_store_le32(&raw[HEADER_CRC],
                   duo_crc32(0, (struct duo_bytes){raw, HEADER_CRC}));
    enum duo_err err = unit_put(&settings->area, unit_off, raw, sizeof(raw));
    return err != DUO_OK
               ? err
               : unit_put_seal(&settings->area, unit_off + HEADER_SEAL);
}
