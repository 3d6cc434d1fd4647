/* SPDX-License-Identifier: MIT */
/* Firmware files, good and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "elf.h"
#include "firmware_file.h"

#define TEST_PATH "firmware_file_test.bin"
#define ELF_HEAD  52U
#define ELF_PROG  32U
#define PAYLOAD   (ELF_HEAD + 2U * ELF_PROG)
#define ELF_BYTES (PAYLOAD + 48U)

static void write_file(struct duo_bytes bytes)
{
    FILE *stream = fopen(TEST_PATH, "wb");

    assert_non_null(stream);
    assert_int_equal(fwrite(bytes.data, 1, bytes.len_bytes, stream),
                     bytes.len_bytes);
    assert_int_equal(fclose(stream), 0);
}

static void write_text(const char *text)
{
    write_file((struct duo_bytes){(const uint8_t *)text, strlen(text)});
}

static bool read_back(struct duo_tool_firmware_file *file,
                      struct duo_tool_error *error)
{
    struct duo_tool_firmware_source source = {.path = TEST_PATH};

    *error = (struct duo_tool_error){0};
    return duo_tool_firmware_file_read(&source, file, error);
}

/* Refused, with words of the message that name the place. */
static void assert_refused(const char *words)
{
    struct duo_tool_firmware_file file;
    struct duo_tool_error error;

    assert_false(read_back(&file, &error));
    assert_int_equal(error.exit_code, DUO_EXIT_INPUT);
    assert_non_null(strstr(error.text, TEST_PATH));
    if (strstr(error.text, words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.text, words);
    }
    assert_null(file.segments);
    assert_null(file.content[0]);
}

static void put_header(uint8_t *elf, unsigned index, uint32_t addr,
                       uint32_t off_bytes, uint32_t len_bytes)
{
    uint8_t *header = elf + ELF_HEAD + (size_t)index * ELF_PROG;

    duo_store_le32(header, 1);
    duo_store_le32(header + 4, off_bytes);
    duo_store_le32(header + 8, 0x20000000U); /* Virtual: not where it goes. */
    duo_store_le32(header + 12, addr);
    duo_store_le32(header + 16, len_bytes);
    duo_store_le32(header + 20, len_bytes);
}

/* An executable with 32 bytes at 0xC000 and 16 at 0x01004000. */
static void make_elf(uint8_t elf[ELF_BYTES])
{
    static const uint8_t ident[] = {0x7F, 'E', 'L', 'F', 1, 1, 1};

    memset(elf, 0, ELF_BYTES);
    memcpy(elf, ident, sizeof(ident));
    duo_store_le16(elf + 16, 2);
    duo_store_le16(elf + 18, 40);
    duo_store_le32(elf + 28, ELF_HEAD);
    duo_store_le16(elf + 42, ELF_PROG);
    duo_store_le16(elf + 44, 2);
    put_header(elf, 0, 0xC000, PAYLOAD, 32);
    put_header(elf, 1, 0x01004000, PAYLOAD + 32U, 16);
    for (unsigned at = PAYLOAD; at < ELF_BYTES; at++) {
        elf[at] = (uint8_t)at;
    }
}

static void write_elf(const uint8_t elf[ELF_BYTES])
{
    write_file((struct duo_bytes){elf, ELF_BYTES});
}

static void elf_goes_to_its_physical_addresses(void **state)
{
    uint8_t elf[ELF_BYTES];
    struct duo_tool_firmware_file file;
    struct duo_tool_error error;

    (void)state;
    make_elf(elf);
    write_elf(elf);
    assert_true(read_back(&file, &error));
    assert_int_equal(file.segment_count, 2);
    assert_int_equal(file.segments[0].memory, DUO_TOOL_MEMORY_APP_FLASH);
    assert_int_equal(file.segments[0].off_bytes, 0xC000);
    assert_int_equal(file.segments[0].bytes.len_bytes, 32);
    assert_memory_equal(file.segments[0].bytes.data, elf + PAYLOAD, 32);
    assert_int_equal(file.segments[1].memory, DUO_TOOL_MEMORY_NET_FLASH);
    assert_int_equal(file.segments[1].addr, 0x01004000);
    assert_int_equal(file.segments[1].off_bytes, 0x4000);
    assert_memory_equal(file.segments[1].bytes.data, elf + PAYLOAD + 32, 16);
    duo_tool_firmware_file_free(&file);
}

