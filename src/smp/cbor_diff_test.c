/* SPDX-License-Identifier: MIT */
/* Our CBOR against libcbor: each reads what the other writes, and both agree
 * on what is well-formed. */
#include "cbor_test.h"

#include <cbor.h>

#define ROUNDS       4000U
#define CHANGES      8U
#define KEYS         6U
#define DEPTH_MAX    3U
#define STRING_BYTES 70U

/* xorshift64*: the same numbers on every machine. */
static uint32_t pick(uint64_t *state, uint32_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)(*state * UINT64_C(0x2545F4914F6CDD1D) >> 33) % below;
}

static cbor_item_t *make_uint(uint64_t *state)
{
    switch (pick(state, 4)) {
    case 0: return cbor_build_uint8((uint8_t)pick(state, 256));
    case 1: return cbor_build_uint16((uint16_t)pick(state, 65536));
    case 2: return cbor_build_uint32(pick(state, UINT32_MAX));
    default:
        return cbor_build_uint64((uint64_t)pick(state, UINT32_MAX) << 32 |
                                 pick(state, UINT32_MAX));
    }
}

static cbor_item_t *make_chunk(uint64_t *state, bool is_text)
{
    unsigned char bytes[STRING_BYTES];
    size_t len_bytes = pick(state, STRING_BYTES);

    for (size_t i = 0; i < len_bytes; i++) {
        bytes[i] =
            (unsigned char)(is_text ? 'a' + pick(state, 26) : pick(state, 256));
    }
    return is_text ? cbor_build_stringn((const char *)bytes, len_bytes)
                   : cbor_build_bytestring(bytes, len_bytes);
}

static cbor_item_t *make_string(uint64_t *state, bool is_text)
{
    cbor_item_t *item;

    if (pick(state, 2) == 0) {
        return make_chunk(state, is_text);
    }
    item = is_text ? cbor_new_indefinite_string()
                   : cbor_new_indefinite_bytestring();
    for (uint32_t i = pick(state, 4); i > 0; i--) {
        cbor_item_t *chunk = cbor_move(make_chunk(state, is_text));

        assert_true(is_text ? cbor_string_add_chunk(item, chunk)
                            : cbor_bytestring_add_chunk(item, chunk));
    }
    return item;
}

static cbor_item_t *make_other(uint64_t *state)
{
    switch (pick(state, 5)) {
    case 0: return cbor_build_negint8((uint8_t)pick(state, 256));
    case 1: return cbor_build_negint64(UINT64_MAX - pick(state, 9));
    case 2: return cbor_build_float4((float)pick(state, 1000));
    case 3: return cbor_build_float8((double)pick(state, 1000));
    default: return cbor_new_undef();
    }
}

static cbor_item_t *make_item(uint64_t *state, unsigned depth);

static cbor_item_t *make_array(uint64_t *state, unsigned depth)
{
    uint32_t count = pick(state, 4);
    cbor_item_t *item = pick(state, 2) == 0 ? cbor_new_definite_array(count)
                                            : cbor_new_indefinite_array();

    for (uint32_t i = 0; i < count; i++) {
        assert_true(cbor_array_push(item, cbor_move(make_item(state, depth))));
    }
    return item;
}

static void add(cbor_item_t *map, cbor_item_t *key, cbor_item_t *value)
{
    struct cbor_pair pair = {.key = cbor_move(key), .value = cbor_move(value)};

    assert_true(cbor_map_add(map, pair));
}

static cbor_item_t *make_map(uint64_t *state, unsigned depth)
{
    uint32_t count = pick(state, 4);
    cbor_item_t *item = pick(state, 2) == 0 ? cbor_new_definite_map(count)
                                            : cbor_new_indefinite_map();

    for (uint32_t i = 0; i < count; i++) {
        add(item, make_item(state, depth), make_item(state, depth));
    }
    return item;
}

/* Recursion ends: every level takes one off the depth. */
static cbor_item_t *make_item(uint64_t *state, unsigned depth)
{
    switch (pick(state, depth == 0 ? 6 : 9)) {
    case 0: return make_uint(state);
    case 1: return cbor_build_bool(pick(state, 2) != 0);
    case 2: return make_string(state, true);
    case 3: return make_string(state, false);
    case 4: return cbor_new_null();
    case 5: return make_other(state);
    case 6: return make_array(state, depth - 1);
    case 7: return make_map(state, depth - 1);
    default:
        return cbor_build_tag(pick(state, 100000),
                              cbor_move(make_item(state, depth - 1)));
    }
}

