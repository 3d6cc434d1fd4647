/* SPDX-License-Identifier: MIT */
/*
 * The registers that run the chip: clocks, resets, protection, supply.
 *
 * Offsets and fields with the vendor's names; nrf5340.h tells the scheme, and
 * scripts/check_registers.py compares every line with the vendor's SVD files.
 */
#ifndef DUO_PORT_NRF5340_SYSTEM_H
#define DUO_PORT_NRF5340_SYSTEM_H

/* NOLINTBEGIN(readability-identifier-naming): the spelling of the manual. */

/* CLOCK [PS CLOCK]; the HFCLK192M registers are on the application core only. */
#define CLOCK_TASKS_HFCLKSTART                       0x000U
#define CLOCK_TASKS_HFCLKSTOP                        0x004U
#define CLOCK_TASKS_LFCLKSTART                       0x008U
#define CLOCK_TASKS_LFCLKSTOP                        0x00CU
#define CLOCK_TASKS_CAL                              0x010U
#define CLOCK_TASKS_HFCLK192MSTART                   0x020U
#define CLOCK_TASKS_HFCLK192MSTOP                    0x024U
#define CLOCK_EVENTS_HFCLKSTARTED                    0x100U
#define CLOCK_EVENTS_LFCLKSTARTED                    0x104U
#define CLOCK_EVENTS_DONE                            0x11CU
#define CLOCK_EVENTS_HFCLK192MSTARTED                0x124U
#define CLOCK_INTENSET                               0x304U
#define CLOCK_INTENSET_HFCLKSTARTED_Msk              0x1U
#define CLOCK_INTENSET_LFCLKSTARTED_Msk              0x2U
#define CLOCK_INTENSET_DONE_Msk                      0x80U
#define CLOCK_INTENSET_HFCLK192MSTARTED_Msk          0x200U
#define CLOCK_INTENCLR                               0x308U
#define CLOCK_HFCLKRUN                               0x408U
#define CLOCK_HFCLKRUN_STATUS_Msk                    0x1U
#define CLOCK_HFCLKSTAT                              0x40CU
#define CLOCK_HFCLKSTAT_SRC_Msk                      0x1U
#define CLOCK_HFCLKSTAT_SRC_HFINT                    0x0U
#define CLOCK_HFCLKSTAT_SRC_HFXO                     0x1U
#define CLOCK_HFCLKSTAT_ALWAYSRUNNING_Msk            0x10U
#define CLOCK_HFCLKSTAT_STATE_Msk                    0x10000U
#define CLOCK_LFCLKRUN                               0x414U
#define CLOCK_LFCLKRUN_STATUS_Msk                    0x1U
#define CLOCK_LFCLKSTAT                              0x418U
#define CLOCK_LFCLKSTAT_SRC_Msk                      0x3U
#define CLOCK_LFCLKSTAT_SRC_LFRC                     0x1U
#define CLOCK_LFCLKSTAT_SRC_LFXO                     0x2U
#define CLOCK_LFCLKSTAT_SRC_LFSYNT                   0x3U
#define CLOCK_LFCLKSTAT_ALWAYSRUNNING_Msk            0x10U
#define CLOCK_LFCLKSTAT_STATE_Msk                    0x10000U
#define CLOCK_LFCLKSRCCOPY                           0x41CU
#define CLOCK_LFCLKSRCCOPY_SRC_Msk                   0x3U
#define CLOCK_LFCLKSRCCOPY_SRC_LFRC                  0x1U
#define CLOCK_LFCLKSRCCOPY_SRC_LFXO                  0x2U
#define CLOCK_LFCLKSRCCOPY_SRC_LFSYNT                0x3U
#define CLOCK_HFCLK192MRUN                           0x458U
#define CLOCK_HFCLK192MRUN_STATUS_Msk                0x1U
#define CLOCK_HFCLK192MSTAT                          0x45CU
#define CLOCK_HFCLK192MSTAT_SRC_Msk                  0x1U
#define CLOCK_HFCLK192MSTAT_SRC_HFINT                0x0U
#define CLOCK_HFCLK192MSTAT_SRC_HFXO                 0x1U
#define CLOCK_HFCLK192MSTAT_ALWAYSRUNNING_Msk        0x10U
#define CLOCK_HFCLK192MSTAT_STATE_Msk                0x10000U
#define CLOCK_HFCLKSRC                               0x514U
#define CLOCK_HFCLKSRC_SRC_Msk                       0x1U
#define CLOCK_HFCLKSRC_SRC_HFINT                     0x0U
#define CLOCK_HFCLKSRC_SRC_HFXO                      0x1U
#define CLOCK_LFCLKSRC                               0x518U
#define CLOCK_LFCLKSRC_SRC_Msk                       0x3U
#define CLOCK_LFCLKSRC_SRC_LFRC                      0x1U
#define CLOCK_LFCLKSRC_SRC_LFXO                      0x2U
#define CLOCK_LFCLKSRC_SRC_LFSYNT                    0x3U
#define CLOCK_HFCLKCTRL                              0x558U
#define CLOCK_HFCLKCTRL_HCLK_Msk                     0x3U
#define CLOCK_HFCLKCTRL_HCLK_Div1                    0x0U
#define CLOCK_HFCLKCTRL_HCLK_Div2                    0x1U
#define CLOCK_HFCLKALWAYSRUN                         0x570U
#define CLOCK_HFCLKALWAYSRUN_ALWAYSRUN_Msk           0x1U
#define CLOCK_HFCLKALWAYSRUN_ALWAYSRUN_Automatic     0x0U
#define CLOCK_HFCLKALWAYSRUN_ALWAYSRUN_AlwaysRun     0x1U
#define CLOCK_LFCLKALWAYSRUN                         0x574U
#define CLOCK_LFCLKALWAYSRUN_ALWAYSRUN_Msk           0x1U
#define CLOCK_LFCLKALWAYSRUN_ALWAYSRUN_Automatic     0x0U
#define CLOCK_LFCLKALWAYSRUN_ALWAYSRUN_AlwaysRun     0x1U
#define CLOCK_HFCLK192MSRC                           0x580U
#define CLOCK_HFCLK192MSRC_SRC_Msk                   0x1U
#define CLOCK_HFCLK192MSRC_SRC_HFINT                 0x0U
#define CLOCK_HFCLK192MSRC_SRC_HFXO                  0x1U
#define CLOCK_HFCLK192MALWAYSRUN                     0x584U
#define CLOCK_HFCLK192MALWAYSRUN_ALWAYSRUN_Msk       0x1U
#define CLOCK_HFCLK192MALWAYSRUN_ALWAYSRUN_Automatic 0x0U
#define CLOCK_HFCLK192MALWAYSRUN_ALWAYSRUN_AlwaysRun 0x1U
#define CLOCK_HFCLK192MCTRL                          0x5B8U
#define CLOCK_HFCLK192MCTRL_HCLK192M_Msk             0x3U
#define CLOCK_HFCLK192MCTRL_HCLK192M_Div1            0x0U
#define CLOCK_HFCLK192MCTRL_HCLK192M_Div2            0x1U
#define CLOCK_HFCLK192MCTRL_HCLK192M_Div4            0x2U

