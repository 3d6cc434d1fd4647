/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "duo/layout.h"

/* Not a board of ours: addresses that cannot be mistaken for one another. */
static const struct duo_layout layout = {
    .name = "test",
    .memories = {[DUO_MEMORY_NET_FLASH] = {.name = "net",
                                           .base_addr = 0x70000000U,
                                           .size_bytes = 0x30000U,
                                           .erase_bytes = 0x800U},
                 [DUO_MEMORY_EXT_FLASH] = {.name = "ext",
                                           .size_bytes = 0x50000U,
                                           .erase_bytes = 0x1000U}  },
    .partitions = {[DUO_PARTITION_NET_ACTIVE] = {.name = "active",
                                                 .memory = DUO_MEMORY_NET_FLASH,
                                                 .addr = 0x70002800U,
                                                 .size_bytes = 0x7800U},
                 [DUO_PARTITION_JOURNAL] = {.name = "journal",
                                              .memory = DUO_MEMORY_EXT_FLASH,
                                              .addr = 0x9000U,
                                              .size_bytes = 0x3000U}},
};

static void area_offset_is_relative_to_the_device(void **state)
{
    struct duo_flash flash = {0};
    struct duo_area area;

    (void)state;
    area = duo_layout_area(&layout, DUO_PARTITION_NET_ACTIVE, &flash);
    assert_ptr_equal(area.flash, &flash);
    assert_int_equal(area.off_bytes, 0x2800U);
    assert_int_equal(area.size_bytes, 0x7800U);
    area = duo_layout_area(&layout, DUO_PARTITION_JOURNAL, &flash);
    assert_int_equal(area.off_bytes, 0x9000U);
    assert_int_equal(area.size_bytes, 0x3000U);
}

static void geometry_is_that_of_the_memory(void **state)
{
    struct duo_flash_geometry geometry =
        duo_layout_geometry(&layout, DUO_MEMORY_NET_FLASH);

    (void)state;
    assert_int_equal(geometry.base_addr, 0x70000000U);
    assert_int_equal(geometry.size_bytes, 0x30000U);
    assert_int_equal(geometry.erase_bytes, 0x800U);
    assert_int_equal(geometry.erased_value, 0xFFU);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_offset_is_relative_to_the_device),
        cmocka_unit_test(geometry_is_that_of_the_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
