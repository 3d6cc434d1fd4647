/* SPDX-License-Identifier: MIT */
/* The two TLV areas of an image. What may stand where is in the tables. */
#include <string.h>

#include "image/scan_internal.h"

#define VALUE_BYTES_MAX DUO_SHA256_BYTES

struct tlv {
    uint16_t type;
    uint16_t len_bytes;
    uint8_t value[VALUE_BYTES_MAX]; /* If the rule has a length. */
};

/* The value is read for the function if the rule says how long it is; else
 * the function checks len_bytes and reads what it wants, and the walk passes
 * over the rest. NULL: the type is known and of no interest. */
struct tlv_rule {
    uint16_t type;
    bool once;
    uint8_t len_bytes; /* Required length, or 0. */
    enum duo_reason (*read)(struct duo_scan *scan, const struct tlv *tlv);
};

struct tlv_rules {
    const struct tlv_rule *rules;
    uint32_t count;
    enum duo_reason other; /* For a type without a rule; NONE: skip it. */
};

static enum duo_reason read_dependency(struct duo_scan *scan,
                                       const struct tlv *tlv)
{
    struct duo_image *image = &scan->image;
    struct duo_dependency *dependency;
    uint8_t value[DUO_TLV_DEPENDENCY_BYTES];

    if (tlv->len_bytes != sizeof(value)) {
        return DUO_REASON_DEPENDENCY_FORMAT;
    }
    enum duo_reason reason = duo_scan_take(scan, value, sizeof(value));
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
    duo_version_load(&dependency->version_min, &value[4]);
    image->dependency_count++;
    return DUO_REASON_NONE;
}

static enum duo_reason read_counter(struct duo_scan *scan,
                                    const struct tlv *tlv)
{
    scan->image.security_counter = duo_load_le32(tlv->value);
    scan->image.has_security_counter = true;
    return DUO_REASON_NONE;
}

/* Our own target TLV: what the signer meant must be what the vectors say. A
 * version or a core that we do not know cannot be agreed with. */
static enum duo_reason read_target(struct duo_scan *scan, const struct tlv *tlv)
{
    const uint8_t *value = tlv->value;

    if (value[0] != DUO_TLV_TARGET_VERSION || value[2] != 0 || value[3] != 0 ||
        value[1] != (uint8_t)scan->image.core) {
        return DUO_REASON_CORE_MISMATCH;
    }
    scan->image.has_target_tlv = true;
    return DUO_REASON_NONE;
}

static enum duo_reason read_digest(struct duo_scan *scan, const struct tlv *tlv)
{
    scan->has_digest = true;
    memcpy(scan->image.digest, tlv->value, sizeof(scan->image.digest));
    return DUO_REASON_NONE;
}

static enum duo_reason refuse_digest(struct duo_scan *scan,
                                     const struct tlv *tlv)
{
    (void)scan;
    (void)tlv;
    return DUO_REASON_DIGEST_TYPE;
}

static enum duo_reason read_key_hash(struct duo_scan *scan,
                                     const struct tlv *tlv)
{
    const struct duo_trust *trust = scan->check->trust;

    scan->next_key_index = DUO_SCAN_NO_KEY;
    for (uint32_t i = 0; i < trust->key_count; i++) {
        if (memcmp(trust->keys[i].hash, tlv->value, DUO_SHA256_BYTES) == 0) {
            scan->next_key_index = i;
            break;
        }
    }
    return DUO_REASON_NONE;
}