/* POWER [PS POWER]. */
#define POWER_TASKS_CONSTLAT          0x078U
#define POWER_TASKS_LOWPWR            0x07CU
#define POWER_EVENTS_POFWARN          0x108U
#define POWER_EVENTS_SLEEPENTER       0x114U
#define POWER_EVENTS_SLEEPEXIT        0x118U
#define POWER_INTENSET                0x304U
#define POWER_INTENSET_POFWARN_Msk    0x4U
#define POWER_INTENSET_SLEEPENTER_Msk 0x20U
#define POWER_INTENSET_SLEEPEXIT_Msk  0x40U
#define POWER_INTENCLR                0x308U
#define POWER_GPREGRET(n)             (0x51CU + 0x4U * (n))
#define POWER_GPREGRET_GPREGRET_Msk   0xFFU

/* RESET [PS RESET]; NETWORK_FORCEOFF is on the application core only. */
#define RESET_RESETREAS                         0x400U
#define RESET_RESETREAS_RESETPIN_Msk            0x1U
#define RESET_RESETREAS_DOG0_Msk                0x2U
#define RESET_RESETREAS_CTRLAP_Msk              0x4U
#define RESET_RESETREAS_SREQ_Msk                0x8U
#define RESET_RESETREAS_LOCKUP_Msk              0x10U
#define RESET_RESETREAS_OFF_Msk                 0x20U
#define RESET_RESETREAS_LPCOMP_Msk              0x40U
#define RESET_RESETREAS_DIF_Msk                 0x80U
#define RESET_RESETREAS_NFC_Msk                 0x1000000U
#define RESET_RESETREAS_DOG1_Msk                0x2000000U
#define RESET_RESETREAS_VBUS_Msk                0x4000000U
#define RESET_NETWORK_FORCEOFF                  0x614U
#define RESET_NETWORK_FORCEOFF_FORCEOFF_Msk     0x1U
#define RESET_NETWORK_FORCEOFF_FORCEOFF_Release 0x0U
#define RESET_NETWORK_FORCEOFF_FORCEOFF_Hold    0x1U

