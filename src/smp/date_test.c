/* SPDX-License-Identifier: MIT */
/* Dates: the calendar, and what is taken for one. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "smp/date.h"

static bool parse(const char *text, uint32_t *seconds_s)
{
    return duo_smp_date_parse(
        (struct duo_bytes){(const uint8_t *)text, strlen(text)}, seconds_s);
}

static void every_day_is_that_of_the_system_calendar(void **state)
{
    (void)state;
    for (uint64_t at_s = 0; at_s < UINT32_MAX; at_s += 86399) {
        time_t time = (time_t)at_s;
        struct tm parts;
        char expected[32];
        char text[DUO_SMP_DATE_CHARS + 1U];
        uint32_t back_s = 0;

        assert_non_null(gmtime_r(&time, &parts));
        assert_int_equal(
            strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S", &parts),
            DUO_SMP_DATE_CHARS);
        duo_smp_date_format((uint32_t)at_s, text);
        assert_string_equal(text, expected);
        if (parts.tm_year + 1900 <= 2105) {
            assert_true(parse(text, &back_s));
            assert_true(back_s == at_s);
        }
    }
}

static void what_clients_write_is_taken(void **state)
{
    static const char *const texts[] = {
        "2026-01-02T03:04:05",       "2026-01-02 03:04:05",
        "2026/01/02_03.04.05",       "2026-01-02T03:04:05.123",
        "2026-01-02T03:04:05Z",      "2026-01-02T03:04:05+00:00",
        "2026-01-02T03:04:05-0700",  "2026-1-2T3:4:5.1234567890",
        "2026-01-02T03:04:05.99999",
    };
    uint32_t at_s;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_true(parse(texts[i], &at_s));
        assert_int_equal(at_s, 1767323045);
    }
}

static void what_is_no_date_is_not(void **state)
{
    static const char *const texts[] = {
        "",
        "2026-01-02T03:04:0",          /* Too short, */
        "2026-01-02T03:04:05.1234567", /* too long. */
        "2026-02-29T00:00:00",         /* Not in the calendar. */
        "2100-02-29T00:00:00",
        "2026-04-31T00:00:00",
        "2026-06-31T00:00:00",
        "2026-09-31T00:00:00",
        "2026-11-31T00:00:00",
        "2026-01-32T00:00:00",
        "2026-00-01T00:00:00",
        "2026-13-01T00:00:00",
        "2026-01-00T00:00:00",
        "2026-01-01T24:00:00",
        "2026-01-01T00:60:00",
        "2026-01-01T00:00:60",
        "1969-12-31T23:59:59",
        "2106-01-01T00:00:00",
        "99999999999999-01-01", /* More than a number holds. */
        "4294969322-1-2T3:4:5",
        "2026--01-02T03:04:05", /* Two separators. */
        "x026-01-02T03:04:05",
        "2026-01-02T03:04:xx",
        "2026-01-02T03:04   ",
        "2026-01-02T03:0004 ",
        "0000000000000002026",
    };
    uint32_t at_s;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_false(parse(texts[i], &at_s));
    }
    assert_true(parse("2028-02-29T00:00:00", &at_s));
    assert_true(parse("2000-02-29T00:00:00", &at_s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_is_that_of_the_system_calendar),
        cmocka_unit_test(what_clients_write_is_taken),
        cmocka_unit_test(what_is_no_date_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
