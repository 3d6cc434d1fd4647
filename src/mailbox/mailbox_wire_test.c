/* SPDX-License-Identifier: MIT */
/* Reports, geometries and status numbers as bytes. */
#include "mailbox/mailbox_rig.h"

/* Every field has its own value, so that none can be mistaken for another. */
static struct duo_mailbox_report full_report(void)
{
    struct duo_mailbox_report report = {
        .reason = DUO_REASON_NONE,
        .image =
            {
                    .version = {1, 2, 0x0304, 0x05060708},
                    .flags = 0x100,
                    .load_addr = 0x01001000,
                    .header_bytes = 0x200,
                    .payload_bytes = 0x1234,
                    .protected_tlv_bytes = 0x48,
                    .total_bytes = 0x1700,
                    .initial_sp_addr = 0x21002000,
                    .reset_addr = 0x01001301,
                    .core = DUO_CORE_NET,
                    .has_target_tlv = true,
                    .has_security_counter = true,
                    .security_counter = 77,
                    .dependency_count = DUO_IMAGE_DEPENDENCIES_MAX,
                    },
    };
    for (uint8_t i = 0; i < DUO_IMAGE_DEPENDENCIES_MAX; i++) {
        report.image.dependencies[i].core = (enum duo_core)(i % 3U);
        report.image.dependencies[i].version_min = (struct duo_version){
            i, (uint8_t)(i + 1U), (uint16_t)(500U + i), 900000U + i};
    }
    for (uint8_t i = 0; i < DUO_SHA256_BYTES; i++) {
        report.image.digest[i] = (uint8_t)(0xA0U + i);
    }
    return report;
}

static void a_report_survives_the_wire(void **state)
{
    struct duo_mailbox_report report = full_report();
    struct duo_mailbox_report parsed;
    uint8_t bytes[DUO_MAILBOX_REPORT_BYTES];

    (void)state;
    duo_wire_format_report(&report, bytes);
    assert_true(duo_wire_parse_report(bytes, &parsed));
    assert_memory_equal(&report, &parsed, sizeof(report));
    assert_int_equal(duo_load_le16(bytes + 6), 0x0304);
    assert_int_equal(duo_load_le32(bytes + 44), 1);
    assert_int_equal(bytes[108], 0xA0);
    assert_int_equal(bytes[139], 0xBF);
}

static void a_refusal_tells_its_reason_alone(void **state)
{
    struct duo_mailbox_report report = full_report();
    struct duo_mailbox_report parsed;
    uint8_t bytes[DUO_MAILBOX_REPORT_BYTES];
    size_t count;
    const struct duo_reason_text *table = duo_reason_table(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        if (table[i].reason == DUO_REASON_NONE) {
            continue;
        }
        report.reason = table[i].reason;
        duo_wire_format_report(&report, bytes);
        assert_true(duo_bytes_are(
            (struct duo_bytes){bytes + 4, sizeof(bytes) - 4U}, 0));
        assert_true(duo_wire_parse_report(bytes, &parsed));
        assert_int_equal(parsed.reason, table[i].reason);
        assert_int_equal(parsed.image.core, DUO_CORE_NONE);
        bytes[50] = 1;
        assert_false(duo_wire_parse_report(bytes, &parsed));
        assert_int_equal(parsed.reason, DUO_REASON_NET_PROTOCOL);
    }
}

/* One field of a good report changed at a time. */
static void impossible_reports_are_refused(void **state)
{
    static const struct {
        uint32_t off;
        uint32_t value;
        bool possible;
    } rows[] = {
        {0,  38,              false}, /* No such reason. */
        {0,  0x100,           false},
        {0,  UINT32_MAX,      false},
        {20, 32,              true }, /* Header. */
        {20, 31,              false},
        {20, UINT32_MAX,      false},
        {24, UINT32_MAX,      false}, /* Payload: the sum would wrap. */
        {24, 0x14B8,          true },
        {24, 0x14B9,          false},
        {28, UINT32_MAX,      false},
        {32, 0,               false}, /* Total. */
        {32, UINT32_MAX,      false},
        {32, 1024 * 1024,     true },
        {32, 1024 * 1024 + 1, false},
        {44, 0,               false}, /* Core. */
        {44, 2,               false},
        {44, 257,             false},
        {48, 2,               true },
        {48, 1,               false}, /* A counter that is not there. */
        {48, 7,               false},
        {56, 0,               true },
        {56, 5,               false},
        {56, UINT32_MAX,      false},
        {60, 3,               false}, /* A dependency's core. */
        {96, 0x10000,         false},
    };
    struct duo_mailbox_report report = full_report();
    struct duo_mailbox_report parsed;
    uint8_t bytes[DUO_MAILBOX_REPORT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        duo_wire_format_report(&report, bytes);
        duo_store_le32(bytes + rows[i].off, rows[i].value);
        assert_int_equal(duo_wire_parse_report(bytes, &parsed),
                         rows[i].possible);
        assert_int_equal(parsed.reason, rows[i].possible
                                            ? DUO_REASON_NONE
                                            : DUO_REASON_NET_PROTOCOL);
    }
}

