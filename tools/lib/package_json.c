/* SPDX-License-Identifier: MIT */
/* manifest.json as JSON, and its one known illness; see package_internal.h. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "package_internal.h"

/* Copies @p text, with raw hexadecimal numbers outside of strings made
 * decimal: "load_address": 0xC200 is no JSON, but was written by a build. */
struct rewriter {
    struct duo_bytes text;
    size_t off;
    bool is_string;
};

static char peek(const struct rewriter *it, size_t ahead)
{
    size_t left_bytes = it->text.len_bytes - it->off;

    return ahead < left_bytes ? (char)it->text.data[it->off + ahead] : '\0';
}

/* At a number that begins with 0x and has 1 to 8 digits? Then its length. */
static size_t hex_number_bytes(const struct rewriter *it)
{
    size_t digits = 0;

    if (it->off > 0 && isalnum(it->text.data[it->off - 1]) != 0) {
        return 0; /* Inside of another word. */
    }
    if (it->is_string || peek(it, 0) != '0' ||
        (peek(it, 1) != 'x' && peek(it, 1) != 'X')) {
        return 0;
    }
    while (digits < 9 && isxdigit((unsigned char)peek(it, 2 + digits)) != 0) {
        digits++;
    }
    return digits >= 1 && digits <= 8 ? 2 + digits : 0;
}

static void put_number(struct rewriter *it, size_t len_bytes,
                       struct duo_tool_buffer *out)
{
    char digits[16] = {0};
    char decimal[16];
    int decimal_bytes;

    for (size_t i = 0; i < len_bytes; i++) {
        digits[i] = peek(it, i);
    }
    decimal_bytes = snprintf(decimal, sizeof(decimal), "%" PRIu32,
                             (uint32_t)strtoul(digits, NULL, 16));
    duo_tool_buffer_append(out, (struct duo_bytes){(const uint8_t *)decimal,
                                                   (size_t)decimal_bytes});
    it->off += len_bytes;
}

static void put_plain(struct rewriter *it, struct duo_tool_buffer *out)
{
    char here = peek(it, 0);
    size_t len_bytes = 1;

    if (it->is_string && here == '\\' && it->off + 1 < it->text.len_bytes) {
        len_bytes = 2;
    } else if (here == '"') {
        it->is_string = !it->is_string;
    }
    duo_tool_buffer_append(
        out, (struct duo_bytes){it->text.data + it->off, len_bytes});
    it->off += len_bytes;
}

json_t *duo_package_json(const char *label, struct duo_bytes text,
                         struct duo_tool_error *error)
{
    struct rewriter it = {.text = text};
    struct duo_tool_buffer plain = {0};
    json_error_t cause;
    json_t *root;

    while (it.off < text.len_bytes) {
        size_t len_bytes = hex_number_bytes(&it);
        if (len_bytes > 0) {
            put_number(&it, len_bytes, &plain);
        } else {
            put_plain(&it, &plain);
        }
    }
    root = json_loadb(plain.data == NULL ? "" : (const char *)plain.data,
                      plain.len_bytes, JSON_REJECT_DUPLICATES, &cause);
    duo_tool_buffer_free(&plain);
    if (root == NULL) {
        (void)duo_tool_fail(error, DUO_EXIT_INPUT, "%s: %s:%d:%d: not JSON: %s",
                            label, DUO_PACKAGE_MANIFEST, cause.line,
                            cause.column, cause.text);
    }
    return root;
}
