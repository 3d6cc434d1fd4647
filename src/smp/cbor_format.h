/* SPDX-License-Identifier: MIT */
/* Numbers of CBOR: RFC 8949, 3. */
#ifndef DUO_SMP_CBOR_FORMAT_H
#define DUO_SMP_CBOR_FORMAT_H

#include <stddef.h>
#include <stdint.h>

enum cbor_major {
    CBOR_UINT = 0,
    CBOR_NEGATIVE = 1,
    CBOR_BYTES = 2,
    CBOR_TEXT = 3,
    CBOR_ARRAY = 4,
    CBOR_MAP = 5,
    CBOR_TAG = 6,
    CBOR_SIMPLE = 7, /* And floats, and the break. */
};

/* The first byte: major type, then additional information. */
#define CBOR_INFO_BITS    5U
#define CBOR_INFO_1_BYTE  24U
#define CBOR_INFO_8_BYTES 27U
#define CBOR_INFO_OPEN    31U

#define CBOR_FALSE_INFO 20U
#define CBOR_NULL_INFO  22U

#define CBOR_OPEN_ARRAY 0x9FU
#define CBOR_OPEN_MAP   0xBFU
#define CBOR_FALSE      0xF4U
#define CBOR_BREAK      0xFFU

#define CBOR_HEAD_BYTES_MAX 9U

/* Encode a head, as short as can be; returns its length. */
size_t duo_cbor_head(uint8_t dst[CBOR_HEAD_BYTES_MAX], uint8_t major,
                     uint64_t argument);

#endif