/* RESET of the network core; its bits 0 to 7 tell the application core's resets. */
#define RESET_RESETREAS_LSREQ_Msk     0x10000U
#define RESET_RESETREAS_LLOCKUP_Msk   0x20000U
#define RESET_RESETREAS_LDOG_Msk      0x40000U
#define RESET_RESETREAS_MFORCEOFF_Msk 0x800000U
#define RESET_RESETREAS_LCTRLAP_Msk   0x8000000U

/* SPU [PS SPU]: application core only. */
#define SPU_EVENTS_RAMACCERR                            0x100U
#define SPU_EVENTS_FLASHACCERR                          0x104U
#define SPU_EVENTS_PERIPHACCERR                         0x108U
#define SPU_INTENSET                                    0x304U
#define SPU_INTENSET_RAMACCERR_Msk                      0x1U
#define SPU_INTENSET_FLASHACCERR_Msk                    0x2U
#define SPU_INTENSET_PERIPHACCERR_Msk                   0x4U
#define SPU_INTENCLR                                    0x308U
#define SPU_EXTDOMAIN_PERM                              0x440U
#define SPU_EXTDOMAIN_PERM_SECUREMAPPING_Msk            0x3U
#define SPU_EXTDOMAIN_PERM_SECUREMAPPING_NonSecure      0x0U
#define SPU_EXTDOMAIN_PERM_SECUREMAPPING_Secure         0x1U
#define SPU_EXTDOMAIN_PERM_SECUREMAPPING_UserSelectable 0x2U
#define SPU_EXTDOMAIN_PERM_SECATTR_Pos                  4U
#define SPU_EXTDOMAIN_PERM_SECATTR_Msk                  0x10U
#define SPU_EXTDOMAIN_PERM_SECATTR_NonSecure            0x0U
#define SPU_EXTDOMAIN_PERM_SECATTR_Secure               0x1U
#define SPU_EXTDOMAIN_PERM_LOCK_Msk                     0x100U
#define SPU_GPIOPORT_PERM(n)                            (0x4C0U + 0x8U * (n))
#define SPU_GPIOPORT_LOCK(n)                            (0x4C4U + 0x8U * (n))
#define SPU_GPIOPORT_LOCK_LOCK_Msk                      0x1U
#define SPU_FLASHREGION_PERM(n)                         (0x600U + 0x4U * (n))
#define SPU_FLASHREGION_PERM_EXECUTE_Msk                0x1U
#define SPU_FLASHREGION_PERM_EXECUTE_Enable             0x1U
#define SPU_FLASHREGION_PERM_EXECUTE_Disable            0x0U
#define SPU_FLASHREGION_PERM_WRITE_Pos                  1U
#define SPU_FLASHREGION_PERM_WRITE_Msk                  0x2U
#define SPU_FLASHREGION_PERM_WRITE_Enable               0x1U
#define SPU_FLASHREGION_PERM_WRITE_Disable              0x0U
#define SPU_FLASHREGION_PERM_READ_Pos                   2U
#define SPU_FLASHREGION_PERM_READ_Msk                   0x4U
#define SPU_FLASHREGION_PERM_READ_Enable                0x1U
#define SPU_FLASHREGION_PERM_READ_Disable               0x0U
#define SPU_FLASHREGION_PERM_SECATTR_Pos                4U
#define SPU_FLASHREGION_PERM_SECATTR_Msk                0x10U
#define SPU_FLASHREGION_PERM_SECATTR_Non_Secure         0x0U
#define SPU_FLASHREGION_PERM_SECATTR_Secure             0x1U
#define SPU_FLASHREGION_PERM_LOCK_Msk                   0x100U
#define SPU_RAMREGION_PERM(n)                           (0x700U + 0x4U * (n))
#define SPU_RAMREGION_PERM_EXECUTE_Msk                  0x1U
#define SPU_RAMREGION_PERM_EXECUTE_Enable               0x1U
#define SPU_RAMREGION_PERM_EXECUTE_Disable              0x0U
#define SPU_RAMREGION_PERM_WRITE_Pos                    1U
#define SPU_RAMREGION_PERM_WRITE_Msk                    0x2U
#define SPU_RAMREGION_PERM_WRITE_Enable                 0x1U
#define SPU_RAMREGION_PERM_WRITE_Disable                0x0U
#define SPU_RAMREGION_PERM_READ_Pos                     2U
#define SPU_RAMREGION_PERM_READ_Msk                     0x4U
#define SPU_RAMREGION_PERM_READ_Enable                  0x1U
#define SPU_RAMREGION_PERM_READ_Disable                 0x0U
#define SPU_RAMREGION_PERM_SECATTR_Pos                  4U
#define SPU_RAMREGION_PERM_SECATTR_Msk                  0x10U
#define SPU_RAMREGION_PERM_SECATTR_Non_Secure           0x0U
#define SPU_RAMREGION_PERM_SECATTR_Secure               0x1U
#define SPU_RAMREGION_PERM_LOCK_Msk                     0x100U
#define SPU_PERIPHID_PERM(n)                            (0x800U + 0x4U * (n))
#define SPU_PERIPHID_PERM_SECUREMAPPING_Msk             0x3U
#define SPU_PERIPHID_PERM_SECUREMAPPING_NonSecure       0x0U
#define SPU_PERIPHID_PERM_SECUREMAPPING_Secure          0x1U
#define SPU_PERIPHID_PERM_SECUREMAPPING_UserSelectable  0x2U
#define SPU_PERIPHID_PERM_SECUREMAPPING_Split           0x3U
#define SPU_PERIPHID_PERM_DMA_Pos                       2U
#define SPU_PERIPHID_PERM_DMA_Msk                       0xCU
#define SPU_PERIPHID_PERM_DMA_NoDMA                     0x0U
#define SPU_PERIPHID_PERM_DMA_NoSeparateAttribute       0x1U
#define SPU_PERIPHID_PERM_DMA_SeparateAttribute         0x2U
#define SPU_PERIPHID_PERM_SECATTR_Pos                   4U
#define SPU_PERIPHID_PERM_SECATTR_Msk                   0x10U
#define SPU_PERIPHID_PERM_SECATTR_Secure                0x1U
#define SPU_PERIPHID_PERM_SECATTR_NonSecure             0x0U
#define SPU_PERIPHID_PERM_DMASEC_Pos                    5U
#define SPU_PERIPHID_PERM_DMASEC_Msk                    0x20U
#define SPU_PERIPHID_PERM_DMASEC_Secure                 0x1U
#define SPU_PERIPHID_PERM_DMASEC_NonSecure              0x0U
#define SPU_PERIPHID_PERM_LOCK_Msk                      0x100U
#define SPU_PERIPHID_PERM_PRESENT_Msk                   0x80000000U

