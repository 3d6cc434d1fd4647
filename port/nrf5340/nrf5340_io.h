/* SPDX-License-Identifier: MIT */
/*
 * The registers of what talks to the world and tells the time.
 *
 * Offsets and fields with the vendor's names; nrf5340.h tells the scheme, and
 * scripts/check_registers.py compares every line with the vendor's SVD files.
 */
#ifndef DUO_PORT_NRF5340_IO_H
#define DUO_PORT_NRF5340_IO_H

/* NOLINTBEGIN(readability-identifier-naming): the spelling of the manual. */

/* UARTE [PS UARTE]. */
#define UARTE_TASKS_STARTRX                0x000U
#define UARTE_TASKS_STOPRX                 0x004U
#define UARTE_TASKS_STARTTX                0x008U
#define UARTE_TASKS_STOPTX                 0x00CU
#define UARTE_TASKS_FLUSHRX                0x02CU
#define UARTE_EVENTS_CTS                   0x100U
#define UARTE_EVENTS_NCTS                  0x104U
#define UARTE_EVENTS_RXDRDY                0x108U
#define UARTE_EVENTS_ENDRX                 0x110U
#define UARTE_EVENTS_TXDRDY                0x11CU
#define UARTE_EVENTS_ENDTX                 0x120U
#define UARTE_EVENTS_ERROR                 0x124U
#define UARTE_EVENTS_RXTO                  0x144U
#define UARTE_EVENTS_RXSTARTED             0x14CU
#define UARTE_EVENTS_TXSTARTED             0x150U
#define UARTE_EVENTS_TXSTOPPED             0x158U
#define UARTE_SHORTS                       0x200U
#define UARTE_SHORTS_ENDRX_STARTRX_Msk     0x20U
#define UARTE_SHORTS_ENDRX_STOPRX_Msk      0x40U
#define UARTE_INTENSET                     0x304U
#define UARTE_INTENSET_CTS_Msk             0x1U
#define UARTE_INTENSET_NCTS_Msk            0x2U
#define UARTE_INTENSET_RXDRDY_Msk          0x4U
#define UARTE_INTENSET_ENDRX_Msk           0x10U
#define UARTE_INTENSET_TXDRDY_Msk          0x80U
#define UARTE_INTENSET_ENDTX_Msk           0x100U
#define UARTE_INTENSET_ERROR_Msk           0x200U
#define UARTE_INTENSET_RXTO_Msk            0x20000U
#define UARTE_INTENSET_RXSTARTED_Msk       0x80000U
#define UARTE_INTENSET_TXSTARTED_Msk       0x100000U
#define UARTE_INTENSET_TXSTOPPED_Msk       0x400000U
#define UARTE_INTENCLR                     0x308U
#define UARTE_ERRORSRC                     0x480U
#define UARTE_ERRORSRC_OVERRUN_Msk         0x1U
#define UARTE_ERRORSRC_PARITY_Msk          0x2U
#define UARTE_ERRORSRC_FRAMING_Msk         0x4U
#define UARTE_ERRORSRC_BREAK_Msk           0x8U
#define UARTE_ENABLE                       0x500U
#define UARTE_ENABLE_ENABLE_Msk            0xFU
#define UARTE_ENABLE_ENABLE_Disabled       0x0U
#define UARTE_ENABLE_ENABLE_Enabled        0x8U
#define UARTE_PSEL_RTS                     0x508U
#define UARTE_PSEL_TXD                     0x50CU
#define UARTE_PSEL_CTS                     0x510U
#define UARTE_PSEL_RXD                     0x514U
#define UARTE_BAUDRATE                     0x524U
#define UARTE_BAUDRATE_BAUDRATE_Msk        0xFFFFFFFFU
#define UARTE_BAUDRATE_BAUDRATE_Baud115200 0x1D60000U
#define UARTE_BAUDRATE_BAUDRATE_Baud230400 0x3B00000U
#define UARTE_BAUDRATE_BAUDRATE_Baud460800 0x7400000U
#define UARTE_BAUDRATE_BAUDRATE_Baud921600 0xF000000U
#define UARTE_BAUDRATE_BAUDRATE_Baud1M     0x10000000U
#define UARTE_RXD_PTR                      0x534U
#define UARTE_RXD_MAXCNT                   0x538U
#define UARTE_RXD_MAXCNT_MAXCNT_Msk        0xFFFFU
#define UARTE_RXD_AMOUNT                   0x53CU
#define UARTE_RXD_AMOUNT_AMOUNT_Msk        0xFFFFU
#define UARTE_TXD_PTR                      0x544U
#define UARTE_TXD_MAXCNT                   0x548U
#define UARTE_TXD_MAXCNT_MAXCNT_Msk        0xFFFFU
#define UARTE_TXD_AMOUNT                   0x54CU
#define UARTE_TXD_AMOUNT_AMOUNT_Msk        0xFFFFU
#define UARTE_CONFIG                       0x56CU
#define UARTE_CONFIG_HWFC_Msk              0x1U
#define UARTE_CONFIG_PARITY_Pos            1U
#define UARTE_CONFIG_PARITY_Msk            0xEU
#define UARTE_CONFIG_PARITY_Excluded       0x0U
#define UARTE_CONFIG_PARITY_Included       0x7U
#define UARTE_CONFIG_STOP_Pos              4U
#define UARTE_CONFIG_STOP_Msk              0x10U
#define UARTE_CONFIG_STOP_One              0x0U
#define UARTE_CONFIG_STOP_Two              0x1U
#define UARTE_CONFIG_PARITYTYPE_Pos        8U
#define UARTE_CONFIG_PARITYTYPE_Msk        0x100U
#define UARTE_CONFIG_PARITYTYPE_Even       0x0U
#define UARTE_CONFIG_PARITYTYPE_Odd        0x1U

