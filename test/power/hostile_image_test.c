/* SPDX-License-Identifier: MIT */
/* Staged images that must be refused: each with its reason, and the board
 * goes on with what it had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "duo/trailer.h"
#include "hostile.h"
#include "image_writer.h"

#define COPY_BYTES (96U * 1024U)

/* A copy of an image to damage. */
static struct duo_bytes copy_of(const struct hostile *hostile,
                                enum hostile_image image,
                                uint8_t copy[COPY_BYTES])
{
    const struct duo_bytes bytes = hostile_bytes(hostile, image);

    memcpy(copy, bytes.data, bytes.len_bytes);
    return (struct duo_bytes){copy, bytes.len_bytes};
}

/* The refused request is gone, the rest is as it was, and the next boot has
 * nothing to do. */
static void expect_refused(struct hostile *hostile, enum duo_core slot,
                           enum duo_reason reason)
{
    struct duo_trailer trailer;

    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
    assert_true(rig_journal_has(&hostile->rig, reason, DUO_CORE_NONE));
    assert_int_equal(duo_trailer_read(&hostile->slots.staged[slot], &trailer),
                     DUO_OK);
    assert_int_equal(trailer.magic, DUO_FIELD_ERASED);
    assert_int_equal(hostile_settle(hostile), 1);
    hostile_expect(hostile, APP_NOW, NET_NOW);
}

static void refuse_bytes(struct hostile *hostile, enum duo_core slot,
                         struct duo_bytes bytes, enum duo_reason reason)
{
    hostile_stage_bytes(hostile, slot, bytes, true);
    expect_refused(hostile, slot, reason);
}

/* Truncated in each part of the image. What follows is erased flash. */
static void a_truncated_image_is_refused(void **state)
{
    static uint8_t copy[COPY_BYTES];
    struct hostile *hostile = *state;
    const struct duo_bytes whole = copy_of(hostile, APP_NEXT, copy);
    const struct {
        size_t len_bytes;
        enum duo_reason reason;
    } rows[] = {
        {4,                    DUO_REASON_HEADER_SIZE  },
        {0x200,                DUO_REASON_VECTOR_TABLE },
        {whole.len_bytes / 2U, DUO_REASON_TLV_MAGIC    },
        {whole.len_bytes - 4U, DUO_REASON_SIGNATURE_BAD},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)hostile_renew(state);
        refuse_bytes(hostile, APP, (struct duo_bytes){copy, rows[i].len_bytes},
                     rows[i].reason);
    }
}

/* One bit in each part, and at random places: never installed. */
static void a_flipped_bit_is_refused(void **state)
{
    static uint8_t copy[COPY_BYTES];
    struct hostile *hostile = *state;
    uint64_t seed = 1;

    for (unsigned i = 0; i < 60U; i++) {
        (void)hostile_renew(state);
        const struct duo_bytes bytes = copy_of(hostile, NET_NEXT, copy);
        size_t at = (size_t)(hostile_random(&seed) % bytes.len_bytes);
        if (i < 30U) {
            at = i; /* In the header. */
        }
        /* The reserved tail of the header is in the digest, too. */
        copy[at] ^= (uint8_t)(1U << hostile_random(&seed) % 8U);
        hostile_stage_bytes(hostile, NET, bytes, false);
        (void)hostile_boot(hostile);
        hostile_expect(hostile, APP_NOW, NET_NOW);
        assert_false(rig_journal_has(&hostile->rig, DUO_REASON_INSTALL_STARTED,
                                     DUO_CORE_NONE));
        (void)hostile_settle(hostile);
    }
    (void)hostile_renew(state);
    const struct duo_bytes bytes = copy_of(hostile, NET_NEXT, copy);
    copy[bytes.len_bytes / 2U] ^= 1;
    refuse_bytes(hostile, NET, bytes, DUO_REASON_DIGEST_MISMATCH);
}

static void
an_image_that_fits_the_slot_but_not_the_core_is_refused(void **state)
{
    struct hostile *hostile = *state;
    const struct duo_bytes bytes = hostile_bytes(hostile, NET_TOO_LARGE);

    refuse_bytes(hostile, NET, bytes, DUO_REASON_TOO_LARGE);
    (void)hostile_renew(state);
    refuse_bytes(hostile, APP, bytes, DUO_REASON_TOO_LARGE);
}

