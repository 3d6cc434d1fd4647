/* SPDX-License-Identifier: MIT */
#include "progress_rig.h"

/* Copies whose marks are in the record; a rebuild has them beside its mirror. */
#define RECORD_COPIES DUO_COPY_REBUILD

static void every_phase_has_its_own_mark(void **state)
{
    (void)state;
    for (unsigned phase = 0; phase < DUO_PHASE_COUNT; phase++) {
        struct duo_progress progress = created();
        assert_int_equal(duo_progress_set_phase(&progress, phase), DUO_OK);
        assert_true(progress.phases[phase]);
        const struct duo_progress read = loaded();
        for (unsigned other = 0; other < DUO_PHASE_COUNT; other++) {
            assert_int_equal(read.phases[other], other == phase);
        }
    }
}

/* Every unit mark of every copy lies at a place of its own, in the sector,
 * behind header and phases. */
static void no_two_marks_share_a_byte(void **state)
{
    struct duo_progress progress = created();
    static uint8_t before[SECTOR];
    unsigned marks = 0;

    (void)state;
    memset(sector + HEADER, 0xFF, SECTOR - HEADER);
    for (unsigned i = 0; i < RECORD_COPIES * DUO_CORE_COUNT; i++) {
        enum duo_copy copy = (enum duo_copy)(i / 2U);
        enum duo_core core = (enum duo_core)(i % 2U);
        uint32_t units =
            core == APP ? DUO_PROGRESS_UNITS_APP : DUO_PROGRESS_UNITS_NET;
        if (copy == DUO_COPY_MIRROR && core == APP) {
            continue; /* There is no mirror of it. */
        }
        for (uint32_t unit = 0; unit < units; unit++) {
            memcpy(before, sector, SECTOR);
            assert_int_equal(
                duo_progress_start_mark(&progress, copy, core, unit), DUO_OK);
            assert_int_equal(duo_flash_wait(&fake.flash), DUO_OK);
            unsigned changed = 0;
            for (uint32_t at = 0; at < SECTOR; at++) {
                bool differs = before[at] != sector[at];
                assert_true(!differs ||
                            (at >= MARKS_OFF && before[at] == 0xFF));
                changed += differs;
            }
            assert_int_equal(changed, 4);
            marks++;
        }
    }
    assert_int_equal(marks,
                     3U * DUO_PROGRESS_UNITS_APP + 4U * DUO_PROGRESS_UNITS_NET);
}

/* A mark covers its unit and those before, of its own copy and core only. */
static void a_unit_mark_counts_for_its_copy_alone(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RECORD_COPIES * DUO_CORE_COUNT; i++) {
        enum duo_copy copy = (enum duo_copy)(i / 2U);
        enum duo_core core = (enum duo_core)(i % 2U);
        uint32_t last_unit =
            (core == APP ? DUO_PROGRESS_UNITS_APP : DUO_PROGRESS_UNITS_NET) -
            1U;
        if (copy == DUO_COPY_MIRROR && core == APP) {
            continue;
        }
        for (unsigned k = 0; k < 3U; k++) {
            const uint32_t units[] = {0, 41, last_unit};
            struct duo_progress progress = created();
            assert_int_equal(
                duo_progress_start_mark(&progress, copy, core, units[k]),
                DUO_OK);
            assert_int_equal(duo_flash_wait(&fake.flash), DUO_OK);
            const struct duo_progress read = loaded();
            for (unsigned at = 0; at < DUO_COPY_COUNT * DUO_CORE_COUNT; at++) {
                assert_int_equal(read.units_done[at / 2U][at % 2U],
                                 at == i ? units[k] + 1U : 0);
            }
            assert_true(duo_progress_has_unit(&read, copy, core, units[k]));
            assert_false(
                duo_progress_has_unit(&read, copy, core, units[k] + 1U));
        }
    }
}

/* The sector of the mirror has no header: its marks alone say how far the
 * rebuild came. */
static void marks_of_a_rebuild_need_no_record(void **state)
{
    static const uint32_t units[] = {0, 41, DUO_PROGRESS_UNITS_NET - 1U};
    struct duo_progress marks = {.area = area};

    (void)state;
    for (unsigned i = 0; i < 3U; i++) {
        assert_int_equal(duo_progress_load_units(&marks, DUO_COPY_REBUILD, NET),
                         DUO_OK);
        assert_int_equal(marks.units_done[DUO_COPY_REBUILD][NET],
                         i == 0 ? 0 : units[i - 1U] + 1U);
        assert_int_equal(
            duo_progress_start_mark(&marks, DUO_COPY_REBUILD, NET, units[i]),
            DUO_OK);
        assert_int_equal(duo_flash_wait(&fake.flash), DUO_OK);
    }
    assert_int_equal(duo_progress_load_units(&marks, DUO_COPY_REBUILD, NET),
                     DUO_OK);
    assert_int_equal(marks.units_done[DUO_COPY_REBUILD][NET],
                     DUO_PROGRESS_UNITS_NET);
    assert_int_equal(loaded().open, false);
}

static void a_torn_mark_reads_as_unset(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 32U; bit++) {
        (void)created();
        memset(&sector[MARKS_OFF], 0, 4);
        sector[MARKS_OFF + bit / 8U] ^= (uint8_t)(1U << bit % 8U);
        memset(&sector[PHASES_OFF + 4U], 0, 4);
        sector[PHASES_OFF + 4U + bit / 8U] ^= (uint8_t)(1U << bit % 8U);
        const struct duo_progress read = loaded();
        assert_int_equal(read.units_done[DUO_COPY_BACKUP][APP], 0);
        assert_false(read.phases[DUO_PHASE_FINISHED]);
    }
}

