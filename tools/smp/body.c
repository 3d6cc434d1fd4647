/* SPDX-License-Identifier: MIT */
/* Bodies of packets: made and looked into; see body.h. */
#include "body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *need(void *memory)
{
    if (memory == NULL) {
        (void)fputs("duoboot: out of memory\n", stderr);
        abort();
    }
    return memory;
}

cbor_item_t *duo_body_new(size_t key_count)
{
    return need(cbor_new_definite_map(key_count));
}

void duo_body_put(cbor_item_t *map, const char *key, cbor_item_t *value)
{
    struct cbor_pair pair = {
        .key = cbor_move(need(cbor_build_string(key))),
        .value = cbor_move(need(value)),
    };

    if (!cbor_map_add(map, pair)) {
        (void)need(NULL);
    }
}

static cbor_item_t *build_uint(uint64_t value)
{
    if (value <= UINT8_MAX) {
        return cbor_build_uint8((uint8_t)value);
    }
    if (value <= UINT16_MAX) {
        return cbor_build_uint16((uint16_t)value);
    }
    return value <= UINT32_MAX ? cbor_build_uint32((uint32_t)value)
                               : cbor_build_uint64(value);
}

void duo_body_put_uint(cbor_item_t *map, const char *key, uint64_t value)
{
    duo_body_put(map, key, build_uint(value));
}

void duo_body_put_bool(cbor_item_t *map, const char *key, bool value)
{
    duo_body_put(map, key, cbor_build_bool(value));
}

void duo_body_put_text(cbor_item_t *map, const char *key, const char *text)
{
    duo_body_put(map, key, cbor_build_string(text));
}

void duo_body_put_bytes(cbor_item_t *map, const char *key,
                        struct duo_bytes bytes)
{
    duo_body_put(map, key, cbor_build_bytestring(bytes.data, bytes.len_bytes));
}

void duo_body_encode(cbor_item_t *body, struct duo_tool_buffer *out)
{
    unsigned char *data = NULL;
    size_t room_bytes = 0;
    size_t len_bytes = cbor_serialize_alloc(body, &data, &room_bytes);

    duo_tool_buffer_append(out, (struct duo_bytes){need(data), len_bytes});
    free(data);
}

/* --- Looking --- */

static bool is_string(const cbor_item_t *item)
{
    return cbor_isa_string(item) || cbor_isa_bytestring(item);
}

/* One piece of a string; a chunk is itself a definite string. */
static struct duo_bytes piece_of(const cbor_item_t *item)
{
    return cbor_isa_string(item)
               ? (struct duo_bytes){cbor_string_handle(item),
                                    cbor_string_length(item)}
               : (struct duo_bytes){cbor_bytestring_handle(item),
                                    cbor_bytestring_length(item)};
}

static void append_string(const cbor_item_t *item, struct duo_tool_buffer *out)
{
    bool is_text = cbor_isa_string(item);
    cbor_item_t **chunks;
    size_t count;

    if (is_text ? cbor_string_is_definite(item)
                : cbor_bytestring_is_definite(item)) {
        duo_tool_buffer_append(out, piece_of(item));
        return;
    }
    chunks = is_text ? cbor_string_chunks_handle(item)
                     : cbor_bytestring_chunks_handle(item);
    count = is_text ? cbor_string_chunk_count(item)
                    : cbor_bytestring_chunk_count(item);
    for (size_t i = 0; i < count; i++) {
        duo_tool_buffer_append(out, piece_of(chunks[i]));
    }
}

static bool key_is(const cbor_item_t *item, const char *key)
{
    struct duo_tool_buffer name = {0};
    bool same;

    if (!cbor_isa_string(item)) {
        return false;
    }
    append_string(item, &name);
    same = name.len_bytes == strlen(key) &&
           (name.len_bytes == 0 || memcmp(name.data, key, name.len_bytes) == 0);
    duo_tool_buffer_free(&name);
    return same;
}

