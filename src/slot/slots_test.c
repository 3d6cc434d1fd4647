/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "duo/progress.h"
#include "duo/slots.h"
#include "duo/trailer.h"

#define KB 1024U

/* A layout in the spirit of the DK's; sizes are changed by the tests. */
static struct duo_layout example(void)
{
    struct duo_layout layout = {.name = "example"};
    static const struct {
        enum duo_partition_id id;
        struct duo_partition partition;
    } rows[] = {
        {DUO_PARTITION_COUNTERS,
         {"counters", DUO_MEMORY_APP_FLASH, 0xB000, 4U * KB}                 },
        {DUO_PARTITION_APP_ACTIVE,
         {"app", DUO_MEMORY_APP_FLASH, 0xC000, 960U * KB}                    },
        {DUO_PARTITION_NET_ACTIVE,
         {"net", DUO_MEMORY_NET_FLASH, 0x01004000, 240U * KB}                },
        {DUO_PARTITION_APP_STAGED, {"s0", DUO_MEMORY_EXT_FLASH, 0, 960U * KB}},
        {DUO_PARTITION_NET_STAGED,
         {"s1", DUO_MEMORY_EXT_FLASH, 0x100000, 256U * KB}                   },
        {DUO_PARTITION_NET_MIRROR,
         {"m1", DUO_MEMORY_EXT_FLASH, 0x140000, 256U * KB}                   },
        {DUO_PARTITION_APP_BACKUP,
         {"b0", DUO_MEMORY_EXT_FLASH, 0x180000, 960U * KB}                   },
        {DUO_PARTITION_NET_BACKUP,
         {"b1", DUO_MEMORY_EXT_FLASH, 0x280000, 256U * KB}                   },
        {DUO_PARTITION_JOURNAL,
         {"journal", DUO_MEMORY_EXT_FLASH, 0x2C0000, 64U * KB}               },
    };

    layout.memories[DUO_MEMORY_APP_FLASH] =
        (struct duo_memory){"app flash", 0, 1024U * KB, 4096};
    layout.memories[DUO_MEMORY_NET_FLASH] =
        (struct duo_memory){"net flash", 0x01000000, 256U * KB, 2048};
    layout.memories[DUO_MEMORY_EXT_FLASH] =
        (struct duo_memory){"ext flash", 0, 8192U * KB, 4096};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        layout.partitions[rows[i].id] = rows[i].partition;
    }
    return layout;
}

static struct duo_slots slots_of(const struct duo_layout *layout)
{
    static struct duo_flash app;
    static struct duo_flash net;
    static struct duo_flash ext;
    const struct duo_slots_devices devices = {&app, &net, &ext};
    struct duo_slots slots;

    duo_slots_init(&slots, layout, &devices);
    assert_ptr_equal(slots.active[DUO_CORE_APP].flash, &app);
    assert_ptr_equal(slots.active[DUO_CORE_NET].flash, &net);
    assert_ptr_equal(slots.staged[DUO_CORE_NET].flash, &ext);
    assert_ptr_equal(slots.counters.flash, &app);
    return slots;
}

static void areas_come_from_the_layout(void **state)
{
    const struct duo_layout layout = example();
    const struct duo_slots slots = slots_of(&layout);

    (void)state;
    assert_int_equal(slots.active[DUO_CORE_APP].off_bytes, 0xC000);
    assert_int_equal(slots.active[DUO_CORE_NET].off_bytes, 0);
    assert_int_equal(slots.active[DUO_CORE_NET].size_bytes, 240U * KB);
    assert_int_equal(slots.staged[DUO_CORE_NET].off_bytes, 0x100000);
    assert_int_equal(slots.mirror.off_bytes, 0x140000);
    assert_int_equal(slots.backup[DUO_CORE_APP].off_bytes, 0x180000);
    assert_int_equal(slots.backup[DUO_CORE_NET].off_bytes, 0x280000);
    assert_int_equal(slots.journal.off_bytes, 0x2C0000);
    assert_int_equal(slots.counters.off_bytes, 0xB000);
}

