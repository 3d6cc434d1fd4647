/* SPDX-License-Identifier: MIT */
/* Byte buffers and explicit little-endian access. No struct is ever laid over
 * flash or wire bytes. */
#ifndef DUO_BYTES_H
#define DUO_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duo/compiler.h"

/* A read-only buffer as one value. */
struct duo_bytes {
    const uint8_t *data;
    size_t len_bytes;
};

DUO_INLINE uint16_t duo_load_le16(const uint8_t src[2])
{
    return (uint16_t)(src[0] | ((uint32_t)src[1] << 8));
}

DUO_INLINE uint32_t duo_load_le32(const uint8_t src[4])
{
    return (uint32_t)src[0] | ((uint32_t)src[1] << 8) |
           ((uint32_t)src[2] << 16) | ((uint32_t)src[3] << 24);
}

DUO_INLINE void duo_store_le16(uint8_t dst[2], uint16_t value)
{
    dst[0] = (uint8_t)value;
    dst[1] = (uint8_t)(value >> 8);
}

DUO_INLINE void duo_store_le32(uint8_t dst[4], uint32_t value)
{
    if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
        __builtin_memcpy(dst, &value, sizeof(value)); /* Four stores else. */
        return;
    }
    dst[0] = (uint8_t)value;
    dst[1] = (uint8_t)(value >> 8);
    dst[2] = (uint8_t)(value >> 16);
    dst[3] = (uint8_t)(value >> 24);
}

/** True when every byte equals @p value (also for an empty buffer). */
bool duo_bytes_are(struct duo_bytes bytes, uint8_t value);

/** True when both have the same length and content. Not constant time: all
 * data that Duoboot compares is public. */
bool duo_bytes_equal(struct duo_bytes left, struct duo_bytes right);

/** CRC-32 (IEEE 802.3, reflected, as zlib's crc32) of @p bytes, continued
 * from @p crc; start with 0. */
uint32_t duo_crc32(uint32_t crc, struct duo_bytes bytes);

#endif
