/* SPDX-License-Identifier: MIT */
/* Headers of SMP packets, and the packets of the server that links fill; see
 * duo/smp.h, duo/smp_link.h. */
#include "be.h"
#include "server_internal.h"

/* Byte 0 of a header: version and op. */
#define VERSION_SHIFT 3U
#define VERSION_MASK  3U
#define OP_MASK       7U

struct duo_smp_header
duo_smp_header_load(const uint8_t src[DUO_SMP_HEADER_BYTES])
{
    return (struct duo_smp_header){
        .op = src[0] & OP_MASK,
        .version = src[0] >> VERSION_SHIFT & VERSION_MASK,
        .len_bytes = duo_load_be16(&src[2]),
        .group = duo_load_be16(&src[4]),
        .sequence = src[6],
        .command = src[7],
    };
}

void duo_smp_header_store(const struct duo_smp_header *header,
                          uint8_t dst[DUO_SMP_HEADER_BYTES])
{
    dst[0] = (uint8_t)((header->version & VERSION_MASK) << VERSION_SHIFT |
                       (header->op & OP_MASK));
    dst[1] = 0;
    duo_store_be16(&dst[2], header->len_bytes);
    duo_store_be16(&dst[4], header->group);
    dst[6] = header->sequence;
    dst[7] = header->command;
}

struct duo_smp_packet *duo_smp_packet_take(struct duo_smp_server *server,
                                           struct duo_smp_link *link)
{
    struct duo_smp_packet *found = NULL;
    uint32_t used_count = 1;

    for (size_t i = 0; i < server->config.packet_count; i++) {
        if (server->packets[i].state != DUO_SMP_PACKET_FREE) {
            used_count++;
        } else if (found == NULL) {
            found = &server->packets[i];
        }
    }
    if (found != NULL) {
        found->state = DUO_SMP_PACKET_TAKEN;
        found->link = link;
        if (server->used_count_max < used_count) {
            server->used_count_max = used_count;
        }
    }
    return found;
}

void duo_smp_packet_queue(struct duo_smp_server *server,
                          struct duo_smp_packet *packet, size_t len_bytes,
                          uint64_t peer)
{
    packet->len_bytes = len_bytes;
    packet->peer = peer;
    packet->order = server->next_order;
    packet->state = DUO_SMP_PACKET_QUEUED;
    server->next_order++;
}

void duo_smp_packet_release(struct duo_smp_server *server,
                            struct duo_smp_packet *packet)
{
    (void)server;
    packet->state = DUO_SMP_PACKET_FREE;
}

void duo_smp_lost(struct duo_smp_link *link, uint64_t peer,
                  struct duo_bytes start, enum duo_smp_rc rc)
{
    struct duo_smp_server *server = link->server;
    struct duo_smp_header header;

    if (rc == DUO_SMP_RC_TOO_LARGE) {
        server->counts.too_long++;
    } else {
        server->counts.no_buffer++;
    }
    if (start.len_bytes < DUO_SMP_HEADER_BYTES) {
        return;
    }
    header = duo_smp_header_load(start.data);
    if (duo_smp_is_request(&header) && duo_smp_is_ready(link)) {
        /* Not the server's answer: one may be under way in it now. */
        uint8_t answer[DUO_SMP_RC_PACKET_BYTES];
        struct duo_cbor_writer writer = duo_smp_writer(answer, sizeof(answer));

        duo_smp_put_rc(&writer, rc);
        server->counts.errors++;
        duo_smp_send(link, peer, &header, &writer);
    }
}
