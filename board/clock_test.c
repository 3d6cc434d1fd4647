/* SPDX-License-Identifier: MIT */
/* CLOCK, POWER, RESET and the small peripherals of start-up code. */
#include "bench.h"

enum {
    HFCLKSTART,
    HFCLKSTOP,
    LFCLKSTART,
    LFCLKSTOP,
    HFCLK192MSTART = 8,
};

enum {
    HFCLKSTARTED,
    LFCLKSTARTED,
    SLEEPENTER = 5,
    HFCLK192MSTARTED = 9,
};

#define RESETREAS     0x400U
#define HFCLKSTAT     0x40CU
#define LFCLKSTAT     0x418U
#define LFCLKSRCCOPY  0x41CU
#define HFCLK192MSTAT 0x45CU
#define LFCLKSRC      0x518U
#define GPREGRET      0x51CU
#define HFCLKCTRL     0x558U
#define FORCEOFF      0x614U

struct clock_bench {
    struct bench bench;
    struct vb_periph *clock;
};

static void begin(struct clock_bench *at)
{
    bench_init(&at->bench);
    at->clock = bench_find(&at->bench, DUO_CORE_APP, &vb_type_clock_app, 0);
}

static void crystals_take_their_time(void **state)
{
    struct clock_bench at;

    (void)state;
    begin(&at);
    bench_task(at.clock, HFCLKSTART);
    bench_task(at.clock, HFCLK192MSTART);
    bench_wait_us(&at.bench, 5);
    assert_int_equal(bench_read(at.clock, HFCLKSTAT), 0);
    bench_wait_us(&at.bench, 1000);
    assert_true(bench_event(at.clock, HFCLKSTARTED));
    assert_true(bench_event(at.clock, HFCLK192MSTARTED));
    assert_int_equal(bench_read(at.clock, HFCLKSTAT), 0x10001);
    assert_int_equal(bench_read(at.clock, HFCLK192MSTAT), 0x10001);
    bench_task(at.clock, HFCLKSTOP);
    assert_int_equal(bench_read(at.clock, HFCLKSTAT), 0);
    /* Stopped while it starts: no event. */
    bench_task(at.clock, HFCLKSTART);
    bench_task(at.clock, HFCLKSTOP);
    bench_wait_us(&at.bench, 1000);
    assert_false(bench_event(at.clock, HFCLKSTARTED));
    bench_end(&at.bench);
}

static void the_rc_oscillator_bridges_the_crystals_start(void **state)
{
    struct clock_bench at;

    (void)state;
    begin(&at);
    bench_write(at.clock, LFCLKSRC, 2);
    bench_task(at.clock, LFCLKSTART);
    assert_int_equal(bench_read(at.clock, LFCLKSTAT), 0x10001);
    assert_int_equal(bench_read(at.clock, LFCLKSRCCOPY), 2);
    bench_wait_us(&at.bench, 100000);
    assert_false(bench_event(at.clock, LFCLKSTARTED));
    bench_wait_us(&at.bench, 200000);
    assert_true(bench_event(at.clock, LFCLKSTARTED));
    assert_int_equal(bench_read(at.clock, LFCLKSTAT), 0x10002);
    bench_task(at.clock, LFCLKSTOP);
    assert_int_equal(bench_read(at.clock, LFCLKSTAT), 0);
    bench_end(&at.bench);
}

/* What erratum 159's check in nrfx reads before it touches the QSPI. */
static void the_application_core_starts_at_64_mhz(void **state)
{
    struct clock_bench at;

    (void)state;
    begin(&at);
    assert_int_equal(bench_read(at.clock, HFCLKCTRL), 1);
    bench_write(at.clock, HFCLKCTRL, 0);
    assert_int_equal(bench_read(at.clock, HFCLKCTRL), 0);
    duo_vb_reset_pin(at.bench.vb);
    bench_wait_us(&at.bench, 100);
    assert_int_equal(bench_read(at.clock, HFCLKCTRL), 1);
    bench_end(&at.bench);
}

