/* SPDX-License-Identifier: MIT */
/* A UARTE with a ring buffer in each direction. Sending only queues; EasyDMA
 * drains the ring. There are two ways to receive:
 *
 *   duo_uarte_receive() takes one byte for each DMA transfer, and the
 *     peripheral's FIFO covers the time until the next. Nothing is lost if
 *     duo_uarte_service() runs at least every three bytes' time: 300 us at
 *     115200 baud. From the interrupt handler, or from a polling loop.
 *   duo_uarte_stream() lets EasyDMA fill the ring round and round, while a
 *     TIMER counts the bytes. It needs no processor time for a byte, and
 *     nothing is lost while the ring has room, also if the processor stands
 *     still while its flash is erased: for fast lines. */
#ifndef DUO_NRF_UARTE_H
#define DUO_NRF_UARTE_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/bytes.h"

#define DUO_PIN_NONE 0xFFFFFFFFU /* As PSEL has it: not connected. */

struct duo_uarte_config {
    uint32_t base_addr;  /* NRF_UARTE0_S_BASE, or the network core's. */
    uint32_t port0_addr; /* The core's GPIO port P0; P1 is 0x300 above. */
    uint32_t pin_tx;     /* 32 * port + pin. */
    uint32_t pin_rx;     /* DUO_PIN_NONE: sends only. */
    uint32_t baud;       /* One of duo_uarte_has_baud(), else 115200: also 0. */
    uint8_t *tx_ring;    /* RAM, a power of two of bytes. */
    uint32_t tx_bytes;
    uint8_t *rx_ring; /* The same, for receiving. A stream: at most 32 KB. */
    uint32_t rx_bytes;
};

/* What a stream needs beside the UARTE. */
struct duo_uarte_counter {
    uint32_t timer_addr; /* A TIMER that nobody else uses. */
    uint32_t dppic_addr;
    uint32_t channel_index; /* Of the DPPIC: this one and the next. */
};

struct duo_uarte {
    struct duo_uarte_config config;
    /* NULL: sends only. @p errors as ERRORSRC has them. */
    void (*service_rx)(struct duo_uarte *uart, uint32_t errors);
    uint32_t tx_head;          /* Free-running counts of bytes: queued, */
    uint32_t tx_tail;          /* sent, */
    uint32_t tx_dma_bytes;     /* and under way. */
    volatile uint32_t rx_head; /* Received, */
    volatile uint32_t rx_tail; /* and taken. */
    uint32_t rx_lost_bytes;    /* The ring was full, or the line was bad. */
    uint32_t rx_base;          /* A stream: received when the timer was at 0. */
    bool rx_restarts;          /* A stream: it is being stopped. */
    bool rx_pauses;            /* A stream: no byte interrupts now. */
    uint32_t rx_slept;         /* A stream: received at the last sleep. */
    struct duo_uarte_counter counter;
    volatile uint8_t rx_fifo[8]; /* DMA target: a byte, or the FIFO's rest. */
};

/** True for 115200, 230400, 460800, 921600 and 1000000. */
bool duo_uarte_has_baud(uint32_t baud);

/** Configure pins and 8N1. To be served by interrupt the caller enables
 * the line in the NVIC after duo_uarte_enable_interrupt(). */
void duo_uarte_init(struct duo_uarte *uart,
                    const struct duo_uarte_config *config);
void duo_uarte_enable_interrupt(struct duo_uarte *uart);

/** Start receiving into the ring. Apart from the rest, so that who only sends
 * does not have the code. */
void duo_uarte_receive(struct duo_uarte *uart);
/** The same, as a stream. After duo_uarte_read() found less than it was asked
 * for, the next byte interrupts, once, so that a sleep ends. If the ring
 * overflows, all that is in it is lost, and counted. */
void duo_uarte_stream(struct duo_uarte *uart,
                      const struct duo_uarte_counter *counter);

/** Queue @p bytes. If the ring is full, waits for the line to drain. */
void duo_uarte_write(struct duo_uarte *uart, struct duo_bytes bytes);
/** The same for a string. */
void duo_uarte_puts(struct duo_uarte *uart, const char *text);
/** Bytes that duo_uarte_write() takes now without waiting. */
uint32_t duo_uarte_room(struct duo_uarte *uart);

/** Take up to @p len_bytes received bytes; returns how many. */
uint32_t duo_uarte_read(struct duo_uarte *uart, uint8_t *dst,
                        uint32_t len_bytes);

#define DUO_UARTE_PAUSE_US 400U
/** For a stream, with interrupts masked, after duo_uarte_read() found nothing
 * more: how long the caller may sleep before it reads again. While bytes are
 * coming it is DUO_UARTE_PAUSE_US at most, and they do not interrupt: else a
 * fast line would wake the processor for each. Once they pause it is
 * @p limit_us, and the next one interrupts; 0: it is there already. */
uint32_t duo_uarte_sleep_us(struct duo_uarte *uart, uint32_t limit_us);

/** Do what the events ask for. Call from the interrupt handler or in a loop;
 * both at once is safe. */
void duo_uarte_service(struct duo_uarte *uart);

/** Wait until everything queued has left the pin. */
void duo_uarte_flush(struct duo_uarte *uart);

/** Flush, stop, disable; registers and pins as after a reset. A stream's timer
 * and channels are the caller's to reset. */
void duo_uarte_release(struct duo_uarte *uart);

/** Send @p text without rings, interrupts or state, and wait until it has left:
 * from a fault handler, or where there is little to say. Takes over a UARTE in
 * any state. @p text must lie in RAM. */
void duo_uarte_emergency(const struct duo_uarte_config *config,
                         struct duo_bytes text);

/** Registers and pins as after a reset; nothing may be under way. */
void duo_uarte_off(const struct duo_uarte_config *config);

#endif
