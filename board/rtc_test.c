/* SPDX-License-Identifier: MIT */
/* RTC: exact ticks, events, the clock that it needs. */
#include "bench.h"
#include "links.h"

enum {
    START,
    STOP,
    CLEAR,
    TRIGOVRFLW,
    CAPTURE0 = 16,
};

enum {
    TICK,
    OVRFLW,
    COMPARE0 = 16,
};

#define EVTENSET   0x344U
#define EVTENCLR   0x348U
#define COUNTER    0x504U
#define PRESCALER  0x508U
#define CC         0x540U
#define LFCLKSRC   0x518U
#define LFCLKSTART 2U
#define LFCLKSTOP  3U

struct rtc_bench {
    struct bench bench;
    struct vb_periph *clock;
    struct vb_periph *rtc;
};

/* A board whose LFCLK runs, at an edge of it. */
static void begin(struct rtc_bench *at)
{
    bench_init(&at->bench);
    at->clock = bench_find(&at->bench, DUO_CORE_APP, &vb_type_clock_app, 0);
    at->rtc = bench_find(&at->bench, DUO_CORE_APP, &vb_type_rtc, 1);
    bench_write(at->clock, LFCLKSRC, 1);
    bench_task(at->clock, LFCLKSTART);
    bench_wait_us(&at->bench, 1000);
    bench_until(&at->bench,
                vb_lf_ticks(vb_lf_count(vb_now(at->bench.vb)) + 1U));
}

static uint64_t lf_now(struct rtc_bench *at)
{
    return vb_lf_count(vb_now(at->bench.vb));
}

static void until_lf(struct rtc_bench *at, uint64_t lf)
{
    bench_until(&at->bench, vb_lf_ticks(lf));
}

static void counter_follows_the_clock_exactly(void **state)
{
    struct rtc_bench at;
    uint64_t start_lf;

    (void)state;
    begin(&at);
    start_lf = lf_now(&at);
    bench_task(at.rtc, START);
    assert_int_equal(bench_read(at.rtc, COUNTER), 0);
    /* One tick before an edge, and at it: no rounding adds up. */
    for (uint64_t n = 1; n < 70000; n = n * 3 + 1) {
        bench_until(&at.bench, vb_lf_ticks(start_lf + n) - 1U);
        assert_int_equal(bench_read(at.rtc, COUNTER), n - 1U);
        until_lf(&at, start_lf + n);
        assert_int_equal(bench_read(at.rtc, COUNTER), n);
    }
    bench_end(&at.bench);
}

static void a_second_has_32768_ticks(void **state)
{
    struct rtc_bench at;

    (void)state;
    begin(&at);
    bench_task(at.rtc, START);
    bench_wait_us(&at.bench, 1000000);
    assert_int_equal(bench_read(at.rtc, COUNTER), 32768);
    bench_task(at.rtc, STOP);
    bench_wait_us(&at.bench, 1000);
    assert_int_equal(bench_read(at.rtc, COUNTER), 32768);
    bench_task(at.rtc, CLEAR);
    assert_int_equal(bench_read(at.rtc, COUNTER), 0);
    bench_end(&at.bench);
}

static void prescaler_divides_and_is_locked_while_running(void **state)
{
    struct rtc_bench at;
    uint64_t start_lf;

    (void)state;
    begin(&at);
    bench_write(at.rtc, PRESCALER, 9);
    start_lf = lf_now(&at);
    bench_task(at.rtc, START);
    bench_write(at.rtc, PRESCALER, 0);
    assert_int_equal(bench_read(at.rtc, PRESCALER), 9);
    until_lf(&at, start_lf + 59);
    assert_int_equal(bench_read(at.rtc, COUNTER), 5);
    until_lf(&at, start_lf + 60);
    assert_int_equal(bench_read(at.rtc, COUNTER), 6);
    bench_end(&at.bench);
}

static void compare_comes_at_its_tick(void **state)
{
    struct rtc_bench at;
    uint64_t start_lf;

    (void)state;
    begin(&at);
    bench_write(at.rtc, CC + 8, 100);
    bench_write(at.rtc, BENCH_INTENSET, 1U << (COMPARE0 + 2));
    start_lf = lf_now(&at);
    bench_task(at.rtc, START);
    bench_until(&at.bench, vb_lf_ticks(start_lf + 100) - 1U);
    assert_false(bench_event(at.rtc, COMPARE0 + 2));
    until_lf(&at, start_lf + 100);
    assert_true(bench_event(at.rtc, COMPARE0 + 2));
    /* Once in a round of the counter, and not at all if it is written with
     * the present count. */
    bench_write(at.rtc, CC + 8, 100);
    until_lf(&at, start_lf + 1000);
    assert_false(bench_event(at.rtc, COMPARE0 + 2));
    bench_end(&at.bench);
}

