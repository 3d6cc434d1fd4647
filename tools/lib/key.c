/* SPDX-License-Identifier: MIT */
/* Signing keys with OpenSSL; see key.h. */
#include "key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

/* What stands before the key itself in a DER SubjectPublicKeyInfo: algorithm
 * identifier (RFC 5480, RFC 8410) and the head of the bit string. */
static const uint8_t p256_spki_head[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
    0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
    0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
static const uint8_t ed25519_spki_head[] = {0x30, 0x2A, 0x30, 0x05, 0x06, 0x03,
                                            0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};

_Static_assert(sizeof(p256_spki_head) + DUO_P256_PUBLIC_BYTES ==
                   DUO_TOOL_SPKI_BYTES_MAX,
               "the buffer of an SPKI holds the longer of the two");

static bool openssl_failed(struct duo_tool_error *error, const char *what)
{
    char text[160];

    ERR_error_string_n(ERR_get_error(), text, sizeof(text));
    ERR_clear_error();
    return duo_tool_fail(error, DUO_EXIT_INTERNAL, "%s: %s", what, text);
}

const char *duo_tool_key_type_name(enum duo_key_type type)
{
    switch (type) {
    case DUO_KEY_P256: return "ECDSA P-256";
    case DUO_KEY_ED25519: return "Ed25519";
    }
    return "unknown";
}

void duo_tool_sha256(struct duo_bytes bytes, uint8_t digest[DUO_SHA256_BYTES])
{
    static const uint8_t nothing[1] = {0};
    const uint8_t *data = bytes.len_bytes == 0 ? nothing : bytes.data;

    if (EVP_Digest(data, bytes.len_bytes, digest, NULL, EVP_sha256(), NULL) !=
        1) {
        ERR_print_errors_fp(stderr);
        exit(DUO_EXIT_INTERNAL);
    }
}

size_t duo_tool_key_spki(const struct duo_public_key *key,
                         uint8_t der[DUO_TOOL_SPKI_BYTES_MAX])
{
    if (key->type == DUO_KEY_P256) {
        memcpy(der, p256_spki_head, sizeof(p256_spki_head));
        memcpy(der + sizeof(p256_spki_head), key->pub, DUO_P256_PUBLIC_BYTES);
        return sizeof(p256_spki_head) + DUO_P256_PUBLIC_BYTES;
    }
    memcpy(der, ed25519_spki_head, sizeof(ed25519_spki_head));
    memcpy(der + sizeof(ed25519_spki_head), key->pub, DUO_ED25519_PUBLIC_BYTES);
    return sizeof(ed25519_spki_head) + DUO_ED25519_PUBLIC_BYTES;
}

/* X and Y one by one: the encoded point may be compressed in the file. */
static bool p256_public(const EVP_PKEY *pkey, uint8_t pub[64])
{
    static const char *const names[] = {OSSL_PKEY_PARAM_EC_PUB_X,
                                        OSSL_PKEY_PARAM_EC_PUB_Y};
    bool done = true;

    for (size_t i = 0; i < 2; i++) {
        BIGNUM *number = NULL;
        done = done && EVP_PKEY_get_bn_param(pkey, names[i], &number) == 1 &&
               BN_bn2binpad(number, pub + 32 * i, 32) == 32;
        BN_free(number);
    }
    return done;
}

static bool is_p256(const EVP_PKEY *pkey)
{
    char group[32];

    return EVP_PKEY_is_a(pkey, "EC") == 1 &&
           EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
           strcmp(group, SN_X9_62_prime256v1) == 0;
}

/* Fill in key->public_key from key->pkey; false for another kind of key. */
static bool set_public(struct duo_tool_key *key)
{
    struct duo_public_key *public_key = &key->public_key;
    uint8_t der[DUO_TOOL_SPKI_BYTES_MAX];
    size_t len_bytes = DUO_ED25519_PUBLIC_BYTES;
    bool done = false;

    if (is_p256(key->pkey)) {
        public_key->type = DUO_KEY_P256;
        done = p256_public(key->pkey, public_key->pub);
    } else if (EVP_PKEY_is_a(key->pkey, "ED25519") == 1) {
        public_key->type = DUO_KEY_ED25519;
        done = EVP_PKEY_get_raw_public_key(key->pkey, public_key->pub,
                                           &len_bytes) == 1;
    }
    if (done) {
        len_bytes = duo_tool_key_spki(public_key, der);
        duo_tool_sha256((struct duo_bytes){der, len_bytes}, public_key->hash);
    }
    return done;
}

/* Never asks at the terminal: signing runs in builds. */
/* NOLINTNEXTLINE(bugprone-easily-swappable-parameters): OpenSSL's type. */
static int no_passphrase(char *text, int size_bytes, int writing, void *ctx)
{
    (void)text;
    (void)size_bytes;
    (void)writing;
    *(bool *)ctx = true;
    return -1;
}

static EVP_PKEY *read_pem(struct duo_bytes text, bool want_private,
                          bool *encrypted)
{
    BIO *bio = BIO_new_mem_buf(text.data, (int)text.len_bytes);
    EVP_PKEY *pkey = NULL;

    if (bio != NULL) {
        pkey =
            want_private
                ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, encrypted)
                : PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, encrypted);
    }
    BIO_free(bio);
    ERR_clear_error();
    return pkey;
}

