/* SPDX-License-Identifier: MIT */
/* WDT: it bites on time, only its keys hold it, and it says who it was. */
#include "bench.h"
#include "links.h"

enum {
    START,
    STOP,
};

enum {
    TIMEOUT,
    STOPPED,
};

#define RUNSTATUS 0x400U
#define REQSTATUS 0x404U
#define CRV       0x504U
#define RREN      0x508U
#define CONFIG    0x50CU
#define TSEN      0x520U
#define RR        0x600U
#define KEY       0x6E524635U
#define RESETREAS 0x400U

struct wdt_bench {
    struct bench bench;
    struct vb_periph *clock;
    struct vb_periph *wdt;
    uint64_t resets; /* At the start: a power-up counts. */
};

static uint64_t app_resets(struct wdt_bench *at)
{
    struct duo_vb_core_stats stats;

    duo_vb_core_stats(at->bench.vb, DUO_CORE_APP, &stats);
    return stats.resets - at->resets;
}

static void begin(struct wdt_bench *at, unsigned instance)
{
    bench_init(&at->bench);
    at->clock = bench_find(&at->bench, DUO_CORE_APP, &vb_type_clock_app, 0);
    at->wdt = bench_find(&at->bench, DUO_CORE_APP, &vb_type_wdt, instance);
    bench_write(at->clock, RESETREAS, 0xFFFFFFFF);
    at->resets = 0;
    at->resets = app_resets(at);
}

static void bites_on_time_and_says_who(void **state)
{
    static const uint32_t reasons[] = {1U << 1, 1U << 25};
    struct wdt_bench at;

    (void)state;
    for (unsigned instance = 0; instance < 2; instance++) {
        uint64_t start_lf;
        begin(&at, instance);
        bench_write(at.wdt, CRV, 32767);
        start_lf = vb_lf_count(vb_now(at.bench.vb));
        bench_task(at.wdt, START);
        assert_int_equal(bench_read(at.wdt, RUNSTATUS), 1);
        bench_until(&at.bench, vb_lf_ticks(start_lf + 32768) - 1U);
        assert_false(bench_event(at.wdt, TIMEOUT));
        bench_until(&at.bench, vb_lf_ticks(start_lf + 32768));
        assert_true(bench_event(at.wdt, TIMEOUT));
        assert_int_equal(bench_read(at.wdt, RUNSTATUS), 1);
        bench_until(&at.bench, vb_lf_ticks(start_lf + 32771));
        assert_int_equal(bench_read(at.wdt, RUNSTATUS), 0);
        assert_int_equal(bench_read(at.clock, RESETREAS), reasons[instance]);
        assert_int_equal(app_resets(&at), 1);
        bench_end(&at.bench);
    }
}

static void all_requests_reload_it(void **state)
{
    struct wdt_bench at;

    (void)state;
    begin(&at, 0);
    bench_write(at.wdt, CRV, 3276); /* 100 ms */
    bench_write(at.wdt, RREN, 5);
    bench_task(at.wdt, START);
    for (unsigned i = 0; i < 10; i++) {
        bench_wait_us(&at.bench, 80000);
        assert_int_equal(bench_read(at.wdt, REQSTATUS), 5);
        bench_write(at.wdt, RR, KEY);
        bench_write(at.wdt, RR + 8, KEY ^ 1U); /* A wrong key. */
        assert_int_equal(bench_read(at.wdt, REQSTATUS), 4);
        bench_write(at.wdt, RR + 8, KEY);
        assert_int_equal(bench_read(at.wdt, REQSTATUS), 5);
    }
    /* One of two is not enough. */
    bench_write(at.wdt, RR, KEY);
    bench_wait_us(&at.bench, 110000);
    assert_int_equal(bench_read(at.clock, RESETREAS), 1U << 1);
    bench_end(&at.bench);
}

