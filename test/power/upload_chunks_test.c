/* SPDX-License-Identifier: MIT */
/* Chunks of an upload: of any size, lost, doubled, out of order; what is there
 * already; what is wrong at the end. */
#include "upload_scene.h"

/* --- Chunks --- */

static void every_size_of_chunk_gives_the_same_bytes(void **state)
{
    static const uint32_t sizes[] = {32,   33,   127,  128, 255, 256,
                                     257,  511,  519,  520, 521, 512,
                                     1024, 1472, 2048, 2475};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const struct load load = bench_load_of(bench, scene.net, sizes[i]);
        bench_load_well(bench, &load);
        assert_true(bench_holds(bench, staged(NET), scene.net));
        assert_true(bench_erase(bench, 3));
        assert_string_equal(bench_slot(bench, NET, 1), "");
    }
}

/* Two chunks meet at every place around the head, pieces, units and the end. */
static void every_split_gives_the_same_bytes(void **state)
{
    static const uint32_t centres[] = {64, 256, 512, 520, 4096, 8192, 16384};
    const uint32_t len_bytes = (uint32_t)scene.net->bytes.len_bytes;

    (void)state;
    for (size_t i = 0; i < sizeof(centres) / sizeof(centres[0]); i++) {
        for (uint32_t split = centres[i] - 9U; split < centres[i] + 10U;
             split++) {
            struct load load = bench_load_of(bench, scene.net, 2475);
            uint32_t off_bytes = 0;
            while (off_bytes < len_bytes) {
                load.chunk_bytes = off_bytes < split && split - off_bytes < 2475
                                       ? split - off_bytes
                                       : 2475;
                assert_true(bench_chunk(bench, &load, off_bytes));
                off_bytes = (uint32_t)bench_off(bench);
            }
            assert_int_equal(bench_match(bench), 1);
            assert_true(bench_holds(bench, staged(NET), scene.net));
            /* Forget it, so that the next one is no resumption. */
            assert_int_equal(duo_area_erase(staged(NET), 0x3F000, 4096),
                             DUO_OK);
            bench_start(bench);
        }
    }
}

static void
chunks_out_of_order_are_answered_with_the_wanted_offset(void **state)
{
    const struct load load = bench_load_of(bench, scene.app, 1000);

    (void)state;
    assert_true(bench_chunk(bench, &load, 1000)); /* None was begun. */
    assert_int_equal(bench_off(bench), 0);
    assert_true(bench_chunk(bench, &load, 0));
    assert_int_equal(bench_off(bench), 1000);
    assert_true(bench_chunk(bench, &load, 0)); /* Twice. */
    assert_int_equal(bench_off(bench), 1000);
    assert_true(bench_chunk(bench, &load, 2000)); /* One was lost. */
    assert_int_equal(bench_off(bench), 1000);
    assert_true(bench_chunk(bench, &load, 1000));
    assert_true(bench_chunk(bench, &load, 1000));
    assert_int_equal(bench_off(bench), 2000);
    for (uint32_t off = 2000; off < 30000; off += 1000) {
        assert_true(bench_chunk(bench, &load, off));
    }
    struct sent beyond = {
        .image = (enum duo_core)NO_IMAGE,
        .off_bytes = 30000,
        .len_bytes = UINT32_MAX,
        .data = {scene.app->bytes.data, 1000}
    };
    if (scene.app->bytes.len_bytes - 30000 < 1000) {
        assert_true(bench_send(bench, &beyond));
        assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_OVERRUN);
    }
    bench_load_well(bench, &load);
    /* The last chunk again: its answer was lost. */
    uint32_t last = (uint32_t)(scene.app->bytes.len_bytes - 1U) / 1000U * 1000U;
    assert_true(bench_chunk(bench, &load, last));
    assert_int_equal(bench_off(bench), scene.app->bytes.len_bytes);
    assert_int_equal(bench_match(bench), 1);
    assert_true(bench_holds(bench, staged(APP), scene.app));
}