/* DCNF [PS DCNF]; the network core has CPUID only. */
#define DCNF_CPUID                      0x420U
#define DCNF_EXTPERI_PROTECT            0x440U
#define DCNF_EXTPERI_PROTECT_SLAVE0_Msk 0x1U
#define DCNF_EXTRAM_PROTECT             0x460U
#define DCNF_EXTCODE_PROTECT            0x480U
#define DCNF_EXTCODE_PROTECT_SLAVE0_Msk 0x1U

/* WDT [PS WDT]. */
#define WDT_TASKS_START                         0x000U
#define WDT_TASKS_STOP                          0x004U
#define WDT_EVENTS_TIMEOUT                      0x100U
#define WDT_EVENTS_STOPPED                      0x104U
#define WDT_INTENSET                            0x304U
#define WDT_INTENSET_TIMEOUT_Msk                0x1U
#define WDT_INTENSET_STOPPED_Msk                0x2U
#define WDT_INTENCLR                            0x308U
#define WDT_RUNSTATUS                           0x400U
#define WDT_RUNSTATUS_RUNSTATUSWDT_Msk          0x1U
#define WDT_REQSTATUS                           0x404U
#define WDT_REQSTATUS_RR0_Msk                   0x1U
#define WDT_REQSTATUS_RR0_DisabledOrRequested   0x0U
#define WDT_REQSTATUS_RR0_EnabledAndUnrequested 0x1U
#define WDT_CRV                                 0x504U
#define WDT_RREN                                0x508U
#define WDT_RREN_RR0_Msk                        0x1U
#define WDT_CONFIG                              0x50CU
#define WDT_CONFIG_SLEEP_Msk                    0x1U
#define WDT_CONFIG_SLEEP_Pause                  0x0U
#define WDT_CONFIG_SLEEP_Run                    0x1U
#define WDT_CONFIG_HALT_Pos                     3U
#define WDT_CONFIG_HALT_Msk                     0x8U
#define WDT_CONFIG_HALT_Pause                   0x0U
#define WDT_CONFIG_HALT_Run                     0x1U
#define WDT_CONFIG_STOPEN_Msk                   0x40U
#define WDT_TSEN                                0x520U
#define WDT_TSEN_TSEN_Msk                       0xFFFFFFFFU
#define WDT_TSEN_TSEN_Enable                    0x6E524635U
#define WDT_RR(n)                               (0x600U + 0x4U * (n))
#define WDT_RR_RR_Msk                           0xFFFFFFFFU
#define WDT_RR_RR_Reload                        0x6E524635U

