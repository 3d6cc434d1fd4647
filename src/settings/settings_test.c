/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "duo/settings.h"
#include "flash/fake_flash_rig.h"

#define PAGE   4096U
#define PAGES  3U
#define HEADER 20U

static struct fake_flash fake;
static struct duo_settings store;
static const struct duo_area area = {&fake.flash, PAGE, PAGES *PAGE};

static uint8_t *at(uint32_t off_bytes)
{
    return &fake.data[PAGE + off_bytes];
}

static struct duo_bytes view(const char *text)
{
    return (struct duo_bytes){(const uint8_t *)text, strlen(text)};
}

static void reopen(void)
{
    assert_int_equal(duo_settings_open(&store, &area), DUO_OK);
}

static int fresh(void **state)
{
    (void)state;
    fake_init(&fake, PAGE);
    reopen();
    return 0;
}

static enum duo_err set(const char *name, const char *value)
{
    const struct duo_bytes bytes = view(value);

    return duo_settings_set(&store, view(name), &bytes);
}

static bool is(const char *name, const char *value)
{
    uint8_t seen[DUO_SETTINGS_VALUE_BYTES_MAX];
    size_t len_bytes = sizeof(seen);
    enum duo_err err = duo_settings_get(&store, view(name), seen, &len_bytes);

    if (value == NULL || err != DUO_OK) {
        return value == NULL && err == DUO_ERR_FORMAT;
    }
    return duo_bytes_equal((struct duo_bytes){seen, len_bytes}, view(value));
}

static void values_are_kept_replaced_and_removed(void **state)
{
    (void)state;
    assert_true(is("a", NULL));
    assert_int_equal(set("a", "1"), DUO_OK);
    assert_int_equal(set("ab", ""), DUO_OK);
    assert_int_equal(set("a", "two"), DUO_OK);
    reopen();
    assert_true(is("a", "two"));
    assert_true(is("ab", ""));
    assert_int_equal(duo_settings_delete(&store, view("a")), DUO_OK);
    assert_int_equal(duo_settings_delete(&store, view("a")), DUO_ERR_FORMAT);
    reopen();
    assert_true(is("a", NULL));
    assert_true(is("ab", ""));
}

static void lengths_have_their_limits(void **state)
{
    uint8_t bytes[DUO_SETTINGS_VALUE_BYTES_MAX + 1U];
    uint8_t seen[DUO_SETTINGS_VALUE_BYTES_MAX];
    size_t len_bytes = 5;
    const struct duo_bytes name = {bytes, DUO_SETTINGS_NAME_BYTES_MAX};
    const struct duo_bytes value = {bytes, DUO_SETTINGS_VALUE_BYTES_MAX};
    const struct duo_bytes too_long = {bytes, sizeof(bytes)};

    (void)state;
    memset(bytes, 0xFF, sizeof(bytes));
    assert_int_equal(set("", "1"), DUO_ERR_ARG);
    assert_int_equal(duo_settings_set(&store, too_long, &value), DUO_ERR_ARG);
    assert_int_equal(duo_settings_set(&store, name, &too_long), DUO_ERR_ARG);
    assert_int_equal(fake.writes, 0);
    assert_int_equal(duo_settings_set(&store, name, &value), DUO_OK);
    reopen();
    memset(seen, 0, sizeof(seen));
    assert_int_equal(duo_settings_get(&store, name, seen, &len_bytes), DUO_OK);
    assert_int_equal(len_bytes, 64);
    assert_int_equal(seen[4], 0xFF);
    assert_int_equal(seen[5], 0); /* Only as much as there was room for. */
}

