/* SPDX-License-Identifier: MIT */
/* A hash does not depend on how its input arrives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/sha512.h"
#include "vector_file.h"

#define SHA256_MSG_BYTES 200U /* Three blocks and a part. */
#define SHA512_MSG_BYTES 300U /* Two blocks and a part. */
#define MSG_BYTES_MAX    300U

static void fill(uint8_t *msg)
{
    for (size_t i = 0; i < MSG_BYTES_MAX; i++) {
        msg[i] = (uint8_t)(i * 7U + i / 64U);
    }
}

static void update_range(struct duo_crypto *crypto, const uint8_t *msg,
                         size_t from, size_t to)
{
    /* An own copy: reads outside of it are seen. */
    struct duo_bytes part =
        vector_copy((struct duo_bytes){msg + from, to - from});
    crypto->ops->sha256_update(crypto, part);
    vector_bytes_free(part);
}

static void every_split_gives_the_same_sha256(void **state)
{
    (void)state;
    uint8_t msg[MSG_BYTES_MAX];
    struct backends backends;
    fill(msg);
    backends_open(&backends);
    for (size_t i = 0; i < BACKEND_COUNT; i++) {
        struct duo_crypto *crypto = backends.cryptos[i];
        uint8_t whole[DUO_SHA256_BYTES];
        uint8_t split[DUO_SHA256_BYTES];
        backend_sha256(crypto, (struct duo_bytes){msg, SHA256_MSG_BYTES},
                       whole);
        for (size_t a = 0; a <= SHA256_MSG_BYTES; a++) {
            for (size_t b = a; b <= SHA256_MSG_BYTES; b++) {
                crypto->ops->sha256_begin(crypto);
                update_range(crypto, msg, 0, a);
                update_range(crypto, msg, a, b);
                update_range(crypto, msg, b, SHA256_MSG_BYTES);
                crypto->ops->sha256_finish(crypto, split);
                assert_memory_equal(split, whole, sizeof(whole));
            }
        }
    }
    backends_close(&backends);
}

static void every_split_gives_the_same_sha512(void **state)
{
    (void)state;
    uint8_t msg[MSG_BYTES_MAX];
    uint8_t whole[DUO_SHA512_BYTES];
    uint8_t split[DUO_SHA512_BYTES];
    fill(msg);
    const struct duo_bytes all = {msg, SHA512_MSG_BYTES};
    duo_sha512_joined(whole, &all, 1);
    for (size_t a = 0; a <= SHA512_MSG_BYTES; a++) {
        for (size_t b = a; b <= SHA512_MSG_BYTES; b += 7) {
            const struct duo_bytes parts[] = {
                {msg,     a                   },
                {msg + a, b - a               },
                {msg + b, SHA512_MSG_BYTES - b}
            };
            duo_sha512_joined(split, parts, 3);
            assert_memory_equal(split, whole, sizeof(whole));
        }
    }
}

static void both_back_ends_hash_every_length_alike(void **state)
{
    (void)state;
    uint8_t msg[MSG_BYTES_MAX];
    uint8_t digests[BACKEND_COUNT][DUO_SHA256_BYTES];
    struct backends backends;
    fill(msg);
    backends_open(&backends);
    for (size_t len_bytes = 0; len_bytes <= MSG_BYTES_MAX; len_bytes++) {
        for (size_t i = 0; i < BACKEND_COUNT; i++) {
            backend_sha256(backends.cryptos[i],
                           (struct duo_bytes){msg, len_bytes}, digests[i]);
        }
        assert_memory_equal(digests[0], digests[1], DUO_SHA256_BYTES);
    }
    backends_close(&backends);
}

static void begin_drops_an_unfinished_stream(void **state)
{
    (void)state;
    uint8_t msg[MSG_BYTES_MAX];
    struct backends backends;
    fill(msg);
    backends_open(&backends);
    for (size_t i = 0; i < BACKEND_COUNT; i++) {
        struct duo_crypto *crypto = backends.cryptos[i];
        uint8_t fresh[DUO_SHA256_BYTES];
        uint8_t after[DUO_SHA256_BYTES];
        backend_sha256(crypto, (struct duo_bytes){msg, 10}, fresh);
        crypto->ops->sha256_begin(crypto);
        update_range(crypto, msg, 0, 99);
        backend_sha256(crypto, (struct duo_bytes){msg, 10}, after);
        assert_memory_equal(after, fresh, sizeof(fresh));
    }
    backends_close(&backends);
}

static void empty_updates_change_nothing(void **state)
{
    (void)state;
    struct backends backends;
    backends_open(&backends);
    for (size_t i = 0; i < BACKEND_COUNT; i++) {
        struct duo_crypto *crypto = backends.cryptos[i];
        uint8_t empty[DUO_SHA256_BYTES];
        uint8_t digest[DUO_SHA256_BYTES];
        crypto->ops->sha256_begin(crypto);
        crypto->ops->sha256_finish(crypto, empty);
        backend_sha256(crypto, (struct duo_bytes){NULL, 0}, digest);
        assert_memory_equal(digest, empty, sizeof(empty));
    }
    backends_close(&backends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_split_gives_the_same_sha256),
        cmocka_unit_test(every_split_gives_the_same_sha512),
        cmocka_unit_test(both_back_ends_hash_every_length_alike),
        cmocka_unit_test(begin_drops_an_unfinished_stream),
        cmocka_unit_test(empty_updates_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
