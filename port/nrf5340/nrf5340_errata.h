/* SPDX-License-Identifier: MIT */
/*
 * Words that the vendor's register file does not name and that start-up code
 * and drivers must touch all the same, each with the erratum that asks for it.
 *
 * Numbers are those of the vendor's errata document for the nRF5340; the uses
 * were read from the vendor's published drivers. Offsets are from the base of
 * the peripheral in the name; plain addresses end in _ADDR.
 * scripts/check_registers.py makes sure that the SVD files really have no
 * register here, so that no official name is missed.
 */
#ifndef DUO_PORT_NRF5340_ERRATA_H
#define DUO_PORT_NRF5340_ERRATA_H

/* NOLINTBEGIN(readability-identifier-naming): the spelling of the manual. */

/* Family and revision of the chip; a revision of 5 or more, or an unknown one,
 * is a production part. */
#define FICR_FAMILY_UNDOCUMENTED   0x130U
#define FICR_REVISION_UNDOCUMENTED 0x134U
#define FICR_FAMILY_NRF53          0x07U
#define FICR_REVISION_PRODUCTION   5U

/* 44: a receiver or transmitter may be on after a reset; stop it until both
 * words read 0. */
#define UARTE_RXENABLE_UNDOCUMENTED 0x564U
#define UARTE_TXENABLE_UNDOCUMENTED 0x568U

/* 121: the interface needs bit 16 set, and bit 17 set exactly when SCKFREQ is
 * 0; IFTIMING.RXDELAY must then be 6. Both bits are in QSPI_IFCONFIG0. */
#define QSPI_IFCONFIG0_ERRATUM_121_Msk         0x10000U
#define QSPI_IFCONFIG0_ERRATUM_121_SCK_96M_Msk 0x20000U
#define QSPI_IFTIMING_RXDELAY_ERRATUM_121      6U

/* 140: bit 31 tells that a reset fell into a calibration of the LFRC. */
#define LFRC_STATUS_UNDOCUMENTED_ADDR 0x50032420U
#define LFRC_STATUS_CALIBRATING_Msk   0x80000000U

/* 161: written 1 around the release of the network core, which is released,
 * held and released again; see the driver. */
#define RESET_NETWORK_WAKEUP_UNDOCUMENTED 0x618U

/* 160: the chip may hang when it sleeps often; these words are written once at
 * the start of the application core ... */
#define ERRATUM_160_APP_0_ADDR   0x5000470CU
#define ERRATUM_160_APP_1_ADDR   0x5000493CU
#define ERRATUM_160_APP_2_ADDR   0x50002118U
#define ERRATUM_160_APP_3_ADDR   0x50039E04U
#define ERRATUM_160_APP_4_ADDR   0x50039E08U
#define ERRATUM_160_APP_5_ADDR   0x50101110U
#define ERRATUM_160_APP_6_ADDR   0x50002124U
#define ERRATUM_160_APP_7_ADDR   0x5000212CU
#define ERRATUM_160_APP_8_ADDR   0x502012A0U
#define ERRATUM_160_APP_01_VALUE 0x7EU
#define ERRATUM_160_APP_2_VALUE  0x7FU

/* ... and these at the start of the network core; what has no value gets 0. */
#define ERRATUM_160_NET_0_ADDR  0x41002118U
#define ERRATUM_160_NET_1_ADDR  0x41080E04U
#define ERRATUM_160_NET_2_ADDR  0x41080E08U
#define ERRATUM_160_NET_3_ADDR  0x41002124U
#define ERRATUM_160_NET_4_ADDR  0x4100212CU
#define ERRATUM_160_NET_5_ADDR  0x41101110U
#define ERRATUM_160_NET_0_VALUE 0x7FU

/* NOLINTEND(readability-identifier-naming) */

#endif /* DUO_PORT_NRF5340_ERRATA_H */
