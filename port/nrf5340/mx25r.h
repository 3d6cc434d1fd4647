/* SPDX-License-Identifier: MIT */
/* The MX25R6435F behind the QSPI as a flash device. */
#ifndef DUO_NRF_MX25R_H
#define DUO_NRF_MX25R_H

#include "duo/clock.h"
#include "duo/flash.h"

#define DUO_MX25R_BOUNCE_BYTES 256U /* One page of the chip. */

struct duo_mx25r_config {
    struct duo_flash_geometry geometry; /* As duo_layout_geometry() gives. */
    const struct duo_clock *clock;
    const char *name;
    void (*idle)(void *ctx); /* NULL: poll again at once. */
    void *ctx;
};

struct duo_mx25r {
    struct duo_flash flash; /* First. */
    struct duo_mx25r_config config;
    struct duo_mx25r_operation {
        unsigned phase; /* What is under way; see mx25r.c. */
        uint32_t chip_addr;
        uint8_t *dst;
        const uint8_t *src;
        uint32_t left_bytes;
        uint32_t piece_bytes; /* Of the transfer under way. */
        bool bounced;         /* It passes the bounce buffer. */
        uint32_t skip_bytes;  /* Of the bounce buffer, before the wanted. */
        uint64_t deadline_us;
        uint64_t next_poll_us;
        enum duo_err result;
    } op;               /* Private. */
    bool prepared;      /* Identified and in high-performance mode. */
    bool started;       /* The peripheral holds its pins. */
    uint8_t mode_found; /* CR2 as it was: put back by release. */
    /* DMA wants word-aligned RAM on both sides; what is not so passes here. */
    _Alignas(4) uint8_t bounce[DUO_MX25R_BOUNCE_BYTES];
};

/** Set up the device; the chip is not touched before prepare. */
void duo_mx25r_init(struct duo_mx25r *chip,
                    const struct duo_mx25r_config *config);

/**
 * Wake the chip, wait for the end of whatever it did before the reset (at
 * most the data sheet's maximum), check JEDEC id and SFDP header, set quad
 * enable if it is clear, switch to high-performance mode and 32 MHz.
 *
 * @return DUO_OK; DUO_ERR_FLASH: no such chip answers; DUO_ERR_TIMEOUT.
 * Until it has returned DUO_OK every operation fails with DUO_ERR_FLASH.
 */
enum duo_err duo_mx25r_prepare(struct duo_mx25r *chip);

/** Chip back to the mode it was found in, QSPI off, pins and clock put back.
 * Waits for an operation under way. Harmless without prepare. */
void duo_mx25r_release(struct duo_mx25r *chip);

#endif
