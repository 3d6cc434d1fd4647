/* SPDX-License-Identifier: MIT */
/* Reading of CBOR: hostile input, leniency, strings in chunks. */
#include "cbor_test.h"

struct text_case {
    const char *hex;
    bool is_read;
};

static void malformed_maps_are_refused(void **state)
{
    static const char *const maps[] = {
        "00",                       /* Not a map. */
        "80",                       /* Nor this. */
        "a0a0",                     /* Two maps. */
        "a000",                     /* Bytes after it. */
        "bf",                       /* No end. */
        "bf61",                     /* A cut text. */
        "bf616bff",                 /* A key with no value. */
        "a1616b",                   /* The same. */
        "a1616bff",                 /* A break in a definite map. */
        "a1616bc0ff",               /* A tag of nothing. */
        "ff",                       /* A break of nothing. */
        "1c",                       /* Reserved. */
        "a1616b1c",                 /* The same. */
        "a1616b3e",                 /* The same. */
        "a1616b1f",                 /* An open integer. */
        "a1616b3f",                 /* The same. */
        "a1616bdf00",               /* An open tag. */
        "a1616bf800",               /* A simple value with a byte too many. */
        "a1616bf81f",               /* The same. */
        "a1616b5f6161ff",           /* A text chunk in bytes. */
        "a1616b7f4161ff",           /* The other way round. */
        "a1616b5f5f4161ffff",       /* Chunks in chunks. */
        "a1616b5f00ff",             /* A number in a string. */
        "a1616b5f4161",             /* No end. */
        "a1616b5f",                 /* The same. */
        "a1616b9bffffffffffffffff", /* 2^64 - 1 items. */
        "a1616bbbffffffffffffffff",
        "a1616bbb8000000000000000", /* Twice that is 0. */
        "a1616b9a8000000000",
        "a1616b5bffffffffffffffff",
        "a1616b7bffffffffffffffff61",
        "a1616b5f5bffffffffffffffff61ff",
        "bbffffffffffffffff616b00",
        "bb8000000000000000",
        "a1616b5a00000002ff",
    };
    uint8_t bytes[BYTES_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT(maps); i++) {
        struct duo_cbor_input input = exact(bytes, from_hex(maps[i], bytes));

        assert_false(duo_cbor_read_map(input, NULL, 0));
        drop(input);
    }
}

static bool read_nested(uint8_t opener, size_t depth)
{
    uint8_t bytes[BYTES_MAX] = {0xA1, 0x61, 'k'};
    struct duo_cbor_input input;
    size_t count = 3;
    bool is_read;

    /* The map itself is one level. */
    for (size_t i = 1; i < depth; i++) {
        bytes[count] = opener;
        count++;
        if (opener == 0xA1) {
            bytes[count] = 0;
            count++;
        }
    }
    bytes[count] = 0;
    count++;
    if (opener == 0x9F) {
        memset(&bytes[count], 0xFF, depth - 1);
        count += depth - 1;
    }
    input = exact(bytes, count);
    is_read = duo_cbor_read_map(input, NULL, 0);
    drop(input);
    return is_read;
}

static void nesting_is_read_up_to_its_bound(void **state)
{
    static const uint8_t openers[] = {0x81, 0xA1, 0x9F};

    (void)state;
    for (size_t i = 0; i < COUNT(openers); i++) {
        assert_true(read_nested(openers[i], DUO_CBOR_DEPTH_MAX));
        assert_false(read_nested(openers[i], DUO_CBOR_DEPTH_MAX + 1U));
        assert_false(read_nested(openers[i], DUO_CBOR_DEPTH_MAX + 20U));
    }
    /* A tag is no level. */
    assert_true(read_nested(0xC1, DUO_CBOR_DEPTH_MAX + 20U));
}

struct bool_case {
    const char *hex;
    bool is_found;
    uint64_t number;
};

static void flags_are_bools_or_integers_and_null_is_absent(void **state)
{
    static const struct bool_case rows[] = {
        {"a1616bf4",       true,  0},
        {"a1616bf5",       true,  1},
        {"a1616b00",       true,  0},
        {"a1616b01",       true,  1},
        {"a1616b1900ff",   true,  1},
        {"a1616b190000",   true,  0},
        {"a1616b20",       true,  1},
        {"a1616bf6",       false, 0},
        {"a1616bc1f6",     false, 0},
        {"a0",             false, 0},
        {"",               false, 0},
        {"a2616bf5616bf4", true,  0},
        {"a2616bf4616bf5", true,  1},
        {"a2616bf5616bf6", false, 0},
    };
    uint8_t bytes[BYTES_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct duo_cbor_input input =
            exact(bytes, from_hex(rows[i].hex, bytes));
        struct duo_cbor_field field = {.key = "k", .kind = DUO_CBOR_BOOL};

        assert_true(duo_cbor_read_map(input, &field, 1));
        assert_int_equal(field.found, rows[i].is_found);
        if (field.found) {
            assert_true(field.number == rows[i].number);
        }
        drop(input);
    }
}

