/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_flash_rig.h"

#define PAGE     4096U
#define AREA_OFF (2U * PAGE)
#define AREA     (3U * PAGE)

static struct fake_flash fake;
static uint8_t buf[AREA + PAGE];

static struct duo_area fresh_area(void)
{
    fake_init(&fake, PAGE);
    return (struct duo_area){&fake.flash, AREA_OFF, AREA};
}

static void a_range_ends_with_its_area_and_never_wraps(void **state)
{
    const struct duo_area area = fresh_area();
    static const struct {
        uint32_t off_bytes;
        size_t len_bytes;
    } outside[] = {
        {0,              AREA + 4U     },
        {4,              AREA          },
        {AREA,           4             },
        {AREA + PAGE,    0             },
        {UINT32_MAX - 3, 4             },
        {UINT32_MAX - 3, PAGE          },
        {PAGE,           UINT32_MAX - 3},
        {PAGE,           SIZE_MAX - 3  },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        uint32_t off = outside[i].off_bytes;
        size_t len_bytes = outside[i].len_bytes;
        assert_int_equal(duo_area_read(&area, off, buf, len_bytes),
                         DUO_ERR_RANGE);
        assert_int_equal(duo_area_write(&area, off, buf, len_bytes),
                         DUO_ERR_RANGE);
    }
    assert_int_equal(duo_area_start_erase(&area, AREA), DUO_ERR_RANGE);
    assert_int_equal(duo_area_start_erase(&area, AREA - 4U), DUO_ERR_RANGE);
    assert_int_equal(duo_area_erase(&area, PAGE, AREA), DUO_ERR_RANGE);
    assert_int_equal(duo_area_erase(&area, UINT32_MAX - PAGE + 1U, PAGE),
                     DUO_ERR_RANGE);
    assert_int_equal(fake.starts, 0);
    assert_int_equal(duo_area_read(&area, 0, buf, AREA), DUO_OK);
    assert_int_equal(duo_area_read(&area, AREA, buf, 0), DUO_OK);
    assert_int_equal(duo_area_erase(&area, AREA, 0), DUO_OK);
}

static void unaligned_operations_are_refused(void **state)
{
    const struct duo_area area = fresh_area();

    (void)state;
    assert_int_equal(duo_area_write(&area, 2, buf, 4), DUO_ERR_ARG);
    assert_int_equal(duo_area_write(&area, 4, buf, 3), DUO_ERR_ARG);
    assert_int_equal(duo_area_start_erase(&area, 4), DUO_ERR_ARG);
    assert_int_equal(duo_area_erase(&area, 0, PAGE - 4U), DUO_ERR_ARG);
    assert_int_equal(duo_area_erase(&area, 4, PAGE), DUO_ERR_ARG);
    assert_int_equal(fake.starts, 0);
}

static void offsets_count_from_the_start_of_the_area(void **state)
{
    const struct duo_area area = fresh_area();
    uint8_t word[4] = {1, 2, 3, 4};

    (void)state;
    assert_int_equal(duo_area_write(&area, 8, word, 4), DUO_OK);
    assert_memory_equal(&fake.data[AREA_OFF + 8U], word, 4);
    memset(fake.data, 0, sizeof(fake.data));
    assert_int_equal(duo_area_erase(&area, PAGE, 2U * PAGE), DUO_OK);
    for (uint32_t i = 0; i < sizeof(fake.data); i++) {
        bool erased = i >= AREA_OFF + PAGE && i < AREA_OFF + AREA;
        assert_int_equal(fake.data[i], erased ? 0xFF : 0);
    }
}

static void a_busy_device_is_waited_for(void **state)
{
    const struct duo_area area = fresh_area();

    (void)state;
    fake.busy_polls = 5;
    assert_int_equal(duo_area_erase(&area, 0, 2U * PAGE), DUO_OK);
    assert_int_equal(fake.idles, 10);
    assert_int_equal(duo_area_read(&area, 0, buf, 8), DUO_OK);
    assert_int_equal(fake.idles, 15);
}

/* As a failing start, or as an operation that ends in a time-out. */
static void a_failing_device_is_told(void **state)
{
    const struct duo_area area = fresh_area();

    (void)state;
    for (unsigned in_poll = 0; in_poll < 2; in_poll++) {
        enum duo_err err = in_poll != 0 ? DUO_ERR_TIMEOUT : DUO_ERR_FLASH;
        fake.fail_in_poll = in_poll != 0;
        fake_fail(&fake, 1);
        assert_int_equal(duo_area_read(&area, 0, buf, 4), err);
        fake_fail(&fake, 1);
        assert_int_equal(duo_area_write(&area, 0, buf, 4), err);
        fake_fail(&fake, 2);
        assert_int_equal(duo_area_erase(&area, 0, AREA), err);
        assert_int_equal(fake.erases, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_ends_with_its_area_and_never_wraps),
        cmocka_unit_test(unaligned_operations_are_refused),
        cmocka_unit_test(offsets_count_from_the_start_of_the_area),
        cmocka_unit_test(a_busy_device_is_waited_for),
        cmocka_unit_test(a_failing_device_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
