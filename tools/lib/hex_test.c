/* SPDX-License-Identifier: MIT */
/* Faults of HEX files are in test/cli/image_bad_files.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"

static void records_end_at_addresses_of_16_bytes(void **state)
{
    /* Data at an address with a high half, and a record cut at 16 bytes. */
    static const char expected[] = ":020000040100F9\n"
                                   ":0E40020000010203040506070809"
                                   "0A0B0C0D55\n"
                                   ":024010000E0F91\n"
                                   ":00000001FF\n";
    uint8_t data[16];
    struct duo_tool_buffer text = {0};

    (void)state;
    for (uint8_t i = 0; i < sizeof(data); i++) {
        data[i] = i;
    }
    duo_tool_hex_encode(&text, (struct duo_tool_hex_segment){
                                   0x01004002, {data, sizeof(data)}
    });
    duo_tool_hex_end(&text);
    assert_int_equal(text.len_bytes, strlen(expected));
    assert_memory_equal(text.data, expected, text.len_bytes);
    duo_tool_buffer_free(&text);
}

/* Across 64 KB and up to the last byte of the address space. */
static void what_is_written_is_read_again(void **state)
{
    static const uint32_t addrs[] = {0,      1,          0xC000,
                                     0xFFF8, 0x0100FFFF, 0xFFFFFFFFU - 299U};
    uint8_t data[300];

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 7);
    }
    for (size_t i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++) {
        struct duo_tool_buffer text = {0};
        struct duo_tool_buffer back;
        struct duo_tool_error error;
        uint32_t addr;
        bool done;

        duo_tool_hex_encode(&text, (struct duo_tool_hex_segment){
                                       addrs[i], {data, sizeof(data)}
        });
        duo_tool_hex_end(&text);
        done = duo_tool_hex_decode("test.hex", duo_tool_buffer_view(&text),
                                   &back, &addr, &error);
        assert_true(done);
        assert_int_equal(addr, addrs[i]);
        assert_int_equal(back.len_bytes, sizeof(data));
        assert_memory_equal(back.data, data, sizeof(data));
        duo_tool_buffer_free(&text);
        duo_tool_buffer_free(&back);
    }
}

static void gaps_read_as_erased(void **state)
{
    static const char text[] = ":0100040042B9\n:01000000"
                               "41BE\n:00000001FF\n";
    static const uint8_t expected[] = {0x41, 0xFF, 0xFF, 0xFF, 0x42};
    struct duo_bytes bytes = {(const uint8_t *)text, sizeof(text) - 1};
    struct duo_tool_buffer back;
    struct duo_tool_error error;
    uint32_t addr;
    bool done = duo_tool_hex_decode("test.hex", bytes, &back, &addr, &error);

    (void)state;
    assert_true(done);
    assert_int_equal(addr, 0);
    assert_int_equal(back.len_bytes, sizeof(expected));
    assert_memory_equal(back.data, expected, sizeof(expected));
    duo_tool_buffer_free(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_end_at_addresses_of_16_bytes),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(gaps_read_as_erased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
