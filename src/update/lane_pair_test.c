/* SPDX-License-Identifier: MIT */
/* Several copy lanes at once: the order between them, and that they overlap
 * in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lane_rig.h"
#include "sim.h"

static struct lane_rig rig;
static struct fake_flash third;

static int fresh_rig(void **state)
{
    (void)state;
    lane_rig_init(&rig);
    fake_init(&third, DUO_UNIT_BYTES);
    return 0;
}

/* An install over dst, whose old content goes to a third flash first. */
static void make_pair(struct duo_lane *lanes[2])
{
    lanes[0] = lane_rig_lane(&rig, DUO_COPY_BACKUP);
    lanes[0]->src = lanes[0]->dst;
    lanes[0]->dst = (struct duo_area){&third.flash, 0, FAKE_FLASH_BYTES};
    lanes[1] = lane_rig_lane(&rig, DUO_COPY_INSTALL);
    lanes[1]->after = lanes[0];
}

static enum duo_err run(struct duo_lane *lanes[], unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        duo_lane_begin(lanes[i]);
    }
    return duo_lanes_run(lanes, count);
}

static uint8_t old_content[LANE_BYTES];

/* The one order rule: no page goes before its copy is whole and marked. */
static void expect_gate(struct fake_flash *fake, enum fake_op op,
                        uint32_t off_bytes)
{
    uint32_t unit = off_bytes / DUO_UNIT_BYTES;

    (void)fake;
    if (op == FAKE_ERASE || op == FAKE_WRITE) {
        assert_true(lane_rig_marks_on_flash(&rig, DUO_COPY_BACKUP) > unit);
        assert_memory_equal(&third.data[unit * DUO_UNIT_BYTES],
                            &old_content[unit * DUO_UNIT_BYTES],
                            DUO_UNIT_BYTES);
    }
}

static void a_page_is_overwritten_only_after_its_copy_is_marked(void **state)
{
    struct duo_lane *lanes[2];

    (void)state;
    memcpy(old_content, rig.dst.data, LANE_BYTES);
    for (unsigned slow = 0; slow < 8U; slow++) {
        fresh_rig(NULL);
        make_pair(lanes);
        rig.dst.on_start = expect_gate;
        rig.dst.busy_polls = (slow & 1U) != 0 ? 9 : 0;
        third.busy_polls = (slow & 2U) != 0 ? 9 : 0;
        rig.marks.busy_polls = (slow & 4U) != 0 ? 9 : 0;
        assert_int_equal(run(lanes, 2), DUO_OK);
        assert_memory_equal(rig.dst.data, rig.src.data, LANE_BYTES);
        assert_memory_equal(third.data, old_content, LANE_BYTES);
    }
}

/* Units that the old image does not have need no copy. */
static void a_longer_image_does_not_wait_for_units_that_were_never(void **state)
{
    struct duo_lane *lanes[2];

    (void)state;
    make_pair(lanes);
    lanes[0]->len_bytes = 3U * DUO_UNIT_BYTES;
    assert_int_equal(run(lanes, 2), DUO_OK);
    assert_memory_equal(rig.dst.data, rig.src.data, LANE_BYTES);
    assert_int_equal(lane_rig_marks_on_flash(&rig, DUO_COPY_BACKUP), 3);
}

/* The copy fails at any operation: what it did not save is not overwritten. */
static void a_failed_copy_stops_the_install_behind_it(void **state)
{
    struct duo_lane *lanes[2];
    enum duo_err err = DUO_ERR_FLASH;

    (void)state;
    for (unsigned fail_at = 1; err != DUO_OK; fail_at++) {
        fresh_rig(NULL);
        make_pair(lanes);
        memcpy(old_content, rig.dst.data, LANE_BYTES);
        third.fail_in_poll = fail_at % 2U != 0;
        third.busy_polls = fail_at % 3U;
        fake_fail(&third, fail_at);
        err = run(lanes, 2);
        uint32_t saved = lane_rig_marks_on_flash(&rig, DUO_COPY_BACKUP);
        for (uint32_t unit = saved; err != DUO_OK && unit < LANE_UNITS;
             unit++) {
            assert_memory_equal(&rig.dst.data[unit * DUO_UNIT_BYTES],
                                &old_content[unit * DUO_UNIT_BYTES],
                                DUO_UNIT_BYTES);
        }
        assert_false(rig.src.under_way || rig.dst.under_way ||
                     third.under_way || rig.marks.under_way);
    }
}

