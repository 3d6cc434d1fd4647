/* SPDX-License-Identifier: MIT */
/* Writing of CBOR: the bytes of RFC 8949, and what does not fit. */
#include "cbor_test.h"

static void check(const struct duo_cbor_writer *writer, const char *hex)
{
    uint8_t expected[BYTES_MAX];
    size_t len_bytes = from_hex(hex, expected);

    assert_false(writer->overflow);
    assert_int_equal(writer->len_bytes, len_bytes);
    assert_memory_equal(writer->data, expected, len_bytes);
}

struct int_case {
    int64_t value;
    const char *hex;
};

static void integers_are_as_short_as_can_be(void **state)
{
    static const struct int_case rows[] = {
        {0,             "00"                },
        {10,            "0a"                },
        {23,            "17"                },
        {24,            "1818"              },
        {255,           "18ff"              },
        {256,           "190100"            },
        {1000,          "1903e8"            },
        {65535,         "19ffff"            },
        {65536,         "1a00010000"        },
        {1000000,       "1a000f4240"        },
        {4294967295,    "1affffffff"        },
        {4294967296,    "1b0000000100000000"},
        {1000000000000, "1b000000e8d4a51000"},
        {INT64_MAX,     "1b7fffffffffffffff"},
        {-1,            "20"                },
        {-10,           "29"                },
        {-24,           "37"                },
        {-25,           "3818"              },
        {-100,          "3863"              },
        {-1000,         "3903e7"            },
        {INT64_MIN,     "3b7fffffffffffffff"},
    };
    uint8_t data[BYTES_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct duo_cbor_writer writer = {.data = data,
                                         .room_bytes = sizeof(data)};

        duo_cbor_put_int(&writer, NULL, rows[i].value);
        check(&writer, rows[i].hex);
        if (rows[i].value >= 0) {
            writer.len_bytes = 0;
            duo_cbor_put_uint(&writer, NULL, (uint64_t)rows[i].value);
            check(&writer, rows[i].hex);
        }
    }
}

static void put_all(struct duo_cbor_writer *writer)
{
    duo_cbor_begin_map(writer);
    duo_cbor_put_uint(writer, "a", UINT64_MAX);
    duo_cbor_put_bool(writer, "b", true);
    duo_cbor_put_bool(writer, "c", false);
    duo_cbor_put_text(writer, "d", "IETF");
    duo_cbor_put_bytes(writer, "e", (struct duo_bytes){NULL, 0});
    duo_cbor_put_key(writer, "f");
    duo_cbor_begin_array(writer);
    duo_cbor_put_bytes(writer, NULL,
                       (struct duo_bytes){(const uint8_t *)"\1\2\3", 3});
    duo_cbor_end(writer);
    duo_cbor_end(writer);
}

#define ALL_HEX                                                \
    "bf61611bffffffffffffffff6162f56163f461646449455446616540" \
    "61669f43010203ffff"

static void maps_and_arrays_have_what_was_put(void **state)
{
    uint8_t data[BYTES_MAX];
    struct duo_cbor_writer writer = {.data = data, .room_bytes = sizeof(data)};

    (void)state;
    put_all(&writer);
    check(&writer, ALL_HEX);
}

static void what_does_not_fit_is_not_written_at_all(void **state)
{
    size_t whole_bytes = strlen(ALL_HEX) / 2;

    (void)state;
    for (size_t room_bytes = 0; room_bytes <= whole_bytes; room_bytes++) {
        uint8_t *data = malloc(room_bytes + 1U); /* For the sanitizer. */
        struct duo_cbor_writer writer = {.data = data + 1,
                                         .room_bytes = room_bytes};
        size_t kept_bytes;

        assert_non_null(data);
        put_all(&writer);
        assert_int_equal(writer.overflow, room_bytes != whole_bytes);
        assert_true(writer.len_bytes <= room_bytes);
        /* Nor is what comes after it, though it would fit. */
        kept_bytes = writer.len_bytes;
        if (writer.overflow) {
            duo_cbor_end(&writer);
            assert_int_equal(writer.len_bytes, kept_bytes);
        }
        free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_as_short_as_can_be),
        cmocka_unit_test(maps_and_arrays_have_what_was_put),
        cmocka_unit_test(what_does_not_fit_is_not_written_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
