/* SPDX-License-Identifier: MIT */
/* One copy lane at a time: which pages it touches, in which order, and how it
 * ends. Several lanes: lane_pair_test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lane_rig.h"

#define UNIT_PIECES (DUO_UNIT_BYTES / DUO_LANE_PIECE_BYTES)

static struct lane_rig rig;

static int fresh_rig(void **state)
{
    (void)state;
    lane_rig_init(&rig);
    return 0;
}

static void run_ok(struct duo_lane *lane)
{
    assert_int_equal(lane_rig_run(lane), DUO_OK);
    assert_int_equal(lane->err, DUO_OK);
    assert_memory_equal(rig.dst.data, rig.src.data, lane->len_bytes);
}

static void a_copy_is_whole_and_marked(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    run_ok(lane);
    assert_int_equal(lane->rewritten_units, LANE_UNITS);
    assert_int_equal(rig.progress.units_done[DUO_COPY_INSTALL][0], LANE_UNITS);
    struct duo_progress read;
    assert_int_equal(duo_progress_load(&read, &rig.progress.area), DUO_OK);
    assert_int_equal(read.units_done[DUO_COPY_INSTALL][0], LANE_UNITS);
}

static void equal_units_are_not_touched(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    memcpy(rig.dst.data, rig.src.data, LANE_BYTES);
    rig.dst.data[3U * DUO_UNIT_BYTES + 5U] ^= 0x10;
    run_ok(lane);
    assert_int_equal(rig.dst.erases, 1);
    assert_int_equal(rig.dst.writes, UNIT_PIECES);
    assert_int_equal(lane->rewritten_units, 1);
}

/* A unit is two pages on the network core: only the one that differs. */
static void only_the_page_that_differs_is_rewritten(void **state)
{
    (void)state;
    for (uint32_t page = 0; page < 2U * LANE_UNITS; page++) {
        lane_rig_init(&rig);
        rig.dst.flash.geometry.erase_bytes = 2048;
        memcpy(rig.dst.data, rig.src.data, LANE_BYTES);
        rig.dst.data[page * 2048U + 2047U] ^= 1;
        struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);
        run_ok(lane);
        assert_int_equal(rig.dst.erases, 1);
        assert_int_equal(rig.dst.writes, UNIT_PIECES / 2U);
    }
}

static void blank_pages_are_not_erased(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    memset(rig.dst.data, 0xFF, sizeof(rig.dst.data));
    run_ok(lane);
    assert_int_equal(rig.dst.erases, 0);
    assert_int_equal(rig.dst.writes, LANE_UNITS * UNIT_PIECES);
}

static void pieces_of_ones_are_erased_and_not_written(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    memset(&rig.src.data[2U * DUO_UNIT_BYTES], 0xFF, DUO_UNIT_BYTES);
    memset(&rig.src.data[5U * DUO_UNIT_BYTES + DUO_LANE_PIECE_BYTES], 0xFF,
           DUO_LANE_PIECE_BYTES);
    run_ok(lane);
    assert_int_equal(rig.dst.erases, LANE_UNITS);
    assert_int_equal(rig.dst.writes, (LANE_UNITS - 1U) * UNIT_PIECES - 1U);
}

/* A piece that is not written was erased, and that is checked as well. */
static void leave_a_bit(struct fake_flash *fake, enum fake_op op,
                        uint32_t off_bytes)
{
    if (op == FAKE_WRITE && off_bytes == 2U * DUO_UNIT_BYTES) {
        fake->data[off_bytes + DUO_LANE_PIECE_BYTES] = 0xFE;
    }
}

static void an_erase_that_leaves_a_bit_is_found(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    memset(&rig.src.data[2U * DUO_UNIT_BYTES + DUO_LANE_PIECE_BYTES], 0xFF,
           DUO_LANE_PIECE_BYTES);
    rig.dst.on_start = leave_a_bit;
    assert_int_equal(lane_rig_run(lane), DUO_ERR_FLASH);
    assert_int_equal(lane_rig_marks_on_flash(&rig, DUO_COPY_INSTALL), 2);
}