bool duo_tool_key_load(const char *path, struct duo_tool_key *key,
                       struct duo_tool_error *error)
{
    struct duo_tool_buffer text;
    bool encrypted = false;

    *key = (struct duo_tool_key){0};
    if (!duo_tool_file_read(path, &text, error)) {
        return false;
    }
    key->pkey = read_pem(duo_tool_buffer_view(&text), true, &encrypted);
    key->is_private = key->pkey != NULL;
    if (key->pkey == NULL) {
        key->pkey = read_pem(duo_tool_buffer_view(&text), false, &encrypted);
    }
    if (text.data != NULL) {
        OPENSSL_cleanse(text.data, text.len_bytes);
    }
    duo_tool_buffer_free(&text);
    if (key->pkey == NULL) {
        return duo_tool_fail(
            error, DUO_EXIT_INPUT,
            encrypted ? "%s: the key has a passphrase; decrypt it first, for "
                        "example with `openssl pkey`"
                      : "%s: no PEM private or public key in this file",
            path);
    }
    if (!set_public(key)) {
        duo_tool_key_free(key);
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: neither a P-256 nor an Ed25519 key", path);
    }
    return true;
}

bool duo_tool_key_generate(enum duo_key_type type, struct duo_tool_key *key,
                           struct duo_tool_error *error)
{
    *key = (struct duo_tool_key){.is_private = true};
    key->pkey = type == DUO_KEY_P256
                    ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", SN_X9_62_prime256v1)
                    : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (key->pkey == NULL || !set_public(key)) {
        return openssl_failed(error, "cannot make a key");
    }
    return true;
}

void duo_tool_key_free(struct duo_tool_key *key)
{
    EVP_PKEY_free(key->pkey);
    *key = (struct duo_tool_key){0};
}

static bool write_pem(const struct duo_tool_key *key, bool want_private,
                      struct duo_tool_buffer *out, struct duo_tool_error *error)
{
    BIO *bio = BIO_new(BIO_s_mem());
    const uint8_t *data = NULL;
    long len_bytes;
    int done;

    if (bio == NULL) {
        return openssl_failed(error, "cannot write a key");
    }
    done = want_private ? PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL,
                                                        NULL, 0, NULL, NULL)
                        : PEM_write_bio_PUBKEY(bio, key->pkey);
    if (done == 1) {
        len_bytes = BIO_get_mem_data(bio, &data);
        duo_tool_buffer_append(out,
                               (struct duo_bytes){data, (size_t)len_bytes});
    }
    BIO_free(bio);
    return done == 1 || openssl_failed(error, "cannot write a key");
}

bool duo_tool_key_private_pem(const struct duo_tool_key *key,
                              struct duo_tool_buffer *out,
                              struct duo_tool_error *error)
{
    if (!key->is_private) {
        return duo_tool_fail(error, DUO_EXIT_INPUT, "this is a public key");
    }
    return write_pem(key, true, out, error);
}

bool duo_tool_key_public_pem(const struct duo_tool_key *key,
                             struct duo_tool_buffer *out,
                             struct duo_tool_error *error)
{
    return write_pem(key, false, out, error);
}

static bool sign_p256(EVP_PKEY_CTX *ctx, const uint8_t *digest, uint8_t *sig,
                      size_t *len_bytes)
{
    return EVP_PKEY_sign_init(ctx) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
           EVP_PKEY_sign(ctx, sig, len_bytes, digest, DUO_SHA256_BYTES) == 1;
}

static bool sign_ed25519(EVP_PKEY *pkey, const uint8_t *digest, uint8_t *sig,
                         size_t *len_bytes)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool done =
        md != NULL && EVP_DigestSignInit(md, NULL, NULL, NULL, pkey) == 1 &&
        EVP_DigestSign(md, sig, len_bytes, digest, DUO_SHA256_BYTES) == 1;

    EVP_MD_CTX_free(md);
    return done;
}

bool duo_tool_key_sign(const struct duo_tool_key *key,
                       const uint8_t digest[DUO_SHA256_BYTES],
                       struct duo_tool_buffer *out,
                       struct duo_tool_error *error)
{
    uint8_t sig[128];
    size_t len_bytes = sizeof(sig);
    bool done;

    if (!key->is_private) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "signing needs a private key, not a public one");
    }
    if (key->public_key.type == DUO_KEY_P256) {
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key->pkey, NULL);
        done = ctx != NULL && sign_p256(ctx, digest, sig, &len_bytes);
        EVP_PKEY_CTX_free(ctx);
    } else {
        done = sign_ed25519(key->pkey, digest, sig, &len_bytes);
    }
    if (!done) {
        return openssl_failed(error, "cannot sign");
    }
    duo_tool_buffer_append(out, (struct duo_bytes){sig, len_bytes});
    return true;
}
