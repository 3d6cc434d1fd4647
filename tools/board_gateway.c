/* SPDX-License-Identifier: MIT */
/* UDP to SLIP and back; see board_gateway.h. */
#include "board_gateway.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Numbers of peers on the link: the ports that nobody has for good. */
#define PORT_MIN 49152U
#define PORT_MAX 65535U

static bool open_socket(struct duo_gateway *gateway, uint16_t *port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(*port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t length = sizeof(address);

    gateway->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (gateway->fd < 0 ||
        bind(gateway->fd, (const struct sockaddr *)&address, sizeof(address)) !=
            0 ||
        getsockname(gateway->fd, (struct sockaddr *)&address, &length) != 0) {
        return false;
    }
    *port = ntohs(address.sin_port);
    return true;
}

struct duo_gateway *duo_gateway_open(uint16_t *port,
                                     struct duo_tool_error *error)
{
    struct duo_gateway *gateway = calloc(1, sizeof(*gateway));

    if (gateway == NULL) {
        (void)duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
        return NULL;
    }
    gateway->last_port = PORT_MAX;
    gateway->decoder.packet = gateway->packet;
    gateway->decoder.room_bytes = sizeof(gateway->packet);
    if (!open_socket(gateway, port)) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "UDP port %u: %s", *port,
                            strerror(errno));
        duo_gateway_close(gateway);
        return NULL;
    }
    return gateway;
}

void duo_gateway_close(struct duo_gateway *gateway)
{
    if (gateway != NULL && gateway->fd >= 0) {
        (void)close(gateway->fd);
    }
    free(gateway);
}

/* --- To the board -------------------------------------------------------- */

static bool is_same(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
    return a->sin_port == b->sin_port &&
           a->sin_addr.s_addr == b->sin_addr.s_addr;
}

/* The peer's row: its own, or a free one, or that of whoever has been silent
 * for the longest time. A number is not used again soon: a late answer must
 * not go to another peer. */
static struct duo_gateway_peer *peer_of(struct duo_gateway *gateway,
                                        const struct sockaddr_in *address)
{
    struct duo_gateway_peer *oldest = &gateway->peers[0];

    for (unsigned i = 0; i < DUO_GATEWAY_PEER_COUNT; i++) {
        struct duo_gateway_peer *peer = &gateway->peers[i];
        if (peer->port != 0 && is_same(&peer->address, address)) {
            return peer;
        }
        if (peer->heard_at < oldest->heard_at) {
            oldest = peer;
        }
    }
    gateway->last_port =
        (uint16_t)(gateway->last_port == PORT_MAX ? PORT_MIN
                                                  : gateway->last_port + 1U);
    oldest->address = *address;
    oldest->port = gateway->last_port;
    return oldest;
}

static void put_frame(void *ctx, struct duo_bytes bytes)
{
    struct duo_gateway *gateway = ctx;

    if (bytes.len_bytes <= sizeof(gateway->frame) - gateway->frame_bytes) {
        memcpy(gateway->frame + gateway->frame_bytes, bytes.data,
               bytes.len_bytes);
        gateway->frame_bytes += bytes.len_bytes;
    }
}

/* False: no datagram waits. */
static bool take_datagram(struct duo_gateway *gateway)
{
    uint8_t packet[DUO_IP_PACKET_BYTES];
    struct sockaddr_in address = {0};
    socklen_t address_bytes = sizeof(address);
    ssize_t got = recvfrom(gateway->fd, packet + DUO_IP_HEADERS_BYTES,
                           DUO_IP_UDP_BYTES_MAX, MSG_TRUNC,
                           (struct sockaddr *)&address, &address_bytes);

    if (got < 0) {
        return false;
    }
    if ((size_t)got > DUO_IP_UDP_BYTES_MAX) {
        gateway->counts.too_long++;
        return true;
    }
    struct duo_gateway_peer *peer = peer_of(gateway, &address);
    const struct duo_ip_datagram datagram = {
        .from = {DUO_IP_LINK_HOST,              peer->port      },
        .to = {DUO_IP_LINK_DEVICE,            DUO_SMP_UDP_PORT},
        .data = {packet + DUO_IP_HEADERS_BYTES, (size_t)got     },
    };
    const struct duo_bytes whole = {
        packet, duo_ip_udp_encode(&datagram, packet, sizeof(packet))};

    peer->heard_at = ++gateway->counts.to_board;
    gateway->frame_bytes = 0;
    gateway->frame_off = 0;
    duo_slip_encode(whole, put_frame, gateway);
    return true;
}

