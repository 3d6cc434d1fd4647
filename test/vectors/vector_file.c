/* SPDX-License-Identifier: MIT */
/* See vector_file.h. */
#include "vector_file.h"

#include <stdlib.h>
#include <string.h>

#include "crypto_openssl.h"

static void *checked(void *memory)
{
    if (memory == NULL) {
        fprintf(stderr, "no memory\n");
        exit(EXIT_FAILURE);
    }
    return memory;
}

/* getline is not C11. False if there is no line. */
static bool read_text(FILE *file, struct vector_line *line)
{
    size_t used_bytes = 0;
    int c = getc(file);
    if (c == EOF) {
        return false;
    }
    for (; c != EOF && c != '\n'; c = getc(file)) {
        if (used_bytes + 1U >= line->capacity_bytes) {
            line->capacity_bytes = 2U * line->capacity_bytes + 256U;
            line->text = checked(realloc(line->text, line->capacity_bytes));
        }
        line->text[used_bytes++] = (char)c;
    }
    if (used_bytes > 0) {
        line->text[used_bytes] = '\0';
    }
    return used_bytes > 0;
}

bool vector_next(FILE *file, struct vector_line *line)
{
    line->field_count = 0;
    if (!read_text(file, line)) {
        return false;
    }
    for (char *field = line->text; field != NULL;) {
        if (line->field_count == VECTOR_FIELDS_MAX) {
            fprintf(stderr, "too many fields\n");
            exit(EXIT_FAILURE);
        }
        line->fields[line->field_count++] = field;
        field = strchr(field, ' ');
        if (field != NULL) {
            *field++ = '\0';
        }
    }
    return true;
}

void vector_line_free(struct vector_line *line)
{
    free(line->text);
    line->text = NULL;
}

static unsigned nibble(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);
    if (found == NULL) {
        fprintf(stderr, "not hexadecimal\n");
        exit(EXIT_FAILURE);
    }
    return (unsigned)(found - digits);
}

struct duo_bytes vector_bytes(const char *field)
{
    size_t len_bytes = strcmp(field, "-") == 0 ? 0 : strlen(field) / 2U;
    uint8_t *data = checked(malloc(len_bytes == 0 ? 1 : len_bytes));
    for (size_t i = 0; i < len_bytes; i++) {
        data[i] =
            (uint8_t)(nibble(field[2U * i]) << 4 | nibble(field[2U * i + 1U]));
    }
    return (struct duo_bytes){data, len_bytes};
}

void vector_bytes_free(struct duo_bytes bytes)
{
    free((void *)(uintptr_t)bytes.data);
}

struct duo_bytes vector_copy(struct duo_bytes bytes)
{
    uint8_t *data = checked(malloc(bytes.len_bytes == 0 ? 1 : bytes.len_bytes));
    if (bytes.len_bytes > 0) {
        memcpy(data, bytes.data, bytes.len_bytes);
    }
    return (struct duo_bytes){data, bytes.len_bytes};
}

void backends_open(struct backends *backends)
{
    duo_crypto_small_init(&backends->small);
    backends->names[0] = "small";
    backends->cryptos[0] = &backends->small.crypto;
    backends->names[1] = "openssl";
    backends->cryptos[1] = duo_crypto_openssl_create();
}

void backends_close(struct backends *backends)
{
    duo_crypto_openssl_destroy(backends->cryptos[1]);
}

void backend_sha256(struct duo_crypto *crypto, struct duo_bytes msg,
                    uint8_t digest[DUO_SHA256_BYTES])
{
    crypto->ops->sha256_begin(crypto);
    crypto->ops->sha256_update(crypto, msg);
    crypto->ops->sha256_finish(crypto, digest);
}

const char *vector_result(enum duo_err err)
{
    if (err == DUO_OK) {
        return "ok";
    }
    return err == DUO_ERR_REFUSED ? "refused" : "a result not in the contract";
}
