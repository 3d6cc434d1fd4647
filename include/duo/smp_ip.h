/* SPDX-License-Identifier: MIT */
/* SMP over UDP without an operating system: IPv4 and UDP in SLIP frames on a
 * serial line (RFC 1055, 791, 768). Both ends use it: a device, and the
 * gateway of the virtual board. A Linux host reaches a device with slattach. */
#ifndef DUO_SMP_IP_H
#define DUO_SMP_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duo/bytes.h"

#define DUO_SMP_UDP_PORT     1337U
#define DUO_IP_HEADERS_BYTES 28U /* IPv4 without options, and UDP. */
#define DUO_IP_PACKET_BYTES  1500U
#define DUO_IP_UDP_BYTES_MAX (DUO_IP_PACKET_BYTES - DUO_IP_HEADERS_BYTES)
#define DUO_SLIP_END         0xC0U

/* Addresses of the link's two ends, as documented for tests (RFC 5737). */
#define DUO_IP_LINK_HOST   0xC0000201U /* 192.0.2.1 */
#define DUO_IP_LINK_DEVICE 0xC0000202U /* 192.0.2.2 */

struct duo_ip_endpoint {
    uint32_t addr; /* Host byte order. */
    uint16_t port;
};

struct duo_ip_datagram {
    struct duo_ip_endpoint from;
    struct duo_ip_endpoint to;
    struct duo_bytes data; /* decode: lies in the packet. */
};

/** Write the headers for datagram->data and the data itself to @p packet,
 * checksums set. Returns the packet's length, 0: too long for room_bytes or
 * DUO_IP_UDP_BYTES_MAX. @p data may already lie at its place in @p packet
 * (packet + DUO_IP_HEADERS_BYTES): it is then not copied. */
size_t duo_ip_udp_encode(const struct duo_ip_datagram *datagram,
                         uint8_t *packet, size_t room_bytes);

/** Take apart a packet; false: not IPv4 with UDP, a fragment, cut off, or a
 * checksum is wrong (a UDP checksum of 0 is none). */
bool duo_ip_udp_decode(struct duo_bytes packet,
                       struct duo_ip_datagram *datagram);

/** If @p packet is an ICMP echo request to @p addr, make it the reply in place
 * and return true: so `ping` tells whether the line works. */
bool duo_ip_answer_ping(uint8_t *packet, size_t len_bytes, uint32_t addr);

/** Pass @p packet as one SLIP frame, END at both ends, to @p put. */
void duo_slip_encode(struct duo_bytes packet,
                     void (*put)(void *ctx, struct duo_bytes bytes), void *ctx);

/* Collects a frame from a stream of bytes. */
struct duo_slip_decoder {
    uint8_t *packet; /* Where to; NULL: frames are passed over. */
    size_t room_bytes;
    size_t len_bytes;
    bool escaped;
    bool bad;   /* Too long or a wrong escape: dropped at its END. */
    bool whole; /* A frame was given out: the next byte begins anew. */
};

/** Take one byte. True: a whole frame of at least one byte is in packet; take
 * it before the next call, which begins a new one. */
bool duo_slip_decode(struct duo_slip_decoder *decoder, uint8_t byte);

#endif
