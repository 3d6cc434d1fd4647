/* SPDX-License-Identifier: MIT */
/* Two packets, compared by what they say; see exchange.h. The reader of CBOR
 * is libcbor, which neither side's writer is made with. */
#include <stdio.h>
#include <string.h>

#include <cbor.h>

#include "duo/smp.h"
#include "exchange.h"

#define PAIRS_MAX 256U

struct pair {
    const cbor_item_t *left;
    const cbor_item_t *right;
    bool any;
};

/* What is still to be compared. */
struct work {
    const struct exchange *exchange;
    struct pair pairs[PAIRS_MAX];
    size_t count;
};

static char why[300];

static const char *differ(const char *what, const char *key)
{
    (void)snprintf(why, sizeof(why), "%s%s%s", what, key[0] == '\0' ? "" : ": ",
                   key);
    return why;
}

static bool push(struct work *work, struct pair pair)
{
    if (work->count == PAIRS_MAX) {
        return false;
    }
    work->pairs[work->count++] = pair;
    return true;
}

/* The bytes of a string, also in chunks. */
static size_t string_bytes(const cbor_item_t *item, unsigned char *dst,
                           size_t room_bytes)
{
    bool is_text = cbor_isa_string(item);
    bool is_whole = is_text ? cbor_string_is_definite(item)
                            : cbor_bytestring_is_definite(item);
    size_t count = is_whole  ? 1
                   : is_text ? cbor_string_chunk_count(item)
                             : cbor_bytestring_chunk_count(item);
    size_t len_bytes = 0;

    for (size_t i = 0; i < count; i++) {
        const cbor_item_t *chunk = is_whole ? item
                                   : is_text
                                       ? cbor_string_chunks_handle(item)[i]
                                       : cbor_bytestring_chunks_handle(item)[i];
        size_t chunk_bytes =
            is_text ? cbor_string_length(chunk) : cbor_bytestring_length(chunk);
        const unsigned char *data =
            is_text ? cbor_string_handle(chunk) : cbor_bytestring_handle(chunk);

        if (chunk_bytes > room_bytes - len_bytes) {
            return SIZE_MAX;
        }
        memcpy(dst + len_bytes, data, chunk_bytes);
        len_bytes += chunk_bytes;
    }
    return len_bytes;
}

static bool equal_strings(const cbor_item_t *left, const cbor_item_t *right)
{
    static unsigned char bytes[2][8192];
    size_t left_bytes = string_bytes(left, bytes[0], sizeof(bytes[0]));
    size_t right_bytes = string_bytes(right, bytes[1], sizeof(bytes[1]));

    return left_bytes != SIZE_MAX && left_bytes == right_bytes &&
           memcmp(bytes[0], bytes[1], left_bytes) == 0;
}

static const char *compare_arrays(struct work *work, struct pair pair)
{
    size_t count = cbor_array_size(pair.left);

    if (count != cbor_array_size(pair.right)) {
        return differ("a list has another length", "");
    }
    for (size_t i = 0; i < count; i++) {
        if (!push(work,
                  (struct pair){cbor_array_handle(pair.left)[i],
                                cbor_array_handle(pair.right)[i], false})) {
            return differ("too much to compare", "");
        }
    }
    return NULL;
}

static bool may_differ(const struct exchange *exchange, const char *key)
{
    for (size_t i = 0; i < exchange->any_count; i++) {
        if (strcmp(exchange->any[i], key) == 0) {
            return true;
        }
    }
    return false;
}

/* Each key once, and no key more than was recorded. */
static const char *compare_maps(struct work *work, struct pair pair)
{
    size_t count = cbor_map_size(pair.left);

    for (size_t i = 0; i < count; i++) {
        struct cbor_pair left = cbor_map_handle(pair.left)[i];
        char key[64] = {0};
        size_t found = 0;

        (void)string_bytes(left.key, (unsigned char *)key, sizeof(key) - 1U);
        for (size_t j = 0; j < cbor_map_size(pair.right); j++) {
            struct cbor_pair right = cbor_map_handle(pair.right)[j];
            if (cbor_isa_string(right.key) &&
                equal_strings(left.key, right.key)) {
                found++;
                if (!push(work,
                          (struct pair){left.value, right.value,
                                        may_differ(work->exchange, key)})) {
                    return differ("too much to compare", "");
                }
            }
        }
        if (found != 1) {
            return differ(
                found == 0 ? "a key is missing" : "a key is there twice", key);
        }
    }
    return count == cbor_map_size(pair.right)
               ? NULL
               : differ("there are more keys than documented", "");
}

