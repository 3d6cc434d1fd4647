/* SPDX-License-Identifier: MIT */
/* Byte buffer helpers; see duo/bytes.h. */
#include "duo/bytes.h"

#include <string.h>

bool duo_bytes_are(struct duo_bytes bytes, uint8_t value)
{
    /* Equal to itself one byte on: then all are as the first. */
    return bytes.len_bytes == 0 ||
           (bytes.data[0] == value &&
            memcmp(bytes.data, bytes.data + 1, bytes.len_bytes - 1U) == 0);
}

bool duo_bytes_equal(struct duo_bytes left, struct duo_bytes right)
{
    if (left.len_bytes != right.len_bytes) {
        return false;
    }
    return left.len_bytes == 0 ||
           memcmp(left.data, right.data, left.len_bytes) == 0;
}
