/* SPDX-License-Identifier: MIT */
/* TIMER: exact to a sixteenth of a microsecond, in all its modes. */
#include "bench.h"

enum {
    START,
    STOP,
    COUNT,
    CLEAR,
    CAPTURE0 = 16,
};

#define COMPARE0  16U
#define MODE      0x504U
#define BITMODE   0x508U
#define PRESCALER 0x510U
#define CC        0x540U
#define ONESHOTEN 0x580U
#define TICKS     8U /* Of our clock, for one at 16 MHz. */

struct timer_bench {
    struct bench bench;
    struct vb_periph *timer;
    uint64_t start_ticks;
};

static void begin(struct timer_bench *at)
{
    bench_init(&at->bench);
    at->timer = bench_find(&at->bench, DUO_CORE_APP, &vb_type_timer, 1);
    bench_write(at->timer, BITMODE, 3);
    bench_write(at->timer, PRESCALER, 0);
}

static void start(struct timer_bench *at)
{
    at->start_ticks = vb_now(at->bench.vb);
    bench_task(at->timer, START);
}

/* Until @p count sixteenths of a microsecond after the start, less a tick if
 * asked for. */
static void until(struct timer_bench *at, uint64_t count, bool just_before)
{
    bench_until(&at->bench,
                at->start_ticks + count * TICKS - (just_before ? 1U : 0U));
}

static uint32_t captured(struct timer_bench *at)
{
    bench_task(at->timer, CAPTURE0 + 5);
    return bench_read(at->timer, CC + 20);
}

static void captures_are_exact(void **state)
{
    struct timer_bench at;

    (void)state;
    begin(&at);
    start(&at);
    until(&at, 1000, true);
    assert_int_equal(captured(&at), 999);
    until(&at, 1000, false);
    assert_int_equal(captured(&at), 1000);
    bench_task(at.timer, STOP);
    until(&at, 2000, false);
    assert_int_equal(captured(&at), 1000);
    bench_task(at.timer, START);
    until(&at, 2500, false);
    assert_int_equal(captured(&at), 1500);
    bench_task(at.timer, CLEAR);
    until(&at, 2600, false);
    assert_int_equal(captured(&at), 100);
    bench_end(&at.bench);
}

static void prescaler_divides(void **state)
{
    struct timer_bench at;

    (void)state;
    for (uint32_t prescaler = 0; prescaler <= 9; prescaler += 3) {
        begin(&at);
        bench_write(at.timer, PRESCALER, prescaler);
        bench_write(at.timer, CC, 5);
        start(&at);
        until(&at, (uint64_t)5 << prescaler, true);
        assert_false(bench_event(at.timer, COMPARE0));
        until(&at, (uint64_t)5 << prescaler, false);
        assert_true(bench_event(at.timer, COMPARE0));
        assert_int_equal(captured(&at), 5);
        bench_end(&at.bench);
    }
}

static void width_wraps(void **state)
{
    static const struct {
        uint32_t bitmode;
        uint32_t count;
    } rows[] = {
        {0, 65536},
        {1, 256  },
    };
    struct timer_bench at;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin(&at);
        bench_write(at.timer, BITMODE, rows[i].bitmode);
        bench_write(at.timer, CC, 3);
        start(&at);
        until(&at, 3, false);
        assert_true(bench_event(at.timer, COMPARE0));
        until(&at, rows[i].count + 3U, true);
        assert_false(bench_event(at.timer, COMPARE0));
        assert_int_equal(captured(&at), 2);
        until(&at, rows[i].count + 3U, false);
        assert_true(bench_event(at.timer, COMPARE0));
        bench_end(&at.bench);
    }
}

static void one_shot_fires_until_cc_is_written_again(void **state)
{
    struct timer_bench at;

    (void)state;
    begin(&at);
    bench_write(at.timer, BITMODE, 1);
    bench_write(at.timer, CC + 4, 10);
    bench_write(at.timer, ONESHOTEN + 4, 1);
    start(&at);
    until(&at, 10, false);
    assert_true(bench_event(at.timer, COMPARE0 + 1));
    until(&at, 1024, false);
    assert_false(bench_event(at.timer, COMPARE0 + 1));
    bench_write(at.timer, CC + 4, 20);
    until(&at, 1024 + 20, false);
    assert_true(bench_event(at.timer, COMPARE0 + 1));
    bench_end(&at.bench);
}

static void shortcuts_clear_and_stop(void **state)
{
    struct timer_bench at;

    (void)state;
    begin(&at);
    bench_write(at.timer, CC, 160);
    bench_write(at.timer, BENCH_SHORTS, 1); /* COMPARE0 clears. */
    start(&at);
    until(&at, 160 * 500 + 7, false);
    assert_int_equal(captured(&at), 7);
    bench_write(at.timer, BENCH_SHORTS, 1U << 16); /* COMPARE0 stops. */
    until(&at, 160 * 501 + 50, false);
    assert_int_equal(captured(&at), 160);
    bench_end(&at.bench);
}

static void counter_mode_counts_tasks(void **state)
{
    struct timer_bench at;

    (void)state;
    begin(&at);
    bench_write(at.timer, MODE, 1);
    bench_write(at.timer, CC, 3);
    bench_task(at.timer, COUNT);
    start(&at);
    for (unsigned i = 1; i <= 3; i++) {
        assert_false(bench_event(at.timer, COMPARE0));
        bench_task(at.timer, COUNT);
        bench_wait_us(&at.bench, 10);
        assert_int_equal(captured(&at), i);
    }
    assert_true(bench_event(at.timer, COMPARE0));
    bench_end(&at.bench);
}

static void network_core_has_two_channels_more(void **state)
{
    struct timer_bench at;

    (void)state;
    begin(&at);
    bench_release_net(&at.bench);
    at.timer = bench_find(&at.bench, DUO_CORE_NET, &vb_type_timer, 2);
    bench_write(at.timer, PRESCALER, 0);
    bench_write(at.timer, CC + 28, 100);
    start(&at);
    until(&at, 100, false);
    assert_true(bench_event(at.timer, COMPARE0 + 7));
    bench_end(&at.bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captures_are_exact),
        cmocka_unit_test(prescaler_divides),
        cmocka_unit_test(width_wraps),
        cmocka_unit_test(one_shot_fires_until_cc_is_written_again),
        cmocka_unit_test(shortcuts_clear_and_stop),
        cmocka_unit_test(counter_mode_counts_tasks),
        cmocka_unit_test(network_core_has_two_channels_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
