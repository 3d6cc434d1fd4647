/* SPDX-License-Identifier: MIT */
/* A UARTE with a ring buffer in each direction. Sending only queues; EasyDMA
 * drains the ring. Receiving takes one byte for each DMA transfer, and the
 * peripheral's FIFO covers the time until the next, so that nothing is lost at
 * 115200 baud if duo_uarte_service() runs at least every 300 us: from the
 * interrupt handler, or from a polling loop. */
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
    uint8_t *tx_ring;    /* RAM, a power of two of bytes. */
    uint32_t tx_bytes;
    uint8_t *rx_ring; /* The same, for duo_uarte_receive(). */
    uint32_t rx_bytes;
};

struct duo_uarte {
    struct duo_uarte_config config;
    void (*service_rx)(struct duo_uarte *uart); /* NULL: sends only. */
    uint32_t tx_head;          /* Free-running counts of bytes: queued, */
    uint32_t tx_tail;          /* sent, */
    uint32_t tx_dma_bytes;     /* and under way. */
    volatile uint32_t rx_head; /* Received, */
    volatile uint32_t rx_tail; /* and taken. */
    uint32_t rx_lost_bytes;    /* The ring was full. */
    volatile uint8_t rx_byte;  /* DMA target. */
};

/** Configure pins and 115200 8N1. To be served by interrupt the caller enables
 * the line in the NVIC after duo_uarte_enable_interrupt(). */
void duo_uarte_init(struct duo_uarte *uart,
                    const struct duo_uarte_config *config);
void duo_uarte_enable_interrupt(struct duo_uarte *uart);

/** Start receiving into the ring. Apart from the rest, so that who only sends
 * does not have the code. */
void duo_uarte_receive(struct duo_uarte *uart);

/** Queue @p bytes. If the ring is full, waits for the line to drain. */
void duo_uarte_write(struct duo_uarte *uart, struct duo_bytes bytes);
/** The same for a string. */
void duo_uarte_puts(struct duo_uarte *uart, const char *text);

/** Take up to @p len_bytes received bytes; returns how many. */
uint32_t duo_uarte_read(struct duo_uarte *uart, uint8_t *dst,
                        uint32_t len_bytes);

/** Do what the events ask for. Call from the interrupt handler or in a loop;
 * both at once is safe. */
void duo_uarte_service(struct duo_uarte *uart);

/** Wait until everything queued has left the pin. */
void duo_uarte_flush(struct duo_uarte *uart);

/** Flush, stop, disable; registers and pins as after a reset. */
void duo_uarte_release(struct duo_uarte *uart);

/** Send @p text without rings, interrupts or state, and wait until it has left:
 * from a fault handler, or where there is little to say. Takes over a UARTE in
 * any state. @p text must lie in RAM. */
void duo_uarte_emergency(const struct duo_uarte_config *config,
                         struct duo_bytes text);

/** Registers and pins as after a reset; nothing may be under way. */
void duo_uarte_off(const struct duo_uarte_config *config);

#endif
