/* SPDX-License-Identifier: MIT */
/* The progress record and the journal lie in external flash, so anyone may
 * have written them: whatever they say, no core loses a good image for a bad
 * one, nothing unverified runs, and the board comes to rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "duo/progress.h"
#include "hostile.h"

/* Both cores run whole images of ours, whichever. */
static void expect_good_images(struct hostile *hostile, uint64_t seed)
{
    const struct duo_boot_result *result = &hostile->board->result;
    const struct rig_image *app = rig_active(&hostile->rig, APP);
    const struct rig_image *net = rig_active(&hostile->rig, NET);

    if (result->outcome != DUO_BOOT_START ||
        duo_native_net_image(hostile->board) == NULL || app == NULL ||
        net == NULL) {
        fail_msg("seed %u: application %s, network %s", (unsigned)seed,
                 app != NULL ? "whole" : "lost",
                 net != NULL ? "whole" : "lost");
    }
    assert_memory_equal(result->app.digest, app->digest, DUO_SHA256_BYTES);
    assert_memory_equal(result->net.digest, net->digest, DUO_SHA256_BYTES);
}

static void fill_random(const struct duo_area *area, uint64_t *seed)
{
    uint8_t garbage[DUO_UNIT_BYTES];

    for (uint32_t off = 0; off < area->size_bytes; off += DUO_UNIT_BYTES) {
        for (size_t i = 0; i < sizeof(garbage); i++) {
            garbage[i] = (uint8_t)hostile_random(seed);
        }
        hostile_poke(area, off, (struct duo_bytes){garbage, sizeof(garbage)});
    }
}

static void random_bytes_are_no_record(void **state)
{
    struct hostile *hostile = *state;
    uint64_t seed = 1;

    for (unsigned i = 0; i < 50U; i++) {
        (void)hostile_renew(state);
        fill_random(&hostile->slots.progress, &seed);
        assert_int_equal(hostile_settle(hostile), 1);
        hostile_expect(hostile, APP_NOW, NET_NOW);
    }
}

/* A record as the board wrote it, in three states, with each byte changed. */
static void every_damaged_byte_of_a_record_is_survived(void **state)
{
    struct hostile *hostile = *state;
    struct duo_sim_world *world = &hostile->board->world;

    for (unsigned kind = 0; kind < 3U; kind++) {
        (void)hostile_renew(state);
        if (kind == 0) {
            hostile_install(hostile, APP_NEXT);
        } else {
            hostile_stage(hostile, kind == 1 ? APP_NEXT : NET_NEXT);
            (void)duo_native_power_cycle(
                hostile->board,
                (struct duo_sim_cut){kind == 1 ? 0 : 40, DUO_SIM_CUT_TORN, 1});
        }
        struct duo_sim_snapshot *before = duo_sim_snapshot_take(world);
        for (uint32_t off = 0; off < 2400U; off += off < 260U ? 1U : 37U) {
            duo_sim_snapshot_restore(world, before);
            uint8_t byte = hostile_peek(&hostile->slots.progress)[off] ^ 0x24U;
            hostile_poke(&hostile->slots.progress, off,
                         (struct duo_bytes){&byte, 1});
            (void)hostile_settle(hostile);
            expect_good_images(hostile, off);
        }
        duo_sim_snapshot_free(before);
    }
}

static void forge_image(struct hostile *hostile,
                        struct duo_progress_image *image, enum duo_core core,
                        uint64_t draw)
{
    static const enum hostile_image digests[2][4] = {
        {APP_NOW, APP_NEXT, APP_OLDER, APP_ALIEN},
        {NET_NOW, NET_NEXT, NET_OLDER, NET_PAIR }
    };
    static const uint32_t sizes[] = {0, 1, 4096, 20000, 36000, 65536, 77824};
    const struct rig_image *images = hostile->rig.images;

    image->included = (draw & 1U) != 0;
    image->permanent = (draw & 2U) != 0;
    image->has_backup = (draw & 4U) != 0;
    image->from_other = (draw & 0x38U) == 0;
    image->restore_only = (draw & 0xC0U) == 0;
    image->from_mirror = (draw & 0x300U) == 0;
    image->new_bytes = sizes[(draw >> 10) % 7U];
    image->old_bytes = sizes[(draw >> 16) % 7U];
    memcpy(image->new_digest, images[digests[core][(draw >> 24) % 4U]].digest,
           DUO_SHA256_BYTES);
    memcpy(image->old_digest, images[digests[core][(draw >> 28) % 4U]].digest,
           DUO_SHA256_BYTES);
    if ((draw >> 32 & 3U) == 0) {
        image->old_digest[0] ^= 1; /* Of no image at all. */
    }
    if ((draw >> 34 & 1U) == 0) { /* The sizes that go with the digests. */
        image->new_bytes =
            (uint32_t)images[digests[core][(draw >> 24) % 4U]].bytes.len_bytes;
        image->old_bytes =
            (uint32_t)images[digests[core][(draw >> 28) % 4U]].bytes.len_bytes;
    }
}

