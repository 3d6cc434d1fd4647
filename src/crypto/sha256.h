/* SPDX-License-Identifier: MIT */
/* SHA-256, FIPS 180-4 section 6.2. */
#ifndef DUO_CRYPTO_SHA256_H
#define DUO_CRYPTO_SHA256_H

#include "duo/crypto_small.h"

void duo_sha256_begin(struct duo_sha256 *sha256);
void duo_sha256_update(struct duo_sha256 *sha256, struct duo_bytes data);
/** The stream has ended; begin starts another. */
void duo_sha256_finish(struct duo_sha256 *sha256,
                       uint8_t digest[DUO_SHA256_BYTES]);

#endif
