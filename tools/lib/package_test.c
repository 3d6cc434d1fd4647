/* SPDX-License-Identifier: MIT */
/* Packages: made, read again, and damaged at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "package.h"
#include "package_test_zip.h"

static struct duo_tool_fixture fixture;

static struct duo_tool_buffer make_image(enum duo_core core)
{
    const struct duo_tool_firmware firmware = {
        .core = core, .payload_bytes = 300, .header_bytes = 512, .seed = 3};
    struct duo_tool_sign_options options = {
        .version = {2, 3, 4, 5}
    };
    struct duo_tool_buffer image = {0};

    duo_tool_fixture_image(&fixture, &firmware, options,
                           &fixture.keys[DUO_KEY_ED25519], &image);
    return image;
}

/* The network core's image first, if asked for. */
static struct duo_tool_buffer make_package(bool is_net_first)
{
    struct duo_package_part parts[DUO_CORE_COUNT] = {{.path = "dir/a b.hex"},
                                                     {.path = "net.bin"}};
    struct duo_package_plan plan = {.name = "both",
                                    .board = "nrf5340dk/nrf5340",
                                    .time_s = 1763812345,
                                    .parts = parts,
                                    .count = DUO_CORE_COUNT,
                                    .trust = &fixture.board.trust};
    struct duo_tool_buffer zip = {0};
    struct duo_tool_error error = {0};

    for (size_t i = 0; i < DUO_CORE_COUNT; i++) {
        struct duo_package_part *part = &parts[is_net_first ? 1 - i : i];
        part->bytes = make_image((enum duo_core)i);
        part->image.core = (enum duo_core)i;
        part->image.version = (struct duo_version){2, 3, 4, 5};
        part->image.header_bytes = 512;
        part->image.total_bytes = (uint32_t)part->bytes.len_bytes;
    }
    assert_true(duo_package_write(&plan, &zip, &error));
    for (size_t i = 0; i < DUO_CORE_COUNT; i++) {
        duo_tool_buffer_free(&parts[i].bytes);
    }
    return zip;
}

static void what_is_made_is_read_and_has_no_finding(void **state)
{
    struct duo_tool_buffer image = make_image(DUO_CORE_NET);
    struct duo_tool_buffer zip = make_package(true);
    struct duo_package_findings findings;
    struct duo_package package;
    struct duo_tool_error error = {0};

    (void)state;
    assert_true(duo_package_is_zip(duo_tool_buffer_view(&zip)));
    assert_false(duo_package_is_zip(duo_tool_buffer_view(&image)));
    assert_true(
        duo_package_parse(LABEL, duo_tool_buffer_view(&zip), &package, &error));
    assert_int_equal(package.count, 2);
    assert_int_equal(package.time_s, 1763812345);
    assert_int_equal(package.format, 1);
    assert_string_equal(package.name, "both");
    assert_true(package.is_streamable);
    assert_int_equal(package.entries[0].image_index, DUO_CORE_NET);
    assert_int_equal(package.entries[1].image_index, DUO_CORE_APP);
    assert_string_equal(package.entries[0].file, "a_b.bin");
    assert_string_equal(package.entries[0].version, "2.3.4+5");
    assert_string_equal(package.entries[0].board, "nrf5340dk/nrf5340/cpunet");
    assert_int_equal(package.entries[0].slot, DUO_PACKAGE_SLOT_DEFAULT);
    assert_int_equal(package.entries[0].load_addr,
                     fixture.board.trust.code[DUO_CORE_NET].addr + 512);
    assert_true(duo_bytes_equal(duo_tool_buffer_view(&package.entries[0].bytes),
                                duo_tool_buffer_view(&image)));
    duo_package_check(&package, &fixture.board.trust, &findings);
    assert_int_equal(findings.count, 0);
    duo_package_findings_free(&findings);
    duo_package_free(&package);
    duo_tool_buffer_free(&zip);
    duo_tool_buffer_free(&image);
}

static void every_truncation_is_refused(void **state)
{
    struct duo_tool_buffer zip = make_package(false);

    (void)state;
    for (size_t len_bytes = 0; len_bytes < zip.len_bytes; len_bytes += 3) {
        assert_refused((struct duo_bytes){zip.data, len_bytes}, DUO_EXIT_INPUT,
                       LABEL);
    }
    duo_tool_buffer_free(&zip);
}

/* A flip in a time or an attribute may pass; none in what is uploaded. */
static void no_flipped_bit_changes_what_is_uploaded(void **state)
{
    struct duo_tool_buffer zip = make_package(false);
    struct duo_package good;
    struct duo_package bad;
    struct duo_tool_error error;
    size_t refused = 0;

    (void)state;
    assert_true(
        duo_package_parse(LABEL, duo_tool_buffer_view(&zip), &good, &error));
    for (size_t at = 0; at < zip.len_bytes; at++) {
        zip.data[at] ^= (uint8_t)(1U << (at % 8));
        if (!duo_package_parse(LABEL, duo_tool_buffer_view(&zip), &bad,
                               &error)) {
            refused++;
        } else {
            assert_int_equal(bad.count, good.count);
            for (size_t i = 0; i < good.count; i++) {
                assert_int_equal(bad.entries[i].image_index,
                                 good.entries[i].image_index);
                assert_true(duo_bytes_equal(
                    duo_tool_buffer_view(&bad.entries[i].bytes),
                    duo_tool_buffer_view(&good.entries[i].bytes)));
            }
            duo_package_free(&bad);
        }
        zip.data[at] ^= (uint8_t)(1U << (at % 8));
    }
    assert_true(refused > zip.len_bytes * 9 / 10);
    duo_package_free(&good);
    duo_tool_buffer_free(&zip);
}

static int open_fixture(void **state)
{
    (void)state;
    duo_tool_fixture_open(&fixture);
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    duo_tool_fixture_close(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_is_read_and_has_no_finding),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(no_flipped_bit_changes_what_is_uploaded),
    };

    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
