/* SPDX-License-Identifier: MIT */
/* Trailers in every damaged state, on active and staged slots: the board
 * always comes to rest, and never without a verified image on both cores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "duo/decide.h"
#include "duo/trailer.h"
#include "hostile.h"

#define STATES   DUO_FIELD_STATE_COUNT
#define TRAILER  40U
#define COPY_OFF 8U
#define OK_OFF   16U
#define MAGIC    24U

/* Bytes of a field of @p len_bytes good bytes in one of its four states. */
static void put_field(uint8_t *at, const uint8_t *good, size_t len_bytes,
                      unsigned field_state)
{
    memset(at, 0xFF, len_bytes);
    switch (field_state) {
    case DUO_FIELD_ERASED: return;
    case DUO_FIELD_GOOD: memcpy(at, good, len_bytes); return;
    case DUO_FIELD_TORN:
        memcpy(at, good, len_bytes / 2U);
        at[len_bytes - 1U] = good[len_bytes - 1U] | 0x40U;
        return;
    default: memset(at, 0x00, len_bytes); return;
    }
}

/* Number 0..63: magic, image_ok, copy_done. */
static void put_trailer(const struct duo_area *slot, unsigned number)
{
    static const uint8_t magic[16] = {0x77, 0xc2, 0x95, 0xf3, 0x60, 0xd2,
                                      0xef, 0x7f, 0x35, 0x52, 0x50, 0x0f,
                                      0x2c, 0xb6, 0x79, 0x80};
    static const uint8_t set = 1;
    uint8_t block[TRAILER];

    memset(block, 0xFF, sizeof(block));
    block[0] = DUO_SWAP_TEST;
    put_field(&block[MAGIC], magic, 16, number % STATES);
    put_field(&block[OK_OFF], &set, 1, number / STATES % STATES);
    put_field(&block[COPY_OFF], &set, 1, number / STATES / STATES);
    hostile_poke(slot, slot->size_bytes - TRAILER,
                 (struct duo_bytes){block, sizeof(block)});
}

#define TRAILERS (STATES * STATES * STATES)

static void the_test_makes_every_state(void **state)
{
    struct hostile *hostile = *state;
    const struct duo_area *slot = &hostile->slots.staged[APP];

    for (unsigned i = 0; i < TRAILERS; i++) {
        struct duo_trailer trailer;
        put_trailer(slot, i);
        assert_int_equal(duo_trailer_read(slot, &trailer), DUO_OK);
        assert_int_equal(trailer.magic, i % STATES);
        assert_int_equal(trailer.image_ok, i / STATES % STATES);
        assert_int_equal(trailer.copy_done, i / STATES / STATES);
    }
}

/* Every trailer over an empty staged slot, and over a bad image in it: what
 * is no good request is cleared, what is one is refused. */
static void no_damaged_request_installs_or_stays(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned i = 0; i < TRAILERS * 4U; i++) {
        enum duo_core slot = (enum duo_core)(i / TRAILERS % 2U);
        const struct duo_area *area = &hostile->slots.staged[slot];
        struct duo_trailer trailer;

        (void)hostile_renew(state);
        if (i / TRAILERS / 2U != 0) {
            hostile_stage_bytes(hostile, slot,
                                hostile_bytes(hostile, APP_ALIEN), false);
        }
        put_trailer(area, i % TRAILERS);
        assert_true(hostile_settle(hostile) <= 2);
        hostile_expect(hostile, APP_NOW, NET_NOW);
        assert_int_equal(duo_trailer_read(area, &trailer), DUO_OK);
        assert_int_equal(trailer.magic, DUO_FIELD_ERASED);
    }
}

/* Over a good image: installed exactly if the magic is good and the flag can
 * be understood; the mode is the safe one. */
static void a_request_counts_only_if_it_is_whole(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned i = 0; i < TRAILERS * 2U; i++) {
        enum duo_core slot = (enum duo_core)(i / TRAILERS);
        const enum hostile_image next = slot == APP ? APP_NEXT : NET_NEXT;
        unsigned magic = i % STATES;
        unsigned image_ok = i / STATES % STATES;
        bool installs = magic == DUO_FIELD_GOOD && image_ok != DUO_FIELD_BAD;
        bool stays = installs && image_ok == DUO_FIELD_GOOD;

        (void)hostile_renew(state);
        hostile_stage(hostile, next);
        put_trailer(&hostile->slots.staged[slot], i % TRAILERS);
        (void)hostile_boot(hostile);
        hostile_expect(hostile, installs && slot == APP ? APP_NEXT : APP_NOW,
                       installs && slot == NET ? NET_NEXT : NET_NOW);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, stays && slot == APP ? APP_NEXT : APP_NOW,
                       stays && slot == NET ? NET_NEXT : NET_NOW);
    }
}

