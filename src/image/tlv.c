/* SPDX-License-Identifier: MIT */
/* The two TLV areas of an image. What may stand where is in the tables. */
#include <string.h>

#include "image/scan_internal.h"

/* A rule's function may read up to len_bytes of the value; the walk passes
 * over what it leaves. NULL: the type is known and of no interest. */
struct tlv_rule {
    uint16_t type;
    bool once;
    uint16_t len_bytes; /* Required length; 0: the function checks it. */
    enum duo_reason bad_length;
    enum duo_reason (*read)(struct duo_scan *scan, uint16_t type,
                            uint16_t len_bytes);
};

struct tlv_rules {
    const struct tlv_rule *rules;
    uint32_t count;
    enum duo_reason other; /* For a type without a rule; NONE: skip it. */
};

static enum duo_reason read_dependency(struct duo_scan *scan, uint16_t type,
                                       uint16_t len_bytes)
{
    struct duo_image *image = &scan->image;
    struct duo_dependency *dependency;
    uint8_t value[DUO_TLV_DEPENDENCY_BYTES];
    enum duo_reason reason = duo_scan_take(scan, value, len_bytes);

    (void)type;
    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    if (value[0] >= DUO_CORE_COUNT) {
        return DUO_REASON_DEPENDENCY_FORMAT;
    }
    if (image->dependency_count >= DUO_IMAGE_DEPENDENCIES_MAX) {
        return DUO_REASON_DEPENDENCY_COUNT;
    }
    dependency = &image->dependencies[image->dependency_count];
    dependency->core = value[0] == 0 ? DUO_CORE_APP : DUO_CORE_NET;
    dependency->version_min.major = value[4];
    dependency->version_min.minor = value[5];
    dependency->version_min.revision = duo_load_le16(&value[6]);
    dependency->version_min.build = duo_load_le32(&value[8]);
    image->dependency_count++;
    return DUO_REASON_NONE;
}

static enum duo_reason read_counter(struct duo_scan *scan, uint16_t type,
                                    uint16_t len_bytes)
{
    uint8_t value[4];
    enum duo_reason reason = duo_scan_take(scan, value, len_bytes);

    (void)type;
    if (reason == DUO_REASON_NONE) {
        scan->image.security_counter = duo_load_le32(value);
        scan->image.has_security_counter = true;
    }
    return reason;
}

/* Our own target TLV: what the signer meant must be what the vectors say. A
 * version or a core that we do not know cannot be agreed with. */
static enum duo_reason read_target(struct duo_scan *scan, uint16_t type,
                                   uint16_t len_bytes)
{
    uint8_t value[DUO_TLV_TARGET_BYTES];
    enum duo_reason reason = duo_scan_take(scan, value, len_bytes);

    (void)type;
    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    if (value[0] != DUO_TLV_TARGET_VERSION || value[2] != 0 || value[3] != 0 ||
        value[1] != (uint8_t)scan->image.core) {
        return DUO_REASON_CORE_MISMATCH;
    }
    scan->image.has_target_tlv = true;
    return DUO_REASON_NONE;
}

static enum duo_reason read_digest(struct duo_scan *scan, uint16_t type,
                                   uint16_t len_bytes)
{
    (void)type;
    scan->has_digest = true;
    return duo_scan_take(scan, scan->image.digest, len_bytes);
}

static enum duo_reason refuse_digest(struct duo_scan *scan, uint16_t type,
                                     uint16_t len_bytes)
{
    (void)scan;
    (void)type;
    (void)len_bytes;
    return DUO_REASON_DIGEST_TYPE;
}

static enum duo_reason read_key_hash(struct duo_scan *scan, uint16_t type,
                                     uint16_t len_bytes)
{
    const struct duo_trust *trust = scan->check->trust;
    uint8_t hash[DUO_SHA256_BYTES];
    enum duo_reason reason = duo_scan_take(scan, hash, len_bytes);

    (void)type;
    scan->next_key_index = DUO_SCAN_NO_KEY;
    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    for (uint32_t i = 0; i < trust->key_count; i++) {
        if (memcmp(trust->keys[i].hash, hash, sizeof(hash)) == 0) {
            scan->next_key_index = i;
            break;
        }
    }
    return DUO_REASON_NONE;
}

/* A whole public key instead of its hash: we know keys by hash only. */
static enum duo_reason pass_public_key(struct duo_scan *scan, uint16_t type,
                                       uint16_t len_bytes)
{
    (void)type;
    (void)len_bytes;
    scan->next_key_index = DUO_SCAN_NO_KEY;
    return DUO_REASON_NONE;
}

static bool signature_is_of(enum duo_key_type key_type, uint16_t tlv_type)
{
    return key_type == DUO_KEY_P256 ? tlv_type == DUO_TLV_ECDSA_SIG
                                    : tlv_type == DUO_TLV_ED25519;
}