static void an_application_in_the_network_slot_is_refused(void **state)
{
    struct hostile *hostile = *state;

    refuse_bytes(hostile, NET, hostile_bytes(hostile, APP_NEXT),
                 DUO_REASON_WRONG_CORE);
}

static void an_image_signed_by_a_stranger_is_refused(void **state)
{
    struct hostile *hostile = *state;

    refuse_bytes(hostile, APP, hostile_bytes(hostile, APP_ALIEN),
                 DUO_REASON_KEY_UNKNOWN);
}

static void an_unsigned_image_is_refused(void **state)
{
    struct hostile *hostile = *state;
    const struct duo_bytes signed_bytes = hostile_bytes(hostile, APP_NEXT);
    struct duo_tool_sign_options options = duo_tool_sign_defaults();
    struct duo_tool_buffer out = {0};
    struct duo_tool_error error;

    options.version = (struct duo_version){1, 6, 0, 0};
    options.pad_header = true;
    options.core = APP;
    options.target_tlv = true;
    options.has_security_counter = true;
    options.security_counter = 2;
    /* The same payload, with digest and all, but nobody's name under it. */
    assert_true(duo_tool_image_make(
        (struct duo_bytes){signed_bytes.data + options.header_bytes, 8192},
        &options, NULL, &out, &error));
    refuse_bytes(hostile, APP, (struct duo_bytes){out.data, out.len_bytes},
                 DUO_REASON_SIGNATURE_MISSING);
    free(out.data);
}

static void an_older_image_is_refused_if_the_policy_says_so(void **state)
{
    struct hostile *hostile = *state;

    hostile->board->config.policy.downgrade = DUO_DOWNGRADE_REFUSE;
    refuse_bytes(hostile, APP, hostile_bytes(hostile, APP_OLDER),
                 DUO_REASON_DOWNGRADE);
    refuse_bytes(hostile, NET, hostile_bytes(hostile, NET_OLDER),
                 DUO_REASON_DOWNGRADE);
    hostile_install(hostile, APP_NEXT);
    hostile_expect(hostile, APP_NEXT, NET_NOW);
}

static void an_older_image_is_installed_by_default(void **state)
{
    struct hostile *hostile = *state;

    hostile_install(hostile, APP_OLDER);
    hostile_expect(hostile, APP_OLDER, NET_NOW);
    hostile_install(hostile, NET_OLDER);
    hostile_expect(hostile, APP_OLDER, NET_OLDER);
}

static void a_withdrawn_image_is_refused(void **state)
{
    struct hostile *hostile = *state;

    refuse_bytes(hostile, APP, hostile_bytes(hostile, APP_WITHDRAWN),
                 DUO_REASON_SECURITY_COUNTER_LOW);
}

static void an_image_without_counter_is_refused_once_there_is_one(void **state)
{
    struct hostile *hostile = *state;

    refuse_bytes(hostile, APP, hostile_bytes(hostile, APP_UNCOUNTED),
                 DUO_REASON_SECURITY_COUNTER_MISSING);
}

static void the_running_image_is_not_installed_again(void **state)
{
    struct hostile *hostile = *state;

    refuse_bytes(hostile, APP, hostile_bytes(hostile, APP_NOW),
                 DUO_REASON_SAME_IMAGE);
    refuse_bytes(hostile, NET, hostile_bytes(hostile, NET_NOW),
                 DUO_REASON_SAME_IMAGE);
    refuse_bytes(hostile, APP, hostile_bytes(hostile, NET_NOW),
                 DUO_REASON_SAME_IMAGE);
}

static void half_of_a_pair_is_refused(void **state)
{
    struct hostile *hostile = *state;

    refuse_bytes(hostile, APP, hostile_bytes(hostile, APP_PAIR),
                 DUO_REASON_DEPENDENCY_MISSING);
    (void)hostile_renew(state);
    refuse_bytes(hostile, NET, hostile_bytes(hostile, NET_PAIR),
                 DUO_REASON_DEPENDENCY_MISSING);
}

