/* SPDX-License-Identifier: MIT */
/* The network core's peripherals: one row for each page [SVD-N]. They have one
 * address; the application core does not see them. The application core's MUTEX
 * is mapped by memory.c. */
#include "soc.h"

#define ONLY(addr) addr##U, 0U

/* Type, name, address (and secure alias), interrupt, instance. */
const struct vb_place vb_soc_net[] = {
    {&vb_type_ficr_net,     "FICR (network)",   ONLY(0x01FF0000), -1, 0},
    {&vb_type_uicr_net,     "UICR (network)",   ONLY(0x01FF8000), -1, 0},
    {&vb_type_dcnf,         "DCNF (network)",   ONLY(0x41000000), -1, 0},
    {&vb_type_undocumented, "(0x41002000)",     ONLY(0x41002000), -1, 0},
    {&vb_type_vreqctrl,     "VREQCTRL",         ONLY(0x41004000), -1, 0},
    {&vb_type_clock_net,    "CLOCK (network)",  ONLY(0x41005000), 5,  0},
    {&vb_type_ctrlap,       "CTRLAP (network)", ONLY(0x41006000), -1, 0},
    {&vb_type_rng,          "RNG",              ONLY(0x41009000), 9,  0},
    {&vb_type_gpiote,       "GPIOTE (network)", ONLY(0x4100A000), 10, 0},
    {&vb_type_wdt,          "WDT (network)",    ONLY(0x4100B000), 11, 0},
    {&vb_type_timer,        "TIMER0 (network)", ONLY(0x4100C000), 12, 0},
    {&vb_type_dppic,        "DPPIC (network)",  ONLY(0x4100F000), -1, 0},
    {&vb_type_temp,         "TEMP",             ONLY(0x41010000), 16, 0},
    {&vb_type_rtc,          "RTC0 (network)",   ONLY(0x41011000), 17, 0},
    {&vb_type_ipc,          "IPC (network)",    ONLY(0x41012000), 18, 0},
    {&vb_type_uarte,        "UARTE0 (network)", ONLY(0x41013000), 19, 0},
    {&vb_type_egu,          "EGU0 (network)",   ONLY(0x41014000), 20, 0},
    {&vb_type_rtc,          "RTC1 (network)",   ONLY(0x41016000), 22, 1},
    {&vb_type_timer,        "TIMER1 (network)", ONLY(0x41018000), 24, 1},
    {&vb_type_timer,        "TIMER2 (network)", ONLY(0x41019000), 25, 2},
    {&vb_type_swi,          "SWI0",             ONLY(0x4101A000), 26, 0},
    {&vb_type_swi,          "SWI1",             ONLY(0x4101B000), 27, 1},
    {&vb_type_swi,          "SWI2",             ONLY(0x4101C000), 28, 2},
    {&vb_type_swi,          "SWI3",             ONLY(0x4101D000), 29, 3},
    {&vb_type_nvmc_net,     "NVMC (network)",   ONLY(0x41080000), -1, 0},
    {&vb_type_vmc,          "VMC (network)",    ONLY(0x41081000), -1, 0},
    {&vb_type_undocumented, "(0x41101000)",     ONLY(0x41101000), -1, 1},
    {&vb_type_undocumented, "(0x41203000)",     ONLY(0x41203000), -1, 2},
    {&vb_type_gpio,         "GPIO (network)",   ONLY(0x418C0000), -1, 0},
};
const unsigned vb_soc_net_count = sizeof(vb_soc_net) / sizeof(vb_soc_net[0]);