static bool signature_length_fits(enum duo_key_type key_type,
                                  uint16_t len_bytes)
{
    if (key_type == DUO_KEY_ED25519) {
        return len_bytes == DUO_ED25519_SIGNATURE_BYTES;
    }
    return len_bytes >= DUO_P256_SIGNATURE_BYTES_MIN &&
           len_bytes <= DUO_P256_SIGNATURE_BYTES_MAX;
}

/* Only the last signature of a known key counts, as in MCUboot, so only that
 * one is kept and later verified: a long row of signatures costs no time. */
static enum duo_reason read_signature(struct duo_scan *scan, uint16_t type,
                                      uint16_t len_bytes)
{
    uint32_t key_index = scan->next_key_index;
    enum duo_key_type key_type;

    scan->next_key_index = DUO_SCAN_NO_KEY;
    if (key_index == DUO_SCAN_NO_KEY) {
        enum duo_scan_signature state =
            type == DUO_TLV_ECDSA_SIG || type == DUO_TLV_ED25519
                ? DUO_SCAN_SIGNATURE_UNKNOWN_KEY
                : DUO_SCAN_SIGNATURE_OTHER_TYPE;
        if (state > scan->signature_state) {
            scan->signature_state = state;
        }
        return DUO_REASON_NONE;
    }
    key_type = scan->check->trust->keys[key_index].type;
    if (!signature_is_of(key_type, type)) {
        return DUO_REASON_SIGNATURE_TYPE;
    }
    if (!signature_length_fits(key_type, len_bytes)) {
        return DUO_REASON_TLV_LENGTH;
    }
    scan->signature_state = DUO_SCAN_SIGNATURE_OF_KEY;
    scan->key_index = key_index;
    scan->signature_bytes = len_bytes;
    return duo_scan_take(scan, scan->signature, len_bytes);
}

static enum duo_reason refuse_signature(struct duo_scan *scan, uint16_t type,
                                        uint16_t len_bytes)
{
    (void)scan;
    (void)type;
    (void)len_bytes;
    return DUO_REASON_SIGNATURE_TYPE;
}

/* clang-format off */
static const struct tlv_rule protected_rules[] = {
    {DUO_TLV_DEPENDENCY,       false, DUO_TLV_DEPENDENCY_BYTES, DUO_REASON_DEPENDENCY_FORMAT, read_dependency},
    {DUO_TLV_SECURITY_COUNTER, true,  4,                        DUO_REASON_TLV_LENGTH,        read_counter},
    {DUO_TLV_TARGET,           true,  DUO_TLV_TARGET_BYTES,     DUO_REASON_TLV_LENGTH,        read_target},
};

/* MCUboot's allow-list: nothing that steers the boot may stand here, because
 * no signature covers it. */
static const struct tlv_rule unprotected_rules[] = {
    {DUO_TLV_SHA256,            true,  DUO_SHA256_BYTES, DUO_REASON_TLV_LENGTH, read_digest},
    {DUO_TLV_SHA384,            false, 0,                DUO_REASON_NONE,       refuse_digest},
    {DUO_TLV_SHA512,            false, 0,                DUO_REASON_NONE,       refuse_digest},
    {DUO_TLV_KEYHASH,           false, DUO_SHA256_BYTES, DUO_REASON_TLV_LENGTH, read_key_hash},
    {DUO_TLV_PUBKEY,            false, 0,                DUO_REASON_NONE,       pass_public_key},
    {DUO_TLV_RSA2048,           false, 0,                DUO_REASON_NONE,       read_signature},
    {DUO_TLV_ECDSA224,          false, 0,                DUO_REASON_NONE,       read_signature},
    {DUO_TLV_ECDSA_SIG,         false, 0,                DUO_REASON_NONE,       read_signature},
    {DUO_TLV_RSA3072,           false, 0,                DUO_REASON_NONE,       read_signature},
    {DUO_TLV_ED25519,           false, 0,                DUO_REASON_NONE,       read_signature},
    {DUO_TLV_SIG_PURE,          false, 0,                DUO_REASON_NONE,       refuse_signature},
    {DUO_TLV_ENC_RSA2048,       false, 0,                DUO_REASON_NONE,       NULL},
    {DUO_TLV_ENC_KW,            false, 0,                DUO_REASON_NONE,       NULL},
    {DUO_TLV_ENC_EC256,         false, 0,                DUO_REASON_NONE,       NULL},
    {DUO_TLV_ENC_X25519,        false, 0,                DUO_REASON_NONE,       NULL},
    {DUO_TLV_ENC_X25519_SHA512, false, 0,                DUO_REASON_NONE,       NULL},
};
/* clang-format on */

#define RULE_COUNT(table) (sizeof(table) / sizeof((table)[0]))

_Static_assert(RULE_COUNT(protected_rules) <= 32 &&
                   RULE_COUNT(unprotected_rules) <= 32,
               "scan.seen has a bit for each rule of one area");

