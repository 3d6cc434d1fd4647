/* SPDX-License-Identifier: MIT */
/* A core's own flash as a flash device. Each poll() programs a few words or
 * does a slice of an erase, so that the other devices of an install make
 * progress: it is the core that works, and it should not sleep meanwhile. */
#ifndef DUO_NRF_NVMC_H
#define DUO_NRF_NVMC_H

#include "duo/clock.h"
#include "duo/flash.h"

struct duo_nvmc_config {
    uint32_t base_addr;  /* NRF_NVMC_S_BASE, or the network core's NVMC. */
    uint32_t cache_addr; /* Base of CACHE, 0: the core has none. */
    struct duo_flash_geometry geometry; /* As duo_layout_geometry() gives. */
    const struct duo_clock *clock;
    const char *name;
    void (*idle)(void *ctx); /* NULL: poll again at once. */
    void *ctx;
};

struct duo_nvmc {
    struct duo_flash flash; /* First. */
    struct duo_nvmc_config config;
    struct duo_nvmc_operation {
        const uint8_t *src; /* Of the next word; NULL: no write. */
        uint32_t addr;      /* Where it goes. */
        uint32_t left_bytes;
        uint32_t slices_left; /* Of an erase. */
        bool busy;
        enum duo_err result;
    } op; /* Private. */
};

/** Set up the device; nothing is written. */
void duo_nvmc_init(struct duo_nvmc *nvmc, const struct duo_nvmc_config *config);

#endif
