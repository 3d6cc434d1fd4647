/* SPDX-License-Identifier: MIT */
/* Packets on a stream of bytes; see stream.h. */
#include "stream.h"

#include <string.h>

/* The device's end of the SLIP line knows one host port; any will do. */
#define UDP_PORT_LOCAL 49152U
/* 06 09 or 04 14 before, a line feed behind. */
#define LINE_OVERHEAD_BYTES 3U

void duo_stream_init(struct duo_stream *stream)
{
    memset(&stream->deframer, 0, sizeof(stream->deframer));
    stream->deframer.packet = stream->packet;
    stream->deframer.room_bytes = sizeof(stream->packet);
    stream->assembler = (struct duo_smp_assembler){
        .data = stream->packet, .room_bytes = sizeof(stream->packet)};
    stream->slip = (struct duo_slip_decoder){
        .packet = stream->packet, .room_bytes = sizeof(stream->packet)};
    stream->text.len_bytes = 0;
}

void duo_stream_free(struct duo_stream *stream)
{
    duo_tool_buffer_free(&stream->text);
}

static void flush_text(struct duo_stream *stream)
{
    struct duo_link *link = stream->link;

    if (stream->text.len_bytes > 0 && link->on_text != NULL) {
        link->on_text(link->on_text_ctx, duo_tool_buffer_view(&stream->text));
    }
    stream->text.len_bytes = 0;
}

/* --- Sending --- */

static void append(void *ctx, struct duo_bytes bytes)
{
    duo_tool_buffer_append(ctx, bytes);
}

static void append_base64(void *ctx, struct duo_bytes line)
{
    duo_tool_buffer_append(
        ctx, (struct duo_bytes){line.data + 2,
                                line.len_bytes - LINE_OVERHEAD_BYTES});
}

/* Only the last line ends in a pad, so the lines of a packet are also one text,
 * which may be cut elsewhere. */
static void encode_console(const struct duo_stream *stream,
                           struct duo_bytes packet,
                           struct duo_tool_buffer *wire)
{
    static const uint8_t first[] = {0x06, 0x09};
    static const uint8_t next[] = {0x04, 0x14};
    size_t chars_max =
        (size_t)(stream->line_bytes_max - LINE_OVERHEAD_BYTES) / 4U * 4U;
    struct duo_tool_buffer text = {0};

    duo_smp_frame(packet, append_base64, &text);
    for (size_t off = 0; off < text.len_bytes; off += chars_max) {
        size_t left = text.len_bytes - off;
        struct duo_bytes chars = {text.data + off,
                                  left < chars_max ? left : chars_max};
        duo_tool_buffer_append(
            wire, (struct duo_bytes){off == 0 ? first : next, sizeof(first)});
        duo_tool_buffer_append(wire, chars);
        duo_tool_buffer_fill(wire, '\n', 1);
    }
    duo_tool_buffer_free(&text);
}

static void encode_udp(struct duo_bytes packet, struct duo_tool_buffer *wire)
{
    const struct duo_ip_datagram datagram = {
        .from = {DUO_IP_LINK_HOST,   UDP_PORT_LOCAL  },
        .to = {DUO_IP_LINK_DEVICE, DUO_SMP_UDP_PORT},
        .data = packet,
    };
    uint8_t ip[DUO_IP_PACKET_BYTES];
    size_t len_bytes = duo_ip_udp_encode(&datagram, ip, sizeof(ip));

    duo_slip_encode((struct duo_bytes){ip, len_bytes}, append, wire);
}

void duo_stream_encode(const struct duo_stream *stream, struct duo_bytes packet,
                       struct duo_tool_buffer *wire)
{
    switch (stream->kind) {
    case DUO_STREAM_CONSOLE: encode_console(stream, packet, wire); return;
    case DUO_STREAM_RAW: duo_tool_buffer_append(wire, packet); return;
    case DUO_STREAM_UDP: encode_udp(packet, wire); return;
    }
}

/* --- Receiving --- */

static bool take_console(struct duo_stream *stream, struct duo_bytes *bytes)
{
    struct duo_smp_deframer *deframer = &stream->deframer;

    while (bytes->len_bytes > 0) {
        uint8_t byte = *bytes->data++;

        bytes->len_bytes--;
        switch (duo_smp_deframe(deframer, byte)) {
        case DUO_SMP_CONSOLE_NOTHING: break;
        case DUO_SMP_CONSOLE_TEXT:
            duo_tool_buffer_append(
                &stream->text,
                (struct duo_bytes){deframer->text, deframer->text_bytes});
            break;
        case DUO_SMP_CONSOLE_BAD: stream->bad_frames++; break;
        case DUO_SMP_CONSOLE_PACKET:
            stream->found =
                (struct duo_bytes){stream->packet, deframer->len_bytes};
            return true;
        }
    }
    return false;
}

static bool take_raw(struct duo_stream *stream, struct duo_bytes *bytes)
{
    struct duo_smp_assembler *assembler = &stream->assembler;
    enum duo_smp_piece piece;

    do {
        piece = duo_smp_assemble(assembler, bytes, DUO_SMP_OPS_ANSWER);
        if (piece == DUO_SMP_PIECE_BAD) {
            stream->bad_frames++;
        }
    } while (piece == DUO_SMP_PIECE_BAD || piece == DUO_SMP_PIECE_LOST);
    if (piece == DUO_SMP_PIECE_WHOLE) {
        stream->found =
            (struct duo_bytes){stream->packet, assembler->len_bytes};
        assembler->len_bytes = 0;
        return true;
    }
    return false;
}

static bool take_udp(struct duo_stream *stream, struct duo_bytes *bytes)
{
    struct duo_ip_datagram datagram;

    while (bytes->len_bytes > 0) {
        uint8_t byte = *bytes->data++;

        bytes->len_bytes--;
        if (!duo_slip_decode(&stream->slip, byte)) {
            continue;
        }
        if (duo_ip_udp_decode(
                (struct duo_bytes){stream->packet, stream->slip.len_bytes},
                &datagram) &&
            datagram.from.port == DUO_SMP_UDP_PORT) {
            stream->found = datagram.data;
            return true;
        }
        stream->bad_frames++;
    }
    return false;
}

bool duo_stream_take(struct duo_stream *stream, struct duo_bytes *bytes,
                     struct duo_bytes *packet)
{
    bool got = false;

    if (bytes->len_bytes > 0) {
        stream->last_us = stream->link->ops->now_us(stream->link);
    }
    switch (stream->kind) {
    case DUO_STREAM_CONSOLE: got = take_console(stream, bytes); break;
    case DUO_STREAM_RAW: got = take_raw(stream, bytes); break;
    case DUO_STREAM_UDP: got = take_udp(stream, bytes); break;
    }
    flush_text(stream);
    if (got) {
        *packet = stream->found;
    }
    return got;
}

void duo_stream_idle(struct duo_stream *stream, uint64_t now_us)
{
    struct duo_smp_deframer *deframer = &stream->deframer;

    if (now_us - stream->last_us < (uint64_t)DUO_SMP_SILENCE_MS_MAX * 1000U) {
        return;
    }
    if (stream->kind == DUO_STREAM_CONSOLE) {
        if (duo_smp_deframer_reset(deframer)) {
            stream->bad_frames++;
        }
        duo_tool_buffer_append(
            &stream->text,
            (struct duo_bytes){deframer->text, deframer->text_bytes});
        deframer->text_bytes = 0;
        flush_text(stream);
    } else if (stream->kind == DUO_STREAM_RAW) {
        stream->assembler.len_bytes = 0;
        stream->assembler.skip_bytes = 0;
    }
}
