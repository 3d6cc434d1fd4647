/* SPDX-License-Identifier: MIT */
/* Wear and the emptying at leisure: a unit is erased once for each upload, and
 * what somebody needs is never touched. And records that lie. */
#include "upload_rig.h"

#define NET        DUO_CORE_NET
#define UNIT_COUNT 64U

struct scene {
    struct bench bench;
    const struct rig_image *old;
    const struct rig_image *file;
    struct load load;
};

static struct scene scene;
static struct bench *const bench = &scene.bench;

static int set_up(void **state)
{
    (void)state;
    bench_create(bench);
    const struct rig_image *app = bench_make(bench, DUO_CORE_APP, 1, 6000);
    scene.old = bench_make(bench, NET, 1, 60000);
    scene.file = bench_make(bench, NET, 2, 70000);
    rig_factory(&bench->rig, app, scene.old);
    scene.load = bench_load_of(bench, scene.file, 2000);
    bench_start(bench);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bench_destroy(bench);
    return 0;
}

static const struct duo_area *slot(void)
{
    return &bench->slots.staged[NET];
}

static uint32_t *erases(void)
{
    return &bench->rig.board->ext->page_erases[slot()->off_bytes / 4096U];
}

static uint32_t unit_count(const struct rig_image *image)
{
    return (uint32_t)(image->bytes.len_bytes + 4095U) / 4096U;
}

static void a_unit_is_erased_once_for_each_upload(void **state)
{
    uint32_t before[UNIT_COUNT];

    (void)state;
    bench_load_well(bench, &scene.load);
    assert_true(bench_write_state(bench, scene.file->digest, true));
    bench_boot(bench);
    bench_rest(bench);
    memcpy(before, erases(), sizeof(before));
    /* Emptied: the next upload erases nothing, and what is not written never
     * was erased. */
    for (unsigned i = 0; i < UNIT_COUNT; i++) {
        assert_true(before[i] <= 2);
        assert_true(before[i] <= 1 || i == UNIT_COUNT - 1U);
    }
    const struct load old = bench_load_of(bench, scene.old, 2000);
    bench_load_well(bench, &old);
    assert_memory_equal(before, erases(), sizeof(before));
    assert_true(bench_write_state(bench, scene.old->digest, true));
    bench_boot(bench);
    bench_rest(bench);
    for (unsigned i = 0; i < UNIT_COUNT; i++) {
        bool used = i < unit_count(scene.old) || i == UNIT_COUNT - 1U;
        assert_int_equal(erases()[i], before[i] + (used ? 1U : 0U));
    }
}

static void an_upload_that_did_not_wait_erases_ahead_once(void **state)
{
    uint32_t before[UNIT_COUNT];

    (void)state;
    bench_load_well(bench, &scene.load);
    const struct load old = bench_load_of(bench, scene.old, 2000);
    memcpy(before, erases(), sizeof(before));
    bench_load_well(bench, &old);
    for (unsigned i = 0; i < UNIT_COUNT; i++) {
        bool used = i < unit_count(scene.old) || i == UNIT_COUNT - 1U;
        assert_int_equal(erases()[i], before[i] + (used ? 1U : 0U));
    }
}

/* --- What is not touched --- */

static void expect_untouched(void)
{
    uint32_t before[UNIT_COUNT];

    memcpy(before, erases(), sizeof(before));
    bench_start(bench);
    bench_rest(bench);
    assert_memory_equal(before, erases(), sizeof(before));
}

static void an_image_a_request_or_half_an_upload_is_left_alone(void **state)
{
    (void)state;
    bench_load_well(bench, &scene.load); /* An image, with a record. */
    expect_untouched();
    assert_int_equal(duo_trailer_clear(slot()), DUO_OK); /* Without one. */
    expect_untouched();
    assert_true(bench_holds(bench, slot(), scene.file));
    assert_true(bench_write_state(bench, scene.file->digest, false));
    expect_untouched();
    bench_boot(bench); /* Installed: now it is emptied. */
    const uint64_t count = bench->rig.board->ext->stats.erases;
    bench_rest(bench);
    assert_true(bench->rig.board->ext->stats.erases > count + 10);
    /* A request for the previous image, in the empty slot. */
    assert_true(bench_write_state(bench, NULL, true));
    assert_true(bench_write_state(bench, scene.old->digest, false));
    assert_string_equal(bench_slot(bench, NET, 1), "pb");
    expect_untouched();
    assert_string_equal(bench_slot(bench, NET, 1), "pb");
    assert_true(bench_erase(bench, 3)); /* Takes the request back. */
    assert_string_equal(bench_slot(bench, NET, 1), "b");
    for (uint32_t off = 0; off < 40000; off += 2000) {
        assert_true(bench_chunk(bench, &scene.load, off));
    }
    expect_untouched();
}

static void the_flash_is_let_go_when_nothing_was_asked(void **state)
{
    (void)state;
    bench_rest(bench);
    assert_int_equal(bench->closes, bench->opens);
    bench_load_well(bench, &scene.load);
    assert_false(duo_smp_image_is_busy(&bench->image));
    assert_int_equal(bench->opens, bench->closes + 1U);
    bench_rest(bench);
    assert_int_equal(bench->closes, bench->opens);
}

static void an_upload_that_paused_wakes_the_flash_again(void **state)
{
    (void)state;
    assert_true(bench_chunk(bench, &scene.load, 0));
    assert_true(bench_chunk(bench, &scene.load, 2000));
    bench_rest(bench);
    assert_int_equal(bench->closes, bench->opens);
    assert_true(bench_chunk(bench, &scene.load, 4000));
    assert_int_equal(bench_off(bench), 6000);
    assert_int_equal(bench->opens, bench->closes + 1U);
    bench_load_well(bench, &scene.load);
}