/* The value of a string of libcbor's, whose chunks are apart. */
static size_t string_value(const cbor_item_t *item, uint8_t *dst)
{
    bool is_text = cbor_isa_string(item);
    bool is_whole = is_text ? cbor_string_is_definite(item)
                            : cbor_bytestring_is_definite(item);
    size_t count = 1;
    size_t len_bytes = 0;

    if (!is_whole) {
        count = is_text ? cbor_string_chunk_count(item)
                        : cbor_bytestring_chunk_count(item);
    }
    for (size_t i = 0; i < count; i++) {
        const cbor_item_t *chunk = item;

        if (!is_whole) {
            chunk = is_text ? cbor_string_chunks_handle(item)[i]
                            : cbor_bytestring_chunks_handle(item)[i];
        }
        size_t chunk_bytes =
            is_text ? cbor_string_length(chunk) : cbor_bytestring_length(chunk);
        if (chunk_bytes != 0) {
            memcpy(dst + len_bytes,
                   is_text ? cbor_string_handle(chunk)
                           : cbor_bytestring_handle(chunk),
                   chunk_bytes);
        }
        len_bytes += chunk_bytes;
    }
    return len_bytes;
}

/* libcbor asserts on a float when it is asked for a control value. */
static bool is_control(const cbor_item_t *item)
{
    return cbor_isa_float_ctrl(item) && cbor_float_ctrl_is_ctrl(item);
}

/* Our field of the kind that the item has; false: of none. */
static bool kind_of(const cbor_item_t *item, enum duo_cbor_kind *kind)
{
    if (cbor_isa_uint(item)) {
        *kind = DUO_CBOR_UINT;
    } else if (cbor_isa_string(item)) {
        *kind = DUO_CBOR_TEXT;
    } else if (cbor_isa_bytestring(item)) {
        *kind = DUO_CBOR_BYTES;
    } else if (cbor_isa_array(item)) {
        *kind = DUO_CBOR_ARRAY;
    } else if (is_control(item) && cbor_is_bool(item)) {
        *kind = DUO_CBOR_BOOL;
    } else {
        return false;
    }
    return true;
}

static void check_value(cbor_item_t *item, struct duo_cbor_input input,
                        const char *key)
{
    struct duo_cbor_field field = {.key = key};
    uint8_t value[4U * STRING_BYTES];
    size_t value_bytes;

    while (cbor_isa_tag(item)) {
        item = cbor_move(cbor_tag_item(item));
    }
    if (!kind_of(item, &field.kind)) {
        bool is_null = is_control(item) && cbor_is_null(item);

        field.kind = DUO_CBOR_UINT;
        assert_int_equal(duo_cbor_read_map(input, &field, 1), is_null);
        assert_int_equal(field.found, !is_null);
        return;
    }
    assert_true(duo_cbor_read_map(input, &field, 1));
    assert_true(field.found);
    if (field.kind == DUO_CBOR_UINT) {
        assert_true(field.number == cbor_get_int(item));
    } else if (field.kind == DUO_CBOR_BOOL) {
        assert_int_equal(field.number, cbor_get_bool(item));
    } else if (field.kind == DUO_CBOR_ARRAY) {
        size_t count = 0;
        struct duo_cbor_input rest = {input.data +
                                          (field.bytes.data - input.data),
                                      field.bytes.len_bytes};

        for (; rest.len_bytes != 0; count++) {
            size_t len_bytes = duo_cbor_item_bytes(rest);

            assert_true(len_bytes != 0);
            rest.data += len_bytes;
            rest.len_bytes -= len_bytes;
        }
        assert_int_equal(count, cbor_array_size(item));
    } else {
        value_bytes = string_value(item, value);
        assert_int_equal(field.bytes.len_bytes, value_bytes);
        assert_memory_equal(field.bytes.data, value, value_bytes);
    }
}

