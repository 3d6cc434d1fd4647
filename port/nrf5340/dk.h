/* SPDX-License-Identifier: MIT */
/* Pins of the nRF5340 DK: 32 * port + number. */
#ifndef DUO_NRF_DK_H
#define DUO_NRF_DK_H

#define DUO_DK_LED1     28U /* Active low. */
#define DUO_DK_LED2     29U
#define DUO_DK_LED3     30U
#define DUO_DK_LED4     31U
#define DUO_DK_BUTTON1  23U /* Active low, needs a pull-up. */
#define DUO_DK_BUTTON2  24U
#define DUO_DK_BUTTON3  8U
#define DUO_DK_BUTTON4  9U
#define DUO_DK_UART0_TX 20U /* Virtual COM port of the application core. */
#define DUO_DK_UART0_RX 22U
#define DUO_DK_UART1_TX (32U + 1U) /* And of the network core. */
#define DUO_DK_UART1_RX (32U + 0U)
/* The link UART, on header P4 (Arduino D8 and D9): nothing on the DK uses these
 * two pins. */
#define DUO_DK_LINK_TX  (32U + 10U) /* P1.10, D8. */
#define DUO_DK_LINK_RX  (32U + 11U) /* P1.11, D9. */
#define DUO_DK_QSPI_SCK 17U
#define DUO_DK_QSPI_CSN 18U
#define DUO_DK_QSPI_IO0 13U
#define DUO_DK_QSPI_IO1 14U
#define DUO_DK_QSPI_IO2 15U
#define DUO_DK_QSPI_IO3 16U

#endif