/* OSCILLATORS and REGULATORS [PS OSCILLATORS, REGULATORS]. */
#define OSCILLATORS_XOSC32MCAPS                     0x5C4U
#define OSCILLATORS_XOSC32MCAPS_CAPVALUE_Msk        0x1FU
#define OSCILLATORS_XOSC32MCAPS_ENABLE_Msk          0x100U
#define OSCILLATORS_XOSC32KI_BYPASS                 0x6C0U
#define OSCILLATORS_XOSC32KI_BYPASS_BYPASS_Msk      0x1U
#define OSCILLATORS_XOSC32KI_INTCAP                 0x6D0U
#define OSCILLATORS_XOSC32KI_INTCAP_INTCAP_Msk      0x3U
#define OSCILLATORS_XOSC32KI_INTCAP_INTCAP_External 0x0U
#define OSCILLATORS_XOSC32KI_INTCAP_INTCAP_C6PF     0x1U
#define OSCILLATORS_XOSC32KI_INTCAP_INTCAP_C7PF     0x2U
#define OSCILLATORS_XOSC32KI_INTCAP_INTCAP_C9PF     0x3U
#define REGULATORS_MAINREGSTATUS                    0x428U
#define REGULATORS_MAINREGSTATUS_VREGH_Msk          0x1U
#define REGULATORS_SYSTEMOFF                        0x500U
#define REGULATORS_SYSTEMOFF_SYSTEMOFF_Msk          0x1U
#define REGULATORS_SYSTEMOFF_SYSTEMOFF_Enter        0x1U
#define REGULATORS_VREGMAIN_DCDCEN                  0x704U
#define REGULATORS_VREGMAIN_DCDCEN_DCDCEN_Msk       0x1U
#define REGULATORS_VREGRADIO_DCDCEN                 0x904U
#define REGULATORS_VREGRADIO_DCDCEN_DCDCEN_Msk      0x1U
#define REGULATORS_VREGH_DCDCEN                     0xB00U
#define REGULATORS_VREGH_DCDCEN_DCDCEN_Msk          0x1U

