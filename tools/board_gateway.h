/* SPDX-License-Identifier: MIT */
/* The virtual board's link to the network: a UDP socket on the loopback
 * interface at one side, IPv4 with UDP in SLIP frames on a serial line at the
 * other. A datagram goes to DUO_IP_LINK_DEVICE, port DUO_SMP_UDP_PORT; its
 * source port there is a number that stands for the peer, so that an answer
 * finds its way back. Nothing here ever blocks. */
#ifndef DUO_TOOLS_BOARD_GATEWAY_H
#define DUO_TOOLS_BOARD_GATEWAY_H

#include <jansson.h>
#include <netinet/in.h>

#include "duo/smp_ip.h"
#include "fail.h"

#define DUO_GATEWAY_PEER_COUNT 16U
/* Each byte of a packet takes two at the most, and an END at both ends. */
#define DUO_GATEWAY_FRAME_BYTES (2U * DUO_IP_PACKET_BYTES + 2U)

struct duo_gateway_peer {
    struct sockaddr_in address;
    uint16_t port;     /* Its number on the link; 0: free. */
    uint64_t heard_at; /* Of the gateway's datagrams; the oldest goes. */
};

struct duo_gateway_counts {
    uint64_t to_board;      /* Datagrams. */
    uint64_t to_peers;      /* Answers. */
    uint64_t too_long;      /* From a peer: more than the link takes. */
    uint64_t malformed;     /* From the board: no SLIP, no IPv4, no UDP. */
    uint64_t undeliverable; /* From the board: for nobody we know. */
};

struct duo_gateway {
    int fd;
    struct duo_gateway_peer peers[DUO_GATEWAY_PEER_COUNT];
    uint16_t last_port;
    uint8_t frame[DUO_GATEWAY_FRAME_BYTES]; /* On its way to the board. */
    size_t frame_bytes;
    size_t frame_off; /* What has been taken of it. */
    struct duo_slip_decoder decoder;
    uint8_t packet[DUO_IP_PACKET_BYTES]; /* On its way from the board. */
    struct duo_gateway_counts counts;
};

/** @p port is replaced by the one that it got. NULL: error is filled in. */
struct duo_gateway *duo_gateway_open(uint16_t *port,
                                     struct duo_tool_error *error);
void duo_gateway_close(struct duo_gateway *gateway);

/** The board has sent a byte. */
void duo_gateway_put(struct duo_gateway *gateway, uint8_t byte);
/** What is to be sent to the board: up to @p room_bytes, 0 if there is
 * nothing. */
size_t duo_gateway_get(struct duo_gateway *gateway, uint8_t *dst,
                       size_t room_bytes);

json_t *duo_gateway_json(const struct duo_gateway *gateway);
void duo_gateway_print(const struct duo_gateway *gateway);

#endif
