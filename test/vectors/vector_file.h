/* SPDX-License-Identifier: MIT */
/* The line-based files that the Python generators of this folder write, and
 * the crypto back ends to hold against them. */
#ifndef DUO_VECTOR_FILE_H
#define DUO_VECTOR_FILE_H

#include <stdio.h>

#include "duo/bytes.h"
#include "duo/crypto.h"
#include "duo/crypto_small.h"

#define VECTOR_FIELDS_MAX 128U
#define BACKEND_COUNT     2U

struct vector_line {
    char *text; /* The fields point into it. */
    size_t capacity_bytes;
    unsigned field_count;
    char *fields[VECTOR_FIELDS_MAX];
};

/** The next line, split at spaces. False at the end of the file. */
bool vector_next(FILE *file, struct vector_line *line);
void vector_line_free(struct vector_line *line);

/** The bytes of a hexadecimal field in memory of exactly their size, so that
 * the address sanitizer sees any read beyond them; "-" is no bytes. Free data.
 */
struct duo_bytes vector_bytes(const char *field);
void vector_bytes_free(struct duo_bytes bytes);

/** A copy of exactly the size of @p bytes. */
struct duo_bytes vector_copy(struct duo_bytes bytes);

struct backends {
    struct duo_crypto_small small;
    const char *names[BACKEND_COUNT];
    struct duo_crypto *cryptos[BACKEND_COUNT];
};

void backends_open(struct backends *backends);
void backends_close(struct backends *backends);

/** SHA-256 of @p msg in one update. */
void backend_sha256(struct duo_crypto *crypto, struct duo_bytes msg,
                    uint8_t digest[DUO_SHA256_BYTES]);

/** "ok" or "refused", or another text for a result that breaks the contract. */
const char *vector_result(enum duo_err err);

#endif
