/* SPDX-License-Identifier: MIT */
/* The halves of duo/smp_ip.h, for a link that sends a packet which lies in two
 * places: its headers on the stack, its data with the server. */
#ifndef DUO_SMP_IP_INTERNAL_H
#define DUO_SMP_IP_INTERNAL_H

#include "duo/smp_ip.h"

/** Write the headers for datagram->data, which stays where it is. */
void duo_ip_udp_headers(const struct duo_ip_datagram *datagram,
                        uint8_t headers[DUO_IP_HEADERS_BYTES]);

/** Pass a part of a frame, escaped, to @p put; no END at either side. */
void duo_slip_encode_part(struct duo_bytes part,
                          void (*put)(void *ctx, struct duo_bytes bytes),
                          void *ctx);
/** Pass an END. */
void duo_slip_encode_end(void (*put)(void *ctx, struct duo_bytes bytes),
                         void *ctx);

#endif
