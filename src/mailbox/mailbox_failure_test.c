/* SPDX-License-Identifier: MIT */
/* A flash that fails, a network core that is dead or dies, and callers that
 * break the rules. */
#include "mailbox/mailbox_rig.h"

static struct rig *fresh(void **state)
{
    struct rig *rig = *state;
    rig_init(rig);
    return rig;
}

/* A write of five pages whose n-th flash operation fails. */
static void a_failed_flash_is_told_and_the_session_goes_on(void **state)
{
    static uint8_t data[5U * RIG_PAGE];

    for (unsigned fail = 1; fail <= 5; fail++) {
        struct rig *rig = fresh(state);
        struct duo_area area = rig_area(rig);
        rig_open(rig, 1);
        rig->net.fail_op = fail;
        assert_int_equal(duo_area_write(&area, 0, data, sizeof(data)),
                         DUO_ERR_FLASH);
        assert_int_equal(rig->client.fault, DUO_REASON_NET_FLASH_FAILED);
        /* What was posted already is still done, and nothing more. */
        assert_in_range(rig->net.writes, fail, fail + DUO_WIRE_RING - 1U);
        assert_true(rig->net.writes <= 5U);
        memset(data, 1, sizeof(data));
        assert_int_equal(duo_area_erase(&area, 0, 5U * RIG_PAGE), DUO_OK);
        assert_int_equal(duo_area_write(&area, 0, data, sizeof(data)), DUO_OK);
        assert_memory_equal(rig_slot(rig), data, sizeof(data));
    }
    for (unsigned fail = 1; fail <= 3; fail++) {
        struct rig *rig = fresh(state);
        struct duo_area area = rig_area(rig);
        uint8_t digest[DUO_SHA256_BYTES];
        rig_open(rig, 1);
        rig->net.fail_op = fail;
        assert_int_equal(
            duo_mailbox_digest(&rig->client, 0, 3U * RIG_PAGE, digest),
            DUO_ERR_FLASH);
        rig->net.fail_op = fail;
        assert_int_equal(duo_area_read(&area, 0, data, 3U * RIG_PAGE),
                         DUO_ERR_FLASH);
        assert_int_equal(duo_area_read(&area, 0, data, 3U * RIG_PAGE), DUO_OK);
    }
}

static enum duo_err do_command(struct rig *rig, uint32_t command)
{
    static uint8_t data[RIG_PAGE];
    struct duo_area area = {&rig->client.flash, 0, RIG_SLOT_BYTES};
    struct duo_mailbox_report report;

    switch ((enum duo_wire_command)command) {
    case DUO_WIRE_INFO: return duo_mailbox_open(&rig->client);
    case DUO_WIRE_READ: return duo_area_read(&area, 0, data, RIG_PAGE);
    case DUO_WIRE_ERASE: return duo_area_erase(&area, 0, RIG_PAGE);
    case DUO_WIRE_WRITE: return duo_area_write(&area, 0, data, RIG_PAGE);
    case DUO_WIRE_DIGEST:
        return duo_mailbox_digest(&rig->client, 0, RIG_PAGE, data);
    case DUO_WIRE_VERIFY: return duo_mailbox_verify(&rig->client, &report);
    case DUO_WIRE_START: return duo_mailbox_start(&rig->client);
    case DUO_WIRE_CLOSE: duo_mailbox_close(&rig->client); return DUO_OK;
    }
    return DUO_ERR_ARG;
}

static void a_dead_network_core_is_a_time_out_of_its_command(void **state)
{
    static const uint32_t limit_ms[DUO_WIRE_COMMAND_LAST + 1U] = {
        [DUO_WIRE_INFO] = 200,    [DUO_WIRE_READ] = 10,
        [DUO_WIRE_ERASE] = 100,   [DUO_WIRE_WRITE] = 100,
        [DUO_WIRE_DIGEST] = 2000, [DUO_WIRE_VERIFY] = 5000,
        [DUO_WIRE_START] = 5000,  [DUO_WIRE_CLOSE] = 100,
    };

    for (uint32_t command = 1; command <= DUO_WIRE_COMMAND_LAST; command++) {
        struct rig *rig = fresh(state);
        uint64_t begin_us;

        rig_open(rig, 1);
        rig->net_runs = false;
        begin_us = rig->clock.now_us;
        assert_int_equal(do_command(rig, command),
                         command == DUO_WIRE_CLOSE ? DUO_OK : DUO_ERR_TIMEOUT);
        assert_in_range(rig->clock.now_us - begin_us, limit_ms[command] * 1000U,
                        limit_ms[command] * 1000U + RIG_IDLE_US);
        assert_int_equal(rig->client.fault, DUO_REASON_NET_NO_ANSWER);
        /* The session is dead: the next call costs nothing. */
        begin_us = rig->clock.now_us;
        assert_int_not_equal(do_command(rig, DUO_WIRE_VERIFY), DUO_OK);
        assert_int_equal(do_command(rig, DUO_WIRE_READ), DUO_ERR_FLASH);
        assert_int_equal(rig->clock.now_us, begin_us);
        rig_open(rig, 2);
        assert_int_equal(do_command(rig, DUO_WIRE_READ), DUO_OK);
    }
}

