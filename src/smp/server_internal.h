/* SPDX-License-Identifier: MIT */
/* What the parts of the SMP server share. */
#ifndef DUO_SMP_SERVER_INTERNAL_H
#define DUO_SMP_SERVER_INTERNAL_H

#include "duo/smp_link.h"

/* Room for a packet with {rc} and nothing else. */
#define DUO_SMP_RC_PACKET_BYTES 16U

/** Only reads and writes are requests. */
bool duo_smp_is_request(const struct duo_smp_header *header);

/** A writer into @p packet, after the room of the header. */
struct duo_cbor_writer duo_smp_writer(uint8_t *packet, size_t packet_bytes);

/** Put the map {rc}. */
void duo_smp_put_rc(struct duo_cbor_writer *writer, enum duo_smp_rc rc);

/** Put the error of the request at hand, as its version says it. */
void duo_smp_put_error(const struct duo_smp_server *server,
                       struct duo_cbor_writer *writer);

bool duo_smp_is_ready(struct duo_smp_link *link);

/** Complete the packet that @p writer wrote the payload of, with the header
 * that answers @p request, and send it. */
void duo_smp_send(struct duo_smp_link *link, uint64_t peer,
                  const struct duo_smp_header *request,
                  const struct duo_cbor_writer *writer);

#endif
