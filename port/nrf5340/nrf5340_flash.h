/* SPDX-License-Identifier: MIT */
/*
 * The registers of the flash memories: NVMC, ACL, CACHE, QSPI, FICR, UICR.
 *
 * Offsets and fields with the vendor's names; nrf5340.h tells the scheme, and
 * scripts/check_registers.py compares every line with the vendor's SVD files.
 */
#ifndef DUO_PORT_NRF5340_FLASH_H
#define DUO_PORT_NRF5340_FLASH_H

/* NOLINTBEGIN(readability-identifier-naming): the spelling of the manual. */

/* NVMC [PS NVMC]; ICACHECNF is on the network core only. */
#define NVMC_READY                            0x400U
#define NVMC_READY_READY_Msk                  0x1U
#define NVMC_READY_READY_Busy                 0x0U
#define NVMC_READY_READY_Ready                0x1U
#define NVMC_READYNEXT                        0x408U
#define NVMC_READYNEXT_READYNEXT_Msk          0x1U
#define NVMC_READYNEXT_READYNEXT_Busy         0x0U
#define NVMC_READYNEXT_READYNEXT_Ready        0x1U
#define NVMC_CONFIG                           0x504U
#define NVMC_CONFIG_WEN_Msk                   0x7U
#define NVMC_CONFIG_WEN_Ren                   0x0U
#define NVMC_CONFIG_WEN_Wen                   0x1U
#define NVMC_CONFIG_WEN_Een                   0x2U
#define NVMC_CONFIG_WEN_PEen                  0x4U
#define NVMC_ERASEALL                         0x50CU
#define NVMC_ERASEALL_ERASEALL_Msk            0x1U
#define NVMC_ERASEALL_ERASEALL_Erase          0x1U
#define NVMC_ERASEPAGEPARTIALCFG              0x51CU
#define NVMC_ERASEPAGEPARTIALCFG_DURATION_Msk 0x7FU
#define NVMC_CONFIGNS                         0x584U
#define NVMC_CONFIGNS_WEN_Msk                 0x3U
#define NVMC_CONFIGNS_WEN_Ren                 0x0U
#define NVMC_CONFIGNS_WEN_Wen                 0x1U
#define NVMC_CONFIGNS_WEN_Een                 0x2U
#define NVMC_WRITEUICRNS                      0x588U
#define NVMC_WRITEUICRNS_SET_Msk              0x1U
#define NVMC_WRITEUICRNS_KEY_Pos              4U
#define NVMC_WRITEUICRNS_KEY_Msk              0xFFFFFFF0U
#define NVMC_WRITEUICRNS_KEY_Keyvalid         0xAFBE5A7U
#define NVMC_ICACHECNF                        0x540U
#define NVMC_ICACHECNF_CACHEEN_Msk            0x1U
#define NVMC_ICACHECNF_CACHEPROFEN_Msk        0x100U

/* ACL [PS ACL]: network core only; each region is write-once until reset. */
#define ACL_ACL_ADDR(n)            (0x800U + 0x10U * (n))
#define ACL_ACL_SIZE(n)            (0x804U + 0x10U * (n))
#define ACL_ACL_PERM(n)            (0x808U + 0x10U * (n))
#define ACL_ACL_PERM_WRITE_Pos     1U
#define ACL_ACL_PERM_WRITE_Msk     0x2U
#define ACL_ACL_PERM_WRITE_Enable  0x0U
#define ACL_ACL_PERM_WRITE_Disable 0x1U
#define ACL_ACL_PERM_READ_Pos      2U
#define ACL_ACL_PERM_READ_Msk      0x4U
#define ACL_ACL_PERM_READ_Enable   0x0U
#define ACL_ACL_PERM_READ_Disable  0x1U

