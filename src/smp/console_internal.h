/* SPDX-License-Identifier: MIT */
/* What both directions of console frames share. */
#ifndef DUO_SMP_CONSOLE_INTERNAL_H
#define DUO_SMP_CONSOLE_INTERNAL_H

#include <stdint.h>

/* The two bytes that begin the first line of a frame, and each other one. */
#define DUO_SMP_MARK_FIRST_0 0x06U
#define DUO_SMP_MARK_FIRST_1 0x09U
#define DUO_SMP_MARK_MORE_0  0x04U
#define DUO_SMP_MARK_MORE_1  0x14U

#define DUO_SMP_CRC16_BYTES 2U

/* In duo_smp_deframer.state: a frame began and is not complete yet. */
#define DUO_SMP_DEFRAMER_OPEN 4U
/* The same: where the stream is in its line; 0 is in text. Of a state that is
 * neither and not 0, a byte of text is held back. */
#define DUO_SMP_DEFRAMER_MODE_MASK 3U

/** The frame's check continued over a byte: polynomial 0x1021, not reflected.
 * Start with 0; over data and its check it is 0 again. */
uint16_t duo_smp_crc16(uint16_t crc, uint8_t byte);

#endif
