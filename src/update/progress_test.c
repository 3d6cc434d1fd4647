/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "duo/progress.h"
#include "flash/fake_flash_rig.h"

#define SECTOR     4096U
#define HEADER     160U /* Magic, version, flags, two images of 72, CRC. */
#define PHASES_OFF 192U
#define MARKS_OFF  256U
#define APP        DUO_CORE_APP
#define NET        DUO_CORE_NET

static struct fake_flash fake;
static const struct duo_area area = {&fake.flash, SECTOR, SECTOR};
static uint8_t *const sector = &fake.data[SECTOR];

static int fresh_flash(void **state)
{
    (void)state;
    fake_init(&fake, SECTOR);
    return 0;
}

/* A record of both images with every field different. */
static struct duo_progress example(void)
{
    struct duo_progress progress;

    memset(&progress, 0, sizeof(progress));
    progress.area = area;
    progress.dependent = true;
    progress.images[APP] = (struct duo_progress_image){
        .included = true,
        .has_backup = true,
        .new_bytes = 123456,
        .old_bytes = DUO_PROGRESS_UNITS_APP * DUO_UNIT_BYTES,
    };
    progress.images[NET] = (struct duo_progress_image){
        .included = true,
        .permanent = true,
        .from_other = true,
        .new_bytes = DUO_PROGRESS_UNITS_NET * DUO_UNIT_BYTES,
        .old_bytes = 1,
    };
    for (unsigned i = 0; i < DUO_SHA256_BYTES; i++) {
        progress.images[APP].new_digest[i] = (uint8_t)i;
        progress.images[APP].old_digest[i] = (uint8_t)(0x40U + i);
        progress.images[NET].new_digest[i] = (uint8_t)(0x80U + i);
        progress.images[NET].old_digest[i] = (uint8_t)(0xC0U + i);
    }
    return progress;
}

static struct duo_progress created(void)
{
    struct duo_progress progress = example();

    assert_int_equal(duo_progress_create(&progress), DUO_OK);
    assert_true(progress.open);
    return progress;
}

static struct duo_progress loaded(void)
{
    struct duo_progress progress;

    assert_int_equal(duo_progress_load(&progress, &area), DUO_OK);
    return progress;
}

static void seal(void)
{
    duo_store_le32(&sector[HEADER - 4U],
                   duo_crc32(0, (struct duo_bytes){sector, HEADER - 4U}));
}

static void an_empty_sector_is_no_record(void **state)
{
    (void)state;
    assert_false(loaded().open);
}

static void a_record_is_read_back_as_it_was_made(void **state)
{
    const struct duo_progress made = created();
    const struct duo_progress read = loaded();

    (void)state;
    assert_true(read.open);
    assert_true(read.dependent);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_progress_image *left = &made.images[core];
        const struct duo_progress_image *right = &read.images[core];
        assert_int_equal(left->new_bytes, right->new_bytes);
        assert_int_equal(left->old_bytes, right->old_bytes);
        assert_memory_equal(left->new_digest, right->new_digest, 32);
        assert_memory_equal(left->old_digest, right->old_digest, 32);
        for (unsigned copy = 0; copy < DUO_COPY_COUNT; copy++) {
            assert_int_equal(read.units_done[copy][core], 0);
        }
    }
    for (unsigned phase = 0; phase < DUO_PHASE_COUNT; phase++) {
        assert_false(read.phases[phase]);
    }
}

/* Each flag alone comes back alone. */
static void every_flag_has_its_own_bit(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 13U; bit++) {
        struct duo_progress progress = example();
        memset(progress.images, 0, sizeof(progress.images));
        progress.dependent = bit == 12U;
        bool *flags[12] = {
            &progress.images[APP].included,
            &progress.images[APP].permanent,
            &progress.images[APP].has_backup,
            &progress.images[APP].from_other,
            &progress.images[APP].restore_only,
            &progress.images[APP].from_mirror,
            &progress.images[NET].included,
            &progress.images[NET].permanent,
            &progress.images[NET].has_backup,
            &progress.images[NET].from_other,
            &progress.images[NET].restore_only,
            &progress.images[NET].from_mirror,
        };
        if (bit < 12U) {
            *flags[bit] = true;
        }
        assert_int_equal(duo_progress_create(&progress), DUO_OK);
        const struct duo_progress read = loaded();
        assert_int_equal(read.dependent, progress.dependent);
        assert_memory_equal(read.images, progress.images, sizeof(read.images));
    }
}

static void every_damaged_header_bit_is_no_record(void **state)
{
    (void)state;
    (void)created();
    for (unsigned bit = 0; bit < HEADER * 8U; bit++) {
        sector[bit / 8U] ^= (uint8_t)(1U << bit % 8U);
        const struct duo_progress read = loaded();
        assert_false(read.open);
        assert_false(read.images[APP].included);
        assert_int_equal(read.images[NET].new_bytes, 0);
        sector[bit / 8U] ^= (uint8_t)(1U << bit % 8U);
    }
    assert_true(loaded().open);
}

static void every_prefix_of_a_header_is_no_record(void **state)
{
    uint8_t whole[HEADER];

    (void)state;
    (void)created();
    memcpy(whole, sector, HEADER);
    for (unsigned count = 0; count < HEADER; count++) {
        memset(sector, 0xFF, HEADER);
        memcpy(sector, whole, count);
        assert_false(loaded().open);
    }
}

/* The check is right, the content is not: sizes that the marks do not cover
 * and a version of the future. */
static void records_that_do_not_fit_are_refused(void **state)
{
    static const uint32_t size_offs[] = {12, 16, 84, 88};

    (void)state;
    for (unsigned i = 0; i < 4U; i++) {
        uint32_t units =
            i < 2U ? DUO_PROGRESS_UNITS_APP : DUO_PROGRESS_UNITS_NET;
        (void)created();
        duo_store_le32(&sector[size_offs[i]], units * DUO_UNIT_BYTES);
        seal();
        assert_true(loaded().open);
        duo_store_le32(&sector[size_offs[i]], units * DUO_UNIT_BYTES + 1U);
        seal();
        assert_false(loaded().open);
        duo_store_le32(&sector[size_offs[i]], UINT32_MAX);
        seal();
        assert_false(loaded().open);
    }
    (void)created();
    sector[4] = 2;
    seal();
    assert_false(loaded().open);
}

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
    for (unsigned i = 0; i < DUO_COPY_COUNT * DUO_CORE_COUNT; i++) {
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
    for (unsigned i = 0; i < DUO_COPY_COUNT * DUO_CORE_COUNT; i++) {
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

#define TEST(name) cmocka_unit_test_setup(name, fresh_flash)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_sector_is_no_record),
        TEST(a_record_is_read_back_as_it_was_made),
        TEST(every_flag_has_its_own_bit),
        TEST(every_damaged_header_bit_is_no_record),
        TEST(every_prefix_of_a_header_is_no_record),
        TEST(records_that_do_not_fit_are_refused),
        TEST(every_phase_has_its_own_mark),
        TEST(no_two_marks_share_a_byte),
        TEST(a_unit_mark_counts_for_its_copy_alone),
        TEST(a_torn_mark_reads_as_unset),
        TEST(a_mark_never_takes_back_what_is_done),
        TEST(marks_of_an_image_that_is_not_included_are_not_read),
        TEST(a_new_record_forgets_the_old_marks),
        TEST(strengthening_writes_header_and_last_backup_marks_again),
        TEST(every_failing_operation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
