/* SPDX-License-Identifier: MIT */
/* A UARTE with rings; see uarte.h. Receiving is in uarte_rx.c and
 * uarte_stream.c. */
#include "uarte.h"

#include <string.h>

#include "cpu.h"
#include "nrf5340.h"
#include "nrf5340_access.h"
#include "nrf5340_errata.h"

#define PINS_PER_PORT  32U
#define BAUDRATE_RESET 0x04000000U

/* A wait gives up after this: the longest DMA transfer that a ring allows
 * takes 4096 * 87 us. */
#define WAIT_US_MAX 400000U
#define STEP_US     5U

/* What is stopped stops after the bytes of the FIFO; the text of a fault has
 * less than 230 bytes. */
#define STOP_US_MAX 20000U

enum duo_uarte_pin {
    DUO_UARTE_PIN_TX,
    DUO_UARTE_PIN_RX,
    DUO_UARTE_PIN_RESET,
};

static volatile uint32_t *reg(const struct duo_uarte_config *config,
                              uint32_t off)
{
    return duo_reg(config->base_addr + off);
}

/* P1's registers follow P0's at the same distance on both cores. */
static uint32_t port_addr(const struct duo_uarte_config *config, uint32_t pin)
{
    return config->port0_addr +
           (pin < PINS_PER_PORT ? 0U : NRF_P1_S_BASE - NRF_P0_S_BASE);
}

/* Keeps who owns the pin, which only the application core may change. */
static void set_pin(const struct duo_uarte_config *config, uint32_t pin,
                    enum duo_uarte_pin kind)
{
    static const uint32_t settings[] = {
        [DUO_UARTE_PIN_TX] =
            GPIO_PIN_CNF_DIR_Msk |
            (GPIO_PIN_CNF_INPUT_Disconnect << GPIO_PIN_CNF_INPUT_Pos),
        [DUO_UARTE_PIN_RX] = GPIO_PIN_CNF_PULL_Pullup << GPIO_PIN_CNF_PULL_Pos,
        [DUO_UARTE_PIN_RESET] = GPIO_PIN_CNF_INPUT_Disconnect
                                << GPIO_PIN_CNF_INPUT_Pos,
    };
    volatile uint32_t *cnf =
        duo_reg(port_addr(config, pin) + GPIO_PIN_CNF(pin % PINS_PER_PORT));
    uint32_t mask = 1U << (pin % PINS_PER_PORT);

    *duo_reg(port_addr(config, pin) +
             (kind == DUO_UARTE_PIN_RESET ? GPIO_OUTCLR : GPIO_OUTSET)) = mask;
    *cnf = (*cnf & GPIO_PIN_CNF_MCUSEL_Msk) | settings[kind];
}

/* The vendor's values, shortened: a rate in hundreds, then the upper half of
 * BAUDRATE, whose lower half is always 0. */
#define RATE(baud_hundreds, baudrate) \
    ((baud_hundreds) << 16U | (baudrate) >> 16U)

/* 0: the rate is not supported. */
static uint32_t baudrate_of(uint32_t baud)
{
    static const uint32_t rates[] = {
        RATE(1152U, UARTE_BAUDRATE_BAUDRATE_Baud115200),
        RATE(2304U, UARTE_BAUDRATE_BAUDRATE_Baud230400),
        RATE(4608U, UARTE_BAUDRATE_BAUDRATE_Baud460800),
        RATE(9216U, UARTE_BAUDRATE_BAUDRATE_Baud921600),
        RATE(10000U, UARTE_BAUDRATE_BAUDRATE_Baud1M),
    };

    for (uint32_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        if ((rates[i] >> 16U) * 100U == baud) {
            return rates[i] << 16U;
        }
    }
    return 0;
}

bool duo_uarte_has_baud(uint32_t baud)
{
    return baudrate_of(baud) != 0;
}

static bool wait_until(volatile const uint32_t *word, bool is_set)
{
    for (uint32_t us = 0; us < STOP_US_MAX; us += STEP_US) {
        if ((*word != 0) == is_set) {
            return true;
        }
        duo_cpu_spin_us(STEP_US);
    }
    return false;
}

/* Erratum 44: a direction may be on although nobody started it. */
static void stop_all(const struct duo_uarte_config *config)
{
    *reg(config, UARTE_ENABLE) = UARTE_ENABLE_ENABLE_Enabled;
    *reg(config, UARTE_SHORTS) = 0; /* Or a stop would start it anew. */
    *reg(config, UARTE_TASKS_STOPTX) = 1;
    *reg(config, UARTE_TASKS_STOPRX) = 1;
    (void)wait_until(reg(config, UARTE_TXENABLE_UNDOCUMENTED), false);
    (void)wait_until(reg(config, UARTE_RXENABLE_UNDOCUMENTED), false);
    *reg(config, UARTE_ERRORSRC) = UINT32_MAX;
    *reg(config, UARTE_ENABLE) = UARTE_ENABLE_ENABLE_Disabled;
}