/* The other half is there, but bad: the good one is refused with it. */
static void a_pair_with_a_bad_half_is_refused_whole(void **state)
{
    static uint8_t copy[COPY_BYTES];
    struct hostile *hostile = *state;
    const struct duo_bytes net = copy_of(hostile, NET_PAIR, copy);

    copy[9000] ^= 4;
    hostile_stage(hostile, APP_PAIR);
    hostile_stage_bytes(hostile, NET, net, false);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NOW);
    hostile_expect_told(hostile, DUO_REASON_DIGEST_MISMATCH, NET);
    hostile_expect_told(hostile, DUO_REASON_DEPENDENCY_MISSING, APP);
    assert_int_equal(hostile_settle(hostile), 1);
}

/* A needs B's successor, B needs A's: neither goes, and each is told. */
static void two_that_do_not_fit_each_other_are_both_refused(void **state)
{
    struct hostile *hostile = *state;

    hostile_stage(hostile, APP_PAIR);
    hostile_stage(hostile, NET_NEXT);
    (void)hostile_boot(hostile);
    hostile_expect_told(hostile, DUO_REASON_DEPENDENCY_MISSING, APP);
    /* The network image depends on nobody: it goes alone. */
    hostile_expect(hostile, APP_NOW, NET_NEXT);
}

/* What runs must not lose what it needs by an update of the other core. */
static void an_update_that_breaks_the_other_core_is_refused(void **state)
{
    struct hostile *hostile = *state;

    hostile_stage(hostile, APP_PAIR);
    hostile_stage(hostile, NET_PAIR);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_PAIR, NET_PAIR);
    assert_int_equal(duo_native_confirm(hostile->board, APP), DUO_OK);
    assert_int_equal(duo_native_confirm(hostile->board, NET), DUO_OK);
    (void)hostile_settle(hostile);
    hostile_stage(hostile, NET_NEXT); /* 1.6: the application needs 1.7. */
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_PAIR, NET_PAIR);
    hostile_expect_told(hostile, DUO_REASON_DEPENDENCY_MISSING, NET);
    hostile_stage(hostile, APP_NEXT);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_PAIR, NET_PAIR);
    hostile_expect_told(hostile, DUO_REASON_DEPENDENCY_MISSING, APP);
    /* Both together fit again. */
    hostile_stage(hostile, APP_NEXT);
    hostile_stage(hostile, NET_NEXT);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NEXT, NET_NEXT);
}

static void a_routed_image_is_refused_if_the_policy_says_so(void **state)
{
    struct hostile *hostile = *state;

    hostile->board->config.policy.route = DUO_ROUTE_REFUSE;
    refuse_bytes(hostile, APP, hostile_bytes(hostile, NET_NEXT),
                 DUO_REASON_ROUTE_REFUSED);
}

static void of_two_network_images_the_one_in_its_own_slot_is_used(void **state)
{
    struct hostile *hostile = *state;

    hostile_stage_bytes(hostile, APP, hostile_bytes(hostile, NET_OLDER), false);
    hostile_stage(hostile, NET_NEXT);
    (void)hostile_boot(hostile);
    hostile_expect(hostile, APP_NOW, NET_NEXT);
    hostile_expect_told(hostile, DUO_REASON_SLOT_CONFLICT, NET);
}

#define TEST(name) cmocka_unit_test_setup(name, hostile_renew)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_truncated_image_is_refused),
        TEST(a_flipped_bit_is_refused),
        TEST(an_image_that_fits_the_slot_but_not_the_core_is_refused),
        TEST(an_application_in_the_network_slot_is_refused),
        TEST(an_image_signed_by_a_stranger_is_refused),
        TEST(an_unsigned_image_is_refused),
        TEST(an_older_image_is_refused_if_the_policy_says_so),
        TEST(an_older_image_is_installed_by_default),
        TEST(a_withdrawn_image_is_refused),
        TEST(an_image_without_counter_is_refused_once_there_is_one),
        TEST(the_running_image_is_not_installed_again),
        TEST(half_of_a_pair_is_refused),
        TEST(a_pair_with_a_bad_half_is_refused_whole),
        TEST(two_that_do_not_fit_each_other_are_both_refused),
        TEST(an_update_that_breaks_the_other_core_is_refused),
        TEST(a_routed_image_is_refused_if_the_policy_says_so),
        TEST(of_two_network_images_the_one_in_its_own_slot_is_used),
    };
    return cmocka_run_group_tests(tests, hostile_open, hostile_close);
}