static void every_truncation_of_an_elf_is_refused(void **state)
{
    uint8_t elf[ELF_BYTES];

    (void)state;
    make_elf(elf);
    for (size_t len_bytes = 0; len_bytes < ELF_BYTES; len_bytes++) {
        write_file((struct duo_bytes){elf, len_bytes});
        assert_refused(len_bytes < 4          ? "neither ELF nor Intel HEX"
                       : len_bytes < ELF_HEAD ? "header is cut off"
                       : len_bytes < PAYLOAD  ? "program headers"
                                              : "the file ends before");
    }
}

/* One field of the file is changed, and this is said of it. */
static void hostile_elf_fields_are_refused(void **state)
{
    static const struct {
        uint32_t off;
        uint32_t value;
        unsigned bytes;
        const char *words;
    } rows[] = {
        {4,  2,          1, "another machine"            }, /* 64 bits. */
        {5,  2,          1, "another machine"            }, /* Big-endian. */
        {18, 62,         2, "another machine (number 62)"},
        {16, 1,          2, "no linked program"          },
        {16, 3,          2, "no linked program"          },
        {28, 0xFFFFFFF0, 4, "program headers"            },
        {28, ELF_BYTES,  4, "program headers"            },
        {42, 40,         2, "program headers of 40"      },
        {44, 0xFFFF,     2, "program headers"            },
        {44, 0,          2, "nothing to write"           },
        {56, 0xFFFFFFFF, 4, "address 0x0000c000"         }, /* p_offset */
        {68, 0xFFFFFFFF, 4, "address 0x0000c000"         }, /* p_filesz */
        {72, 31,         4, "do not fit at address"      }, /* p_memsz */
        {64, 0xFFFFFFF0, 4, "at address 0xfffffff0"      }, /* p_paddr wraps */
        {64, 0x20000000, 4, "0x20000000 is in none"      },
        {64, 0x000FFFF0, 4, "0x00100000 is behind"       },
        {64, 0x00FF7FFF, 4, "0x00ff7fff is in none"      },
        {64, 0x0103FFE1, 4, "0x01040000 is behind"       },
        {64, 0x107FFFFF, 4, "0x10800000 is behind"       },
        {64, 0x01003FF0, 4, "0x01004000 is given twice"  },
    };
    uint8_t elf[ELF_BYTES];

    (void)state;
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        uint8_t value[4];

        make_elf(elf);
        duo_store_le32(value, rows[row].value);
        memcpy(elf + rows[row].off, value, rows[row].bytes);
        write_elf(elf);
        assert_refused(rows[row].words);
    }
}

/* A flipped bit may give another good file; it never does harm. */
static void flipped_bits_do_no_harm(void **state)
{
    uint8_t elf[ELF_BYTES];

    (void)state;
    for (size_t bit = 0; bit < (size_t)PAYLOAD * 8U; bit++) {
        struct duo_tool_firmware_file file;
        struct duo_tool_error error;

        make_elf(elf);
        elf[bit / 8U] ^= (uint8_t)(1U << bit % 8U);
        write_elf(elf);
        if (read_back(&file, &error)) {
            assert_true(file.segment_count > 0);
            duo_tool_firmware_file_free(&file);
        } else {
            assert_true(error.text[0] != '\0');
        }
    }
}