/* Wear: what is so already is not written, a clean store is only read. */
static void nothing_is_written_without_need(void **state)
{
    (void)state;
    assert_int_equal(set("a", "1"), DUO_OK);
    assert_int_equal(set("b", "2"), DUO_OK);
    fake_fail(&fake, 0);
    assert_int_equal(set("a", "1"), DUO_OK);
    reopen();
    assert_int_equal(set("b", "2"), DUO_OK);
    assert_int_equal(fake.writes + fake.erases, 0);
    assert_int_equal(set("b", "3"), DUO_OK);
    assert_int_equal(fake.writes, 2);
    assert_int_equal(fake.erases, 0);
    fake_fail(&fake, 0);
    assert_int_equal(duo_settings_erase(&store), DUO_OK);
    assert_int_equal(fake.erases, 2);
    assert_int_equal(duo_settings_erase(&store), DUO_OK);
    reopen();
    assert_int_equal(duo_settings_erase(&store), DUO_OK);
    assert_int_equal(fake.erases, 2);
}

/* A record of this name and value has 20 bytes, the one that stays 24. */
static void a_unit_takes_many_changes_before_an_erase(void **state)
{
    char value[8];
    unsigned erases = 0;

    (void)state;
    assert_int_equal(set("fixed", "stays"), DUO_OK);
    for (unsigned i = 0; i < 2000U; i++) {
        (void)snprintf(value, sizeof(value), "%u", 1000U + i);
        fake_fail(&fake, 0);
        assert_int_equal(set("a", value), DUO_OK);
        erases += fake.erases;
        assert_true(is("a", value));
    }
    assert_int_equal(erases, 1999U / ((PAGE - HEADER - 24U) / 20U));
    reopen();
    assert_true(is("fixed", "stays"));
    assert_true(is("a", "2999"));
}

static unsigned fill(void)
{
    char name[8];
    unsigned count = 0;
    enum duo_err err;

    do {
        (void)snprintf(name, sizeof(name), "n%03u", count);
        err = set(name, "twelve bytes");
        count++;
    } while (err == DUO_OK);
    assert_int_equal(err, DUO_ERR_FULL);
    return count - 1U;
}

static void a_full_store_keeps_what_it_has_and_can_be_changed(void **state)
{
    unsigned held = fill();

    (void)state;
    assert_int_equal(held, (PAGE - HEADER) / 28U);
    fake_fail(&fake, 0);
    assert_int_equal(set("more", "twelve bytes"), DUO_ERR_FULL);
    assert_int_equal(fake.erases + fake.writes, 0);
    assert_int_equal(set("n007", "TWELVE BYTES"), DUO_OK);
    assert_true(is("n007", "TWELVE BYTES"));
    assert_int_equal(duo_settings_delete(&store, view("n008")), DUO_OK);
    reopen();
    assert_true(is("n007", "TWELVE BYTES"));
    assert_true(is("n008", NULL));
    assert_true(is("n009", "twelve bytes"));
    assert_int_equal(set("more", "twelve bytes"), DUO_OK);
    assert_int_equal(set("even more", "twelve bytes"), DUO_ERR_FULL);
}

static void names_come_once_each(void **state)
{
    uint8_t name[DUO_SETTINGS_NAME_BYTES_MAX];
    size_t name_bytes;
    uint32_t cursor = 0;
    char seen[32] = "";

    (void)state;
    assert_false(duo_settings_next(&store, &cursor, name, &name_bytes));
    assert_int_equal(set("a", "1"), DUO_OK);
    assert_int_equal(set("b", "1"), DUO_OK);
    assert_int_equal(set("a", "2"), DUO_OK);
    assert_int_equal(set("c", "1"), DUO_OK);
    assert_int_equal(duo_settings_delete(&store, view("b")), DUO_OK);
    cursor = 0;
    while (duo_settings_next(&store, &cursor, name, &name_bytes)) {
        assert_int_equal(name_bytes, 1);
        strncat(seen, (const char *)name, name_bytes);
    }
    assert_string_equal(seen, "ac");
}

