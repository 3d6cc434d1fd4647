/* SPDX-License-Identifier: MIT */
/* For the tests of packages: a zip that is put together by hand, so that it
 * does not come from the library that reads it. */
#ifndef DUO_TOOL_PACKAGE_TEST_ZIP_H
#define DUO_TOOL_PACKAGE_TEST_ZIP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "package.h"

#define LABEL "t.zip"

static inline void put16(struct duo_tool_buffer *out, uint32_t value)
{
    uint8_t bytes[2];

    duo_store_le16(bytes, (uint16_t)value);
    duo_tool_buffer_append(out, (struct duo_bytes){bytes, sizeof(bytes)});
}

static inline void put32(struct duo_tool_buffer *out, uint32_t value)
{
    uint8_t bytes[4];

    duo_store_le32(bytes, value);
    duo_tool_buffer_append(out, (struct duo_bytes){bytes, sizeof(bytes)});
}

static inline struct duo_bytes bytes_of(const char *text)
{
    return (struct duo_bytes){(const uint8_t *)text, strlen(text)};
}

/* The part that both headers of a zip share. */
static inline void put_fields(struct duo_tool_buffer *out, const char *name,
                              struct duo_bytes content)
{
    put16(out, 10); /* Version that is needed. */
    put16(out, 0);  /* Flags. */
    put16(out, 0);  /* Stored. */
    put16(out, 0);
    put16(out, (1U << 5) | 1U); /* 1980-01-01. */
    put32(out, duo_crc32(0, content));
    put32(out, (uint32_t)content.len_bytes);
    put32(out, (uint32_t)content.len_bytes);
    put16(out, (uint32_t)strlen(name));
    put16(out, 0); /* Extra field. */
}

struct zip {
    struct duo_tool_buffer local;
    struct duo_tool_buffer central;
    uint32_t count;
};

static inline void zip_add(struct zip *zip, const char *name,
                           struct duo_bytes content)
{
    uint32_t off_bytes = (uint32_t)zip->local.len_bytes;

    put32(&zip->local, 0x04034B50U);
    put_fields(&zip->local, name, content);
    duo_tool_buffer_append(&zip->local, bytes_of(name));
    duo_tool_buffer_append(&zip->local, content);
    put32(&zip->central, 0x02014B50U);
    put16(&zip->central, 10);
    put_fields(&zip->central, name, content);
    put16(&zip->central, 0); /* Comment. */
    put16(&zip->central, 0); /* Disk. */
    put16(&zip->central, 0);
    put32(&zip->central, 0);
    put32(&zip->central, off_bytes);
    duo_tool_buffer_append(&zip->central, bytes_of(name));
    zip->count++;
}

/* Closes @p zip; the bytes are the caller's. */
static inline struct duo_tool_buffer zip_end(struct zip *zip)
{
    struct duo_tool_buffer out = zip->local;
    uint32_t off_bytes = (uint32_t)out.len_bytes;

    duo_tool_buffer_append(&out, duo_tool_buffer_view(&zip->central));
    put32(&out, 0x06054B50U);
    put32(&out, 0);
    put16(&out, zip->count);
    put16(&out, zip->count);
    put32(&out, (uint32_t)zip->central.len_bytes);
    put32(&out, off_bytes);
    put16(&out, 0);
    duo_tool_buffer_free(&zip->central);
    return out;
}

static inline void assert_refused(struct duo_bytes zip, enum duo_exit exit_code,
                                  const char *words)
{
    struct duo_package package;
    struct duo_tool_error error = {0};

    assert_false(duo_package_parse(LABEL, zip, &package, &error));
    if (error.exit_code != exit_code || strstr(error.text, words) == NULL ||
        strncmp(error.text, LABEL ":", 6) != 0) {
        fail_msg("\"%s\" (%d) does not say \"%s\"", error.text,
                 (int)error.exit_code, words);
    }
    assert_null(package.entries);
    assert_null(package.manifest.data);
}

#endif