static void hex_may_hold_all_memories(void **state)
{
    struct duo_tool_firmware_file file;
    struct duo_tool_error error;

    (void)state;
    write_text("\n:020000040100F9\n:0240000011229B\n:00000001FF\n");
    assert_refused(":3: the checksum");
    write_text(":020000040100F9\n:0240000011228B\n:02000004107A70\n"
               ":01000000AA55\n:020000040000FA\n:04C00000DEADBEEF04\n"
               ":02000004 00FFFB\n:00000001FF\n");
    assert_refused(":7");
    write_text(":020000040100F9\n:0240000011228B\n:02000004107A70\n"
               ":01000000AA55\n:020000040000FA\n:04C00000DEADBEEF04\n"
               ":0200000400FFFB\n:04800000FA50FA50E8\n:00000001FF\n");
    assert_true(read_back(&file, &error));
    assert_int_equal(file.segment_count, 4);
    assert_int_equal(file.segments[0].addr, 0xC000);
    assert_int_equal(file.segments[1].memory, DUO_TOOL_MEMORY_APP_UICR);
    assert_int_equal(file.segments[2].memory, DUO_TOOL_MEMORY_NET_FLASH);
    assert_int_equal(file.segments[2].bytes.data[1], 0x22);
    assert_int_equal(file.segments[3].memory, DUO_TOOL_MEMORY_EXT_FLASH);
    assert_int_equal(file.segments[3].off_bytes, 0x7A0000);
    duo_tool_firmware_file_free(&file);
}

static void hostile_hex_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *words;
    } rows[] = {
        {"",                                                "neither ELF"     },
        {":",                                               ":1"              },
        {":00000001FF",                                     "nothing to write"},
        {":01000000AA55\n",                                 "cut off"         },
        {":01000000AA56\n:00000001FF\n",                    ":1: the checksum"},
        {":020000042000DA\n:01000000AA55\n:00000001FF\n",
         ":2: address 0x20000000 is in none"                                  },
        {":01000000AA55\n:01000000AA55\n:00000001FF\n",
         ":2: address 0x00000000 is given twice"                              },
        {":02000004000FEB\n:02FFFF001122CD\n:00000001FF\n",
         ":2: address 0x00100000 is behind"                                   },
    };

    (void)state;
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        write_text(rows[row].text);
        assert_refused(rows[row].words);
    }
}

static void raw_files_need_an_address_and_stay_inside(void **state)
{
    uint8_t elf[ELF_BYTES];
    struct duo_tool_firmware_source source = {TEST_PATH, true, 0x107FFFFC};
    struct duo_tool_firmware_file file;
    struct duo_tool_error error;

    (void)state;
    write_text("abcd");
    assert_refused("needs an address");
    assert_true(duo_tool_firmware_file_read(&source, &file, &error));
    assert_int_equal(file.segment_count, 1);
    assert_int_equal(file.segments[0].off_bytes, 0x7FFFFC);
    assert_memory_equal(file.segments[0].bytes.data, "abcd", 4);
    duo_tool_firmware_file_free(&file);
    write_text("abcde");
    assert_false(duo_tool_firmware_file_read(&source, &file, &error));
    assert_non_null(strstr(error.text, "0x10800000"));
    make_elf(elf);
    write_elf(elf);
    assert_false(duo_tool_firmware_file_read(&source, &file, &error));
    assert_non_null(strstr(error.text, "its own addresses"));
}

static void missing_files_are_told(void **state)
{
    struct duo_tool_firmware_source source = {.path = "no-such-file"};
    struct duo_tool_firmware_file file;
    struct duo_tool_error error;

    (void)state;
    assert_false(duo_tool_firmware_file_read(&source, &file, &error));
    assert_int_equal(error.exit_code, DUO_EXIT_IO);
    assert_non_null(strstr(error.text, "no-such-file"));
}

static int remove_file(void **state)
{
    (void)state;
    return remove(TEST_PATH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elf_goes_to_its_physical_addresses),
        cmocka_unit_test(every_truncation_of_an_elf_is_refused),
        cmocka_unit_test(hostile_elf_fields_are_refused),
        cmocka_unit_test(flipped_bits_do_no_harm),
        cmocka_unit_test(hex_may_hold_all_memories),
        cmocka_unit_test(hostile_hex_is_refused),
        cmocka_unit_test(raw_files_need_an_address_and_stay_inside),
        cmocka_unit_test(missing_files_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, remove_file);
}
