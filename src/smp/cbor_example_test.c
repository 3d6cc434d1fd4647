/* SPDX-License-Identifier: MIT */
/* Reading of CBOR: the examples of RFC 8949, appendix A. */
#include "cbor_test.h"

/* Every example is one item; those of a kind that SMP speaks have a value. */
struct example {
    const char *hex;
    enum duo_cbor_kind kind;
    uint64_t number;
    const char *bytes; /* As hex. */
    bool is_other;     /* Of no kind that is read; passed over. */
};

/* clang-format off */ /* It would align the columns to the longest. */
static const struct example examples[] = {
    {.hex = "00", .number = 0},
    {.hex = "01", .number = 1},
    {.hex = "0a", .number = 10},
    {.hex = "17", .number = 23},
    {.hex = "1818", .number = 24},
    {.hex = "1819", .number = 25},
    {.hex = "1864", .number = 100},
    {.hex = "1903e8", .number = 1000},
    {.hex = "1a000f4240", .number = 1000000},
    {.hex = "1b000000e8d4a51000", .number = 1000000000000U},
    {.hex = "1bffffffffffffffff", .number = UINT64_MAX},
    {.hex = "c249010000000000000000", .kind = DUO_CBOR_BYTES, .bytes = "010000000000000000"},
    {.hex = "3bffffffffffffffff", .is_other = true},
    {.hex = "c349010000000000000000", .kind = DUO_CBOR_BYTES, .bytes = "010000000000000000"},
    {.hex = "20", .is_other = true},
    {.hex = "29", .is_other = true},
    {.hex = "3863", .is_other = true},
    {.hex = "3903e7", .is_other = true},
    {.hex = "f90000", .is_other = true},
    {.hex = "f98000", .is_other = true},
    {.hex = "f93c00", .is_other = true},
    {.hex = "fb3ff199999999999a", .is_other = true},
    {.hex = "f93e00", .is_other = true},
    {.hex = "f97bff", .is_other = true},
    {.hex = "fa47c35000", .is_other = true},
    {.hex = "fa7f7fffff", .is_other = true},
    {.hex = "fb7e37e43c8800759c", .is_other = true},
    {.hex = "f90001", .is_other = true},
    {.hex = "f90400", .is_other = true},
    {.hex = "f9c400", .is_other = true},
    {.hex = "fbc010666666666666", .is_other = true},
    {.hex = "f97c00", .is_other = true},
    {.hex = "f97e00", .is_other = true},
    {.hex = "f9fc00", .is_other = true},
    {.hex = "fa7f800000", .is_other = true},
    {.hex = "fa7fc00000", .is_other = true},
    {.hex = "faff800000", .is_other = true},
    {.hex = "fb7ff0000000000000", .is_other = true},
    {.hex = "fb7ff8000000000000", .is_other = true},
    {.hex = "fbfff0000000000000", .is_other = true},
    {.hex = "f4", .kind = DUO_CBOR_BOOL, .number = 0},
    {.hex = "f5", .kind = DUO_CBOR_BOOL,.number = 1},
    {.hex = "f7", .is_other = true},
    {.hex = "f0", .is_other = true},
    {.hex = "f8ff", .is_other = true},
    {.hex = "c074323031332d30332d32315432303a30343a30305a",
     .kind = DUO_CBOR_TEXT,
     .bytes = "323031332d30332d32315432303a30343a30305a"},
    {.hex = "c11a514b67b0", .number = 1363896240},
    {.hex = "c1fb41d452d9ec200000", .is_other = true},
    {.hex = "d74401020304",.kind = DUO_CBOR_BYTES, .bytes = "01020304"},
    {.hex = "d818456449455446", .kind = DUO_CBOR_BYTES, .bytes = "6449455446"},
    {.hex = "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
     .kind = DUO_CBOR_TEXT,
     .bytes = "687474703a2f2f7777772e6578616d706c652e636f6d"},
    {.hex = "40", .kind = DUO_CBOR_BYTES, .bytes = ""},
    {.hex = "4401020304", .kind = DUO_CBOR_BYTES, .bytes = "01020304"},
    {.hex = "60", .kind = DUO_CBOR_TEXT, .bytes = ""},
    {.hex = "6161", .kind = DUO_CBOR_TEXT, .bytes = "61"},
    {.hex = "6449455446", .kind = DUO_CBOR_TEXT, .bytes = "49455446"},
    {.hex = "62225c", .kind = DUO_CBOR_TEXT, .bytes = "225c"},
    {.hex = "62c3bc", .kind = DUO_CBOR_TEXT, .bytes = "c3bc"},
    {.hex = "63e6b0b4", .kind = DUO_CBOR_TEXT, .bytes = "e6b0b4"},
    {.hex = "64f0908591", .kind = DUO_CBOR_TEXT, .bytes = "f0908591"},
    {.hex = "80", .kind = DUO_CBOR_ARRAY, .bytes = ""},
    {.hex = "83010203", .kind = DUO_CBOR_ARRAY,.bytes = "010203"},
    {.hex = "8301820203820405", .kind = DUO_CBOR_ARRAY, .bytes = "01820203820405"},
    {.hex = "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
     .kind = DUO_CBOR_ARRAY,
     .bytes = "0102030405060708090a0b0c0d0e0f101112131415161718181819"},
    {.hex = "a0", .is_other = true},
    {.hex = "a201020304", .is_other = true},
    {.hex = "a26161016162820203",.is_other = true},
    {.hex = "826161a161626163", .kind = DUO_CBOR_ARRAY, .bytes = "6161a161626163"},
    {.hex = "a56161614161626142616361436164614461656145", .is_other = true},
    {.hex = "5f42010243030405ff", .kind = DUO_CBOR_BYTES, .bytes = "0102030405"},
    {.hex = "7f657374726561646d696e67ff", .kind = DUO_CBOR_TEXT, .bytes = "73747265616d696e67"},
    {.hex = "9fff", .kind = DUO_CBOR_ARRAY, .bytes = ""},
    {.hex = "9f018202039f0405ffff", .kind = DUO_CBOR_ARRAY, .bytes = "018202039f0405ff"},
    {.hex = "9f01820203820405ff", .kind = DUO_CBOR_ARRAY, .bytes = "01820203820405"},
    {.hex = "83018202039f0405ff", .kind = DUO_CBOR_ARRAY, .bytes = "018202039f0405ff"},
    {.hex = "83019f0203ff820405", .kind = DUO_CBOR_ARRAY, .bytes = "019f0203ff820405"},
    {.hex = "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
     .kind = DUO_CBOR_ARRAY,
     .bytes = "0102030405060708090a0b0c0d0e0f101112131415161718181819"},
    {.hex = "bf61610161629f0203ffff", .is_other = true},
    {.hex = "826161bf61626163ff", .kind = DUO_CBOR_ARRAY, .bytes = "6161bf61626163ff"},
    {.hex = "bf6346756ef563416d7421ff", .is_other = true},
};
/* clang-format on */

