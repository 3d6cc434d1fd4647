/* SPDX-License-Identifier: MIT */
/* Random keys, messages and damage: both back ends give the same answer, and
 * accept what was not damaged. Arguments: rounds per scheme, first seed. A
 * failure prints the round's seed; "crypto_differential_test 1 SEED" is that
 * round alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include "edge_cases.h"

#define SIGNATURE_BYTES_MAX 80U
#define MSG_BYTES_MAX       300U

static uint32_t rounds = 100;
static uint64_t first_seed = 1;

/* SplitMix64. */
static uint64_t draw(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15U;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static size_t draw_below(uint64_t *state, size_t end)
{
    return (size_t)(draw(state) % end);
}

/* Mostly random bytes; sometimes long runs of zeros or ones, where carries
 * are rare or everywhere. */
static void draw_bytes(uint64_t *state, uint8_t *bytes, size_t len_bytes)
{
    size_t kind = draw_below(state, 8);
    for (size_t i = 0; i < len_bytes; i++) {
        bytes[i] = (uint8_t)draw(state);
        if (kind < 2 && draw_below(state, 8) != 0) {
            bytes[i] = kind == 0 ? 0x00 : 0xff;
        }
    }
}

/* One signed thing, in buffers that can be damaged. */
struct sample {
    bool is_p256;
    uint8_t pub[DUO_P256_PUBLIC_BYTES];
    uint8_t msg[MSG_BYTES_MAX];
    size_t msg_bytes;
    uint8_t signature[SIGNATURE_BYTES_MAX];
    size_t signature_bytes;
};

static size_t pub_bytes(const struct sample *sample)
{
    return sample->is_p256 ? DUO_P256_PUBLIC_BYTES : DUO_ED25519_PUBLIC_BYTES;
}

/* What a signature is made of; libcrypto's objects are freed in one place. */
struct signer {
    EC_GROUP *group;
    EC_POINT *point;
    BN_CTX *ctx;
    BIGNUM *d, *k, *e, *x, *y;
    ECDSA_SIG *sig;
};

static void signer_open(struct signer *signer)
{
    signer->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    signer->point = EC_POINT_new(signer->group);
    signer->ctx = BN_CTX_new();
    signer->d = BN_new();
    signer->k = BN_new();
    signer->e = BN_new();
    signer->x = BN_new();
    signer->y = BN_new();
    signer->sig = ECDSA_SIG_new();
    assert_non_null(signer->sig);
}

static void signer_close(struct signer *signer)
{
    ECDSA_SIG_free(signer->sig);
    BN_free(signer->y);
    BN_free(signer->x);
    BN_free(signer->e);
    BN_free(signer->k);
    BN_free(signer->d);
    BN_CTX_free(signer->ctx);
    EC_POINT_free(signer->point);
    EC_GROUP_free(signer->group);
}

static void draw_scalar(uint64_t *state, const struct signer *signer,
                        BIGNUM *scalar)
{
    uint8_t bytes[DUO_SHA256_BYTES];
    draw_bytes(state, bytes, sizeof(bytes));
    bytes[31] |= 1U; /* Not zero. */
    BN_bin2bn(bytes, sizeof(bytes), scalar);
    BN_mod(scalar, scalar, EC_GROUP_get0_order(signer->group), signer->ctx);
}

/* x and y of scalar * G. */
static void multiply(struct signer *signer, const BIGNUM *scalar)
{
    EC_POINT_mul(signer->group, signer->point, scalar, NULL, NULL, signer->ctx);
    assert_int_equal(EC_POINT_get_affine_coordinates(signer->group,
                                                     signer->point, signer->x,
                                                     signer->y, signer->ctx),
                     1);
}

/* ECDSA with a nonce from the seed, so that a round can be repeated. */
static void sign_p256(uint64_t *state, struct signer *signer,
                      struct sample *sample)
{
    const BIGNUM *order = EC_GROUP_get0_order(signer->group);
    draw_scalar(state, signer, signer->d);
    draw_scalar(state, signer, signer->k);
    sample->msg_bytes = DUO_SHA256_BYTES;
    draw_bytes(state, sample->msg, sample->msg_bytes);
    BN_bin2bn(sample->msg, (int)sample->msg_bytes, signer->e);
    multiply(signer, signer->d);
    BN_bn2binpad(signer->x, sample->pub, 32);
    BN_bn2binpad(signer->y, sample->pub + 32, 32);

    multiply(signer, signer->k);
    BIGNUM *r = BN_new();
    BIGNUM *s = BN_new();
    BN_mod(r, signer->x, order, signer->ctx);
    BN_mod_mul(s, r, signer->d, order, signer->ctx);
    BN_mod_add(s, s, signer->e, order, signer->ctx);
    assert_non_null(BN_mod_inverse(signer->k, signer->k, order, signer->ctx));
    BN_mod_mul(s, s, signer->k, order, signer->ctx);
    ECDSA_SIG_set0(signer->sig, r, s);
    uint8_t *end = sample->signature;
    int len_bytes = i2d_ECDSA_SIG(signer->sig, &end);
    assert_in_range(len_bytes, 8, 72);
    sample->signature_bytes = (size_t)len_bytes;
}

static void make_p256(uint64_t *state, struct sample *sample)
{
    struct signer signer;
    sample->is_p256 = true;
    signer_open(&signer);
    sign_p256(state, &signer, sample);
    signer_close(&signer);
}

static void make_ed25519(uint64_t *state, struct sample *sample)
{
    uint8_t seed[32];
    size_t len_bytes = sizeof(sample->signature);
    size_t pub_len_bytes = DUO_ED25519_PUBLIC_BYTES;
    sample->is_p256 = false;
    draw_bytes(state, seed, sizeof(seed));
    sample->msg_bytes = draw_below(state, MSG_BYTES_MAX + 1U);
    draw_bytes(state, sample->msg, sample->msg_bytes);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed,
                                                 sizeof(seed));
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(
        EVP_PKEY_get_raw_public_key(key, sample->pub, &pub_len_bytes), 1);
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, key), 1);
    assert_int_equal(EVP_DigestSign(ctx, sample->signature, &len_bytes,
                                    sample->msg, sample->msg_bytes),
                     1);
    sample->signature_bytes = len_bytes;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
}

