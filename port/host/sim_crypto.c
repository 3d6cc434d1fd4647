/* SPDX-License-Identifier: MIT */
/* Crypto that takes its time on the virtual clock; another back end works. */
#include <stdlib.h>
#include <string.h>

#include "sim_internal.h"

/* Estimates for our crypto on a Cortex-M33, from instructions counted in an
 * emulator; docs/TESTING.md, section "Time", has the counts. In cycles: SHA-256
 * 63 for each byte, a P-256 verification 16.0 million, an Ed25519 one 10.2
 * million. The application core runs at 128 MHz, the network core at 64 MHz. */
static const struct {
    uint64_t hash_ns_per_byte;
    uint64_t signature_ns;
    uint64_t ed25519_ns;
} costs[DUO_CORE_COUNT] = {
    [DUO_CORE_APP] = {490U, 125000000U, 80000000U },
    [DUO_CORE_NET] = {980U, 250000000U, 160000000U},
};

#define MEMO_COUNT         64U
#define MEMO_MSG_BYTES     64U /* A digest; longer messages are not kept. */
#define MEMO_SIG_BYTES_MAX 80U

/* All that a verification depends on, zero-padded, so that equal questions
 * are equal bytes. */
struct question {
    uint64_t is_ed25519;
    uint64_t msg_bytes;
    uint64_t signature_bytes;
    uint8_t pub[DUO_P256_PUBLIC_BYTES];
    uint8_t msg[MEMO_MSG_BYTES];
    uint8_t signature[MEMO_SIG_BYTES_MAX];
};

struct duo_sim_crypto_memo {
    struct {
        struct question question;
        bool right;
    } answers[MEMO_COUNT];
    unsigned count;
    unsigned next;
};

static struct duo_sim_crypto *of(struct duo_crypto *crypto)
{
    return (struct duo_sim_crypto *)(void *)crypto;
}

static void sha256_begin(struct duo_crypto *crypto)
{
    of(crypto)->inner->ops->sha256_begin(of(crypto)->inner);
}

static void charge(struct duo_sim_crypto *self, uint64_t ns)
{
    self->spent_ns += ns;
    duo_sim_spend(self->world, self->core, ns);
}

static void sha256_update(struct duo_crypto *crypto, struct duo_bytes data)
{
    struct duo_sim_crypto *self = of(crypto);

    charge(self, self->hash_ns_per_byte * data.len_bytes);
    self->inner->ops->sha256_update(self->inner, data);
}

static void sha256_finish(struct duo_crypto *crypto,
                          uint8_t digest[DUO_SHA256_BYTES])
{
    of(crypto)->inner->ops->sha256_finish(of(crypto)->inner, digest);
}

static enum duo_err answer_of(bool right)
{
    return right ? DUO_OK : DUO_ERR_REFUSED;
}

static bool recall(const struct duo_sim_crypto_memo *memo,
                   const struct question *question, bool *right)
{
    for (unsigned index = 0; index < memo->count; index++) {
        if (memcmp(&memo->answers[index].question, question,
                   sizeof(*question)) == 0) {
            *right = memo->answers[index].right;
            return true;
        }
    }
    return false;
}

static void remember(struct duo_sim_crypto_memo *memo,
                     const struct question *question, bool right)
{
    memo->answers[memo->next].question = *question;
    memo->answers[memo->next].right = right;
    memo->next = (memo->next + 1U) % MEMO_COUNT;
    if (memo->count < MEMO_COUNT) {
        memo->count++;
    }
}

/* False if the inputs are too long to be remembered. */
static bool ask(struct question *question, struct duo_bytes msg,
                struct duo_bytes signature)
{
    memset(question, 0, sizeof(*question));
    if (msg.len_bytes > MEMO_MSG_BYTES ||
        signature.len_bytes > MEMO_SIG_BYTES_MAX) {
        return false;
    }
    question->msg_bytes = msg.len_bytes;
    question->signature_bytes = signature.len_bytes;
    if (msg.len_bytes > 0) {
        memcpy(question->msg, msg.data, msg.len_bytes);
    }
    if (signature.len_bytes > 0) {
        memcpy(question->signature, signature.data, signature.len_bytes);
    }
    return true;
}

static enum duo_err verify_p256(struct duo_crypto *crypto,
                                const uint8_t pub[DUO_P256_PUBLIC_BYTES],
                                const uint8_t digest[DUO_SHA256_BYTES],
                                struct duo_bytes der_signature)
{
    struct duo_sim_crypto *self = of(crypto);
    struct duo_bytes msg = {digest, DUO_SHA256_BYTES};
    struct question question;
    bool keep = ask(&question, msg, der_signature);
    bool right = false;

    charge(self, self->signature_ns);
    memcpy(question.pub, pub, DUO_P256_PUBLIC_BYTES);
    if (keep && recall(self->memo, &question, &right)) {
        return answer_of(right);
    }
    right = self->inner->ops->verify_p256(self->inner, pub, digest,
                                          der_signature) == DUO_OK;
    if (keep) {
        remember(self->memo, &question, right);
    }
    return answer_of(right);
}

static enum duo_err verify_ed25519(struct duo_crypto *crypto,
                                   const uint8_t pub[DUO_ED25519_PUBLIC_BYTES],
                                   struct duo_bytes msg,
                                   struct duo_bytes signature)
{
    struct duo_sim_crypto *self = of(crypto);
    struct question question;
    bool keep = ask(&question, msg, signature);
    bool right = false;

    charge(self, self->ed25519_ns);
    question.is_ed25519 = 1;
    memcpy(question.pub, pub, DUO_ED25519_PUBLIC_BYTES);
    if (keep && recall(self->memo, &question, &right)) {
        return answer_of(right);
    }
    right = self->inner->ops->verify_ed25519(self->inner, pub, msg,
                                             signature) == DUO_OK;
    if (keep) {
        remember(self->memo, &question, right);
    }
    return answer_of(right);
}

static const struct duo_crypto_ops sim_crypto_ops = {
    .sha256_begin = sha256_begin,
    .sha256_update = sha256_update,
    .sha256_finish = sha256_finish,
    .verify_p256 = verify_p256,
    .verify_ed25519 = verify_ed25519,
};

void duo_sim_crypto_init(struct duo_sim_crypto *crypto,
                         struct duo_sim_world *world, enum duo_core core,
                         struct duo_crypto *inner)
{
    *crypto = (struct duo_sim_crypto){
        .crypto = {&sim_crypto_ops},
        .inner = inner,
        .world = world,
        .core = core,
        .hash_ns_per_byte = costs[core].hash_ns_per_byte,
        .signature_ns = costs[core].signature_ns,
        .ed25519_ns = costs[core].ed25519_ns,
        .memo = sim_alloc(sizeof(struct duo_sim_crypto_memo)),
    };
}

void duo_sim_crypto_destroy(struct duo_sim_crypto *crypto)
{
    free(crypto->memo);
    crypto->memo = NULL;
}