static void clear_events(const struct duo_uarte_config *config)
{
    static const uint16_t events[] = {
        UARTE_EVENTS_CTS,       UARTE_EVENTS_NCTS,      UARTE_EVENTS_RXDRDY,
        UARTE_EVENTS_ENDRX,     UARTE_EVENTS_TXDRDY,    UARTE_EVENTS_ENDTX,
        UARTE_EVENTS_ERROR,     UARTE_EVENTS_RXTO,      UARTE_EVENTS_RXSTARTED,
        UARTE_EVENTS_TXSTARTED, UARTE_EVENTS_TXSTOPPED,
    };

    for (uint32_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        *reg(config, events[i]) = 0;
    }
}

static void configure(const struct duo_uarte_config *config)
{
    uint32_t baudrate = baudrate_of(config->baud);

    if (*reg(config, UARTE_TXENABLE_UNDOCUMENTED) != 0 ||
        *reg(config, UARTE_RXENABLE_UNDOCUMENTED) != 0) {
        stop_all(config);
    }
    *reg(config, UARTE_INTENCLR) = UINT32_MAX;
    *reg(config, UARTE_SHORTS) = 0;
    *reg(config, UARTE_BAUDRATE) =
        baudrate != 0 ? baudrate : UARTE_BAUDRATE_BAUDRATE_Baud115200;
    set_pin(config, config->pin_tx, DUO_UARTE_PIN_TX);
    if (config->pin_rx != DUO_PIN_NONE) {
        set_pin(config, config->pin_rx, DUO_UARTE_PIN_RX);
    }
    *reg(config, UARTE_PSEL_TXD) = config->pin_tx;
    *reg(config, UARTE_PSEL_RXD) = config->pin_rx;
    *reg(config, UARTE_PSEL_RTS) = DUO_PIN_NONE;
    *reg(config, UARTE_PSEL_CTS) = DUO_PIN_NONE;
    *reg(config, UARTE_CONFIG) = 0;
    clear_events(config);
    *reg(config, UARTE_ENABLE) = UARTE_ENABLE_ENABLE_Enabled;
}

void duo_uarte_init(struct duo_uarte *uart,
                    const struct duo_uarte_config *config)
{
    memset(uart, 0, sizeof(*uart));
    uart->config = *config;
    configure(config);
}

void duo_uarte_enable_interrupt(struct duo_uarte *uart)
{
    *reg(&uart->config, UARTE_INTENSET) = UARTE_INTENSET_ENDRX_Msk |
                                          UARTE_INTENSET_ENDTX_Msk |
                                          UARTE_INTENSET_ERROR_Msk;
}

static void service_tx(struct duo_uarte *uart)
{
    const struct duo_uarte_config *config = &uart->config;
    uint32_t begin_bytes;
    uint32_t len_bytes;

    if (uart->tx_dma_bytes != 0) {
        if (*reg(config, UARTE_EVENTS_ENDTX) == 0) {
            return;
        }
        *reg(config, UARTE_EVENTS_ENDTX) = 0;
        uart->tx_tail += uart->tx_dma_bytes;
        uart->tx_dma_bytes = 0;
    }
    if (uart->tx_head == uart->tx_tail) {
        return;
    }
    begin_bytes = uart->tx_tail & (config->tx_bytes - 1U);
    len_bytes = uart->tx_head - uart->tx_tail;
    if (len_bytes > config->tx_bytes - begin_bytes) {
        len_bytes = config->tx_bytes - begin_bytes; /* To the ring's end. */
    }
    uart->tx_dma_bytes = len_bytes;
    *reg(config, UARTE_TXD_PTR) =
        (uint32_t)(uintptr_t)(config->tx_ring + begin_bytes);
    *reg(config, UARTE_TXD_MAXCNT) = len_bytes;
    duo_cpu_barrier(); /* The ring's bytes are there before the DMA reads. */
    *reg(config, UARTE_TASKS_STARTTX) = 1;
}

void duo_uarte_service(struct duo_uarte *uart)
{
    uint32_t primask = duo_cpu_mask();
    uint32_t errors = 0;

    if (*reg(&uart->config, UARTE_EVENTS_ERROR) != 0) {
        *reg(&uart->config, UARTE_EVENTS_ERROR) = 0;
        errors = *reg(&uart->config, UARTE_ERRORSRC);
        *reg(&uart->config, UARTE_ERRORSRC) = errors;
    }
    if (uart->service_rx != NULL) {
        uart->service_rx(uart, errors);
    }
    service_tx(uart);
    duo_cpu_unmask(primask);
}

