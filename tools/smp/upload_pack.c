/* SPDX-License-Identifier: MIT */
/* Packets of an upload; see upload_pack.h. Written by hand, since the length of
 * the data follows from what the rest of the map takes. */
#include "upload_pack.h"

#include <string.h>

/* CBOR's major types, in the upper three bits. */
enum {
    CBOR_UINT = 0x00,
    CBOR_BYTES = 0x40,
    CBOR_TEXT = 0x60,
    CBOR_MAP = 0xA0,
    CBOR_TRUE = 0xF5,
};

#define HEAD_BYTES_MAX 5U

/* An item's first bytes: its type and its number or length. */
static void put_head(struct duo_tool_buffer *out, uint8_t major, uint32_t value)
{
    uint8_t head[HEAD_BYTES_MAX];
    size_t len_bytes = 1;

    if (value < 24U) {
        head[0] = (uint8_t)(major | value);
    } else if (value <= UINT8_MAX) {
        head[0] = (uint8_t)(major | 24U);
        len_bytes = 2;
    } else if (value <= UINT16_MAX) {
        head[0] = (uint8_t)(major | 25U);
        len_bytes = 3;
    } else {
        head[0] = (uint8_t)(major | 26U);
        len_bytes = 5;
    }
    for (size_t i = 1; i < len_bytes; i++) {
        head[i] = (uint8_t)(value >> (8U * (len_bytes - 1U - i)));
    }
    duo_tool_buffer_append(out, (struct duo_bytes){head, len_bytes});
}

static size_t head_bytes(size_t value)
{
    if (value < 24U) {
        return 1;
    }
    if (value <= UINT8_MAX) {
        return 2;
    }
    return value <= UINT16_MAX ? 3 : HEAD_BYTES_MAX;
}

static void put_key(struct duo_tool_buffer *out, const char *key)
{
    size_t chars = strlen(key);

    put_head(out, CBOR_TEXT, (uint32_t)chars);
    duo_tool_buffer_append(out,
                           (struct duo_bytes){(const uint8_t *)key, chars});
}

static void put_uint(struct duo_tool_buffer *out, const char *key,
                     uint32_t value)
{
    put_key(out, key);
    put_head(out, CBOR_UINT, value);
}

/* The most data whose item fits: of @p room_bytes some go to its head. */
static size_t data_bytes_max(size_t room_bytes)
{
    for (size_t head = 1; head <= HEAD_BYTES_MAX; head++) {
        if (room_bytes > head && head_bytes(room_bytes - head) <= head) {
            return room_bytes - head;
        }
    }
    return 0;
}

/* Servers of old take only what ends at a word of their flash. */
static size_t align_down(const struct duo_upload_chunk *chunk,
                         size_t data_bytes)
{
    uint32_t over = (chunk->off_bytes + (uint32_t)data_bytes) % chunk->align;

    return over < data_bytes ? data_bytes - over : data_bytes;
}

static void put_begin(const struct duo_client_upload *upload,
                      const uint8_t *hash, struct duo_tool_buffer *out)
{
    if (upload->image_index >= 0) {
        put_uint(out, "image", (uint32_t)upload->image_index);
    }
    put_uint(out, "len", (uint32_t)upload->file.len_bytes);
    put_key(out, "sha");
    put_head(out, CBOR_BYTES, DUO_CLIENT_HASH_BYTES);
    duo_tool_buffer_append(out,
                           (struct duo_bytes){hash, DUO_CLIENT_HASH_BYTES});
    if (upload->only_upgrade) {
        static const uint8_t yes = CBOR_TRUE;
        put_key(out, "upgrade");
        duo_tool_buffer_append(out, (struct duo_bytes){&yes, 1});
    }
}

size_t duo_upload_pack(const struct duo_client_upload *upload,
                       const struct duo_upload_chunk *chunk,
                       struct duo_tool_buffer *payload)
{
    size_t left_bytes = upload->file.len_bytes - chunk->off_bytes;
    size_t start_bytes = payload->len_bytes;
    uint32_t key_count = 2;
    size_t fixed_bytes;
    size_t data_bytes;

    if (chunk->off_bytes == 0) {
        key_count += 2U + (upload->image_index >= 0 ? 1U : 0U) +
                     (upload->only_upgrade ? 1U : 0U);
    }
    put_head(payload, CBOR_MAP, key_count);
    if (chunk->off_bytes == 0) {
        put_begin(upload, chunk->hash, payload);
    }
    put_uint(payload, "off", chunk->off_bytes);
    put_key(payload, "data");
    fixed_bytes = payload->len_bytes - start_bytes;
    data_bytes = chunk->room_bytes > fixed_bytes
                     ? data_bytes_max(chunk->room_bytes - fixed_bytes)
                     : 0;
    data_bytes =
        data_bytes < left_bytes ? align_down(chunk, data_bytes) : left_bytes;
    put_head(payload, CBOR_BYTES, (uint32_t)data_bytes);
    duo_tool_buffer_append(
        payload,
        (struct duo_bytes){upload->file.data + chunk->off_bytes, data_bytes});
    return data_bytes;
}