/* Once a page is known to differ and not to be blank, it is not read on. */
static void a_page_is_compared_only_as_far_as_needed(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    run_ok(lane);
    assert_int_equal(rig.dst.reads, LANE_UNITS * (1U + UNIT_PIECES));
    assert_int_equal(rig.src.reads, LANE_UNITS * UNIT_PIECES);
}

/* What lies behind the image in its last unit must not stay: a longer old
 * image would shine through. Nothing beyond that unit is touched. */
static void the_last_unit_is_filled_up_with_erased_bytes(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    lane->len_bytes = 2U * DUO_UNIT_BYTES + 100U;
    memset(rig.dst.data, 0x12, sizeof(rig.dst.data));
    run_ok(lane);
    for (uint32_t i = lane->len_bytes; i < 3U * DUO_UNIT_BYTES; i++) {
        assert_int_equal(rig.dst.data[i], 0xFF);
    }
    assert_int_equal(rig.dst.data[3U * DUO_UNIT_BYTES], 0x12);
    assert_int_equal(lane->unit_count, 3);
}

static void an_empty_copy_ends_at_once(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    lane->len_bytes = 0;
    run_ok(lane);
    assert_int_equal(rig.src.starts + rig.dst.starts, 0);
}

static void a_resumed_copy_begins_behind_its_marks(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    memcpy(rig.dst.data, rig.src.data, 2U * DUO_UNIT_BYTES);
    lane_rig_mark(&rig, DUO_COPY_INSTALL, 1);
    lane->resumed = true;
    run_ok(lane);
    assert_int_equal(rig.src.reads, (LANE_UNITS - 2U) * UNIT_PIECES);
}

/* The first unit without a mark may be weak: it reads right and is not. */
static void a_resumed_copy_rewrites_its_first_unit_unseen(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    memcpy(rig.dst.data, rig.src.data, LANE_BYTES);
    lane_rig_mark(&rig, DUO_COPY_INSTALL, 1);
    lane->resumed = true;
    run_ok(lane);
    assert_int_equal(rig.dst.erases, 1);
    assert_int_equal(rig.dst.writes, UNIT_PIECES);
    assert_int_equal(rig.last_erase_off, 2U * DUO_UNIT_BYTES);
}

/* Even a page that reads blank: its erase may be the one that was cut. */
static void a_forced_unit_is_erased_even_if_it_reads_blank(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    memset(rig.dst.data, 0xFF, sizeof(rig.dst.data));
    lane->resumed = true;
    run_ok(lane);
    assert_int_equal(rig.dst.erases, 1);
}

static void a_suspect_unit_is_rewritten_unseen(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_RESTORE);

    (void)state;
    memcpy(rig.dst.data, rig.src.data, LANE_BYTES);
    lane->suspect_unit_index = 4;
    run_ok(lane);
    assert_int_equal(rig.dst.erases, 1);
    assert_int_equal(rig.last_erase_off, 4U * DUO_UNIT_BYTES);
}

/* So that the unit being written is always the first without a mark. */
static unsigned premarks;
static void expect_premark(struct fake_flash *fake, enum fake_op op,
                           uint32_t off_bytes)
{
    uint32_t unit = off_bytes / DUO_UNIT_BYTES;

    (void)fake;
    if (op == FAKE_ERASE && unit != 0) {
        premarks += rig.progress.units_done[DUO_COPY_INSTALL][0] == unit;
        assert_int_equal(rig.progress.units_done[DUO_COPY_INSTALL][0], unit);
        assert_int_equal(lane_rig_marks_on_flash(&rig, DUO_COPY_INSTALL), unit);
    }
}

static void units_passed_over_are_marked_before_the_next_is_erased(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    memcpy(rig.dst.data, rig.src.data, LANE_BYTES);
    rig.dst.data[3U * DUO_UNIT_BYTES] ^= 1;
    rig.dst.data[4U * DUO_UNIT_BYTES] ^= 1;
    rig.dst.data[6U * DUO_UNIT_BYTES] ^= 1;
    rig.dst.on_start = expect_premark;
    premarks = 0;
    run_ok(lane);
    assert_int_equal(premarks, 3);
}