/* CACHE [PS CACHE]: application core only. */
#define CACHE_ENABLE                           0x500U
#define CACHE_ENABLE_ENABLE_Msk                0x1U
#define CACHE_ENABLE_ENABLE_Disabled           0x0U
#define CACHE_ENABLE_ENABLE_Enabled            0x1U
#define CACHE_INVALIDATE                       0x504U
#define CACHE_INVALIDATE_INVALIDATE_Msk        0x1U
#define CACHE_INVALIDATE_INVALIDATE_Invalidate 0x1U
#define CACHE_ERASE                            0x508U
#define CACHE_ERASE_ERASE_Msk                  0x1U
#define CACHE_ERASE_ERASE_Erase                0x1U
#define CACHE_MODE                             0x514U
#define CACHE_MODE_MODE_Msk                    0x1U
#define CACHE_MODE_MODE_Cache                  0x0U
#define CACHE_MODE_MODE_Ram                    0x1U
#define CACHE_ERASESTATUS                      0x51CU
#define CACHE_ERASESTATUS_ERASESTATUS_Msk      0x1U

/* QSPI [PS QSPI]: application core only. */
#define QSPI_TASKS_ACTIVATE            0x000U
#define QSPI_TASKS_READSTART           0x004U
#define QSPI_TASKS_WRITESTART          0x008U
#define QSPI_TASKS_ERASESTART          0x00CU
#define QSPI_TASKS_DEACTIVATE          0x010U
#define QSPI_EVENTS_READY              0x100U
#define QSPI_INTENSET                  0x304U
#define QSPI_INTENSET_READY_Msk        0x1U
#define QSPI_INTENCLR                  0x308U
#define QSPI_ENABLE                    0x500U
#define QSPI_ENABLE_ENABLE_Msk         0x1U
#define QSPI_ENABLE_ENABLE_Disabled    0x0U
#define QSPI_ENABLE_ENABLE_Enabled     0x1U
#define QSPI_READ_SRC                  0x504U
#define QSPI_READ_DST                  0x508U
#define QSPI_READ_CNT                  0x50CU
#define QSPI_READ_CNT_CNT_Msk          0x1FFFFFU
#define QSPI_WRITE_DST                 0x510U
#define QSPI_WRITE_SRC                 0x514U
#define QSPI_WRITE_CNT                 0x518U
#define QSPI_WRITE_CNT_CNT_Msk         0x1FFFFFU
#define QSPI_ERASE_PTR                 0x51CU
#define QSPI_ERASE_LEN                 0x520U
#define QSPI_ERASE_LEN_LEN_Msk         0x3U
#define QSPI_ERASE_LEN_LEN_4KB         0x0U
#define QSPI_ERASE_LEN_LEN_64KB        0x1U
#define QSPI_ERASE_LEN_LEN_All         0x2U
#define QSPI_PSEL_SCK                  0x524U
#define QSPI_PSEL_CSN                  0x528U
#define QSPI_PSEL_IO0                  0x530U
#define QSPI_PSEL_IO1                  0x534U
#define QSPI_PSEL_IO2                  0x538U
#define QSPI_PSEL_IO3                  0x53CU
#define QSPI_XIPOFFSET                 0x540U
#define QSPI_IFCONFIG0                 0x544U
#define QSPI_IFCONFIG0_READOC_Msk      0x7U
#define QSPI_IFCONFIG0_READOC_FASTREAD 0x0U
#define QSPI_IFCONFIG0_READOC_READ2O   0x1U
#define QSPI_IFCONFIG0_READOC_READ2IO  0x2U
#define QSPI_IFCONFIG0_READOC_READ4O   0x3U
#define QSPI_IFCONFIG0_READOC_READ4IO  0x4U
#define QSPI_IFCONFIG0_WRITEOC_Pos     3U
#define QSPI_IFCONFIG0_WRITEOC_Msk     0x38U
#define QSPI_IFCONFIG0_WRITEOC_PP      0x0U
#define QSPI_IFCONFIG0_WRITEOC_PP2O    0x1U
#define QSPI_IFCONFIG0_WRITEOC_PP4O    0x2U
#define QSPI_IFCONFIG0_WRITEOC_PP4IO   0x3U
#define QSPI_IFCONFIG0_ADDRMODE_Pos    6U
#define QSPI_IFCONFIG0_ADDRMODE_Msk    0x40U
#define QSPI_IFCONFIG0_ADDRMODE_24BIT  0x0U
#define QSPI_IFCONFIG0_ADDRMODE_32BIT  0x1U
#define QSPI_IFCONFIG0_DPMENABLE_Msk   0x80U
#define QSPI_IFCONFIG0_PPSIZE_Pos      12U
#define QSPI_IFCONFIG0_PPSIZE_Msk      0x1000U
#define QSPI_IFCONFIG0_PPSIZE_256Bytes 0x0U
#define QSPI_IFCONFIG0_PPSIZE_512Bytes 0x1U
#define QSPI_XIPEN                     0x54CU
#define QSPI_XIPEN_XIPEN_Msk           0x1U
#define QSPI_IFCONFIG1                 0x600U
#define QSPI_IFCONFIG1_SCKDELAY_Msk    0xFFU
#define QSPI_IFCONFIG1_DPMEN_Pos       24U
#define QSPI_IFCONFIG1_DPMEN_Msk       0x1000000U
#define QSPI_IFCONFIG1_DPMEN_Exit      0x0U
#define QSPI_IFCONFIG1_DPMEN_Enter     0x1U
#define QSPI_IFCONFIG1_SPIMODE_Pos     25U
#define QSPI_IFCONFIG1_SPIMODE_Msk     0x2000000U
#define QSPI_IFCONFIG1_SPIMODE_MODE0   0x0U
#define QSPI_IFCONFIG1_SPIMODE_MODE3   0x1U
#define QSPI_IFCONFIG1_SCKFREQ_Pos     28U
#define QSPI_IFCONFIG1_SCKFREQ_Msk     0xF0000000U
#define QSPI_STATUS                    0x604U
#define QSPI_STATUS_DPM_Msk            0x4U
#define QSPI_STATUS_READY_Pos          3U
#define QSPI_STATUS_READY_Msk          0x8U
#define QSPI_STATUS_READY_READY        0x1U
#define QSPI_STATUS_READY_BUSY         0x0U
#define QSPI_STATUS_SREG_Pos           24U
#define QSPI_STATUS_SREG_Msk           0xFF000000U
#define QSPI_DPMDUR                    0x614U
#define QSPI_DPMDUR_ENTER_Msk          0xFFFFU
#define QSPI_DPMDUR_EXIT_Pos           16U
#define QSPI_DPMDUR_EXIT_Msk           0xFFFF0000U
#define QSPI_ADDRCONF                  0x624U
#define QSPI_ADDRCONF_OPCODE_Msk       0xFFU
#define QSPI_ADDRCONF_BYTE0_Pos        8U
#define QSPI_ADDRCONF_BYTE0_Msk        0xFF00U
#define QSPI_ADDRCONF_BYTE1_Pos        16U
#define QSPI_ADDRCONF_BYTE1_Msk        0xFF0000U
#define QSPI_ADDRCONF_MODE_Pos         24U
#define QSPI_ADDRCONF_MODE_Msk         0x3000000U
#define QSPI_ADDRCONF_MODE_NoInstr     0x0U
#define QSPI_ADDRCONF_MODE_Opcode      0x1U
#define QSPI_ADDRCONF_MODE_OpByte0     0x2U
#define QSPI_ADDRCONF_MODE_All         0x3U
#define QSPI_ADDRCONF_WIPWAIT_Msk      0x4000000U
#define QSPI_ADDRCONF_WREN_Msk         0x8000000U
#define QSPI_CINSTRCONF                0x634U
#define QSPI_CINSTRCONF_OPCODE_Msk     0xFFU
#define QSPI_CINSTRCONF_LENGTH_Pos     8U
#define QSPI_CINSTRCONF_LENGTH_Msk     0xF00U
#define QSPI_CINSTRCONF_LENGTH_1B      0x1U
#define QSPI_CINSTRCONF_LENGTH_2B      0x2U
#define QSPI_CINSTRCONF_LENGTH_3B      0x3U
#define QSPI_CINSTRCONF_LENGTH_4B      0x4U
#define QSPI_CINSTRCONF_LENGTH_5B      0x5U
#define QSPI_CINSTRCONF_LENGTH_6B      0x6U
#define QSPI_CINSTRCONF_LENGTH_7B      0x7U
#define QSPI_CINSTRCONF_LENGTH_8B      0x8U
#define QSPI_CINSTRCONF_LENGTH_9B      0x9U
#define QSPI_CINSTRCONF_LIO2_Msk       0x1000U
#define QSPI_CINSTRCONF_LIO3_Msk       0x2000U
#define QSPI_CINSTRCONF_WIPWAIT_Msk    0x4000U
#define QSPI_CINSTRCONF_WREN_Msk       0x8000U
#define QSPI_CINSTRCONF_LFEN_Msk       0x10000U
#define QSPI_CINSTRCONF_LFSTOP_Pos     17U
#define QSPI_CINSTRCONF_LFSTOP_Msk     0x20000U
#define QSPI_CINSTRCONF_LFSTOP_Stop    0x1U
#define QSPI_CINSTRDAT0                0x638U
#define QSPI_CINSTRDAT1                0x63CU
#define QSPI_IFTIMING                  0x640U
#define QSPI_IFTIMING_RXDELAY_Pos      8U
#define QSPI_IFTIMING_RXDELAY_Msk      0x700U

