/* SPDX-License-Identifier: MIT */
/* The rows of image_reason_test.c: images made with some options, and what is
 * then changed in their bytes. Only that file includes this one. */
#ifndef DUO_IMAGE_REASON_ROWS_H
#define DUO_IMAGE_REASON_ROWS_H

#include "duo/image.h"
#include "fixture.h"

static struct duo_tool_fixture fixture;

/* The image of every row: no protected area unless the row asks for one. */
#define HEADER_BYTES  64U
#define PAYLOAD_BYTES 128U
#define TLV_OFF       (HEADER_BYTES + PAYLOAD_BYTES)
#define TAIL_BYTES    64U /* Erased bytes behind the image in its slot. */
/* Unprotected entries of an image without a protected area. */
#define DIGEST_OFF    (TLV_OFF + 4U)
#define KEYHASH_OFF   (DIGEST_OFF + 36U)
#define SIGNATURE_OFF (KEYHASH_OFF + 36U)

struct change {
    uint8_t width_bytes; /* 0: no change; IN_APP_SLOT: see below. */
    uint32_t off_bytes;
    uint32_t value;
};

/* Or'ed to the width: the value counts from the application's slot. */
#define IN_APP_SLOT 0x80U

enum signer { BY_P256, BY_ED25519, BY_STRANGER, BY_NOBODY };

struct row {
    const char *name;
    enum duo_reason reason;
    void (*options)(struct duo_tool_sign_options *options);
    enum signer signer;
    struct change changes[3];
};

#define MIXED(type, len)    \
    {                       \
        type,               \
        {                   \
            some_bytes, len \
        }                   \
    }

static const uint8_t some_bytes[64] = {1, 2, 3};
static const uint8_t bad_core[12] = {2};

static void custom(struct duo_tool_sign_options *options,
                   const struct duo_tool_tlv *tlvs, size_t count)
{
    options->custom = (struct duo_tool_tlvs){tlvs, count};
}

static void loose(struct duo_tool_sign_options *options,
                  const struct duo_tool_tlv *tlv)
{
    options->loose = (struct duo_tool_tlvs){tlv, 1};
}

static void with_counter(struct duo_tool_sign_options *options)
{
    options->has_security_counter = true;
}

static void with_counter_twice(struct duo_tool_sign_options *options)
{
    static const struct duo_tool_tlv tlv = MIXED(DUO_TLV_SECURITY_COUNTER, 4);
    options->has_security_counter = true;
    custom(options, &tlv, 1);
}

static void with_short_counter(struct duo_tool_sign_options *options)
{
    static const struct duo_tool_tlv tlv = MIXED(DUO_TLV_SECURITY_COUNTER, 3);
    custom(options, &tlv, 1);
}

static void with_target(struct duo_tool_sign_options *options)
{
    options->target_tlv = true;
}

static void with_target_net(struct duo_tool_sign_options *options)
{
    options->target_tlv = true;
    options->core = DUO_CORE_NET;
}

static void with_target_twice(struct duo_tool_sign_options *options)
{
    static const uint8_t app[4] = {1, 0, 0, 0};
    static const struct duo_tool_tlv tlv = {
        DUO_TLV_TARGET, {app, 4}
    };
    options->target_tlv = true;
    custom(options, &tlv, 1);
}

static void with_long_target(struct duo_tool_sign_options *options)
{
    static const struct duo_tool_tlv tlv = MIXED(DUO_TLV_TARGET, 5);
    custom(options, &tlv, 1);
}

static void with_short_dependency(struct duo_tool_sign_options *options)
{
    static const struct duo_tool_tlv tlv = MIXED(DUO_TLV_DEPENDENCY, 11);
    custom(options, &tlv, 1);
}

static void with_dependency_on_2(struct duo_tool_sign_options *options)
{
    static const struct duo_tool_tlv tlv = {
        DUO_TLV_DEPENDENCY, {bad_core, sizeof(bad_core)}
    };
    custom(options, &tlv, 1);
}

static void with_dependencies(struct duo_tool_sign_options *options,
                              size_t count)
{
    static const struct duo_dependency dependencies[5];
    options->dependencies = dependencies;
    options->dependency_count = count;
}

static void with_4_dependencies(struct duo_tool_sign_options *options)
{
    with_dependencies(options, 4);
}

