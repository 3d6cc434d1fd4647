/* SPDX-License-Identifier: MIT */
/* Write protection of flash on the network core, until its next reset. */
#ifndef DUO_NRF_ACL_H
#define DUO_NRF_ACL_H

#include <stdbool.h>
#include <stdint.h>

struct duo_flash_range {
    uint32_t addr;       /* Page-aligned. */
    uint32_t size_bytes; /* Whole pages. */
};

/** No write and no erase in @p range until reset. False: it did not take,
 * and nothing that could be written through must be served. */
bool duo_acl_protect(const struct duo_flash_range *range);

#endif
