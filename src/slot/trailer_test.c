/* SPDX-License-Identifier: MIT */
/* The trailer against the bytes of MCUboot's own layout, written down here a
 * second time: offsets from the slot's end for a maximum alignment of 8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "duo/trailer.h"
#include "flash/fake_flash_rig.h"
#include "sim.h"

#define PAGE     4096U
#define SLOT_OFF (2U * PAGE)
#define SLOT     (4U * PAGE)
#define SLOT_END (SLOT_OFF + SLOT)
#define MAGIC_AT (SLOT_END - 16U)
#define OK_AT    (SLOT_END - 24U)
#define DONE_AT  (SLOT_END - 32U)
#define INFO_AT  (SLOT_END - 40U)

static const uint8_t magic[16] = {0x77, 0xc2, 0x95, 0xf3, 0x60, 0xd2,
                                  0xef, 0x7f, 0x35, 0x52, 0x50, 0x0f,
                                  0x2c, 0xb6, 0x79, 0x80};
static struct fake_flash fake;
static const struct duo_area slot = {&fake.flash, SLOT_OFF, SLOT};

static int fresh_flash(void **state)
{
    (void)state;
    fake_init(&fake, PAGE);
    return 0;
}

static struct duo_trailer read_back(void)
{
    struct duo_trailer trailer;

    assert_int_equal(duo_trailer_read(&slot, &trailer), DUO_OK);
    return trailer;
}

static void all_erased_reads_as_erased(void **state)
{
    struct duo_trailer trailer = read_back();

    (void)state;
    assert_int_equal(trailer.magic, DUO_FIELD_ERASED);
    assert_int_equal(trailer.image_ok, DUO_FIELD_ERASED);
    assert_int_equal(trailer.copy_done, DUO_FIELD_ERASED);
    assert_int_equal(trailer.swap_type, DUO_SWAP_NONE);
}

static void each_field_is_read_from_its_own_place(void **state)
{
    (void)state;
    memcpy(&fake.data[MAGIC_AT], magic, 16);
    struct duo_trailer trailer = read_back();
    assert_int_equal(trailer.magic, DUO_FIELD_GOOD);
    assert_int_equal(trailer.image_ok, DUO_FIELD_ERASED);
    assert_int_equal(trailer.copy_done, DUO_FIELD_ERASED);

    fake.data[OK_AT] = 1;
    trailer = read_back();
    assert_int_equal(trailer.image_ok, DUO_FIELD_GOOD);
    assert_int_equal(trailer.copy_done, DUO_FIELD_ERASED);

    fake.data[OK_AT] = 0xFF;
    fake.data[DONE_AT] = 1;
    trailer = read_back();
    assert_int_equal(trailer.image_ok, DUO_FIELD_ERASED);
    assert_int_equal(trailer.copy_done, DUO_FIELD_GOOD);
}

/* Every value that a flag's byte can have: 1 is good, 0xFF erased; without
 * bit 0 a cut write cannot explain it, so it is bad. */
static void every_value_of_a_flag_has_its_state(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256U; value++) {
        enum duo_field_state expected = DUO_FIELD_TORN;
        if ((value & 1U) == 0) {
            expected = DUO_FIELD_BAD;
        } else if (value == 0xFFU) {
            expected = DUO_FIELD_ERASED;
        } else if (value == 1U) {
            expected = DUO_FIELD_GOOD;
        }
        fake.data[OK_AT] = (uint8_t)value;
        fake.data[DONE_AT] = (uint8_t)~value;
        assert_int_equal(read_back().image_ok, expected);
        fake.data[DONE_AT] = (uint8_t)value;
        fake.data[OK_AT] = (uint8_t)~value;
        assert_int_equal(read_back().copy_done, expected);
    }
}

/* One bit of the good magic changed: set where it should be clear is on the
 * way there; clear where it should be set is no cut write. The same from the
 * erased side, bit by bit. */
static void every_bit_of_the_magic_counts(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 128U; bit++) {
        uint8_t mask = (uint8_t)(1U << bit % 8U);
        bool is_set = (magic[bit / 8U] & mask) != 0;
        enum duo_field_state expected = is_set ? DUO_FIELD_BAD : DUO_FIELD_TORN;

        memcpy(&fake.data[MAGIC_AT], magic, 16);
        fake.data[MAGIC_AT + bit / 8U] ^= mask;
        assert_int_equal(read_back().magic, expected);

        memset(&fake.data[MAGIC_AT], 0xFF, 16);
        fake.data[MAGIC_AT + bit / 8U] ^= mask;
        assert_int_equal(read_back().magic, expected);
    }
}