static void damage_bytes(uint64_t *state, uint8_t *bytes, size_t len_bytes)
{
    size_t at = draw_below(state, len_bytes);
    size_t run = 1 + draw_below(state, 4);
    switch (draw_below(state, 4)) {
    case 0: bytes[at] ^= (uint8_t)(1U << draw_below(state, 8)); break;
    case 1: bytes[at] = (uint8_t)draw(state); break;
    case 2: bytes[at] = (uint8_t)(bytes[at] + 1U); break;
    default:
        for (; run > 0 && at < len_bytes; run--, at++) {
            bytes[at] = draw_below(state, 2) == 0 ? 0x00 : 0xff;
        }
    }
}

/* Half of the rounds damage something, now and then several things. */
static bool damage(uint64_t *state, struct sample *sample)
{
    struct sample before = *sample;
    if (draw_below(state, 2) == 0) {
        return false;
    }
    do {
        switch (draw_below(state, 4)) {
        case 0: damage_bytes(state, sample->pub, pub_bytes(sample)); break;
        case 1:
            if (sample->msg_bytes > 0) {
                damage_bytes(state, sample->msg, sample->msg_bytes);
            }
            break;
        case 2:
            damage_bytes(state, sample->signature, sample->signature_bytes);
            break;
        default:
            if (draw_below(state, 4) == 0) {
                sample->signature_bytes =
                    draw_below(state, SIGNATURE_BYTES_MAX + 1U);
            }
        }
    } while (draw_below(state, 4) == 0 && sample->signature_bytes > 0);
    return before.signature_bytes != sample->signature_bytes ||
           memcmp(before.pub, sample->pub, sizeof(before.pub)) != 0 ||
           memcmp(before.msg, sample->msg, sizeof(before.msg)) != 0 ||
           memcmp(before.signature, sample->signature,
                  sizeof(before.signature)) != 0;
}

static enum duo_err judge(struct duo_crypto *crypto,
                          const struct sample *sample)
{
    struct edge_case edge = {
        .is_p256 = sample->is_p256,
        .pub = vector_copy((struct duo_bytes){sample->pub, pub_bytes(sample)}),
        .msg = vector_copy((struct duo_bytes){sample->msg, sample->msg_bytes}),
        .signature = vector_copy(
            (struct duo_bytes){sample->signature, sample->signature_bytes}),
    };
    enum duo_err err = edge_verify(crypto, &edge);
    vector_bytes_free(edge.pub);
    vector_bytes_free(edge.msg);
    vector_bytes_free(edge.signature);
    return err;
}

static void run_rounds(void (*make)(uint64_t *state, struct sample *sample))
{
    struct backends backends;
    uint32_t accepted = 0;
    backends_open(&backends);
    for (uint32_t i = 0; i < rounds; i++) {
        uint64_t seed = first_seed + i;
        uint64_t state = seed;
        struct sample sample = {0};
        make(&state, &sample);
        bool is_damaged = damage(&state, &sample);
        enum duo_err small = judge(backends.cryptos[0], &sample);
        enum duo_err openssl = judge(backends.cryptos[1], &sample);
        if (small != openssl || (!is_damaged && small != DUO_OK)) {
            fail_msg("seed %llu: small %s, openssl %s, %s",
                     (unsigned long long)seed, vector_result(small),
                     vector_result(openssl), is_damaged ? "damaged" : "whole");
        }
        accepted += small == DUO_OK ? 1U : 0U;
    }
    print_message("%u rounds, %u accepted\n", rounds, accepted);
    if (rounds >= 50) {
        assert_in_range(accepted, rounds / 4U, rounds - rounds / 4U);
    }
    backends_close(&backends);
}

static void p256_agrees_with_openssl(void **state)
{
    (void)state;
    run_rounds(make_p256);
}

static void ed25519_agrees_with_openssl(void **state)
{
    (void)state;
    run_rounds(make_ed25519);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p256_agrees_with_openssl),
        cmocka_unit_test(ed25519_agrees_with_openssl),
    };
    if (argc > 1) {
        rounds = (uint32_t)strtoul(argv[1], NULL, 10);
    }
    if (argc > 2) {
        first_seed = strtoull(argv[2], NULL, 10);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
