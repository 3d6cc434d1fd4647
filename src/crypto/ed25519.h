/* SPDX-License-Identifier: MIT */
/* Ed25519 verification, RFC 8032 sections 5.1.3 and 5.1.7. */
#ifndef DUO_CRYPTO_ED25519_H
#define DUO_CRYPTO_ED25519_H

#include "crypto/modular.h"
#include "duo/crypto.h"

extern const struct duo_modulus duo_ed25519_field;
extern const struct duo_modulus duo_ed25519_order;

/** As verify_ed25519 of duo/crypto.h. */
enum duo_err duo_ed25519_verify(const uint8_t pub[DUO_ED25519_PUBLIC_BYTES],
                                struct duo_bytes msg,
                                struct duo_bytes signature);

#endif
