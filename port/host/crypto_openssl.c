/* SPDX-License-Identifier: MIT */
/* Back end of duo/crypto.h on OpenSSL 3. What OpenSSL 3.0 accepts and the
 * contract does not is refused here first, by byte comparison: Ed25519 public
 * keys of low order or with y >= p. The other rules (strict DER, points on
 * the curve, S below the order, canonical R) OpenSSL keeps itself; those that
 * a release could relax are checked again. */
#include "crypto_openssl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/* SEQUENCE header, and twice INTEGER header, sign byte and 32 bytes. */
#define DER_SIGNATURE_BYTES_MAX 72U

struct openssl_crypto {
    struct duo_crypto crypto; /* First. */
    EVP_MD *sha256;
    EVP_MD_CTX *stream; /* The one SHA-256 stream. */
    EVP_PKEY_CTX *p256_import;
};

/* libcrypto fails here only if memory is short or it is not installed whole:
 * a host tool cannot go on then. */
static void require(bool ok)
{
    if (!ok) {
        (void)fputs("duoboot: libcrypto failed\n", stderr);
        ERR_print_errors_fp(stderr);
        abort();
    }
}

static struct openssl_crypto *of(struct duo_crypto *crypto)
{
    return (struct openssl_crypto *)crypto;
}

static enum duo_err refuse_unless(bool right)
{
    ERR_clear_error();
    return right ? DUO_OK : DUO_ERR_REFUSED;
}

static void sha256_begin(struct duo_crypto *crypto)
{
    struct openssl_crypto *self = of(crypto);
    require(EVP_DigestInit_ex2(self->stream, self->sha256, NULL) == 1);
}

static void sha256_update(struct duo_crypto *crypto, struct duo_bytes data)
{
    if (data.len_bytes > 0) {
        require(EVP_DigestUpdate(of(crypto)->stream, data.data,
                                 data.len_bytes) == 1);
    }
}

static void sha256_finish(struct duo_crypto *crypto,
                          uint8_t digest[DUO_SHA256_BYTES])
{
    require(EVP_DigestFinal_ex(of(crypto)->stream, digest, NULL) == 1);
}

/* DER has exactly one encoding of a value: decode, encode, compare. */
static bool is_strict_der(struct duo_bytes der)
{
    if (der.len_bytes == 0 || der.len_bytes > DER_SIGNATURE_BYTES_MAX) {
        return false;
    }
    const unsigned char *next = der.data;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &next, (long)der.len_bytes);
    if (sig == NULL) {
        return false;
    }
    unsigned char *encoded = NULL;
    int encoded_bytes = i2d_ECDSA_SIG(sig, &encoded);
    bool same = encoded_bytes > 0 && (size_t)encoded_bytes == der.len_bytes &&
                memcmp(encoded, der.data, der.len_bytes) == 0;
    OPENSSL_free(encoded);
    ECDSA_SIG_free(sig);
    return same;
}

/* NULL if the point is not on the curve or a coordinate is not below p. */
static EVP_PKEY *import_p256(struct openssl_crypto *self,
                             const uint8_t pub[DUO_P256_PUBLIC_BYTES])
{
    char group[] = "P-256";
    uint8_t point[1 + DUO_P256_PUBLIC_BYTES] = {POINT_CONVERSION_UNCOMPRESSED};
    memcpy(point + 1, pub, DUO_P256_PUBLIC_BYTES);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point,
                                          sizeof(point)),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    require(EVP_PKEY_fromdata_init(self->p256_import) == 1);
    if (EVP_PKEY_fromdata(self->p256_import, &key, EVP_PKEY_PUBLIC_KEY,
                          params) != 1) {
        return NULL;
    }
    return key;
}

