/* SPDX-License-Identifier: MIT */
/* Where a UDP link leads, and a socket that leads there. */
#ifndef DUO_SMP_CLIENT_UDP_SOCKET_H
#define DUO_SMP_CLIENT_UDP_SOCKET_H

#include "link.h"

struct duo_udp_place {
    char *host; /* Heap. */
    char service[8];
};

/** Read HOST, HOST:PORT, [IPV6] or [IPV6]:PORT. Fails with USAGE; free it in
 * any case. */
bool duo_udp_place_parse(struct duo_udp_place *place, const char *text,
                         const char *query, struct duo_tool_error *error);
void duo_udp_place_free(struct duo_udp_place *place);

/** A connected, non-blocking socket; looking up a name may take its time.
 * @return -1 with IO. */
int duo_udp_connect(const struct duo_udp_place *place, bool *is_ipv6,
                    struct duo_tool_error *error);

/** An errno of send() or recv() that means no more than a lost datagram. */
bool duo_udp_is_passing(int number);

/** Send one datagram; what is lost is no failure. Else false with errno. */
bool duo_udp_send(int fd, struct duo_bytes datagram);

#endif
