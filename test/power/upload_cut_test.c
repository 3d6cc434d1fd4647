/* SPDX-License-Identifier: MIT */
/* The power fails at every flash operation of an upload, of an emptying and of
 * a request, in every way; afterwards the upload ends with the right bytes,
 * which last, and what is listed is whole. */
#include "upload_rig.h"

#define NET        DUO_CORE_NET
#define CHUNK      1900U
#define SEED_COUNT 3U

struct scene {
    struct bench bench;
    struct duo_sim_snapshot *before;
    const struct rig_image *old; /* In the staged slot. */
    const struct rig_image *file;
    struct load load;
};

static struct scene scene;
static struct bench *const bench = &scene.bench;

static struct duo_sim_world *world(void)
{
    return &bench->rig.board->world;
}

static const struct duo_area *slot(void)
{
    return &bench->slots.staged[NET];
}

static void power(uint64_t op, unsigned kind, uint64_t seed)
{
    duo_sim_power_up(
        world(), (struct duo_sim_cut){op, (enum duo_sim_cut_kind)kind, seed});
    bench_start(bench);
}

static void restore(void)
{
    duo_sim_snapshot_restore(world(), scene.before);
}

static int set_up(void **state)
{
    (void)state;
    bench_create(bench);
    const struct rig_image *app = bench_make(bench, DUO_CORE_APP, 1, 6000);
    const struct rig_image *net = bench_make(bench, NET, 1, 6000);
    scene.old = bench_make(bench, NET, 2, 37000);
    scene.file = bench_make(bench, NET, 3, 36900);
    rig_factory(&bench->rig, app, net);
    bench_start(bench);
    const struct load old = bench_load_of(bench, scene.old, CHUNK);
    bench_load_well(bench, &old);
    assert_true(bench_write_state(bench, scene.old->digest, false));
    scene.load = bench_load_of(bench, scene.file, CHUNK);
    duo_smp_image_settle(&bench->image);
    scene.before = duo_sim_snapshot_take(world());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    duo_sim_snapshot_free(scene.before);
    bench_destroy(bench);
    return 0;
}

/* What is listed of the slot is one of the two files, and whole. */
static void check_list(void)
{
    struct duo_smp_image_state state;

    assert_int_equal(duo_smp_image_look(&bench->image, NET, 1, &state), DUO_OK);
    if (state.present && !state.is_backup) {
        assert_true(bench_holds(bench, slot(), scene.old) ||
                    bench_holds(bench, slot(), scene.file));
    }
}

/* The upload is done to its end, and lasts: also where bytes decay that were
 * held badly. */
static void check_end(void)
{
    power(0, 0, 0);
    check_list();
    bench_load_well(bench, &scene.load);
    assert_true(bench_holds(bench, slot(), scene.file));
    duo_smp_image_settle(&bench->image);
    power(0, 0, 0);
    assert_true(bench_holds(bench, slot(), scene.file));
    power(0, 0, 0);
    assert_true(bench_holds(bench, slot(), scene.file));
    assert_string_equal(bench_slot(bench, NET, 1), "-");
    assert_true(bench_write_state(bench, scene.file->digest, true));
    assert_string_equal(bench_slot(bench, NET, 1), "pP");
}

typedef void (*play)(void);

static void play_load(void)
{
    (void)bench_load(bench, &scene.load);
}

static void play_erase_and_load(void)
{
    if (bench_erase(bench, 3)) {
        (void)bench_load(bench, &scene.load);
    }
}

/* Emptied at leisure, as after an install. */
static void play_rest(void)
{
    uint32_t turns = 0;

    while (bench_turn(bench) || turns < 10U) {
        turns++;
        if (world()->dead) {
            return;
        }
    }
}

/* The emptying goes on, and what it emptied is used before the power fails. */
static void play_rest_and_load(void)
{
    play_rest();
    play_load();
}

