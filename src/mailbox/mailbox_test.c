/* SPDX-License-Identifier: MIT */
/* Both ends stepping on one clock: every command, and pipelining. */
#include "mailbox/mailbox_rig.h"

#define IMAGE_BYTES_MAX RIG_SLOT_BYTES

static struct rig *fresh(void **state)
{
    struct rig *rig = *state;
    rig_init(rig);
    return rig;
}

static void opening_tells_geometry_and_version(void **state)
{
    struct rig *rig = fresh(state);
    const struct duo_flash_geometry *geometry = &rig->client.flash.geometry;

    assert_int_equal(geometry->size_bytes, 0);
    rig_open(rig, 1);
    assert_int_equal(geometry->size_bytes, RIG_SLOT_BYTES);
    assert_int_equal(geometry->base_addr, RIG_SLOT_ADDR);
    assert_int_equal(geometry->erase_bytes, 2048);
    assert_int_equal(geometry->write_bytes, 4);
    assert_int_equal(geometry->erased_value, 0xFF);
    assert_int_equal(rig->client.netboot_version.major, 1);
    assert_int_equal(rig->client.netboot_version.build, 4);
    assert_int_equal(rig->client.fault, DUO_REASON_NONE);
    assert_string_equal(rig->client.flash.name, "net");
}

/* Offset 0 is the slot's first byte, and no range is lost at a page border:
 * random operations against a plain copy. */
static void it_behaves_like_any_flash(void **state)
{
    static uint8_t model[RIG_SLOT_BYTES];
    static uint8_t data[RIG_SLOT_BYTES];
    struct rig *rig = fresh(state);
    struct duo_area area = rig_area(rig);

    memset(model, 0xFF, sizeof(model));
    rig_open(rig, 1);
    for (int round = 0; round < 400; round++) {
        uint32_t off = rig_random(rig) % RIG_SLOT_BYTES;
        uint32_t len_bytes = rig_random(rig) % (RIG_SLOT_BYTES - off);
        uint32_t page = off / RIG_PAGE * RIG_PAGE;

        switch (rig_random(rig) % 3U) {
        case 0:
            assert_int_equal(duo_area_erase(&area, page, RIG_PAGE), DUO_OK);
            memset(model + page, 0xFF, RIG_PAGE);
            break;
        case 1:
            off &= ~3U;
            len_bytes = (len_bytes % 9000U) & ~3U;
            for (uint32_t i = 0; i < len_bytes; i++) {
                data[i] = (uint8_t)rig_random(rig) & model[off + i];
                model[off + i] = data[i];
            }
            assert_int_equal(duo_area_write(&area, off, data, len_bytes),
                             DUO_OK);
            break;
        default:
            memset(data, 0xA5, sizeof(data));
            assert_int_equal(duo_area_read(&area, off, data, len_bytes),
                             DUO_OK);
            assert_memory_equal(data, model + off, len_bytes);
            if (off + len_bytes < RIG_SLOT_BYTES) {
                assert_int_equal(data[len_bytes], 0xA5);
            }
            break;
        }
    }
    assert_memory_equal(model, rig_slot(rig), sizeof(model));
    assert_int_equal(rig->net.outside + rig->net.broken + rig->hangs, 0);
    assert_int_equal(rig->client.fault, DUO_REASON_NONE);
}

/* The promise of the ring: while page 1 is being programmed, page 2's data and
 * request are already there, so the network core never waits for us. */