/* FICR [PS FICR]. */
#define FICR_INFO_CONFIGID          0x200U
#define FICR_INFO_DEVICEID(n)       (0x204U + 0x4U * (n))
#define FICR_INFO_PART              0x20CU
#define FICR_INFO_VARIANT           0x210U
#define FICR_INFO_RAM               0x218U
#define FICR_INFO_FLASH             0x21CU
#define FICR_INFO_CODEPAGESIZE      0x220U
#define FICR_INFO_CODESIZE          0x224U
#define FICR_TRIMCNF_ADDR(n)        (0x300U + 0x8U * (n))
#define FICR_TRIMCNF_DATA(n)        (0x304U + 0x8U * (n))
#define FICR_XOSC32MTRIM            0xC20U
#define FICR_XOSC32MTRIM_SLOPE_Msk  0x1FU
#define FICR_XOSC32MTRIM_OFFSET_Pos 5U
#define FICR_XOSC32MTRIM_OFFSET_Msk 0x3E0U

/* UICR [PS UICR]: of the application core; APPROTECT is at the same place on both. */
#define UICR_APPROTECT                        0x000U
#define UICR_APPROTECT_PALL_Msk               0xFFFFFFFFU
#define UICR_APPROTECT_PALL_Unprotected       0x50FA50FAU
#define UICR_APPROTECT_PALL_Protected         0x0U
#define UICR_SECUREAPPROTECT                  0x01CU
#define UICR_SECUREAPPROTECT_PALL_Msk         0xFFFFFFFFU
#define UICR_SECUREAPPROTECT_PALL_Unprotected 0x50FA50FAU
#define UICR_SECUREAPPROTECT_PALL_Protected   0x0U
#define UICR_NFCPINS                          0x028U
#define UICR_NFCPINS_PROTECT_Msk              0x1U
#define UICR_NFCPINS_PROTECT_NFC              0x1U
#define UICR_OTP(n)                           (0x100U + 0x4U * (n))

/* NOLINTEND(readability-identifier-naming) */

#endif /* DUO_PORT_NRF5340_FLASH_H */