static void an_erased_store_holds_no_byte_of_the_old_values(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3U; i++) {
        (void)fill();
        assert_int_equal(set("n001", i % 2 == 0 ? "secret" : "SECRET"), DUO_OK);
    }
    assert_int_equal(duo_settings_erase(&store), DUO_OK);
    for (uint32_t off = 0; off < PAGES * PAGE; off++) {
        assert_int_not_equal(memcmp(at(off), "twelve", 6), 0);
    }
    reopen();
    assert_true(is("n001", NULL));
    assert_int_equal(set("n001", "new"), DUO_OK);
    reopen();
    assert_true(is("n001", "new"));
}

/* [FORMAT 9] */
static void bytes_are_as_documented(void **state)
{
    static const uint8_t expected[] = {
        /* header, its seal */
        0x44, 0x53, 0x45, 0x54, 0x01, 0x00, 0x00, 0x00, 0x30, 0x00, 0x00, 0x00,
        0x64, 0xd5, 0x40, 0xc2, 0x00, 0x00, 0x00, 0x00,
        /* id/serial is 0002 */
        0x53, 0x09, 0x04, 0xa1, 0x69, 0x64, 0x2f, 0x73, 0x65, 0x72, 0x69, 0x61,
        0x6c, 0x30, 0x30, 0x30, 0x32, 0x00, 0x00, 0x00, 0x93, 0x0f, 0x9d, 0xa3,
        0x00, 0x00, 0x00, 0x00,
        /* a is empty */
        0x53, 0x01, 0x00, 0xad, 0x61, 0x00, 0x00, 0x00, 0xb9, 0xeb, 0xd1, 0x13,
        0x00, 0x00, 0x00, 0x00,
        /* a is removed */
        0x53, 0x01, 0xff, 0x52, 0x61, 0x00, 0x00, 0x00, 0xf9, 0x87, 0x71, 0x3d,
        0x00, 0x00, 0x00, 0x00};

    (void)state;
    assert_int_equal(set("id/serial", "0002"), DUO_OK);
    assert_int_equal(set("a", ""), DUO_OK);
    assert_int_equal(duo_settings_delete(&store, view("a")), DUO_OK);
    assert_memory_equal(at(0), expected, sizeof(expected));
    assert_int_equal(*at(sizeof(expected)), 0xFF);
}

/* With no more than what others left in the area. */
static void garbage_is_an_empty_store(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256U; value++) {
        memset(at(0), (int)value, PAGES * PAGE);
        reopen();
        assert_true(is("a", NULL));
        assert_int_equal(set("a", "1"), DUO_OK);
        reopen();
        assert_true(is("a", "1"));
    }
    memset(at(0), 0x00, PAGES * PAGE);
    reopen();
    assert_int_equal(duo_settings_erase(&store), DUO_OK);
    assert_true(duo_bytes_are((struct duo_bytes){at(0), PAGES * PAGE}, 0xFF));
}

/* Each byte of a store in turn is changed: it opens, and what it then holds it
 * holds at the next open, too. */
static void every_damaged_byte_is_survived(void **state)
{
    static uint8_t good[PAGE];
    static const uint8_t masks[] = {0xFF, 0x01, 0x80};

    (void)state;
    assert_int_equal(set("a", "1"), DUO_OK);
    assert_int_equal(set("name", "value"), DUO_OK);
    assert_int_equal(set("a", "2"), DUO_OK);
    memcpy(good, at(0), PAGE);
    for (uint32_t off = 0; off < 120U * sizeof(masks); off++) {
        memset(at(0), 0xFF, PAGES * PAGE);
        memcpy(at(0), good, PAGE);
        at(0)[off / sizeof(masks)] ^= masks[off % sizeof(masks)];
        reopen();
        bool is_old = is("a", "1");
        bool is_new = is("a", "2");
        assert_true(is_old || is_new || is("a", NULL));
        assert_true(is("name", "value") || is("name", NULL));
        reopen();
        assert_true(is("a", "1") == is_old && is("a", "2") == is_new);
        assert_int_equal(set("b", "3"), DUO_OK);
        assert_true(is("b", "3"));
        reopen();
        assert_true(is("b", "3"));
    }
}

