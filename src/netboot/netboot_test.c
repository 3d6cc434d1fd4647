/* SPDX-License-Identifier: MIT */
/* What netboot starts, what it refuses, and when it serves at all. */
#include "mailbox/mailbox_rig.h"

static struct rig *fresh(void **state)
{
    struct rig *rig = *state;
    rig_init(rig);
    return rig;
}

static void run(struct rig *rig)
{
    for (int i = 0; i < 10; i++) {
        rig_idle(rig);
    }
}

static void a_verified_image_is_started(void **state)
{
    struct rig *rig = fresh(state);

    rig_install(rig, &rig_good_image);
    rig_release(rig);
    assert_true(duo_netboot_step(&rig->netboot));
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_STARTED);
    assert_int_equal(rig->netboot.verdict, DUO_VERDICT_ACCEPT);
    assert_int_equal(rig->netboot.started.version.minor, 5);
    assert_int_equal(rig->netboot.started.core, DUO_CORE_NET);
    assert_int_equal(rig->protected, 1);
    assert_false(duo_netboot_step(&rig->netboot));
}

/* P2, P3 and P9 for this core: each row is an image that is never started. */
static void nothing_unverified_is_started(void **state)
{
    static const struct {
        struct rig_image image;
        uint32_t flip_off; /* 0: nothing is damaged. */
        bool blank;
        enum duo_reason reason;
    } rows[] = {
        {{DUO_CORE_APP, 1, 5, 5000}, 0,    false, DUO_REASON_WRONG_CORE     },
        {{DUO_CORE_NET, 2, 5, 5000}, 0,    false, DUO_REASON_KEY_UNKNOWN    },
        {{DUO_CORE_NET, 1, 5, 5000}, 1000, false, DUO_REASON_DIGEST_MISMATCH},
        {{DUO_CORE_NET, 1, 5, 5000}, 21,   false, DUO_REASON_DIGEST_MISMATCH},
        {{DUO_CORE_NET, 1, 5, 5000}, 5630, false, DUO_REASON_SIGNATURE_BAD  },
        {{DUO_CORE_NET, 1, 5, 5000}, 0,    true,  DUO_REASON_EMPTY          },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig *rig = fresh(state);
        rig_install(rig, &rows[i].image);
        if (rows[i].flip_off != 0) {
            rig_slot(rig)[rows[i].flip_off] ^= 0x10;
        }
        if (rows[i].blank) {
            memset(rig_slot(rig), 0xFF, RIG_SLOT_BYTES);
        }
        rig_release(rig);
        run(rig);
        assert_int_equal(rig->netboot.state, DUO_NETBOOT_HALTED);
        assert_int_equal(rig->netboot.reason, rows[i].reason);
        assert_int_equal(rig->netboot.verdict, DUO_VERDICT_REJECT);
        assert_int_equal(rig->netboot.started.core, DUO_CORE_NONE);
        assert_int_equal(rig->netboot.started.total_bytes, 0);

        /* Asked to start it in a session, it refuses for the same reason. */
        rig_open(rig, 7);
        assert_int_equal(duo_mailbox_start(&rig->client), DUO_ERR_REFUSED);
        assert_int_equal(rig->client.report.reason, rows[i].reason);
        assert_int_equal(rig->client.report.image.core, DUO_CORE_NONE);
        assert_int_equal(rig->netboot.state, DUO_NETBOOT_SESSION);
        assert_int_equal(rig->netboot.verdict, DUO_VERDICT_REJECT);
    }
}

/* Bounds: every bit of a whole image, one at a time, refuses it. */
static void every_damaged_byte_is_refused(void **state)
{
    struct rig *rig = fresh(state);
    const struct rig_image small = {DUO_CORE_NET, 1, 5, 64};
    size_t total_bytes = rig_install(rig, &small);

    for (size_t i = 0; i < total_bytes; i++) {
        rig_slot(rig)[i] ^= (uint8_t)(1U << (i % 8U));
        rig_release(rig);
        duo_netboot_step(&rig->netboot);
        assert_int_equal(rig->netboot.state, DUO_NETBOOT_HALTED);
        assert_int_not_equal(rig->netboot.reason, DUO_REASON_NONE);
        rig_slot(rig)[i] ^= (uint8_t)(1U << (i % 8U));
    }
    rig_release(rig);
    duo_netboot_step(&rig->netboot);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_STARTED);
}