static void reasons_add_up_until_they_are_cleared(void **state)
{
    struct clock_bench at;

    (void)state;
    begin(&at);
    assert_int_equal(bench_read(at.clock, RESETREAS), 0);
    bench_write(at.clock, GPREGRET + 4, 0x1A5);
    duo_vb_reset_pin(at.bench.vb);
    bench_wait_us(&at.bench, 100);
    vb_reset_request(at.bench.vb, DUO_CORE_APP, VB_RESET_SOFT, 1U << 3);
    bench_wait_us(&at.bench, 100);
    assert_int_equal(bench_read(at.clock, RESETREAS), 1U << 3 | 1U);
    assert_int_equal(bench_read(at.clock, GPREGRET + 4), 0xA5);
    bench_write(at.clock, RESETREAS, 1);
    assert_int_equal(bench_read(at.clock, RESETREAS), 1U << 3);
    duo_vb_power_on(at.bench.vb, NULL);
    assert_int_equal(bench_read(at.clock, RESETREAS), 0);
    assert_int_equal(bench_read(at.clock, GPREGRET + 4), 0);
    bench_end(&at.bench);
}

static enum vb_cpu_state net_state(struct clock_bench *at)
{
    return vb_cpu_state(vb_cpu(at->bench.vb, DUO_CORE_NET));
}

static void force_off_holds_the_network_core(void **state)
{
    struct clock_bench at;
    struct duo_vb_core_stats before;
    struct duo_vb_core_stats after;

    (void)state;
    begin(&at);
    assert_int_equal(bench_read(at.clock, FORCEOFF), 1);
    assert_int_equal(net_state(&at), VB_CPU_HELD);
    duo_vb_core_stats(at.bench.vb, DUO_CORE_NET, &before);
    /* Erratum 161: it must start once only. */
    bench_write(at.clock, 0x618, 1);
    bench_write(at.clock, FORCEOFF, 0);
    bench_wait_us(&at.bench, 5);
    bench_write(at.clock, FORCEOFF, 1);
    bench_wait_us(&at.bench, 1);
    bench_write(at.clock, FORCEOFF, 0);
    bench_write(at.clock, 0x618, 0);
    bench_wait_us(&at.bench, 100);
    assert_int_not_equal(net_state(&at), VB_CPU_HELD);
    duo_vb_core_stats(at.bench.vb, DUO_CORE_NET, &after);
    assert_in_range(after.instructions - before.instructions, 1, 4);
    /* A reset of the application core holds it again. */
    duo_vb_reset_pin(at.bench.vb);
    bench_wait_us(&at.bench, 100);
    assert_int_equal(bench_read(at.clock, FORCEOFF), 1);
    assert_int_equal(net_state(&at), VB_CPU_HELD);
    bench_end(&at.bench);
}

static void sleep_is_told(void **state)
{
    struct clock_bench at;

    (void)state;
    begin(&at);
    bench_wait_us(&at.bench, 10);
    assert_true(bench_event(at.clock, SLEEPENTER));
    bench_end(&at.bench);
}

static void system_off_ends_by_a_pin(void **state)
{
    struct clock_bench at;
    struct vb_periph *gpio;
    struct vb_periph *regulators;

    (void)state;
    begin(&at);
    gpio = bench_find(&at.bench, DUO_CORE_APP, &vb_type_gpio, 0);
    regulators = bench_find(&at.bench, DUO_CORE_APP, &vb_type_regulators, 0);
    bench_write(gpio, 0x700 + 4 * 23, 0x3000C); /* Pull-up, sense low. */
    bench_write(regulators, 0x500, 1);
    bench_wait_us(&at.bench, 1000);
    assert_int_equal(vb_cpu_state(vb_cpu(at.bench.vb, DUO_CORE_APP)),
                     VB_CPU_HELD);
    vb_pin_drive(at.bench.vb, 0, 23, false);
    bench_wait_us(&at.bench, 1000);
    assert_int_equal(vb_cpu_state(vb_cpu(at.bench.vb, DUO_CORE_APP)),
                     VB_CPU_SLEEPS);
    assert_int_equal(bench_read(at.clock, RESETREAS), 1U << 5);
    bench_end(&at.bench);
}

