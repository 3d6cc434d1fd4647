/* SPDX-License-Identifier: MIT */
/* IPv4 with UDP, and the answer to a ping, for a line without a network stack
 * (see duo/smp_ip.h). [RFC 791, 768, 792] */
#include <string.h>

#include "be.h"
#include "ip_internal.h"

#define VERSION_AND_LENGTH 0x45U /* IPv4, a header of five words. */
#define IP_BYTES           20U
#define UDP_BYTES          8U
#define ICMP_BYTES         8U
#define PROTOCOL_ICMP      1U
#define PROTOCOL_UDP       17U
#define HOPS               64U
#define DO_NOT_FRAGMENT    0x4000U
#define FRAGMENT_MASK      0x3FFFU /* More fragments, and the offset. */
#define ECHO_REQUEST       8U
#define ONES               0xFFFFU /* The sum of what carries its checksum. */

/* Offsets in the IP header. */
enum {
    TOTAL_OFF = 2,
    FRAGMENT_OFF = 6,
    HOPS_OFF = 8,
    PROTOCOL_OFF = 9,
    CHECKSUM_OFF = 10,
    FROM_OFF = 12,
    TO_OFF = 16,
};

/* Offsets in the UDP header; ICMP's checksum is at ICMP_CHECKSUM_OFF. */
enum { UDP_TO_OFF = 2, UDP_LENGTH_OFF = 4, UDP_CHECKSUM_OFF = 6 };
enum { ICMP_CHECKSUM_OFF = 2 };

/* The sum of 16-bit words in ones' complement, continued from @p sum. Packets
 * have less than 64 KiB: 32 bits take the carries. */
static uint32_t add_words(uint32_t sum, const uint8_t *data, size_t len_bytes)
{
    for (size_t i = 0; i < len_bytes; i++) {
        sum += (i & 1U) != 0 ? data[i] : (uint32_t)data[i] << 8;
    }
    sum = (sum & ONES) + (sum >> 16);
    return (sum & ONES) + (sum >> 16);
}

/* The sum of UDP's pseudo header; the addresses lie behind one another. */
static uint32_t add_pseudo_header(const uint8_t *packet, uint32_t udp_bytes)
{
    return add_words(PROTOCOL_UDP + udp_bytes, &packet[FROM_OFF], 8);
}

void duo_ip_udp_headers(const struct duo_ip_datagram *datagram,
                        uint8_t headers[DUO_IP_HEADERS_BYTES])
{
    uint8_t *udp = &headers[IP_BYTES];
    uint32_t udp_bytes = (uint32_t)datagram->data.len_bytes + UDP_BYTES;
    uint32_t sum;

    memset(headers, 0, DUO_IP_HEADERS_BYTES);
    headers[0] = VERSION_AND_LENGTH;
    headers[HOPS_OFF] = HOPS;
    headers[PROTOCOL_OFF] = PROTOCOL_UDP;
    duo_store_be16(&headers[TOTAL_OFF], udp_bytes + IP_BYTES);
    duo_store_be16(&headers[FRAGMENT_OFF], DO_NOT_FRAGMENT);
    duo_store_be32(&headers[FROM_OFF], datagram->from.addr);
    duo_store_be32(&headers[TO_OFF], datagram->to.addr);
    duo_store_be16(&headers[CHECKSUM_OFF], ~add_words(0, headers, IP_BYTES));

    duo_store_be16(udp, datagram->from.port);
    duo_store_be16(&udp[UDP_TO_OFF], datagram->to.port);
    duo_store_be16(&udp[UDP_LENGTH_OFF], udp_bytes);
    sum = add_pseudo_header(headers, udp_bytes);
    sum = add_words(sum, udp, UDP_BYTES);
    sum = add_words(sum, datagram->data.data, datagram->data.len_bytes);
    /* 0 would say that there is none; all ones mean the same number. */
    duo_store_be16(&udp[UDP_CHECKSUM_OFF], sum == ONES ? ONES : ~sum);
}

