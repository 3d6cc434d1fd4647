/* SPDX-License-Identifier: MIT */
/* GPIO and GPIOTE: who drives a pin, who sees it, and what comes of edges. */
#include "bench.h"

/* Registers of port 0. */
#define OUT        0x504U
#define OUTSET     0x508U
#define OUTCLR     0x50CU
#define IN         0x510U
#define DIR        0x514U
#define DIRSET     0x518U
#define DIRCLR     0x51CU
#define LATCH      0x520U
#define DETECTMODE 0x524U
#define PIN_CNF    0x700U
#define P1_IN      0x810U
#define P1_PIN_CNF 0xA00U

#define CNF_OUTPUT     0x00000003U
#define CNF_PULL_UP    0x0000000CU
#define CNF_SENSE_LOW  0x00030000U
#define CNF_MCUSEL_NET 0x10000000U

/* GPIOTE. */
#define CONFIG     0x510U
#define EVENT_PORT 31U
#define TASK_OUT   0U
#define TASK_SET   12U
#define TASK_CLR   24U

struct gpio_bench {
    struct bench bench;
    struct vb_periph *gpio;
    struct vb_periph *net_gpio;
    struct vb_periph *gpiote;
};

static void begin(struct gpio_bench *at)
{
    bench_init(&at->bench);
    at->gpio = bench_find(&at->bench, DUO_CORE_APP, &vb_type_gpio, 0);
    at->net_gpio = bench_find(&at->bench, DUO_CORE_NET, &vb_type_gpio, 0);
    at->gpiote = bench_find(&at->bench, DUO_CORE_APP, &vb_type_gpiote, 0);
}

static bool level(struct gpio_bench *at, unsigned pin)
{
    return vb_pin_level(at->bench.vb, 0, pin);
}

static void outputs_drive_their_pins(void **state)
{
    struct gpio_bench at;

    (void)state;
    begin(&at);
    bench_write(at.gpio, OUTSET, 1U << 5 | 1U << 6);
    assert_false(level(&at, 5)); /* Not an output yet. */
    bench_write(at.gpio, DIRSET, 1U << 5 | 1U << 7);
    assert_true(level(&at, 5));
    assert_false(level(&at, 6));
    assert_false(level(&at, 7));
    bench_write(at.gpio, OUTCLR, 1U << 5);
    assert_false(level(&at, 5));
    assert_int_equal(bench_read(at.gpio, OUT), 1U << 6);
    assert_int_equal(bench_read(at.gpio, OUTCLR), 1U << 6);
    bench_end(&at.bench);
}

static void dir_and_pin_cnf_are_one(void **state)
{
    struct gpio_bench at;

    (void)state;
    begin(&at);
    assert_int_equal(bench_read(at.gpio, PIN_CNF + 4 * 3), 2);
    bench_write(at.gpio, DIRSET, 1U << 3);
    assert_int_equal(bench_read(at.gpio, PIN_CNF + 4 * 3), 3);
    bench_write(at.gpio, PIN_CNF + 4 * 4, CNF_OUTPUT);
    assert_int_equal(bench_read(at.gpio, DIR), 1U << 3 | 1U << 4);
    bench_write(at.gpio, DIRCLR, 1U << 4);
    assert_int_equal(bench_read(at.gpio, PIN_CNF + 4 * 4), 2);
    assert_int_equal(bench_read(at.gpio, DIRCLR), 1U << 3);
    bench_end(&at.bench);
}

static void inputs_need_their_buffer(void **state)
{
    struct gpio_bench at;

    (void)state;
    begin(&at);
    vb_pin_drive(at.bench.vb, 1, 9, true);
    assert_int_equal(bench_read(at.gpio, P1_IN), 0);
    bench_write(at.gpio, P1_PIN_CNF + 4 * 9, 0);
    assert_int_equal(bench_read(at.gpio, P1_IN), 1U << 9);
    vb_pin_drive(at.bench.vb, 1, 9, false);
    assert_int_equal(bench_read(at.gpio, P1_IN), 0);
    bench_end(&at.bench);
}

static void pull_up_holds_what_nobody_drives(void **state)
{
    struct gpio_bench at;

    (void)state;
    begin(&at);
    bench_write(at.gpio, PIN_CNF + 4 * 2, CNF_PULL_UP);
    assert_int_equal(bench_read(at.gpio, IN), 1U << 2);
    vb_pin_drive(at.bench.vb, 0, 2, false);
    assert_int_equal(bench_read(at.gpio, IN), 0);
    vb_pin_release(at.bench.vb, 0, 2);
    assert_int_equal(bench_read(at.gpio, IN), 1U << 2);
    bench_end(&at.bench);
}

static void mcusel_gives_a_pin_to_the_network_core(void **state)
{
    struct gpio_bench at;

    (void)state;
    begin(&at);
    bench_release_net(&at.bench);
    bench_write(at.net_gpio, OUTSET, 1U << 4);
    bench_write(at.net_gpio, DIRSET, 1U << 4);
    assert_false(level(&at, 4));
    bench_write(at.gpio, PIN_CNF + 4 * 4, CNF_MCUSEL_NET | 2U);
    assert_true(level(&at, 4));
    /* Only the application core has MCUSEL. */
    bench_write(at.net_gpio, PIN_CNF + 4 * 5, CNF_MCUSEL_NET | CNF_OUTPUT);
    assert_int_equal(bench_read(at.net_gpio, PIN_CNF + 4 * 5), CNF_OUTPUT);
    bench_write(at.gpio, DIRSET, 1U << 4); /* Does not matter now. */
    assert_true(level(&at, 4));
    bench_write(at.gpio, PIN_CNF + 4 * 4, CNF_OUTPUT);
    assert_false(level(&at, 4));
    bench_end(&at.bench);
}