/* VMC [PS VMC]: power and retention of RAM sections. */
#define VMC_RAM_POWER(n)    (0x600U + 0x10U * (n))
#define VMC_RAM_POWERSET(n) (0x604U + 0x10U * (n))
#define VMC_RAM_POWERCLR(n) (0x608U + 0x10U * (n))

/* CTRLAP as the processor sees it [PS CTRLAP]. */
#define CTRLAPPERI_MAILBOX_RXDATA                 0x400U
#define CTRLAPPERI_MAILBOX_RXSTATUS               0x404U
#define CTRLAPPERI_MAILBOX_RXSTATUS_RXSTATUS_Msk  0x1U
#define CTRLAPPERI_MAILBOX_TXDATA                 0x480U
#define CTRLAPPERI_MAILBOX_TXSTATUS               0x484U
#define CTRLAPPERI_MAILBOX_TXSTATUS_TXSTATUS_Msk  0x1U
#define CTRLAPPERI_ERASEPROTECT_LOCK              0x500U
#define CTRLAPPERI_ERASEPROTECT_LOCK_LOCK_Msk     0x1U
#define CTRLAPPERI_ERASEPROTECT_DISABLE           0x504U
#define CTRLAPPERI_APPROTECT_LOCK                 0x540U
#define CTRLAPPERI_APPROTECT_LOCK_LOCK_Msk        0x1U
#define CTRLAPPERI_APPROTECT_DISABLE              0x544U
#define CTRLAPPERI_SECUREAPPROTECT_LOCK           0x548U
#define CTRLAPPERI_SECUREAPPROTECT_LOCK_LOCK_Msk  0x1U
#define CTRLAPPERI_SECUREAPPROTECT_DISABLE        0x54CU
#define CTRLAPPERI_STATUS                         0x600U
#define CTRLAPPERI_STATUS_UICRAPPROTECT_Msk       0x1U
#define CTRLAPPERI_STATUS_UICRSECUREAPPROTECT_Msk 0x2U
#define CTRLAPPERI_STATUS_DBGIFACEMODE_Msk        0x4U

/* IPC [PS IPC]. */
#define IPC_TASKS_SEND(n)     (0x000U + 0x4U * (n))
#define IPC_EVENTS_RECEIVE(n) (0x100U + 0x4U * (n))
#define IPC_INTENSET          0x304U
#define IPC_INTENCLR          0x308U
#define IPC_SEND_CNF(n)       (0x510U + 0x4U * (n))
#define IPC_RECEIVE_CNF(n)    (0x590U + 0x4U * (n))
#define IPC_GPMEM(n)          (0x610U + 0x4U * (n))

/* MUTEX [PS MUTEX]: reading returns the old value and locks; writing 0 unlocks. */
#define MUTEX_MUTEX(n) (0x400U + 0x4U * (n))

/* NOLINTEND(readability-identifier-naming) */

#endif /* DUO_PORT_NRF5340_SYSTEM_H */