/* A whole public key instead of its hash: we know keys by hash only. */
static enum duo_reason pass_public_key(struct duo_scan *scan,
                                       const struct tlv *tlv)
{
    (void)tlv;
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
static enum duo_reason read_signature(struct duo_scan *scan,
                                      const struct tlv *tlv)
{
    uint32_t key_index = scan->next_key_index;
    enum duo_key_type key_type;

    scan->next_key_index = DUO_SCAN_NO_KEY;
    if (key_index == DUO_SCAN_NO_KEY) {
        enum duo_scan_signature state =
            tlv->type == DUO_TLV_ECDSA_SIG || tlv->type == DUO_TLV_ED25519
                ? DUO_SCAN_SIGNATURE_UNKNOWN_KEY
                : DUO_SCAN_SIGNATURE_OTHER_TYPE;
        if (state > scan->signature_state) {
            scan->signature_state = state;
        }
        return DUO_REASON_NONE;
    }
    key_type = scan->check->trust->keys[key_index].type;
    if (!signature_is_of(key_type, tlv->type)) {
        return DUO_REASON_SIGNATURE_TYPE;
    }
    if (!signature_length_fits(key_type, tlv->len_bytes)) {
        return DUO_REASON_TLV_LENGTH;
    }
    scan->signature_state = DUO_SCAN_SIGNATURE_OF_KEY;
    scan->key_index = key_index;
    scan->signature_bytes = tlv->len_bytes;
    return duo_scan_take(scan, scan->signature, tlv->len_bytes);
}

static enum duo_reason refuse_signature(struct duo_scan *scan,
                                        const struct tlv *tlv)
{
    (void)scan;
    (void)tlv;
    return DUO_REASON_SIGNATURE_TYPE;
}

/* clang-format off */
static const struct tlv_rule protected_rules[] = {
    {DUO_TLV_DEPENDENCY,       false, 0,                        read_dependency},
    {DUO_TLV_SECURITY_COUNTER, true,  4,                        read_counter},
    {DUO_TLV_TARGET,           true,  DUO_TLV_TARGET_BYTES,     read_target},
};

/* MCUboot's allow-list: nothing that steers the boot may stand here, because
 * no signature covers it. */
static const struct tlv_rule unprotected_rules[] = {
    {DUO_TLV_SHA256,            true,  DUO_SHA256_BYTES, read_digest},
    {DUO_TLV_SHA384,            false, 0,                refuse_digest},
    {DUO_TLV_SHA512,            false, 0,                refuse_digest},
    {DUO_TLV_KEYHASH,           false, DUO_SHA256_BYTES, read_key_hash},
    {DUO_TLV_PUBKEY,            false, 0,                pass_public_key},
    {DUO_TLV_RSA2048,           false, 0,                read_signature},
    {DUO_TLV_ECDSA224,          false, 0,                read_signature},
    {DUO_TLV_ECDSA_SIG,         false, 0,                read_signature},
    {DUO_TLV_RSA3072,           false, 0,                read_signature},
    {DUO_TLV_ED25519,           false, 0,                read_signature},
    {DUO_TLV_SIG_PURE,          false, 0,                refuse_signature},
    {DUO_TLV_ENC_RSA2048,       false, 0,                NULL},
    {DUO_TLV_ENC_KW,            false, 0,                NULL},
    {DUO_TLV_ENC_EC256,         false, 0,                NULL},
    {DUO_TLV_ENC_X25519,        false, 0,                NULL},
    {DUO_TLV_ENC_X25519_SHA512, false, 0,                NULL},
};
/* clang-format on */

#define RULE_COUNT(table) (sizeof(table) / sizeof((table)[0]))

_Static_assert(RULE_COUNT(protected_rules) < 32 &&
                   RULE_COUNT(unprotected_rules) < 32,
               "scan.seen has a bit for each rule of one area");

static enum duo_reason read_entry(struct duo_scan *scan,
                                  const struct tlv_rules *table,
                                  struct tlv *tlv)
{
    const struct tlv_rule *rule = table->rules;
    enum duo_reason reason = DUO_REASON_NONE;
    uint32_t bit = 1U;

    while (bit >> table->count == 0 && rule->type != tlv->type) {
        rule++;
        bit <<= 1U;
    }
    if (bit >> table->count != 0) {
        return table->other;
    }
    if (rule->once && (scan->seen & bit) != 0) {
        return DUO_REASON_TLV_DUPLICATE;
    }
    scan->seen |= bit;
    if (rule->len_bytes != 0) {
        if (rule->len_bytes != tlv->len_bytes) {
            return DUO_REASON_TLV_LENGTH;
        }
        reason = duo_scan_take(scan, tlv->value, rule->len_bytes);
    }
    return reason != DUO_REASON_NONE || rule->read == NULL
               ? reason
               : rule->read(scan, tlv);
}

/* Bound: each entry moves the position by at least its 4-byte head, and an
 * area is shorter than 64 KB. */
static enum duo_reason walk(struct duo_scan *scan, uint32_t end_off,
                            const struct tlv_rules *table)
{
    scan->seen = 0;
    while (scan->off_bytes < end_off) {
        uint8_t head[DUO_TLV_ENTRY_BYTES];
        struct tlv tlv;
        enum duo_reason reason;
        uint32_t next_off;

        if (end_off - scan->off_bytes < DUO_TLV_ENTRY_BYTES) {
            return DUO_REASON_TLV_SIZE;
        }
        reason = duo_scan_take(scan, head, sizeof(head));
        if (reason != DUO_REASON_NONE) {
            return reason;
        }
        tlv.type = duo_load_le16(&head[0]);
        tlv.len_bytes = duo_load_le16(&head[2]);
        if (tlv.len_bytes > end_off - scan->off_bytes) {
            return DUO_REASON_TLV_SIZE;
        }
        next_off = scan->off_bytes + tlv.len_bytes;
        reason = read_entry(scan, table, &tlv);
        if (reason == DUO_REASON_NONE) {
            reason = duo_scan_skip(scan, next_off - scan->off_bytes);
        }
        if (reason != DUO_REASON_NONE) {
            return reason;
        }
    }
    return DUO_REASON_NONE;
}

/* The head of an area: its length with the head, if it has this magic. */
static enum duo_reason take_info(struct duo_scan *scan, uint32_t magic,
                                 uint32_t *area_bytes)
{
    uint8_t info[DUO_TLV_INFO_BYTES];
    enum duo_reason reason = duo_scan_take(scan, info, sizeof(info));

    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    uint32_t seen = duo_load_le16(&info[0]);
    *area_bytes = duo_load_le16(&info[2]);
    if (seen == magic) {
        return DUO_REASON_NONE;
    }
    return seen == DUO_TLV_MAGIC_PROTECTED || seen == DUO_TLV_MAGIC_UNPROTECTED
               ? DUO_REASON_TLV_PROTECTED_SIZE
               : DUO_REASON_TLV_MAGIC;
}

static enum duo_reason scan_protected(struct duo_scan *scan)
{
    static const struct tlv_rules table = {
        protected_rules, RULE_COUNT(protected_rules), DUO_REASON_NONE};
    uint32_t area_off = scan->off_bytes;
    uint32_t area_bytes;
    enum duo_reason reason =
        take_info(scan, DUO_TLV_MAGIC_PROTECTED, &area_bytes);

    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    if (area_bytes != scan->image.protected_tlv_bytes ||
        area_bytes < DUO_TLV_INFO_BYTES) {
        return DUO_REASON_TLV_PROTECTED_SIZE;
    }
    return walk(scan, area_off + area_bytes, &table);
}

static enum duo_reason scan_unprotected(struct duo_scan *scan)
{
    static const struct tlv_rules table = {unprotected_rules,
                                           RULE_COUNT(unprotected_rules),
                                           DUO_REASON_TLV_NOT_ALLOWED};
    uint32_t area_off = scan->off_bytes;
    uint32_t area_bytes;
    enum duo_reason reason =
        take_info(scan, DUO_TLV_MAGIC_UNPROTECTED, &area_bytes);

    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    if (area_bytes < DUO_TLV_INFO_BYTES) {
        return DUO_REASON_TLV_SIZE;
    }
    if (area_bytes > scan->limit_bytes - area_off) {
        return DUO_REASON_TOO_LARGE;
    }
    scan->image.total_bytes = area_off + area_bytes;
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