/* Addresses of the vendor's SystemInit that no manual knows. */
static void start_up_code_may_write_what_is_undocumented(void **state)
{
    static const uint32_t addrs[] = {0x50002118, 0x50002124, 0x5000212C,
                                     0x5000470C, 0x5000493C, 0x50032420,
                                     0x50101110, 0x502012A0};
    struct clock_bench at;
    uint32_t word = 9;

    (void)state;
    begin(&at);
    for (size_t i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++) {
        assert_true(duo_vb_mem_read(at.bench.vb, DUO_CORE_APP, addrs[i], &word,
                                    sizeof(word)));
        assert_int_equal(word, 0);
    }
    bench_write(bench_find(&at.bench, DUO_CORE_APP, &vb_type_undocumented, 0),
                0x118, 0x7F);
    assert_true(duo_vb_mem_read(at.bench.vb, DUO_CORE_APP, addrs[0], &word,
                                sizeof(word)));
    assert_int_equal(word, 0x7F);
    bench_end(&at.bench);
}

static void random_bytes_differ_and_can_be_repeated(void **state)
{
    struct clock_bench at;
    uint32_t first[16];

    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        struct vb_periph *rng;
        unsigned same = 0;
        begin(&at);
        bench_release_net(&at.bench);
        rng = bench_find(&at.bench, DUO_CORE_NET, &vb_type_rng, 0);
        bench_write(rng, 0x504, 1);
        bench_write(rng, BENCH_SHORTS, 1);
        for (unsigned i = 0; i < 16; i++) {
            uint32_t value;
            bench_task(rng, 0);
            bench_wait_us(&at.bench, 400);
            assert_true(bench_event(rng, 0));
            value = bench_read(rng, 0x508);
            bench_wait_us(&at.bench, 400);
            assert_false(bench_event(rng, 0)); /* The shortcut stopped it. */
            same += i > 0 && value == first[i - 1] ? 1U : 0U;
            if (round == 0) {
                first[i] = value;
            }
            assert_int_equal(value, first[i]);
        }
        assert_in_range(same, 0, 3);
        bench_end(&at.bench);
    }
}

static void names_are_the_vendors(void **state)
{
    static const struct {
        enum duo_core core;
        uint32_t addr;
        const char *name;
    } rows[] = {
        {DUO_CORE_APP, 0x50039504, "NVMC.CONFIG"                 },
        {DUO_CORE_APP, 0x40005558, "CLOCK.HFCLKCTRL"             },
        {DUO_CORE_APP, 0x5002A590, "IPC.RECEIVE_CNF[0]"          },
        {DUO_CORE_APP, 0x5002A5CC, "IPC.RECEIVE_CNF[15]"         },
        {DUO_CORE_APP, 0x50842508, "P0.OUTSET"                   },
        {DUO_CORE_APP, 0x50842A3C, "P1.PIN_CNF[15]"              },
        {DUO_CORE_APP, 0x50017084, "DPPIC.SUBSCRIBE_CHG[0].DIS"  },
        {DUO_CORE_APP, 0x500140C4, "RTC0.SUBSCRIBE_CAPTURE[1]"   },
        {DUO_CORE_APP, 0x500141C4, "RTC0.PUBLISH_COMPARE[1]"     },
        {DUO_CORE_APP, 0x5000EFFC, "SAADC+0xFFC"                 },
        {DUO_CORE_APP, 0x00FF8814, "UICR.KEYSLOT.KEY[1].VALUE[1]"},
        {DUO_CORE_NET, 0x41080504, "NVMC.CONFIG"                 },
        {DUO_CORE_NET, 0x40030404, "APPMUTEX.MUTEX[1]"           },
        {DUO_CORE_NET, 0x50039504, "NVMC.CONFIG"                 },
        {DUO_CORE_APP, 0x41080504, NULL                          },
        {DUO_CORE_APP, 0x60000000, NULL                          },
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *name = vb_register_name(rows[i].core, rows[i].addr, text);
        if (rows[i].name == NULL) {
            assert_null(name);
        } else {
            assert_non_null(name);
            assert_string_equal(name, rows[i].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crystals_take_their_time),
        cmocka_unit_test(the_rc_oscillator_bridges_the_crystals_start),
        cmocka_unit_test(the_application_core_starts_at_64_mhz),
        cmocka_unit_test(reasons_add_up_until_they_are_cleared),
        cmocka_unit_test(force_off_holds_the_network_core),
        cmocka_unit_test(sleep_is_told),
        cmocka_unit_test(system_off_ends_by_a_pin),
        cmocka_unit_test(start_up_code_may_write_what_is_undocumented),
        cmocka_unit_test(random_bytes_differ_and_can_be_repeated),
        cmocka_unit_test(names_are_the_vendors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
