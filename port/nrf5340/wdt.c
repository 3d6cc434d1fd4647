/* SPDX-License-Identifier: MIT */
/* Watchdogs; see wdt.h. */
#include "wdt.h"

#include "nrf5340.h"
#include "nrf5340_access.h"

/* 32768 ticks a second, reduced so that 17 minutes fit 32 bits. */
#define TICKS_PER_125_MS 4096U
#define MS_PER_STEP      125U
#define RELOAD_REGISTERS 8U

bool duo_wdt_is_running(uint32_t base_addr)
{
    return (*duo_reg(base_addr + WDT_RUNSTATUS) &
            WDT_RUNSTATUS_RUNSTATUSWDT_Msk) != 0;
}

void duo_wdt_start(uint32_t base_addr, uint32_t timeout_ms)
{
    uint32_t ticks = timeout_ms * TICKS_PER_125_MS / MS_PER_STEP;

    if (duo_wdt_is_running(base_addr)) {
        duo_wdt_feed(base_addr);
        return;
    }
    *duo_reg(base_addr + WDT_CRV) = ticks - 1U;
    *duo_reg(base_addr + WDT_RREN) = WDT_RREN_RR0_Msk;
    *duo_reg(base_addr + WDT_CONFIG) =
        WDT_CONFIG_SLEEP_Run | (WDT_CONFIG_HALT_Pause << WDT_CONFIG_HALT_Pos) |
        WDT_CONFIG_STOPEN_Msk;
    *duo_reg(base_addr + WDT_TASKS_START) = 1;
}

void duo_wdt_feed(uint32_t base_addr)
{
    uint32_t enabled;

    if (!duo_wdt_is_running(base_addr)) {
        return;
    }
    enabled = *duo_reg(base_addr + WDT_RREN);
    for (uint32_t i = 0; i < RELOAD_REGISTERS; i++) {
        if ((enabled & (1U << i)) != 0) {
            *duo_reg(base_addr + WDT_RR(i)) = WDT_RR_RR_Reload;
        }
    }
}
