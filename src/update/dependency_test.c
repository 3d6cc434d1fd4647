/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "boot_internal.h"

#define APP DUO_CORE_APP
#define NET DUO_CORE_NET

static struct duo_image image_of(uint8_t major, uint16_t revision)
{
    return (struct duo_image){
        .version = {major, 2, revision, 9}
    };
}

static void need(struct duo_image *image, enum duo_core core,
                 struct duo_version version_min)
{
    image->dependencies[image->dependency_count++] =
        (struct duo_dependency){core, version_min};
}

static void nothing_needed_is_always_met(void **state)
{
    const struct duo_image app = image_of(1, 0);
    const struct duo_image *const images[] = {&app, NULL};

    (void)state;
    assert_true(duo_dependencies_met(images, APP));
    assert_true(duo_dependencies_met(images, NET)); /* Not there: needs none. */
}

static void a_version_is_enough_from_the_minimum_on(void **state)
{
    struct duo_image app = image_of(1, 0);
    const struct duo_image net = image_of(3, 5);
    const struct duo_image *const images[] = {&app, &net};
    static const struct {
        struct duo_version version_min;
        bool met;
    } rows[] = {
        {{3, 2, 5, 0},  true },
        {{3, 2, 5, 9},  true },
        {{3, 2, 5, 99}, true }, /* Builds are not compared. */
        {{3, 2, 4, 0},  true },
        {{2, 9, 9, 9},  true },
        {{3, 2, 6, 0},  false},
        {{3, 3, 0, 0},  false},
        {{4, 0, 0, 0},  false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        app.dependency_count = 0;
        need(&app, NET, rows[i].version_min);
        assert_int_equal(duo_dependencies_met(images, APP), rows[i].met);
        assert_true(duo_dependencies_met(images, NET));
    }
}

static void an_absent_image_meets_nothing(void **state)
{
    struct duo_image app = image_of(1, 0);
    const struct duo_image *const images[] = {&app, NULL};

    (void)state;
    need(&app, NET, (struct duo_version){0, 0, 0, 0});
    assert_false(duo_dependencies_met(images, APP));
}

static void an_unknown_core_meets_nothing(void **state)
{
    struct duo_image app = image_of(1, 0);
    const struct duo_image net = image_of(1, 0);
    const struct duo_image *const images[] = {&app, &net};

    (void)state;
    need(&app, DUO_CORE_NONE, (struct duo_version){0, 0, 0, 0});
    assert_false(duo_dependencies_met(images, APP));
}

static void every_one_of_several_must_be_met(void **state)
{
    const struct duo_image net = image_of(2, 0);

    (void)state;
    for (unsigned bad = 0; bad <= DUO_IMAGE_DEPENDENCIES_MAX; bad++) {
        struct duo_image app = image_of(1, 0);
        const struct duo_image *const images[] = {&app, &net};
        for (unsigned i = 0; i < DUO_IMAGE_DEPENDENCIES_MAX; i++) {
            need(&app, NET, (struct duo_version){i == bad ? 3U : 1U, 0, 0, 0});
        }
        assert_int_equal(duo_dependencies_met(images, APP),
                         bad == DUO_IMAGE_DEPENDENCIES_MAX);
    }
}

static void a_pair_may_need_each_other(void **state)
{
    struct duo_image app = image_of(2, 0);
    struct duo_image net = image_of(2, 0);
    const struct duo_image *const images[] = {&app, &net};

    (void)state;
    need(&app, NET, (struct duo_version){2, 0, 0, 0});
    need(&net, APP, (struct duo_version){2, 0, 0, 0});
    assert_true(duo_dependencies_met(images, APP));
    assert_true(duo_dependencies_met(images, NET));
    app.version.major = 1;
    assert_true(duo_dependencies_met(images, APP));
    assert_false(duo_dependencies_met(images, NET));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_needed_is_always_met),
        cmocka_unit_test(a_version_is_enough_from_the_minimum_on),
        cmocka_unit_test(an_absent_image_meets_nothing),
        cmocka_unit_test(an_unknown_core_meets_nothing),
        cmocka_unit_test(every_one_of_several_must_be_met),
        cmocka_unit_test(a_pair_may_need_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
