/* SPDX-License-Identifier: MIT */
/* Host back end of duo/crypto.h on OpenSSL 3's libcrypto. */
#ifndef DUO_CRYPTO_OPENSSL_H
#define DUO_CRYPTO_OPENSSL_H

#include "duo/crypto.h"

/** A new instance; ends the process if libcrypto cannot give one. */
struct duo_crypto *duo_crypto_openssl_create(void);
void duo_crypto_openssl_destroy(struct duo_crypto *crypto);

#endif
