/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "duo/counter.h"
#include "flash/fake_flash_rig.h"
#include "sim.h"

#define PAGE    4096U
#define RECORD  8U
#define RECORDS (PAGE / RECORD)
#define APP     DUO_CORE_APP
#define NET     DUO_CORE_NET

static struct fake_flash fake;
static const struct duo_area page = {&fake.flash, PAGE, PAGE};

static int fresh_flash(void **state)
{
    (void)state;
    fake_init(&fake, PAGE);
    return 0;
}

static uint8_t *record_at(unsigned index)
{
    return &fake.data[PAGE + index * RECORD];
}

static void expect(uint32_t app_value, uint32_t net_value)
{
    uint32_t values[DUO_CORE_COUNT] = {77, 77};

    assert_int_equal(duo_counter_read(&page, values), DUO_OK);
    assert_int_equal(values[APP], app_value);
    assert_int_equal(values[NET], net_value);
}

static void raise(enum duo_core core, uint32_t value)
{
    assert_int_equal(duo_counter_raise(&page, core, value), DUO_OK);
}

static void an_empty_page_says_zero(void **state)
{
    (void)state;
    expect(0, 0);
}

static void each_core_has_its_own_counter(void **state)
{
    (void)state;
    raise(APP, 5);
    expect(5, 0);
    raise(NET, 3);
    expect(5, 3);
    raise(APP, 6);
    raise(NET, UINT32_MAX);
    expect(6, UINT32_MAX);
}

/* [FORMAT 3] value, 0xC5, core, low half of the CRC-32 of these six bytes. */
static void a_record_has_its_documented_bytes(void **state)
{
    uint8_t expected[RECORD] = {0x78, 0x56, 0x34, 0x12, 0xC5, 1, 0, 0};

    (void)state;
    uint32_t crc = duo_crc32(0, (struct duo_bytes){expected, 6});
    duo_store_le16(&expected[6], (uint16_t)crc);
    raise(NET, 0x12345678);
    assert_memory_equal(record_at(0), expected, RECORD);
}

static void a_counter_never_falls_and_costs_nothing_if_reached(void **state)
{
    (void)state;
    raise(APP, 9);
    for (uint32_t value = 0; value <= 9; value++) {
        raise(APP, value);
    }
    assert_int_equal(fake.writes, 1);
    assert_int_equal(fake.erases, 0);
    expect(9, 0);
}

/* The highest good record counts, wherever it stands. */
static void order_of_the_records_does_not_matter(void **state)
{
    uint8_t low[RECORD];

    (void)state;
    raise(APP, 2);
    memcpy(low, record_at(0), RECORD);
    raise(APP, 7);
    memcpy(record_at(5), low, RECORD);
    expect(7, 0);
}

static void every_torn_record_is_passed_over(void **state)
{
    (void)state;
    raise(APP, 2);
    for (unsigned bit = 0; bit < RECORD * 8U; bit++) {
        uint8_t mask = (uint8_t)(1U << bit % 8U);
        memcpy(record_at(1), record_at(0), RECORD);
        record_at(1)[0] = 9; /* A higher value that does not check. */
        record_at(1)[bit / 8U] ^= mask;
        expect(2, 0);
    }
    /* And a new record goes behind it, never over it. */
    raise(APP, 3);
    expect(3, 0);
    assert_int_equal(duo_load_le32(record_at(2)), 3);
}

static void every_damaged_bit_hides_a_record(void **state)
{
    (void)state;
    raise(NET, 6);
    raise(NET, 8);
    for (unsigned bit = 0; bit < RECORD * 8U; bit++) {
        uint8_t mask = (uint8_t)(1U << bit % 8U);
        record_at(1)[bit / 8U] ^= mask;
        expect(0, 6);
        record_at(1)[bit / 8U] ^= mask;
    }
    expect(0, 8);
}

