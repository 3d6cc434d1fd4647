/* SPDX-License-Identifier: MIT */
/* Datagrams of a network stack (duo/smp_link.h): each is one packet. */
#include "link_internal.h"

static void send(struct duo_smp_link *link, uint64_t peer,
                 struct duo_bytes packet)
{
    struct duo_smp_udp *udp = (struct duo_smp_udp *)(void *)link;

    udp->send_to(udp->ctx, peer, packet);
}

static const struct duo_smp_link_ops udp_ops = {NULL, send};

void duo_smp_udp_init(struct duo_smp_udp *udp)
{
    size_t bytes = udp->link.server->config.packet_bytes;

    udp->link.ops = &udp_ops;
    udp->link.answer_bytes_max =
        bytes < DUO_IP_UDP_BYTES_MAX ? bytes : DUO_IP_UDP_BYTES_MAX;
}

void duo_smp_udp_take(struct duo_smp_udp *udp, uint64_t peer,
                      struct duo_bytes datagram)
{
    duo_smp_link_take_whole(&udp->link, peer, datagram);
}