static void values_of_libcbor_are_read_as_they_are(void **state)
{
    static const char *const keys[KEYS] = {"a", "bb", "off", "data", "k", ""};
    uint64_t random = 1;

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        cbor_item_t *map = pick(&random, 2) == 0 ? cbor_new_definite_map(KEYS)
                                                 : cbor_new_indefinite_map();
        cbor_item_t *values[KEYS];
        unsigned char *buffer;
        size_t buffer_bytes;
        struct duo_cbor_input input;

        for (size_t i = 0; i < KEYS; i++) {
            values[i] = make_item(&random, DEPTH_MAX);
            add(map, cbor_build_string(keys[i]), cbor_incref(values[i]));
        }
        input.len_bytes = cbor_serialize_alloc(map, &buffer, &buffer_bytes);
        assert_true(input.len_bytes != 0);
        input = exact(buffer, input.len_bytes);
        assert_int_equal(duo_cbor_item_bytes(input), input.len_bytes);
        for (size_t i = 0; i < KEYS; i++) {
            check_value(values[i], input, keys[i]);
            cbor_decref(&values[i]);
        }
        drop(input);
        free(buffer);
        cbor_decref(&map);
    }
}

/* What libcbor says of the item at the start: its length, 0 if malformed. */
static size_t libcbor_item_bytes(const uint8_t *data, size_t len_bytes)
{
    struct cbor_load_result result = {0};
    cbor_item_t *item = cbor_load(data, len_bytes, &result);

    if (item == NULL) {
        return 0;
    }
    cbor_decref(&item);
    return result.read;
}

/* libcbor refuses simple values and short tags that meant nothing yet, and
 * texts that are not UTF-8; a device passes over all of them. True: one of them may be in it. */
static bool may_be_refused(const uint8_t *data, size_t len_bytes)
{
    bool has_new = false;
    bool has_text = false;
    bool has_high = false;

    for (size_t i = 0; i < len_bytes; i++) {
        has_new |= (data[i] >= 0xE0 && data[i] < 0xF4) || data[i] == 0xF8 ||
                   (data[i] >= 0xC6 && data[i] < 0xD5);
        has_text |= data[i] >> 5 == 3;
        has_high |= data[i] >= 0x80;
    }
    return has_new || (has_text && has_high);
}

/* libcbor asks for the memory of a container before it sees the items: of
 * those whose length has 4 or 8 bytes, ours are tested alone. */
static bool may_be_huge(const uint8_t *data, size_t len_bytes)
{
    bool is_found = false;

    for (size_t i = 0; i < len_bytes; i++) {
        uint8_t info = data[i] & 31U;

        is_found |= (data[i] >> 5 == 4 || data[i] >> 5 == 5) &&
                    (info == 26 || info == 27);
    }
    return is_found;
}

static void both_agree_on_what_is_well_formed(void **state)
{
    uint64_t random = 7;
    unsigned good = 0;
    unsigned bad = 0;

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        cbor_item_t *item = make_item(&random, DEPTH_MAX);
        unsigned char *buffer;
        size_t buffer_bytes;
        size_t len_bytes = cbor_serialize_alloc(item, &buffer, &buffer_bytes);

        assert_true(len_bytes != 0);
        for (unsigned i = 0; i < CHANGES && !may_be_huge(buffer, len_bytes);
             i++) {
            size_t expected = libcbor_item_bytes(buffer, len_bytes);
            struct duo_cbor_input input = exact(buffer, len_bytes);
            size_t own = duo_cbor_item_bytes(input);

            good += expected != 0;
            bad += expected == 0 && own == 0;
            if (own != expected) {
                assert_int_equal(expected, 0);
                assert_true(may_be_refused(buffer, own));
            }
            /* Putting strings together leaves well-formed what was so. */
            if (expected != 0) {
                assert_int_equal(duo_cbor_item_bytes(input), expected);
                assert_int_equal(libcbor_item_bytes(input.data, expected),
                                 expected);
            }
            drop(input);
            buffer[pick(&random, (uint32_t)len_bytes)] =
                (uint8_t)pick(&random, 256);
        }
        free(buffer);
        cbor_decref(&item);
    }
    /* Both were seen often. */
    assert_true(good > ROUNDS);
    assert_true(bad > ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_libcbor_are_read_as_they_are),
        cmocka_unit_test(both_agree_on_what_is_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
