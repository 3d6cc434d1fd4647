/* SPDX-License-Identifier: MIT */
/* Security counters; see duo/counter.h. */
#include "duo/counter.h"

#include <string.h>

#include "duo/bytes.h"

/* A record is two words: value, then kind, core and the low half of a CRC
 * over the other six bytes. */
#define RECORD_BYTES 8U
#define KIND         0xC5U
#define PIECE_BYTES  256U

static void encode(uint8_t record[RECORD_BYTES], enum duo_core core,
                   uint32_t value)
{
    duo_store_le32(record, value);
    record[4] = KIND;
    record[5] = (uint8_t)core;
    uint32_t crc = duo_crc32(0, (struct duo_bytes){record, 6});
    duo_store_le16(&record[6], (uint16_t)crc);
}

static void take_record(const uint8_t *record, uint32_t values[DUO_CORE_COUNT])
{
    _Alignas(4) uint8_t expected[RECORD_BYTES];
    uint8_t core = record[5];
    uint32_t value = duo_load_le32(record);

    if (core >= DUO_CORE_COUNT) {
        return;
    }
    encode(expected, (enum duo_core)core, value);
    if (memcmp(record, expected, RECORD_BYTES) == 0 && value > values[core]) {
        values[core] = value;
    }
}

/* The counters, and the first record after the last byte that is not erased,
 * or the area's size. */
struct found {
    uint32_t values[DUO_CORE_COUNT];
    uint32_t free_off;
};

/* Read all records. */
static enum duo_err scan(const struct duo_area *area, struct found *found)
{
    _Alignas(4) uint8_t piece[PIECE_BYTES];

    memset(found, 0, sizeof(*found));
    for (uint32_t off = 0; off < area->size_bytes; off += PIECE_BYTES) {
        enum duo_err err = duo_area_read(area, off, piece, PIECE_BYTES);
        if (err != DUO_OK) {
            return err;
        }
        for (uint32_t at = 0; at < PIECE_BYTES; at += RECORD_BYTES) {
            struct duo_bytes record = {&piece[at], RECORD_BYTES};
            if (!duo_bytes_are(record, 0xFF)) {
                take_record(record.data, found->values);
                found->free_off = off + at + RECORD_BYTES;
            }
        }
    }
    return DUO_OK;
}

enum duo_err duo_counter_read(const struct duo_area *area,
                              uint32_t values[DUO_CORE_COUNT])
{
    struct found found;
    enum duo_err err = scan(area, &found);

    memcpy(values, found.values, sizeof(found.values));
    return err;
}

enum duo_err duo_counter_raise(const struct duo_area *area, enum duo_core core,
                               uint32_t value)
{
    _Alignas(4) uint8_t record[RECORD_BYTES];
    struct found found;
    enum duo_err err = scan(area, &found);

    if (err != DUO_OK) {
        return err;
    }
    if (value <= found.values[core]) {
        return DUO_OK;
    }
    if (found.free_off > area->size_bytes - RECORD_BYTES) {
        return DUO_ERR_FULL;
    }
    encode(record, core, value);
    return duo_area_write(area, found.free_off, record, RECORD_BYTES);
}
