/* SPDX-License-Identifier: MIT */
/* A UARTE that receives round and round; see uarte.h.
 *
 * One DMA transfer is as long as the ring, and the shortcut from its end to
 * the next start makes it endless; the FIFO holds what comes in between. How
 * far it has come the UARTE does not tell before the end, so a TIMER counts
 * RXDRDY. At each end the DMA's place is known without the count: the timer
 * is captured there, and a byte that was not counted, or counted twice, is put
 * right. After an error on the line a byte may have been counted and not
 * stored; then the receiver is stopped and starts at the ring's begin. */
#include <stddef.h>

#include "nrf5340.h"
#include "nrf5340_access.h"
#include "uarte.h"

/* Capture registers of the timer: of the reader, and of the transfer's end. */
#define CC_NOW 0U
#define CC_END 1U

/* SUBSCRIBE and PUBLISH registers are that far above task and event. */
#define LINK_OFF    0x80U
#define LINK_ENABLE 0x80000000U

/* Bytes that may come while some are copied: the ring counts as full before
 * DMA gets to what is not copied yet. */
#define GUARD_BYTES 16U

/* The FIFO's rest is in RAM long before this. */
#define FLUSH_LOOKS_MAX 1000U

#define LINE_ERRORS                                            \
    (UARTE_ERRORSRC_OVERRUN_Msk | UARTE_ERRORSRC_FRAMING_Msk | \
     UARTE_ERRORSRC_BREAK_Msk)

static volatile uint32_t *reg(const struct duo_uarte *uart, uint32_t off)
{
    return duo_reg(uart->config.base_addr + off);
}

static volatile uint32_t *timer(const struct duo_uarte *uart, uint32_t off)
{
    return duo_reg(uart->counter.timer_addr + off);
}

/* From the ring's begin, with nothing in it. */
static void start(struct duo_uarte *uart)
{
    const struct duo_uarte_config *config = &uart->config;

    uart->rx_base =
        (uart->rx_head + config->rx_bytes - 1U) & ~(config->rx_bytes - 1U);
    uart->rx_head = uart->rx_base;
    uart->rx_tail = uart->rx_base;
    *timer(uart, TIMER_TASKS_CLEAR) = 1;
    *reg(uart, UARTE_EVENTS_ENDRX) = 0;
    *reg(uart, UARTE_RXD_PTR) = (uint32_t)(uintptr_t)config->rx_ring;
    *reg(uart, UARTE_RXD_MAXCNT) = config->rx_bytes;
    *reg(uart, UARTE_SHORTS) = UARTE_SHORTS_ENDRX_STARTRX_Msk;
    *reg(uart, UARTE_TASKS_STARTRX) = 1;
}

static void stop(struct duo_uarte *uart)
{
    uart->rx_lost_bytes += uart->rx_head - uart->rx_tail + 1U;
    uart->rx_tail = uart->rx_head;
    uart->rx_restarts = true;
    *reg(uart, UARTE_SHORTS) = 0;
    *reg(uart, UARTE_EVENTS_RXTO) = 0;
    *reg(uart, UARTE_INTENSET) = UARTE_INTENSET_RXTO_Msk;
    *reg(uart, UARTE_TASKS_STOPRX) = 1;
}

/* The FIFO still has what came after the stop; it would be the first in the
 * ring, without having been counted. */
static void restart(struct duo_uarte *uart)
{
    if (*reg(uart, UARTE_EVENTS_RXTO) == 0) {
        return;
    }
    *reg(uart, UARTE_EVENTS_RXTO) = 0;
    *reg(uart, UARTE_INTENCLR) = UARTE_INTENSET_RXTO_Msk;
    *reg(uart, UARTE_RXD_PTR) = (uint32_t)(uintptr_t)uart->rx_fifo;
    *reg(uart, UARTE_RXD_MAXCNT) = sizeof(uart->rx_fifo);
    *reg(uart, UARTE_EVENTS_ENDRX) = 0;
    *reg(uart, UARTE_TASKS_FLUSHRX) = 1;
    for (uint32_t i = 0;
         i < FLUSH_LOOKS_MAX && *reg(uart, UARTE_EVENTS_ENDRX) == 0; i++) {
    }
    uart->rx_restarts = false;
    start(uart);
}

