/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "duo/err.h"
#include "duo/reason.h"

/* The last code of each range of reason.h, and the first of the next. */
static const struct {
    unsigned first;
    unsigned last;
} ranges[] = {
    {0,  37},
    {40, 57},
    {70, 84},
};

static bool is_code(unsigned code)
{
    bool in = false;

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        in = in || (code >= ranges[i].first && code <= ranges[i].last);
    }
    return in;
}

static void the_table_is_total_and_in_order(void **state)
{
    size_t count;
    size_t at = 0;
    const struct duo_reason_text *table = duo_reason_table(&count);

    (void)state;
    for (unsigned code = 0; code < 100U; code++) {
        if (is_code(code)) {
            assert_true(at < count);
            assert_int_equal(table[at].reason, code);
            at++;
        }
    }
    assert_int_equal(at, count);
}

static void names_are_unique_and_fit_for_scripts(void **state)
{
    size_t count;
    const struct duo_reason_text *table = duo_reason_table(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const char *name = table[i].name;
        assert_true(strlen(name) >= 4 && strlen(name) < 32);
        for (const char *at = name; *at != '\0'; at++) {
            assert_true(islower((unsigned char)*at) || *at == '-');
        }
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(table[k].name, name);
            assert_string_not_equal(table[k].sentence, table[i].sentence);
        }
    }
}

static void sentences_are_whole(void **state)
{
    size_t count;
    const struct duo_reason_text *table = duo_reason_table(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const char *sentence = table[i].sentence;
        size_t length_bytes = strlen(sentence);
        assert_true(isupper((unsigned char)sentence[0]));
        assert_int_equal(sentence[length_bytes - 1U], '.');
        assert_true(length_bytes > 12);
    }
}

static void every_number_has_a_text_and_unknown_ones_say_so(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 0x10000U; code++) {
        const struct duo_reason_text *text =
            duo_reason_text((enum duo_reason)code);
        assert_non_null(text);
        if (is_code(code)) {
            assert_int_equal(text->reason, code);
            assert_string_not_equal(text->name, "unknown");
        } else {
            assert_string_equal(text->name, "unknown");
        }
    }
}

static void every_error_has_its_own_sentence(void **state)
{
    static const enum duo_err errs[] = {
        DUO_OK,          DUO_ERR_ARG,   DUO_ERR_RANGE,
        DUO_ERR_FORMAT,  DUO_ERR_FLASH, DUO_ERR_BUSY,
        DUO_ERR_TIMEOUT, DUO_ERR_FULL,  DUO_ERR_REFUSED};
    const size_t count = sizeof(errs) / sizeof(errs[0]);

    (void)state;
    for (int code = -60; code <= 10; code++) {
        const char *sentence = duo_err_sentence((enum duo_err)code);
        bool known = false;
        assert_non_null(sentence);
        assert_int_equal(sentence[strlen(sentence) - 1U], '.');
        for (size_t i = 0; i < count; i++) {
            known = known || (int)errs[i] == code;
        }
        assert_int_equal(known, strcmp(sentence, "Unknown error.") != 0);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(duo_err_sentence(errs[i]),
                                    duo_err_sentence(errs[k]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_total_and_in_order),
        cmocka_unit_test(names_are_unique_and_fit_for_scripts),
        cmocka_unit_test(sentences_are_whole),
        cmocka_unit_test(every_number_has_a_text_and_unknown_ones_say_so),
        cmocka_unit_test(every_error_has_its_own_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