static void impossible_geometries_are_refused(void **state)
{
    static const struct {
        uint32_t off;
        uint32_t value;
        bool possible;
    } rows[] = {
        {0,  0,           false},
        {0,  2,           false},
        {12, 0,           false},
        {12, 2048,        true },
        {12, 1000,        false},
        {12, 1024 * 1024, true },
        {12, 0x100800,    false},
        {12, UINT32_MAX,  false},
        {16, 0x01004000,  true },
        {16, 0x01004004,  false},
        {16, 0xFFFFF800,  false},
        {20, 4096,        false},
        {20, 0,           false},
        {24, 1,           false},
        {24, 0,           false},
        {28, 0,           false},
        {28, 0x1FF,       false},
    };
    const struct duo_wire_info info = {
        1, {1,           2,    3, 4   },
         { 0x6000, 0x01001000, 2048, 4, 0xFF}
    };
    struct duo_wire_info parsed;
    uint8_t bytes[DUO_WIRE_INFO_BYTES];

    (void)state;
    duo_wire_format_info(&info, bytes);
    assert_true(duo_wire_parse_info(bytes, &parsed));
    assert_int_equal(parsed.netboot_version.revision, 3);
    assert_int_equal(parsed.geometry.size_bytes, 0x6000);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        duo_wire_format_info(&info, bytes);
        duo_store_le32(bytes + rows[i].off, rows[i].value);
        assert_int_equal(duo_wire_parse_info(bytes, &parsed), rows[i].possible);
    }
}

static void every_error_has_one_status(void **state)
{
    static const enum duo_err errs[] = {
        DUO_OK,          DUO_ERR_ARG,   DUO_ERR_RANGE,
        DUO_ERR_FORMAT,  DUO_ERR_FLASH, DUO_ERR_BUSY,
        DUO_ERR_TIMEOUT, DUO_ERR_FULL,  DUO_ERR_REFUSED,
    };
    enum duo_err err;

    (void)state;
    for (uint32_t i = 0; i < sizeof(errs) / sizeof(errs[0]); i++) {
        assert_int_equal(duo_wire_status(errs[i]), i);
        assert_true(duo_wire_status_parse(i, &err));
        assert_int_equal(err, errs[i]);
    }
    assert_false(duo_wire_status_parse(9, &err));
    assert_false(duo_wire_status_parse(UINT32_MAX, &err));
    assert_int_equal(duo_wire_status((enum duo_err) - 99), 4);
}

static void pages_keep_bytes_of_any_length(void **state)
{
    static uint32_t mem[DUO_MAILBOX_BYTES / 4U];
    uint8_t out[12];

    (void)state;
    for (uint32_t len_bytes = 0; len_bytes <= 9; len_bytes++) {
        memset(mem, 0xEE, sizeof(mem));
        memset(out, 0x77, sizeof(out));
        duo_wire_store_page(
            mem, 5,
            (struct duo_bytes){(const uint8_t *)"123456789", len_bytes});
        duo_wire_take_page(mem, 5, out, len_bytes);
        assert_memory_equal(out, "123456789", len_bytes);
        assert_int_equal(out[len_bytes], 0x77);
        /* Ring place 2; the words behind are not touched. */
        assert_int_equal(mem[512U + 2U * 512U + (len_bytes + 3U) / 4U],
                         0xEEEEEEEE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_survives_the_wire),
        cmocka_unit_test(a_refusal_tells_its_reason_alone),
        cmocka_unit_test(impossible_reports_are_refused),
        cmocka_unit_test(impossible_geometries_are_refused),
        cmocka_unit_test(every_error_has_one_status),
        cmocka_unit_test(pages_keep_bytes_of_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
