/* SPDX-License-Identifier: MIT */
/* Writing of CBOR into a buffer of the caller; see duo/cbor.h. */
#include "duo/cbor.h"

#include <string.h>

#include "cbor_format.h"

size_t duo_cbor_head(uint8_t dst[CBOR_HEAD_BYTES_MAX], uint8_t major,
                     uint64_t argument)
{
    uint8_t info = (uint8_t)argument;
    size_t width_bytes = 0;

    if (argument >= CBOR_INFO_1_BYTE) {
        info = CBOR_INFO_1_BYTE;
        width_bytes = 1;
        /* 1, 2, 4 or 8 bytes; a shift by 64 is never reached. */
        while (width_bytes < 8U && argument >> (8U * width_bytes) != 0) {
            width_bytes *= 2U;
            info++;
        }
    }
    dst[0] = (uint8_t)(major << CBOR_INFO_BITS | info);
    for (size_t i = width_bytes; i > 0; i--) {
        dst[i] = (uint8_t)argument;
        argument >>= 8;
    }
    return 1U + width_bytes;
}

static void put(struct duo_cbor_writer *writer, struct duo_bytes bytes)
{
    if (bytes.len_bytes > writer->room_bytes - writer->len_bytes) {
        writer->overflow = true;
    }
    if (writer->overflow || bytes.len_bytes == 0) {
        return;
    }
    memcpy(writer->data + writer->len_bytes, bytes.data, bytes.len_bytes);
    writer->len_bytes += bytes.len_bytes;
}

static void put_byte(struct duo_cbor_writer *writer, uint8_t byte)
{
    put(writer, (struct duo_bytes){&byte, 1});
}

static void put_head(struct duo_cbor_writer *writer, enum cbor_major major,
                     uint64_t argument)
{
    uint8_t head[CBOR_HEAD_BYTES_MAX];

    put(writer, (struct duo_bytes){
                    head, duo_cbor_head(head, (uint8_t)major, argument)});
}

static void put_string(struct duo_cbor_writer *writer, enum cbor_major major,
                       struct duo_bytes bytes)
{
    put_head(writer, major, bytes.len_bytes);
    put(writer, bytes);
}

static struct duo_bytes view(const char *text)
{
    return (struct duo_bytes){(const uint8_t *)text, strlen(text)};
}

void duo_cbor_put_key(struct duo_cbor_writer *writer, const char *key)
{
    if (key != NULL) {
        put_string(writer, CBOR_TEXT, view(key));
    }
}

void duo_cbor_begin_map(struct duo_cbor_writer *writer)
{
    put_byte(writer, CBOR_OPEN_MAP);
}

void duo_cbor_begin_array(struct duo_cbor_writer *writer)
{
    put_byte(writer, CBOR_OPEN_ARRAY);
}

void duo_cbor_end(struct duo_cbor_writer *writer)
{
    put_byte(writer, CBOR_BREAK);
}

void duo_cbor_put_uint(struct duo_cbor_writer *writer, const char *key,
                       uint64_t value)
{
    duo_cbor_put_key(writer, key);
    put_head(writer, CBOR_UINT, value);
}

void duo_cbor_put_int(struct duo_cbor_writer *writer, const char *key,
                      int64_t value)
{
    /* -1 is 0, and so on: the complement. */
    duo_cbor_put_key(writer, key);
    put_head(writer, value < 0 ? CBOR_NEGATIVE : CBOR_UINT,
             value < 0 ? ~(uint64_t)value : (uint64_t)value);
}

void duo_cbor_put_bool(struct duo_cbor_writer *writer, const char *key,
                       bool value)
{
    duo_cbor_put_key(writer, key);
    put_byte(writer, (uint8_t)(CBOR_FALSE + value));
}

/* NOLINTNEXTLINE(bugprone-easily-swappable-parameters): key, then value. */
void duo_cbor_put_text(struct duo_cbor_writer *writer, const char *key,
                       const char *text)
{
    duo_cbor_put_text_bytes(writer, key, view(text));
}

void duo_cbor_put_text_bytes(struct duo_cbor_writer *writer, const char *key,
                             struct duo_bytes text)
{
    duo_cbor_put_key(writer, key);
    put_string(writer, CBOR_TEXT, text);
}

void duo_cbor_put_bytes(struct duo_cbor_writer *writer, const char *key,
                        struct duo_bytes bytes)
{
    duo_cbor_put_key(writer, key);
    put_string(writer, CBOR_BYTES, bytes);
}

uint8_t *duo_cbor_put_room(struct duo_cbor_writer *writer, const char *key,
                           size_t len_bytes)
{
    uint8_t *room;

    duo_cbor_put_key(writer, key);
    put_head(writer, CBOR_BYTES, len_bytes);
    if (len_bytes > writer->room_bytes - writer->len_bytes) {
        writer->overflow = true;
    }
    if (writer->overflow) {
        return NULL;
    }
    room = writer->data + writer->len_bytes;
    writer->len_bytes += len_bytes;
    return room;
}
