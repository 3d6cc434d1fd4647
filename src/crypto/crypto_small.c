/* SPDX-License-Identifier: MIT */
/* See duo/crypto_small.h: the parts, as tables of duo/crypto.h. */
#include "duo/crypto_small.h"

#include "crypto/ed25519.h"
#include "crypto/p256.h"
#include "crypto/sha256.h"

static struct duo_sha256 *stream(struct duo_crypto *crypto)
{
    /* By void *: an instance of ours is aligned for it. */
    struct duo_crypto_small *self = (void *)crypto;
    return &self->sha256;
}

static void sha256_begin(struct duo_crypto *crypto)
{
    duo_sha256_begin(stream(crypto));
}

static void sha256_update(struct duo_crypto *crypto, struct duo_bytes data)
{
    duo_sha256_update(stream(crypto), data);
}

static void sha256_finish(struct duo_crypto *crypto,
                          uint8_t digest[DUO_SHA256_BYTES])
{
    duo_sha256_finish(stream(crypto), digest);
}

static enum duo_err verify_p256(struct duo_crypto *crypto,
                                const uint8_t pub[DUO_P256_PUBLIC_BYTES],
                                const uint8_t digest[DUO_SHA256_BYTES],
                                struct duo_bytes der_signature)
{
    (void)crypto;
    return duo_p256_verify(pub, digest, der_signature);
}

static enum duo_err verify_ed25519(struct duo_crypto *crypto,
                                   const uint8_t pub[DUO_ED25519_PUBLIC_BYTES],
                                   struct duo_bytes msg,
                                   struct duo_bytes signature)
{
    (void)crypto;
    return duo_ed25519_verify(pub, msg, signature);
}

static enum duo_err refuse_ed25519(struct duo_crypto *crypto,
                                   const uint8_t pub[DUO_ED25519_PUBLIC_BYTES],
                                   struct duo_bytes msg,
                                   struct duo_bytes signature)
{
    (void)crypto;
    (void)pub;
    (void)msg;
    (void)signature;
    return DUO_ERR_REFUSED;
}

static enum duo_err refuse_p256(struct duo_crypto *crypto,
                                const uint8_t pub[DUO_P256_PUBLIC_BYTES],
                                const uint8_t digest[DUO_SHA256_BYTES],
                                struct duo_bytes der_signature)
{
    (void)crypto;
    (void)pub;
    (void)digest;
    (void)der_signature;
    return DUO_ERR_REFUSED;
}

static const struct duo_crypto_ops all_ops = {
    .sha256_begin = sha256_begin,
    .sha256_update = sha256_update,
    .sha256_finish = sha256_finish,
    .verify_p256 = verify_p256,
    .verify_ed25519 = verify_ed25519,
};

static const struct duo_crypto_ops p256_ops = {
    .sha256_begin = sha256_begin,
    .sha256_update = sha256_update,
    .sha256_finish = sha256_finish,
    .verify_p256 = verify_p256,
    .verify_ed25519 = refuse_ed25519,
};

static const struct duo_crypto_ops hash_ops = {
    .sha256_begin = sha256_begin,
    .sha256_update = sha256_update,
    .sha256_finish = sha256_finish,
    .verify_p256 = refuse_p256,
    .verify_ed25519 = refuse_ed25519,
};

void duo_crypto_small_init(struct duo_crypto_small *crypto)
{
    crypto->crypto.ops = &all_ops;
    duo_sha256_begin(&crypto->sha256);
}

void duo_crypto_small_hash_init(struct duo_crypto_small *crypto)
{
    crypto->crypto.ops = &hash_ops;
    duo_sha256_begin(&crypto->sha256);
}

void duo_crypto_small_p256_init(struct duo_crypto_small *crypto)
{
    crypto->crypto.ops = &p256_ops;
    duo_sha256_begin(&crypto->sha256);
}