static void every_prefix_of_a_cut_magic_is_torn(void **state)
{
    (void)state;
    for (unsigned count = 1; count < 16U; count++) {
        memset(&fake.data[MAGIC_AT], 0xFF, 16);
        memcpy(&fake.data[MAGIC_AT], magic, count);
        assert_int_equal(read_back().magic, DUO_FIELD_TORN);
    }
}

static void the_swap_type_is_the_low_nibble_and_known(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256U; value++) {
        unsigned type = value & 0x0FU;
        fake.data[INFO_AT] = (uint8_t)value;
        assert_int_equal(read_back().swap_type,
                         type >= 2 && type <= 4 ? type : DUO_SWAP_NONE);
    }
}

/* What MCUboot's own writer leaves: whole 8-byte blocks, the rest erased. */
static void expect_block(uint8_t info, uint8_t done, uint8_t ok)
{
    uint8_t expected[PAGE];

    memset(expected, 0xFF, sizeof(expected));
    expected[PAGE - 40U] = info;
    expected[PAGE - 32U] = done;
    expected[PAGE - 24U] = ok;
    memcpy(&expected[PAGE - 16U], magic, 16);
    assert_memory_equal(&fake.data[SLOT_END - PAGE], expected, PAGE);
}

static void a_written_trailer_has_the_bytes_of_mcuboot(void **state)
{
    (void)state;
    memset(fake.data, 0x5A, sizeof(fake.data));
    assert_int_equal(duo_trailer_write(&slot, DUO_SWAP_TEST, false), DUO_OK);
    expect_block(2, 1, 0xFF);
    assert_int_equal(duo_trailer_write(&slot, DUO_SWAP_PERMANENT, true),
                     DUO_OK);
    expect_block(3, 1, 1);
    assert_int_equal(duo_trailer_write(&slot, DUO_SWAP_REVERT, true), DUO_OK);
    expect_block(4, 1, 1);
    for (uint32_t i = 0; i < sizeof(fake.data); i++) {
        if (i < SLOT_END - PAGE || i >= SLOT_END) {
            assert_int_equal(fake.data[i], 0x5A);
        }
    }
}

/* [MCUBOOT 5.3] magic, image_ok if permanent, swap_info. */
static void a_request_has_the_bytes_of_mcuboot(void **state)
{
    (void)state;
    assert_int_equal(duo_trailer_request(&slot, false), DUO_OK);
    expect_block(2, 0xFF, 0xFF);
    assert_int_equal(duo_trailer_clear(&slot), DUO_OK);
    assert_int_equal(duo_trailer_request(&slot, true), DUO_OK);
    expect_block(3, 0xFF, 1);
}

static void a_request_that_stands_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(duo_trailer_request(&slot, false), DUO_OK);
    unsigned writes = fake.writes;
    assert_int_equal(duo_trailer_request(&slot, true), DUO_OK);
    assert_int_equal(fake.writes, writes);
    expect_block(2, 0xFF, 0xFF);
}

static void no_request_is_written_over_a_damaged_magic(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 255U; value++) {
        fake.data[MAGIC_AT] = (uint8_t)value; /* Torn or bad. */
        assert_int_equal(duo_trailer_request(&slot, false), DUO_ERR_FORMAT);
    }
    assert_int_equal(fake.writes, 0);
}

static void a_confirmation_mends_what_a_cut_left(void **state)
{
    static const uint8_t seen[] = {0xFF, 0x01, 0x81, 0x7F, 0x03};

    (void)state;
    for (size_t i = 0; i < sizeof(seen); i++) {
        fake_init(&fake, PAGE);
        assert_int_equal(duo_trailer_write(&slot, DUO_SWAP_TEST, false),
                         DUO_OK);
        fake.data[OK_AT] = seen[i];
        assert_int_equal(duo_trailer_confirm(&slot), DUO_OK);
        expect_block(2, 1, 1);
    }
}

static void clearing_leaves_nothing_and_spares_a_blank_page(void **state)
{
    (void)state;
    assert_int_equal(duo_trailer_clear(&slot), DUO_OK);
    assert_int_equal(fake.erases, 0);
    for (uint32_t at = 0; at < PAGE; at += 61U) {
        fake.data[SLOT_END - PAGE + at] = 0xFE;
        fake.erases = 0;
        assert_int_equal(duo_trailer_clear(&slot), DUO_OK);
        assert_int_equal(fake.erases, 1);
        assert_int_equal(fake.data[SLOT_END - PAGE + at], 0xFF);
    }
    assert_int_equal(read_back().magic, DUO_FIELD_ERASED);
}