size_t duo_gateway_get(struct duo_gateway *gateway, uint8_t *dst,
                       size_t room_bytes)
{
    size_t len_bytes = 0;

    while (len_bytes < room_bytes) {
        size_t left_bytes = gateway->frame_bytes - gateway->frame_off;
        if (left_bytes == 0) {
            if (!take_datagram(gateway)) {
                break;
            }
            continue;
        }
        if (left_bytes > room_bytes - len_bytes) {
            left_bytes = room_bytes - len_bytes;
        }
        memcpy(dst + len_bytes, gateway->frame + gateway->frame_off,
               left_bytes);
        gateway->frame_off += left_bytes;
        len_bytes += left_bytes;
    }
    return len_bytes;
}

/* --- From the board ------------------------------------------------------ */

static const struct duo_gateway_peer *peer_at(const struct duo_gateway *gateway,
                                              const struct duo_ip_endpoint *to)
{
    for (unsigned i = 0; i < DUO_GATEWAY_PEER_COUNT; i++) {
        if (to->addr == DUO_IP_LINK_HOST && to->port != 0 &&
            gateway->peers[i].port == to->port) {
            return &gateway->peers[i];
        }
    }
    return NULL;
}

static void send_packet(struct duo_gateway *gateway, size_t len_bytes)
{
    struct duo_ip_datagram datagram;
    const struct duo_gateway_peer *peer;

    if (!duo_ip_udp_decode((struct duo_bytes){gateway->packet, len_bytes},
                           &datagram)) {
        gateway->counts.malformed++;
        return;
    }
    peer = peer_at(gateway, &datagram.to);
    if (peer == NULL ||
        sendto(gateway->fd, datagram.data.data, datagram.data.len_bytes, 0,
               (const struct sockaddr *)&peer->address,
               sizeof(peer->address)) < 0) {
        gateway->counts.undeliverable++;
        return;
    }
    gateway->counts.to_peers++;
}

void duo_gateway_put(struct duo_gateway *gateway, uint8_t byte)
{
    if (byte == DUO_SLIP_END && gateway->decoder.bad) {
        gateway->counts.malformed++;
    }
    if (duo_slip_decode(&gateway->decoder, byte)) {
        send_packet(gateway, gateway->decoder.len_bytes);
    }
}

/* --- What it did --------------------------------------------------------- */

json_t *duo_gateway_json(const struct duo_gateway *gateway)
{
    const struct duo_gateway_counts *counts = &gateway->counts;

    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "to_board",
                     (json_int_t)counts->to_board, "to_peers",
                     (json_int_t)counts->to_peers, "too_long",
                     (json_int_t)counts->too_long, "malformed",
                     (json_int_t)counts->malformed, "undeliverable",
                     (json_int_t)counts->undeliverable);
}

void duo_gateway_print(const struct duo_gateway *gateway)
{
    const struct duo_gateway_counts *counts = &gateway->counts;

    (void)printf("UDP        %14llu datagrams to the board, %llu to peers; "
                 "dropped: %llu too long, %llu malformed, %llu for nobody\n",
                 (unsigned long long)counts->to_board,
                 (unsigned long long)counts->to_peers,
                 (unsigned long long)counts->too_long,
                 (unsigned long long)counts->malformed,
                 (unsigned long long)counts->undeliverable);
}