static void with_5_dependencies(struct duo_tool_sign_options *options)
{
    with_dependencies(options, 5);
}

/* Types that MCUboot skips when they are signed. */
static void with_unknown_protected(struct duo_tool_sign_options *options)
{
    static const struct duo_tool_tlv tlvs[] = {
        MIXED(DUO_TLV_BOOT_RECORD, 60), MIXED(DUO_TLV_UUID_VID, 16),
        MIXED(DUO_TLV_UUID_CID, 16), MIXED(0x00A5, 0), MIXED(0xFFFE, 64)};
    custom(options, tlvs, 5);
}

#define LOOSE(name, type, len)                                   \
    static void name(struct duo_tool_sign_options *options)      \
    {                                                            \
        static const struct duo_tool_tlv tlv = MIXED(type, len); \
        loose(options, &tlv);                                    \
    }

LOOSE(loose_counter, DUO_TLV_SECURITY_COUNTER, 4)
LOOSE(loose_dependency, DUO_TLV_DEPENDENCY, 12)
LOOSE(loose_target, DUO_TLV_TARGET, 4)
LOOSE(loose_unknown, 0x00A5, 4)
LOOSE(loose_digest, DUO_TLV_SHA256, 32)
LOOSE(loose_sha512, DUO_TLV_SHA512, 64)
LOOSE(loose_pure, DUO_TLV_SIG_PURE, 1)
LOOSE(loose_key, DUO_TLV_KEYHASH, 32)
LOOSE(loose_short_key, DUO_TLV_KEYHASH, 31)
LOOSE(loose_public_key, DUO_TLV_PUBKEY, 64)
LOOSE(loose_signature, DUO_TLV_ECDSA_SIG, 64)
LOOSE(loose_rsa, DUO_TLV_RSA2048, 64)
LOOSE(loose_encryption, DUO_TLV_ENC_EC256, 64)

static void with_rom_fixed(struct duo_tool_sign_options *options)
{
    options->flags = DUO_IMAGE_FLAG_ROM_FIXED;
    options->load_addr = fixture.board.trust.code[DUO_CORE_APP].addr;
}

static void with_rom_fixed_elsewhere(struct duo_tool_sign_options *options)
{
    options->flags = DUO_IMAGE_FLAG_ROM_FIXED;
    options->load_addr = fixture.board.trust.code[DUO_CORE_NET].addr;
}

#define NO_OPTIONS NULL
#define SP_OFF     HEADER_BYTES
#define RESET_OFF  (HEADER_BYTES + 4U)

