/* SPDX-License-Identifier: MIT */
/* What the state and erase commands accept, refuse and answer. */
#include "upload_scene.h"

/* --- State --- */

static void a_state_needs_a_hash_that_is_known(void **state)
{
    struct duo_cbor_writer map = bench_begin(bench);
    uint8_t digest[DUO_SHA256_BYTES] = {0};

    (void)state;
    assert_true(bench_write_state(bench, NULL, false));
    assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_BAD_HASH);
    assert_true(bench_write_state(bench, digest, false));
    assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_HASH_NOT_FOUND);
    duo_cbor_put_bytes(&map, "hash", (struct duo_bytes){digest, 31});
    assert_true(bench_call(bench, &map, COMMAND_STATE, true));
    assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_BAD_HASH);
    assert_true(bench_write_state(bench, NULL, true));
    assert_int_equal(bench_error(bench), 0);
    assert_true(bench_write_state(bench, scene.old[NET]->digest, true));
    assert_int_equal(bench_error(bench), 0);
    assert_true(bench_write_state(bench, scene.old[NET]->digest, false));
    assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_TEST_ACTIVE);
}

static void a_test_is_raised_but_a_confirm_is_not_lowered(void **state)
{
    const struct load load = bench_load_of(bench, scene.app, 2000);

    (void)state;
    bench_load_well(bench, &load);
    assert_true(bench_write_state(bench, scene.app->digest, false));
    assert_true(bench_write_state(bench, scene.app->digest, false));
    assert_int_equal(bench_error(bench), 0);
    assert_string_equal(bench_slot(bench, APP, 1), "p");
    assert_true(bench_write_state(bench, scene.app->digest, true));
    assert_string_equal(bench_slot(bench, APP, 1), "pP");
    assert_true(bench_write_state(bench, scene.app->digest, false));
    assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_PENDING);
    bench_boot(bench);
    assert_string_equal(bench_slot(bench, APP, 0), "ca");
}

static void a_torn_request_is_replaced(void **state)
{
    const struct load load = bench_load_of(bench, scene.app, 2000);
    const uint8_t torn[2] = {0x77, 0xc2};

    (void)state;
    bench_load_well(bench, &load);
    duo_sim_poke(bench->rig.board->ext,
                 staged(APP)->off_bytes + staged(APP)->size_bytes - 16U,
                 (struct duo_bytes){torn, sizeof(torn)});
    assert_true(bench_write_state(bench, scene.app->digest, true));
    assert_int_equal(bench_error(bench), 0);
    assert_string_equal(bench_slot(bench, APP, 1), "pP");
}

/* --- Erase --- */

static void erase_takes_the_staged_slots_only(void **state)
{
    const struct load load = bench_load_of(bench, scene.app, 2000);

    (void)state;
    for (unsigned slot = 0; slot < 6; slot += slot < 3 ? 2 : 1) {
        if (slot != 3) {
            assert_true(bench_erase(bench, slot));
            assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_INVALID_SLOT);
        }
    }
    bench_load_well(bench, &load);
    assert_true(bench_write_state(bench, scene.app->digest, true));
    assert_true(bench_erase(bench, 1));
    assert_int_equal(bench_error(bench), 0);
    for (uint32_t i = 0; i < scene.app->bytes.len_bytes; i++) {
        assert_int_equal(bench_at(bench, staged(APP))[i], 0xFF);
    }
    assert_true(bench_chunk(bench, &load, 2000)); /* And the upload is over. */
    assert_int_equal(bench_off(bench), 0);
    bench_boot(bench);
    assert_ptr_equal(rig_active(&bench->rig, APP), scene.old[APP]);
}

static void erase_takes_the_backup_unless_it_may_be_needed(void **state)
{
    const struct load load = bench_load_of(bench, scene.app, 2000);

    (void)state;
    bench_load_well(bench, &load);
    assert_true(bench_write_state(bench, scene.app->digest, false));
    bench_boot(bench);
    assert_string_equal(bench_slot(bench, APP, 1), "cb");
    assert_true(bench_erase(bench, 1));
    assert_int_equal(bench_error(bench), DUO_SMP_RC_BAD_STATE);
    assert_false(bench->request.is_group_error);
    assert_true(bench_write_state(bench, scene.app->digest, true));
    assert_true(bench_erase(bench, 1));
    assert_int_equal(bench_error(bench), 0);
    assert_string_equal(bench_slot(bench, APP, 1), "");
    bench_boot(bench);
    assert_ptr_equal(rig_active(&bench->rig, APP), scene.app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(a_state_needs_a_hash_that_is_known),
        RULE(a_test_is_raised_but_a_confirm_is_not_lowered),
        RULE(a_torn_request_is_replaced),
        RULE(erase_takes_the_staged_slots_only),
        RULE(erase_takes_the_backup_unless_it_may_be_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
