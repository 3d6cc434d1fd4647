/* SPDX-License-Identifier: MIT */
/* Good inputs for image_fuzz.c: images that its easy crypto accepts. */
#include <string.h>

#include "duo/bytes.h"
#include "duo/image.h"
#include "duo/image_format.h"
#include "image_fuzz.h"

struct writer {
    uint8_t *at;
    uint8_t *begin;
};

static void put(struct writer *writer, const void *data, size_t len_bytes)
{
    memcpy(writer->at, data, len_bytes);
    writer->at += len_bytes;
}

static void put_fill(struct writer *writer, uint8_t value, size_t len_bytes)
{
    memset(writer->at, value, len_bytes);
    writer->at += len_bytes;
}

static void put_u16(struct writer *writer, uint32_t value)
{
    duo_store_le16(writer->at, (uint16_t)value);
    writer->at += 2;
}

static void put_u32(struct writer *writer, uint32_t value)
{
    duo_store_le32(writer->at, value);
    writer->at += 4;
}

static void put_head(struct writer *writer, uint16_t type, uint32_t len_bytes)
{
    put_u16(writer, type);
    put_u16(writer, len_bytes);
}

static void put_protected(struct writer *writer, uint8_t core)
{
    static const uint8_t dependency[DUO_TLV_DEPENDENCY_BYTES] = {1, 0, 0, 0, 1};
    uint8_t target[DUO_TLV_TARGET_BYTES] = {DUO_TLV_TARGET_VERSION, core};

    put_head(writer, DUO_TLV_MAGIC_PROTECTED, 4 + 8 + 16 + 8);
    put_head(writer, DUO_TLV_SECURITY_COUNTER, 4);
    put_u32(writer, 5);
    put_head(writer, DUO_TLV_DEPENDENCY, sizeof(dependency));
    put(writer, dependency, sizeof(dependency));
    put_head(writer, DUO_TLV_TARGET, sizeof(target));
    put(writer, target, sizeof(target));
}

static void put_unprotected(struct writer *writer, bool is_ed25519)
{
    uint32_t crc =
        duo_crc32(0, (struct duo_bytes){writer->begin,
                                        (size_t)(writer->at - writer->begin)});

    put_head(writer, DUO_TLV_MAGIC_UNPROTECTED, 4 + 36 + 36 + 68);
    put_head(writer, DUO_TLV_SHA256, DUO_SHA256_BYTES);
    for (unsigned i = 0; i < DUO_SHA256_BYTES / 4; i++) {
        put_u32(writer, crc);
    }
    put_head(writer, DUO_TLV_KEYHASH, DUO_SHA256_BYTES);
    put_fill(writer, is_ed25519 ? DUO_FUZZ_ED25519_HASH : DUO_FUZZ_P256_HASH,
             DUO_SHA256_BYTES);
    put_head(writer, is_ed25519 ? DUO_TLV_ED25519 : DUO_TLV_ECDSA_SIG,
             DUO_ED25519_SIGNATURE_BYTES);
    put_fill(writer, 0, DUO_ED25519_SIGNATURE_BYTES);
}

size_t duo_fuzz_seed(unsigned variant, uint8_t seed[DUO_FUZZ_SEED_BYTES_MAX])
{
    struct writer writer = {seed, seed + DUO_FUZZ_STEERING_BYTES};
    bool is_net = (variant & 1) != 0;
    bool is_ed25519 = (variant & 2) != 0;
    bool is_plain = variant >= 4;
    uint32_t payload_bytes = is_net ? 300 : 64;
    uint32_t code_addr = is_net ? DUO_FUZZ_NET_ADDR : DUO_FUZZ_APP_ADDR;

    put_u32(&writer, 0); /* No hostile reads, no cut. */
    put_u32(&writer, DUO_IMAGE_MAGIC);
    put_u32(&writer, is_plain ? code_addr : 0);
    put_u16(&writer, DUO_IMAGE_HEADER_BYTES);
    put_u16(&writer, is_plain ? 0 : 4 + 8 + 16 + 8);
    put_u32(&writer, payload_bytes);
    put_u32(&writer, is_plain ? DUO_IMAGE_FLAG_ROM_FIXED : 0);
    put_u32(&writer, 0x00030201);
    put_u32(&writer, 4);
    put_u32(&writer, 0);
    put_u32(&writer, is_net ? 0x21010000U : 0x20080000U);
    put_u32(&writer, (code_addr + DUO_IMAGE_HEADER_BYTES + 8U) | 1U);
    put_fill(&writer, (uint8_t)(variant + 1),
             payload_bytes - DUO_IMAGE_VECTOR_BYTES);
    if (!is_plain) {
        put_protected(&writer, is_net ? 1 : 0);
    }
    put_unprotected(&writer, is_ed25519);
    return (size_t)(writer.at - seed);
}
