/* SPDX-License-Identifier: MIT */
#include "journal_rig.h"
#include "sim.h"

static void garbage_is_no_journal_and_no_obstacle(void **state)
{
    uint32_t first = 0;
    uint32_t last = 0;

    (void)state;
    for (unsigned value = 0; value < 256U; value += 5U) {
        memset(fake.data, (int)value, sizeof(fake.data));
        struct duo_journal journal = opened();
        assert_true(journal.usable);
        assert_int_equal(count_entries(&journal, &first, &last), 0);
        append(&journal, 1);
        append(&journal, 2);
        journal = opened();
        assert_int_equal(count_entries(&journal, &first, &last), 2);
        assert_int_equal(last, 2);
    }
}

static void append_reason(struct duo_journal *journal, enum duo_reason reason)
{
    const struct duo_journal_entry entry = {.reason = reason,
                                            .core = DUO_CORE_NET};
    duo_journal_append(journal, &entry);
}

static void a_lasting_trouble_is_known_until_another_boot_writes(void **state)
{
    (void)state;
    memset(fake.data, 0xFF, sizeof(fake.data));
    struct duo_journal journal = opened();
    assert_false(
        duo_journal_knows(&journal, DUO_REASON_NET_NO_ANSWER, DUO_CORE_NET));
    append_reason(&journal, DUO_REASON_NET_NO_ANSWER);
    append_reason(&journal, DUO_REASON_ROLLED_BACK);
    journal = opened();
    assert_true(
        duo_journal_knows(&journal, DUO_REASON_NET_NO_ANSWER, DUO_CORE_NET));
    assert_false(
        duo_journal_knows(&journal, DUO_REASON_NET_NO_ANSWER, DUO_CORE_APP));
    /* What is done once is told each time it is done. */
    assert_false(
        duo_journal_knows(&journal, DUO_REASON_ROLLED_BACK, DUO_CORE_NET));
    append_reason(&journal, DUO_REASON_CONFIRMED);
    journal = opened();
    assert_false(
        duo_journal_knows(&journal, DUO_REASON_NET_NO_ANSWER, DUO_CORE_NET));
}

/* It must never stop a boot: failures end in silence. */
static void a_failing_flash_makes_it_useless_not_deadly(void **state)
{
    struct duo_journal_entry entry;
    uint32_t cursor = 0;

    (void)state;
    struct duo_journal journal = opened();
    for (uint32_t i = 1; i <= PER_SECTOR; i++) {
        append(&journal, i);
    }
    fake_fail(&fake, 0);
    (void)opened();
    unsigned reads = fake.starts;
    for (unsigned fail_at = 1; fail_at <= reads; fail_at++) {
        fake_fail(&fake, fail_at);
        journal = opened();
        assert_false(journal.usable);
        append(&journal, 77);
        assert_int_equal(fake.writes + fake.erases, 0);
    }
    assert_false(duo_journal_next(&journal, &cursor, &entry));
    fake_fail(&fake, 0);
    journal = opened();
    entry_at(PER_SECTOR)[100] = 0; /* The next sector needs its erase. */
    fake_fail(&fake, 1);
    fake.fail_kinds = FAKE_ERASE;
    append(&journal, 77);
    assert_false(journal.usable);
    fake_fail(&fake, 0);
    journal = opened();
    fake_fail(&fake, 1);
    fake.fail_kinds = FAKE_WRITE;
    append(&journal, 77);
    assert_false(journal.usable);
    append(&journal, 78);
    assert_int_equal(fake.writes, 1);
}

/* Power cuts at random operations on the simulated chip: what was appended
 * whole is there, and in order. */
static void cuts_lose_at_most_what_was_being_written(void **state)
{
    struct duo_sim_world world;
    uint32_t first = 0;
    uint32_t last = 0;

    (void)state;
    duo_sim_world_init(&world);
    struct duo_sim_flash *flash =
        duo_sim_flash_create(&world, DUO_SIM_FLASH_EXT, JOURNAL, 0);
    const struct duo_area ring = {&flash->flash, 0, JOURNAL};
    uint32_t number = 1;
    for (uint32_t boot = 1; boot <= 400; boot++) {
        struct duo_journal journal;
        uint32_t whole = number - 1U;
        const struct duo_sim_cut cut = {
            1U + boot % 5U,
            (enum duo_sim_cut_kind)(boot % DUO_SIM_CUT_KIND_COUNT), boot};

        duo_sim_power_up(&world, cut);
        duo_journal_open(&journal, &ring);
        while (!world.dead && number < whole + 9U) {
            append(&journal, number);
            whole = world.dead ? whole : number;
            number++;
        }
        duo_sim_power_up(&world, (struct duo_sim_cut){0});
        duo_journal_open(&journal, &ring);
        assert_true(journal.usable);
        assert_true(count_entries(&journal, &first, &last) != 0);
        assert_true(last >= whole && last <= number);
    }
    duo_sim_flash_destroy(flash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(garbage_is_no_journal_and_no_obstacle),
        TEST(a_lasting_trouble_is_known_until_another_boot_writes),
        TEST(a_failing_flash_makes_it_useless_not_deadly),
        TEST(cuts_lose_at_most_what_was_being_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