static void settings_are_locked_once_started(void **state)
{
    struct wdt_bench at;

    (void)state;
    begin(&at, 0);
    bench_write(at.wdt, CRV, 1000);
    bench_task(at.wdt, START);
    bench_write(at.wdt, CRV, 1000000);
    bench_write(at.wdt, RREN, 0xFF);
    bench_write(at.wdt, CONFIG, 0x40);
    assert_int_equal(bench_read(at.wdt, CRV), 1000);
    assert_int_equal(bench_read(at.wdt, RREN), 1);
    assert_int_equal(bench_read(at.wdt, CONFIG), 1);
    bench_write(at.wdt, TSEN, KEY);
    bench_task(at.wdt, STOP); /* STOPEN was not set. */
    assert_int_equal(bench_read(at.wdt, RUNSTATUS), 1);
    bench_wait_us(&at.bench, 40000);
    assert_int_equal(bench_read(at.clock, RESETREAS), 1U << 1);
    bench_end(&at.bench);
}

static void stops_with_its_key_only(void **state)
{
    struct wdt_bench at;

    (void)state;
    begin(&at, 0);
    bench_write(at.wdt, CRV, 1000);
    bench_write(at.wdt, CONFIG, 0x41);
    bench_task(at.wdt, START);
    bench_task(at.wdt, STOP);
    assert_int_equal(bench_read(at.wdt, RUNSTATUS), 1);
    bench_write(at.wdt, TSEN, KEY);
    bench_task(at.wdt, STOP);
    assert_true(bench_event(at.wdt, STOPPED));
    assert_int_equal(bench_read(at.wdt, RUNSTATUS), 0);
    bench_wait_us(&at.bench, 100000);
    assert_int_equal(app_resets(&at), 0);
    bench_end(&at.bench);
}

static void survives_a_soft_reset_but_no_pin_reset(void **state)
{
    struct wdt_bench at;

    (void)state;
    begin(&at, 0);
    bench_write(at.wdt, CRV, 3276);
    bench_task(at.wdt, START);
    bench_wait_us(&at.bench, 50000);
    vb_reset_request(at.bench.vb, DUO_CORE_APP, VB_RESET_SOFT, 1U << 3);
    bench_wait_us(&at.bench, 30000);
    assert_int_equal(bench_read(at.wdt, RUNSTATUS), 1);
    assert_int_equal(bench_read(at.wdt, CRV), 3276);
    duo_vb_reset_pin(at.bench.vb);
    bench_wait_us(&at.bench, 200000);
    assert_int_equal(bench_read(at.wdt, RUNSTATUS), 0);
    /* SREQ and RESETPIN, and no DOG0. */
    assert_int_equal(bench_read(at.clock, RESETREAS), 1U << 3 | 1U);
    bench_end(&at.bench);
}

static void network_watchdog_resets_its_core_only(void **state)
{
    struct wdt_bench at;
    struct vb_periph *net_clock;

    (void)state;
    begin(&at, 0);
    bench_release_net(&at.bench);
    at.wdt = bench_find(&at.bench, DUO_CORE_NET, &vb_type_wdt, 0);
    net_clock = bench_find(&at.bench, DUO_CORE_NET, &vb_type_clock_net, 0);
    bench_write(net_clock, RESETREAS, 0xFFFFFFFF);
    bench_write(at.wdt, CRV, 1000);
    bench_task(at.wdt, START);
    bench_wait_us(&at.bench, 40000);
    assert_int_equal(bench_read(net_clock, RESETREAS), 1U << 18);
    assert_int_equal(bench_read(at.wdt, RUNSTATUS), 0);
    assert_int_equal(app_resets(&at), 0);
    bench_end(&at.bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bites_on_time_and_says_who),
        cmocka_unit_test(all_requests_reload_it),
        cmocka_unit_test(settings_are_locked_once_started),
        cmocka_unit_test(stops_with_its_key_only),
        cmocka_unit_test(survives_a_soft_reset_but_no_pin_reset),
        cmocka_unit_test(network_watchdog_resets_its_core_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
