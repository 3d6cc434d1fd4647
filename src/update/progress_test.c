/* SPDX-License-Identifier: MIT */
#include "progress_rig.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_sector_is_no_record),
        TEST(a_record_is_read_back_as_it_was_made),
        TEST(every_flag_has_its_own_bit),
        TEST(every_damaged_header_bit_is_no_record),
        TEST(every_prefix_of_a_header_is_no_record),
        TEST(records_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
