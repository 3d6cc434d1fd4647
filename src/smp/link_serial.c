/* SPDX-License-Identifier: MIT */
/* A serial line of its own: raw packets, or UDP in SLIP (duo/smp_link.h). */
#include "ip_internal.h"
#include "link_internal.h"

/* No header of SMP has one of these bits; IPv4's first byte has, and END. */
#define NO_HEADER_MASK 0xE0U

/* Raw packets have no sender; a datagram's port is never 0. */
#define PEER_RAW    0U
#define PEER_SHIFT  16U
#define HEADERS_MAX (DUO_IP_HEADERS_BYTES * 2U + 2U) /* Escaped, with ENDs. */

static struct duo_smp_serial *serial_of(struct duo_smp_link *link)
{
    return (struct duo_smp_serial *)(void *)link;
}

static bool has_room(const struct duo_smp_serial *serial, size_t bytes)
{
    return serial->has_room == NULL || serial->has_room(serial->ctx, bytes);
}

static void count(void *ctx, struct duo_bytes bytes)
{
    *(size_t *)ctx += bytes.len_bytes;
}

static bool is_ready(struct duo_smp_link *link)
{
    const struct duo_smp_server *server = link->server;
    size_t bytes = HEADERS_MAX;

    duo_slip_encode_part(
        (struct duo_bytes){server->answer, server->answer_bytes}, count,
        &bytes);
    return has_room(serial_of(link), bytes);
}

static void send(struct duo_smp_link *link, uint64_t peer,
                 struct duo_bytes packet)
{
    struct duo_smp_serial *serial = serial_of(link);
    uint8_t headers[DUO_IP_HEADERS_BYTES];
    struct duo_ip_datagram datagram = {
        .from = serial->local,
        .to = {(uint32_t)(peer >> PEER_SHIFT), (uint16_t)peer},
        .data = packet,
    };

    if (peer == PEER_RAW) {
        serial->put(serial->ctx, packet);
        return;
    }
    duo_ip_udp_headers(&datagram, headers);
    duo_slip_encode_end(serial->put, serial->ctx);
    duo_slip_encode_part((struct duo_bytes){headers, sizeof(headers)},
                         serial->put, serial->ctx);
    duo_slip_encode_part(packet, serial->put, serial->ctx);
    duo_slip_encode_end(serial->put, serial->ctx);
}

static const struct duo_smp_link_ops serial_ops = {is_ready, send};

static void reset_slip(struct duo_smp_serial *serial)
{
    serial->slip = (struct duo_slip_decoder){
        .packet = serial->ip,
        .room_bytes = DUO_IP_PACKET_BYTES,
    };
}

void duo_smp_serial_init(struct duo_smp_serial *serial)
{
    struct duo_smp_link *link = &serial->link;

    link->ops = &serial_ops;
    link->answer_bytes_max = link->server->config.packet_bytes;
    if (serial->ip != NULL && link->answer_bytes_max > DUO_IP_UDP_BYTES_MAX) {
        link->answer_bytes_max = DUO_IP_UDP_BYTES_MAX;
    }
    serial->assembler = (struct duo_smp_assembler){.data = NULL};
    reset_slip(serial);
    serial->packet = NULL;
    serial->in_slip = false;
    serial->last_us = 0;
}

static void take_ip(struct duo_smp_serial *serial)
{
    struct duo_bytes packet = {serial->ip, serial->slip.len_bytes};
    struct duo_ip_datagram datagram;

    if (duo_ip_answer_ping(serial->ip, packet.len_bytes, serial->local.addr)) {
        if (has_room(serial, 2U * packet.len_bytes + 2U)) {
            duo_slip_encode(packet, serial->put, serial->ctx);
        }
        return;
    }
    if (!duo_ip_udp_decode(packet, &datagram)) {
        serial->link.server->counts.frame_errors++;
        return;
    }
    if (datagram.to.addr == serial->local.addr &&
        datagram.to.port == serial->local.port && datagram.from.port != 0) {
        duo_smp_link_take_whole(&serial->link,
                                (uint64_t)datagram.from.addr << PEER_SHIFT |
                                    datagram.from.port,
                                datagram.data);
    }
}

static bool is_in_frame(const struct duo_slip_decoder *slip)
{
    return (slip->len_bytes != 0 && !slip->whole) || slip->bad || slip->escaped;
}

/* Between packets the next byte tells their form. */
static bool is_slip(struct duo_smp_serial *serial, uint8_t byte)
{
    const struct duo_slip_decoder *slip = &serial->slip;

    if (serial->ip == NULL || serial->assembler.len_bytes != 0 ||
        serial->assembler.skip_bytes != 0) {
        return false;
    }
    /* A frame that never ends was noise before raw packets. */
    if (slip->bad && slip->len_bytes >= slip->room_bytes) {
        serial->link.server->counts.frame_errors++;
        reset_slip(serial);
        serial->in_slip = false;
    }
    if (!serial->in_slip) {
        return byte == DUO_SLIP_END;
    }
    return is_in_frame(slip) || (byte & NO_HEADER_MASK) != 0;
}

static void take_slip(struct duo_smp_serial *serial, uint8_t byte)
{
    if (byte == DUO_SLIP_END && (serial->slip.bad || serial->slip.escaped)) {
        serial->link.server->counts.frame_errors++;
    }
    if (duo_slip_decode(&serial->slip, byte)) {
        take_ip(serial);
    }
}

/* Take raw bytes up to where the form may change. */
static enum duo_smp_piece take_raw(struct duo_smp_serial *serial,
                                   struct duo_bytes *bytes)
{
    size_t skip_bytes = serial->assembler.skip_bytes;
    struct duo_bytes rest = *bytes;
    enum duo_smp_piece piece;

    if (skip_bytes != 0 && skip_bytes < rest.len_bytes) {
        rest.len_bytes = skip_bytes;
    }
    piece = duo_smp_link_take_piece(&serial->link, PEER_RAW, &serial->assembler,
                                    &serial->packet, &rest);
    bytes->len_bytes -= (size_t)(rest.data - bytes->data);
    bytes->data = rest.data;
    return piece;
}

void duo_smp_serial_take(struct duo_smp_serial *serial, struct duo_bytes bytes)
{
    enum duo_smp_piece before = DUO_SMP_PIECE_MORE;

    if (bytes.len_bytes != 0) {
        serial->last_us = serial->clock->now_us(serial->clock);
    }
    while (bytes.len_bytes != 0) {
        serial->in_slip = is_slip(serial, bytes.data[0]);
        if (serial->in_slip) {
            take_slip(serial, bytes.data[0]);
            bytes.data++;
            bytes.len_bytes--;
        } else {
            enum duo_smp_piece piece = take_raw(serial, &bytes);
            if (piece == DUO_SMP_PIECE_BAD && before != piece) {
                serial->link.server->counts.frame_errors++;
            }
            before = piece;
        }
    }
}

void duo_smp_serial_poll(struct duo_smp_serial *serial)
{
    bool was_in_frame = is_in_frame(&serial->slip);

    if (!duo_smp_link_is_silent(serial->clock, serial->last_us)) {
        return;
    }
    if (duo_smp_link_give_up(&serial->link, &serial->assembler,
                             &serial->packet) ||
        was_in_frame) {
        serial->link.server->counts.timeouts++;
    }
    reset_slip(serial);
    serial->in_slip = false;
}