static void lanes_that_wait_for_one_another_end_with_an_error(void **state)
{
    struct duo_lane *lanes[2];

    (void)state;
    make_pair(lanes);
    lanes[0]->after = lanes[1]; /* Nobody can begin. */
    assert_int_equal(run(lanes, 2), DUO_ERR_ARG);
    assert_int_equal(rig.dst.erases + third.erases, 0);
}

static void a_lane_that_was_told_to_wait_for_nobody_ends(void **state)
{
    struct duo_lane *lanes[2];

    (void)state;
    make_pair(lanes);
    duo_lane_begin(lanes[0]); /* Begun, but never run. */
    assert_int_equal(run(&lanes[1], 1), DUO_ERR_ARG);
}

struct times {
    struct duo_sim_world world;
    struct duo_sim_flash *app;
    struct duo_sim_flash *ext;
};

static void open_times(struct times *times)
{
    memset(times, 0, sizeof(*times));
    duo_sim_world_init(&times->world);
    times->app = duo_sim_flash_create(&times->world, DUO_SIM_FLASH_APP,
                                      32U * DUO_UNIT_BYTES, 0);
    times->ext = duo_sim_flash_create(&times->world, DUO_SIM_FLASH_EXT,
                                      96U * DUO_UNIT_BYTES, 0);
    times->ext->high_performance = true;
}

/* On the real timing: backup in the external chip beside the install inside;
 * the whole takes little more than the internal flash alone. */
static void two_lanes_overlap_in_time(void **state)
{
    static uint8_t old_bytes[LANE_BYTES];
    static uint8_t new_bytes[LANE_BYTES];
    struct times times;
    struct duo_lane *lanes[2];

    (void)state;
    open_times(&times);
    memcpy(old_bytes, rig.dst.data, LANE_BYTES);
    memcpy(new_bytes, rig.src.data, LANE_BYTES);
    duo_sim_poke(times.app, 0, (struct duo_bytes){old_bytes, LANE_BYTES});
    duo_sim_poke(times.ext, 0, (struct duo_bytes){new_bytes, LANE_BYTES});
    /* Old content in the backup, so that it must be erased, too. */
    duo_sim_poke(times.ext, LANE_BYTES,
                 (struct duo_bytes){new_bytes, LANE_BYTES});
    make_pair(lanes);
    rig.progress.area = (struct duo_area){&times.ext->flash,
                                          64U * DUO_UNIT_BYTES, DUO_UNIT_BYTES};
    assert_int_equal(duo_progress_create(&rig.progress), DUO_OK);
    lanes[0]->src = (struct duo_area){&times.app->flash, 0, LANE_BYTES};
    lanes[0]->dst =
        (struct duo_area){&times.ext->flash, LANE_BYTES, LANE_BYTES};
    lanes[1]->src = (struct duo_area){&times.ext->flash, 0, LANE_BYTES};
    lanes[1]->dst = lanes[0]->src;
    duo_sim_stats_clear(&times.world);
    uint64_t begin_us = duo_sim_now_us(&times.world);
    assert_int_equal(run(lanes, 2), DUO_OK);
    uint64_t took_us = duo_sim_now_us(&times.world) - begin_us;
    uint64_t app_us = times.app->stats.busy_ns / 1000U;
    uint64_t ext_us = times.ext->stats.busy_ns / 1000U;
    assert_memory_equal(times.app->data, new_bytes, LANE_BYTES);
    assert_memory_equal(times.ext->data + LANE_BYTES, old_bytes, LANE_BYTES);
    assert_true(ext_us > 100000U);
    assert_true(took_us >= app_us);
    assert_true(took_us < app_us + ext_us);
    /* All but the first backup unit hides behind the internal flash. */
    assert_true(took_us < app_us + ext_us / 3U);
    duo_sim_flash_destroy(times.app);
    duo_sim_flash_destroy(times.ext);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_is_overwritten_only_after_its_copy_is_marked),
        TEST(a_longer_image_does_not_wait_for_units_that_were_never),
        TEST(a_failed_copy_stops_the_install_behind_it),
        TEST(lanes_that_wait_for_one_another_end_with_an_error),
        TEST(a_lane_that_was_told_to_wait_for_nobody_ends),
        TEST(two_lanes_overlap_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
