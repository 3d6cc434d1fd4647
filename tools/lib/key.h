/* SPDX-License-Identifier: MIT */
/* Signing keys: PEM files with P-256 or Ed25519 keys, as imgtool's and
 * OpenSSL's (private: PKCS#8 or SEC1; public: SubjectPublicKeyInfo). */
#ifndef DUO_TOOL_KEY_H
#define DUO_TOOL_KEY_H

#include "duo/image.h"
#include "file.h"

/* The longest DER SubjectPublicKeyInfo of the two key types. */
#define DUO_TOOL_SPKI_BYTES_MAX 91U

struct duo_tool_key {
    void *pkey; /* OpenSSL's EVP_PKEY. */
    bool is_private;
    struct duo_public_key public_key;
};

/** Fails with IO or INPUT. */
bool duo_tool_key_load(const char *path, struct duo_tool_key *key,
                       struct duo_tool_error *error);
bool duo_tool_key_generate(enum duo_key_type type, struct duo_tool_key *key,
                           struct duo_tool_error *error);
void duo_tool_key_free(struct duo_tool_key *key);

/** PEM text of the private key (PKCS#8, not encrypted) or the public one. */
bool duo_tool_key_private_pem(const struct duo_tool_key *key,
                              struct duo_tool_buffer *out,
                              struct duo_tool_error *error);
bool duo_tool_key_public_pem(const struct duo_tool_key *key,
                             struct duo_tool_buffer *out,
                             struct duo_tool_error *error);

/** Sign an image digest as MCUboot does: ECDSA of the digest in DER, or
 * Ed25519 with the digest as the message. Appends to @p out. */
bool duo_tool_key_sign(const struct duo_tool_key *key,
                       const uint8_t digest[DUO_SHA256_BYTES],
                       struct duo_tool_buffer *out,
                       struct duo_tool_error *error);

/** DER SubjectPublicKeyInfo of @p key; returns its length. */
size_t duo_tool_key_spki(const struct duo_public_key *key,
                         uint8_t der[DUO_TOOL_SPKI_BYTES_MAX]);

/** SHA-256 of @p bytes. */
void duo_tool_sha256(struct duo_bytes bytes, uint8_t digest[DUO_SHA256_BYTES]);

/** "ECDSA P-256" or "Ed25519". */
const char *duo_tool_key_type_name(enum duo_key_type type);

#endif