static void a_session_is_valid_for_one_boot(void **state)
{
    struct rig *rig = fresh(state);

    rig_install(rig, &rig_good_image);
    rig_open(rig, 0x1234);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_SESSION);
    /* The network core resets itself; the request still lies in the RAM. */
    rig_release(rig);
    run(rig);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_STARTED);
    /* A new request opens again. */
    rig_open(rig, 0x1235);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_SESSION);
}

static void without_an_invitation_the_mailbox_is_not_written(void **state)
{
    struct rig *rig = fresh(state);
    static uint32_t before[DUO_MAILBOX_BYTES / 4U];

    rig_install(rig, &rig_good_image);
    memcpy(before, rig->mem, sizeof(before));
    rig_release(rig);
    run(rig);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_STARTED);
    assert_memory_equal(before, rig->mem, sizeof(before));
}

/* Each bit of the session request matters, and each word is checked. */
static void a_damaged_session_request_opens_nothing(void **state)
{
    for (uint32_t bit = 0; bit < DUO_WIRE_SESSION_WORDS * 32U; bit++) {
        struct rig *rig = fresh(state);
        rig_install(rig, &(struct rig_image){DUO_CORE_NET, 1, 1, 64});
        duo_mailbox_request_session(&rig->client, 77);
        rig->mem[DUO_WIRE_SESSION_WORD + bit / 32U] ^= 1U << (bit % 32U);
        rig_release(rig);
        run(rig);
        assert_int_equal(rig->netboot.state, DUO_NETBOOT_STARTED);
    }
}

static void unknown_versions_kinds_and_session_zero_open_nothing(void **state)
{
    static const struct {
        uint32_t session;
        uint32_t kind;
    } rows[] = {
        {0, DUO_WIRE_KIND_UPDATE},
        {5, 0                   },
        {5, 3                   },
        {5, UINT32_MAX          }
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig *rig = fresh(state);
        uint32_t record[DUO_WIRE_SESSION_WORDS] = {
            DUO_WIRE_SESSION_MAGIC, 0, rows[i].session, rows[i].kind};
        duo_wire_store_record(rig->mem, DUO_WIRE_SESSION_WORD, record,
                              DUO_WIRE_SESSION_WORDS);
        rig_release(rig);
        run(rig);
        assert_int_equal(rig->netboot.state, DUO_NETBOOT_HALTED);
        assert_int_equal(rig->netboot.reason, DUO_REASON_EMPTY);
    }
}

static void a_boot_reports_what_it_verified(void **state)
{
    struct rig *rig = fresh(state);
    struct duo_mailbox_report report;

    rig_install(rig, &rig_good_image);
    duo_mailbox_request_report(&rig->client, 9);
    assert_int_equal(duo_mailbox_poll_report(&rig->client, &report),
                     DUO_ERR_BUSY);
    rig_release(rig);
    run(rig);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_STARTED);
    assert_int_equal(duo_mailbox_poll_report(&rig->client, &report), DUO_OK);
    assert_int_equal(report.reason, DUO_REASON_NONE);
    assert_memory_equal(&report.image, &rig->netboot.started,
                        sizeof(report.image));
    /* Valid for this request only. */
    duo_mailbox_request_report(&rig->client, 10);
    assert_int_equal(duo_mailbox_poll_report(&rig->client, &report),
                     DUO_ERR_BUSY);
    /* A bad image is told with its reason and nothing else. */
    rig_slot(rig)[700] ^= 1;
    rig_release(rig);
    run(rig);
    assert_int_equal(duo_mailbox_poll_report(&rig->client, &report), DUO_OK);
    assert_int_equal(report.reason, DUO_REASON_DIGEST_MISMATCH);
    assert_int_equal(report.image.total_bytes, 0);
    assert_int_equal(report.image.core, DUO_CORE_NONE);
}

/* Mixed-up words in the report's place are never a report. */
static void a_damaged_boot_report_is_no_report(void **state)
{
    struct rig *rig = fresh(state);
    struct duo_mailbox_report report;

    rig_install(rig, &rig_good_image);
    duo_mailbox_request_report(&rig->client, 9);
    rig_release(rig);
    run(rig);
    for (uint32_t bit = 0; bit < DUO_WIRE_REPORT_WORDS * 32U; bit++) {
        uint32_t *word = &rig->mem[DUO_WIRE_REPORT_WORD + bit / 32U];
        *word ^= 1U << (bit % 32U);
        assert_int_equal(duo_mailbox_poll_report(&rig->client, &report),
                         DUO_ERR_BUSY);
        *word ^= 1U << (bit % 32U);
    }
    assert_int_equal(duo_mailbox_poll_report(&rig->client, &report), DUO_OK);
}

