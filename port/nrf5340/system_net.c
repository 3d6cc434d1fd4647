/* SPDX-License-Identifier: MIT */
/* Start of the network core; see system.h. */
#include "system.h"

#include "nrf5340.h"
#include "nrf5340_access.h"
#include "nrf5340_errata.h"

#define TRIMS_MAX     32U
#define TRIM_END_ADDR 0xFFFFFFFFU

static void apply_trims(void)
{
    for (uint32_t i = 0; i < TRIMS_MAX; i++) {
        uint32_t addr = *duo_reg(NRF_FICR_NET_BASE + FICR_TRIMCNF_ADDR(i));

        if (addr == TRIM_END_ADDR) {
            return;
        }
        *duo_reg(addr) = *duo_reg(NRF_FICR_NET_BASE + FICR_TRIMCNF_DATA(i));
    }
}

static void apply_erratum_160(void)
{
    *duo_reg(ERRATUM_160_NET_0_ADDR) = ERRATUM_160_NET_0_VALUE;
    *duo_reg(ERRATUM_160_NET_1_ADDR) = 0;
    *duo_reg(ERRATUM_160_NET_2_ADDR) = 0;
    *duo_reg(ERRATUM_160_NET_3_ADDR) = 0;
    *duo_reg(ERRATUM_160_NET_4_ADDR) = 0;
    *duo_reg(ERRATUM_160_NET_5_ADDR) = 0;
}

void duo_system_init(void)
{
    apply_trims();
    apply_erratum_160();
    *duo_reg(NRF_CTRLAP_NET_BASE + CTRLAPPERI_APPROTECT_DISABLE) =
        *duo_reg(NRF_UICR_NET_BASE + UICR_APPROTECT);
}
