/* SPDX-License-Identifier: MIT */
/* What the tests of CBOR share. */
#ifndef DUO_SMP_CBOR_TEST_H
#define DUO_SMP_CBOR_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "duo/cbor.h"

#define BYTES_MAX 96U

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline size_t from_hex(const char *hex, uint8_t dst[BYTES_MAX])
{
    size_t count = 0;

    for (; hex[0] != '\0'; hex += 2) {
        char digits[3] = {hex[0], hex[1], '\0'};

        assert_true(count < BYTES_MAX);
        dst[count] = (uint8_t)strtoul(digits, NULL, 16);
        count++;
    }
    return count;
}

/* Copies into a block of just this size, so that the address sanitizer sees
 * every step out of it. */
static inline struct duo_cbor_input exact(const uint8_t *data, size_t len_bytes)
{
    struct duo_cbor_input input = {malloc(len_bytes + 1U), len_bytes};

    assert_non_null(input.data);
    input.data++;
    memcpy(input.data, data, len_bytes);
    return input;
}

static inline void drop(struct duo_cbor_input input)
{
    free(input.data - 1);
}

#endif