/* A backup marks equal units, too: the gate of the install asks for them. */
static void a_backup_marks_every_unit(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_BACKUP);

    (void)state;
    memcpy(rig.dst.data, rig.src.data, LANE_BYTES);
    run_ok(lane);
    assert_int_equal(rig.dst.erases + rig.dst.writes, 0);
    assert_int_equal(lane_rig_marks_on_flash(&rig, DUO_COPY_BACKUP),
                     LANE_UNITS);
}

static void without_marks_nothing_is_marked(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    lane->marked = false;
    rig.marks.writes = 0;
    run_ok(lane);
    assert_int_equal(rig.marks.writes, 0);
    assert_int_equal(rig.progress.units_done[DUO_COPY_INSTALL][0], 0);
}

/* A roll-back takes only what was taken away. */
static void a_roll_back_stops_at_the_first_unit_without_backup(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_RESTORE);

    (void)state;
    memset(rig.dst.data, 0x33, sizeof(rig.dst.data));
    lane_rig_mark(&rig, DUO_COPY_BACKUP, 2);
    lane->only_backed_up = true;
    assert_int_equal(lane_rig_run(lane), DUO_OK);
    assert_memory_equal(rig.dst.data, rig.src.data, 3U * DUO_UNIT_BYTES);
    for (uint32_t i = 3U * DUO_UNIT_BYTES; i < LANE_BYTES; i++) {
        assert_int_equal(rig.dst.data[i], 0x33);
    }
}

static void what_does_not_read_back_is_not_marked(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    rig.dst.lossy = true;
    assert_int_equal(lane_rig_run(lane), DUO_ERR_FLASH);
    assert_int_equal(lane_rig_marks_on_flash(&rig, DUO_COPY_INSTALL), 0);
}

static void slow_devices_are_waited_for(void **state)
{
    struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);

    (void)state;
    rig.src.busy_polls = 2;
    rig.dst.busy_polls = 5;
    rig.marks.busy_polls = 3;
    run_ok(lane);
    assert_true(rig.dst.idles >= 5U * LANE_UNITS);
}

/* Each operation of each device fails once, at its start or later: the error
 * comes back, and a copy that is run again is whole. */
static void a_failure_anywhere_ends_the_copy_and_can_be_resumed(void **state)
{
    struct fake_flash *const devices[] = {&rig.src, &rig.dst, &rig.marks};

    (void)state;
    for (unsigned i = 0; i < 6U; i++) {
        enum duo_err err = DUO_ERR_FLASH;
        for (unsigned fail_at = 1; err != DUO_OK; fail_at++) {
            lane_rig_init(&rig);
            struct fake_flash *device = devices[i % 3U];
            struct duo_lane *lane = lane_rig_lane(&rig, DUO_COPY_INSTALL);
            device->fail_in_poll = i >= 3U;
            fake_fail(device, fail_at);
            err = lane_rig_run(lane);
            assert_int_equal(err == DUO_OK, device->starts < fail_at);
            assert_int_equal(lane->err, err);
            assert_int_equal(err != DUO_OK && device == &rig.src,
                             lane->failed_on_src);
            fake_fail(device, 0);
            lane->resumed = true;
            run_ok(lane);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_copy_is_whole_and_marked),
        TEST(equal_units_are_not_touched),
        TEST(only_the_page_that_differs_is_rewritten),
        TEST(blank_pages_are_not_erased),
        TEST(pieces_of_ones_are_erased_and_not_written),
        TEST(an_erase_that_leaves_a_bit_is_found),
        TEST(a_page_is_compared_only_as_far_as_needed),
        TEST(the_last_unit_is_filled_up_with_erased_bytes),
        TEST(an_empty_copy_ends_at_once),
        TEST(a_resumed_copy_begins_behind_its_marks),
        TEST(a_resumed_copy_rewrites_its_first_unit_unseen),
        TEST(a_forced_unit_is_erased_even_if_it_reads_blank),
        TEST(a_suspect_unit_is_rewritten_unseen),
        TEST(units_passed_over_are_marked_before_the_next_is_erased),
        TEST(a_backup_marks_every_unit),
        TEST(without_marks_nothing_is_marked),
        TEST(a_roll_back_stops_at_the_first_unit_without_backup),
        TEST(what_does_not_read_back_is_not_marked),
        TEST(slow_devices_are_waited_for),
        TEST(a_failure_anywhere_ends_the_copy_and_can_be_resumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
