/* SPDX-License-Identifier: MIT */
/* Packets on a stream of bytes: console frames, raw, or UDP in SLIP. What a
 * serial port and the UART of a virtual board have in common; the codings are
 * those of duo/smp_link.h, the same as on the device. */
#ifndef DUO_SMP_CLIENT_STREAM_H
#define DUO_SMP_CLIENT_STREAM_H

#include "duo/smp_link.h"
#include "file.h"
#include "link.h"

#define DUO_STREAM_PACKET_BYTES_MAX (DUO_SMP_HEADER_BYTES + 65535U)
#define DUO_STREAM_LINE_BYTES_MIN   16U
#define DUO_STREAM_LINE_BYTES_MAX   65535U

enum duo_stream_kind {
    DUO_STREAM_CONSOLE,
    DUO_STREAM_RAW,
    DUO_STREAM_UDP, /* In SLIP. */
};

/* For raw packets: duo_link.silence_us. Other servers than ours give a half
 * packet up after 3 s. */
#define DUO_STREAM_SILENCE_US UINT64_C(3200000)

struct duo_stream {
    struct duo_link *link; /* For on_text. */
    enum duo_stream_kind kind;
    uint32_t line_bytes_max; /* Of a console frame, all included. */
    struct duo_smp_deframer deframer;
    struct duo_smp_assembler assembler;
    struct duo_slip_decoder slip;
    uint64_t last_us; /* When a byte came. */
    uint32_t bad_frames;
    uint8_t packet[DUO_STREAM_PACKET_BYTES_MAX];
    struct duo_tool_buffer text; /* Not yet passed on. */
    struct duo_bytes found;      /* Lies in packet. */
};

/** Set link, kind and line_bytes_max before. Also: forget what has begun. */
void duo_stream_init(struct duo_stream *stream);
void duo_stream_free(struct duo_stream *stream);

/** Append @p packet, coded, to @p wire. */
void duo_stream_encode(const struct duo_stream *stream, struct duo_bytes packet,
                       struct duo_tool_buffer *wire);

/** Take bytes off @p bytes up to the end of a packet. True: @p packet is one,
 * valid until the next call. Call until false. */
bool duo_stream_take(struct duo_stream *stream, struct duo_bytes *bytes,
                     struct duo_bytes *packet);

/** Call where no byte is waiting: a half frame is given up in time, and text
 * goes out. */
void duo_stream_idle(struct duo_stream *stream, uint64_t now_us);

#endif
