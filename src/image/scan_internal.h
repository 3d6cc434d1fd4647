/* SPDX-License-Identifier: MIT */
/* One pass over an image, front to back.
 *
 * A scan reads each byte that it interprets exactly once, and, when it hashes,
 * hashes that same reading. So the fields of an accepted image are the signed
 * ones even if the device answers differently the next time. Nothing is ever
 * read beyond limit_bytes, whatever the image claims. */
#ifndef DUO_IMAGE_SCAN_INTERNAL_H
#define DUO_IMAGE_SCAN_INTERNAL_H

#include "duo/image.h"
#include "duo/image_format.h"

#define DUO_SCAN_NO_KEY UINT32_MAX

/* What the unprotected area said about signatures. */
enum duo_scan_signature {
    DUO_SCAN_SIGNATURE_NONE,
    DUO_SCAN_SIGNATURE_OTHER_TYPE, /* Only of types that we do not verify. */
    DUO_SCAN_SIGNATURE_UNKNOWN_KEY,
    DUO_SCAN_SIGNATURE_OF_KEY, /* signature[] is of key key_index. */
};

struct duo_scan {
    const struct duo_image_check *check;
    uint32_t off_bytes;   /* Where the next byte is read. */
    uint32_t limit_bytes; /* Never read at or beyond this. */
    bool hashing;         /* Bytes read now belong to the digest. */
    bool has_digest;
    enum duo_scan_signature signature_state;
    uint32_t seen;           /* Bit i: TLV rule i, of those allowed once. */
    uint32_t next_key_index; /* Of the last KEYHASH, or NO_KEY. */
    uint32_t key_index;
    uint32_t signature_bytes;
    struct duo_image image;
    uint8_t signature[DUO_P256_SIGNATURE_BYTES_MAX];
    uint8_t digest[DUO_SHA256_BYTES]; /* Computed; only if it hashes. */
};

/** Read @p len_bytes into @p dst. TOO_LARGE beyond the limit, READ_FAILED. */
enum duo_reason duo_scan_take(struct duo_scan *scan, uint8_t *dst,
                              uint32_t len_bytes);

/** Pass over @p len_bytes; reads them only to hash them. As duo_scan_take. */
enum duo_reason duo_scan_skip(struct duo_scan *scan, uint32_t len_bytes);

/** Header and vector table; leaves the position behind the vectors. */
enum duo_reason duo_scan_head(struct duo_scan *scan);

/** TLV areas from the present position to the end of the image. */
enum duo_reason duo_scan_tlvs(struct duo_scan *scan);

#endif
