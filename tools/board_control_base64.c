/* SPDX-License-Identifier: MIT */
/* Bytes in JSON strings: base64 with padding, without line breaks. */
#include <openssl/evp.h>
#include <string.h>

#include "board_control_parts.h"

/* So that each piece but the last one has no padding. */
#define PIECE_BYTES ((size_t)3072)
#define PIECE_CHARS ((size_t)4096)

_Static_assert(PIECE_CHARS == PIECE_BYTES / 3U * 4U,
               "a piece's bytes are its characters");

json_t *duo_control_base64_json(struct duo_bytes bytes)
{
    struct duo_tool_buffer text = {0};
    json_t *json;

    for (size_t at = 0; at < bytes.len_bytes; at += PIECE_BYTES) {
        size_t piece_bytes = bytes.len_bytes - at;
        uint8_t chars[PIECE_CHARS + 1U];
        int count;

        if (piece_bytes > PIECE_BYTES) {
            piece_bytes = PIECE_BYTES;
        }
        count = EVP_EncodeBlock(chars, bytes.data + at, (int)piece_bytes);
        duo_tool_buffer_append(&text, (struct duo_bytes){chars, (size_t)count});
    }
    json = text.len_bytes > 0
               ? json_stringn((const char *)text.data, text.len_bytes)
               : json_string("");
    duo_tool_buffer_free(&text);
    return json;
}

/* OpenSSL skips blanks and takes padding anywhere; we do not. */
static bool is_base64(const char *text, size_t char_count)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t digit_count = strspn(text, alphabet);
    size_t padding = char_count - digit_count;

    return char_count % 4U == 0 && padding <= 2U &&
           strspn(text + digit_count, "=") == padding;
}

bool duo_control_base64_parse(const char *text, struct duo_tool_buffer *bytes)
{
    size_t char_count = strlen(text);
    size_t padding = 0;

    if (!is_base64(text, char_count)) {
        return false;
    }
    while (padding < char_count && text[char_count - 1U - padding] == '=') {
        padding++;
    }
    for (size_t at = 0; at < char_count; at += PIECE_CHARS) {
        size_t piece_chars = char_count - at;
        uint8_t piece[PIECE_BYTES];
        int count;

        if (piece_chars > PIECE_CHARS) {
            piece_chars = PIECE_CHARS;
        }
        count = EVP_DecodeBlock(piece, (const unsigned char *)text + at,
                                (int)piece_chars);
        if (count < 0) {
            return false;
        }
        duo_tool_buffer_append(bytes, (struct duo_bytes){piece, (size_t)count});
    }
    bytes->len_bytes -= padding;
    return true;
}