static void a_damaged_request_is_told(void **state)
{
    struct hostile *hostile = *state;

    put_trailer(&hostile->slots.staged[APP], DUO_FIELD_TORN);
    put_trailer(&hostile->slots.staged[NET], DUO_FIELD_BAD);
    (void)hostile_boot(hostile);
    hostile_expect_told(hostile, DUO_REASON_REQUEST_TORN, APP);
    hostile_expect_told(hostile, DUO_REASON_REQUEST_DAMAGED, NET);
    hostile_expect(hostile, APP_NOW, NET_NOW);
}

/* No record of an update: whatever the trailers of the active images say, the
 * board comes to rest with verified images, the factory's or the backups. */
static void active_trailers_of_a_factory_board_are_survived(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned i = 0; i < TRAILERS * TRAILERS; i += 3U) {
        (void)hostile_renew(state);
        put_trailer(&hostile->slots.trailer[APP], i % TRAILERS);
        put_trailer(&hostile->slots.trailer[NET], i / TRAILERS);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, APP_NOW, NET_NOW);
    }
}

/* After an update was confirmed: the trailer is mended, the image stays. */
static void active_trailers_of_a_confirmed_image_are_mended(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_NEXT);
    hostile_install(hostile, NET_NEXT);
    struct duo_sim_snapshot *installed =
        duo_sim_snapshot_take(&hostile->board->world);
    for (unsigned i = 0; i < TRAILERS * 2U; i++) {
        enum duo_core core = (enum duo_core)(i / TRAILERS);
        duo_sim_snapshot_restore(&hostile->board->world, installed);
        put_trailer(&hostile->slots.trailer[core], i % TRAILERS);
        (void)hostile_settle(hostile);
        /* The record is the network image's: a trailer of the application
         * that looks like a trial's brings the previous image back. */
        enum duo_core back = DUO_CORE_NONE;
        if (core == APP && i % STATES == DUO_FIELD_GOOD &&
            i / STATES / STATES % STATES == DUO_FIELD_GOOD &&
            (i / STATES % STATES == DUO_FIELD_ERASED ||
             i / STATES % STATES == DUO_FIELD_BAD)) {
            back = APP;
        }
        hostile_expect(hostile, back == APP ? APP_NOW : APP_NEXT, NET_NEXT);
    }
    duo_sim_snapshot_free(installed);
}

/* In the middle of a trial: confirmed exactly if the flag is set or was being
 * set when the power went; else reverted. */
static void a_trial_ends_by_its_flag_alone(void **state)
{
    struct hostile *hostile = *state;

    for (unsigned i = 0; i < TRAILERS * 2U; i++) {
        enum duo_core core = (enum duo_core)(i / TRAILERS);
        unsigned image_ok = i / STATES % STATES;
        bool stays = image_ok == DUO_FIELD_GOOD || image_ok == DUO_FIELD_TORN;

        (void)hostile_renew(state);
        hostile_stage(hostile, core == APP ? APP_NEXT : NET_NEXT);
        (void)hostile_boot(hostile);
        put_trailer(&hostile->slots.trailer[core], i % TRAILERS);
        (void)hostile_settle(hostile);
        hostile_expect(hostile, stays && core == APP ? APP_NEXT : APP_NOW,
                       stays && core == NET ? NET_NEXT : NET_NOW);
        hostile_expect_told(hostile,
                            stays ? DUO_REASON_CONFIRMED
                                  : DUO_REASON_REVERT_NOT_CONFIRMED,
                            core);
    }
}

/* A whole sector of garbage where the trailer is. */
static void garbage_in_the_trailer_sector_is_survived(void **state)
{
    struct hostile *hostile = *state;
    uint64_t seed = 5;

    for (unsigned round = 0; round < 40U; round++) {
        uint8_t garbage[DUO_UNIT_BYTES];

        (void)hostile_renew(state);
        for (size_t i = 0; i < sizeof(garbage); i++) {
            garbage[i] = (uint8_t)hostile_random(&seed);
        }
        const struct duo_area *const slots[] = {
            &hostile->slots.staged[APP], &hostile->slots.staged[NET],
            &hostile->slots.trailer[APP], &hostile->slots.trailer[NET]};
        const struct duo_area *slot = slots[round % 4U];
        hostile_poke(slot, slot->size_bytes - DUO_UNIT_BYTES,
                     (struct duo_bytes){garbage, sizeof(garbage)});
        (void)hostile_settle(hostile);
        hostile_expect(hostile, APP_NOW, NET_NOW);
        hostile_install(hostile, APP_NEXT);
        hostile_install(hostile, NET_NEXT);
        hostile_expect(hostile, APP_NEXT, NET_NEXT);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, hostile_renew)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_test_makes_every_state),
        TEST(no_damaged_request_installs_or_stays),
        TEST(a_request_counts_only_if_it_is_whole),
        TEST(a_damaged_request_is_told),
        TEST(active_trailers_of_a_factory_board_are_survived),
        TEST(active_trailers_of_a_confirmed_image_are_mended),
        TEST(a_trial_ends_by_its_flag_alone),
        TEST(garbage_in_the_trailer_sector_is_survived),
    };
    return cmocka_run_group_tests(tests, hostile_open, hostile_close);
}
