/* SPDX-License-Identifier: MIT */
/* Verification only, on public data. One file per back end; a team links its
 * own (mbed TLS, CryptoCell, ...) by filling in this table. */
#ifndef DUO_CRYPTO_H
#define DUO_CRYPTO_H

#include <stdint.h>

#include "duo/bytes.h"
#include "duo/err.h"

#define DUO_SHA256_BYTES            32U
#define DUO_P256_PUBLIC_BYTES       64U /* X then Y, big endian, no 0x04 prefix. */
#define DUO_ED25519_PUBLIC_BYTES    32U /* As in RFC 8032. */
#define DUO_ED25519_SIGNATURE_BYTES 64U

struct duo_crypto;

/* One SHA-256 stream at a time per instance: begin, any number of updates,
 * finish. begin drops a stream that was not finished.
 *
 * verify_*: DUO_OK only if the signature is right; DUO_ERR_REFUSED for every
 * other input of whatever form. Never anything else.
 *  - p256: ECDSA, signature as DER SEQUENCE of two INTEGERs exactly as
 *    strict DER (minimal lengths and integers, positive, no bytes after).
 *    The public key must be a point on the curve and not infinity.
 *  - ed25519: RFC 8032 pure Ed25519 over msg; S below the group order;
 *    the public key and R must be canonical encodings; a public key of low
 *    order is refused; cofactorless equation, as OpenSSL's. */
struct duo_crypto_ops {
    void (*sha256_begin)(struct duo_crypto *crypto);
    void (*sha256_update)(struct duo_crypto *crypto, struct duo_bytes data);
    void (*sha256_finish)(struct duo_crypto *crypto,
                          uint8_t digest[DUO_SHA256_BYTES]);
    enum duo_err (*verify_p256)(struct duo_crypto *crypto,
                                const uint8_t pub[DUO_P256_PUBLIC_BYTES],
                                const uint8_t digest[DUO_SHA256_BYTES],
                                struct duo_bytes der_signature);
    enum duo_err (*verify_ed25519)(struct duo_crypto *crypto,
                                   const uint8_t pub[DUO_ED25519_PUBLIC_BYTES],
                                   struct duo_bytes msg,
                                   struct duo_bytes signature);
};

/* Concrete back ends have this as their first member. */
struct duo_crypto {
    const struct duo_crypto_ops *ops;
};

#endif