/* At the transfer's end a multiple of the ring's size has come. */
static void compare_count(struct duo_uarte *uart)
{
    uint32_t size_bytes = uart->config.rx_bytes;
    uint32_t off_bytes =
        (uart->rx_base + *timer(uart, TIMER_CC(CC_END))) & (size_bytes - 1U);
    uint32_t missing_bytes = size_bytes - off_bytes;

    if (off_bytes == 0) {
        return;
    }
    if (off_bytes < size_bytes / 2U) {
        uart->rx_base -= off_bytes;
        uart->rx_lost_bytes += off_bytes;
    } else {
        uart->rx_base += missing_bytes;
        uart->rx_lost_bytes += missing_bytes;
    }
}

static void look(struct duo_uarte *uart)
{
    uint32_t head;

    *timer(uart, TIMER_TASKS_CAPTURE(CC_NOW)) = 1;
    head = uart->rx_base + *timer(uart, TIMER_CC(CC_NOW));
    if ((int32_t)(head - uart->rx_tail) < 0) {
        uart->rx_tail = head; /* More had been counted than came. */
    } else if (head - uart->rx_tail > uart->config.rx_bytes - GUARD_BYTES) {
        uart->rx_lost_bytes += head - uart->rx_tail;
        uart->rx_tail = head;
    }
    uart->rx_head = head;
}

/* With an empty ring the next byte interrupts, the ones after it do not. */
static void service(struct duo_uarte *uart, uint32_t errors)
{
    if (uart->rx_restarts) {
        restart(uart);
    }
    if (uart->rx_restarts) {
        return;
    }
    if ((errors & LINE_ERRORS) != 0) {
        stop(uart);
        return;
    }
    if (*reg(uart, UARTE_EVENTS_ENDRX) != 0) {
        *reg(uart, UARTE_EVENTS_ENDRX) = 0;
        compare_count(uart);
    }
    look(uart);
    if (uart->rx_head == uart->rx_tail && !uart->rx_pauses) {
        *reg(uart, UARTE_EVENTS_RXDRDY) = 0;
        *reg(uart, UARTE_INTENSET) = UARTE_INTENSET_RXDRDY_Msk;
        look(uart); /* What came before the event was cleared. */
    }
    if (uart->rx_head != uart->rx_tail) {
        *reg(uart, UARTE_INTENCLR) = UARTE_INTENSET_RXDRDY_Msk;
    }
}

uint32_t duo_uarte_sleep_us(struct duo_uarte *uart, uint32_t limit_us)
{
    duo_uarte_service(uart);
    uart->rx_pauses = uart->rx_head != uart->rx_slept;
    uart->rx_slept = uart->rx_head;
    if (uart->rx_pauses) {
        *reg(uart, UARTE_INTENCLR) = UARTE_INTENSET_RXDRDY_Msk;
        return limit_us < DUO_UARTE_PAUSE_US ? limit_us : DUO_UARTE_PAUSE_US;
    }
    duo_uarte_service(uart); /* The next byte interrupts. */
    return uart->rx_head != uart->rx_tail ? 0 : limit_us;
}

void duo_uarte_stream(struct duo_uarte *uart,
                      const struct duo_uarte_counter *counter)
{
    uint32_t count_channel = counter->channel_index;
    uint32_t end_channel = count_channel + 1U;

    uart->counter = *counter;
    *timer(uart, TIMER_TASKS_STOP) = 1;
    *timer(uart, TIMER_MODE) = TIMER_MODE_MODE_Counter;
    *timer(uart, TIMER_BITMODE) = TIMER_BITMODE_BITMODE_32Bit;
    *timer(uart, TIMER_TASKS_COUNT + LINK_OFF) = LINK_ENABLE | count_channel;
    *timer(uart, TIMER_TASKS_CAPTURE(CC_END) + LINK_OFF) =
        LINK_ENABLE | end_channel;
    *reg(uart, UARTE_EVENTS_RXDRDY + LINK_OFF) = LINK_ENABLE | count_channel;
    *reg(uart, UARTE_EVENTS_ENDRX + LINK_OFF) = LINK_ENABLE | end_channel;
    *duo_reg(counter->dppic_addr + DPPIC_CHENSET) =
        1U << count_channel | 1U << end_channel;
    *timer(uart, TIMER_TASKS_START) = 1;
    uart->service_rx = service;
    start(uart);
}
