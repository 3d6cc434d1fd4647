/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exit_codes.h"

static void the_table_is_in_order_and_has_sentences(void **state)
{
    size_t count;
    const struct duo_exit_text *table = duo_exit_table(&count);

    (void)state;
    assert_int_equal(count, DUO_EXIT_RULE + 1);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(table[i].code, i);
        assert_true(strlen(table[i].name) > 0);
        assert_true(strlen(table[i].sentence) > 0);
    }
}

static void every_error_has_an_exit_code(void **state)
{
    (void)state;
    for (int err = -60; err <= 10; err++) {
        enum duo_exit code = duo_exit_of_err((enum duo_err)err);
        assert_true(code <= DUO_EXIT_INTERNAL);
        assert_true((code == DUO_EXIT_OK) == (err == 0));
    }
    assert_int_equal(duo_exit_of_err(DUO_ERR_REFUSED), DUO_EXIT_REFUSED);
    assert_int_equal(duo_exit_of_err(DUO_ERR_FORMAT), DUO_EXIT_INPUT);
    assert_int_equal(duo_exit_of_err(DUO_ERR_TIMEOUT), DUO_EXIT_DEVICE);
    assert_int_equal(duo_exit_of_err((enum duo_err) - 60), DUO_EXIT_INTERNAL);
}

static void every_reason_has_an_exit_code(void **state)
{
    size_t count;
    const struct duo_reason_text *table = duo_reason_table(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        int number = (int)table[i].reason;
        enum duo_exit expected = number == 0   ? DUO_EXIT_OK
                                 : number < 40 ? DUO_EXIT_REFUSED
                                 : number < 70 ? DUO_EXIT_OK
                                               : DUO_EXIT_DEVICE;
        assert_int_equal(duo_exit_of_reason(table[i].reason), expected);
    }
    assert_int_equal(duo_exit_of_reason((enum duo_reason)100),
                     DUO_EXIT_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_in_order_and_has_sentences),
        cmocka_unit_test(every_error_has_an_exit_code),
        cmocka_unit_test(every_reason_has_an_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
