/* SPDX-License-Identifier: MIT */
/* The receiving half of a UARTE, byte by byte, and what reads the ring; see
 * uarte.h. */
#include <stddef.h>

#include "cpu.h"
#include "nrf5340.h"
#include "nrf5340_access.h"
#include "uarte.h"

/* Copied without an interrupt: at 64 MHz some 10 us. */
#define CHUNK_BYTES 32U

static volatile uint32_t *reg(const struct duo_uarte *uart, uint32_t off)
{
    return duo_reg(uart->config.base_addr + off);
}

static void start(struct duo_uarte *uart)
{
    *reg(uart, UARTE_EVENTS_ENDRX) = 0;
    *reg(uart, UARTE_TASKS_STARTRX) = 1;
}

static void service(struct duo_uarte *uart, uint32_t errors)
{
    const struct duo_uarte_config *config = &uart->config;

    /* How many it was nobody knows; one at least. */
    uart->rx_lost_bytes += errors & UARTE_ERRORSRC_OVERRUN_Msk;
    if (*reg(uart, UARTE_EVENTS_ENDRX) == 0) {
        return;
    }
    if (uart->rx_head - uart->rx_tail < config->rx_bytes) {
        config->rx_ring[uart->rx_head & (config->rx_bytes - 1U)] =
            uart->rx_fifo[0];
        uart->rx_head++;
    } else {
        uart->rx_lost_bytes++;
    }
    start(uart);
}

void duo_uarte_receive(struct duo_uarte *uart)
{
    *reg(uart, UARTE_RXD_PTR) = (uint32_t)(uintptr_t)uart->rx_fifo;
    *reg(uart, UARTE_RXD_MAXCNT) = 1;
    uart->service_rx = service;
    start(uart);
}

static uint32_t take(struct duo_uarte *uart, uint8_t *dst, uint32_t len_bytes)
{
    uint32_t count_bytes = 0;

    while (count_bytes < len_bytes && uart->rx_tail != uart->rx_head) {
        dst[count_bytes++] =
            uart->config.rx_ring[uart->rx_tail & (uart->config.rx_bytes - 1U)];
        uart->rx_tail++;
    }
    return count_bytes;
}

uint32_t duo_uarte_read(struct duo_uarte *uart, uint8_t *dst,
                        uint32_t len_bytes)
{
    uint32_t count_bytes = 0;
    uint32_t chunk_bytes;

    do {
        uint32_t left_bytes = len_bytes - count_bytes;
        uint32_t primask = duo_cpu_mask();

        duo_uarte_service(uart);
        chunk_bytes = take(uart, dst + count_bytes,
                           left_bytes < CHUNK_BYTES ? left_bytes : CHUNK_BYTES);
        duo_cpu_unmask(primask);
        count_bytes += chunk_bytes;
    } while (chunk_bytes > 0 && count_bytes < len_bytes);
    return count_bytes;
}
