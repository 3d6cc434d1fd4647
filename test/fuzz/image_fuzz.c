/* SPDX-License-Identifier: MIT */
/* Parse and verify of hostile images.
 *
 * Input: 4 bytes that steer (slot size limit, hostile reads), then the slot's
 * content. Signatures are checked by a back end that accepts every second one,
 * and the digest is a CRC, so that a fuzzer gets past both; everything
 * else is the product's code. What must hold is asserted: a parsed image lies
 * inside its limit, an accepted one was parsed, a rejected one is cleared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duo/image.h"
#include "duo/image_format.h"
#include "image_fuzz.h"
#include "mem_flash.h"

#define WORK_BYTES 256U

/* A digest that a fuzzer can get right: CRC-32, repeated. */
struct easy_crypto {
    struct duo_crypto crypto; /* First. */
    uint32_t crc;
};

static struct easy_crypto *easy(struct duo_crypto *crypto)
{
    return (struct easy_crypto *)(void *)crypto;
}

static void easy_begin(struct duo_crypto *crypto)
{
    easy(crypto)->crc = 0;
}

static void easy_update(struct duo_crypto *crypto, struct duo_bytes data)
{
    easy(crypto)->crc = duo_crc32(easy(crypto)->crc, data);
}

static void easy_finish(struct duo_crypto *crypto,
                        uint8_t digest[DUO_SHA256_BYTES])
{
    for (size_t i = 0; i < DUO_SHA256_BYTES; i += 4) {
        duo_store_le32(&digest[i], easy(crypto)->crc);
    }
}

/* Half of the signatures are good. */
static enum duo_err easy_signature(struct duo_bytes signature)
{
    return signature.data[signature.len_bytes - 1] % 2 == 0 ? DUO_OK
                                                            : DUO_ERR_REFUSED;
}

static enum duo_err easy_p256(struct duo_crypto *crypto,
                              const uint8_t pub[DUO_P256_PUBLIC_BYTES],
                              const uint8_t digest[DUO_SHA256_BYTES],
                              struct duo_bytes der_signature)
{
    (void)crypto;
    (void)pub;
    (void)digest;
    return easy_signature(der_signature);
}

static enum duo_err easy_ed25519(struct duo_crypto *crypto,
                                 const uint8_t pub[DUO_ED25519_PUBLIC_BYTES],
                                 struct duo_bytes msg,
                                 struct duo_bytes signature)
{
    (void)crypto;
    (void)pub;
    (void)msg;
    return easy_signature(signature);
}

static const struct duo_crypto_ops easy_ops = {
    .sha256_begin = easy_begin,
    .sha256_update = easy_update,
    .sha256_finish = easy_finish,
    .verify_p256 = easy_p256,
    .verify_ed25519 = easy_ed25519,
};

/* Key hashes of one repeated byte. */
static void make_trust(struct duo_trust *trust, struct duo_public_key keys[2])
{
    memset(keys, 0, 2 * sizeof(keys[0]));
    keys[0].type = DUO_KEY_P256;
    memset(keys[0].hash, DUO_FUZZ_P256_HASH, sizeof(keys[0].hash));
    keys[1].type = DUO_KEY_ED25519;
    memset(keys[1].hash, DUO_FUZZ_ED25519_HASH, sizeof(keys[1].hash));
    *trust = (struct duo_trust){
        .keys = keys,
        .key_count = 2,
        .code = {{DUO_FUZZ_APP_ADDR, 0x10000}, {DUO_FUZZ_NET_ADDR, 0x8000}},
    };
}

struct steering {
    uint8_t read_index; /* From this read on ... */
    uint8_t kind;       /* ... 1: reads fail, 2: bytes change. */
    uint8_t mask;
    uint8_t limit_cut_bytes;
    unsigned reads;
};

static enum duo_err steered_read(void *ctx, uint32_t off_bytes, uint8_t *dst,
                                 size_t len_bytes)
{
    struct steering *steering = ctx;

    steering->reads++;
    if (steering->reads <= steering->read_index || len_bytes == 0) {
        return DUO_OK;
    }
    if (steering->kind == 1) {
        return DUO_ERR_FLASH;
    }
    if (steering->kind == 2) {
        dst[(off_bytes + steering->mask) % len_bytes] ^= steering->mask;
    }
    return DUO_OK;
}

static void require(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "image_fuzz: %s\n", what);
        abort();
    }
}

static void check_parsed(const struct duo_image_check *check,
                         const struct duo_image *image)
{
    const struct duo_code_range *code = &check->trust->code[image->core];
    uint64_t sum = (uint64_t)image->header_bytes + image->payload_bytes +
                   image->protected_tlv_bytes + DUO_TLV_INFO_BYTES;

    require(image->core < DUO_CORE_NONE, "a parsed image has a core");
    require(image->total_bytes <= check->size_bytes_max, "within its limit");
    require(sum <= image->total_bytes, "its parts are within it");
    require(image->reset_addr - code->addr < code->size_bytes,
            "it starts in its slot");
    require(image->dependency_count <= DUO_IMAGE_DEPENDENCIES_MAX,
            "the dependencies fit");
}

static bool is_cleared(const struct duo_image *image)
{
    return image->core == DUO_CORE_NONE && image->total_bytes == 0 &&
           image->reset_addr == 0 && image->payload_bytes == 0;
}

static bool run(const struct duo_image_check *check)
{
    struct duo_image image;
    enum duo_reason reason = duo_image_parse(check, &image);
    enum duo_verdict verdict;

    if (reason == DUO_REASON_NONE) {
        check_parsed(check, &image);
    } else {
        require(is_cleared(&image), "a refused image is cleared");
    }
    verdict = duo_image_verify(check, &image, &reason);
    require((verdict == DUO_VERDICT_ACCEPT) == (reason == DUO_REASON_NONE),
            "verdict and reason agree");
    if (verdict == DUO_VERDICT_ACCEPT) {
        check_parsed(check, &image);
    } else {
        require(verdict == DUO_VERDICT_REJECT, "there are two verdicts");
        require(is_cleared(&image), "a rejected image is cleared");
    }
    return verdict == DUO_VERDICT_ACCEPT;
}

bool duo_fuzz_image(const uint8_t *data, size_t len_bytes)
{
    struct easy_crypto crypto = {.crypto = {&easy_ops}};
    struct duo_public_key keys[2];
    struct duo_trust trust;
    struct duo_tool_mem_flash mem;
    struct steering steering = {0};
    _Alignas(4) uint8_t work[WORK_BYTES];
    struct duo_image_check check = {
        .area = &mem.area,
        .trust = &trust,
        .crypto = &crypto.crypto,
        .work = work,
        .work_bytes = sizeof(work),
    };

    if (len_bytes < DUO_FUZZ_STEERING_BYTES) {
        return false;
    }
    steering.read_index = data[0];
    steering.kind = data[1];
    steering.mask = data[2];
    steering.limit_cut_bytes = data[3];
    duo_tool_mem_flash_init(
        &mem, (struct duo_bytes){data + DUO_FUZZ_STEERING_BYTES,
                                 len_bytes - DUO_FUZZ_STEERING_BYTES});
    mem.on_read = steered_read;
    mem.ctx = &steering;
    make_trust(&trust, keys);
    check.size_bytes_max = mem.area.size_bytes;
    if (steering.limit_cut_bytes < check.size_bytes_max) {
        check.size_bytes_max -= steering.limit_cut_bytes;
    }
    return run(&check);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_bytes)
{
    (void)duo_fuzz_image(data, len_bytes);
    return 0;
}
