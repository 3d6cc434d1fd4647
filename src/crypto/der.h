/* SPDX-License-Identifier: MIT */
/* Strict DER of an ECDSA signature, SEC 1 section C.5 and X.690. */
#ifndef DUO_CRYPTO_DER_H
#define DUO_CRYPTO_DER_H

#include <stdbool.h>

#include "crypto/modular.h"
#include "duo/bytes.h"

struct duo_ecdsa_signature {
    struct duo_num r;
    struct duo_num s;
};

/** False unless @p der is SEQUENCE { INTEGER r, INTEGER s }, DER to the last
 * byte, with 0 <= r, s < 2^256. */
bool duo_der_ecdsa_parse(struct duo_bytes der,
                         struct duo_ecdsa_signature *signature);

#endif