static void blanking_erases_only_pages_that_are_not_blank(void **state)
{
    (void)state;
    fake.data[SLOT_OFF] = 0;
    fake.data[SLOT_OFF + 3U * PAGE - 1U] = 0;
    assert_int_equal(duo_area_blank(&slot, 0, 3U * PAGE), DUO_OK);
    assert_int_equal(fake.erases, 2);
    assert_int_equal(fake.data[SLOT_OFF], 0xFF);
    assert_int_equal(fake.data[SLOT_OFF + 3U * PAGE - 1U], 0xFF);
}

/* On an error nothing that was read is believed. */
static void an_unreadable_trailer_is_bad_all_over(void **state)
{
    struct duo_trailer trailer = {0};

    (void)state;
    assert_int_equal(duo_trailer_write(&slot, DUO_SWAP_TEST, true), DUO_OK);
    fake_fail(&fake, 1);
    assert_int_equal(duo_trailer_read(&slot, &trailer), DUO_ERR_FLASH);
    assert_int_equal(trailer.magic, DUO_FIELD_BAD);
    assert_int_equal(trailer.image_ok, DUO_FIELD_BAD);
    assert_int_equal(trailer.copy_done, DUO_FIELD_BAD);
    assert_int_equal(trailer.swap_type, DUO_SWAP_NONE);
}

static enum duo_err do_write(void)
{
    return duo_trailer_write(&slot, DUO_SWAP_TEST, true);
}

static enum duo_err do_request(void)
{
    return duo_trailer_request(&slot, true);
}

static enum duo_err do_confirm(void)
{
    return duo_trailer_confirm(&slot);
}

static enum duo_err do_clear(void)
{
    return duo_trailer_clear(&slot);
}

static void every_failing_operation_is_told(void **state)
{
    enum duo_err (*const calls[])(void) = {do_write, do_request, do_confirm,
                                           do_clear};

    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        enum duo_err err = DUO_ERR_FLASH;
        unsigned fail_at = 0;
        while (err != DUO_OK) {
            fake_init(&fake, PAGE);
            fake.data[SLOT_END - 100U] = 0; /* Something to erase. */
            fake_fail(&fake, ++fail_at);
            err = calls[i]();
            assert_true(err == DUO_OK || err == DUO_ERR_FLASH);
            assert_true(err == DUO_OK || fake.starts == fail_at);
        }
        assert_true(fail_at > 2); /* Each does more than one thing. */
        assert_int_equal(fake.starts, fail_at - 1U);
    }
}

static void a_trailer_that_does_not_read_back_is_an_error(void **state)
{
    (void)state;
    fake.lossy = true;
    assert_int_equal(duo_trailer_write(&slot, DUO_SWAP_TEST, true),
                     DUO_ERR_FLASH);
}

/* The simulation enforces two writes of a word between erases. */
static void a_life_of_a_trailer_keeps_the_rules_of_internal_flash(void **state)
{
    struct duo_sim_world world;
    struct duo_trailer trailer;

    (void)state;
    duo_sim_world_init(&world);
    struct duo_sim_flash *flash =
        duo_sim_flash_create(&world, DUO_SIM_FLASH_APP, 8U * PAGE, 0);
    const struct duo_area area = {&flash->flash, 0, 8U * PAGE};
    assert_int_equal(duo_trailer_write(&area, DUO_SWAP_TEST, false), DUO_OK);
    assert_int_equal(duo_trailer_confirm(&area), DUO_OK);
    assert_int_equal(duo_trailer_confirm(&area), DUO_OK);
    assert_int_equal(duo_trailer_read(&area, &trailer), DUO_OK);
    assert_int_equal(trailer.image_ok, DUO_FIELD_GOOD);
    assert_int_equal(trailer.copy_done, DUO_FIELD_GOOD);
    duo_sim_flash_destroy(flash);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_flash)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_erased_reads_as_erased),
        TEST(each_field_is_read_from_its_own_place),
        TEST(every_value_of_a_flag_has_its_state),
        TEST(every_bit_of_the_magic_counts),
        TEST(every_prefix_of_a_cut_magic_is_torn),
        TEST(the_swap_type_is_the_low_nibble_and_known),
        TEST(a_written_trailer_has_the_bytes_of_mcuboot),
        TEST(a_request_has_the_bytes_of_mcuboot),
        TEST(a_request_that_stands_is_left_alone),
        TEST(no_request_is_written_over_a_damaged_magic),
        TEST(a_confirmation_mends_what_a_cut_left),
        TEST(clearing_leaves_nothing_and_spares_a_blank_page),
        TEST(blanking_erases_only_pages_that_are_not_blank),
        TEST(an_unreadable_trailer_is_bad_all_over),
        TEST(every_failing_operation_is_told),
        TEST(a_trailer_that_does_not_read_back_is_an_error),
        TEST(a_life_of_a_trailer_keeps_the_rules_of_internal_flash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
