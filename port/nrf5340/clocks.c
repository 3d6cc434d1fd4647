/* SPDX-License-Identifier: MIT */
/* Clocks of either core; see clocks.h. */
#include "clocks.h"

#include "cpu.h"
#include "nrf5340.h"
#include "nrf5340_access.h"

/* Start-up of the 32 MHz crystal takes well below 5 ms, that of the internal
 * 32 kHz oscillator below 2 ms. */
#define START_US_MAX 10000U
#define STEP_US      5U

static bool wait_event(uint32_t event_addr)
{
    for (uint32_t us = 0; us < START_US_MAX; us += STEP_US) {
        if (*duo_reg(event_addr) != 0) {
            return true;
        }
        duo_cpu_spin_us(STEP_US);
    }
    return false;
}

bool duo_clocks_start_hfxo(uint32_t base_addr)
{
    *duo_reg(base_addr + CLOCK_EVENTS_HFCLKSTARTED) = 0;
    *duo_reg(base_addr + CLOCK_HFCLKSRC) = CLOCK_HFCLKSRC_SRC_HFXO;
    *duo_reg(base_addr + CLOCK_TASKS_HFCLKSTART) = 1;
    return wait_event(base_addr + CLOCK_EVENTS_HFCLKSTARTED);
}

bool duo_clocks_start_lfclk(uint32_t base_addr)
{
    *duo_reg(base_addr + CLOCK_EVENTS_LFCLKSTARTED) = 0;
    *duo_reg(base_addr + CLOCK_LFCLKSRC) = CLOCK_LFCLKSRC_SRC_LFRC;
    *duo_reg(base_addr + CLOCK_TASKS_LFCLKSTART) = 1;
    return wait_event(base_addr + CLOCK_EVENTS_LFCLKSTARTED);
}

void duo_clocks_release(uint32_t base_addr)
{
    *duo_reg(base_addr + CLOCK_TASKS_HFCLKSTOP) = 1;
    *duo_reg(base_addr + CLOCK_TASKS_LFCLKSTOP) = 1;
    *duo_reg(base_addr + CLOCK_EVENTS_HFCLKSTARTED) = 0;
    *duo_reg(base_addr + CLOCK_EVENTS_LFCLKSTARTED) = 0;
}

void duo_clocks_set_cpu_speed(enum duo_cpu_speed speed)
{
    *duo_reg(NRF_CLOCK_S_BASE + CLOCK_HFCLKCTRL) =
        speed == DUO_CPU_128_MHZ ? CLOCK_HFCLKCTRL_HCLK_Div1
                                 : CLOCK_HFCLKCTRL_HCLK_Div2;
}
