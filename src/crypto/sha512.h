/* SPDX-License-Identifier: MIT */
/* SHA-512, FIPS 180-4 section 6.4; only Ed25519 needs it. */
#ifndef DUO_CRYPTO_SHA512_H
#define DUO_CRYPTO_SHA512_H

#include <stdint.h>

#include "duo/bytes.h"

#define DUO_SHA512_BYTES       64U
#define DUO_SHA512_BLOCK_BYTES 128U

struct duo_sha512 {
    uint64_t state[8];
    uint64_t len_bytes;
    uint8_t block[DUO_SHA512_BLOCK_BYTES];
};

void duo_sha512_begin(struct duo_sha512 *sha512);
void duo_sha512_update(struct duo_sha512 *sha512, struct duo_bytes data);
/** The stream has ended; begin starts another. */
void duo_sha512_finish(struct duo_sha512 *sha512,
                       uint8_t digest[DUO_SHA512_BYTES]);

/** The digest of @p count parts, one after the other. */
void duo_sha512_joined(uint8_t digest[DUO_SHA512_BYTES],
                       const struct duo_bytes *parts, size_t count);

#endif
