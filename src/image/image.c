/* SPDX-License-Identifier: MIT */
/* Parse and verify an image; see duo/image.h. */
#include "duo/image.h"

#include <string.h>

#include "image/scan_internal.h"

/* Fails closed when the caller broke the contract of the scratch memory. */
static bool check_is_usable(const struct duo_image_check *check)
{
    return check->work != NULL && check->work_bytes >= 256U &&
           check->work_bytes % 16U == 0 &&
           check->size_bytes_max <= check->area->size_bytes;
}

static void image_clear(struct duo_image *image)
{
    memset(image, 0, sizeof(*image));
    image->core = DUO_CORE_NONE;
}

static void scan_init(struct duo_scan *scan,
                      const struct duo_image_check *check)
{
    memset(scan, 0, sizeof(*scan));
    image_clear(&scan->image);
    scan->check = check;
    scan->limit_bytes = check->size_bytes_max;
    scan->next_key_index = DUO_SCAN_NO_KEY;
    scan->key_index = DUO_SCAN_NO_KEY;
    scan->signature_state = DUO_SCAN_SIGNATURE_NONE;
}

static void hash(struct duo_scan *scan, const uint8_t *data, uint32_t len_bytes)
{
    struct duo_crypto *crypto = scan->check->crypto;

    if (scan->hashing) {
        crypto->ops->sha256_update(crypto, (struct duo_bytes){data, len_bytes});
    }
}

enum duo_reason duo_scan_take(struct duo_scan *scan, uint8_t *dst,
                              uint32_t len_bytes)
{
    if (len_bytes > scan->limit_bytes - scan->off_bytes) {
        return DUO_REASON_TOO_LARGE;
    }
    if (duo_area_read(scan->check->area, scan->off_bytes, dst, len_bytes) !=
        DUO_OK) {
        return DUO_REASON_READ_FAILED;
    }
    scan->off_bytes += len_bytes;
    hash(scan, dst, len_bytes);
    return DUO_REASON_NONE;
}

enum duo_reason duo_scan_skip(struct duo_scan *scan, uint32_t len_bytes)
{
    if (len_bytes > scan->limit_bytes - scan->off_bytes) {
        return DUO_REASON_TOO_LARGE;
    }
    if (!scan->hashing) {
        scan->off_bytes += len_bytes;
        return DUO_REASON_NONE;
    }
    while (len_bytes > 0) {
        uint32_t part_bytes = len_bytes < scan->check->work_bytes
                                  ? len_bytes
                                  : scan->check->work_bytes;
        enum duo_reason reason =
            duo_scan_take(scan, scan->check->work, part_bytes);
        if (reason != DUO_REASON_NONE) {
            return reason;
        }
        len_bytes -= part_bytes;
    }
    return DUO_REASON_NONE;
}

/* The whole image. With @p hashing also its digest. */
static enum duo_reason scan_all(struct duo_scan *scan, bool hashing)
{
    enum duo_reason reason;

    if (hashing) {
        scan->check->crypto->ops->sha256_begin(scan->check->crypto);
        scan->hashing = true;
    }
    reason = duo_scan_head(scan);
    if (reason == DUO_REASON_NONE) {
        reason = duo_scan_skip(scan, scan->image.payload_bytes -
                                         DUO_IMAGE_VECTOR_BYTES);
    }
    return reason == DUO_REASON_NONE ? duo_scan_tlvs(scan) : reason;
}

static enum duo_reason check_signature(const struct duo_scan *scan)
{
    struct duo_crypto *crypto = scan->check->crypto;
    struct duo_bytes signature = {scan->signature, scan->signature_bytes};
    const struct duo_public_key *key;
    enum duo_err err = DUO_ERR_REFUSED;

    switch (scan->signature_state) {
    case DUO_SCAN_SIGNATURE_NONE: return DUO_REASON_SIGNATURE_MISSING;
    case DUO_SCAN_SIGNATURE_OTHER_TYPE: return DUO_REASON_SIGNATURE_TYPE;
    case DUO_SCAN_SIGNATURE_UNKNOWN_KEY: return DUO_REASON_KEY_UNKNOWN;
    case DUO_SCAN_SIGNATURE_OF_KEY: break;
    }
    key = &scan->check->trust->keys[scan->key_index];
    switch (key->type) {
    case DUO_KEY_P256:
        err =
            crypto->ops->verify_p256(crypto, key->pub, scan->digest, signature);
        break;
    case DUO_KEY_ED25519:
        err = crypto->ops->verify_ed25519(
            crypto, key->pub,
            (struct duo_bytes){scan->digest, sizeof(scan->digest)}, signature);
        break;
    }
    return err == DUO_OK ? DUO_REASON_NONE : DUO_REASON_SIGNATURE_BAD;
}

/* One pass that hashes, so that everything in scan->image was signed. */
static enum duo_reason authenticate(struct duo_scan *scan)
{
    enum duo_reason reason = scan_all(scan, true);

    if (reason == DUO_REASON_READ_FAILED) {
        return reason;
    }
    if (reason != DUO_REASON_NONE) {
        /* The same bytes were in order when they were parsed. */
        return DUO_REASON_CHANGED_WHILE_READ;
    }
    if (memcmp(scan->digest, scan->image.digest, sizeof(scan->digest)) != 0) {
        return DUO_REASON_DIGEST_MISMATCH;
    }
    return check_signature(scan);
}

/* The public parsers differ in how far they read. */
static enum duo_reason parse(const struct duo_image_check *check,
                             struct duo_image *image, bool head_only)
{
    struct duo_scan scan;
    enum duo_reason reason;

    image_clear(image);
    if (!check_is_usable(check)) {
        return DUO_REASON_READ_FAILED;
    }
    scan_init(&scan, check);
    reason = head_only ? duo_scan_head(&scan) : scan_all(&scan, false);
    if (reason == DUO_REASON_NONE) {
        *image = scan.image;
    }
    return reason;
}

enum duo_reason duo_image_parse(const struct duo_image_check *check,
                                struct duo_image *image)
{
    return parse(check, image, false);
}

enum duo_reason duo_image_parse_head(const struct duo_image_check *check,
                                     struct duo_image *image)
{
    return parse(check, image, true);
}

enum duo_verdict duo_image_verify(const struct duo_image_check *check,
                                  struct duo_image *image,
                                  enum duo_reason *reason)
{
    enum duo_verdict verdict = DUO_VERDICT_REJECT;
    struct duo_scan scan;

    image_clear(image);
    *reason = DUO_REASON_READ_FAILED;
    if (!check_is_usable(check)) {
        return verdict;
    }
    /* First without hashing: most refusals are found in a few small reads. */
    scan_init(&scan, check);
    *reason = scan_all(&scan, false);
    if (*reason != DUO_REASON_NONE) {
        return verdict;
    }
    scan_init(&scan, check);
    *reason = authenticate(&scan);
    if (*reason == DUO_REASON_NONE) {
        *image = scan.image;
        verdict = DUO_VERDICT_ACCEPT;
    }
    return verdict;
}