static void a_record_of_no_core_counts_for_none(void **state)
{
    uint8_t record[RECORD] = {1, 1, 1, 1, 0xC5, 0, 0, 0};

    (void)state;
    for (unsigned core = DUO_CORE_COUNT; core < 256U; core++) {
        record[5] = (uint8_t)core;
        uint32_t crc = duo_crc32(0, (struct duo_bytes){record, 6});
        duo_store_le16(&record[6], (uint16_t)crc);
        memcpy(record_at(core), record, RECORD);
    }
    expect(0, 0);
}

static void a_full_page_says_so_and_keeps_the_counter(void **state)
{
    (void)state;
    for (uint32_t value = 1; value <= RECORDS; value++) {
        raise(APP, value);
    }
    expect(RECORDS, 0);
    assert_int_equal(duo_counter_raise(&page, APP, RECORDS + 1U), DUO_ERR_FULL);
    assert_int_equal(duo_counter_raise(&page, NET, 1), DUO_ERR_FULL);
    raise(APP, RECORDS);
    expect(RECORDS, 0);
    assert_int_equal(fake.erases, 0);
}

static void garbage_in_the_last_record_fills_the_page(void **state)
{
    (void)state;
    record_at(RECORDS - 1U)[7] = 0xFE;
    expect(0, 0);
    assert_int_equal(duo_counter_raise(&page, APP, 1), DUO_ERR_FULL);
}

static void a_failing_flash_is_told(void **state)
{
    uint32_t values[DUO_CORE_COUNT];

    (void)state;
    fake_fail(&fake, 3);
    assert_int_equal(duo_counter_read(&page, values), DUO_ERR_FLASH);
    fake_fail(&fake, 3);
    assert_int_equal(duo_counter_raise(&page, APP, 1), DUO_ERR_FLASH);
    fake_fail(&fake, 1);
    fake.fail_kinds = FAKE_WRITE;
    assert_int_equal(duo_counter_raise(&page, APP, 1), DUO_ERR_FLASH);
    fake_fail(&fake, 0);
    expect(0, 0);
}

/* Cuts of every kind in the write: the counter is the old or the new one, and
 * can be raised again. */
static void a_cut_raise_leaves_the_old_or_the_new_value(void **state)
{
    struct duo_sim_world world;

    (void)state;
    duo_sim_world_init(&world);
    struct duo_sim_flash *flash =
        duo_sim_flash_create(&world, DUO_SIM_FLASH_APP, 2U * PAGE, 0);
    const struct duo_area area = {&flash->flash, PAGE, PAGE};
    uint32_t reached = 0;
    for (uint32_t round = 1; round < 200; round++) {
        const struct duo_sim_cut cut = {
            1, (enum duo_sim_cut_kind)(round % DUO_SIM_CUT_KIND_COUNT), round};
        uint32_t values[DUO_CORE_COUNT];

        duo_sim_power_up(&world, cut);
        assert_int_not_equal(duo_counter_raise(&area, NET, reached + 1U),
                             DUO_ERR_FULL);
        duo_sim_power_up(&world, (struct duo_sim_cut){0});
        assert_int_equal(duo_counter_read(&area, values), DUO_OK);
        assert_true(values[NET] == reached || values[NET] == reached + 1U);
        assert_int_equal(values[APP], 0);
        reached = values[NET];
    }
    assert_true(reached > 30);
    duo_sim_flash_destroy(flash);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_flash)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_page_says_zero),
        TEST(each_core_has_its_own_counter),
        TEST(a_record_has_its_documented_bytes),
        TEST(a_counter_never_falls_and_costs_nothing_if_reached),
        TEST(order_of_the_records_does_not_matter),
        TEST(every_torn_record_is_passed_over),
        TEST(every_damaged_bit_hides_a_record),
        TEST(a_record_of_no_core_counts_for_none),
        TEST(a_full_page_says_so_and_keeps_the_counter),
        TEST(garbage_in_the_last_record_fills_the_page),
        TEST(a_failing_flash_is_told),
        TEST(a_cut_raise_leaves_the_old_or_the_new_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
