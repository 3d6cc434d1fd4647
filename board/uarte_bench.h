/* SPDX-License-Identifier: MIT */
/* A board whose UARTE is set up as a driver would, for the UARTE's tests.
 * Included by one test file each, so everything is static inline. */
#ifndef DUO_VB_UARTE_BENCH_H
#define DUO_VB_UARTE_BENCH_H

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
    struct bench bench;    /* First: the callbacks' ctx is the bench. */
    enum duo_vb_uart uart; /* The other end of the wire. */
    struct vb_periph *uarte;
    struct heard heard;
};

static inline void hear(void *ctx, enum duo_vb_uart uart, uint64_t time_ns,
                        uint8_t byte)
{
    struct desk *desk = ctx;

    assert_int_equal(uart, desk->uart);
    assert_true(desk->heard.count < sizeof(desk->heard.text));
    desk->heard.text[desk->heard.count] = (char)byte;
    desk->heard.time_ns[desk->heard.count] = time_ns;
    desk->heard.count++;
}

static inline void desk_init_instance(struct desk *desk, unsigned instance)
{
    memset(desk, 0, sizeof(*desk));
    bench_init_with(&desk->bench, hear);
    desk->uart = instance == 0 ? DUO_VB_UART_APP : DUO_VB_UART_LINK;
    desk->uarte =
        bench_find(&desk->bench, DUO_CORE_APP, &vb_type_uarte, instance);
    bench_write(desk->uarte, PSEL_TXD, 20);
    bench_write(desk->uarte, PSEL_RXD, 22);
    bench_write(desk->uarte, BAUDRATE, BAUD_115200);
    bench_write(desk->uarte, ENABLE, 8);
}

static inline void desk_init(struct desk *desk)
{
    desk_init_instance(desk, 0);
}

static inline void desk_end(struct desk *desk)
{
    bench_end(&desk->bench);
}

static inline uint8_t *ram(struct desk *desk, uint32_t addr, size_t len_bytes)
{
    uint8_t *bytes = vb_dma(desk->bench.vb, DUO_CORE_APP, addr, len_bytes);

    assert_non_null(bytes);
    return bytes;
}

static inline void start_tx(struct desk *desk, const char *text)
{
    memcpy(ram(desk, BUFFER, strlen(text)), text, strlen(text));
    bench_write(desk->uarte, TXD_PTR, BUFFER);
    bench_write(desk->uarte, TXD_MAXCNT, (uint32_t)strlen(text));
    bench_task(desk->uarte, STARTTX);
}

static inline void start_rx(struct desk *desk, uint32_t addr,
                            uint32_t len_bytes)
{
    bench_write(desk->uarte, RXD_PTR, addr);
    bench_write(desk->uarte, RXD_MAXCNT, len_bytes);
    bench_task(desk->uarte, STARTRX);
}

static inline void say(struct desk *desk, const char *text)
{
    struct duo_bytes bytes = {(const uint8_t *)text, strlen(text)};

    duo_vb_uart_send(desk->bench.vb, desk->uart, bytes);
}

static inline void wait_bytes(struct desk *desk, uint64_t count)
{
    bench_until(&desk->bench, vb_now(desk->bench.vb) + count * BYTE_TICKS);
}

#endif
