/* SPDX-License-Identifier: MIT */
/* For tests: both ends of a mailbox on one virtual clock, and a RAM flash with
 * the network flash's delays that watches its borders. Header only, since
 * every other .c file of this folder goes into the library. */
#ifndef DUO_MAILBOX_RIG_H
#define DUO_MAILBOX_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "duo/crypto_small.h"
#include "duo/image_format.h"
#include "mailbox/wire.h"

#define RIG_PAGE        DUO_MAILBOX_PAGE_BYTES
#define RIG_BOOT_BYTES  (2U * RIG_PAGE) /* Netboot's own pages. */
#define RIG_SLOT_BYTES  (12U * RIG_PAGE)
#define RIG_GUARD_BYTES RIG_PAGE /* Behind the slot. */
#define RIG_FLASH_BYTES (RIG_BOOT_BYTES + RIG_SLOT_BYTES + RIG_GUARD_BYTES)
#define RIG_BASE_ADDR   0x01000000U
#define RIG_SLOT_ADDR   (RIG_BASE_ADDR + RIG_BOOT_BYTES)
#define RIG_APP_ADDR    0x0000C000U
#define RIG_ERASE_US    87500U
#define RIG_WORD_US     43U
#define RIG_IDLE_US     50U
#define RIG_STEPS_MAX   1000U /* More without time passing is a hang. */

enum rig_op { RIG_OP_NONE, RIG_OP_READ, RIG_OP_WRITE, RIG_OP_ERASE };

struct rig_flash {
    struct duo_flash flash; /* First. */
    uint8_t data[RIG_FLASH_BYTES];
    const uint64_t *now_us;
    enum rig_op op;
    uint64_t end_us;
    uint32_t off_bytes;
    size_t len_bytes;
    uint8_t *dst;
    const uint8_t *src;
    unsigned reads;
    unsigned erases;
    unsigned writes;
    unsigned fail_op; /* The op of this number from now on fails; 0: none. */
    unsigned outside; /* Programs or erases outside the slot. */
    unsigned broken;  /* Ops that break the contract of duo/flash.h. */
};

struct rig_clock {
    struct duo_clock clock; /* First. */
    uint64_t now_us;
};

struct rig {
    struct rig_clock clock;
    struct rig_flash net;
    uint32_t mem[DUO_MAILBOX_BYTES / 4U];
    struct duo_crypto_small crypto;
    struct duo_public_key key;
    struct duo_trust trust;
    _Alignas(4) uint8_t work[512];
    struct duo_mailbox_client client;
    struct duo_netboot_config netboot_config;
    struct duo_netboot netboot;
    bool net_runs;      /* Else the network core is held, or dead. */
    unsigned protected; /* How often netboot locked itself. */
    unsigned steps;     /* Steps that did something. */
    unsigned hangs;     /* Idles in which netboot never came to rest. */
    /* A test's own doings while the application core waits: after netboot's
     * steps, so just before the client looks. */
    void (*meddle)(struct rig *rig, void *ctx);
    void *meddle_ctx;
    uint64_t random;
};

static inline uint32_t rig_random(struct rig *rig)
{
    rig->random ^= rig->random << 13;
    rig->random ^= rig->random >> 7;
    rig->random ^= rig->random << 17;
    return (uint32_t)(rig->random >> 16);
}

static inline uint64_t rig_now(const struct duo_clock *clock)
{
    return ((const struct rig_clock *)(const void *)clock)->now_us;
}

static inline struct rig_flash *rig_flash_of(struct duo_flash *flash)
{
    return (struct rig_flash *)(void *)flash;
}

static inline enum duo_err rig_flash_begin(struct rig_flash *net,
                                           enum rig_op op, uint32_t off_bytes,
                                           size_t len_bytes)
{
    bool inside = off_bytes >= RIG_BOOT_BYTES &&
                  off_bytes <= RIG_BOOT_BYTES + RIG_SLOT_BYTES &&
                  len_bytes <= RIG_BOOT_BYTES + RIG_SLOT_BYTES - off_bytes;

    if (!inside) {
        net->outside++;
        return DUO_ERR_FLASH;
    }
    if (net->op != RIG_OP_NONE) {
        net->broken++;
        return DUO_ERR_FLASH;
    }
    if (net->fail_op > 0 && --net->fail_op == 0) {
        return DUO_ERR_FLASH;
    }
    net->op = op;
    net->off_bytes = off_bytes;
    net->len_bytes = len_bytes;
    net->end_us = *net->now_us;
    return DUO_OK;
}

static inline enum duo_err rig_start_read(struct duo_flash *flash,
                                          uint32_t off_bytes, void *dst,
                                          size_t len_bytes)
{
    struct rig_flash *net = rig_flash_of(flash);
    net->dst = dst;
    net->reads++;
    return rig_flash_begin(net, RIG_OP_READ, off_bytes, len_bytes);
}

