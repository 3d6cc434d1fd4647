/* SPDX-License-Identifier: MIT */
/* ECDSA verification on P-256, FIPS 186-4 section 6.4 and SEC 1 section
 * 4.1.4. */
#ifndef DUO_CRYPTO_P256_H
#define DUO_CRYPTO_P256_H

#include "crypto/curve.h"
#include "duo/crypto.h"

extern const struct duo_modulus duo_p256_field;
extern const struct duo_modulus duo_p256_order;

/** A public key's point. False, and no use of @p point, unless it is on the
 * curve and both coordinates are below p. */
bool duo_p256_load_key(struct duo_point *point,
                       const uint8_t pub[DUO_P256_PUBLIC_BYTES]);

/** As verify_p256 of duo/crypto.h. */
enum duo_err duo_p256_verify(const uint8_t pub[DUO_P256_PUBLIC_BYTES],
                             const uint8_t digest[DUO_SHA256_BYTES],
                             struct duo_bytes der_signature);

#endif
