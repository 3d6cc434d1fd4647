/* SPDX-License-Identifier: MIT */
/* DPPIC and EGU: from events to tasks without the core. */
#include "bench.h"

#define CHEN    0x500U
#define CHENSET 0x504U
#define CHENCLR 0x508U
#define CHG     0x800U

struct dppi_bench {
    struct bench bench;
    struct vb_periph *dppic;
    struct vb_periph *egu[3];
};

/* EGU0's event 0 to EGU1's task 7 by channel 31. */
static void begin(struct dppi_bench *at)
{
    bench_init(&at->bench);
    at->dppic = bench_find(&at->bench, DUO_CORE_APP, &vb_type_dppic, 0);
    for (unsigned i = 0; i < 3; i++) {
        at->egu[i] = bench_find(&at->bench, DUO_CORE_APP, &vb_type_egu, i);
    }
    bench_write(at->egu[0], BENCH_PUBLISH, BENCH_CHANNEL | 31U);
    bench_write(at->egu[1], BENCH_SUBSCRIBE + 4 * 7, BENCH_CHANNEL | 31U);
}

/* Does the link work? */
static bool links(struct dppi_bench *at)
{
    bench_task(at->egu[0], 0);
    assert_true(bench_event(at->egu[0], 0));
    return bench_event(at->egu[1], 7);
}

static void a_task_of_egu_is_its_event(void **state)
{
    struct dppi_bench at;

    (void)state;
    begin(&at);
    for (unsigned i = 0; i < 16; i++) {
        bench_task(at.egu[2], i);
        for (unsigned j = 0; j < 16; j++) {
            assert_int_equal(bench_event(at.egu[2], j), i == j);
        }
    }
    bench_end(&at.bench);
}

static void a_channel_links_while_it_is_enabled(void **state)
{
    struct dppi_bench at;

    (void)state;
    begin(&at);
    assert_false(links(&at));
    bench_write(at.dppic, CHENSET, 0x80000000);
    bench_write(at.dppic, CHENSET, 1);
    assert_int_equal(bench_read(at.dppic, CHEN), 0x80000001);
    assert_true(links(&at));
    bench_write(at.dppic, CHENCLR, 0x80000000);
    assert_int_equal(bench_read(at.dppic, CHENSET), 1);
    assert_false(links(&at));
    bench_write(at.dppic, CHEN, 0x80000000);
    assert_int_equal(bench_read(at.dppic, CHENCLR), 0x80000000);
    assert_true(links(&at));
    bench_end(&at.bench);
}

static void both_ends_must_be_enabled(void **state)
{
    struct dppi_bench at;

    (void)state;
    begin(&at);
    bench_write(at.dppic, CHEN, 0x80000000);
    bench_write(at.egu[0], BENCH_PUBLISH, 31);
    assert_false(links(&at));
    bench_write(at.egu[0], BENCH_PUBLISH, BENCH_CHANNEL | 31U);
    bench_write(at.egu[1], BENCH_SUBSCRIBE + 4 * 7, BENCH_CHANNEL | 30U);
    assert_false(links(&at));
    bench_write(at.egu[1], BENCH_SUBSCRIBE + 4 * 7, BENCH_CHANNEL | 31U);
    assert_true(links(&at));
    bench_end(&at.bench);
}

static void groups_switch_their_channels(void **state)
{
    struct dppi_bench at;

    (void)state;
    begin(&at);
    bench_write(at.dppic, CHG + 4 * 5, 0x80000004);
    bench_write(at.dppic, CHEN, 2);
    bench_task(at.dppic, 2 * 5); /* CHG[5].EN */
    assert_int_equal(bench_read(at.dppic, CHEN), 0x80000006);
    assert_true(links(&at));
    /* The group's own channel switches it off: the next event is not heard. */
    bench_write(at.dppic, BENCH_SUBSCRIBE + 4 * (2 * 5 + 1),
                BENCH_CHANNEL | 31U);
    (void)links(&at);
    assert_int_equal(bench_read(at.dppic, CHEN), 2);
    assert_false(links(&at));
    bench_end(&at.bench);
}

static void chains_run_through(void **state)
{
    struct dppi_bench at;

    (void)state;
    begin(&at);
    bench_write(at.dppic, CHEN, 0x80000001);
    bench_write(at.egu[1], BENCH_PUBLISH + 4 * 7, BENCH_CHANNEL);
    bench_write(at.egu[2], BENCH_SUBSCRIBE + 4 * 15, BENCH_CHANNEL);
    assert_true(links(&at));
    assert_true(bench_event(at.egu[2], 15));
    bench_end(&at.bench);
}

static void cores_have_channels_of_their_own(void **state)
{
    struct dppi_bench at;
    struct vb_periph *net_egu;

    (void)state;
    begin(&at);
    bench_release_net(&at.bench);
    net_egu = bench_find(&at.bench, DUO_CORE_NET, &vb_type_egu, 0);
    bench_write(bench_find(&at.bench, DUO_CORE_NET, &vb_type_dppic, 0), CHEN,
                0x80000000);
    bench_write(net_egu, BENCH_SUBSCRIBE + 4, BENCH_CHANNEL | 31U);
    bench_write(at.dppic, CHEN, 0x80000000);
    assert_true(links(&at));
    assert_false(bench_event(net_egu, 1));
    bench_end(&at.bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_of_egu_is_its_event),
        cmocka_unit_test(a_channel_links_while_it_is_enabled),
        cmocka_unit_test(both_ends_must_be_enabled),
        cmocka_unit_test(groups_switch_their_channels),
        cmocka_unit_test(chains_run_through),
        cmocka_unit_test(cores_have_channels_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
