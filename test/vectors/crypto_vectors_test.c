/* SPDX-License-Identifier: MIT */
/* Both back ends against the public vectors that crypto_vectors.py converts:
 * NIST's SHA-2, ECDSA and public key validation files and the Ed25519 file of
 * RFC 8032's authors. The first argument names the converted file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/sha512.h"
#include "vector_file.h"

#define MONTE_CHECKPOINTS 100U
#define MONTE_ROUNDS      1000U

static const char *vector_path;

/* One hash function, whichever back end it comes from. */
struct hash {
    const char *name;
    struct duo_crypto *crypto; /* NULL: our SHA-512. */
    size_t digest_bytes;
};

static void hash_of(const struct hash *hash, struct duo_bytes msg,
                    uint8_t digest[DUO_SHA512_BYTES])
{
    if (hash->crypto != NULL) {
        backend_sha256(hash->crypto, msg, digest);
    } else {
        duo_sha512_joined(digest, &msg, 1);
    }
}

typedef void check_line(const struct hash *hash, struct vector_line *line);

/* Run @p check on each line of @p kind; at least one must be there. */
static void for_each(const char *kind, const struct hash *hash,
                     check_line *check)
{
    FILE *file = fopen(vector_path, "r");
    struct vector_line line = {0};
    unsigned count = 0;
    assert_non_null(file);
    while (vector_next(file, &line)) {
        if (strcmp(line.fields[0], kind) == 0) {
            check(hash, &line);
            count++;
        }
    }
    assert_true(count > 0);
    print_message("%s, %s: %u lines\n", hash->name, kind, count);
    vector_line_free(&line);
    fclose(file);
}

static void check_hash(const struct hash *hash, struct vector_line *line)
{
    uint8_t digest[DUO_SHA512_BYTES];
    struct duo_bytes msg = vector_bytes(line->fields[1]);
    struct duo_bytes expected = vector_bytes(line->fields[2]);
    hash_of(hash, msg, digest);
    assert_int_equal(expected.len_bytes, hash->digest_bytes);
    assert_memory_equal(digest, expected.data, hash->digest_bytes);
    vector_bytes_free(msg);
    vector_bytes_free(expected);
}

/* The SHS validation system's pseudorandom test: each message is the three
 * digests before. */
static void check_monte(const struct hash *hash, struct vector_line *line)
{
    uint8_t last[3U * DUO_SHA512_BYTES];
    size_t size_bytes = hash->digest_bytes;
    assert_int_equal(line->field_count, 2U + MONTE_CHECKPOINTS);
    struct duo_bytes seed = vector_bytes(line->fields[1]);
    for (size_t i = 0; i < 3; i++) {
        memcpy(last + i * size_bytes, seed.data, size_bytes);
    }
    for (size_t point = 0; point < MONTE_CHECKPOINTS; point++) {
        for (size_t i = 0; i < MONTE_ROUNDS; i++) {
            uint8_t digest[DUO_SHA512_BYTES];
            hash_of(hash, (struct duo_bytes){last, 3U * size_bytes}, digest);
            memmove(last, last + size_bytes, 2U * size_bytes);
            memcpy(last + 2U * size_bytes, digest, size_bytes);
        }
        struct duo_bytes expected = vector_bytes(line->fields[2U + point]);
        assert_memory_equal(last + 2U * size_bytes, expected.data, size_bytes);
        vector_bytes_free(expected);
        memcpy(last, last + 2U * size_bytes, size_bytes);
        memcpy(last + size_bytes, last, size_bytes);
    }
    vector_bytes_free(seed);
}

static void check_p256(const struct hash *hash, struct vector_line *line)
{
    uint8_t digest[DUO_SHA512_BYTES];
    struct duo_bytes pub = vector_bytes(line->fields[1]);
    struct duo_bytes signed_bytes = vector_bytes(line->fields[2]);
    struct duo_bytes der = vector_bytes(line->fields[3]);
    if (strcmp(line->fields[0], "p256") == 0) {
        hash_of(hash, signed_bytes, digest);
    } else {
        assert_int_equal(signed_bytes.len_bytes, DUO_SHA256_BYTES);
        memcpy(digest, signed_bytes.data, DUO_SHA256_BYTES);
    }
    enum duo_err err =
        hash->crypto->ops->verify_p256(hash->crypto, pub.data, digest, der);
    assert_string_equal(vector_result(err), line->fields[4]);
    vector_bytes_free(pub);
    vector_bytes_free(signed_bytes);
    vector_bytes_free(der);
}

static void check_ed25519(const struct hash *hash, struct vector_line *line)
{
    struct duo_bytes pub = vector_bytes(line->fields[1]);
    struct duo_bytes msg = vector_bytes(line->fields[2]);
    struct duo_bytes signature = vector_bytes(line->fields[3]);
    enum duo_err err = hash->crypto->ops->verify_ed25519(hash->crypto, pub.data,
                                                         msg, signature);
    assert_string_equal(vector_result(err), line->fields[4]);
    vector_bytes_free(pub);
    vector_bytes_free(msg);
    vector_bytes_free(signature);
}

static void on_both(const char *kind, check_line *check)
{
    struct backends backends;
    backends_open(&backends);
    for (size_t i = 0; i < BACKEND_COUNT; i++) {
        struct hash hash = {backends.names[i], backends.cryptos[i],
                            DUO_SHA256_BYTES};
        for_each(kind, &hash, check);
    }
    backends_close(&backends);
}

static const struct hash our_sha512 = {"small", NULL, DUO_SHA512_BYTES};

static void sha256_gives_nist_digests(void **state)
{
    (void)state;
    on_both("sha256", check_hash);
}

static void sha256_passes_nist_monte_carlo(void **state)
{
    (void)state;
    on_both("sha256-monte", check_monte);
}

static void sha512_gives_nist_digests(void **state)
{
    (void)state;
    for_each("sha512", &our_sha512, check_hash);
}

static void sha512_passes_nist_monte_carlo(void **state)
{
    (void)state;
    for_each("sha512-monte", &our_sha512, check_monte);
}

static void p256_judges_nist_signatures_right(void **state)
{
    (void)state;
    on_both("p256", check_p256);
}

static void p256_judges_signatures_of_other_hashes_right(void **state)
{
    (void)state;
    on_both("p256-digest", check_p256);
}

static void p256_judges_nist_public_keys_right(void **state)
{
    (void)state;
    on_both("p256-key", check_p256);
}

static void ed25519_accepts_the_authors_signatures(void **state)
{
    (void)state;
    on_both("ed25519", check_ed25519);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_nist_digests),
        cmocka_unit_test(sha256_passes_nist_monte_carlo),
        cmocka_unit_test(sha512_gives_nist_digests),
        cmocka_unit_test(sha512_passes_nist_monte_carlo),
        cmocka_unit_test(p256_judges_nist_signatures_right),
        cmocka_unit_test(p256_judges_signatures_of_other_hashes_right),
        cmocka_unit_test(p256_judges_nist_public_keys_right),
        cmocka_unit_test(ed25519_accepts_the_authors_signatures),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: crypto_vectors_test FILE\n");
        return EXIT_FAILURE;
    }
    vector_path = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
