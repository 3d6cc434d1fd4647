/* SPDX-License-Identifier: MIT */
/* Crypto on the virtual clock: right answers, charged once each. */
#include "sim_test_board.h"

/* An inner back end that counts its work; its answer depends on all inputs. */
struct counting {
    struct duo_crypto crypto;
    unsigned verifications;
    uint32_t crc;
};

static void begin(struct duo_crypto *crypto)
{
    ((struct counting *)(void *)crypto)->crc = 0;
}

static void update(struct duo_crypto *crypto, struct duo_bytes data)
{
    struct counting *self = (struct counting *)(void *)crypto;
    self->crc = duo_crc32(self->crc, data);
}

static void finish(struct duo_crypto *crypto, uint8_t digest[DUO_SHA256_BYTES])
{
    memset(digest, 0, DUO_SHA256_BYTES);
    duo_store_le32(digest, ((struct counting *)(void *)crypto)->crc);
}

static uint8_t sum(struct duo_bytes bytes)
{
    uint8_t total = 0;
    for (size_t at = 0; at < bytes.len_bytes; at++) {
        total = (uint8_t)(total + bytes.data[at]);
    }
    return total;
}

static enum duo_err verify_sum(struct duo_crypto *crypto, struct duo_bytes pub,
                               struct duo_bytes msg, struct duo_bytes signature)
{
    ((struct counting *)(void *)crypto)->verifications++;
    return (uint8_t)(sum(pub) + sum(msg)) == sum(signature) ? DUO_OK
                                                            : DUO_ERR_REFUSED;
}

static enum duo_err verify_p256(struct duo_crypto *crypto,
                                const uint8_t pub[DUO_P256_PUBLIC_BYTES],
                                const uint8_t digest[DUO_SHA256_BYTES],
                                struct duo_bytes signature)
{
    struct duo_bytes key = {pub, DUO_P256_PUBLIC_BYTES};
    struct duo_bytes msg = {digest, DUO_SHA256_BYTES};
    return verify_sum(crypto, key, msg, signature);
}

static enum duo_err verify_ed25519(struct duo_crypto *crypto,
                                   const uint8_t pub[DUO_ED25519_PUBLIC_BYTES],
                                   struct duo_bytes msg,
                                   struct duo_bytes signature)
{
    struct duo_bytes key = {pub, DUO_ED25519_PUBLIC_BYTES};
    return verify_sum(crypto, key, msg, signature);
}

static const struct duo_crypto_ops counting_ops = {
    begin, update, finish, verify_p256, verify_ed25519,
};

struct bench {
    struct duo_sim_world world;
    struct counting inner;
    struct duo_sim_crypto sim;
    uint8_t pub[DUO_P256_PUBLIC_BYTES];
    uint8_t msg[200];
    uint8_t signature[200];
};

static void bench_init(struct bench *bench, enum duo_core core)
{
    memset(bench, 0, sizeof(*bench));
    duo_sim_world_init(&bench->world);
    bench->inner.crypto.ops = &counting_ops;
    duo_sim_crypto_init(&bench->sim, &bench->world, core, &bench->inner.crypto);
}

static enum duo_err p256(struct bench *bench, size_t signature_bytes)
{
    struct duo_bytes signature = {bench->signature, signature_bytes};
    return bench->sim.crypto.ops->verify_p256(&bench->sim.crypto, bench->pub,
                                              bench->msg, signature);
}

static enum duo_err ed25519(struct bench *bench, size_t msg_bytes)
{
    struct duo_bytes msg = {bench->msg, msg_bytes};
    struct duo_bytes signature = {bench->signature,
                                  DUO_ED25519_SIGNATURE_BYTES};
    return bench->sim.crypto.ops->verify_ed25519(&bench->sim.crypto, bench->pub,
                                                 msg, signature);
}

static void work_takes_the_time_of_its_core(void **state)
{
    (void)state;
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        struct bench bench;
        struct duo_crypto *crypto = &bench.sim.crypto;
        struct duo_bytes data = {bench.msg, 100};
        uint8_t digest[DUO_SHA256_BYTES];
        uint64_t hash_ns;

        bench_init(&bench, (enum duo_core)core);
        crypto->ops->sha256_begin(crypto);
        crypto->ops->sha256_update(crypto, data);
        crypto->ops->sha256_finish(crypto, digest);
        assert_int_equal(duo_load_le32(digest), duo_crc32(0, data));
        hash_ns = 100U * bench.sim.hash_ns_per_byte;
        assert_true(hash_ns > 0);
        assert_int_equal(bench.world.core_ns[core], hash_ns);
        assert_int_equal(p256(&bench, 70), DUO_OK);
        assert_int_equal(p256(&bench, 70), DUO_OK);
        /* The second was remembered, and still took the device's time. */
        assert_int_equal(bench.inner.verifications, 1);
        assert_int_equal(bench.world.core_ns[core],
                         hash_ns + 2U * bench.sim.signature_ns);
        assert_int_equal(ed25519(&bench, 32), DUO_OK);
        assert_int_equal(bench.world.core_ns[core],
                         hash_ns + 2U * bench.sim.signature_ns +
                             bench.sim.ed25519_ns);
        duo_sim_crypto_destroy(&bench.sim);
    }
}

static void the_memo_never_answers_another_question(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench, DUO_CORE_APP);
    for (unsigned round = 0; round < 2U; round++) {
        assert_int_equal(p256(&bench, 64), DUO_OK);
        assert_int_equal(p256(&bench, 65), DUO_OK); /* One zero more. */
        assert_int_equal(ed25519(&bench, 32), DUO_OK);
        assert_int_equal(ed25519(&bench, 33), DUO_OK);
        bench.signature[63] = 1;
        assert_int_equal(p256(&bench, 64), DUO_ERR_REFUSED);
        bench.msg[31] = 1;
        assert_int_equal(p256(&bench, 64), DUO_OK);
        bench.pub[63] = 1;
        assert_int_equal(p256(&bench, 64), DUO_ERR_REFUSED);
        assert_int_equal(bench.inner.verifications, 7);
        memset(bench.pub, 0, sizeof(bench.pub));
        memset(bench.msg, 0, sizeof(bench.msg));
        memset(bench.signature, 0, sizeof(bench.signature));
    }
    duo_sim_crypto_destroy(&bench.sim);
}

static void long_inputs_and_many_questions_are_asked_anew(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench, DUO_CORE_NET);
    assert_int_equal(ed25519(&bench, 200), DUO_OK);
    assert_int_equal(ed25519(&bench, 200), DUO_OK);
    assert_int_equal(p256(&bench, 200), DUO_OK);
    assert_int_equal(p256(&bench, 200), DUO_OK);
    assert_int_equal(bench.inner.verifications, 4);
    for (unsigned round = 0; round < 2U; round++) {
        for (unsigned value = 0; value < 200U; value++) {
            bench.msg[0] = (uint8_t)value;
            bench.signature[0] = (uint8_t)(value % 3U == 0 ? value : 255U);
            assert_int_equal(p256(&bench, 64),
                             value % 3U == 0 ? DUO_OK : DUO_ERR_REFUSED);
        }
    }
    assert_int_equal(bench.inner.verifications, 404);
    duo_sim_crypto_destroy(&bench.sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_takes_the_time_of_its_core),
        cmocka_unit_test(the_memo_never_answers_another_question),
        cmocka_unit_test(long_inputs_and_many_questions_are_asked_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