static enum duo_err verify_p256(struct duo_crypto *crypto,
                                const uint8_t pub[DUO_P256_PUBLIC_BYTES],
                                const uint8_t digest[DUO_SHA256_BYTES],
                                struct duo_bytes der_signature)
{
    if (!is_strict_der(der_signature)) {
        return refuse_unless(false);
    }
    EVP_PKEY *key = import_p256(of(crypto), pub);
    if (key == NULL) {
        return refuse_unless(false);
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    require(ctx != NULL);
    bool right =
        EVP_PKEY_public_check_quick(ctx) == 1 &&
        EVP_PKEY_verify_init(ctx) == 1 &&
        EVP_PKEY_verify(ctx, der_signature.data, der_signature.len_bytes,
                        digest, DUO_SHA256_BYTES) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
    return refuse_unless(right);
}

/* The y coordinates of the points of order 8 (both signs of x share one); the
 * other points whose order divides the cofactor have y = 0, 1 and p - 1. */
static const uint8_t ed25519_order_8_y[] =
    "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0"
    "\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05"
    "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f"
    "\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a";

/* y = 0 or y = 1. */
static bool is_ed25519_y_tiny(const uint8_t y[32])
{
    return y[0] <= 1 && duo_bytes_are((struct duo_bytes){y + 1, 31}, 0);
}

/* y >= p - 1 = 2^255 - 20: order 2, or not canonical. */
static bool is_ed25519_y_huge(const uint8_t y[32])
{
    return y[0] >= 0xec && y[31] == 0x7f &&
           duo_bytes_are((struct duo_bytes){y + 1, 30}, 0xff);
}

static bool
is_ed25519_key_acceptable(const uint8_t pub[DUO_ED25519_PUBLIC_BYTES])
{
    uint8_t y[DUO_ED25519_PUBLIC_BYTES];
    memcpy(y, pub, sizeof(y));
    y[31] &= 0x7f; /* The sign of x. */
    return !is_ed25519_y_tiny(y) && !is_ed25519_y_huge(y) &&
           memcmp(y, ed25519_order_8_y, sizeof(y)) != 0 &&
           memcmp(y, ed25519_order_8_y + 32, sizeof(y)) != 0;
}

static enum duo_err verify_ed25519(struct duo_crypto *crypto,
                                   const uint8_t pub[DUO_ED25519_PUBLIC_BYTES],
                                   struct duo_bytes msg,
                                   struct duo_bytes signature)
{
    (void)crypto;
    static const uint8_t nothing[1] = {0};
    const uint8_t *text = msg.len_bytes > 0 ? msg.data : nothing;
    if (signature.len_bytes != DUO_ED25519_SIGNATURE_BYTES ||
        !is_ed25519_key_acceptable(pub)) {
        return refuse_unless(false);
    }
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, pub,
                                                   DUO_ED25519_PUBLIC_BYTES);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    require(key != NULL && ctx != NULL);
    bool right =
        EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, key, NULL) == 1 &&
        EVP_DigestVerify(ctx, signature.data, signature.len_bytes, text,
                         msg.len_bytes) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return refuse_unless(right);
}

static const struct duo_crypto_ops openssl_ops = {
    .sha256_begin = sha256_begin,
    .sha256_update = sha256_update,
    .sha256_finish = sha256_finish,
    .verify_p256 = verify_p256,
    .verify_ed25519 = verify_ed25519,
};

struct duo_crypto *duo_crypto_openssl_create(void)
{
    struct openssl_crypto *self = calloc(1, sizeof(*self));
    require(self != NULL);
    self->crypto.ops = &openssl_ops;
    self->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    self->stream = EVP_MD_CTX_new();
    self->p256_import = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    require(self->sha256 != NULL);
    require(self->stream != NULL);
    require(self->p256_import != NULL);
    return &self->crypto;
}

void duo_crypto_openssl_destroy(struct duo_crypto *crypto)
{
    if (crypto == NULL) {
        return;
    }
    struct openssl_crypto *self = of(crypto);
    EVP_PKEY_CTX_free(self->p256_import);
    EVP_MD_CTX_free(self->stream);
    EVP_MD_free(self->sha256);
    free(self);
}
