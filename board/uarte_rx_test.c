/* SPDX-License-Identifier: MIT */
/* UARTE: bytes that arrive: buffers, FIFO, stops. */
#include "uarte_bench.h"

static void receives_into_the_buffer_of_the_start(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    start_rx(&desk, BUFFER, 3);
    assert_true(bench_event(desk.uarte, RXSTARTED));
    bench_write(desk.uarte, RXD_PTR, BUFFER + 0x100U); /* The next one. */
    say(&desk, "abcde");
    wait_bytes(&desk, 1);
    assert_true(bench_event(desk.uarte, RXDRDY));
    assert_false(bench_event(desk.uarte, ENDRX));
    assert_int_equal(duo_vb_uart_queued(desk.bench.vb, DUO_VB_UART_APP), 4);
    wait_bytes(&desk, 2);
    assert_true(bench_event(desk.uarte, ENDRX));
    assert_int_equal(bench_read(desk.uarte, RXD_AMOUNT), 3);
    assert_memory_equal(ram(&desk, BUFFER, 3), "abc", 3);
    /* Two wait in the FIFO until the next start takes them. */
    wait_bytes(&desk, 2);
    bench_task(desk.uarte, STARTRX);
    assert_memory_equal(ram(&desk, BUFFER + 0x100U, 2), "de", 2);
    say(&desk, "f");
    wait_bytes(&desk, 1);
    assert_true(bench_event(desk.uarte, ENDRX));
    assert_memory_equal(ram(&desk, BUFFER + 0x100U, 3), "def", 3);
    assert_int_equal(bench_read(desk.uarte, ERRORSRC), 0);
    desk_end(&desk);
}

static void a_full_fifo_overruns(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    start_rx(&desk, BUFFER, 1);
    say(&desk, "abcdefg");
    wait_bytes(&desk, 5);
    assert_false(bench_event(desk.uarte, ERROR));
    wait_bytes(&desk, 2);
    assert_true(bench_event(desk.uarte, ERROR));
    assert_int_equal(bench_read(desk.uarte, ERRORSRC), 1);
    bench_write(desk.uarte, ERRORSRC, 1);
    assert_int_equal(bench_read(desk.uarte, ERRORSRC), 0);
    start_rx(&desk, BUFFER, 8);
    bench_task(desk.uarte, STOPRX);
    assert_int_equal(bench_read(desk.uarte, RXD_AMOUNT), 4);
    assert_memory_equal(ram(&desk, BUFFER, 4), "bcde", 4);
    desk_end(&desk);
}

static void a_stopped_receiver_keeps_four_for_the_flush(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    start_rx(&desk, BUFFER, 16);
    say(&desk, "abcdefgh");
    wait_bytes(&desk, 2);
    bench_task(desk.uarte, STOPRX);
    assert_true(bench_event(desk.uarte, ENDRX));
    assert_int_equal(bench_read(desk.uarte, RXD_AMOUNT), 2);
    assert_false(bench_event(desk.uarte, RXTO));
    wait_bytes(&desk, 5);
    assert_true(bench_event(desk.uarte, RXTO));
    bench_write(desk.uarte, RXD_PTR, BUFFER + 0x100U);
    bench_task(desk.uarte, FLUSHRX);
    assert_true(bench_event(desk.uarte, ENDRX));
    assert_int_equal(bench_read(desk.uarte, RXD_AMOUNT), 4);
    assert_memory_equal(ram(&desk, BUFFER + 0x100U, 4), "cdef", 4);
    /* With an empty FIFO the count stays what it was. */
    bench_task(desk.uarte, FLUSHRX);
    assert_true(bench_event(desk.uarte, ENDRX));
    assert_int_equal(bench_read(desk.uarte, RXD_AMOUNT), 4);
    /* On a quiet line the receiver has stopped after a byte's time. */
    bench_wait_us(&desk.bench, 1000);
    start_rx(&desk, BUFFER, 16);
    bench_task(desk.uarte, STOPRX);
    bench_wait_us(&desk.bench, 90);
    assert_true(bench_event(desk.uarte, RXTO));
    desk_end(&desk);
}

