/* SPDX-License-Identifier: MIT */
/* RAM for the network core; see spu.h. */
#include "spu.h"

#include "cpu.h"
#include "nrf5340.h"
#include "nrf5340_access.h"

#define RAM_ADDR     0x20000000U
#define REGION_BYTES 0x2000U

#define OPEN (SPU_RAMREGION_PERM_READ_Msk | SPU_RAMREGION_PERM_WRITE_Msk)
#define CLOSED                               \
    (OPEN | SPU_RAMREGION_PERM_EXECUTE_Msk | \
     SPU_RAMREGION_PERM_SECATTR_Msk) /* As after a reset. */

static void set_ram(const struct duo_ram_range *range, uint32_t permissions)
{
    uint32_t first = (range->addr - RAM_ADDR) / REGION_BYTES;

    for (uint32_t i = 0; i < range->size_bytes / REGION_BYTES; i++) {
        *duo_reg(NRF_SPU_S_BASE + SPU_RAMREGION_PERM(first + i)) = permissions;
    }
    duo_cpu_barrier();
}

void duo_spu_open_ram(const struct duo_ram_range *range)
{
    set_ram(range, OPEN);
}

void duo_spu_close_ram(const struct duo_ram_range *range)
{
    set_ram(range, CLOSED);
}