static void forge_marks(struct duo_progress *progress, uint64_t *seed)
{
    for (unsigned phase = 0; phase < DUO_PHASE_COUNT; phase++) {
        if (hostile_random(seed) % 4U == 0) {
            assert_int_equal(duo_progress_set_phase(progress, phase), DUO_OK);
        }
    }
    for (unsigned i = 0; i < DUO_COPY_REBUILD * DUO_CORE_COUNT; i++) {
        uint64_t draw = hostile_random(seed);
        if (draw % 2U == 0 && i != DUO_COPY_MIRROR * DUO_CORE_COUNT) {
            assert_int_equal(
                duo_progress_start_mark(
                    progress, (enum duo_copy)(i / DUO_CORE_COUNT),
                    (enum duo_core)(i % DUO_CORE_COUNT),
                    (uint32_t)(draw >> 8) % (draw % 4U == 0 ? 60U : 12U)),
                DUO_OK);
            assert_int_equal(duo_flash_wait(progress->area.flash), DUO_OK);
        }
    }
}

/* Records with a valid check over any content, over backups and mirrors of
 * garbage or not, with or without an image in the staged slots. */
static void no_forged_record_costs_a_good_image(void **state)
{
    struct hostile *hostile = *state;

    for (uint64_t round = 1; round <= 600U; round++) {
        uint64_t seed = round;
        struct duo_progress progress;

        (void)hostile_renew(state);
        memset(&progress, 0, sizeof(progress));
        progress.area = hostile->slots.progress;
        progress.dependent = hostile_random(&seed) % 2U != 0;
        if (round % 4U >= 2U) {
            hostile_stage(hostile, APP_NEXT);
            hostile_stage(hostile, NET_NEXT);
        }
        for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
            forge_image(hostile, &progress.images[core], (enum duo_core)core,
                        hostile_random(&seed));
            if (round % 2U != 0) {
                fill_random(&hostile->slots.backup[core], &seed);
            }
        }
        assert_int_equal(duo_progress_create(&progress), DUO_OK);
        forge_marks(&progress, &seed);
        for (unsigned boots = 0; boots < HOSTILE_BOOTS_MAX; boots++) {
            (void)hostile_boot(hostile);
            expect_good_images(hostile, round);
        }
        assert_int_equal(hostile->board->world.op_count, 0);
    }
}

/* The backup is destroyed, then the record says to go back to it. */
static void a_forged_revert_to_garbage_is_not_done(void **state)
{
    struct hostile *hostile = *state;
    uint64_t seed = 9;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        struct duo_progress progress;

        (void)hostile_renew(state);
        memset(&progress, 0, sizeof(progress));
        progress.area = hostile->slots.progress;
        progress.images[core] = (struct duo_progress_image){
            .included = true, .has_backup = true, .old_bytes = 30000};
        fill_random(&hostile->slots.backup[core], &seed);
        assert_int_equal(duo_progress_create(&progress), DUO_OK);
        assert_int_equal(duo_progress_set_phase(&progress, DUO_PHASE_FINISHED),
                         DUO_OK);
        assert_int_equal(
            duo_progress_set_phase(&progress, DUO_PHASE_REVERTING + core),
            DUO_OK);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, APP_NOW, NET_NOW);
        hostile_expect_told(hostile, DUO_REASON_BACKUP_DAMAGED,
                            (enum duo_core)core);
    }
}

/* Marks that claim units which were never copied, over an image that has no
 * backup: the copy is compared from the start before anything is given up. */
static void forged_install_marks_do_not_spoil_an_image(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        enum hostile_image next = core == APP ? APP_NEXT : NET_NEXT;
        struct duo_progress progress;

        (void)hostile_renew(state);
        hostile_stage(hostile, next);
        memset(&progress, 0, sizeof(progress));
        progress.area = hostile->slots.progress;
        progress.images[core] = (struct duo_progress_image){
            .included = true,
            .permanent = true,
            .new_bytes = (uint32_t)hostile_bytes(hostile, next).len_bytes};
        memcpy(progress.images[core].new_digest,
               hostile->rig.images[next].digest, DUO_SHA256_BYTES);
        assert_int_equal(duo_progress_create(&progress), DUO_OK);
        assert_int_equal(duo_progress_start_mark(&progress, DUO_COPY_INSTALL,
                                                 (enum duo_core)core, 3),
                         DUO_OK);
        assert_int_equal(duo_flash_wait(progress.area.flash), DUO_OK);
        (void)hostile_boot(hostile);
        hostile_expect(hostile, core == APP ? APP_NEXT : APP_NOW,
                       core == NET ? NET_NEXT : NET_NOW);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, core == APP ? APP_NEXT : APP_NOW,
                       core == NET ? NET_NEXT : NET_NOW);
    }
}

static void a_damaged_journal_stops_nothing(void **state)
{
    struct hostile *hostile = *state;
    uint64_t seed = 3;

    for (unsigned round = 0; round < 12U; round++) {
        (void)hostile_renew(state);
        if (round % 3U == 0) {
            fill_random(&hostile->slots.journal, &seed);
        } else {
            hostile_fill(&hostile->slots.journal, round % 3U == 1 ? 0 : 0xFF);
        }
        hostile_install(hostile, round % 2U != 0 ? APP_NEXT : NET_NEXT);
        hostile_expect(hostile, round % 2U != 0 ? APP_NEXT : APP_NOW,
                       round % 2U != 0 ? NET_NOW : NET_NEXT);
        hostile_expect_told(hostile, DUO_REASON_INSTALLED_TEST,
                            round % 2U != 0 ? APP : NET);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, hostile_renew)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(random_bytes_are_no_record),
        TEST(every_damaged_byte_of_a_record_is_survived),
        TEST(no_forged_record_costs_a_good_image),
        TEST(a_forged_revert_to_garbage_is_not_done),
        TEST(forged_install_marks_do_not_spoil_an_image),
        TEST(a_damaged_journal_stops_nothing),
    };
    return cmocka_run_group_tests(tests, hostile_open, hostile_close);
}
