/* SPDX-License-Identifier: MIT */
/* The decision table against an oracle that was written from the rules, not
 * from the table: the full product of what can be seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "duo/decide.h"

#define STATES   DUO_FIELD_STATE_COUNT
#define PRODUCT  (DUO_RECORD_STATE_COUNT * 4U * 4U * 4U * 4U * 4U)
#define ROWS_MAX 32U

/* The state of that number in the product. */
static struct duo_observed observed_at(unsigned number)
{
    struct duo_observed seen;
    enum duo_field_state fields[5];

    for (unsigned i = 0; i < 5U; i++) {
        fields[i] = (enum duo_field_state)(number % STATES);
        number /= STATES;
    }
    memset(&seen, 0, sizeof(seen));
    seen.record = (enum duo_record_state)number;
    seen.active.magic = fields[0];
    seen.active.image_ok = fields[1];
    seen.active.copy_done = fields[2];
    seen.staged.magic = fields[3];
    seen.staged.image_ok = fields[4];
    seen.staged.copy_done = DUO_FIELD_ERASED;
    return seen;
}

/* What is asked for by the staged slot, once the active image is settled.
 * MCUboot's rule: only a good magic asks; a magic cut on its way is cleared
 * and so is one that no cut explains, so that no slot is stuck for ever. Only
 * a flag that stands makes the request permanent: a cut while it was written
 * turns it into a trial, the safe direction. */
static enum duo_action oracle_request(const struct duo_trailer *staged)
{
    if (staged->magic == DUO_FIELD_ERASED) {
        return DUO_ACTION_NONE;
    }
    if (staged->magic == DUO_FIELD_TORN) {
        return DUO_ACTION_CLEAR_TORN;
    }
    if (staged->magic == DUO_FIELD_BAD || staged->image_ok == DUO_FIELD_BAD) {
        return DUO_ACTION_CLEAR_DAMAGED;
    }
    return staged->image_ok == DUO_FIELD_GOOD ? DUO_ACTION_INSTALL_PERMANENT
                                              : DUO_ACTION_INSTALL_TEST;
}

/* What is begun is ended first (P1). A trial ends at the next boot: it stays
 * if the application said so, even if it was cut while it did (P4). An image
 * whose update closed is confirmed, so its trailer must say so (P8). Without
 * a record, a trailer like that of a trial (installed by a loader: copy_done;
 * not confirmed) means that the record was lost, and P4 still holds. */
static enum duo_action oracle(const struct duo_observed *seen)
{
    const struct duo_trailer *active = &seen->active;

    switch (seen->record) {
    case DUO_RECORD_INSTALLING: return DUO_ACTION_RESUME_INSTALL;
    case DUO_RECORD_REVERTING: return DUO_ACTION_RESUME_REVERT;
    case DUO_RECORD_TRIAL:
        return active->image_ok == DUO_FIELD_GOOD ||
                       active->image_ok == DUO_FIELD_TORN
                   ? DUO_ACTION_CONFIRM
                   : DUO_ACTION_REVERT;
    case DUO_RECORD_CLOSED:
        if (active->image_ok != DUO_FIELD_GOOD ||
            active->magic != DUO_FIELD_GOOD) {
            return DUO_ACTION_MEND_TRAILER;
        }
        return oracle_request(&seen->staged);
    case DUO_RECORD_NONE:
        if (active->magic == DUO_FIELD_GOOD &&
            active->copy_done == DUO_FIELD_GOOD &&
            active->image_ok != DUO_FIELD_GOOD &&
            active->image_ok != DUO_FIELD_TORN) {
            return DUO_ACTION_REVERT_UNRECORDED;
        }
        return oracle_request(&seen->staged);
    }
    fail();
    return DUO_ACTION_NONE;
}

static void every_state_is_decided_as_the_rules_say(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PRODUCT; i++) {
        const struct duo_observed seen = observed_at(i);
        if (duo_decide(&seen) != oracle(&seen)) {
            printf("state %u: %s, should be %s\n", i,
                   duo_action_name(duo_decide(&seen)),
                   duo_action_name(oracle(&seen)));
            fail();
        }
    }
}

