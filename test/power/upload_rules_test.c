/* SPDX-License-Identifier: MIT */
/* What the first chunk of an upload is refused for, and that nothing is written
 * then. */
#include "upload_scene.h"

/* --- Refusals at the first chunk --- */

static void expect(const struct sent *sent, enum duo_smp_group_id group,
                   uint16_t error)
{
    uint8_t before[256];

    memcpy(before, bench_at(bench, staged(APP)), sizeof(before));
    assert_true(bench_send(bench, sent));
    assert_int_equal(bench->request.error, error);
    assert_true(bench->request.is_group_error);
    assert_int_equal(bench->request.error_group, group);
    bench_rest(bench);
    assert_memory_equal(before, bench_at(bench, staged(APP)), sizeof(before));
}

static void each_wrong_first_chunk_has_its_error(void **state)
{
    static const uint8_t long_sha[33];
    struct sent sent = first_of(scene.app, 600);
    struct duo_cbor_writer map = bench_begin(bench);

    (void)state;
    duo_cbor_put_bytes(&map, "data", sent.data);
    duo_cbor_put_uint(&map, "len", sent.len_bytes);
    assert_true(bench_call(bench, &map, COMMAND_LOAD, true));
    assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_OFF_MISSING);

    sent.len_bytes = UINT32_MAX;
    expect(&sent, DUO_SMP_GROUP_IMAGE, DUO_SMP_IMAGE_LEN_MISSING);
    sent = first_of(scene.app, 31);
    expect(&sent, DUO_SMP_GROUP_IMAGE, DUO_SMP_IMAGE_TOO_SHORT);
    sent = first_of(scene.app, 600);
    sent.sha = (struct duo_bytes){long_sha, sizeof(long_sha)};
    expect(&sent, DUO_SMP_GROUP_IMAGE, DUO_SMP_IMAGE_BAD_HASH);
    sent = first_of(scene.app, 600);
    sent.data.data += 4;
    expect(&sent, DUO_SMP_GROUP_IMAGE, DUO_SMP_IMAGE_BAD_MAGIC);
    sent = first_of(scene.app, 600);
    sent.len_bytes = 599;
    expect(&sent, DUO_SMP_GROUP_IMAGE, DUO_SMP_IMAGE_OVERRUN);
    sent = first_of(scene.app, 600);
    sent.image = (enum duo_core)5;
    expect(&sent, DUO_SMP_GROUP_IMAGE, DUO_SMP_IMAGE_INVALID_SLOT);
    sent = first_of(scene.app, 600);
    sent.len_bytes = bench->slots.image_bytes_max[APP] + 1U;
    expect(&sent, DUO_SMP_GROUP_IMAGE, DUO_SMP_IMAGE_TOO_LARGE);
    sent = first_of(scene.net, 600);
    sent.len_bytes = bench->slots.image_bytes_max[NET] + 1U;
    expect(&sent, DUO_SMP_GROUP_IMAGE, DUO_SMP_IMAGE_TOO_LARGE);
    sent = first_of(scene.old[APP], 600);
    sent.upgrade = true;
    expect(&sent, DUO_SMP_GROUP_IMAGE, DUO_SMP_IMAGE_OLDER);
}

static void a_header_that_cannot_be_accepted_is_refused_at_once(void **state)
{
    static const struct {
        unsigned off_bytes;
        uint8_t value;
        enum duo_reason reason;
    } flips[] = {
        {8,     1,    DUO_REASON_HEADER_SIZE },
        {14,    0xFF, DUO_REASON_TOO_LARGE   },
        {16,    4,    DUO_REASON_FLAGS       },
        {0x207, 0x55, DUO_REASON_CORE_UNKNOWN},
        {0x204, 0,    DUO_REASON_VECTOR_TABLE},
    };
    uint8_t data[700];

    (void)state;
    for (size_t i = 0; i < sizeof(flips) / sizeof(flips[0]); i++) {
        struct sent sent = first_of(scene.app, sizeof(data));
        memcpy(data, scene.app->bytes.data, sizeof(data));
        data[flips[i].off_bytes] = flips[i].value;
        sent.data.data = data;
        expect(&sent, DUO_SMP_GROUP_DUOBOOT, (uint16_t)flips[i].reason);
    }
    /* A header that never fits into the ring is not waited for. */
    struct sent sent = first_of(scene.app, sizeof(data));
    memcpy(data, scene.app->bytes.data, sizeof(data));
    duo_store_le16(&data[8], 16384);
    sent.data.data = data;
    sent.len_bytes = 60000;
    assert_true(bench_send(bench, &sent));
    assert_int_equal(bench_off(bench), sizeof(data));
    const struct load load = bench_load_of(bench, scene.app, 2475);
    for (uint32_t off = sizeof(data); bench_error(bench) == 0; off += 2475) {
        assert_true(off < 2U * RING_BYTES);
        assert_true(bench_chunk(bench, &load, off));
    }
    assert_int_equal(bench_error(bench), DUO_REASON_HEADER_SIZE);
}