/* Serve until @p len_bytes of the ring are free. False: the line is stuck. */
static bool wait_free(struct duo_uarte *uart, uint32_t len_bytes)
{
    for (uint32_t us = 0; us < WAIT_US_MAX; us += STEP_US) {
        duo_uarte_service(uart);
        if (uart->config.tx_bytes - (uart->tx_head - uart->tx_tail) >=
            len_bytes) {
            return true;
        }
        duo_cpu_spin_us(STEP_US);
    }
    return false;
}

void duo_uarte_write(struct duo_uarte *uart, struct duo_bytes bytes)
{
    for (size_t i = 0; i < bytes.len_bytes; i++) {
        if (uart->tx_head - uart->tx_tail == uart->config.tx_bytes &&
            !wait_free(uart, 1)) {
            return;
        }
        uint32_t primask = duo_cpu_mask();
        uart->config.tx_ring[uart->tx_head & (uart->config.tx_bytes - 1U)] =
            bytes.data[i];
        uart->tx_head++;
        duo_cpu_unmask(primask);
    }
    duo_uarte_service(uart);
}

void duo_uarte_puts(struct duo_uarte *uart, const char *text)
{
    duo_uarte_write(uart,
                    (struct duo_bytes){(const uint8_t *)text, strlen(text)});
}

uint32_t duo_uarte_room(struct duo_uarte *uart)
{
    duo_uarte_service(uart);
    return uart->config.tx_bytes - (uart->tx_head - uart->tx_tail);
}

void duo_uarte_flush(struct duo_uarte *uart)
{
    (void)wait_free(uart, uart->config.tx_bytes);
}

void duo_uarte_off(const struct duo_uarte_config *config)
{
    *reg(config, UARTE_INTENCLR) = UINT32_MAX;
    *reg(config, UARTE_ENABLE) = UARTE_ENABLE_ENABLE_Disabled;
    clear_events(config);
    *reg(config, UARTE_ERRORSRC) = UINT32_MAX;
    *reg(config, UARTE_PSEL_TXD) = DUO_PIN_NONE;
    *reg(config, UARTE_PSEL_RXD) = DUO_PIN_NONE;
    *reg(config, UARTE_BAUDRATE) = BAUDRATE_RESET;
    *reg(config, UARTE_TXD_PTR) = 0;
    *reg(config, UARTE_TXD_MAXCNT) = 0;
    *reg(config, UARTE_RXD_PTR) = 0;
    *reg(config, UARTE_RXD_MAXCNT) = 0;
    set_pin(config, config->pin_tx, DUO_UARTE_PIN_RESET);
    if (config->pin_rx != DUO_PIN_NONE) {
        set_pin(config, config->pin_rx, DUO_UARTE_PIN_RESET);
    }
}

void duo_uarte_release(struct duo_uarte *uart)
{
    const struct duo_uarte_config *config = &uart->config;

    duo_uarte_flush(uart);
    *reg(config, UARTE_INTENCLR) = UINT32_MAX;
    *reg(config, UARTE_EVENTS_TXSTOPPED) = 0;
    *reg(config, UARTE_TASKS_STOPTX) = 1;
    (void)wait_until(reg(config, UARTE_EVENTS_TXSTOPPED), true);
    if (uart->service_rx != NULL) {
        *reg(config, UARTE_SHORTS) = 0;
        *reg(config, UARTE_EVENTS_RXTO) = 0;
        *reg(config, UARTE_TASKS_STOPRX) = 1;
        (void)wait_until(reg(config, UARTE_EVENTS_RXTO), true);
    }
    duo_uarte_off(config);
}

void duo_uarte_emergency(const struct duo_uarte_config *config,
                         struct duo_bytes text)
{
    /* What is under way may still be good text: let it end. */
    if (*reg(config, UARTE_ENABLE) == UARTE_ENABLE_ENABLE_Enabled) {
        (void)wait_until(reg(config, UARTE_EVENTS_ENDTX), true);
    }
    stop_all(config);
    configure(config);
    *reg(config, UARTE_TXD_PTR) = (uint32_t)(uintptr_t)text.data;
    *reg(config, UARTE_TXD_MAXCNT) = (uint32_t)text.len_bytes;
    duo_cpu_barrier();
    *reg(config, UARTE_TASKS_STARTTX) = 1;
    (void)wait_until(reg(config, UARTE_EVENTS_ENDTX), true);
}
