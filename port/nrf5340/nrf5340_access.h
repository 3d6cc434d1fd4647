/* SPDX-License-Identifier: MIT */
/* The one way in which firmware reads and writes a register. */
#ifndef DUO_PORT_NRF5340_ACCESS_H
#define DUO_PORT_NRF5340_ACCESS_H

#include <stdint.h>

/**
 * Name the word at a register.
 *
 * @param addr  A base of nrf5340.h (or SCS_BASE) plus the offset of a register
 *              of that peripheral's type.
 * @return the word: `*duo_reg(NRF_NVMC_S_BASE + NVMC_CONFIG) = x;`
 *
 * One address and not base and offset: two adjacent parameters of one type
 * would be easy to swap with whatever a caller computes.
 */
static inline volatile uint32_t *duo_reg(uint32_t addr)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): a register is an address. */
    return (volatile uint32_t *)(uintptr_t)addr;
}

#endif /* DUO_PORT_NRF5340_ACCESS_H */
