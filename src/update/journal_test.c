/* SPDX-License-Identifier: MIT */
#include "journal_rig.h"

static void an_empty_journal_has_no_entry(void **state)
{
    struct duo_journal journal = opened();
    uint32_t first = 0;
    uint32_t last = 0;

    (void)state;
    assert_true(journal.usable);
    assert_int_equal(journal.next_sequence, 1);
    assert_int_equal(journal.boot_count, 1);
    assert_int_equal(count_entries(&journal, &first, &last), 0);
    assert_int_equal(fake.writes + fake.erases, 0);
}

static void an_entry_is_read_back_as_it_was_told(void **state)
{
    struct duo_journal journal = opened();
    const struct duo_journal_entry told = {
        .time_ms = 0x11223344,
        .reason = DUO_REASON_SECURITY_COUNTER_LOW,
        .core = DUO_CORE_APP,
        .version = {1, 2, 0x304, 0x5060708},
        .detail = 0xCAFEF00D,
    };
    struct duo_journal_entry entry;
    uint32_t cursor = 0;

    (void)state;
    duo_journal_append(&journal, &told);
    struct duo_journal later = opened();
    assert_true(duo_journal_next(&later, &cursor, &entry));
    assert_int_equal(entry.sequence, 1);
    assert_int_equal(entry.boot_count, 1);
    assert_int_equal(entry.time_ms, told.time_ms);
    assert_int_equal(entry.reason, told.reason);
    assert_int_equal(entry.core, told.core);
    assert_int_equal(entry.version.major, 1);
    assert_int_equal(entry.version.minor, 2);
    assert_int_equal(entry.version.revision, 0x304);
    assert_int_equal(entry.version.build, 0x5060708);
    assert_int_equal(entry.detail, told.detail);
    assert_false(duo_journal_next(&later, &cursor, &entry));
}

/* [FORMAT 6] kind, core, reason; sequence, boot, time; version; detail; CRC. */
static void an_entry_has_its_documented_bytes(void **state)
{
    struct duo_journal journal = opened();
    uint8_t expected[ENTRY] = {0x4A, 2, 25, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7, 0,
                               0,    0, 9,  8, 7, 0, 6, 0, 0, 0, 5, 0, 0, 0};

    (void)state;
    duo_store_le32(&expected[28],
                   duo_crc32(0, (struct duo_bytes){expected, 28}));
    const struct duo_journal_entry told = {
        .time_ms = 7,
        .reason = DUO_REASON_DOWNGRADE,
        .core = DUO_CORE_NONE,
        .version = {9, 8, 7, 6},
        .detail = 5
    };
    duo_journal_append(&journal, &told);
    assert_memory_equal(entry_at(0), expected, ENTRY);
}

static void sequence_and_boots_go_on_over_resets(void **state)
{
    struct duo_journal_entry entry;

    (void)state;
    for (uint32_t boot = 1; boot <= 300; boot++) {
        struct duo_journal journal = opened();
        assert_int_equal(journal.boot_count, boot);
        append(&journal, 2U * boot);
        append(&journal, 2U * boot + 1U);
    }
    struct duo_journal journal = opened();
    uint32_t cursor = 0;
    while (duo_journal_next(&journal, &cursor, &entry)) {
        assert_int_equal(entry.sequence, entry.detail - 1U);
        assert_int_equal(entry.boot_count, entry.detail / 2U);
    }
    assert_int_equal(entry.sequence, 600);
}

/* However many entries: the newest are there, in order, and of the ring only
 * the sector that is being filled anew is lost. */
static void the_ring_wraps_over_its_sectors(void **state)
{
    uint32_t first = 0;
    uint32_t last = 0;

    (void)state;
    for (uint32_t i = 1; i <= 5U * SECTORS * PER_SECTOR; i++) {
        struct duo_journal journal = opened();
        append(&journal, i);
        journal = opened();
        unsigned count = count_entries(&journal, &first, &last);
        assert_int_equal(last, i);
        assert_int_equal(count, last - first + 1U);
        uint32_t kept =
            i < (SECTORS - 1U) * PER_SECTOR ? i : (SECTORS - 1U) * PER_SECTOR;
        assert_true(count >= kept);
    }
}

static void a_sector_is_erased_once_each_time_round(void **state)
{
    struct duo_journal journal = opened();

    (void)state;
    for (uint32_t i = 0; i < 4U * SECTORS * PER_SECTOR; i++) {
        append(&journal, i + 1U);
    }
    assert_int_equal(fake.erases, 3U * SECTORS);
}

static void every_torn_bit_hides_the_entry_and_no_other(void **state)
{
    struct duo_journal journal = opened();
    uint32_t first = 0;
    uint32_t last = 0;

    (void)state;
    append(&journal, 1);
    append(&journal, 2);
    append(&journal, 3);
    for (unsigned bit = 0; bit < ENTRY * 8U; bit++) {
        entry_at(1)[bit / 8U] ^= (uint8_t)(1U << bit % 8U);
        journal = opened();
        assert_int_equal(count_entries(&journal, &first, &last), 2);
        assert_int_equal(first, 1);
        assert_int_equal(last, 3);
        entry_at(1)[bit / 8U] ^= (uint8_t)(1U << bit % 8U);
    }
}

