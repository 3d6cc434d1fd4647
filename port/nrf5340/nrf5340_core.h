/* SPDX-License-Identifier: MIT */
/*
 * Registers of the Cortex-M33 itself, with ARM's names [ARMv8-M ARM, part D].
 *
 * Offsets are from SCS_BASE, the System Control Space, or from DWT_BASE. They
 * are ARM's and not in the vendor's SVD files.
 */
#ifndef DUO_PORT_NRF5340_CORE_H
#define DUO_PORT_NRF5340_CORE_H

/* NOLINTBEGIN(readability-identifier-naming): the spelling of the manual. */

#define SCS_BASE 0xE000E000U
#define DWT_BASE 0xE0001000U

#define ICTR  0x004U
#define ACTLR 0x008U

/* SysTick. */
#define SYST_CSR               0x010U
#define SYST_CSR_ENABLE_Msk    0x1U
#define SYST_CSR_TICKINT_Msk   0x2U
#define SYST_CSR_CLKSOURCE_Msk 0x4U
#define SYST_CSR_COUNTFLAG_Msk 0x10000U
#define SYST_RVR               0x014U
#define SYST_CVR               0x018U

/* NVIC: 32 lines in a word; a byte of priority for each line. */
#define NVIC_ISER(n)   (0x100U + 0x4U * (n))
#define NVIC_ICER(n)   (0x180U + 0x4U * (n))
#define NVIC_ISPR(n)   (0x200U + 0x4U * (n))
#define NVIC_ICPR(n)   (0x280U + 0x4U * (n))
#define NVIC_IABR(n)   (0x300U + 0x4U * (n))
#define NVIC_IPR(n)    (0x400U + 0x4U * (n))
#define NVIC_PRIO_BITS 3U

/* System control block. */
#define SCB_CPUID                    0xD00U
#define SCB_ICSR                     0xD04U
#define SCB_ICSR_VECTACTIVE_Msk      0x1FFU
#define SCB_ICSR_PENDSTCLR_Msk       0x2000000U
#define SCB_ICSR_PENDSTSET_Msk       0x4000000U
#define SCB_ICSR_PENDSVCLR_Msk       0x8000000U
#define SCB_ICSR_PENDSVSET_Msk       0x10000000U
#define SCB_VTOR                     0xD08U
#define SCB_AIRCR                    0xD0CU
#define SCB_AIRCR_SYSRESETREQ_Msk    0x4U
#define SCB_AIRCR_PRIGROUP_Msk       0x700U
#define SCB_AIRCR_VECTKEY_Pos        16U
#define SCB_AIRCR_VECTKEY_Msk        0xFFFF0000U
#define SCB_AIRCR_VECTKEY_Key        0x05FAU
#define SCB_SCR                      0xD10U
#define SCB_SCR_SLEEPONEXIT_Msk      0x2U
#define SCB_SCR_SLEEPDEEP_Msk        0x4U
#define SCB_SCR_SEVONPEND_Msk        0x10U
#define SCB_CCR                      0xD14U
#define SCB_CCR_UNALIGN_TRP_Msk      0x8U
#define SCB_CCR_DIV_0_TRP_Msk        0x10U
#define SCB_CCR_STKOFHFNMIGN_Msk     0x400U
#define SCB_SHPR(n)                  (0xD18U + 0x4U * (n))
#define SCB_SHCSR                    0xD24U
#define SCB_SHCSR_MEMFAULTENA_Msk    0x10000U
#define SCB_SHCSR_BUSFAULTENA_Msk    0x20000U
#define SCB_SHCSR_USGFAULTENA_Msk    0x40000U
#define SCB_SHCSR_SECUREFAULTENA_Msk 0x80000U
#define SCB_CFSR                     0xD28U
#define SCB_CFSR_MMARVALID_Msk       0x80U
#define SCB_CFSR_PRECISERR_Msk       0x200U
#define SCB_CFSR_BFARVALID_Msk       0x8000U
#define SCB_CFSR_UNDEFINSTR_Msk      0x10000U
#define SCB_CFSR_STKOF_Msk           0x100000U
#define SCB_HFSR                     0xD2CU
#define SCB_HFSR_VECTTBL_Msk         0x2U
#define SCB_HFSR_FORCED_Msk          0x40000000U
#define SCB_MMFAR                    0xD34U
#define SCB_BFAR                     0xD38U
#define SCB_CPACR                    0xD88U
#define SCB_CPACR_CP10_CP11_Msk      0xF00000U
#define SCB_NSACR                    0xD8CU

/* MPU, version 8. */
#define MPU_TYPE                0xD90U
#define MPU_TYPE_DREGION_Pos    8U
#define MPU_TYPE_DREGION_Msk    0xFF00U
#define MPU_CTRL                0xD94U
#define MPU_CTRL_ENABLE_Msk     0x1U
#define MPU_CTRL_HFNMIENA_Msk   0x2U
#define MPU_CTRL_PRIVDEFENA_Msk 0x4U
#define MPU_RNR                 0xD98U
#define MPU_RBAR                0xD9CU
#define MPU_RLAR                0xDA0U
#define MPU_MAIR0               0xDC0U
#define MPU_MAIR1               0xDC4U

/* SAU: the chip has no regions, so only the control word is of use. */
#define SAU_CTRL 0xDD0U
#define SAU_TYPE 0xDD4U

/* Debug exception and monitor control; TRCENA lets the DWT count. */
#define DCB_DEMCR            0xDFCU
#define DCB_DEMCR_TRCENA_Msk 0x1000000U

/* FPU, application core only. */
#define FPU_FPCCR           0xF34U
#define FPU_FPCCR_LSPEN_Msk 0x40000000U
#define FPU_FPCCR_ASPEN_Msk 0x80000000U
#define FPU_FPCAR           0xF38U
#define FPU_FPDSCR          0xF3CU

/* DWT cycle counter, from DWT_BASE. */
#define DWT_CTRL               0x000U
#define DWT_CTRL_CYCCNTENA_Msk 0x1U
#define DWT_CYCCNT             0x004U

/* NOLINTEND(readability-identifier-naming) */

#endif /* DUO_PORT_NRF5340_CORE_H */