static void the_second_page_is_posted_before_the_first_is_done(void **state)
{
    static uint8_t data[2U * RIG_PAGE];
    struct rig *rig = fresh(state);
    struct duo_flash *flash = &rig->client.flash;
    uint64_t begin_us;
    const uint32_t *second;

    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i >> 4);
    }
    rig_open(rig, 1);
    begin_us = rig->clock.now_us;
    assert_int_equal(flash->ops->start_write(flash, 0, data, sizeof(data)),
                     DUO_OK);
    while (rig->net.writes == 0) {
        assert_int_equal(flash->ops->poll(flash), DUO_ERR_BUSY);
        flash->ops->idle(flash);
    }
    /* Request 1 was info; the pages are 2 and 3. None is answered yet. */
    assert_int_equal(rig->mem[DUO_WIRE_ANSWERED_WORD], 1);
    assert_int_equal(rig->mem[DUO_WIRE_REQUESTED_WORD], 3);
    second = &rig->mem[DUO_WIRE_PAGE_WORD + 3U % 3U * DUO_WIRE_PAGE_WORDS];
    assert_memory_equal(second, data + RIG_PAGE, RIG_PAGE);
    assert_int_equal(duo_flash_wait(flash), DUO_OK);
    assert_memory_equal(rig_slot(rig), data, sizeof(data));
    /* Nothing was lost between the pages: four idles of 50 us in all. */
    assert_in_range(rig->clock.now_us - begin_us, 2U * 512U * RIG_WORD_US,
                    2U * 512U * RIG_WORD_US + 4U * RIG_IDLE_US);
}

static void watch_ring(struct rig *rig, void *ctx)
{
    uint32_t under_way =
        rig->mem[DUO_WIRE_REQUESTED_WORD] - rig->mem[DUO_WIRE_ANSWERED_WORD];
    uint32_t *most = ctx;

    *most = under_way > *most ? under_way : *most;
}

static void never_more_than_the_ring_is_under_way(void **state)
{
    static uint8_t data[RIG_SLOT_BYTES];
    struct rig *rig = fresh(state);
    struct duo_area area = rig_area(rig);
    uint32_t most = 0;

    rig_open(rig, 1);
    rig->meddle = watch_ring;
    rig->meddle_ctx = &most;
    assert_int_equal(duo_area_write(&area, 0, data, sizeof(data)), DUO_OK);
    assert_int_equal(most, DUO_WIRE_RING);
}

static void verifying_reports_the_whole_image(void **state)
{
    struct rig *rig = fresh(state);
    struct duo_image_check check = {
        .area = &rig->netboot_config.slot,
        .size_bytes_max = RIG_SLOT_BYTES,
        .trust = &rig->trust,
        .crypto = &rig->crypto.crypto,
        .work = rig->work,
        .work_bytes = sizeof(rig->work),
    };
    struct duo_mailbox_report report;
    struct duo_image image;
    size_t total_bytes = rig_install(rig, &rig_good_image);

    rig_open(rig, 1);
    assert_int_equal(duo_mailbox_verify(&rig->client, &report), DUO_OK);
    assert_int_equal(report.reason, DUO_REASON_NONE);
    assert_int_equal(report.image.total_bytes, total_bytes);
    assert_int_equal(duo_image_parse(&check, &image), DUO_REASON_NONE);
    assert_memory_equal(&image, &report.image, sizeof(image));
    assert_memory_equal(&report, &rig->client.report, sizeof(report));
    /* It is good for a start, until the slot is touched. */
    assert_int_equal(rig->netboot.verdict, DUO_VERDICT_ACCEPT);
    struct duo_area area = rig_area(rig);
    assert_int_equal(duo_area_erase(&area, area.size_bytes - 2048U, 2048U),
                     DUO_OK);
    assert_int_equal(rig->netboot.verdict, DUO_VERDICT_REJECT);

    rig_slot(rig)[600] ^= 1;
    assert_int_equal(duo_mailbox_verify(&rig->client, &report), DUO_OK);
    assert_int_equal(report.reason, DUO_REASON_DIGEST_MISMATCH);
    assert_int_equal(report.image.total_bytes, 0);
}