static void shortcuts_chain_buffers(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    bench_write(desk.uarte, BENCH_SHORTS, 1U << 5);
    start_rx(&desk, BUFFER, 2);
    bench_write(desk.uarte, RXD_PTR, BUFFER + 2U);
    say(&desk, "abcd");
    wait_bytes(&desk, 2);
    bench_write(desk.uarte, RXD_PTR, BUFFER + 4U);
    wait_bytes(&desk, 2);
    assert_memory_equal(ram(&desk, BUFFER, 4), "abcd", 4);
    bench_write(desk.uarte, BENCH_SHORTS, 1U << 6);
    say(&desk, "ef");
    wait_bytes(&desk, 2);
    assert_false(bench_event(desk.uarte, RXTO));
    bench_wait_us(&desk.bench, 90);
    assert_true(bench_event(desk.uarte, RXTO));
    assert_memory_equal(ram(&desk, BUFFER, 6), "abcdef", 6);
    desk_end(&desk);
}

static void an_empty_buffer_takes_nothing(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    bench_write(desk.uarte, BENCH_SHORTS, 1U << 5);
    start_rx(&desk, BUFFER, 0);
    assert_true(bench_event(desk.uarte, RXSTARTED));
    assert_false(bench_event(desk.uarte, ENDRX));
    say(&desk, "ab");
    wait_bytes(&desk, 2);
    start_rx(&desk, BUFFER, 2);
    assert_true(bench_event(desk.uarte, ENDRX));
    assert_memory_equal(ram(&desk, BUFFER, 2), "ab", 2);
    start_tx(&desk, "");
    assert_true(bench_event(desk.uarte, ENDTX));
    desk_end(&desk);
}

static void bytes_for_a_deaf_receiver_are_lost(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    say(&desk, "ab");
    wait_bytes(&desk, 2);
    bench_write(desk.uarte, PSEL_RXD, 0xFFFFFFFF);
    start_rx(&desk, BUFFER, 1);
    say(&desk, "c");
    wait_bytes(&desk, 1);
    assert_false(bench_event(desk.uarte, RXDRDY));
    bench_write(desk.uarte, PSEL_RXD, 22);
    say(&desk, "d");
    wait_bytes(&desk, 1);
    assert_true(bench_event(desk.uarte, ENDRX));
    assert_memory_equal(ram(&desk, BUFFER, 1), "d", 1);
    assert_int_equal(bench_read(desk.uarte, ERRORSRC), 0);
    assert_int_equal(duo_vb_uart_queued(desk.bench.vb, DUO_VB_UART_APP), 0);
    desk_end(&desk);
}

static void more_than_the_wire_holds_is_dropped_and_told(void **state)
{
    static const char piece[] = "0123456789ABCDEF";
    struct desk desk;

    (void)state;
    desk_init(&desk);
    for (unsigned count = 0; count < 2048U; count++) {
        say(&desk, piece);
    }
    assert_int_equal(desk.bench.note_count, 0);
    assert_int_equal(duo_vb_uart_queued(desk.bench.vb, DUO_VB_UART_APP), 32768);
    say(&desk, piece);
    assert_int_equal(desk.bench.note_count, 1);
    assert_int_equal(duo_vb_uart_queued(desk.bench.vb, DUO_VB_UART_APP), 32768);
    duo_vb_power_off(desk.bench.vb); /* Nothing waits for a dead board. */
    assert_int_equal(duo_vb_uart_queued(desk.bench.vb, DUO_VB_UART_APP), 0);
    duo_vb_power_on(desk.bench.vb, NULL);
    assert_int_equal(duo_vb_uart_queued(desk.bench.vb, DUO_VB_UART_APP), 0);
    desk_end(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receives_into_the_buffer_of_the_start),
        cmocka_unit_test(a_full_fifo_overruns),
        cmocka_unit_test(a_stopped_receiver_keeps_four_for_the_flush),
        cmocka_unit_test(shortcuts_chain_buffers),
        cmocka_unit_test(an_empty_buffer_takes_nothing),
        cmocka_unit_test(bytes_for_a_deaf_receiver_are_lost),
        cmocka_unit_test(more_than_the_wire_holds_is_dropped_and_told),
    };
    return cmocka_run_group_tests_name("uarte_rx", tests, NULL, NULL);
}
