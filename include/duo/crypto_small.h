/* SPDX-License-Identifier: MIT */
/* Our own small, verify-only back end of duo/crypto.h for the device. No
 * heap, no tables in RAM, not constant time (all inputs are public). */
#ifndef DUO_CRYPTO_SMALL_H
#define DUO_CRYPTO_SMALL_H

#include "duo/crypto.h"

struct duo_sha256 {
    uint32_t state[8];
    uint64_t len_bytes;
    uint8_t block[64];
};

struct duo_crypto_small {
    struct duo_crypto crypto; /* First. */
    struct duo_sha256 sha256;
};

/** Both signature schemes. */
void duo_crypto_small_init(struct duo_crypto_small *crypto);

/** For a product whose keys are all P-256: verify_ed25519 refuses everything,
 * and Ed25519 and SHA-512 are not linked. */
void duo_crypto_small_p256_init(struct duo_crypto_small *crypto);

/** For an application, which hashes and leaves signatures to the boot loader:
 * both schemes refuse everything. */
void duo_crypto_small_hash_init(struct duo_crypto_small *crypto);

#endif