static void digests_are_those_of_the_range(void **state)
{
    static const struct {
        uint32_t off_bytes;
        uint32_t len_bytes;
        enum duo_err err;
    } rows[] = {
        {0,                   1,              DUO_OK       },
        {1,                   2047,           DUO_OK       },
        {0,                   2048,           DUO_OK       },
        {2047,                2050,           DUO_OK       },
        {0,                   RIG_SLOT_BYTES, DUO_OK       },
        {RIG_SLOT_BYTES - 1U, 1,              DUO_OK       },
        {0,                   0,              DUO_ERR_RANGE},
        {RIG_SLOT_BYTES,      1,              DUO_ERR_RANGE},
        {1,                   RIG_SLOT_BYTES, DUO_ERR_RANGE},
        {UINT32_MAX,          2,              DUO_ERR_RANGE},
        {4,                   UINT32_MAX,     DUO_ERR_RANGE},
    };
    struct rig *rig = fresh(state);

    for (uint32_t i = 0; i < RIG_SLOT_BYTES; i++) {
        rig_slot(rig)[i] = (uint8_t)rig_random(rig);
    }
    rig_open(rig, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t digest[DUO_SHA256_BYTES];
        uint8_t expected[DUO_SHA256_BYTES];
        assert_int_equal(duo_mailbox_digest(&rig->client, rows[i].off_bytes,
                                            rows[i].len_bytes, digest),
                         rows[i].err);
        if (rows[i].err == DUO_OK) {
            EVP_Digest(rig_slot(rig) + rows[i].off_bytes, rows[i].len_bytes,
                       expected, NULL, EVP_sha256(), NULL);
            assert_memory_equal(digest, expected, sizeof(digest));
        }
    }
    assert_int_equal(rig->client.fault, DUO_REASON_NONE);
}

static void a_started_image_is_reported_and_ends_the_session(void **state)
{
    struct rig *rig = fresh(state);
    struct duo_mailbox_report report;
    uint8_t byte;

    rig_install(rig, &rig_good_image);
    rig_open(rig, 1);
    assert_int_equal(duo_mailbox_poll_report(&rig->client, &report),
                     DUO_ERR_BUSY);
    assert_int_equal(duo_mailbox_start(&rig->client), DUO_OK);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_STARTED);
    assert_int_equal(rig->netboot.verdict, DUO_VERDICT_ACCEPT);
    assert_int_equal(rig->client.report.image.version.minor, 5);
    assert_int_equal(duo_mailbox_poll_report(&rig->client, &report), DUO_OK);
    assert_memory_equal(&report.image, &rig->netboot.started,
                        sizeof(report.image));
    /* Nobody serves any more, and that costs no time-out. */
    assert_int_equal(duo_mailbox_verify(&rig->client, &report), DUO_ERR_ARG);
    assert_int_equal(duo_area_read(&(struct duo_area){&rig->client.flash, 0, 8},
                                   0, &byte, 1),
                     DUO_ERR_FLASH);
    duo_mailbox_close(&rig->client);
    assert_int_equal(rig->client.fault, DUO_REASON_NONE);
}

static void a_refused_start_can_be_repaired_in_the_session(void **state)
{
    static uint8_t image[IMAGE_BYTES_MAX];
    struct rig *rig = fresh(state);
    struct duo_area area = rig_area(rig);
    size_t len_bytes;

    rig_open(rig, 1);
    assert_int_equal(duo_mailbox_start(&rig->client), DUO_ERR_REFUSED);
    assert_int_equal(rig->client.report.reason, DUO_REASON_EMPTY);
    memset(image, 0xFF, sizeof(image));
    len_bytes = (rig_build(&rig_good_image, image) + 3U) & ~(size_t)3U;
    assert_int_equal(duo_area_write(&area, 0, image, len_bytes), DUO_OK);
    assert_int_equal(duo_mailbox_start(&rig->client), DUO_OK);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_STARTED);
}

int main(void)
{
    static struct rig rig;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(opening_tells_geometry_and_version, &rig),
        cmocka_unit_test_prestate(it_behaves_like_any_flash, &rig),
        cmocka_unit_test_prestate(
            the_second_page_is_posted_before_the_first_is_done, &rig),
        cmocka_unit_test_prestate(never_more_than_the_ring_is_under_way, &rig),
        cmocka_unit_test_prestate(verifying_reports_the_whole_image, &rig),
        cmocka_unit_test_prestate(digests_are_those_of_the_range, &rig),
        cmocka_unit_test_prestate(
            a_started_image_is_reported_and_ends_the_session, &rig),
        cmocka_unit_test_prestate(
            a_refused_start_can_be_repaired_in_the_session, &rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