static void
a_flash_that_does_not_wake_is_told_and_the_upload_can_go_on(void **state)
{
    (void)state;
    assert_true(bench_chunk(bench, &scene.load, 0));
    bench_rest(bench);
    bench->rig.board->ext->absent = true;
    assert_true(bench_chunk(bench, &scene.load, 2000));
    assert_int_equal(bench_error(bench), DUO_SMP_IMAGE_FLASH_OPEN_FAILED);
    bench->rig.board->ext->absent = false;
    assert_true(bench_chunk(bench, &scene.load, 2000));
    assert_int_equal(bench_off(bench), 4000);
    bench_load_well(bench, &scene.load);
}

static void an_upload_is_busy_for_three_seconds(void **state)
{
    (void)state;
    assert_true(bench_chunk(bench, &scene.load, 0));
    assert_true(duo_smp_image_is_busy(&bench->image));
    bench_rest(bench);
    assert_false(duo_smp_image_is_busy(&bench->image));
    assert_true(bench_chunk(bench, &scene.load, 2000));
    assert_int_equal(bench_off(bench), 4000);
}

/* --- Records that lie --- */

static void put_record(uint32_t len_bytes, const uint8_t *sha, uint32_t marks)
{
    uint8_t raw[52];
    static const uint8_t set[256];

    duo_store_le32(&raw[0], 0x554F5544U);
    duo_store_le32(&raw[4], 1);
    duo_store_le32(&raw[8], len_bytes);
    duo_store_le32(&raw[12], DUO_SHA256_BYTES);
    memcpy(&raw[16], sha, DUO_SHA256_BYTES);
    duo_store_le32(&raw[48], duo_crc32(0, (struct duo_bytes){raw, 48}));
    const uint32_t last = slot()->off_bytes + slot()->size_bytes - 4096U;
    duo_sim_poke(bench->rig.board->ext, last,
                 (struct duo_bytes){raw, sizeof(raw)});
    duo_sim_poke(bench->rig.board->ext, last + 1536U,
                 (struct duo_bytes){set, (size_t)marks * 4U});
}

static void
a_record_that_lies_ends_with_the_right_bytes_all_the_same(void **state)
{
    const uint32_t len_bytes = (uint32_t)scene.file->bytes.len_bytes;

    (void)state;
    for (uint32_t marks = 0; marks <= 5; marks++) {
        assert_int_equal(
            duo_area_erase(slot(), slot()->size_bytes - 4096U, 4096), DUO_OK);
        put_record(len_bytes, scene.load.sha, marks);
        bench_start(bench);
        assert_true(bench_load(bench, &scene.load));
        if (bench_match(bench) == 0) { /* Found out; nothing of it is left. */
            assert_true(marks > 0);
            assert_string_equal(bench_slot(bench, NET, 1), "");
            bench_load_well(bench, &scene.load);
        }
        assert_true(bench_holds(bench, slot(), scene.file));
        assert_true(bench_erase(bench, 3));
        assert_int_equal(bench_error(bench), 0);
    }
}

static void a_record_of_random_bytes_is_never_resumed(void **state)
{
    uint64_t random = 88172645463325252U;
    uint8_t unit[4096];

    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        for (size_t i = 0; i < sizeof(unit); i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            unit[i] = (uint8_t)random;
        }
        if (round % 2 != 0) { /* Half a record. */
            duo_store_le32(unit, 0x554F5544U);
            duo_store_le32(unit + 4, 1);
        }
        memset(unit + 1536, round % 3 == 0 ? 0 : 0xFF, 2000);
        duo_sim_poke(bench->rig.board->ext,
                     slot()->off_bytes + slot()->size_bytes - 4096U,
                     (struct duo_bytes){unit, sizeof(unit)});
        bench_start(bench);
        bench_rest(bench);
        assert_true(bench_chunk(bench, &scene.load, 0));
        assert_int_equal(bench_off(bench), 2000);
    }
    bench_load_well(bench, &scene.load);
    assert_true(bench_holds(bench, slot(), scene.file));
    assert_string_equal(bench_slot(bench, NET, 1), "-");
}

static void a_record_longer_than_its_slot_counts_for_nothing(void **state)
{
    static const uint32_t sizes[] = {0,          0x3F001,    0x40000,
                                     0x7FFFFFFF, 0xFFFFC000, UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct duo_upload_record record;
        assert_int_equal(duo_area_erase(slot(), 0x3F000, 4096), DUO_OK);
        put_record(sizes[i], scene.load.sha, 60);
        assert_int_equal(duo_upload_look(slot(), &record), DUO_OK);
        assert_int_equal(record.note, DUO_UPLOAD_NOTE_NONE);
    }
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(a_unit_is_erased_once_for_each_upload),
        RULE(an_upload_that_did_not_wait_erases_ahead_once),
        RULE(an_image_a_request_or_half_an_upload_is_left_alone),
        RULE(the_flash_is_let_go_when_nothing_was_asked),
        RULE(an_upload_that_paused_wakes_the_flash_again),
        RULE(a_flash_that_does_not_wake_is_told_and_the_upload_can_go_on),
        RULE(an_upload_is_busy_for_three_seconds),
        RULE(a_record_that_lies_ends_with_the_right_bytes_all_the_same),
        RULE(a_record_of_random_bytes_is_never_resumed),
        RULE(a_record_longer_than_its_slot_counts_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