static void trailers_lie_where_the_application_writes_them(void **state)
{
    const struct duo_layout layout = example();
    const struct duo_slots slots = slots_of(&layout);

    (void)state;
    assert_int_equal(slots.trailer[DUO_CORE_APP].off_bytes, 0xC000);
    assert_int_equal(slots.trailer[DUO_CORE_NET].off_bytes, 0x140000);
}

static void the_progress_record_is_the_last_sector_of_the_backup(void **state)
{
    const struct duo_layout layout = example();
    const struct duo_slots slots = slots_of(&layout);

    (void)state;
    assert_int_equal(slots.progress.off_bytes,
                     0x180000 + 960U * KB - DUO_UNIT_BYTES);
    assert_int_equal(slots.progress.size_bytes, DUO_UNIT_BYTES);
    assert_true(slots.image_bytes_max[DUO_CORE_APP] <=
                slots.backup[DUO_CORE_APP].size_bytes - DUO_UNIT_BYTES);
}

static void the_largest_image_leaves_room_for_the_trailer(void **state)
{
    const struct duo_layout layout = example();
    const struct duo_slots slots = slots_of(&layout);

    (void)state;
    assert_int_equal(slots.image_bytes_max[DUO_CORE_APP], 956U * KB);
    assert_int_equal(slots.image_bytes_max[DUO_CORE_NET], 240U * KB);
}

static void a_small_mirror_bounds_the_network_image(void **state)
{
    struct duo_layout layout = example();

    (void)state;
    layout.partitions[DUO_PARTITION_NET_MIRROR].size_bytes = 100U * KB;
    assert_int_equal(slots_of(&layout).image_bytes_max[DUO_CORE_NET], 96U * KB);
}

/* Every copy of an image must fit where it goes, and every unit must have its
 * marks: a layout that promises more gets the least of it. */
static void no_image_is_larger_than_its_backup_or_its_marks(void **state)
{
    struct duo_layout layout = example();

    (void)state;
    layout.partitions[DUO_PARTITION_APP_BACKUP].size_bytes = 500U * KB;
    layout.partitions[DUO_PARTITION_NET_BACKUP].size_bytes = 50U * KB;
    assert_int_equal(slots_of(&layout).image_bytes_max[DUO_CORE_APP],
                     496U * KB);
    assert_int_equal(slots_of(&layout).image_bytes_max[DUO_CORE_NET], 46U * KB);

    layout = example();
    layout.partitions[DUO_PARTITION_APP_ACTIVE].size_bytes = 4096U * KB;
    layout.partitions[DUO_PARTITION_APP_BACKUP].size_bytes = 4096U * KB;
    layout.partitions[DUO_PARTITION_NET_ACTIVE].size_bytes = 1024U * KB;
    layout.partitions[DUO_PARTITION_NET_MIRROR].size_bytes = 1024U * KB;
    layout.partitions[DUO_PARTITION_NET_BACKUP].size_bytes = 1024U * KB;
    assert_int_equal(slots_of(&layout).image_bytes_max[DUO_CORE_APP],
                     DUO_PROGRESS_UNITS_APP * DUO_UNIT_BYTES);
    assert_int_equal(slots_of(&layout).image_bytes_max[DUO_CORE_NET],
                     DUO_PROGRESS_UNITS_NET * DUO_UNIT_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_come_from_the_layout),
        cmocka_unit_test(trailers_lie_where_the_application_writes_them),
        cmocka_unit_test(the_progress_record_is_the_last_sector_of_the_backup),
        cmocka_unit_test(the_largest_image_leaves_room_for_the_trailer),
        cmocka_unit_test(a_small_mirror_bounds_the_network_image),
        cmocka_unit_test(no_image_is_larger_than_its_backup_or_its_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