/* clang-format off */
static const struct row rows[] = {
    {"flag PIC",            DUO_REASON_FLAGS, NO_OPTIONS, BY_P256, {{4, 16, 0x001}}},
    {"flag 2",              DUO_REASON_FLAGS, NO_OPTIONS, BY_P256, {{4, 16, 0x002}}},
    {"flag AES-128",        DUO_REASON_FLAGS, NO_OPTIONS, BY_P256, {{4, 16, 0x004}}},
    {"flag AES-256",        DUO_REASON_FLAGS, NO_OPTIONS, BY_P256, {{4, 16, 0x008}}},
    {"flag non-bootable",   DUO_REASON_FLAGS, NO_OPTIONS, BY_P256, {{4, 16, 0x010}}},
    {"flag RAM-load",       DUO_REASON_FLAGS, NO_OPTIONS, BY_P256, {{4, 16, 0x020}}},
    {"flag LZMA1",          DUO_REASON_FLAGS, NO_OPTIONS, BY_P256, {{4, 16, 0x200}}},
    {"flag LZMA2",          DUO_REASON_FLAGS, NO_OPTIONS, BY_P256, {{4, 16, 0x400}}},
    {"flag Thumb filter",   DUO_REASON_FLAGS, NO_OPTIONS, BY_P256, {{4, 16, 0x800}}},
    {"flag 31 unknown",     DUO_REASON_FLAGS, with_rom_fixed, BY_P256, {{4, 16, 0x80000100}}},
    {"rom-fixed accepted",  DUO_REASON_NONE, with_rom_fixed, BY_P256, {{0}}},
    {"rom-fixed elsewhere", DUO_REASON_LOAD_ADDRESS, with_rom_fixed_elsewhere, BY_P256, {{0}}},
    {"old magic",           DUO_REASON_MAGIC, NO_OPTIONS, BY_P256, {{4, 0, 0x96F3B83C}}},
    {"half erased header",  DUO_REASON_MAGIC, NO_OPTIONS, BY_P256, {{4, 0, 0xFFFFFFFF}}},

    {"header of 0",         DUO_REASON_HEADER_SIZE, NO_OPTIONS, BY_P256, {{2, 8, 0}}},
    {"header of 28",        DUO_REASON_HEADER_SIZE, NO_OPTIONS, BY_P256, {{2, 8, 28}}},
    {"header of 66",        DUO_REASON_HEADER_SIZE, NO_OPTIONS, BY_P256, {{2, 8, 66}}},
    {"header of 65532",     DUO_REASON_TOO_LARGE, NO_OPTIONS, BY_P256, {{2, 8, 65532}}},
    {"payload of 4 GB - 1", DUO_REASON_TOO_LARGE, NO_OPTIONS, BY_P256, {{4, 12, 0xFFFFFFFF}}},
    {"sum wraps to 0",      DUO_REASON_TOO_LARGE, NO_OPTIONS, BY_P256, {{4, 12, 0U - HEADER_BYTES}}},
    {"sum wraps to 32",   DUO_REASON_TOO_LARGE, NO_OPTIONS, BY_P256, {{4, 12, 0U - HEADER_BYTES + 32U}}},
    {"sum with protected wraps", DUO_REASON_TOO_LARGE, NO_OPTIONS, BY_P256, {{4, 12, 0U - HEADER_BYTES - 0x8000}, {2, 10, 0x8000}}},
    {"protected too long",  DUO_REASON_TOO_LARGE, with_counter, BY_P256, {{2, 10, 0xFFFF}}},
    {"unprotected too long", DUO_REASON_TOO_LARGE, NO_OPTIONS, BY_P256, {{2, TLV_OFF + 2, 0xFFFF}}},
    {"no room for TLVs",    DUO_REASON_TOO_LARGE, NO_OPTIONS, BY_ED25519, {{4, 12, PAYLOAD_BYTES + 4 + 36 + 36 + 68 + TAIL_BYTES - 3}}},

    {"payload of 0",        DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4, 12, 0}}},
    {"payload of 7",        DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4, 12, 7}}},
    {"reset without Thumb", DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4 | IN_APP_SLOT, RESET_OFF, HEADER_BYTES + 32}}},
    {"reset before payload", DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4 | IN_APP_SLOT, RESET_OFF, 1}}},
    {"reset behind payload", DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4 | IN_APP_SLOT, RESET_OFF, TLV_OFF + 1}}},
    {"reset erased",        DUO_REASON_CORE_UNKNOWN, NO_OPTIONS, BY_P256, {{4, RESET_OFF, 0xFFFFFFFF}}},
    {"reset in appboot",    DUO_REASON_CORE_UNKNOWN, NO_OPTIONS, BY_P256, {{4, RESET_OFF, 0x00000101}}},
    {"reset in RAM",        DUO_REASON_CORE_UNKNOWN, NO_OPTIONS, BY_P256, {{4, RESET_OFF, 0x20000101}}},
    {"stack erased",        DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4, SP_OFF, 0xFFFFFFFF}}},
    {"stack odd",           DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4, SP_OFF, 0x20000802}}},
    {"stack at RAM start",  DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4, SP_OFF, 0x20000000}}},
    {"stack behind RAM",    DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4, SP_OFF, 0x20080004}}},
    {"stack in other RAM",  DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4, SP_OFF, 0x21001000}}},
    {"stack in flash",      DUO_REASON_VECTOR_TABLE, NO_OPTIONS, BY_P256, {{4, SP_OFF, 0x00001000}}},
    {"target net, linked app", DUO_REASON_CORE_MISMATCH, with_target_net, BY_P256, {{0}}},
    {"target version 2",    DUO_REASON_CORE_MISMATCH, with_target, BY_P256, {{1, TLV_OFF + 8, 2}}},
    {"target reserved used", DUO_REASON_CORE_MISMATCH, with_target, BY_P256, {{1, TLV_OFF + 11, 1}}},
    {"target twice",        DUO_REASON_TLV_DUPLICATE, with_target_twice, BY_P256, {{0}}},
    {"target of 5 bytes",   DUO_REASON_TLV_LENGTH, with_long_target, BY_P256, {{0}}},

    {"no TLV area",         DUO_REASON_TLV_MAGIC, NO_OPTIONS, BY_P256, {{2, TLV_OFF, 0xFFFF}}},
    {"no protected area",   DUO_REASON_TLV_MAGIC, with_counter, BY_P256, {{2, TLV_OFF, 0x6906}}},
    {"no area behind protected", DUO_REASON_TLV_MAGIC, with_counter, BY_P256, {{2, TLV_OFF + 12, 0x6906}}},
    {"protected twice",     DUO_REASON_TLV_PROTECTED_SIZE, with_counter, BY_P256, {{2, TLV_OFF + 12, 0x6908}}},
    {"protected, header says none", DUO_REASON_TLV_PROTECTED_SIZE, with_counter, BY_P256, {{2, 10, 0}}},
    {"none, header says protected", DUO_REASON_TLV_PROTECTED_SIZE, NO_OPTIONS, BY_P256, {{2, 10, 12}}},
    {"protected sizes differ", DUO_REASON_TLV_PROTECTED_SIZE, with_counter, BY_P256, {{2, TLV_OFF + 2, 16}}},
    {"protected of 3",      DUO_REASON_TLV_PROTECTED_SIZE, with_counter, BY_P256, {{2, TLV_OFF + 2, 3}, {2, 10, 3}}},
    {"unprotected of 3",    DUO_REASON_TLV_SIZE, NO_OPTIONS, BY_P256, {{2, TLV_OFF + 2, 3}}},
    {"unprotected of 0",    DUO_REASON_TLV_SIZE, NO_OPTIONS, BY_P256, {{2, TLV_OFF + 2, 0}}},
    {"area ends in a head", DUO_REASON_TLV_SIZE, NO_OPTIONS, BY_P256, {{2, TLV_OFF + 2, 4 + 36 + 3}}},
    {"value behind area",   DUO_REASON_TLV_SIZE, NO_OPTIONS, BY_P256, {{2, KEYHASH_OFF + 2, 0xFFFF}}},
    {"value into next area", DUO_REASON_TLV_SIZE, with_counter, BY_P256, {{2, TLV_OFF + 6, 5}}},

    {"loose counter",       DUO_REASON_TLV_NOT_ALLOWED, loose_counter, BY_P256, {{0}}},
    {"loose dependency",    DUO_REASON_TLV_NOT_ALLOWED, loose_dependency, BY_P256, {{0}}},
    {"loose target",        DUO_REASON_TLV_NOT_ALLOWED, loose_target, BY_P256, {{0}}},
    {"loose vendor TLV",    DUO_REASON_TLV_NOT_ALLOWED, loose_unknown, BY_P256, {{0}}},
    {"loose encryption key", DUO_REASON_NONE, loose_encryption, BY_P256, {{0}}},
    {"signed vendor TLVs",  DUO_REASON_NONE, with_unknown_protected, BY_ED25519, {{0}}},
    {"counter twice",       DUO_REASON_TLV_DUPLICATE, with_counter_twice, BY_P256, {{0}}},
    {"counter of 3 bytes",  DUO_REASON_TLV_LENGTH, with_short_counter, BY_P256, {{0}}},
    {"short dependency",    DUO_REASON_DEPENDENCY_FORMAT, with_short_dependency, BY_P256, {{0}}},
    {"dependency on image 2", DUO_REASON_DEPENDENCY_FORMAT, with_dependency_on_2, BY_P256, {{0}}},
    {"4 dependencies",      DUO_REASON_NONE, with_4_dependencies, BY_P256, {{0}}},
    {"5 dependencies",      DUO_REASON_DEPENDENCY_COUNT, with_5_dependencies, BY_P256, {{0}}},

    {"no digest",           DUO_REASON_DIGEST_MISSING, NO_OPTIONS, BY_P256, {{2, DIGEST_OFF, DUO_TLV_KEYHASH}}},
    {"empty area",          DUO_REASON_DIGEST_MISSING, NO_OPTIONS, BY_P256, {{2, TLV_OFF + 2, 4}}},
    {"digest twice",        DUO_REASON_TLV_DUPLICATE, loose_digest, BY_P256, {{0}}},
    {"SHA-384",             DUO_REASON_DIGEST_TYPE, NO_OPTIONS, BY_P256, {{2, DIGEST_OFF, DUO_TLV_SHA384}}},
    {"SHA-512 too",         DUO_REASON_DIGEST_TYPE, loose_sha512, BY_P256, {{0}}},
    {"payload changed",     DUO_REASON_DIGEST_MISMATCH, NO_OPTIONS, BY_P256, {{4, HEADER_BYTES + 16, 0}}},
    {"version changed",     DUO_REASON_DIGEST_MISMATCH, NO_OPTIONS, BY_P256, {{1, 20, 9}}},
    {"counter changed",     DUO_REASON_DIGEST_MISMATCH, with_counter, BY_P256, {{4, TLV_OFF + 8, 9}}},
    {"digest changed",      DUO_REASON_DIGEST_MISMATCH, NO_OPTIONS, BY_ED25519, {{4, DIGEST_OFF + 8, 9}}},

    {"stranger's key",      DUO_REASON_KEY_UNKNOWN, NO_OPTIONS, BY_STRANGER, {{0}}},
    {"key hash changed",    DUO_REASON_KEY_UNKNOWN, NO_OPTIONS, BY_P256, {{4, KEYHASH_OFF + 4, 9}}},
    {"key hash of 31",      DUO_REASON_TLV_LENGTH, loose_short_key, BY_P256, {{0}}},
    {"whole key only",      DUO_REASON_SIGNATURE_MISSING, loose_public_key, BY_NOBODY, {{0}}},
    {"not signed",          DUO_REASON_SIGNATURE_MISSING, NO_OPTIONS, BY_NOBODY, {{0}}},
    {"key without signature", DUO_REASON_SIGNATURE_MISSING, loose_key, BY_NOBODY, {{0}}},
    {"signature without key", DUO_REASON_KEY_UNKNOWN, loose_signature, BY_NOBODY, {{0}}},
    {"signature without key, then a good one", DUO_REASON_NONE, loose_signature, BY_P256, {{0}}},
    {"RSA only",            DUO_REASON_SIGNATURE_TYPE, loose_rsa, BY_NOBODY, {{0}}},
    {"RSA of another, then a good one", DUO_REASON_NONE, loose_rsa, BY_ED25519, {{0}}},
    {"pure signature",      DUO_REASON_SIGNATURE_TYPE, loose_pure, BY_ED25519, {{0}}},
    {"RSA by a P-256 key",  DUO_REASON_SIGNATURE_TYPE, NO_OPTIONS, BY_P256, {{2, SIGNATURE_OFF, DUO_TLV_RSA3072}}},
    {"Ed25519 by a P-256 key", DUO_REASON_SIGNATURE_TYPE, NO_OPTIONS, BY_P256, {{2, SIGNATURE_OFF, DUO_TLV_ED25519}}},
    {"Ed25519 signature of 60", DUO_REASON_TLV_LENGTH, NO_OPTIONS, BY_ED25519, {{2, SIGNATURE_OFF + 2, 60}, {2, TLV_OFF + 2, 4 + 36 + 36 + 64}}},
    {"P-256 signature of 7", DUO_REASON_TLV_LENGTH, NO_OPTIONS, BY_P256, {{2, SIGNATURE_OFF + 2, 7}, {2, TLV_OFF + 2, 4 + 36 + 36 + 11}}},
    {"P-256 signature not DER", DUO_REASON_SIGNATURE_BAD, NO_OPTIONS, BY_P256, {{2, SIGNATURE_OFF + 2, 64}, {2, TLV_OFF + 2, 4 + 36 + 36 + 68}}},
    {"P-256 signature changed", DUO_REASON_SIGNATURE_BAD, NO_OPTIONS, BY_P256, {{1, SIGNATURE_OFF + 20, 0x5A}, {1, SIGNATURE_OFF + 21, 0xA5}}},
    {"Ed25519 signature changed", DUO_REASON_SIGNATURE_BAD, NO_OPTIONS, BY_ED25519, {{4, SIGNATURE_OFF + 20, 9}}},
};
/* clang-format on */

#endif