static void after_a_torn_last_entry_the_next_goes_behind_it(void **state)
{
    struct duo_journal journal = opened();
    uint32_t first = 0;
    uint32_t last = 0;

    (void)state;
    append(&journal, 1);
    append(&journal, 2);
    entry_at(1)[9] = 0;
    entry_at(1)[31] = 0xFF;
    journal = opened();
    assert_int_equal(journal.next_sequence, 2);
    append(&journal, 7);
    assert_int_equal(journal.next_off_bytes, 3U * ENTRY);
    journal = opened();
    assert_int_equal(count_entries(&journal, &first, &last), 2);
    assert_int_equal(last, 7);
}

/* Cuts in a row at the start of a sector leave torn entries there. */
static void torn_first_entries_do_not_hide_a_sector(void **state)
{
    uint32_t first = 0;
    uint32_t last = 0;

    (void)state;
    for (uint32_t torn = 1; torn <= 3; torn++) {
        fake_init(&fake, SECTOR);
        struct duo_journal journal = opened();
        for (uint32_t i = 1; i <= 2U * PER_SECTOR + 10U; i++) {
            append(&journal, i);
        }
        for (uint32_t i = 0; i < torn; i++) {
            memset(entry_at(2U * PER_SECTOR + i), 0x3C, ENTRY / 2U);
        }
        journal = opened();
        assert_int_equal(journal.next_sequence, 2U * PER_SECTOR + 11U);
        append(&journal, 9999);
        assert_int_equal(count_entries(&journal, &first, &last),
                         2U * PER_SECTOR + 11U - torn);
        assert_int_equal(first, 1);
        assert_int_equal(last, 9999);
    }
}

static void a_full_ring_goes_on_after_a_reset_at_the_border(void **state)
{
    struct duo_journal journal = opened();
    uint32_t first = 0;
    uint32_t last = 0;

    (void)state;
    for (uint32_t i = 1; i <= SECTORS * PER_SECTOR; i++) {
        append(&journal, i);
    }
    journal = opened();
    assert_int_equal(journal.next_off_bytes, 0);
    assert_int_equal(count_entries(&journal, &first, &last),
                     SECTORS * PER_SECTOR);
    append(&journal, 5000);
    assert_int_equal(count_entries(&journal, &first, &last),
                     (SECTORS - 1U) * PER_SECTOR + 1U);
    assert_int_equal(first, PER_SECTOR + 1U);
    assert_int_equal(last, 5000);
}

/* A sequence number at its end, forged or after aeons: newer entries still
 * count as newer, and reach the reader, over many boots. */
static void sequence_numbers_may_wrap(void **state)
{
    struct duo_journal journal = opened();
    struct duo_journal_entry entry;
    uint32_t first = 0;
    uint32_t last = 0;

    (void)state;
    journal.next_sequence = UINT32_MAX - 2U;
    append(&journal, 1);
    for (uint32_t boot = 2; boot <= 3U * PER_SECTOR; boot++) {
        journal = opened();
        append(&journal, boot);
        journal = opened();
        unsigned count = count_entries(&journal, &first, &last);
        assert_int_equal(count, last - first + 1U);
        assert_int_equal(last, boot);
    }
    uint32_t cursor = 0;
    while (duo_journal_next(&journal, &cursor, &entry)) {
        assert_int_not_equal(entry.sequence, 0);
    }
}

static void an_unknown_core_reads_as_the_board(void **state)
{
    struct duo_journal journal = opened();
    struct duo_journal_entry entry;
    uint32_t cursor = 0;

    (void)state;
    append(&journal, 1);
    entry_at(0)[1] = 77;
    duo_store_le32(&entry_at(0)[28],
                   duo_crc32(0, (struct duo_bytes){entry_at(0), 28}));
    assert_true(duo_journal_next(&journal, &cursor, &entry));
    assert_int_equal(entry.core, DUO_CORE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_journal_has_no_entry),
        TEST(an_entry_is_read_back_as_it_was_told),
        TEST(an_entry_has_its_documented_bytes),
        TEST(sequence_and_boots_go_on_over_resets),
        TEST(the_ring_wraps_over_its_sectors),
        TEST(a_sector_is_erased_once_each_time_round),
        TEST(every_torn_bit_hides_the_entry_and_no_other),
        TEST(after_a_torn_last_entry_the_next_goes_behind_it),
        TEST(torn_first_entries_do_not_hide_a_sector),
        TEST(a_full_ring_goes_on_after_a_reset_at_the_border),
        TEST(sequence_numbers_may_wrap),
        TEST(an_unknown_core_reads_as_the_board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
