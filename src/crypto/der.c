/* SPDX-License-Identifier: MIT */
/* See der.h. Every length here is below 128: the largest content is that of
 * the SEQUENCE with 2 * (2 + 33) bytes. So the long form is never right, and
 * a length is one byte. */
#include "crypto/der.h"

#include <stddef.h>
#include <string.h>

#define TAG_INTEGER      0x02U
#define TAG_SEQUENCE     0x30U
#define HEADER_BYTES     2U
#define LENGTH_SHORT_MAX 127U
#define SIGN_BIT         0x80U

/* What is left to read. */
struct cursor {
    const uint8_t *at;
    size_t left_bytes;
};

/* Read a header; its content must lie in what is left. */
static bool enter(struct cursor *cursor, uint8_t tag, size_t *content_bytes)
{
    if (cursor->left_bytes < HEADER_BYTES || cursor->at[0] != tag) {
        return false;
    }
    *content_bytes = cursor->at[1];
    cursor->at += HEADER_BYTES;
    cursor->left_bytes -= HEADER_BYTES;
    return *content_bytes <= LENGTH_SHORT_MAX &&
           *content_bytes <= cursor->left_bytes;
}

/* Shortest form: at least one byte, not negative, and a leading zero byte only
 * before a byte that would make it negative (a lone zero is the number 0). */
static bool is_minimal(const uint8_t *content, size_t content_bytes)
{
    if (content_bytes == 0 || (content[0] & SIGN_BIT) != 0) {
        return false;
    }
    return content[0] != 0 || content_bytes == 1 ||
           (content[1] & SIGN_BIT) != 0;
}

static bool read_integer(struct cursor *cursor, struct duo_num *value)
{
    size_t content_bytes = 0;
    if (!enter(cursor, TAG_INTEGER, &content_bytes) ||
        !is_minimal(cursor->at, content_bytes)) {
        return false;
    }
    const uint8_t *digits = cursor->at;
    size_t digit_bytes = content_bytes;
    if (digits[0] == 0) {
        digits++;
        digit_bytes--;
    }
    if (digit_bytes > DUO_NUM_BYTES) {
        return false;
    }
    uint8_t padded[DUO_NUM_BYTES] = {0};
    memcpy(padded + (DUO_NUM_BYTES - digit_bytes), digits, digit_bytes);
    *value = duo_num_load_be(padded);
    cursor->at += content_bytes;
    cursor->left_bytes -= content_bytes;
    return true;
}

bool duo_der_ecdsa_parse(struct duo_bytes der,
                         struct duo_ecdsa_signature *signature)
{
    struct cursor cursor = {der.data, der.len_bytes};
    size_t content_bytes = 0;
    return enter(&cursor, TAG_SEQUENCE, &content_bytes) &&
           content_bytes == cursor.left_bytes &&
           read_integer(&cursor, &signature->r) &&
           read_integer(&cursor, &signature->s) && cursor.left_bytes == 0;
}
