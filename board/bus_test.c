/* SPDX-License-Identifier: MIT */
/* Registers: those that all peripherals share, and those of a table. */
#include "bus_fake.h"

static void tasks_run_when_1_is_written(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    set(scene.first, 0x004, 0);
    assert_int_equal(fake_of(scene.first)->runs[1], 0);
    set(scene.first, 0x004, 1);
    set(scene.first, 0x03C, 1);
    assert_int_equal(fake_of(scene.first)->runs[1], 1);
    assert_int_equal(fake_of(scene.first)->runs[15], 1);
    assert_int_equal(get(scene.first, 0x004), 0);
    assert_clean(&scene);
    scene_end(&scene);
}

static void registers_obey_their_table(void **state)
{
    struct scene scene;
    struct fake *fake;

    (void)state;
    scene_init(&scene);
    fake = fake_of(scene.first);
    assert_int_equal(get(scene.first, 0x500), 0x12);
    set(scene.first, 0x500, 0xABCD1234);
    assert_int_equal(get(scene.first, 0x500), 0x1234);
    assert_int_equal(fake->off, 0x500);
    assert_int_equal(fake->value, 0x1234);
    assert_int_equal(fake->old, 0x12);
    set(scene.first, 0x504, 0xFF);
    assert_int_equal(get(scene.first, 0x504), 0x34);
    assert_int_equal(fake->writes, 1);
    set(scene.first, 0x508, 0x77);
    assert_int_equal(fake->value, 0x77);
    assert_int_equal(get(scene.first, 0x508), 0);
    set(scene.first, 0x50C, 0x31);
    assert_int_equal(get(scene.first, 0x50C), 0xC0);
    assert_int_equal(fake->value, 0x31);
    set(scene.first, 0x514, 0x11);
    set(scene.first, 0x514, 0x22);
    assert_int_equal(get(scene.first, 0x514), 0x11);
    set(scene.first, 0x620, 1);
    set(scene.first, 0x624, 2);
    assert_int_equal(get(scene.first, 0x620), 1);
    assert_int_equal(get(scene.first, 0x624), 2);
    assert_int_equal(get(scene.first, 0x610), 0);
    assert_clean(&scene);
    scene_end(&scene);
}

static void parts_of_registers_can_be_accessed(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    set(scene.first, 0x600, 0x11223344);
    assert_int_equal(vb_bus_read(scene.first, 0x601, 1, false), 0x33);
    assert_int_equal(vb_bus_read(scene.first, 0x602, 2, false), 0x1122);
    vb_bus_write(scene.first, 0x602, 1, 0x99);
    assert_int_equal(get(scene.first, 0x600), 0x11993344);
    vb_bus_write(scene.first, 0x600, 2, 0xAABB);
    assert_int_equal(get(scene.first, 0x600), 0x1199AABB);
    vb_bus_write(scene.first, 0x000, 1, 1);
    assert_int_equal(fake_of(scene.first)->runs[0], 1);
    assert_clean(&scene);
    scene_end(&scene);
}

static void debuggers_read_without_effects(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    assert_int_equal(get(scene.first, 0x510), 0);
    assert_int_equal(get(scene.first, 0x510), 1);
    assert_int_equal(vb_bus_read(scene.first, 0x510, 4, true), 2);
    assert_int_equal(vb_bus_read(scene.first, 0x510, 4, true), 2);
    assert_int_equal(vb_bus_read(scene.first, 0xFFC, 4, true), 0);
    assert_clean(&scene);
    scene_end(&scene);
}

static void resets_keep_what_is_retained(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    set(scene.first, 0x500, 0x55);
    set(scene.first, 0x600, 0x66);
    set(scene.first, 0x514, 0x11);
    set(scene.first, 0x304, 0x0F);
    vb_event(scene.first, 0);
    vb_periph_reset(scene.first, VB_RESET_SOFT);
    assert_int_equal(fake_of(scene.first)->kind, VB_RESET_SOFT);
    assert_int_equal(get(scene.first, 0x500), 0x55);
    assert_int_equal(get(scene.first, 0x600), 0);
    assert_int_equal(get(scene.first, 0x300), 0);
    assert_int_equal(get(scene.first, 0x100), 0);
    set(scene.first, 0x514, 0x22); /* Open again. */
    assert_int_equal(get(scene.first, 0x514), 0x22);
    vb_periph_reset(scene.first, VB_RESET_FORCEOFF);
    assert_int_equal(get(scene.first, 0x500), 0x12);
    set(scene.first, 0x500, 0x55);
    vb_periph_reset(scene.first, VB_RESET_POWER);
    assert_int_equal(get(scene.first, 0x500), 0x12);
    assert_clean(&scene);
    scene_end(&scene);
}

/* Each of these ends a run, with the address. */
static void what_is_not_there_stops_the_run(void **state)
{
    static const uint32_t offs[] = {0x010, 0x090, 0x110, 0x190, 0x204,
                                    0x310, 0x400, 0x608, 0x640, 0xFFC};

    (void)state;
    for (size_t row = 0; row < sizeof(offs) / sizeof(offs[0]); row++) {
        for (unsigned is_write = 0; is_write < 2; is_write++) {
            struct scene scene;

            scene_init(&scene);
            if (is_write != 0) {
                set(scene.first, offs[row], 1);
            } else {
                assert_int_equal(get(scene.first, offs[row]), 0);
            }
            assert_int_equal(program_run(&scene.board, 1),
                             DUO_VB_STOP_UNMODELLED);
            assert_int_equal(scene.board.stop.addr, FAKE_ADDR + offs[row]);
            assert_int_equal(scene.board.stop.core, DUO_CORE_APP);
            scene_end(&scene);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_run_when_1_is_written),
        cmocka_unit_test(registers_obey_their_table),
        cmocka_unit_test(parts_of_registers_can_be_accessed),
        cmocka_unit_test(debuggers_read_without_effects),
        cmocka_unit_test(resets_keep_what_is_retained),
        cmocka_unit_test(what_is_not_there_stops_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
