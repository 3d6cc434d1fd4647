/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "duo/image.h"

static void versions_compare_part_by_part_without_the_build(void **state)
{
    static const struct duo_version rising[] = {
        {0,   0,   0,     9},
        {0,   0,   1,     0},
        {0,   0,   65535, 0},
        {0,   1,   0,     0},
        {0,   255, 0,     0},
        {1,   0,   0,     0},
        {255, 0,   0,     0},
    };
    size_t count = sizeof(rising) / sizeof(rising[0]);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int order = duo_version_compare(&rising[i], &rising[j]);
            assert_int_equal(order, (i > j) - (i < j));
        }
    }
    assert_int_equal(duo_version_compare(&(struct duo_version){1, 2, 3, 4},
                                         &(struct duo_version){1, 2, 3, 5}),
                     0);
}

static void versions_are_written_as_users_write_them(void **state)
{
    static const struct {
        struct duo_version version;
        const char *text;
    } rows[] = {
        {{0, 0, 0, 0},                       "0.0.0"                   },
        {{1, 20, 300, 0},                    "1.20.300"                },
        {{10, 0, 9, 100},                    "10.0.9+100"              },
        {{255, 255, UINT16_MAX, UINT32_MAX}, "255.255.65535+4294967295"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[32];
        memset(text, 'x', sizeof(text));
        duo_version_format(&rows[i].version, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void cores_have_names(void **state)
{
    (void)state;
    assert_string_equal(duo_core_name(DUO_CORE_APP), "application");
    assert_string_equal(duo_core_name(DUO_CORE_NET), "network");
    assert_string_equal(duo_core_name(DUO_CORE_NONE), "unknown");
    assert_string_equal(duo_core_name((enum duo_core)77), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_compare_part_by_part_without_the_build),
        cmocka_unit_test(versions_are_written_as_users_write_them),
        cmocka_unit_test(cores_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