static void die_in_the_third_page(struct rig *rig, void *ctx)
{
    (void)ctx;
    rig->net_runs = rig->net.writes < 3;
}

static void a_core_that_dies_on_the_way_is_a_time_out(void **state)
{
    static uint8_t data[RIG_SLOT_BYTES];
    struct rig *rig = fresh(state);
    struct duo_area area = rig_area(rig);

    rig_open(rig, 1);
    rig->meddle = die_in_the_third_page;
    assert_int_equal(duo_area_write(&area, 0, data, sizeof(data)),
                     DUO_ERR_TIMEOUT);
    assert_int_equal(rig->client.fault, DUO_REASON_NET_NO_ANSWER);
    assert_in_range(rig->clock.now_us, 140000, 160000);
}

static void without_a_session_nothing_is_asked(void **state)
{
    struct rig *rig = fresh(state);
    struct duo_area area = rig_area(rig);
    struct duo_mailbox_report report;
    uint8_t digest[DUO_SHA256_BYTES];

    assert_int_equal(duo_mailbox_open(&rig->client), DUO_ERR_ARG);
    assert_int_equal(duo_mailbox_verify(&rig->client, &report), DUO_ERR_ARG);
    assert_int_equal(report.image.core, DUO_CORE_NONE);
    assert_int_not_equal(report.reason, DUO_REASON_NONE);
    assert_int_equal(duo_mailbox_start(&rig->client), DUO_ERR_ARG);
    assert_int_equal(duo_mailbox_digest(&rig->client, 0, 1, digest),
                     DUO_ERR_ARG);
    assert_int_equal(duo_mailbox_poll_report(&rig->client, &report),
                     DUO_ERR_BUSY);
    assert_int_equal(duo_area_read(&area, 0, digest, 4), DUO_ERR_FLASH);
    assert_int_equal(duo_area_read(&area, 0, digest, 0), DUO_ERR_FLASH);
    assert_int_equal(rig->clock.now_us, 0);
}

static void one_operation_at_a_time_and_inside_the_slot(void **state)
{
    struct rig *rig = fresh(state);
    struct duo_flash *flash = &rig->client.flash;
    uint8_t data[8] = {0};
    uint8_t digest[DUO_SHA256_BYTES];

    rig_open(rig, 1);
    assert_int_equal(
        flash->ops->start_read(flash, RIG_SLOT_BYTES - 4U, data, 8),
        DUO_ERR_FLASH);
    assert_int_equal(flash->ops->start_erase(flash, RIG_SLOT_BYTES),
                     DUO_ERR_FLASH);
    assert_int_equal(flash->ops->start_read(flash, UINT32_MAX, data, 8),
                     DUO_ERR_FLASH);
    assert_int_equal(flash->ops->start_read(flash, 0, data, 0), DUO_OK);
    assert_int_equal(flash->ops->poll(flash), DUO_OK);
    assert_int_equal(flash->ops->start_erase(flash, 0), DUO_OK);
    assert_int_equal(flash->ops->start_read(flash, 0, data, 8), DUO_ERR_FLASH);
    assert_int_equal(flash->ops->start_read(flash, 0, data, 0), DUO_ERR_FLASH);
    assert_int_equal(duo_mailbox_digest(&rig->client, 0, 8, digest),
                     DUO_ERR_ARG);
    assert_int_equal(duo_flash_wait(flash), DUO_OK);
    assert_int_equal(rig->net.erases, 1);
}

/* An operation that is still under way is not waited for. */
static void closing_in_the_middle_forgets_everything(void **state)
{
    struct rig *rig = fresh(state);

    rig_open(rig, 1);
    assert_int_equal(rig->client.flash.ops->start_erase(&rig->client.flash, 0),
                     DUO_OK);
    rig->net_runs = false; /* Held, as whoever closes so early must. */
    duo_mailbox_close(&rig->client);
    assert_int_equal(rig->client.flash.ops->poll(&rig->client.flash), DUO_OK);
    assert_int_equal(rig->mem[DUO_WIRE_SESSION_WORD], 0);
    assert_int_equal(rig->client.flash.geometry.size_bytes, 0);
    rig_open(rig, 2);
    assert_int_equal(do_command(rig, DUO_WIRE_READ), DUO_OK);
}

int main(void)
{
    static struct rig rig;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(
            a_failed_flash_is_told_and_the_session_goes_on, &rig),
        cmocka_unit_test_prestate(
            a_dead_network_core_is_a_time_out_of_its_command, &rig),
        cmocka_unit_test_prestate(a_core_that_dies_on_the_way_is_a_time_out,
                                  &rig),
        cmocka_unit_test_prestate(without_a_session_nothing_is_asked, &rig),
        cmocka_unit_test_prestate(one_operation_at_a_time_and_inside_the_slot,
                                  &rig),
        cmocka_unit_test_prestate(closing_in_the_middle_forgets_everything,
                                  &rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
