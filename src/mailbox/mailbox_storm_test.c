/* SPDX-License-Identifier: MIT */
/* A mailbox whose words change at any time, not only between two polls: a
 * thread writes while both ends run. */
#include "mailbox/mailbox_rig.h"

#include <pthread.h>

static struct rig *fresh(void **state)
{
    struct rig *rig = *state;
    rig_init(rig);
    return rig;
}

struct storm {
    volatile uint32_t *mem;
    volatile bool stop;
};

static void *storm_run(void *ctx)
{
    struct storm *storm = ctx;
    uint32_t random = 12345;

    while (!storm->stop) {
        random = random * 1664525U + 1013904223U;
        storm->mem[DUO_WIRE_ANSWERED_WORD +
                   (random >> 8) %
                       (DUO_MAILBOX_BYTES / 4U - DUO_WIRE_ANSWERED_WORD)] ^=
            1U << (random >> 27);
    }
    return NULL;
}

/* Every kind of operation; any of them may fail. */
static void use(struct rig *rig)
{
    static uint8_t data[2U * RIG_PAGE];
    struct duo_area area = rig_area(rig);
    struct duo_mailbox_report report;
    enum duo_err errs[] = {
        duo_area_read(&area, 0, data, sizeof(data)),
        duo_area_erase(&area, 0, RIG_PAGE),
        duo_area_write(&area, 0, data, sizeof(data)),
        duo_mailbox_digest(&rig->client, 0, RIG_PAGE, data),
        duo_mailbox_verify(&rig->client, &report),
    };

    for (size_t i = 0; i < sizeof(errs) / sizeof(errs[0]); i++) {
        assert_true(errs[i] == DUO_OK || rig->client.fault != DUO_REASON_NONE);
    }
}

/* Words that change between two reads of the client: a thread that never
 * stops changing them. What was checked is what is used. */
static void words_that_change_all_the_time_do_no_harm(void **state)
{
    struct rig *rig = fresh(state);
    struct storm storm = {.mem = rig->mem};
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, storm_run, &storm), 0);
    for (uint32_t round = 1; round <= 300; round++) {
        uint32_t size_bytes;
        duo_mailbox_request_session(&rig->client, round);
        rig_release(rig);
        if (duo_mailbox_open(&rig->client) != DUO_OK) {
            assert_int_not_equal(rig->client.fault, DUO_REASON_NONE);
        }
        size_bytes = rig->client.flash.geometry.size_bytes;
        assert_true(size_bytes == 0 || size_bytes == RIG_SLOT_BYTES);
        use(rig);
    }
    storm.stop = true;
    assert_int_equal(pthread_join(thread, NULL), 0);
    rig_open(rig, 1000);
    use(rig);
    assert_int_equal(rig->client.fault, DUO_REASON_NONE);
    assert_int_equal(rig->net.outside + rig->hangs, 0);
}

int main(void)
{
    static struct rig rig;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(words_that_change_all_the_time_do_no_harm,
                                  &rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
