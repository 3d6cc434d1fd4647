/* SPDX-License-Identifier: MIT */
/* What the network core may see of the application core's RAM. */
#ifndef DUO_NRF_SPU_H
#define DUO_NRF_SPU_H

#include <stdint.h>

struct duo_ram_range {
    uint32_t addr;       /* A multiple of 8 KB, in RAM. */
    uint32_t size_bytes; /* A multiple of 8 KB. */
};

/** Open (read and write, not execute) or close RAM to the network core: its
 * accesses are non-secure, so the regions are made non-secure. The rest of
 * the RAM stays closed. */
void duo_spu_open_ram(const struct duo_ram_range *range);
void duo_spu_close_ram(const struct duo_ram_range *range);

#endif
