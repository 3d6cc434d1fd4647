/* SPDX-License-Identifier: MIT */
/*
 * Where the peripherals of the nRF5340 are, with the vendor's names, and all
 * register headers.
 *
 * Scheme: an address is a base plus an offset, and never anything else.
 *
 *   NRF_<instance>_S_BASE     application core, secure map
 *   NRF_<instance>_NET_BASE   network core, its only map (the vendor writes _NS)
 *   NRF_<line>_S_IRQ, NRF_<line>_NET_IRQ        interrupt lines of either core
 *   <TYPE>_<REGISTER>         offset of a register; (n) where there are several
 *   <TYPE>_<REGISTER>_<FIELD>_Msk, _Pos         a field; _Pos only if not 0 and
 *                                               if it holds more than a flag
 *   <TYPE>_<REGISTER>_<FIELD>_<Value>           a value, not yet shifted
 *
 * A register of the set or clear kind (INTENCLR, EVTENCLR) takes the fields of
 * its partner INTENSET. Only what our firmware and its tools have a use for is
 * here. Pure macros: host code may include it; nrf5340_access.h reads and
 * writes. scripts/check_registers.py compares every line with the vendor's SVD
 * files (docs/TESTING.md says where those are published).
 */
#ifndef DUO_PORT_NRF5340_H
#define DUO_PORT_NRF5340_H

#include "nrf5340_flash.h"
#include "nrf5340_io.h"
#include "nrf5340_system.h"

/* Peripherals of the application core, through the secure map. */
#define NRF_FICR_S_BASE        0x00FF0000U
#define NRF_UICR_S_BASE        0x00FF8000U
#define NRF_CACHE_S_BASE       0x50001000U
#define NRF_SPU_S_BASE         0x50003000U
#define NRF_OSCILLATORS_S_BASE 0x50004000U
#define NRF_REGULATORS_S_BASE  0x50004000U
#define NRF_CLOCK_S_BASE       0x50005000U
#define NRF_POWER_S_BASE       0x50005000U
#define NRF_RESET_S_BASE       0x50005000U
#define NRF_CTRLAP_S_BASE      0x50006000U
#define NRF_DCNF_S_BASE        0x50000000U
#define NRF_UARTE0_S_BASE      0x50008000U
#define NRF_UARTE1_S_BASE      0x50009000U
#define NRF_UARTE2_S_BASE      0x5000B000U
#define NRF_UARTE3_S_BASE      0x5000C000U
#define NRF_GPIOTE0_S_BASE     0x5000D000U
#define NRF_TIMER0_S_BASE      0x5000F000U
#define NRF_TIMER1_S_BASE      0x50010000U
#define NRF_TIMER2_S_BASE      0x50011000U
#define NRF_RTC0_S_BASE        0x50014000U
#define NRF_RTC1_S_BASE        0x50015000U
#define NRF_DPPIC_S_BASE       0x50017000U
#define NRF_WDT0_S_BASE        0x50018000U
#define NRF_WDT1_S_BASE        0x50019000U
#define NRF_EGU0_S_BASE        0x5001B000U
#define NRF_IPC_S_BASE         0x5002A000U
#define NRF_QSPI_S_BASE        0x5002B000U
#define NRF_MUTEX_S_BASE       0x50030000U
#define NRF_KMU_S_BASE         0x50039000U
#define NRF_NVMC_S_BASE        0x50039000U
#define NRF_VMC_S_BASE         0x50081000U
#define NRF_P0_S_BASE          0x50842500U
#define NRF_P1_S_BASE          0x50842800U

/* Peripherals of the network core, which has no secure map of its own. */
#define NRF_FICR_NET_BASE     0x01FF0000U
#define NRF_UICR_NET_BASE     0x01FF8000U
#define NRF_DCNF_NET_BASE     0x41000000U
#define NRF_VREQCTRL_NET_BASE 0x41004000U
#define NRF_CLOCK_NET_BASE    0x41005000U
#define NRF_POWER_NET_BASE    0x41005000U
#define NRF_RESET_NET_BASE    0x41005000U
#define NRF_CTRLAP_NET_BASE   0x41006000U
#define NRF_RNG_NET_BASE      0x41009000U
#define NRF_GPIOTE_NET_BASE   0x4100A000U
#define NRF_WDT_NET_BASE      0x4100B000U
#define NRF_TIMER0_NET_BASE   0x4100C000U
#define NRF_TIMER1_NET_BASE   0x41018000U
#define NRF_TIMER2_NET_BASE   0x41019000U
#define NRF_DPPIC_NET_BASE    0x4100F000U
#define NRF_TEMP_NET_BASE     0x41010000U
#define NRF_RTC0_NET_BASE     0x41011000U
#define NRF_RTC1_NET_BASE     0x41016000U
#define NRF_IPC_NET_BASE      0x41012000U
#define NRF_UARTE0_NET_BASE   0x41013000U
#define NRF_EGU0_NET_BASE     0x41014000U
#define NRF_APPMUTEX_NET_BASE 0x40030000U
#define NRF_ACL_NET_BASE      0x41080000U
#define NRF_NVMC_NET_BASE     0x41080000U
#define NRF_VMC_NET_BASE      0x41081000U
#define NRF_P0_NET_BASE       0x418C0500U
#define NRF_P1_NET_BASE       0x418C0800U

/* Interrupt lines of the application core. */
#define NRF_CACHE_S_IRQ       1U
#define NRF_SPU_S_IRQ         3U
#define NRF_CLOCK_POWER_S_IRQ 5U
#define NRF_SERIAL0_S_IRQ     8U
#define NRF_SERIAL1_S_IRQ     9U
#define NRF_GPIOTE0_S_IRQ     13U
#define NRF_TIMER0_S_IRQ      15U
#define NRF_TIMER1_S_IRQ      16U
#define NRF_TIMER2_S_IRQ      17U
#define NRF_RTC0_S_IRQ        20U
#define NRF_RTC1_S_IRQ        21U
#define NRF_WDT0_S_IRQ        24U
#define NRF_WDT1_S_IRQ        25U
#define NRF_EGU0_S_IRQ        27U
#define NRF_IPC_S_IRQ         42U
#define NRF_QSPI_S_IRQ        43U
#define NRF_KMU_S_IRQ         57U
#define NRF_S_IRQ_COUNT       69U

/* Interrupt lines of the network core. */
#define NRF_CLOCK_POWER_NET_IRQ 5U
#define NRF_RNG_NET_IRQ         9U
#define NRF_GPIOTE_NET_IRQ      10U
#define NRF_WDT_NET_IRQ         11U
#define NRF_TIMER0_NET_IRQ      12U
#define NRF_TIMER1_NET_IRQ      24U
#define NRF_TIMER2_NET_IRQ      25U
#define NRF_TEMP_NET_IRQ        16U
#define NRF_RTC0_NET_IRQ        17U
#define NRF_RTC1_NET_IRQ        22U
#define NRF_IPC_NET_IRQ         18U
#define NRF_SERIAL0_NET_IRQ     19U
#define NRF_EGU0_NET_IRQ        20U
#define NRF_NET_IRQ_COUNT       30U

#endif /* DUO_PORT_NRF5340_H */
