/* SPDX-License-Identifier: MIT */
/* Byte buffer helpers; see duo/bytes.h. */
#include "duo/bytes.h"

#include <string.h>

bool duo_bytes_are(struct duo_bytes bytes, uint8_t value)
{
    for (size_t i = 0; i < bytes.len_bytes; i++) {
        if (bytes.data[i] != value) {
            return false;
        }
    }
    return true;
}

bool duo_bytes_equal(struct duo_bytes left, struct duo_bytes right)
{
    if (left.len_bytes != right.len_bytes) {
        return false;
    }
    return left.len_bytes == 0 ||
           memcmp(left.data, right.data, left.len_bytes) == 0;
}

uint32_t duo_crc32(uint32_t crc, struct duo_bytes bytes)
{
    crc = ~crc;
    for (size_t i = 0; i < bytes.len_bytes; i++) {
        crc ^= bytes.data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320U & (0U - (crc & 1U)));
        }
    }
    return ~crc;
}