size_t duo_ip_udp_encode(const struct duo_ip_datagram *datagram,
                         uint8_t *packet, size_t room_bytes)
{
    size_t len_bytes = datagram->data.len_bytes;
    struct duo_ip_datagram moved = *datagram;

    if (len_bytes > DUO_IP_UDP_BYTES_MAX ||
        room_bytes < len_bytes + DUO_IP_HEADERS_BYTES) {
        return 0;
    }
    if (len_bytes != 0 && moved.data.data != packet + DUO_IP_HEADERS_BYTES) {
        memmove(packet + DUO_IP_HEADERS_BYTES, moved.data.data, len_bytes);
        moved.data.data = packet + DUO_IP_HEADERS_BYTES;
    }
    duo_ip_udp_headers(&moved, packet);
    return len_bytes + DUO_IP_HEADERS_BYTES;
}

/* The bytes behind the IP header of a whole packet of this protocol; none if
 * it is not one. */
static struct duo_bytes body_of(struct duo_bytes packet, uint8_t protocol)
{
    const struct duo_bytes none = {NULL, 0};
    const uint8_t *data = packet.data;
    size_t header_bytes;
    size_t total_bytes;

    if (packet.len_bytes < IP_BYTES || data[0] >> 4 != 4) {
        return none;
    }
    header_bytes = (size_t)(data[0] & 0xFU) * 4U;
    total_bytes = duo_load_be16(&data[TOTAL_OFF]);
    if (header_bytes < IP_BYTES || total_bytes < header_bytes ||
        total_bytes > packet.len_bytes) {
        return none;
    }
    if ((duo_load_be16(&data[FRAGMENT_OFF]) & FRAGMENT_MASK) != 0 ||
        data[PROTOCOL_OFF] != protocol ||
        add_words(0, data, header_bytes) != ONES) {
        return none;
    }
    return (struct duo_bytes){data + header_bytes, total_bytes - header_bytes};
}

bool duo_ip_udp_decode(struct duo_bytes packet,
                       struct duo_ip_datagram *datagram)
{
    struct duo_bytes udp = body_of(packet, PROTOCOL_UDP);
    size_t udp_bytes;

    if (udp.len_bytes < UDP_BYTES) {
        return false;
    }
    udp_bytes = duo_load_be16(&udp.data[UDP_LENGTH_OFF]);
    if (udp_bytes < UDP_BYTES || udp_bytes > udp.len_bytes) {
        return false;
    }
    if (duo_load_be16(&udp.data[UDP_CHECKSUM_OFF]) != 0 &&
        add_words(add_pseudo_header(packet.data, (uint32_t)udp_bytes), udp.data,
                  udp_bytes) != ONES) {
        return false;
    }
    datagram->from.addr = duo_load_be32(&packet.data[FROM_OFF]);
    datagram->from.port = duo_load_be16(udp.data);
    datagram->to.addr = duo_load_be32(&packet.data[TO_OFF]);
    datagram->to.port = duo_load_be16(&udp.data[UDP_TO_OFF]);
    datagram->data =
        (struct duo_bytes){udp.data + UDP_BYTES, udp_bytes - UDP_BYTES};
    return true;
}

bool duo_ip_answer_ping(uint8_t *packet, size_t len_bytes, uint32_t addr)
{
    struct duo_bytes icmp =
        body_of((struct duo_bytes){packet, len_bytes}, PROTOCOL_ICMP);
    uint8_t *echo = packet + IP_BYTES;

    /* Options would have to be turned round too: such a ping is dropped. */
    if (icmp.len_bytes < ICMP_BYTES || packet[0] != VERSION_AND_LENGTH ||
        duo_load_be32(&packet[TO_OFF]) != addr) {
        return false;
    }
    if (duo_load_be16(echo) != ECHO_REQUEST << 8 ||
        add_words(0, echo, icmp.len_bytes) != ONES) {
        return false;
    }
    /* The sum over both addresses stays; only the hops may change it. */
    memcpy(&packet[TO_OFF], &packet[FROM_OFF], 4);
    duo_store_be32(&packet[FROM_OFF], addr);
    packet[HOPS_OFF] = HOPS;
    duo_store_be16(&packet[CHECKSUM_OFF], 0);
    duo_store_be16(&packet[CHECKSUM_OFF], ~add_words(0, packet, IP_BYTES));
    echo[0] = 0; /* Echo reply. */
    duo_store_be16(&echo[ICMP_CHECKSUM_OFF], 0);
    duo_store_be16(&echo[ICMP_CHECKSUM_OFF],
                   ~add_words(0, echo, icmp.len_bytes));
    return true;
}
