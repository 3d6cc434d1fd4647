/* SPDX-License-Identifier: MIT */
/* Requests in any order, from clients that know nothing of one another, with
 * resets and power cuts in between. Whatever comes: each request ends, what is
 * listed is one of the files that were sent, whole, and each core runs one. */
#include "upload_rig.h"

#define ROUNDS      3000U
#define FILE_COUNT  6U
#define DIGEST_NONE FILE_COUNT

struct storm {
    struct bench bench;
    const struct rig_image *files[FILE_COUNT];
    struct load loads[FILE_COUNT];
    uint32_t offs[FILE_COUNT]; /* Where each client is. */
    uint64_t random;
    unsigned wholes;
    unsigned installs;
};

static struct storm storm;
static struct bench *const bench = &storm.bench;

static uint32_t draw(uint32_t count)
{
    storm.random ^= storm.random << 13;
    storm.random ^= storm.random >> 7;
    storm.random ^= storm.random << 17;
    return (uint32_t)(storm.random >> 33) % count;
}

static int set_up(void **state)
{
    (void)state;
    bench_create(bench);
    for (unsigned i = 0; i < FILE_COUNT; i++) {
        storm.files[i] =
            bench_make(bench, i % 2 == 0 ? DUO_CORE_APP : DUO_CORE_NET,
                       (uint8_t)(i + 1U), 9000U + 5000U * i);
        storm.loads[i] = bench_load_of(bench, storm.files[i], 1500);
    }
    rig_factory(&bench->rig, storm.files[0], storm.files[1]);
    bench_start(bench);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bench_destroy(bench);
    return 0;
}

static bool is_a_file(const struct duo_area *area,
                      const struct duo_smp_image_state *seen)
{
    for (unsigned i = 0; i < FILE_COUNT; i++) {
        if (memcmp(storm.files[i]->digest, seen->digest, DUO_SHA256_BYTES) ==
            0) {
            return bench_holds(bench, area, storm.files[i]);
        }
    }
    return false;
}

static void check_list(void)
{
    const struct duo_slots *slots = &bench->slots;

    for (unsigned i = 0; i < 4; i++) {
        struct duo_smp_image_state seen;
        enum duo_core core = (enum duo_core)(i / 2);
        assert_int_equal(duo_smp_image_look(&bench->image, core, i % 2, &seen),
                         DUO_OK);
        assert_true(seen.present || i % 2 != 0);
        assert_true(!seen.permanent || seen.pending);
        assert_int_equal(seen.active, i % 2 == 0);
        if (seen.present) {
            const struct duo_area *area = &slots->trailer[core];
            if (i % 2 != 0) {
                area = seen.is_backup ? &slots->backup[core]
                                      : &slots->staged[core];
            }
            assert_true(is_a_file(area, &seen));
        }
    }
}

/* A client sends its next chunk, or the one before, or some other. */
static void send_chunk(void)
{
    unsigned i = draw(FILE_COUNT);
    uint32_t len_bytes = (uint32_t)storm.files[i]->bytes.len_bytes;

    storm.loads[i].chunk_bytes = 32U + draw(2444);
    if (draw(20) == 0) {
        storm.offs[i] = draw(len_bytes);
    }
    for (unsigned n = 1U + draw(40); n != 0; n--) {
        assert_true(bench_chunk(bench, &storm.loads[i], storm.offs[i]));
        if (bench_error(bench) != 0) {
            storm.offs[i] = 0;
            return;
        }
        storm.offs[i] = (uint32_t)bench_off(bench);
        if (storm.offs[i] == len_bytes) {
            storm.wholes += bench_match(bench) == 1;
            storm.offs[i] = 0;
        }
    }
}

static void write_state(void)
{
    unsigned i = draw(FILE_COUNT + 1U);

    assert_true(bench_write_state(
        bench, i == DIGEST_NONE ? NULL : storm.files[i]->digest, draw(2) != 0));
}

static void check_boot(void)
{
    const struct duo_boot_result *result =
        duo_native_power_cycle(bench->rig.board, rig_no_cut());

    assert_int_equal(result->outcome, DUO_BOOT_START);
    assert_non_null(rig_active(&bench->rig, DUO_CORE_APP));
    assert_non_null(rig_active(&bench->rig, DUO_CORE_NET));
    storm.installs += rig_active(&bench->rig, DUO_CORE_APP) != storm.files[0];
    bench_start(bench);
}

/* The power fails while things are under way. */
static void cut(void)
{
    struct duo_sim_world *world = &bench->rig.board->world;
    unsigned i = draw(FILE_COUNT);

    duo_smp_image_settle(&bench->image);
    duo_sim_power_up(world, (struct duo_sim_cut){1U + draw(60),
                                                 (enum duo_sim_cut_kind)draw(5),
                                                 storm.random});
    bench_start(bench);
    (void)bench_load(bench, &storm.loads[i]);
    check_boot();
}

static void nothing_that_comes_breaks_what_is_listed(void **state)
{
    (void)state;
    storm.random = 0x853C49E6748FEA9BU;
    for (unsigned round = 0; round < ROUNDS; round++) {
        switch (draw(16)) {
        case 0: check_boot(); break;
        case 1: cut(); break;
        case 2: assert_true(bench_erase(bench, 1U + 2U * draw(2))); break;
        case 3: bench_rest(bench); break;
        case 4:
        case 5:
        case 6: write_state(); break;
        default: send_chunk(); break;
        }
        check_list();
    }
    assert_true(storm.wholes > 100);
    assert_true(storm.installs > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            nothing_that_comes_breaks_what_is_listed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
