/* SPDX-License-Identifier: MIT */
/* IPC and MUTEX: what the two cores share. */
#include "bench.h"

#define SEND_CNF    0x510U
#define RECEIVE_CNF 0x590U
#define GPMEM       0x610U
#define MUTEX       0x400U

struct ipc_bench {
    struct bench bench;
    struct vb_periph *app;
    struct vb_periph *net;
};

static void begin(struct ipc_bench *at)
{
    bench_init(&at->bench);
    at->app = bench_find(&at->bench, DUO_CORE_APP, &vb_type_ipc, 0);
    at->net = bench_find(&at->bench, DUO_CORE_NET, &vb_type_ipc, 0);
}

static void signals_reach_the_other_core(void **state)
{
    struct ipc_bench at;

    (void)state;
    begin(&at);
    bench_release_net(&at.bench);
    bench_write(at.app, SEND_CNF + 4 * 3, 1U << 9 | 1U << 2);
    bench_write(at.net, RECEIVE_CNF + 4 * 5, 1U << 9);
    bench_write(at.net, RECEIVE_CNF + 4 * 15, 1U << 2);
    bench_write(at.net, RECEIVE_CNF + 4 * 6, 1U << 8);
    bench_task(at.app, 3);
    assert_false(bench_event(at.net, 5)); /* It travels. */
    bench_wait_us(&at.bench, 2);
    assert_true(bench_event(at.net, 5));
    assert_true(bench_event(at.net, 15));
    assert_false(bench_event(at.net, 6));
    assert_false(bench_event(at.app, 5));
    /* And back. */
    bench_write(at.net, SEND_CNF, 1U << 15);
    bench_write(at.app, RECEIVE_CNF, 1U << 15);
    bench_task(at.net, 0);
    bench_wait_us(&at.bench, 2);
    assert_true(bench_event(at.app, 0));
    bench_end(&at.bench);
}

static void a_core_hears_itself_if_it_wants(void **state)
{
    struct ipc_bench at;

    (void)state;
    begin(&at);
    bench_write(at.app, SEND_CNF, 1U << 4);
    bench_task(at.app, 0);
    bench_wait_us(&at.bench, 2);
    assert_false(bench_event(at.app, 1));
    bench_write(at.app, RECEIVE_CNF + 4, 1U << 4);
    bench_task(at.app, 0);
    bench_wait_us(&at.bench, 2);
    assert_true(bench_event(at.app, 1));
    bench_end(&at.bench);
}

static void a_core_without_power_hears_nothing(void **state)
{
    struct ipc_bench at;

    (void)state;
    begin(&at);
    bench_write(at.app, SEND_CNF, 1);
    bench_write(at.net, RECEIVE_CNF, 1);
    bench_task(at.app, 0);
    bench_wait_us(&at.bench, 2);
    assert_false(bench_event(at.net, 0));
    bench_end(&at.bench);
}

/* [Zephyr, erratum 165] The circle costs time, and ends when it is opened. */
static void a_signal_may_run_in_a_circle(void **state)
{
    struct ipc_bench at;
    struct vb_periph *periph[2];

    (void)state;
    begin(&at);
    bench_release_net(&at.bench);
    periph[0] = at.app;
    periph[1] = at.net;
    for (unsigned i = 0; i < 2; i++) {
        bench_write(bench_find(&at.bench, periph[i]->core, &vb_type_dppic, 0),
                    0x500, 1);
        bench_write(periph[i], SEND_CNF, 1U << i);
        bench_write(periph[i], RECEIVE_CNF + 4, 1U << (1U - i));
        bench_write(periph[i], BENCH_SUBSCRIBE, BENCH_CHANNEL);
        bench_write(periph[i], BENCH_PUBLISH + 4, BENCH_CHANNEL);
    }
    bench_task(at.app, 0);
    for (unsigned i = 0; i < 10; i++) {
        bench_wait_us(&at.bench, 3);
        assert_true(bench_event(at.app, 1));
        assert_true(bench_event(at.net, 1));
    }
    bench_write(at.net, BENCH_PUBLISH + 4, 0);
    bench_wait_us(&at.bench, 3);
    (void)bench_event(at.app, 1);
    bench_wait_us(&at.bench, 3);
    assert_false(bench_event(at.app, 1));
    bench_end(&at.bench);
}

static void each_core_has_its_own_memory_words(void **state)
{
    struct ipc_bench at;

    (void)state;
    begin(&at);
    bench_release_net(&at.bench);
    bench_write(at.app, GPMEM + 4, 0x12345678);
    assert_int_equal(bench_read(at.app, GPMEM + 4), 0x12345678);
    assert_int_equal(bench_read(at.net, GPMEM + 4), 0);
    bench_end(&at.bench);
}

static void a_read_takes_the_mutex(void **state)
{
    struct ipc_bench at;
    struct vb_periph *mutex;
    uint32_t word = 9;

    (void)state;
    begin(&at);
    mutex = bench_find(&at.bench, DUO_CORE_APP, &vb_type_mutex, 0);
    /* A debugger looks and takes nothing. */
    assert_int_equal(vb_bus_read(mutex, MUTEX + 8, 4, true), 0);
    assert_int_equal(bench_read(mutex, MUTEX + 8), 0);
    assert_int_equal(bench_read(mutex, MUTEX + 8), 1);
    assert_int_equal(bench_read(mutex, MUTEX + 12), 0);
    /* The network core sees the same one. */
    bench_release_net(&at.bench);
    assert_true(duo_vb_mem_read(at.bench.vb, DUO_CORE_NET, 0x40030408U, &word,
                                sizeof(word)));
    assert_int_equal(word, 1);
    bench_write(mutex, MUTEX + 8, 0);
    bench_write(mutex, MUTEX + 16, 1); /* A write does not take it. */
    assert_int_equal(bench_read(mutex, MUTEX + 8), 0);
    assert_int_equal(bench_read(mutex, MUTEX + 16), 0);
    bench_end(&at.bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_reach_the_other_core),
        cmocka_unit_test(a_core_hears_itself_if_it_wants),
        cmocka_unit_test(a_core_without_power_hears_nothing),
        cmocka_unit_test(a_signal_may_run_in_a_circle),
        cmocka_unit_test(each_core_has_its_own_memory_words),
        cmocka_unit_test(a_read_takes_the_mutex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
