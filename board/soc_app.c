/* SPDX-License-Identifier: MIT */
/* The application core's peripherals: one row for each page [SVD-A]. Pages that
 * are secure or non-secure only have one address. */
#include "soc.h"

#define BOTH(addr) addr##U, (addr##U + 0x10000000U)
#define ONLY(addr) addr##U, 0U

/* Type, name, address (and secure alias), interrupt, instance. */
const struct vb_place vb_soc_app[] = {
    {&vb_type_ficr_app,        "FICR",         ONLY(0x00FF0000), -1, 0},
    {&vb_type_uicr_app,        "UICR",         ONLY(0x00FF8000), -1, 0},
    {&vb_type_dcnf,            "DCNF",         BOTH(0x40000000), -1, 0},
    {&vb_type_cache,           "CACHE",        ONLY(0x50001000), 1,  0},
    {&vb_type_undocumented,    "(0x50002000)", BOTH(0x40002000), -1, 0},
    {&vb_type_spu,             "SPU",          ONLY(0x50003000), 3,  0},
    {&vb_type_regulators,      "REGULATORS",   BOTH(0x40004000), -1, 0},
    {&vb_type_clock_app,       "CLOCK",        BOTH(0x40005000), 5,  0},
    {&vb_type_ctrlap,          "CTRLAP",       BOTH(0x40006000), -1, 0},
    {&vb_type_uarte,           "UARTE0",       BOTH(0x40008000), 8,  0},
    {&vb_type_uarte,           "UARTE1",       BOTH(0x40009000), 9,  1},
    {&vb_type_uarte,           "UARTE2",       BOTH(0x4000B000), 11, 2},
    {&vb_type_uarte,           "UARTE3",       BOTH(0x4000C000), 12, 3},
    {&vb_type_gpiote,          "GPIOTE0",      ONLY(0x5000D000), 13, 0},
    {&vb_type_timer,           "TIMER0",       BOTH(0x4000F000), 15, 0},
    {&vb_type_timer,           "TIMER1",       BOTH(0x40010000), 16, 1},
    {&vb_type_timer,           "TIMER2",       BOTH(0x40011000), 17, 2},
    {&vb_type_rtc,             "RTC0",         BOTH(0x40014000), 20, 0},
    {&vb_type_rtc,             "RTC1",         BOTH(0x40015000), 21, 1},
    {&vb_type_dppic,           "DPPIC",        BOTH(0x40017000), -1, 0},
    {&vb_type_wdt,             "WDT0",         BOTH(0x40018000), 24, 0},
    {&vb_type_wdt,             "WDT1",         BOTH(0x40019000), 25, 1},
    {&vb_type_egu,             "EGU0",         BOTH(0x4001B000), 27, 0},
    {&vb_type_egu,             "EGU1",         BOTH(0x4001C000), 28, 1},
    {&vb_type_egu,             "EGU2",         BOTH(0x4001D000), 29, 2},
    {&vb_type_egu,             "EGU3",         BOTH(0x4001E000), 30, 3},
    {&vb_type_egu,             "EGU4",         BOTH(0x4001F000), 31, 4},
    {&vb_type_egu,             "EGU5",         BOTH(0x40020000), 32, 5},
    {&vb_type_ipc,             "IPC",          BOTH(0x4002A000), 42, 0},
    {&vb_type_qspi,            "QSPI",         BOTH(0x4002B000), 43, 0},
    {&vb_type_gpiote,          "GPIOTE1",      ONLY(0x4002F000), 47, 1},
    {&vb_type_mutex,           "MUTEX",        BOTH(0x40030000), -1, 0},
    {&vb_type_undocumented,    "(0x50032000)", BOTH(0x40032000), -1, 1},
    {&vb_type_usbregulator,    "USBREGULATOR", BOTH(0x40037000), 55, 0},
    {&vb_type_nvmc_app,        "NVMC",         BOTH(0x40039000), 57, 0},
    {&vb_type_vmc,             "VMC",          BOTH(0x40081000), -1, 0},
    {&vb_type_undocumented,    "(0x50101000)", BOTH(0x40101000), -1, 2},
    {&vb_type_undocumented,    "(0x50201000)", BOTH(0x40201000), -1, 3},
    {&vb_type_gpio,            "GPIO",         BOTH(0x40842000), -1, 0},
    {&vb_type_cryptocell,      "CRYPTOCELL",   ONLY(0x50844000), -1, 0},
    {&vb_type_cryptocell_core, "CC312",        ONLY(0x50845000), 68, 0},
    {&vb_type_tad,             "TAD",          ONLY(0xE0080000), -1, 0},
};
const unsigned vb_soc_app_count = sizeof(vb_soc_app) / sizeof(vb_soc_app[0]);