/* Swap type and copy_done of the staged slot are no columns: nothing may
 * depend on them. */
static void other_fields_decide_nothing(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PRODUCT; i++) {
        struct duo_observed seen = observed_at(i);
        enum duo_action action = duo_decide(&seen);
        for (unsigned k = 0; k < 16U; k++) {
            seen.staged.copy_done = (enum duo_field_state)(k % 4U);
            seen.staged.swap_type = (enum duo_swap_type)(1U + k / 4U);
            seen.active.swap_type = (enum duo_swap_type)(4U - k / 4U);
            assert_int_equal(duo_decide(&seen), action);
        }
    }
}

static bool in_set(uint8_t set, unsigned state)
{
    return ((unsigned)set >> state & 1U) != 0;
}

static bool matches(const struct duo_decision_row *row,
                    const struct duo_observed *seen)
{
    return in_set(row->record, seen->record) &&
           in_set(row->active_magic, seen->active.magic) &&
           in_set(row->active_image_ok, seen->active.image_ok) &&
           in_set(row->active_copy_done, seen->active.copy_done) &&
           in_set(row->staged_magic, seen->staged.magic) &&
           in_set(row->staged_image_ok, seen->staged.image_ok);
}

static void every_row_is_reached_and_the_last_takes_the_rest(void **state)
{
    size_t count;
    const struct duo_decision_row *table = duo_decision_table(&count);
    unsigned hits[ROWS_MAX] = {0};

    (void)state;
    assert_true(count > 1 && count <= ROWS_MAX);
    for (unsigned i = 0; i < PRODUCT; i++) {
        const struct duo_observed seen = observed_at(i);
        size_t row = 0;
        while (row < count && !matches(&table[row], &seen)) {
            row++;
        }
        assert_true(row < count);
        assert_int_equal(duo_decide(&seen), table[row].action);
        hits[row]++;
    }
    for (size_t row = 0; row < count; row++) {
        assert_true(hits[row] != 0);
        assert_non_null(table[row].why);
        assert_true(strlen(table[row].why) > 8);
    }
    assert_int_equal(table[count - 1U].action, DUO_ACTION_NONE);
}

static void every_action_is_decided_somewhere_and_has_a_name(void **state)
{
    unsigned hits[DUO_ACTION_COUNT] = {0};

    (void)state;
    for (unsigned i = 0; i < PRODUCT; i++) {
        const struct duo_observed seen = observed_at(i);
        hits[duo_decide(&seen)]++;
    }
    for (unsigned i = 0; i < DUO_ACTION_COUNT; i++) {
        const char *name = duo_action_name((enum duo_action)i);
        assert_true(hits[i] != 0);
        assert_string_not_equal(name, "unknown");
        for (unsigned k = 0; k < i; k++) {
            assert_string_not_equal(name, duo_action_name((enum duo_action)k));
        }
    }
    assert_string_equal(duo_action_name((enum duo_action)DUO_ACTION_COUNT),
                        "unknown");
}

/* A state that is no state at all (a flipped bit in RAM) starts nothing. */
static void states_out_of_range_ask_for_nothing(void **state)
{
    struct duo_observed seen = observed_at(0);

    (void)state;
    seen.record = (enum duo_record_state)17;
    assert_int_equal(duo_decide(&seen), DUO_ACTION_NONE);
    seen = observed_at(0);
    seen.staged.magic = (enum duo_field_state)20;
    assert_int_equal(duo_decide(&seen), DUO_ACTION_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_decided_as_the_rules_say),
        cmocka_unit_test(other_fields_decide_nothing),
        cmocka_unit_test(every_row_is_reached_and_the_last_takes_the_rest),
        cmocka_unit_test(every_action_is_decided_somewhere_and_has_a_name),
        cmocka_unit_test(states_out_of_range_ask_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