/* @p what is cut at every operation; @p after, uncut, then takes over. */
static void sweep(play what, play after, uint64_t stride)
{
    restore();
    power(0, 0, 0);
    what();
    const uint64_t ops = world()->op_count;
    assert_true(ops > 10);
    for (uint64_t op = 1; op <= ops; op += stride) {
        for (unsigned kind = 0; kind < DUO_SIM_CUT_KIND_COUNT; kind++) {
            for (uint64_t seed = 0; seed < SEED_COUNT; seed++) {
                restore();
                power(op, kind, op * 31U + seed);
                what();
                if (after != NULL) {
                    power(0, 0, 0);
                    after();
                }
                check_end();
            }
        }
    }
}

static void an_upload_survives_a_cut_anywhere(void **state)
{
    (void)state;
    sweep(play_load, NULL, 1);
}

static void an_upload_survives_a_cut_of_the_erase_before_it(void **state)
{
    (void)state;
    sweep(play_erase_and_load, NULL, 3);
}

static void play_erase(void)
{
    (void)bench_erase(bench, 3);
}

/* As a user whose erase was cut does it again. */
static void an_upload_survives_a_cut_of_an_erase_that_is_repeated(void **state)
{
    (void)state;
    sweep(play_erase, play_erase_and_load, 1);
}

/* As the boot loader leaves it: first and last unit are blank. */
static void an_upload_survives_a_cut_of_the_emptying_before_it(void **state)
{
    struct duo_sim_snapshot *of_upload = scene.before;

    (void)state;
    restore();
    assert_int_equal(duo_area_erase(slot(), 0, 4096), DUO_OK);
    assert_int_equal(duo_trailer_clear(slot()), DUO_OK);
    scene.before = duo_sim_snapshot_take(world());
    sweep(play_rest, NULL, 1);
    sweep(play_rest, play_rest_and_load, 1);
    duo_sim_snapshot_free(scene.before);
    scene.before = of_upload;
}

/* Cut again while it goes on. */
static void an_upload_survives_cuts_of_its_resumption(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 1200; seed++) {
        restore();
        uint64_t draw = seed * 0x9E3779B97F4A7C15U;
        for (unsigned cut = 0; cut < 3; cut++) {
            draw = (draw ^ (draw >> 29)) * 0xBF58476D1CE4E5B9U;
            power(1U + (draw >> 33) % 200U, (unsigned)(draw >> 8) % 5U, draw);
            (void)bench_load(bench, &scene.load);
            if (!world()->dead) {
                break; /* It ended before. */
            }
        }
        check_end();
    }
}

/* The marks of a request may be cut: it stands or not, and can be made again. */
static void a_request_survives_a_cut_anywhere(void **state)
{
    (void)state;
    restore();
    power(0, 0, 0);
    bench_load_well(bench, &scene.load);
    duo_smp_image_settle(&bench->image);
    struct duo_sim_snapshot *loaded = duo_sim_snapshot_take(world());
    for (uint64_t op = 1; op <= 3; op++) {
        for (unsigned kind = 0; kind < DUO_SIM_CUT_KIND_COUNT; kind++) {
            for (uint64_t seed = 0; seed < 20; seed++) {
                duo_sim_snapshot_restore(world(), loaded);
                power(op, kind, seed);
                (void)bench_write_state(bench, scene.file->digest, true);
                power(0, 0, 0);
                check_list();
                assert_true(bench_write_state(bench, scene.file->digest, true));
                assert_int_equal(bench_error(bench), 0);
                assert_string_equal(bench_slot(bench, NET, 1), "pP");
            }
        }
    }
    duo_sim_snapshot_free(loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upload_survives_a_cut_anywhere),
        cmocka_unit_test(an_upload_survives_a_cut_of_the_erase_before_it),
        cmocka_unit_test(an_upload_survives_a_cut_of_an_erase_that_is_repeated),
        cmocka_unit_test(an_upload_survives_a_cut_of_the_emptying_before_it),
        cmocka_unit_test(an_upload_survives_cuts_of_its_resumption),
        cmocka_unit_test(a_request_survives_a_cut_anywhere),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
