/* SPDX-License-Identifier: MIT */
/* The QSPI peripheral: pins, clock, DMA transfers and custom instructions.
 * What is said to the chip is the business of mx25r.h. Errata 43, 121 and 159
 * are dealt with here. */
#ifndef DUO_NRF_QSPI_H
#define DUO_NRF_QSPI_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/clock.h"
#include "duo/err.h"

enum duo_qspi_speed {
    DUO_QSPI_8_MHZ,  /* What the chip can do in ultra-low-power mode. */
    DUO_QSPI_32_MHZ, /* For its high-performance mode. */
};

/* A custom instruction: opcode, then up to 8 bytes out, and as many in. */
struct duo_qspi_command {
    uint8_t opcode;
    uint8_t data_bytes;
    uint8_t data[8]; /* Sent; afterwards what came back. */
};

/** Take pins and clock and enable the peripheral, without talking to the
 * chip (the pins are connected last, see erratum 43). DUO_ERR_TIMEOUT if the
 * peripheral does not get ready. */
enum duo_err duo_qspi_begin(const struct duo_clock *clock,
                            enum duo_qspi_speed speed);

/** Change the clock rate; no transfer may be under way. */
void duo_qspi_set_speed(enum duo_qspi_speed speed);

/** Peripheral off, pins and clock divider as after a reset. */
void duo_qspi_end(void);

/** One custom instruction, waited for. */
enum duo_err duo_qspi_command(const struct duo_clock *clock,
                              struct duo_qspi_command *command);

/** Read @p len_bytes (up to 64) of the SFDP area, from its start. */
enum duo_err duo_qspi_read_sfdp(const struct duo_clock *clock, uint8_t *dst,
                                uint32_t len_bytes);

/* Start a DMA transfer. Chip address, RAM address and length are multiples of
 * 4; the RAM is data RAM. duo_qspi_is_ready() tells the end. */
void duo_qspi_start_read(uint32_t chip_addr, void *dst, uint32_t len_bytes);
void duo_qspi_start_write(uint32_t chip_addr, const void *src,
                          uint32_t len_bytes);
/** Start the erase of one 4 KB sector; ready means that the chip has been
 * told, not that it is done. */
void duo_qspi_start_erase(uint32_t chip_addr);
bool duo_qspi_is_ready(void);

#endif
