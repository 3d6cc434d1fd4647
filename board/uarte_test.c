/* SPDX-License-Identifier: MIT */
/* UARTE: bytes that leave, at their times. */
#include "uarte_bench.h"

static void sends_each_byte_at_its_time(void **state)
{
    struct desk desk;
    uint64_t start_ns;

    (void)state;
    desk_init(&desk);
    start_ns = duo_vb_now_ns(desk.bench.vb);
    start_tx(&desk, "duo");
    assert_true(bench_event(desk.uarte, TXSTARTED));
    assert_int_equal(desk.heard.count, 0);
    wait_bytes(&desk, 1);
    assert_int_equal(desk.heard.count, 1);
    assert_true(bench_event(desk.uarte, TXDRDY));
    assert_false(bench_event(desk.uarte, ENDTX));
    wait_bytes(&desk, 2);
    assert_memory_equal(desk.heard.text, "duo", 3);
    assert_int_equal(desk.heard.count, 3);
    for (unsigned at = 0; at < 3U; at++) {
        assert_int_equal(desk.heard.time_ns[at] - start_ns, (at + 1U) * 86875U);
    }
    assert_true(bench_event(desk.uarte, ENDTX));
    assert_false(bench_event(desk.uarte, TXSTOPPED));
    assert_int_equal(bench_read(desk.uarte, TXD_AMOUNT), 3);
    desk_end(&desk);
}

static void a_stop_lets_the_byte_on_the_wire_out(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    bench_task(desk.uarte, STOPTX);
    assert_true(bench_event(desk.uarte, TXSTOPPED));
    start_tx(&desk, "0123456789");
    wait_bytes(&desk, 3);
    bench_wait_us(&desk.bench, 10);
    bench_task(desk.uarte, STOPTX);
    assert_false(bench_event(desk.uarte, TXSTOPPED));
    wait_bytes(&desk, 1);
    assert_true(bench_event(desk.uarte, ENDTX));
    assert_true(bench_event(desk.uarte, TXSTOPPED));
    assert_int_equal(bench_read(desk.uarte, TXD_AMOUNT), 4);
    wait_bytes(&desk, 5);
    assert_int_equal(desk.heard.count, 4);
    desk_end(&desk);
}

static void nothing_leaves_without_pin_or_enable_or_ram(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    bench_write(desk.uarte, PSEL_TXD, 0xFFFFFFFF);
    start_tx(&desk, "ab");
    wait_bytes(&desk, 2);
    assert_true(bench_event(desk.uarte, ENDTX));
    bench_write(desk.uarte, PSEL_TXD, 20);
    bench_write(desk.uarte, TXD_PTR, 0x1000);
    bench_task(desk.uarte, STARTTX);
    wait_bytes(&desk, 2);
    assert_true(bench_event(desk.uarte, ENDTX));
    assert_non_null(strstr(desk.bench.note, "no RAM"));
    bench_write(desk.uarte, TXD_PTR, BUFFER);
    bench_task(desk.uarte, STARTTX);
    bench_write(desk.uarte, ENABLE, 0);
    wait_bytes(&desk, 2);
    assert_false(bench_event(desk.uarte, ENDTX));
    assert_int_equal(desk.heard.count, 0);
    desk_end(&desk);
}

static void rates_parity_and_stop_bits_count(void **state)
{
    static const struct {
        uint32_t rate;
        uint32_t config;
        uint32_t byte_ns;
    } rows[] = {
        {BAUD_1M,    0,    10000  },
        {BAUD_1M,    0xE,  11000  },
        {BAUD_1M,    0x1E, 12000  },
        {0x04000000, 0,    40000  },
        {0x00275000, 0,    1041875},
        {0x0F000000, 0,    10625  },
    };

    (void)state;
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        struct desk desk;
        uint64_t start_ns;
        desk_init(&desk);
        bench_write(desk.uarte, BAUDRATE, rows[row].rate);
        bench_write(desk.uarte, CONFIG, rows[row].config);
        start_ns = duo_vb_now_ns(desk.bench.vb);
        start_tx(&desk, "x");
        bench_wait_us(&desk.bench, 2000);
        assert_int_equal(desk.heard.count, 1);
        assert_int_equal(desk.heard.time_ns[0] - start_ns, rows[row].byte_ns);
        desk_end(&desk);
    }
}

static void the_link_is_the_second_instance(void **state)
{
    static const char answer[] = "42";
    struct desk desk;

    (void)state;
    desk_init_instance(&desk, 1);
    bench_write(desk.uarte, BAUDRATE, BAUD_1M);
    start_tx(&desk, "duo");
    start_rx(&desk, BUFFER + 0x100U, 2);
    duo_vb_uart_send(desk.bench.vb, DUO_VB_UART_APP,
                     (struct duo_bytes){(const uint8_t *)"no", 2});
    say(&desk, answer);
    bench_wait_us(&desk.bench, 30);
    assert_int_equal(desk.heard.count, 3);
    assert_memory_equal(desk.heard.text, "duo", 3);
    assert_memory_equal(ram(&desk, BUFFER + 0x100U, 2), answer, 2);
    desk_end(&desk);
}

/* It sends, and nobody hears it. */
static void the_third_instance_is_wired_to_nothing(void **state)
{
    struct desk desk;

    (void)state;
    desk_init_instance(&desk, 2);
    start_tx(&desk, "duo");
    wait_bytes(&desk, 3);
    assert_true(bench_event(desk.uarte, ENDTX));
    assert_int_equal(desk.heard.count, 0);
    desk_end(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_each_byte_at_its_time),
        cmocka_unit_test(a_stop_lets_the_byte_on_the_wire_out),
        cmocka_unit_test(nothing_leaves_without_pin_or_enable_or_ram),
        cmocka_unit_test(rates_parity_and_stop_bits_count),
        cmocka_unit_test(the_link_is_the_second_instance),
        cmocka_unit_test(the_third_instance_is_wired_to_nothing),
    };
    return cmocka_run_group_tests_name("uarte", tests, NULL, NULL);
}