/* Right CRC, wrong sense: it runs what was refused, or halts what was not. */
static void a_contradictory_boot_report_is_no_report(void **state)
{
    static const struct {
        uint32_t word;
        uint32_t value;
    } rows[] = {
        {DUO_WIRE_SESSION,   8                     },
        {DUO_WIRE_BODY,      DUO_WIRE_REPORT_HALTED},
        {DUO_WIRE_BODY,      0                     },
        {DUO_WIRE_BODY + 1U, DUO_REASON_EMPTY      },
        {DUO_WIRE_BODY + 1U, 999                   },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig *rig = fresh(state);
        struct duo_mailbox_report report;
        uint32_t record[DUO_WIRE_REPORT_WORDS] = {DUO_WIRE_REPORT_MAGIC};

        rig_install(rig, &rig_good_image);
        duo_mailbox_request_report(&rig->client, 9);
        rig_release(rig);
        run(rig);
        assert_true(duo_wire_take_record(rig->mem, DUO_WIRE_REPORT_WORD, record,
                                         DUO_WIRE_REPORT_WORDS));
        record[rows[i].word] = rows[i].value;
        duo_wire_store_record(rig->mem, DUO_WIRE_REPORT_WORD, record,
                              DUO_WIRE_REPORT_WORDS);
        assert_int_equal(duo_mailbox_poll_report(&rig->client, &report),
                         DUO_ERR_BUSY);
    }
}

/* Only the session that was taken is void, not those that follow. */
static void an_older_alive_record_voids_nothing(void **state)
{
    struct rig *rig = fresh(state);
    uint32_t alive[DUO_WIRE_ALIVE_WORDS] = {DUO_WIRE_ALIVE_MAGIC, 0, 5};

    duo_mailbox_request_session(&rig->client, 6);
    duo_wire_store_record(rig->mem, DUO_WIRE_ALIVE_WORD, alive,
                          DUO_WIRE_ALIVE_WORDS);
    rig_release(rig);
    assert_int_equal(duo_mailbox_open(&rig->client), DUO_OK);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_SESSION);
}

static void closing_without_a_start_waits(void **state)
{
    struct rig *rig = fresh(state);

    rig_install(rig, &rig_good_image);
    rig_open(rig, 3);
    duo_mailbox_close(&rig->client);
    run(rig);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_HALTED);
    assert_int_equal(rig->netboot.reason, DUO_REASON_NONE);
    assert_int_equal(rig->netboot.verdict, DUO_VERDICT_REJECT);
    for (size_t i = 0; i < DUO_MAILBOX_BYTES / 4U; i++) {
        assert_int_equal(rig->mem[i], 0);
    }
}

static void protect_first(void *ctx)
{
    struct rig *rig = ctx;

    rig->protected ++;
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_RESET);
    assert_int_equal(rig->net.reads, 0);
    assert_int_equal(rig->mem[DUO_WIRE_ALIVE_WORD], 0);
}

static void netboot_protects_itself_before_anything_else(void **state)
{
    struct rig *rig = fresh(state);

    rig->netboot_config.protect = protect_first;
    rig_open(rig, 3);
    assert_int_equal(rig->protected, 1);
    duo_mailbox_close(&rig->client);
    rig_release(rig);
    run(rig);
    assert_true(rig->net.reads > 0);
    assert_int_equal(rig->protected, 2);
}

int main(void)
{
    static struct rig rig;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(a_verified_image_is_started, &rig),
        cmocka_unit_test_prestate(nothing_unverified_is_started, &rig),
        cmocka_unit_test_prestate(every_damaged_byte_is_refused, &rig),
        cmocka_unit_test_prestate(a_session_is_valid_for_one_boot, &rig),
        cmocka_unit_test_prestate(
            without_an_invitation_the_mailbox_is_not_written, &rig),
        cmocka_unit_test_prestate(a_damaged_session_request_opens_nothing,
                                  &rig),
        cmocka_unit_test_prestate(
            unknown_versions_kinds_and_session_zero_open_nothing, &rig),
        cmocka_unit_test_prestate(a_boot_reports_what_it_verified, &rig),
        cmocka_unit_test_prestate(a_damaged_boot_report_is_no_report, &rig),
        cmocka_unit_test_prestate(a_contradictory_boot_report_is_no_report,
                                  &rig),
        cmocka_unit_test_prestate(an_older_alive_record_voids_nothing, &rig),
        cmocka_unit_test_prestate(closing_without_a_start_waits, &rig),
        cmocka_unit_test_prestate(netboot_protects_itself_before_anything_else,
                                  &rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
