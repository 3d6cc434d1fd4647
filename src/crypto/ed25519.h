/* SPDX-License-Identifier: MIT */
/* Ed25519 verification, RFC 8032 sections 5.1.3 and 5.1.7. */
#ifndef DUO_CRYPTO_ED25519_H
#define DUO_CRYPTO_ED25519_H

#include "crypto/curve.h"
#include "duo/crypto.h"

extern const struct duo_modulus duo_ed25519_field;
extern const struct duo_modulus duo_ed25519_order;

/* 32 bytes of RFC 8032: y, and the lowest bit of x in the top bit. */
struct duo_ed25519_encoding {
    struct duo_num y; /* < 2^255. */
    uint32_t x_is_odd;
};

struct duo_ed25519_encoding
duo_ed25519_split(const uint8_t bytes[DUO_NUM_BYTES]);

/** The negative of a public key's point. False, and no use of @p negative,
 * unless it is a canonical encoding of a point that is not of low order. */
bool duo_ed25519_load_key(struct duo_point *negative,
                          const uint8_t pub[DUO_ED25519_PUBLIC_BYTES]);

/** As verify_ed25519 of duo/crypto.h. */
enum duo_err duo_ed25519_verify(const uint8_t pub[DUO_ED25519_PUBLIC_BYTES],
                                struct duo_bytes msg,
                                struct duo_bytes signature);

#endif