cbor_item_t *duo_body_find(const cbor_item_t *map, const char *key)
{
    struct cbor_pair *pairs;

    if (map == NULL || !cbor_isa_map(map)) {
        return NULL;
    }
    pairs = cbor_map_handle(map);
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        if (key_is(pairs[i].key, key)) {
            return cbor_is_null(pairs[i].value) ? NULL : pairs[i].value;
        }
    }
    return NULL;
}

bool duo_body_uint(const cbor_item_t *map, const char *key, uint64_t *value)
{
    const cbor_item_t *item = duo_body_find(map, key);

    if (item == NULL || !cbor_isa_uint(item)) {
        return false;
    }
    *value = cbor_get_int(item);
    return true;
}

bool duo_body_int(const cbor_item_t *map, const char *key, int64_t *value)
{
    const cbor_item_t *item = duo_body_find(map, key);
    uint64_t magnitude;

    if (item == NULL || !(cbor_isa_uint(item) || cbor_isa_negint(item))) {
        return false;
    }
    magnitude = cbor_get_int(item);
    if (magnitude > INT64_MAX) {
        return false;
    }
    *value =
        cbor_isa_negint(item) ? -(int64_t)magnitude - 1 : (int64_t)magnitude;
    return true;
}

bool duo_body_u32(const cbor_item_t *map, const char *key, uint32_t *value)
{
    uint64_t wide;

    if (!duo_body_uint(map, key, &wide) || wide > UINT32_MAX) {
        return false;
    }
    *value = (uint32_t)wide;
    return true;
}

bool duo_body_flag(const cbor_item_t *map, const char *key)
{
    const cbor_item_t *item = duo_body_find(map, key);

    if (item == NULL) {
        return false;
    }
    if (cbor_is_bool(item)) {
        return cbor_get_bool(item);
    }
    return cbor_isa_uint(item) && cbor_get_int(item) != 0;
}

struct duo_client_number duo_body_number(const cbor_item_t *map,
                                         const char *key)
{
    struct duo_client_number number = {0};

    number.known = duo_body_uint(map, key, &number.value);
    return number;
}

/* What a terminal would obey is shown as '?', so that a device cannot write
 * into the user's screen. */
static bool is_printable(uint8_t byte)
{
    return byte >= 0x20U && byte != 0x7FU;
}

bool duo_body_item_text(const cbor_item_t *item, char *text, size_t room_bytes)
{
    struct duo_tool_buffer raw = {0};
    size_t count;

    text[0] = '\0';
    if (item == NULL || !is_string(item)) {
        return false;
    }
    append_string(item, &raw);
    count = raw.len_bytes < room_bytes ? raw.len_bytes : room_bytes - 1;
    for (size_t i = 0; i < count; i++) {
        uint8_t shown = is_printable(raw.data[i]) ? raw.data[i] : (uint8_t)'?';
        text[i] = (char)shown;
    }
    text[count] = '\0';
    duo_tool_buffer_free(&raw);
    return true;
}

bool duo_body_text(const cbor_item_t *map, const char *key, char *text,
                   size_t room_bytes)
{
    return duo_body_item_text(duo_body_find(map, key), text, room_bytes);
}

char *duo_body_text_copy(const cbor_item_t *map, const char *key)
{
    struct duo_tool_buffer raw = {0};

    if (!duo_body_bytes(map, key, &raw)) {
        return NULL;
    }
    duo_tool_buffer_fill(&raw, 0, 1);
    return (char *)raw.data;
}

bool duo_body_bytes(const cbor_item_t *map, const char *key,
                    struct duo_tool_buffer *out)
{
    const cbor_item_t *item = duo_body_find(map, key);

    if (item == NULL || !is_string(item)) {
        return false;
    }
    append_string(item, out);
    return true;
}

size_t duo_body_count(const cbor_item_t *array)
{
    return array != NULL && cbor_isa_array(array) ? cbor_array_size(array) : 0;
}

cbor_item_t *duo_body_at(const cbor_item_t *array, size_t index)
{
    return index < duo_body_count(array) ? cbor_array_handle(array)[index]
                                         : NULL;
}