/* GPIO [PS GPIO]; the network core has no use of MCUSEL. */
#define GPIO_OUT                               0x004U
#define GPIO_OUTSET                            0x008U
#define GPIO_OUTCLR                            0x00CU
#define GPIO_IN                                0x010U
#define GPIO_DIR                               0x014U
#define GPIO_DIRSET                            0x018U
#define GPIO_DIRCLR                            0x01CU
#define GPIO_LATCH                             0x020U
#define GPIO_DETECTMODE                        0x024U
#define GPIO_DETECTMODE_DETECTMODE_Msk         0x1U
#define GPIO_DETECTMODE_DETECTMODE_Default     0x0U
#define GPIO_DETECTMODE_DETECTMODE_LDETECT     0x1U
#define GPIO_DETECTMODE_SEC                    0x028U
#define GPIO_DETECTMODE_SEC_DETECTMODE_Msk     0x1U
#define GPIO_DETECTMODE_SEC_DETECTMODE_Default 0x0U
#define GPIO_DETECTMODE_SEC_DETECTMODE_LDETECT 0x1U
#define GPIO_PIN_CNF(n)                        (0x200U + 0x4U * (n))
#define GPIO_PIN_CNF_DIR_Msk                   0x1U
#define GPIO_PIN_CNF_DIR_Input                 0x0U
#define GPIO_PIN_CNF_DIR_Output                0x1U
#define GPIO_PIN_CNF_INPUT_Pos                 1U
#define GPIO_PIN_CNF_INPUT_Msk                 0x2U
#define GPIO_PIN_CNF_INPUT_Connect             0x0U
#define GPIO_PIN_CNF_INPUT_Disconnect          0x1U
#define GPIO_PIN_CNF_PULL_Pos                  2U
#define GPIO_PIN_CNF_PULL_Msk                  0xCU
#define GPIO_PIN_CNF_PULL_Disabled             0x0U
#define GPIO_PIN_CNF_PULL_Pulldown             0x1U
#define GPIO_PIN_CNF_PULL_Pullup               0x3U
#define GPIO_PIN_CNF_DRIVE_Pos                 8U
#define GPIO_PIN_CNF_DRIVE_Msk                 0xF00U
#define GPIO_PIN_CNF_DRIVE_S0S1                0x0U
#define GPIO_PIN_CNF_DRIVE_H0S1                0x1U
#define GPIO_PIN_CNF_DRIVE_S0H1                0x2U
#define GPIO_PIN_CNF_DRIVE_H0H1                0x3U
#define GPIO_PIN_CNF_SENSE_Pos                 16U
#define GPIO_PIN_CNF_SENSE_Msk                 0x30000U
#define GPIO_PIN_CNF_SENSE_Disabled            0x0U
#define GPIO_PIN_CNF_SENSE_High                0x2U
#define GPIO_PIN_CNF_SENSE_Low                 0x3U
#define GPIO_PIN_CNF_MCUSEL_Pos                28U
#define GPIO_PIN_CNF_MCUSEL_Msk                0x70000000U
#define GPIO_PIN_CNF_MCUSEL_AppMCU             0x0U
#define GPIO_PIN_CNF_MCUSEL_NetworkMCU         0x1U
#define GPIO_PIN_CNF_MCUSEL_Peripheral         0x3U