static inline enum duo_err rig_start_write(struct duo_flash *flash,
                                           uint32_t off_bytes, const void *src,
                                           size_t len_bytes)
{
    struct rig_flash *net = rig_flash_of(flash);
    enum duo_err err = rig_flash_begin(net, RIG_OP_WRITE, off_bytes, len_bytes);

    net->src = src;
    net->broken += off_bytes % 4U != 0 || len_bytes % 4U != 0;
    net->writes++;
    net->end_us += len_bytes / 4U * RIG_WORD_US;
    return err;
}

static inline enum duo_err rig_start_erase(struct duo_flash *flash,
                                           uint32_t off_bytes)
{
    struct rig_flash *net = rig_flash_of(flash);
    enum duo_err err = rig_flash_begin(net, RIG_OP_ERASE, off_bytes, RIG_PAGE);

    net->broken += off_bytes % RIG_PAGE != 0;
    net->erases++;
    net->end_us += RIG_ERASE_US;
    return err;
}

static inline enum duo_err rig_poll(struct duo_flash *flash)
{
    struct rig_flash *net = rig_flash_of(flash);
    uint8_t *at = net->data + net->off_bytes;

    if (net->op != RIG_OP_NONE && *net->now_us < net->end_us) {
        return DUO_ERR_BUSY;
    }
    switch (net->op) {
    case RIG_OP_NONE: break;
    case RIG_OP_READ: memcpy(net->dst, at, net->len_bytes); break;
    case RIG_OP_WRITE:
        for (size_t i = 0; i < net->len_bytes; i++) {
            at[i] &= net->src[i];
        }
        break;
    case RIG_OP_ERASE: memset(at, 0xFF, net->len_bytes); break;
    }
    net->op = RIG_OP_NONE;
    return DUO_OK;
}

static inline void rig_flash_idle(struct duo_flash *flash)
{
    (void)flash; /* Only verify waits here, and reads end at once. */
}

/* Let time pass and the network core run until it has nothing to do. */
static inline void rig_idle(void *ctx)
{
    struct rig *rig = ctx;
    unsigned steps = 0;

    rig->clock.now_us += RIG_IDLE_US;
    while (rig->net_runs && duo_netboot_step(&rig->netboot)) {
        rig->steps++;
        if (++steps == RIG_STEPS_MAX) {
            rig->hangs++;
            break;
        }
    }
    if (rig->meddle != NULL) {
        rig->meddle(rig, rig->meddle_ctx);
    }
}

static inline void rig_protect(void *ctx)
{
    struct rig *rig = ctx;
    rig->protected ++;
}

/* Release the network core from force-off: its RAM is lost, it boots. */
static inline void rig_release(struct rig *rig)
{
    duo_netboot_init(&rig->netboot, &rig->netboot_config);
    rig->net.op = RIG_OP_NONE;
    rig->net_runs = true;
}

/* A key pair from a fixed seed, so that all bytes of a run are the same. */
static inline EVP_PKEY *rig_key(uint8_t seed)
{
    uint8_t bytes[32];
    EVP_PKEY *pkey;

    memset(bytes, seed, sizeof(bytes));
    pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, bytes,
                                        sizeof(bytes));
    assert_non_null(pkey);
    return pkey;
}

static inline void rig_public_key(uint8_t seed, struct duo_public_key *key)
{
    EVP_PKEY *pkey = rig_key(seed);
    size_t len_bytes = DUO_ED25519_PUBLIC_BYTES;

    memset(key, 0, sizeof(*key));
    key->type = DUO_KEY_ED25519;
    assert_int_equal(EVP_PKEY_get_raw_public_key(pkey, key->pub, &len_bytes),
                     1);
    memset(key->hash, seed, sizeof(key->hash)); /* Stands for the DER's. */
    EVP_PKEY_free(pkey);
}

static inline void rig_init(struct rig *rig)
{
    memset(rig, 0, sizeof(*rig));
    rig->random = 0x9E3779B97F4A7C15U;
    rig->clock.clock.now_us = rig_now;
    for (size_t i = 0; i < DUO_MAILBOX_BYTES / 4U; i++) {
        rig->mem[i] = rig_random(rig); /* RAM after power-on. */
    }
    memset(rig->net.data, 0xFF, sizeof(rig->net.data));
    static const struct duo_flash_ops ops = {
        .start_read = rig_start_read,
        .start_write = rig_start_write,
        .start_erase = rig_start_erase,
        .poll = rig_poll,
        .idle = rig_flash_idle,
    };
    rig->net.now_us = &rig->clock.now_us;
    rig->net.flash = (struct duo_flash){
        .ops = &ops,
        .geometry = {RIG_FLASH_BYTES, RIG_BASE_ADDR, RIG_PAGE, 4, 0xFF},
        .name = "net",
    };
    duo_crypto_small_init(&rig->crypto);
    rig_public_key(1, &rig->key);
    rig->trust = (struct duo_trust){
        .keys = &rig->key,
        .key_count = 1,
        .code = {{RIG_APP_ADDR, 0xF0000}, {RIG_SLOT_ADDR, RIG_SLOT_BYTES}},
    };
    rig->netboot_config = (struct duo_netboot_config){
        .mem = rig->mem,
        .slot = {&rig->net.flash, RIG_BOOT_BYTES, RIG_SLOT_BYTES},
        .trust = &rig->trust,
        .crypto = &rig->crypto.crypto,
        .clock = &rig->clock.clock,
        .protect = rig_protect,
        .ctx = rig,
        .work = rig->work,
        .work_bytes = sizeof(rig->work),
        .version = { 1,              2,              3,              4},
    };
    const struct duo_mailbox_client_config client_config = {
        .mem = rig->mem,
        .clock = &rig->clock.clock,
        .idle = rig_idle,
        .ctx = rig,
    };
    duo_mailbox_client_init(&rig->client, &client_config);
}