static void a_mark_never_takes_back_what_is_done(void **state)
{
    struct duo_progress progress = created();

    (void)state;
    duo_progress_unit_marked(&progress, DUO_COPY_INSTALL, NET, 9);
    assert_int_equal(progress.units_done[DUO_COPY_INSTALL][NET], 10);
    duo_progress_unit_marked(&progress, DUO_COPY_INSTALL, NET, 3);
    assert_int_equal(progress.units_done[DUO_COPY_INSTALL][NET], 10);
}

static void marks_of_an_image_that_is_not_included_are_not_read(void **state)
{
    struct duo_progress progress = example();

    (void)state;
    progress.images[NET].included = false;
    assert_int_equal(duo_progress_create(&progress), DUO_OK);
    memset(sector + MARKS_OFF, 0, SECTOR - MARKS_OFF);
    const struct duo_progress read = loaded();
    assert_int_equal(read.units_done[DUO_COPY_BACKUP][APP],
                     DUO_PROGRESS_UNITS_APP);
    assert_int_equal(read.units_done[DUO_COPY_BACKUP][NET], 0);
}

static void a_new_record_forgets_the_old_marks(void **state)
{
    struct duo_progress progress = created();

    (void)state;
    assert_int_equal(duo_progress_set_phase(&progress, DUO_PHASE_FINISHED),
                     DUO_OK);
    duo_progress_unit_marked(&progress, DUO_COPY_BACKUP, APP, 5);
    memset(sector + MARKS_OFF, 0, 100);
    assert_int_equal(duo_progress_create(&progress), DUO_OK);
    assert_false(progress.phases[DUO_PHASE_FINISHED]);
    assert_int_equal(progress.units_done[DUO_COPY_BACKUP][APP], 0);
    const struct duo_progress read = loaded();
    assert_false(read.phases[DUO_PHASE_FINISHED]);
    assert_int_equal(read.units_done[DUO_COPY_BACKUP][APP], 0);
}

/* A header that was cut may read right and decay: the second write makes it
 * whole. Bits that the cut left set are cleared; nothing else changes. */
static void
strengthening_writes_header_and_last_backup_marks_again(void **state)
{
    static uint8_t whole[SECTOR];
    struct duo_progress progress = created();

    (void)state;
    memcpy(whole, sector, SECTOR);
    sector[20] |= 0x10; /* As if decayed a bit. */
    assert_int_equal(duo_progress_strengthen(&progress), DUO_OK);
    assert_memory_equal(sector, whole, SECTOR);

    duo_progress_unit_marked(&progress, DUO_COPY_BACKUP, APP, 6);
    duo_progress_unit_marked(&progress, DUO_COPY_BACKUP, NET, 2);
    fake.writes = 0;
    assert_int_equal(duo_progress_strengthen(&progress), DUO_OK);
    assert_int_equal(fake.writes, 2); /* The header is proven by its marks. */
    const struct duo_progress read = loaded();
    assert_int_equal(read.units_done[DUO_COPY_BACKUP][APP], 7);
    assert_int_equal(read.units_done[DUO_COPY_BACKUP][NET], 3);
}

static enum duo_err do_load(struct duo_progress *progress)
{
    return duo_progress_load(progress, &area);
}

static enum duo_err do_create(struct duo_progress *progress)
{
    return duo_progress_create(progress);
}

static enum duo_err do_strengthen(struct duo_progress *progress)
{
    return duo_progress_strengthen(progress);
}

static enum duo_err do_phase(struct duo_progress *progress)
{
    return duo_progress_set_phase(progress, DUO_PHASE_FINISHED);
}

static void every_failing_operation_is_told(void **state)
{
    enum duo_err (*const calls[])(struct duo_progress * progress) = {
        do_load, do_create, do_strengthen, do_phase};

    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        enum duo_err err = DUO_ERR_FLASH;
        for (unsigned fail_at = 1; err != DUO_OK; fail_at++) {
            fake_init(&fake, SECTOR);
            struct duo_progress progress = created();
            duo_progress_unit_marked(&progress, DUO_COPY_BACKUP, APP, 6);
            duo_progress_unit_marked(&progress, DUO_COPY_BACKUP, NET, 2);
            fake_fail(&fake, fail_at);
            err = calls[i](&progress);
            assert_true(err == DUO_OK || err == DUO_ERR_FLASH);
            assert_true(err == DUO_OK || fake.starts == fail_at);
            assert_true(err == DUO_OK || !progress.phases[DUO_PHASE_FINISHED]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_phase_has_its_own_mark),
        TEST(no_two_marks_share_a_byte),
        TEST(a_unit_mark_counts_for_its_copy_alone),
        TEST(marks_of_a_rebuild_need_no_record),
        TEST(a_torn_mark_reads_as_unset),
        TEST(a_mark_never_takes_back_what_is_done),
        TEST(marks_of_an_image_that_is_not_included_are_not_read),
        TEST(a_new_record_forgets_the_old_marks),
        TEST(strengthening_writes_header_and_last_backup_marks_again),
        TEST(every_failing_operation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
