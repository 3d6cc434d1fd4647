/* SPDX-License-Identifier: MIT */
/* Events and what they set off. */
#include "bus_fake.h"

static bool irq_is_pending(struct scene *scene)
{
    uint32_t ispr = 0;

    assert_true(vb_cpu_peek_ppb(scene->board.vb->cpu[DUO_CORE_APP],
                                0xE000E200U + FAKE_IRQ / 32 * 4, &ispr));
    return (ispr >> FAKE_IRQ % 32 & 1U) != 0;
}

static void events_make_the_interrupt_line_high(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    vb_event(scene.first, 2);
    assert_int_equal(get(scene.first, 0x108), 1);
    assert_false(irq_is_pending(&scene));
    set(scene.first, 0x304, 0xFF);
    assert_int_equal(get(scene.first, 0x300), 0x0F);
    assert_int_equal(get(scene.first, 0x308), 0x0F);
    assert_int_equal(get(scene.first, 0x30C), 0x04);
    assert_true(irq_is_pending(&scene));
    set(scene.first, 0x308, 0x03);
    assert_int_equal(get(scene.first, 0x304), 0x0C);
    set(scene.first, 0x108, 0);
    assert_int_equal(get(scene.first, 0x30C), 0);
    assert_int_equal(*vb_word(scene.first, 0x108), 0);
    vb_event(scene.first, 1);
    assert_int_equal(get(scene.first, 0x30C), 0);
    set(scene.first, 0x300, 0x02);
    assert_int_equal(get(scene.first, 0x30C), 0x02);
    assert_clean(&scene);
    scene_end(&scene);
}

static void shorts_run_the_tasks_that_are_enabled(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    set(scene.first, 0x200, 0xFFFFFFFF);
    assert_int_equal(get(scene.first, 0x200), 0x24);
    set(scene.first, 0x200, 0x20);
    vb_event(scene.first, 1);
    vb_event(scene.first, 2);
    assert_int_equal(fake_of(scene.first)->runs[0], 0);
    assert_int_equal(fake_of(scene.first)->runs[2], 1);
    assert_clean(&scene);
    scene_end(&scene);
}

static void published_events_run_subscribed_tasks(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    set(scene.first, 0x184, 0x80000005);  /* Event 1 on channel 5. */
    set(scene.second, 0x08C, 0x80000005); /* Task 3, which raises event 3, */
    set(scene.second, 0x18C, 0x80000006); /* published on channel 6, */
    set(scene.first, 0x0BC, 0x80000006);  /* runs task 15 of the first. */
    vb_event(scene.first, 1);
    assert_int_equal(fake_of(scene.second)->runs[3], 0);
    *vb_word(scene.dppic, 0x500) = 0x60;
    vb_event(scene.first, 1);
    assert_int_equal(fake_of(scene.second)->runs[3], 1);
    assert_int_equal(get(scene.second, 0x10C), 1);
    assert_int_equal(fake_of(scene.first)->runs[15], 1);
    set(scene.second, 0x08C, 0x00000005); /* Not enabled any more. */
    vb_event(scene.first, 1);
    assert_int_equal(fake_of(scene.second)->runs[3], 1);
    assert_clean(&scene);
    scene_end(&scene);
}

static void an_endless_chain_ends_the_run(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    *vb_word(scene.dppic, 0x500) = 1U << 7;
    set(scene.first, 0x08C, 0x80000007);
    set(scene.first, 0x18C, 0x80000007);
    vb_event(scene.first, 3);
    assert_true(scene.board.vb->stops);
    assert_int_equal(scene.board.vb->stop.kind, DUO_VB_STOP_UNMODELLED);
    assert_non_null(strstr(scene.board.vb->stop.text, "channel 7"));
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_make_the_interrupt_line_high),
        cmocka_unit_test(shorts_run_the_tasks_that_are_enabled),
        cmocka_unit_test(published_events_run_subscribed_tasks),
        cmocka_unit_test(an_endless_chain_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
