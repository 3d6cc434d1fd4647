/* SPDX-License-Identifier: MIT */
/* A board whose QSPI is set up as a driver would, for the QSPI's tests.
 * Included by one test file each, so everything is static inline. */
#ifndef DUO_VB_QSPI_BENCH_H
#define DUO_VB_QSPI_BENCH_H

#include "bench.h"
#include "qspi_internal.h"

#define ACTIVATE   0U
#define READSTART  1U
#define WRITESTART 2U
#define ERASESTART 3U
#define DEACTIVATE 4U

#define HFCLK192MCTRL 0x5B8U
#define PIN_CNF       0x700U
#define NO_PIN        0xFFFFFFFFU
#define SCK_8_MHZ     0xB0040480U
#define SCK_32_MHZ    0x20040480U
#define READ4IO_PP4IO 0x1CU
#define BUFFER        0x20001000U
/* CINSTRCONF: LIO2 and LIO3 high. */
#define CUSTOM(opcode, length) (0x3000U | (uint32_t)(length) << 8 | (opcode))
#define WIPWAIT                0x4000U
#define WREN                   0x8000U

struct desk {
    struct bench bench; /* First: the callbacks' ctx is the bench. */
    struct vb_periph *qspi;
};

static inline void desk_pins(struct desk *desk, bool connected)
{
    static const uint8_t pins[] = {17, 18, 0, 13, 14, 15, 16};

    for (unsigned index = 0; index < sizeof(pins); index++) {
        if (pins[index] != 0) {
            bench_write(desk->qspi, QSPI_PSEL_SCK_OFF + 4U * index,
                        connected ? pins[index] : NO_PIN);
        }
    }
}

static inline void desk_set_up(struct desk *desk)
{
    struct vb_periph *clock =
        bench_find(&desk->bench, DUO_CORE_APP, &vb_type_clock_app, 0);
    struct vb_periph *gpio =
        bench_find(&desk->bench, DUO_CORE_APP, &vb_type_gpio, 0);

    bench_write(clock, HFCLK192MCTRL, 0);
    for (uint32_t pin = 13; pin <= 18U; pin++) {
        bench_write(gpio, PIN_CNF + 4U * pin, 0x30000301U);
    }
    desk_pins(desk, true);
    bench_write(desk->qspi, QSPI_IFCONFIG0_OFF, READ4IO_PP4IO);
    bench_write(desk->qspi, QSPI_IFCONFIG1_OFF, SCK_8_MHZ);
    bench_write(desk->qspi, QSPI_ENABLE_OFF, 1);
}

static inline void desk_init(struct desk *desk)
{
    memset(desk, 0, sizeof(*desk));
    bench_init(&desk->bench);
    desk->qspi = bench_find(&desk->bench, DUO_CORE_APP, &vb_type_qspi, 0);
    desk_set_up(desk);
}

static inline void desk_end(struct desk *desk)
{
    bench_end(&desk->bench);
}

static inline struct qspi_state *desk_state(struct desk *desk)
{
    return desk->qspi->state;
}

/* Time until READY in whole microseconds; it is taken away. */
static inline uint64_t desk_ready_us(struct desk *desk, uint64_t max_us)
{
    uint64_t time_us = 0;

    while (!bench_event(desk->qspi, QSPI_EVENT_READY)) {
        if (time_us == max_us) {
            fail_msg("no READY in %u us", (unsigned)max_us);
        }
        bench_wait_us(&desk->bench, 1);
        time_us++;
    }
    return time_us;
}

static inline uint64_t desk_task(struct desk *desk, unsigned task,
                                 uint64_t max_us)
{
    bench_task(desk->qspi, task);
    return desk_ready_us(desk, max_us);
}

static inline uint64_t desk_custom(struct desk *desk, uint32_t instruction,
                                   uint32_t data)
{
    bench_write(desk->qspi, QSPI_CINSTRDAT0_OFF, data);
    bench_write(desk->qspi, QSPI_CINSTRDAT0_OFF + 4U, 0);
    bench_write(desk->qspi, QSPI_CINSTRCONF_OFF, instruction);
    return desk_ready_us(desk, 2000);
}

static inline uint32_t desk_answer(struct desk *desk)
{
    return bench_read(desk->qspi, QSPI_CINSTRDAT0_OFF);
}

static inline uint8_t desk_status(struct desk *desk)
{
    (void)desk_custom(desk, CUSTOM(0x05U, 2), 0);
    return (uint8_t)desk_answer(desk);
}

/* Active, with quad mode enabled in the chip. */
static inline void desk_open(struct desk *desk)
{
    (void)desk_task(desk, ACTIVATE, 10);
    (void)desk_custom(desk, CUSTOM(0x01U, 2) | WREN, 0x40);
    bench_wait_us(&desk->bench, 11000);
    assert_int_equal(desk_status(desk), 0x40);
}

/* And in high-performance mode at 32 MHz. */
static inline void desk_open_fast(struct desk *desk)
{
    desk_open(desk);
    (void)desk_custom(desk, CUSTOM(0x01U, 4) | WREN, 0x020040);
    bench_wait_us(&desk->bench, 20);
    assert_true(desk->bench.ext->high_performance);
    bench_write(desk->qspi, QSPI_IFCONFIG1_OFF, SCK_32_MHZ);
}

static inline uint8_t *desk_ram(struct desk *desk, uint32_t addr,
                                size_t len_bytes)
{
    uint8_t *bytes = vb_dma(desk->bench.vb, DUO_CORE_APP, addr, len_bytes);

    assert_non_null(bytes);
    return bytes;
}

struct desk_transfer {
    uint32_t chip_addr;
    uint32_t ram_addr;
    uint32_t len_bytes;
};

static inline void desk_start_read(struct desk *desk,
                                   const struct desk_transfer *transfer)
{
    bench_write(desk->qspi, QSPI_READ_SRC_OFF, transfer->chip_addr);
    bench_write(desk->qspi, QSPI_READ_DST_OFF, transfer->ram_addr);
    bench_write(desk->qspi, QSPI_READ_CNT_OFF, transfer->len_bytes);
    bench_task(desk->qspi, READSTART);
}

static inline void desk_start_write(struct desk *desk,
                                    const struct desk_transfer *transfer)
{
    bench_write(desk->qspi, QSPI_WRITE_DST_OFF, transfer->chip_addr);
    bench_write(desk->qspi, QSPI_WRITE_SRC_OFF, transfer->ram_addr);
    bench_write(desk->qspi, QSPI_WRITE_CNT_OFF, transfer->len_bytes);
    bench_task(desk->qspi, WRITESTART);
}

static inline void desk_start_erase(struct desk *desk, uint32_t chip_addr,
                                    bool block)
{
    bench_write(desk->qspi, QSPI_ERASE_PTR_OFF, chip_addr);
    bench_write(desk->qspi, QSPI_ERASE_LEN_OFF, block ? 1 : 0);
    bench_task(desk->qspi, ERASESTART);
}

static inline void desk_poke(struct desk *desk, uint32_t off_bytes,
                             uint8_t value)
{
    uint8_t page[256];

    memset(page, value, sizeof(page));
    duo_sim_poke(desk->bench.ext, off_bytes,
                 (struct duo_bytes){page, sizeof(page)});
}

#endif
