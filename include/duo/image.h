/* SPDX-License-Identifier: MIT */
/* MCUboot's image format, read from any flash device: parse, verify, and tell
 * the core that an image is for. Bytes: docs/FORMAT.md section 1. */
#ifndef DUO_IMAGE_H
#define DUO_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/bytes.h"
#include "duo/crypto.h"
#include "duo/flash.h"
#include "duo/reason.h"

#define DUO_IMAGE_HEADER_BYTES     32U
#define DUO_IMAGE_DEPENDENCIES_MAX 4U

/* The numbers are MCUboot's image indexes. */
enum duo_core {
    DUO_CORE_APP = 0,
    DUO_CORE_NET = 1,
    DUO_CORE_NONE = 2, /* Not known. */
};
#define DUO_CORE_COUNT 2U

struct duo_version {
    uint8_t major;
    uint8_t minor;
    uint16_t revision;
    uint32_t build; /* Not compared, as in MCUboot by default. */
};

struct duo_dependency {
    enum duo_core core;
    struct duo_version version_min;
};

/* A parsed and range-checked image. */
struct duo_image {
    struct duo_version version;
    uint32_t flags;
    uint32_t load_addr;
    uint32_t header_bytes;
    uint32_t payload_bytes;
    uint32_t protected_tlv_bytes; /* 0 if there is no protected area. */
    uint32_t total_bytes;         /* Header to the end of the last TLV. */
    uint32_t initial_sp_addr;
    uint32_t reset_addr;
    enum duo_core core;  /* By reset vector; checked with the TLV. */
    bool has_target_tlv; /* Signed by our tool: core is also in a TLV. */
    bool has_security_counter;
    uint32_t security_counter; /* 0 if there is none. */
    uint32_t dependency_count;
    struct duo_dependency dependencies[DUO_IMAGE_DEPENDENCIES_MAX];
    uint8_t digest[DUO_SHA256_BYTES]; /* As the digest TLV says. */
};

enum duo_key_type { DUO_KEY_P256, DUO_KEY_ED25519 };

struct duo_public_key {
    enum duo_key_type type;
    /* DUO_P256_PUBLIC_BYTES or DUO_ED25519_PUBLIC_BYTES are used. */
    uint8_t pub[DUO_P256_PUBLIC_BYTES];
    /* SHA-256 of the key's DER SubjectPublicKeyInfo, as in the KEYHASH TLV. */
    uint8_t hash[DUO_SHA256_BYTES];
};

/* An address range in which a core executes images. */
struct duo_code_range {
    uint32_t addr;
    uint32_t size_bytes;
};

/* What a board trusts. Constant data, linked into the boot loader. */
struct duo_trust {
    const struct duo_public_key *keys;
    uint32_t key_count;
    struct duo_code_range code[DUO_CORE_COUNT]; /* Active slots. */
};

/* Far apart, so that a single flipped bit or a wild 0 or 1 is no ACCEPT. */
enum duo_verdict {
    DUO_VERDICT_REJECT = 0x2D5A96B1,
    DUO_VERDICT_ACCEPT = 0x53C61E74,
};

/* One verification: where, with what, and scratch memory. */
struct duo_image_check {
    const struct duo_area *area; /* The image begins at offset 0. */
    uint32_t size_bytes_max;     /* Largest total_bytes; <= area->size_bytes. */
    const struct duo_trust *trust;
    struct duo_crypto *crypto;
    uint8_t *work;       /* Caller's scratch, 4-byte aligned; */
    uint32_t work_bytes; /* a multiple of 16, at least 256. */
};

/**
 * Parse header, vectors and TLVs; check every field; no digest, no signature.
 *
 * Fills @p image on DUO_REASON_NONE only (otherwise it is all zero with core
 * DUO_CORE_NONE). Flags, sizes, TLV rules and allow-list as MCUboot; the core
 * comes from the reset vector and must agree with a target TLV if present.
 *
 * @return DUO_REASON_NONE, or the first reason found.
 */
enum duo_reason duo_image_parse(const struct duo_image_check *check,
                                struct duo_image *image);

/**
 * As duo_image_parse, but header and vector table only, so that the core is
 * known as soon as the image's first header_bytes + 8 bytes are there.
 *
 * Fields that the TLVs would give stay zero; total_bytes too. The result is
 * a hint for routing an upload, never a reason to run anything.
 */
enum duo_reason duo_image_parse_head(const struct duo_image_check *check,
                                     struct duo_image *image);

/**
 * Parse, then check digest, key and signature.
 *
 * The image may lie on a device that lies: nothing that follows may trust
 * this result for bytes that are read again; verify the copy where it runs.
 *
 * @param[out] image   As duo_image_parse.
 * @param[out] reason  DUO_REASON_NONE exactly if accepted.
 */
enum duo_verdict duo_image_verify(const struct duo_image_check *check,
                                  struct duo_image *image,
                                  enum duo_reason *reason);

/** The 8 bytes of a version, as in the image header and everywhere else: major,
 * minor, revision, build. */
#define DUO_VERSION_BYTES 8U
DUO_INLINE void duo_version_load(struct duo_version *version,
                                 const uint8_t src[DUO_VERSION_BYTES])
{
    version->major = src[0];
    version->minor = src[1];
    version->revision = duo_load_le16(&src[2]);
    version->build = duo_load_le32(&src[4]);
}

DUO_INLINE void duo_version_store(const struct duo_version *version,
                                  uint8_t dst[DUO_VERSION_BYTES])
{
    dst[0] = version->major;
    dst[1] = version->minor;
    duo_store_le16(&dst[2], version->revision);
    duo_store_le32(&dst[4], version->build);
}

/** <0, 0, >0 as left is older than, equal to, newer than right; without the
 * build number. */
int duo_version_compare(const struct duo_version *left,
                        const struct duo_version *right);

/** "major.minor.revision+build" (without +build if 0); always terminated.
 * 26 bytes hold the longest. */
void duo_version_format(const struct duo_version *version, char text[32]);

/** The other of the two cores. */
static inline enum duo_core duo_core_other(enum duo_core core)
{
    return core == DUO_CORE_APP ? DUO_CORE_NET : DUO_CORE_APP;
}

/** "application" or "network" or "unknown". */
const char *duo_core_name(enum duo_core core);

#endif