static void a_wrong_digest_leaves_nothing_to_list(void **state)
{
    struct load load = bench_load_of(bench, scene.app, 2000);

    (void)state;
    load.sha[5] ^= 1;
    assert_true(bench_load(bench, &load));
    assert_int_equal(bench_match(bench), 0);
    assert_string_equal(bench_slot(bench, APP, 1), "");
    bench_start(bench);
    assert_string_equal(bench_slot(bench, APP, 1), "");
    assert_true(bench_chunk(bench, &load, 0));
    assert_int_equal(bench_off(bench), 2000); /* And nothing to resume. */
    load.sha[5] ^= 1;
    bench_load_well(bench, &load);
}

static void an_upload_without_sha_has_no_match(void **state)
{
    uint32_t off = 0;

    (void)state;
    while (off < scene.app->bytes.len_bytes) {
        struct sent sent = first_of(scene.app, 512);
        sent.off_bytes = off;
        sent.data.data += off;
        if (scene.app->bytes.len_bytes - off < 512) {
            sent.data.len_bytes = scene.app->bytes.len_bytes - off;
        }
        assert_true(bench_send(bench, &sent));
        off = (uint32_t)bench_off(bench);
    }
    assert_int_equal(bench_match(bench), -1);
    assert_true(bench_holds(bench, staged(APP), scene.app));
    assert_string_equal(bench_slot(bench, APP, 1), "-");
}

static void what_is_there_already_is_not_sent_again(void **state)
{
    const struct load load = bench_load_of(bench, scene.app, 2000);

    (void)state;
    bench_load_well(bench, &load);
    bench_start(bench);
    const uint64_t erases = bench->rig.board->ext->stats.erases;
    assert_true(bench_chunk(bench, &load, 0));
    assert_int_equal(bench_off(bench), scene.app->bytes.len_bytes);
    assert_int_equal(bench_match(bench), 1);
    assert_int_equal(bench->rig.board->ext->stats.erases, erases);
    /* But it is hashed: what changed since is sent again. */
    uint8_t byte = 0;
    duo_sim_poke(bench->rig.board->ext, staged(APP)->off_bytes + 20000,
                 (struct duo_bytes){&byte, 1});
    bench_start(bench);
    bench_load_well(bench, &load);
    assert_true(bench_holds(bench, staged(APP), scene.app));
}

static void an_upload_goes_on_after_a_reset(void **state)
{
    const struct load load = bench_load_of(bench, scene.app, 1000);

    (void)state;
    for (uint32_t off = 0; off < 20000; off += 1000) {
        assert_true(bench_chunk(bench, &load, off));
    }
    bench_rest(bench);
    bench_start(bench);
    assert_string_equal(bench_slot(bench, APP, 1), "");
    assert_true(bench_chunk(bench, &load, 0));
    assert_int_equal(bench_off(bench), DUO_UPLOAD_MARK_BYTES);
    bench_load_well(bench, &load);
    assert_true(bench_holds(bench, staged(APP), scene.app));
}

static void the_other_core_may_be_uploaded_in_between(void **state)
{
    const struct load app = bench_load_of(bench, scene.app, 1000);
    const struct load net = bench_load_of(bench, scene.net, 700);

    (void)state;
    for (uint32_t off = 0; off < 20000; off += 1000) {
        assert_true(bench_chunk(bench, &app, off));
    }
    bench_rest(bench);
    bench_load_well(bench, &net);
    assert_true(bench_chunk(bench, &app, 0));
    assert_int_equal(bench_off(bench), DUO_UPLOAD_MARK_BYTES);
    bench_load_well(bench, &app);
    assert_true(bench_holds(bench, staged(APP), scene.app));
    assert_true(bench_holds(bench, staged(NET), scene.net));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(every_size_of_chunk_gives_the_same_bytes),
        RULE(every_split_gives_the_same_bytes),
        RULE(chunks_out_of_order_are_answered_with_the_wanted_offset),
        RULE(a_wrong_digest_leaves_nothing_to_list),
        RULE(an_upload_without_sha_has_no_match),
        RULE(what_is_there_already_is_not_sent_again),
        RULE(an_upload_goes_on_after_a_reset),
        RULE(the_other_core_may_be_uploaded_in_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