static void the_wrong_number_is_refused_or_routed_by_policy(void **state)
{
    struct load load = bench_load_of(bench, scene.net, 600);

    (void)state;
    load.image = APP;
    assert_true(bench_chunk(bench, &load, 0));
    assert_int_equal(bench_error(bench), DUO_REASON_WRONG_CORE);
    assert_int_equal(bench->request.error_group, DUO_SMP_GROUP_DUOBOOT);
    bench->image.config.policy.route_wrong_number = true;
    bench_load_well(bench, &load);
    assert_true(bench_holds(bench, staged(NET), scene.net));
    assert_string_equal(bench_slot(bench, NET, 1), "-");
    assert_string_equal(bench_slot(bench, APP, 1), "");
}

/* The first chunk of some clients ends before the vector table does. */
static void nothing_is_written_before_the_core_is_known(void **state)
{
    struct load load = bench_load_of(bench, scene.net, 128);

    (void)state;
    load.image = APP;
    bench_rest(bench);
    const uint64_t erases = bench->rig.board->ext->stats.erases;
    for (uint32_t off = 0; off < 512; off += 128) {
        assert_true(bench_chunk(bench, &load, off));
        assert_int_equal(bench_off(bench), off + 128);
        bench_rest(bench);
    }
    assert_int_equal(bench->rig.board->ext->stats.erases, erases);
    assert_true(bench_chunk(bench, &load, 512));
    assert_int_equal(bench_error(bench), DUO_REASON_WRONG_CORE);
    load.image = NET;
    bench_load_well(bench, &load);
    assert_true(bench_holds(bench, staged(NET), scene.net));
}

/* --- Failing flash --- */

static void without_external_flash_the_running_image_is_listed(void **state)
{
    const struct load load = bench_load_of(bench, scene.app, 600);

    (void)state;
    bench->ext_absent = true;
    bench->rig.board->ext->absent = true;
    assert_string_equal(bench_slot(bench, APP, 0), "ca");
    assert_string_equal(bench_slot(bench, APP, 1), "");
    assert_string_equal(bench_slot(bench, NET, 0), "");
    assert_true(bench_chunk(bench, &load, 0));
    assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_FLASH_OPEN_FAILED);
    bench->image.config.policy.direct_without_ext = true;
    bench_load_well(bench, &load);
    assert_true(bench_holds(bench, &bench->slots.active[APP], scene.app));
    assert_string_equal(bench_slot(bench, APP, 0), "ca");
    const struct load net = bench_load_of(bench, scene.net, 600);
    assert_true(bench_chunk(bench, &net, 0));
    assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_FLASH_OPEN_FAILED);
}

static void a_failing_flash_is_told_and_the_next_upload_works(void **state)
{
    const struct load load = bench_load_of(bench, scene.app, 2000);

    (void)state;
    for (uint32_t off = 0; off < 18000; off += 2000) {
        assert_true(bench_chunk(bench, &load, off));
    }
    bench->rig.board->ext->absent = true;
    assert_true(bench_chunk(bench, &load, 18000));
    assert_true(bench_error(bench) >= DUO_SMP_IMAGE_FLASH_READ_FAILED);
    assert_true(bench_error(bench) <= DUO_SMP_IMAGE_FLASH_ERASE_FAILED);
    bench->rig.board->ext->absent = false;
    assert_true(bench_chunk(bench, &load, 20000));
    assert_int_equal(bench_off(bench), 0);
    bench_load_well(bench, &load);
    assert_true(bench_holds(bench, staged(APP), scene.app));
}

static void recovery_asks_for_the_install_itself(void **state)
{
    const struct load load = bench_load_of(bench, scene.net, 600);

    (void)state;
    bench->image.config.policy.request_when_whole = true;
    bench_load_well(bench, &load);
    assert_string_equal(bench_slot(bench, NET, 1), "pP");
    bench_boot(bench);
    assert_string_equal(bench_slot(bench, NET, 0), "ca");
    assert_ptr_equal(rig_active(&bench->rig, NET), scene.net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(each_wrong_first_chunk_has_its_error),
        RULE(a_header_that_cannot_be_accepted_is_refused_at_once),
        RULE(the_wrong_number_is_refused_or_routed_by_policy),
        RULE(nothing_is_written_before_the_core_is_known),
        RULE(without_external_flash_the_running_image_is_listed),
        RULE(a_failing_flash_is_told_and_the_next_upload_works),
        RULE(recovery_asks_for_the_install_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
