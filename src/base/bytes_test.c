/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "duo/bytes.h"

static struct duo_bytes view(const char *text, size_t len_bytes)
{
    return (struct duo_bytes){(const uint8_t *)text, len_bytes};
}

static void crc32_has_the_published_check_value(void **state)
{
    (void)state;
    assert_int_equal(duo_crc32(0, view("123456789", 9)), 0xCBF43926U);
    assert_int_equal(duo_crc32(duo_crc32(0, view("1234", 4)), view("56789", 5)),
                     0xCBF43926U);
    assert_int_equal(duo_crc32(0, view("", 0)), 0);
}

static void crc32_is_the_bitwise_remainder_for_every_byte(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256U; value++) {
        uint8_t byte = (uint8_t)value;
        uint32_t crc = ~0U ^ value;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320U & (0U - (crc & 1U)));
        }
        assert_int_equal(duo_crc32(0, (struct duo_bytes){&byte, 1}), ~crc);
    }
}

static void equality_needs_the_same_length(void **state)
{
    (void)state;
    assert_true(duo_bytes_equal(view("abc", 3), view("abc", 3)));
    assert_false(duo_bytes_equal(view("abc", 3), view("abc", 2)));
    assert_false(duo_bytes_equal(view("abc", 3), view("abd", 3)));
    assert_true(duo_bytes_equal(view("a", 0), view("b", 0)));
    assert_true(duo_bytes_are(view("aaa", 3), 'a'));
    assert_false(duo_bytes_are(view("aab", 3), 'a'));
}

static void loads_and_stores_are_little_endian(void **state)
{
    uint8_t buf[4];

    (void)state;
    duo_store_le32(buf, 0x12345678U);
    assert_int_equal(buf[0], 0x78);
    assert_int_equal(buf[3], 0x12);
    assert_int_equal(duo_load_le32(buf), 0x12345678U);
    duo_store_le16(buf, 0xABCD);
    assert_int_equal(buf[0], 0xCD);
    assert_int_equal(duo_load_le16(buf), 0xABCD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32_has_the_published_check_value),
        cmocka_unit_test(crc32_is_the_bitwise_remainder_for_every_byte),
        cmocka_unit_test(equality_needs_the_same_length),
        cmocka_unit_test(loads_and_stores_are_little_endian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