static void an_area_of_two_units_is_refused(void **state)
{
    const struct duo_area two = {&fake.flash, PAGE, 3U * PAGE - 4U};

    (void)state;
    assert_int_equal(duo_settings_open(&store, &two), DUO_ERR_ARG);
}

/* The newest unit may be weak then: the one before it must outlive the making
 * of the next. */
static void the_unit_before_the_newest_is_not_erased(void **state)
{
    static uint8_t first[PAGE];

    (void)state;
    assert_int_equal(set("a", "1"), DUO_OK);
    memcpy(first, at(0), PAGE);
    at(100)[0] = 0; /* What follows the records is not erased. */
    reopen();
    assert_int_equal(store.unit_off_bytes, PAGE);
    /* Generation 2 moves to the last unit, and loses its seal. */
    memcpy(at(0), first, PAGE);
    memcpy(at(2U * PAGE), at(PAGE), PAGE);
    memset(at(PAGE), 0x55, PAGE);
    memset(at(2U * PAGE + HEADER - 4U), 0xFF, 4);
    reopen();
    assert_int_equal(store.unit_off_bytes, PAGE);
    assert_memory_equal(at(0), first, PAGE);
    assert_true(is("a", "1"));
}

static void a_failing_flash_is_told_and_loses_nothing(void **state)
{
    (void)state;
    assert_int_equal(set("a", "1"), DUO_OK);
    for (unsigned fail_at = 1; fail_at < 200U; fail_at++) {
        char value[8];
        (void)snprintf(value, sizeof(value), "%u", fail_at);
        fake_fail(&fake, fail_at);
        enum duo_err err = set("a", value);
        fake_fail(&fake, 0);
        if (err == DUO_OK) {
            assert_true(fail_at > 5U);
            return;
        }
        assert_int_equal(err, DUO_ERR_FLASH);
        reopen();
        assert_true(!is("a", NULL));
        assert_int_equal(set("a", "1"), DUO_OK);
        reopen();
        assert_true(is("a", "1"));
    }
    fail();
}

/* Without a reset in between: an older value that was set anew must not lose
 * to the one whose write failed. */
static void a_failed_write_is_overcome_by_the_next(void **state)
{
    (void)state;
    assert_int_equal(set("a", "1"), DUO_OK);
    for (unsigned fail_at = 1; fail_at <= 2U; fail_at++) {
        fake_fail(&fake, fail_at);
        fake.fail_kinds = FAKE_WRITE;
        fake.fail_in_poll = true;
        assert_int_equal(set("a", "2"), DUO_ERR_TIMEOUT);
        fake_fail(&fake, 0);
        fake.fail_in_poll = false;
        assert_true(is("a", "1"));
        assert_int_equal(set("a", "1"), DUO_OK);
        reopen();
        assert_true(is("a", "1"));
    }
    fake.lossy = true;
    assert_int_equal(set("a", "2"), DUO_ERR_FLASH);
    fake.lossy = false;
    assert_int_equal(set("a", "3"), DUO_OK);
    reopen();
    assert_true(is("a", "3"));
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_are_kept_replaced_and_removed),
        TEST(lengths_have_their_limits),
        TEST(nothing_is_written_without_need),
        TEST(a_unit_takes_many_changes_before_an_erase),
        TEST(a_full_store_keeps_what_it_has_and_can_be_changed),
        TEST(names_come_once_each),
        TEST(an_erased_store_holds_no_byte_of_the_old_values),
        TEST(bytes_are_as_documented),
        TEST(garbage_is_an_empty_store),
        TEST(every_damaged_byte_is_survived),
        TEST(an_area_of_two_units_is_refused),
        TEST(the_unit_before_the_newest_is_not_erased),
        TEST(a_failing_flash_is_told_and_loses_nothing),
        TEST(a_failed_write_is_overcome_by_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
