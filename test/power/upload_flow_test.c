/* SPDX-License-Identifier: MIT */
/* An upload, test, boot and confirm, of either core and of both: what the list
 * says at each step, and that the previous image comes back. */
#include "upload_rig.h"

#define APP DUO_CORE_APP
#define NET DUO_CORE_NET

struct scene {
    struct bench bench;
    const struct rig_image *old[DUO_CORE_COUNT];
    const struct rig_image *new[DUO_CORE_COUNT];
};

static struct scene scene;
static struct bench *const bench = &scene.bench;

static int set_up(void **state)
{
    (void)state;
    bench_create(bench);
    scene.old[APP] = bench_make(bench, APP, 1, 50000);
    scene.old[NET] = bench_make(bench, NET, 1, 30000);
    scene.new[APP] = bench_make(bench, APP, 2, 70000);
    scene.new[NET] = bench_make(bench, NET, 2, 40000);
    rig_factory(&bench->rig, scene.old[APP], scene.old[NET]);
    bench_start(bench);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bench_destroy(bench);
    return 0;
}

static void load(enum duo_core core)
{
    const struct load load = bench_load_of(bench, scene.new[core], 500);
    bench_load_well(bench, &load);
}

static void request(const struct rig_image *image, bool confirm)
{
    assert_true(bench_write_state(bench, image->digest, confirm));
    assert_int_equal(bench_error(bench), 0);
}

static bool runs(const struct rig_image *image)
{
    return rig_active(&bench->rig, image->core) == image;
}

static void an_image_is_tested_confirmed_and_its_previous_listed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        assert_string_equal(bench_slot(bench, core, 0), "ca");
        assert_string_equal(bench_slot(bench, core, 1), "");
        load(core);
        assert_string_equal(bench_slot(bench, core, 1), "-");
        request(scene.new[core], false);
        assert_string_equal(bench_slot(bench, core, 1), "p");
        bench_boot(bench);
        assert_true(runs(scene.new[core]));
        assert_string_equal(bench_slot(bench, core, 0), "a");
        assert_string_equal(bench_slot(bench, core, 1), "cb");
        request(scene.new[core], true);
        assert_string_equal(bench_slot(bench, core, 0), "ca");
        assert_string_equal(bench_slot(bench, core, 1), "b");
        bench_boot(bench);
        assert_true(runs(scene.new[core]));
        assert_string_equal(bench_slot(bench, core, 0), "ca");
    }
}

static void an_unconfirmed_pair_goes_back(void **state)
{
    (void)state;
    load(NET);
    load(APP);
    request(scene.new[APP], false);
    request(scene.new[NET], false);
    bench_boot(bench);
    assert_true(runs(scene.new[APP]));
    assert_true(runs(scene.new[NET]));
    bench_boot(bench);
    assert_true(runs(scene.old[APP]));
    assert_true(runs(scene.old[NET]));
    assert_string_equal(bench_slot(bench, APP, 0), "ca");
    assert_string_equal(bench_slot(bench, APP, 1), "");
}

static void a_bare_confirm_keeps_both(void **state)
{
    (void)state;
    load(APP);
    load(NET);
    request(scene.new[NET], false);
    request(scene.new[APP], false);
    bench_boot(bench);
    assert_true(bench_write_state(bench, NULL, true));
    assert_int_equal(bench_error(bench), 0);
    assert_string_equal(bench_slot(bench, APP, 0), "ca");
    assert_string_equal(bench_slot(bench, NET, 0), "ca");
    bench_boot(bench);
    assert_true(runs(scene.new[APP]));
    assert_true(runs(scene.new[NET]));
}

static void a_permanent_request_needs_no_confirm(void **state)
{
    (void)state;
    load(NET);
    request(scene.new[NET], true);
    assert_string_equal(bench_slot(bench, NET, 1), "pP");
    bench_boot(bench);
    assert_string_equal(bench_slot(bench, NET, 0), "ca");
    bench_boot(bench);
    assert_true(runs(scene.new[NET]));
}

static void the_previous_image_is_installed_by_its_hash(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        load(core);
        request(scene.new[core], true);
        bench_boot(bench);
        bench_rest(bench);
        assert_string_equal(bench_slot(bench, core, 1), "b");
        request(scene.old[core], false);
        assert_string_equal(bench_slot(bench, core, 1), "pb");
        bench_boot(bench);
        assert_true(runs(scene.old[core]));
        assert_string_equal(bench_slot(bench, core, 0), "a");
        request(scene.old[core], true);
        bench_boot(bench);
        assert_true(runs(scene.old[core]));
    }
}

/* The piece of an upload that never ended must not keep it from that. */
static void the_previous_image_comes_back_over_half_an_upload(void **state)
{
    (void)state;
    load(APP);
    request(scene.new[APP], true);
    bench_boot(bench);
    const struct rig_image *third = bench_make(bench, APP, 3, 60000);
    const struct load half = bench_load_of(bench, third, 2048);
    for (uint32_t off = 0; off < 40960; off += 2048) {
        assert_true(bench_chunk(bench, &half, off));
    }
    assert_string_equal(bench_slot(bench, APP, 1), "b");
    request(scene.old[APP], true);
    assert_string_equal(bench_slot(bench, APP, 1), "pPb");
    bench_boot(bench);
    assert_true(runs(scene.old[APP]));
}

static void an_upload_replaces_what_is_pending(void **state)
{
    (void)state;
    load(APP);
    request(scene.new[APP], true);
    const struct rig_image *third = bench_make(bench, APP, 3, 60000);
    const struct load other = bench_load_of(bench, third, 2048);
    assert_true(bench_chunk(bench, &other, 0));
    bench_rest(bench);
    assert_string_equal(bench_slot(bench, APP, 1), "");
    bench_boot(bench);
    assert_true(runs(scene.old[APP]));
    bench_load_well(bench, &other);
    assert_string_equal(bench_slot(bench, APP, 1), "-");
    bench_boot(bench);
    assert_true(runs(scene.old[APP]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            an_image_is_tested_confirmed_and_its_previous_listed, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(an_unconfirmed_pair_goes_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_bare_confirm_keeps_both, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_permanent_request_needs_no_confirm,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            the_previous_image_is_installed_by_its_hash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            the_previous_image_comes_back_over_half_an_upload, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(an_upload_replaces_what_is_pending,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