static void edges_make_events(void **state)
{
    struct gpio_bench at;

    (void)state;
    begin(&at);
    vb_pin_drive(at.bench.vb, 1, 3, false);
    bench_write(at.gpio, P1_PIN_CNF + 4 * 3, 0);
    /* Event mode, P1.03; rising, falling, both. */
    for (uint32_t polarity = 1; polarity <= 3; polarity++) {
        bench_write(at.gpiote, CONFIG + 4 * polarity,
                    1U | 35U << 8 | polarity << 16);
    }
    vb_pin_drive(at.bench.vb, 1, 3, true);
    assert_true(bench_event(at.gpiote, 1));
    assert_false(bench_event(at.gpiote, 2));
    assert_true(bench_event(at.gpiote, 3));
    vb_pin_drive(at.bench.vb, 1, 3, true);
    assert_false(bench_event(at.gpiote, 1));
    vb_pin_drive(at.bench.vb, 1, 3, false);
    assert_false(bench_event(at.gpiote, 1));
    assert_true(bench_event(at.gpiote, 2));
    assert_true(bench_event(at.gpiote, 3));
    bench_end(&at.bench);
}

static void tasks_set_the_pin(void **state)
{
    struct gpio_bench at;

    (void)state;
    begin(&at);
    /* Task mode, P0.05, toggles, starts high. */
    bench_write(at.gpiote, CONFIG + 4 * 2, 3U | 5U << 8 | 3U << 16 | 1U << 20);
    assert_true(level(&at, 5));
    bench_task(at.gpiote, TASK_OUT + 2);
    assert_false(level(&at, 5));
    bench_task(at.gpiote, TASK_OUT + 2);
    assert_true(level(&at, 5));
    bench_task(at.gpiote, TASK_CLR + 2);
    assert_false(level(&at, 5));
    bench_task(at.gpiote, TASK_SET + 2);
    assert_true(level(&at, 5));
    bench_task(at.gpiote, TASK_CLR + 3); /* Another channel. */
    assert_true(level(&at, 5));
    /* Given back: the port's registers count again. */
    bench_write(at.gpiote, CONFIG + 4 * 2, 0);
    assert_false(level(&at, 5));
    bench_end(&at.bench);
}

static void sense_latches_and_makes_the_port_event(void **state)
{
    struct gpio_bench at;

    (void)state;
    begin(&at);
    bench_write(at.gpio, PIN_CNF + 4 * 23, CNF_PULL_UP | CNF_SENSE_LOW);
    bench_write(at.gpio, PIN_CNF + 4 * 24, CNF_PULL_UP | CNF_SENSE_LOW);
    assert_false(bench_event(at.gpiote, EVENT_PORT));
    vb_pin_drive(at.bench.vb, 0, 23, false);
    assert_true(bench_event(at.gpiote, EVENT_PORT));
    assert_int_equal(bench_read(at.gpio, LATCH), 1U << 23);
    /* DETECT is one signal: while it is high there is no second edge. */
    vb_pin_drive(at.bench.vb, 0, 24, false);
    assert_false(bench_event(at.gpiote, EVENT_PORT));
    vb_pin_drive(at.bench.vb, 0, 23, true);
    vb_pin_drive(at.bench.vb, 0, 24, true);
    bench_write(at.gpio, LATCH, 0xFFFFFFFF);
    assert_int_equal(bench_read(at.gpio, LATCH), 0);
    vb_pin_drive(at.bench.vb, 0, 24, false);
    assert_true(bench_event(at.gpiote, EVENT_PORT));
    bench_end(&at.bench);
}

static void latched_mode_repeats_until_all_are_cleared(void **state)
{
    struct gpio_bench at;

    (void)state;
    begin(&at);
    bench_write(at.gpio, DETECTMODE, 1);
    bench_write(at.gpio, PIN_CNF + 4 * 23, CNF_PULL_UP | CNF_SENSE_LOW);
    bench_write(at.gpio, PIN_CNF + 4 * 24, CNF_PULL_UP | CNF_SENSE_LOW);
    vb_pin_drive(at.bench.vb, 0, 23, false);
    vb_pin_drive(at.bench.vb, 0, 24, false);
    vb_pin_drive(at.bench.vb, 0, 24, true);
    vb_pin_drive(at.bench.vb, 0, 23, true);
    assert_true(bench_event(at.gpiote, EVENT_PORT));
    bench_write(at.gpio, LATCH, 1U << 23);
    assert_true(bench_event(at.gpiote, EVENT_PORT));
    bench_write(at.gpio, LATCH, 1U << 24);
    assert_false(bench_event(at.gpiote, EVENT_PORT));
    bench_end(&at.bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_drive_their_pins),
        cmocka_unit_test(dir_and_pin_cnf_are_one),
        cmocka_unit_test(inputs_need_their_buffer),
        cmocka_unit_test(pull_up_holds_what_nobody_drives),
        cmocka_unit_test(mcusel_gives_a_pin_to_the_network_core),
        cmocka_unit_test(edges_make_events),
        cmocka_unit_test(tasks_set_the_pin),
        cmocka_unit_test(sense_latches_and_makes_the_port_event),
        cmocka_unit_test(latched_mode_repeats_until_all_are_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
