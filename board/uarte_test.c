/* SPDX-License-Identifier: MIT */
/* UARTE: bytes at their times in both directions, buffers, FIFO, stops. */
#include "bench.h"

#define STARTRX 0U
#define STOPRX  1U
#define STARTTX 2U
#define STOPTX  3U
#define FLUSHRX 11U

#define RXDRDY    2U
#define ENDRX     4U
#define TXDRDY    7U
#define ENDTX     8U
#define ERROR     9U
#define RXTO      17U
#define RXSTARTED 19U
#define TXSTARTED 20U
#define TXSTOPPED 22U

#define ERRORSRC   0x480U
#define ENABLE     0x500U
#define PSEL_TXD   0x50CU
#define PSEL_RXD   0x514U
#define BAUDRATE   0x524U
#define RXD_PTR    0x534U
#define RXD_MAXCNT 0x538U
#define RXD_AMOUNT 0x53CU
#define TXD_PTR    0x544U
#define TXD_MAXCNT 0x548U
#define TXD_AMOUNT 0x54CU
#define CONFIG     0x56CU

#define BAUD_115200 0x01D60000U
#define BAUD_1M     0x10000000U
/* A byte at 16 MHz / 139: 86.875 us. */
#define BYTE_TICKS 11120U
#define BUFFER     0x20001000U

struct heard {
    char text[64];
    uint64_t time_ns[64];
    unsigned count;
};

struct desk {
    struct bench bench; /* First: the callbacks' ctx is the bench. */
    struct vb_periph *uarte;
    struct heard heard;
};

static void hear(void *ctx, enum duo_vb_uart uart, uint64_t time_ns,
                 uint8_t byte)
{
    struct desk *desk = ctx;

    assert_int_equal(uart, DUO_VB_UART_APP);
    assert_true(desk->heard.count < sizeof(desk->heard.text));
    desk->heard.text[desk->heard.count] = (char)byte;
    desk->heard.time_ns[desk->heard.count] = time_ns;
    desk->heard.count++;
}

static void desk_init(struct desk *desk)
{
    memset(desk, 0, sizeof(*desk));
    bench_init_with(&desk->bench, hear);
    desk->uarte = bench_find(&desk->bench, DUO_CORE_APP, &vb_type_uarte, 0);
    bench_write(desk->uarte, PSEL_TXD, 20);
    bench_write(desk->uarte, PSEL_RXD, 22);
    bench_write(desk->uarte, BAUDRATE, BAUD_115200);
    bench_write(desk->uarte, ENABLE, 8);
}

static void desk_end(struct desk *desk)
{
    bench_end(&desk->bench);
}

static uint8_t *ram(struct desk *desk, uint32_t addr, size_t len_bytes)
{
    uint8_t *bytes = vb_dma(desk->bench.vb, DUO_CORE_APP, addr, len_bytes);

    assert_non_null(bytes);
    return bytes;
}

static void start_tx(struct desk *desk, const char *text)
{
    memcpy(ram(desk, BUFFER, strlen(text)), text, strlen(text));
    bench_write(desk->uarte, TXD_PTR, BUFFER);
    bench_write(desk->uarte, TXD_MAXCNT, (uint32_t)strlen(text));
    bench_task(desk->uarte, STARTTX);
}

static void start_rx(struct desk *desk, uint32_t addr, uint32_t len_bytes)
{
    bench_write(desk->uarte, RXD_PTR, addr);
    bench_write(desk->uarte, RXD_MAXCNT, len_bytes);
    bench_task(desk->uarte, STARTRX);
}

static void say(struct desk *desk, const char *text)
{
    struct duo_bytes bytes = {(const uint8_t *)text, strlen(text)};

    duo_vb_uart_send(desk->bench.vb, DUO_VB_UART_APP, bytes);
}

static void wait_bytes(struct desk *desk, uint64_t count)
{
    bench_until(&desk->bench, vb_now(desk->bench.vb) + count * BYTE_TICKS);
}

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
    duo_vb_power_on(desk.bench.vb, NULL);
    assert_int_equal(duo_vb_uart_queued(desk.bench.vb, DUO_VB_UART_APP), 0);
    desk_end(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_each_byte_at_its_time),
        cmocka_unit_test(a_stop_lets_the_byte_on_the_wire_out),
        cmocka_unit_test(nothing_leaves_without_pin_or_enable_or_ram),
        cmocka_unit_test(rates_parity_and_stop_bits_count),
        cmocka_unit_test(receives_into_the_buffer_of_the_start),
        cmocka_unit_test(a_full_fifo_overruns),
        cmocka_unit_test(a_stopped_receiver_keeps_four_for_the_flush),
        cmocka_unit_test(shortcuts_chain_buffers),
        cmocka_unit_test(bytes_for_a_deaf_receiver_are_lost),
        cmocka_unit_test(more_than_the_wire_holds_is_dropped_and_told),
    };
    return cmocka_run_group_tests_name("uarte", tests, NULL, NULL);
}