static inline void rig_open(struct rig *rig, uint32_t session)
{
    rig->net_runs = false;
    duo_mailbox_request_session(&rig->client, session);
    rig_release(rig);
    assert_int_equal(duo_mailbox_open(&rig->client), DUO_OK);
}

static inline struct duo_area rig_area(struct rig *rig)
{
    return (struct duo_area){&rig->client.flash, 0, RIG_SLOT_BYTES};
}

static inline uint8_t *rig_slot(struct rig *rig)
{
    return rig->net.data + RIG_BOOT_BYTES;
}

/* What an image is to be like; zeros give a small one. */
struct rig_image {
    enum duo_core core;
    uint8_t key_seed;
    uint8_t version_minor;
    uint32_t payload_bytes;
};

static inline size_t rig_put_tlv(uint8_t *at, uint16_t type, const void *value,
                                 uint16_t len_bytes)
{
    duo_store_le16(at, type);
    duo_store_le16(at + 2, len_bytes);
    memcpy(at + 4, value, len_bytes);
    return 4U + len_bytes;
}

/* Build a signed image; returns its length. @p image has room for a slot. */
static inline size_t rig_build(const struct rig_image *want, uint8_t *image)
{
    const uint32_t header_bytes = 512;
    bool net = want->core == DUO_CORE_NET;
    size_t signed_bytes = header_bytes + want->payload_bytes;
    size_t total_bytes = signed_bytes + 4U;
    size_t sig_bytes = DUO_ED25519_SIGNATURE_BYTES;
    uint8_t digest[DUO_SHA256_BYTES];
    uint8_t signature[DUO_ED25519_SIGNATURE_BYTES];
    uint8_t hash[DUO_SHA256_BYTES];
    EVP_PKEY *pkey = rig_key(want->key_seed);
    EVP_MD_CTX *md = EVP_MD_CTX_new();

    memset(image, 0, header_bytes);
    duo_store_le32(image, 0x96F3B83DU);
    duo_store_le16(image + 8, (uint16_t)header_bytes);
    duo_store_le32(image + 12, want->payload_bytes);
    image[20] = 2;
    image[21] = want->version_minor;
    for (uint32_t i = 0; i < want->payload_bytes; i++) {
        image[header_bytes + i] = (uint8_t)(i * 7U + (i >> 8));
    }
    duo_store_le32(image + header_bytes, net ? 0x21010000U : 0x20010000U);
    duo_store_le32(image + header_bytes + 4,
                   (net ? RIG_SLOT_ADDR : RIG_APP_ADDR) + header_bytes + 9U);
    assert_int_equal(
        EVP_Digest(image, signed_bytes, digest, NULL, EVP_sha256(), NULL), 1);
    assert_int_equal(EVP_DigestSignInit(md, NULL, NULL, NULL, pkey), 1);
    assert_int_equal(
        EVP_DigestSign(md, signature, &sig_bytes, digest, sizeof(digest)), 1);
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(pkey);
    memset(hash, want->key_seed, sizeof(hash));
    total_bytes += rig_put_tlv(image + total_bytes, 0x10, digest, 32);
    total_bytes += rig_put_tlv(image + total_bytes, 0x01, hash, 32);
    total_bytes += rig_put_tlv(image + total_bytes, 0x24, signature, 64);
    duo_store_le16(image + signed_bytes, 0x6907);
    duo_store_le16(image + signed_bytes + 2,
                   (uint16_t)(total_bytes - signed_bytes));
    return total_bytes;
}

/* Put a good image into the network slot as if it had always been there. */
static inline size_t rig_install(struct rig *rig, const struct rig_image *want)
{
    memset(rig_slot(rig), 0xFF, RIG_SLOT_BYTES);
    return rig_build(want, rig_slot(rig));
}

static const struct rig_image rig_good_image = {
    .core = DUO_CORE_NET,
    .key_seed = 1,
    .version_minor = 5,
    .payload_bytes = 5000,
};

#endif