static enum duo_reason read_entry(struct duo_scan *scan,
                                  const struct tlv_rules *table, uint16_t type,
                                  uint16_t len_bytes)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct tlv_rule *rule = &table->rules[i];
        if (rule->type != type) {
            continue;
        }
        if (rule->once && (scan->seen & (1U << i)) != 0) {
            return DUO_REASON_TLV_DUPLICATE;
        }
        scan->seen |= 1U << i;
        if (rule->len_bytes != 0 && rule->len_bytes != len_bytes) {
            return rule->bad_length;
        }
        return rule->read == NULL ? DUO_REASON_NONE
                                  : rule->read(scan, type, len_bytes);
    }
    return table->other;
}

/* Bound: each entry moves the position by at least its 4-byte head, and an
 * area is shorter than 64 KB. */
static enum duo_reason walk(struct duo_scan *scan, uint32_t end_off,
                            const struct tlv_rules *table)
{
    scan->seen = 0;
    while (scan->off_bytes < end_off) {
        uint8_t head[DUO_TLV_ENTRY_BYTES];
        enum duo_reason reason;
        uint16_t len_bytes;
        uint32_t next_off;

        if (end_off - scan->off_bytes < DUO_TLV_ENTRY_BYTES) {
            return DUO_REASON_TLV_SIZE;
        }
        reason = duo_scan_take(scan, head, sizeof(head));
        if (reason != DUO_REASON_NONE) {
            return reason;
        }
        len_bytes = duo_load_le16(&head[2]);
        if (len_bytes > end_off - scan->off_bytes) {
            return DUO_REASON_TLV_SIZE;
        }
        next_off = scan->off_bytes + len_bytes;
        reason = read_entry(scan, table, duo_load_le16(&head[0]), len_bytes);
        if (reason == DUO_REASON_NONE) {
            reason = duo_scan_skip(scan, next_off - scan->off_bytes);
        }
        if (reason != DUO_REASON_NONE) {
            return reason;
        }
    }
    return DUO_REASON_NONE;
}

static enum duo_reason scan_protected(struct duo_scan *scan)
{
    static const struct tlv_rules table = {
        protected_rules, RULE_COUNT(protected_rules), DUO_REASON_NONE};
    uint32_t area_off = scan->off_bytes;
    uint8_t info[DUO_TLV_INFO_BYTES];
    uint16_t magic;
    enum duo_reason reason = duo_scan_take(scan, info, sizeof(info));

    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    magic = duo_load_le16(&info[0]);
    if (magic != DUO_TLV_MAGIC_PROTECTED) {
        return magic == DUO_TLV_MAGIC_UNPROTECTED
                   ? DUO_REASON_TLV_PROTECTED_SIZE
                   : DUO_REASON_TLV_MAGIC;
    }
    if (duo_load_le16(&info[2]) != scan->image.protected_tlv_bytes ||
        scan->image.protected_tlv_bytes < DUO_TLV_INFO_BYTES) {
        return DUO_REASON_TLV_PROTECTED_SIZE;
    }
    return walk(scan, area_off + scan->image.protected_tlv_bytes, &table);
}

static enum duo_reason scan_unprotected(struct duo_scan *scan)
{
    static const struct tlv_rules table = {unprotected_rules,
                                           RULE_COUNT(unprotected_rules),
                                           DUO_REASON_TLV_NOT_ALLOWED};
    uint32_t area_off = scan->off_bytes;
    uint8_t info[DUO_TLV_INFO_BYTES];
    uint16_t magic;
    uint32_t len_bytes;
    enum duo_reason reason = duo_scan_take(scan, info, sizeof(info));

    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    magic = duo_load_le16(&info[0]);
    len_bytes = duo_load_le16(&info[2]);
    if (magic != DUO_TLV_MAGIC_UNPROTECTED) {
        return magic == DUO_TLV_MAGIC_PROTECTED ? DUO_REASON_TLV_PROTECTED_SIZE
                                                : DUO_REASON_TLV_MAGIC;
    }
    if (len_bytes < DUO_TLV_INFO_BYTES) {
        return DUO_REASON_TLV_SIZE;
    }
    if (len_bytes > scan->limit_bytes - area_off) {
        return DUO_REASON_TOO_LARGE;
    }
    scan->image.total_bytes = area_off + len_bytes;
    return walk(scan, scan->image.total_bytes, &table);
}

enum duo_reason duo_scan_tlvs(struct duo_scan *scan)
{
    enum duo_reason reason = DUO_REASON_NONE;

    if (scan->image.protected_tlv_bytes != 0) {
        reason = scan_protected(scan);
    }
    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    if (scan->hashing) {
        scan->check->crypto->ops->sha256_finish(scan->check->crypto,
                                                scan->digest);
        scan->hashing = false;
    }
    reason = scan_unprotected(scan);
    if (reason == DUO_REASON_NONE && !scan->has_digest) {
        return DUO_REASON_DIGEST_MISSING;
    }
    return reason;
}