/* {"k": value, "z": 7} with the value's bytes. */
static size_t make_map(const char *value_hex, uint8_t dst[BYTES_MAX])
{
    char hex[2U * BYTES_MAX] = "bf616b";

    strcat(hex, value_hex);
    strcat(hex, "617a07ff");
    return from_hex(hex, dst);
}

static void check_example(const struct example *row)
{
    uint8_t wanted[BYTES_MAX];
    uint8_t map[BYTES_MAX];
    struct duo_cbor_input input = exact(map, make_map(row->hex, map));
    struct duo_cbor_field fields[] = {
        {.key = "k", .kind = row->kind    },
        {.key = "z", .kind = DUO_CBOR_UINT},
    };

    /* The second time: strings that were put together are still legal. */
    for (int i = 0; i < 2; i++) {
        bool is_read = duo_cbor_read_map(input, fields, 2);

        assert_int_equal(is_read, !row->is_other);
        assert_true(duo_cbor_read_map(input, &fields[1], 1));
        assert_true(fields[1].found);
        assert_int_equal(fields[1].number, 7);
        if (row->is_other) {
            continue;
        }
        assert_true(fields[0].found);
        if (row->bytes == NULL) {
            assert_true(fields[0].number == row->number);
        } else {
            size_t len_bytes = from_hex(row->bytes, wanted);

            assert_int_equal(fields[0].bytes.len_bytes, len_bytes);
            assert_memory_equal(fields[0].bytes.data, wanted, len_bytes);
        }
    }
    drop(input);
}

static void examples_of_the_rfc_have_their_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        check_example(&examples[i]);
    }
}

static void every_example_is_one_item_and_no_part_of_it_is(void **state)
{
    uint8_t bytes[BYTES_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        size_t whole_bytes = from_hex(examples[i].hex, bytes);

        for (size_t part = 0; part <= whole_bytes; part++) {
            struct duo_cbor_input input = exact(bytes, part);
            size_t expected = part == whole_bytes ? whole_bytes : 0;

            assert_int_equal(duo_cbor_item_bytes(input), expected);
            drop(input);
        }
    }
}

static void an_example_of_another_kind_is_refused(void **state)
{
    uint8_t map[BYTES_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        for (unsigned kind = 0; kind <= DUO_CBOR_ARRAY; kind++) {
            const struct example *row = &examples[i];
            struct duo_cbor_field field = {.key = "k",
                                           .kind = (enum duo_cbor_kind)kind};
            bool is_string =
                row->kind == DUO_CBOR_TEXT || row->kind == DUO_CBOR_BYTES;
            bool is_kind =
                !row->is_other &&
                (row->kind == kind || (is_string && kind == DUO_CBOR_STRING));
            struct duo_cbor_input input = exact(map, make_map(row->hex, map));
            bool is_integer = (map[3] & 0xDFU) < 0x1CU || map[3] == 0xC1;

            if (kind == DUO_CBOR_BOOL && is_integer) {
                is_kind = row->number != 0 || row->is_other ||
                          row->kind == DUO_CBOR_UINT;
                is_kind = is_kind && map[4] != 0xFB;
            }
            assert_int_equal(duo_cbor_read_map(input, &field, 1), is_kind);
            drop(input);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_rfc_have_their_values),
        cmocka_unit_test(every_example_is_one_item_and_no_part_of_it_is),
        cmocka_unit_test(an_example_of_another_kind_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
