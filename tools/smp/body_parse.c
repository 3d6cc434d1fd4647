/* SPDX-License-Identifier: MIT */
/* Bodies of packets, read: first walked through by libcbor's own decoder for
 * depth and size, so that a hostile answer costs neither stack nor memory. */
#include "body.h"

#include <stdint.h>

/* What is open: containers and their items still to come. */
struct walk {
    uint64_t left[DUO_BODY_DEPTH_MAX]; /* UINT64_MAX: until a break. */
    size_t depth;
    size_t room_bytes; /* What is left of the input. */
    bool is_bad;
};

static void end_item(struct walk *walk)
{
    while (walk->depth > 0) {
        uint64_t *left = &walk->left[walk->depth - 1U];

        if (*left == UINT64_MAX) {
            return;
        }
        if (--*left > 0) {
            return;
        }
        walk->depth--;
    }
}

/* Every item takes at least a byte, so no honest count exceeds the input. */
static void begin(struct walk *walk, uint64_t count)
{
    if (walk->depth == DUO_BODY_DEPTH_MAX ||
        (count != UINT64_MAX && count > walk->room_bytes)) {
        walk->is_bad = true;
        return;
    }
    if (count == 0) {
        end_item(walk);
        return;
    }
    walk->left[walk->depth++] = count;
}

static void on_array(void *ctx, size_t count)
{
    begin(ctx, count);
}

static void on_map(void *ctx, size_t count)
{
    begin(ctx, count > SIZE_MAX / 2U ? UINT64_MAX - 1U : (uint64_t)count * 2U);
}

static void on_endless(void *ctx)
{
    begin(ctx, UINT64_MAX);
}

static void on_tag(void *ctx, uint64_t tag)
{
    (void)tag;
    begin(ctx, 1);
}

static void on_break(void *ctx)
{
    struct walk *walk = ctx;

    if (walk->depth == 0 || walk->left[walk->depth - 1U] != UINT64_MAX) {
        walk->is_bad = true;
        return;
    }
    walk->depth--;
    end_item(walk);
}

static void on_u8(void *ctx, uint8_t value)
{
    (void)value;
    end_item(ctx);
}

static void on_u16(void *ctx, uint16_t value)
{
    (void)value;
    end_item(ctx);
}

static void on_u32(void *ctx, uint32_t value)
{
    (void)value;
    end_item(ctx);
}

static void on_u64(void *ctx, uint64_t value)
{
    (void)value;
    end_item(ctx);
}

static void on_string(void *ctx, cbor_data data, size_t len_bytes)
{
    (void)data;
    (void)len_bytes;
    end_item(ctx);
}

static void on_float(void *ctx, float value)
{
    (void)value;
    end_item(ctx);
}

static void on_double(void *ctx, double value)
{
    (void)value;
    end_item(ctx);
}

static void on_bool(void *ctx, bool value)
{
    (void)value;
    end_item(ctx);
}

static void on_plain(void *ctx)
{
    end_item(ctx);
}

static const struct cbor_callbacks walkers = {
    .uint8 = on_u8,
    .uint16 = on_u16,
    .uint32 = on_u32,
    .uint64 = on_u64,
    .negint8 = on_u8,
    .negint16 = on_u16,
    .negint32 = on_u32,
    .negint64 = on_u64,
    .byte_string_start = on_endless,
    .byte_string = on_string,
    .string = on_string,
    .string_start = on_endless,
    .indef_array_start = on_endless,
    .array_start = on_array,
    .indef_map_start = on_endless,
    .map_start = on_map,
    .tag = on_tag,
    .float2 = on_float,
    .float4 = on_float,
    .float8 = on_double,
    .undefined = on_plain,
    .null = on_plain,
    .boolean = on_bool,
    .indef_break = on_break,
};

/* One whole item and nothing after it? */
static bool is_sane(struct duo_bytes bytes)
{
    struct walk walk = {.depth = 0};
    size_t off = 0;

    do {
        struct cbor_decoder_result result;

        walk.room_bytes = bytes.len_bytes - off;
        result = cbor_stream_decode(bytes.data + off, walk.room_bytes, &walkers,
                                    &walk);
        if (result.status != CBOR_DECODER_FINISHED || walk.is_bad) {
            return false;
        }
        off += result.read;
    } while (walk.depth > 0);
    return off == bytes.len_bytes;
}

cbor_item_t *duo_body_parse(struct duo_bytes bytes)
{
    struct cbor_load_result result;
    cbor_item_t *item;

    if (bytes.len_bytes == 0) {
        return duo_body_new(0);
    }
    if (!is_sane(bytes)) {
        return NULL;
    }
    item = cbor_load(bytes.data, bytes.len_bytes, &result);
    if (item != NULL && !cbor_isa_map(item)) {
        cbor_decref(&item);
    }
    return item;
}