static void keys_are_texts_of_any_encoding(void **state)
{
    /* "off" as is, in a wide length, in chunks, tagged; not as bytes; and not
     * what only begins like it. */
    static const struct text_case rows[] = {
        {"a1636f666605",                 true },
        {"a178036f666605",               true },
        {"a17b00000000000000036f666605", true },
        {"bf7f616f606266660078ffff",     false}, /* Refused: not one map. */
        {"bf7f616f60626666ff05ff",       true },
        {"a1d818636f666605",             true },
        {"a1436f666605",                 false},
        {"a1626f6605",                   false},
        {"a1646f66660005",               false},
        {"a30506636f66660580f4",         true },
        {"a1636f66661b0000000000000005", true },
    };
    uint8_t bytes[BYTES_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct duo_cbor_input input =
            exact(bytes, from_hex(rows[i].hex, bytes));
        struct duo_cbor_field field = {.key = "off", .kind = DUO_CBOR_UINT};
        bool is_read = duo_cbor_read_map(input, &field, 1);

        assert_int_equal(is_read && field.found, rows[i].is_read);
        if (rows[i].is_read) {
            assert_true(field.number == 5);
        }
        drop(input);
    }
}

static void texts_of_an_array_come_one_by_one(void **state)
{
    /* ["a", "bc" in chunks, tagged "", 5] */
    static const char hex[] = "a1616b9f61617f61626163ffc060"
                              "05ff";
    uint8_t bytes[BYTES_MAX];
    struct duo_cbor_input input = exact(bytes, from_hex(hex, bytes));
    struct duo_cbor_field field = {.key = "k", .kind = DUO_CBOR_ARRAY};
    struct duo_bytes text;

    (void)state;
    assert_true(duo_cbor_read_map(input, &field, 1));
    assert_true(duo_cbor_next_text(&field.bytes, &text));
    assert_int_equal(text.len_bytes, 1);
    assert_memory_equal(text.data, "a", 1);
    assert_true(duo_cbor_next_text(&field.bytes, &text));
    assert_int_equal(text.len_bytes, 2);
    assert_memory_equal(text.data, "bc", 2);
    assert_true(duo_cbor_next_text(&field.bytes, &text));
    assert_int_equal(text.len_bytes, 0);
    assert_false(duo_cbor_next_text(&field.bytes, &text));
    assert_int_equal(field.bytes.len_bytes, 1);
    field.bytes.len_bytes = 0;
    assert_false(duo_cbor_next_text(&field.bytes, &text));
    drop(input);
}

/* Chunks of these lengths, made into one; the lengths sit where heads change
 * their width. */
static void check_chunks(size_t first_bytes, size_t second_bytes)
{
    size_t total = first_bytes + second_bytes;
    uint8_t *map = calloc(1, total + 64);
    struct duo_cbor_field fields[] = {
        {.key = "k", .kind = DUO_CBOR_BYTES},
        {.key = "z", .kind = DUO_CBOR_UINT }
    };
    struct duo_cbor_writer writer = {.data = map, .room_bytes = total + 64};
    uint8_t *content = calloc(1, total + 1);

    assert_non_null(map);
    assert_non_null(content);
    for (size_t i = 0; i < total; i++) {
        content[i] = (uint8_t)(i * 7 + i / 251);
    }
    duo_cbor_begin_map(&writer);
    duo_cbor_put_key(&writer, "k");
    writer.data[writer.len_bytes] = 0x5F;
    writer.len_bytes++;
    duo_cbor_put_bytes(&writer, NULL, (struct duo_bytes){content, first_bytes});
    duo_cbor_put_bytes(&writer, NULL,
                       (struct duo_bytes){content + first_bytes, second_bytes});
    duo_cbor_end(&writer);
    duo_cbor_put_uint(&writer, "z", 9);
    duo_cbor_end(&writer);
    assert_false(writer.overflow);
    for (int i = 0; i < 2; i++) {
        struct duo_cbor_input input = {map, writer.len_bytes};

        assert_true(duo_cbor_read_map(input, fields, 2));
        assert_int_equal(fields[0].bytes.len_bytes, total);
        assert_memory_equal(fields[0].bytes.data, content, total);
        assert_int_equal(fields[1].number, 9);
    }
    free(content);
    free(map);
}

static void chunks_of_every_length_are_put_together(void **state)
{
    static const size_t edges[] = {0,   1,   11,   12,    22,   23,
                                   24,  25,  127,  128,   200,  255,
                                   256, 300, 1000, 30000, 32767};

    (void)state;
    for (size_t i = 0; i < COUNT(edges); i++) {
        for (size_t j = 0; j < COUNT(edges); j++) {
            check_chunks(edges[i], edges[j]);
        }
    }
}

static void a_chunked_string_beyond_64_kib_is_refused(void **state)
{
    size_t len_bytes = 70000;
    uint8_t *map = calloc(1, len_bytes + 32);
    uint8_t *bytes = calloc(1, len_bytes);
    struct duo_cbor_writer writer = {.data = map, .room_bytes = len_bytes + 32};

    (void)state;
    assert_non_null(map);
    assert_non_null(bytes);
    duo_cbor_begin_map(&writer);
    duo_cbor_put_key(&writer, "k");
    writer.data[writer.len_bytes] = 0x5F;
    writer.len_bytes++;
    duo_cbor_put_bytes(&writer, NULL, (struct duo_bytes){bytes, len_bytes});
    duo_cbor_end(&writer);
    duo_cbor_end(&writer);
    assert_false(duo_cbor_read_map(
        (struct duo_cbor_input){map, writer.len_bytes}, NULL, 0));
    free(bytes);
    free(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_maps_are_refused),
        cmocka_unit_test(nesting_is_read_up_to_its_bound),
        cmocka_unit_test(flags_are_bools_or_integers_and_null_is_absent),
        cmocka_unit_test(keys_are_texts_of_any_encoding),
        cmocka_unit_test(texts_of_an_array_come_one_by_one),
        cmocka_unit_test(chunks_of_every_length_are_put_together),
        cmocka_unit_test(a_chunked_string_beyond_64_kib_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
