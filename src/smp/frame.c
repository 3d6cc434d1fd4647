/* SPDX-License-Identifier: MIT */
/* Packets as console frames (see duo/smp_link.h). A frame is the length, the
 * packet and a check, in base64, in lines that are base64 each on its own. */
#include "be.h"
#include "console_internal.h"
#include "duo/smp_link.h"

#define MARK_BYTES   2U
#define LENGTH_BYTES 2U
/* As many groups of three bytes as a line takes. */
#define LINE_RAW_BYTES \
    ((size_t)(DUO_SMP_LINE_BYTES_MAX - MARK_BYTES - 1U) / 4U * 3U)

struct frame {
    struct duo_bytes packet;
    uint8_t prefix[LENGTH_BYTES]; /* The length. */
    uint8_t crc[DUO_SMP_CRC16_BYTES];
};

/* Without a table: the polynomial has few bits. */
uint16_t duo_smp_crc16(uint16_t crc, uint8_t byte)
{
    uint32_t x = ((uint32_t)crc >> 8 ^ byte) & 0xFFU;

    x ^= x >> 4;
    return (uint16_t)((uint32_t)crc << 8 ^ x << 12 ^ x << 5 ^ x);
}

/* A byte of what the base64 holds; 0 behind its end. */
static uint32_t byte_at(const struct frame *frame, size_t off_bytes)
{
    if (off_bytes < LENGTH_BYTES) {
        return frame->prefix[off_bytes];
    }
    off_bytes -= LENGTH_BYTES;
    if (off_bytes < frame->packet.len_bytes) {
        return frame->packet.data[off_bytes];
    }
    off_bytes -= frame->packet.len_bytes;
    return off_bytes < DUO_SMP_CRC16_BYTES ? frame->crc[off_bytes] : 0;
}

/* Without a table of 64 characters: ranges are fewer bytes than it. */
static uint8_t character(uint32_t sextet)
{
    if (sextet < 26U) {
        return (uint8_t)('A' + sextet);
    }
    if (sextet < 52U) {
        return (uint8_t)('a' + sextet - 26U);
    }
    if (sextet < 62U) {
        return (uint8_t)('0' + sextet - 52U);
    }
    return sextet == 62U ? '+' : '/';
}

/* Four characters for the three bytes at @p off_bytes, padded at the end. */
static void put_quad(const struct frame *frame, size_t off_bytes,
                     size_t end_bytes, uint8_t *quad)
{
    uint32_t bits = byte_at(frame, off_bytes) << 16 |
                    byte_at(frame, off_bytes + 1) << 8 |
                    byte_at(frame, off_bytes + 2);

    for (size_t i = 0; i < 4; i++) {
        quad[i] = off_bytes + i > end_bytes
                      ? '='
                      : character(bits >> (18U - 6U * i) & 0x3FU);
    }
}

void duo_smp_frame(struct duo_bytes packet,
                   void (*put)(void *ctx, struct duo_bytes line), void *ctx)
{
    uint8_t line[DUO_SMP_LINE_BYTES_MAX] = {DUO_SMP_MARK_FIRST_0,
                                            DUO_SMP_MARK_FIRST_1};
    size_t end_bytes = LENGTH_BYTES + packet.len_bytes + DUO_SMP_CRC16_BYTES;
    struct frame frame = {.packet = packet};
    uint16_t crc = 0;

    for (size_t i = 0; i < packet.len_bytes; i++) {
        crc = duo_smp_crc16(crc, packet.data[i]);
    }
    duo_store_be16(frame.crc, crc);
    duo_store_be16(frame.prefix,
                   (uint32_t)packet.len_bytes + DUO_SMP_CRC16_BYTES);

    for (size_t at = 0; at < end_bytes;) {
        size_t stop_bytes = at + LINE_RAW_BYTES;
        size_t len_bytes = MARK_BYTES;
        if (stop_bytes + 1 == end_bytes) {
            stop_bytes -= 3; /* Some receivers want the check in one line. */
        }
        for (; at < stop_bytes && at < end_bytes; at += 3) {
            put_quad(&frame, at, end_bytes, &line[len_bytes]);
            len_bytes += 4;
        }
        line[len_bytes] = '\n';
        put(ctx, (struct duo_bytes){line, len_bytes + 1});
        line[0] = DUO_SMP_MARK_MORE_0;
        line[1] = DUO_SMP_MARK_MORE_1;
    }
}