static void events_need_evten_or_inten(void **state)
{
    struct rtc_bench at;
    uint64_t start_lf;

    (void)state;
    begin(&at);
    bench_write(at.rtc, CC, 10);
    bench_write(at.rtc, CC + 4, 20);
    bench_write(at.rtc, CC + 12, 30);
    bench_write(at.rtc, EVTENSET, 1U << (COMPARE0 + 1));
    start_lf = lf_now(&at);
    bench_task(at.rtc, START);
    until_lf(&at, start_lf + 21);
    /* An interrupt that is enabled on the way counts from there. */
    bench_write(at.rtc, BENCH_INTENSET,
                1U << COMPARE0 | 1U << (COMPARE0 + 3) | 1U << TICK);
    assert_false(bench_event(at.rtc, TICK));
    until_lf(&at, start_lf + 31);
    assert_false(bench_event(at.rtc, COMPARE0));
    assert_true(bench_event(at.rtc, COMPARE0 + 1));
    assert_true(bench_event(at.rtc, COMPARE0 + 3));
    assert_true(bench_event(at.rtc, TICK));
    bench_write(at.rtc, BENCH_INTENCLR, 1U << TICK);
    bench_write(at.rtc, EVTENCLR, 1U << (COMPARE0 + 1));
    assert_int_equal(bench_read(at.rtc, EVTENSET), 0);
    until_lf(&at, start_lf + 40);
    assert_false(bench_event(at.rtc, TICK));
    bench_end(&at.bench);
}

static void overflow_and_capture(void **state)
{
    struct rtc_bench at;
    uint64_t start_lf;

    (void)state;
    begin(&at);
    bench_write(at.rtc, EVTENSET, 1U << OVRFLW);
    bench_task(at.rtc, START);
    start_lf = lf_now(&at);
    bench_task(at.rtc, TRIGOVRFLW);
    assert_int_equal(bench_read(at.rtc, COUNTER), 0xFFFFF0);
    until_lf(&at, start_lf + 15);
    assert_false(bench_event(at.rtc, OVRFLW));
    until_lf(&at, start_lf + 18);
    assert_true(bench_event(at.rtc, OVRFLW));
    bench_task(at.rtc, CAPTURE0 + 3);
    assert_int_equal(bench_read(at.rtc, CC + 12), 2);
    bench_end(&at.bench);
}

static void clear_by_shortcut_keeps_the_period(void **state)
{
    struct rtc_bench at;
    uint64_t start_lf;

    (void)state;
    begin(&at);
    bench_write(at.rtc, CC, 7);
    bench_write(at.rtc, BENCH_SHORTS, 1);
    bench_write(at.rtc, EVTENSET, 1U << COMPARE0);
    start_lf = lf_now(&at);
    bench_task(at.rtc, START);
    until_lf(&at, start_lf + 7 * 1000);
    assert_true(bench_event(at.rtc, COMPARE0));
    assert_int_equal(bench_read(at.rtc, COUNTER), 0);
    until_lf(&at, start_lf + 7 * 1000 + 6);
    assert_false(bench_event(at.rtc, COMPARE0));
    assert_int_equal(bench_read(at.rtc, COUNTER), 6);
    bench_end(&at.bench);
}

static void stands_still_without_the_clock(void **state)
{
    struct rtc_bench at;
    uint32_t counted;

    (void)state;
    begin(&at);
    bench_write(at.rtc, CC, 60);
    bench_write(at.rtc, EVTENSET, 1U << COMPARE0);
    bench_task(at.rtc, START);
    bench_wait_us(&at.bench, 1000);
    bench_task(at.clock, LFCLKSTOP);
    counted = bench_read(at.rtc, COUNTER);
    assert_in_range(counted, 32, 33);
    bench_wait_us(&at.bench, 10000);
    assert_int_equal(bench_read(at.rtc, COUNTER), counted);
    assert_false(bench_event(at.rtc, COMPARE0));
    bench_task(at.clock, LFCLKSTART);
    bench_wait_us(&at.bench, 600 + 1000);
    assert_true(bench_event(at.rtc, COMPARE0));
    assert_in_range(bench_read(at.rtc, COUNTER), counted + 32, counted + 33);
    bench_end(&at.bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counter_follows_the_clock_exactly),
        cmocka_unit_test(a_second_has_32768_ticks),
        cmocka_unit_test(prescaler_divides_and_is_locked_while_running),
        cmocka_unit_test(compare_comes_at_its_tick),
        cmocka_unit_test(events_need_evten_or_inten),
        cmocka_unit_test(overflow_and_capture),
        cmocka_unit_test(clear_by_shortcut_keeps_the_period),
        cmocka_unit_test(stands_still_without_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