/* GPIOTE [PS GPIOTE]. */
#define GPIOTE_TASKS_OUT(n)           (0x000U + 0x4U * (n))
#define GPIOTE_TASKS_SET(n)           (0x030U + 0x4U * (n))
#define GPIOTE_TASKS_CLR(n)           (0x060U + 0x4U * (n))
#define GPIOTE_EVENTS_IN(n)           (0x100U + 0x4U * (n))
#define GPIOTE_EVENTS_PORT            0x17CU
#define GPIOTE_INTENSET               0x304U
#define GPIOTE_INTENSET_PORT_Msk      0x80000000U
#define GPIOTE_INTENCLR               0x308U
#define GPIOTE_CONFIG(n)              (0x510U + 0x4U * (n))
#define GPIOTE_CONFIG_MODE_Msk        0x3U
#define GPIOTE_CONFIG_MODE_Disabled   0x0U
#define GPIOTE_CONFIG_MODE_Event      0x1U
#define GPIOTE_CONFIG_MODE_Task       0x3U
#define GPIOTE_CONFIG_PSEL_Pos        8U
#define GPIOTE_CONFIG_PSEL_Msk        0x1F00U
#define GPIOTE_CONFIG_PORT_Msk        0x2000U
#define GPIOTE_CONFIG_POLARITY_Pos    16U
#define GPIOTE_CONFIG_POLARITY_Msk    0x30000U
#define GPIOTE_CONFIG_POLARITY_None   0x0U
#define GPIOTE_CONFIG_POLARITY_LoToHi 0x1U
#define GPIOTE_CONFIG_POLARITY_HiToLo 0x2U
#define GPIOTE_CONFIG_POLARITY_Toggle 0x3U
#define GPIOTE_CONFIG_OUTINIT_Pos     20U
#define GPIOTE_CONFIG_OUTINIT_Msk     0x100000U
#define GPIOTE_CONFIG_OUTINIT_Low     0x0U
#define GPIOTE_CONFIG_OUTINIT_High    0x1U

/* RTC [PS RTC]: 24 bits, 32768 Hz. */
#define RTC_TASKS_START       0x000U
#define RTC_TASKS_STOP        0x004U
#define RTC_TASKS_CLEAR       0x008U
#define RTC_TASKS_TRIGOVRFLW  0x00CU
#define RTC_TASKS_CAPTURE(n)  (0x040U + 0x4U * (n))
#define RTC_EVENTS_TICK       0x100U
#define RTC_EVENTS_OVRFLW     0x104U
#define RTC_EVENTS_COMPARE(n) (0x140U + 0x4U * (n))
#define RTC_SHORTS            0x200U
#define RTC_INTENSET          0x304U
#define RTC_INTENCLR          0x308U
#define RTC_EVTEN             0x340U
#define RTC_EVTENSET          0x344U
#define RTC_EVTENCLR          0x348U
#define RTC_COUNTER           0x504U
#define RTC_PRESCALER         0x508U
#define RTC_CC(n)             (0x540U + 0x4U * (n))

/* DPPIC [PS DPPI]: events trigger tasks over its channels. */
#define DPPIC_CHENSET 0x504U

/* TIMER [PS TIMER]: 16 MHz divided by a power of two. */
#define TIMER_TASKS_START             0x000U
#define TIMER_TASKS_STOP              0x004U
#define TIMER_TASKS_COUNT             0x008U
#define TIMER_TASKS_CLEAR             0x00CU
#define TIMER_TASKS_SHUTDOWN          0x010U
#define TIMER_TASKS_CAPTURE(n)        (0x040U + 0x4U * (n))
#define TIMER_EVENTS_COMPARE(n)       (0x140U + 0x4U * (n))
#define TIMER_SHORTS                  0x200U
#define TIMER_INTENSET                0x304U
#define TIMER_INTENCLR                0x308U
#define TIMER_MODE                    0x504U
#define TIMER_MODE_MODE_Msk           0x3U
#define TIMER_MODE_MODE_Timer         0x0U
#define TIMER_MODE_MODE_Counter       0x1U
#define TIMER_BITMODE                 0x508U
#define TIMER_BITMODE_BITMODE_Msk     0x3U
#define TIMER_BITMODE_BITMODE_16Bit   0x0U
#define TIMER_BITMODE_BITMODE_08Bit   0x1U
#define TIMER_BITMODE_BITMODE_24Bit   0x2U
#define TIMER_BITMODE_BITMODE_32Bit   0x3U
#define TIMER_PRESCALER               0x510U
#define TIMER_PRESCALER_PRESCALER_Msk 0xFU
#define TIMER_CC(n)                   (0x540U + 0x4U * (n))

/* RNG [PS RNG]: network core only. */
#define RNG_TASKS_START            0x000U
#define RNG_TASKS_STOP             0x004U
#define RNG_EVENTS_VALRDY          0x100U
#define RNG_SHORTS                 0x200U
#define RNG_SHORTS_VALRDY_STOP_Msk 0x1U
#define RNG_INTENSET               0x304U
#define RNG_INTENSET_VALRDY_Msk    0x1U
#define RNG_INTENCLR               0x308U
#define RNG_CONFIG                 0x504U
#define RNG_CONFIG_DERCEN_Msk      0x1U
#define RNG_VALUE                  0x508U
#define RNG_VALUE_VALUE_Msk        0xFFU

/* TEMP [PS TEMP]: network core only. */
#define TEMP_TASKS_START    0x000U
#define TEMP_TASKS_STOP     0x004U
#define TEMP_EVENTS_DATARDY 0x100U
#define TEMP_INTENSET       0x304U
#define TEMP_INTENCLR       0x308U
#define TEMP_TEMP           0x508U

/* NOLINTEND(readability-identifier-naming) */

#endif /* DUO_PORT_NRF5340_IO_H */