static const char *compare_pair(struct work *work, struct pair pair)
{
    if (cbor_typeof(pair.left) != cbor_typeof(pair.right)) {
        return differ("a value has another type", "");
    }
    if (pair.any) {
        return NULL;
    }
    switch (cbor_typeof(pair.left)) {
    case CBOR_TYPE_UINT:
    case CBOR_TYPE_NEGINT:
        return cbor_get_int(pair.left) == cbor_get_int(pair.right)
                   ? NULL
                   : differ("another number", "");
    case CBOR_TYPE_BYTESTRING:
    case CBOR_TYPE_STRING:
        return equal_strings(pair.left, pair.right)
                   ? NULL
                   : differ("another string", "");
    case CBOR_TYPE_ARRAY: return compare_arrays(work, pair);
    case CBOR_TYPE_MAP: return compare_maps(work, pair);
    case CBOR_TYPE_FLOAT_CTRL:
        return cbor_ctrl_value(pair.left) == cbor_ctrl_value(pair.right)
                   ? NULL
                   : differ("another bool", "");
    case CBOR_TYPE_TAG: break;
    }
    return differ("a tag", "");
}

static cbor_item_t *parse(struct duo_bytes payload)
{
    struct cbor_load_result result;
    cbor_item_t *item;

    if (payload.len_bytes == 0) {
        return cbor_new_definite_map(0);
    }
    item = cbor_load(payload.data, payload.len_bytes, &result);
    if (item != NULL &&
        (result.read != payload.len_bytes || !cbor_isa_map(item))) {
        cbor_decref(&item);
        item = NULL;
    }
    return item;
}

static const char *compare_bodies(const struct exchange *exchange,
                                  struct duo_bytes left, struct duo_bytes right)
{
    static struct work work;
    cbor_item_t *items[2] = {parse(left), parse(right)};
    const char *found = NULL;

    work.exchange = exchange;
    work.count = 0;
    if (items[0] == NULL || items[1] == NULL) {
        /* Requests that are malformed on purpose are not for our client. */
        found = differ("no map", items[0] == NULL ? "recorded" : "got");
    } else {
        (void)push(&work, (struct pair){items[0], items[1], false});
    }
    while (found == NULL && work.count > 0) {
        work.count--;
        found = compare_pair(&work, work.pairs[work.count]);
    }
    for (unsigned i = 0; i < 2; i++) {
        if (items[i] != NULL) {
            cbor_decref(&items[i]);
        }
    }
    return found;
}

const char *exchange_differs(const struct exchange *exchange,
                             struct duo_bytes recorded, struct duo_bytes got,
                             bool skip_sequence)
{
    const size_t head_bytes = DUO_SMP_HEADER_BYTES;

    if (recorded.len_bytes < head_bytes || got.len_bytes < head_bytes) {
        return differ("no header", "");
    }
    if (memcmp(got.data, recorded.data, 2) != 0) {
        return differ("another version, op or flags", "");
    }
    if (memcmp(got.data + 4, recorded.data + 4, 2) != 0 ||
        got.data[7] != recorded.data[7]) {
        return differ("another group or command", "");
    }
    if (!skip_sequence && got.data[6] != recorded.data[6]) {
        return differ("another sequence", "");
    }
    if ((size_t)(got.data[2] << 8 | got.data[3]) !=
        got.len_bytes - head_bytes) {
        return differ("the length is wrong", "");
    }
    return compare_bodies(
        exchange,
        (struct duo_bytes){recorded.data + head_bytes,
                           recorded.len_bytes - head_bytes},
        (struct duo_bytes){got.data + head_bytes, got.len_bytes - head_bytes});
}
