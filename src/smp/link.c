/* SPDX-License-Identifier: MIT */
/* What links share; see link_internal.h. */
#include <string.h>

#include "link_internal.h"

void duo_smp_link_refuse(struct duo_smp_link *link, uint64_t peer,
                         struct duo_bytes start, size_t len_bytes)
{
    duo_smp_lost(link, peer, start,
                 len_bytes > link->server->config.packet_bytes
                     ? DUO_SMP_RC_TOO_LARGE
                     : DUO_SMP_RC_NO_MEMORY);
}

void duo_smp_link_take_whole(struct duo_smp_link *link, uint64_t peer,
                             struct duo_bytes packet)
{
    struct duo_smp_packet *room = NULL;

    if (packet.len_bytes <= link->server->config.packet_bytes) {
        room = duo_smp_packet_take(link->server, link);
    }
    if (room == NULL) {
        duo_smp_link_refuse(link, peer, packet, packet.len_bytes);
        return;
    }
    if (packet.len_bytes != 0) {
        memcpy(room->data, packet.data, packet.len_bytes);
    }
    duo_smp_packet_queue(link->server, room, packet.len_bytes, peer);
}

static void release(struct duo_smp_link *link,
                    struct duo_smp_assembler *assembler,
                    struct duo_smp_packet **packet)
{
    if (*packet != NULL) {
        duo_smp_packet_release(link->server, *packet);
    }
    *packet = NULL;
    assembler->data = NULL;
}

enum duo_smp_piece duo_smp_link_take_piece(struct duo_smp_link *link,
                                           uint64_t peer,
                                           struct duo_smp_assembler *assembler,
                                           struct duo_smp_packet **packet,
                                           struct duo_bytes *bytes)
{
    enum duo_smp_piece piece;

    if (*packet == NULL) {
        *packet = duo_smp_packet_take(link->server, link);
        assembler->data = *packet != NULL ? (*packet)->data : NULL;
        assembler->room_bytes = link->server->config.packet_bytes;
    }
    piece = duo_smp_assemble(assembler, bytes, DUO_SMP_OPS_REQUEST);
    if (piece == DUO_SMP_PIECE_WHOLE) {
        duo_smp_packet_queue(link->server, *packet, assembler->len_bytes, peer);
        *packet = NULL;
        assembler->data = NULL;
        assembler->len_bytes = 0;
    } else if (piece == DUO_SMP_PIECE_LOST) {
        duo_smp_link_refuse(
            link, peer,
            (struct duo_bytes){assembler->header, DUO_SMP_HEADER_BYTES},
            assembler->skip_bytes + DUO_SMP_HEADER_BYTES);
    }
    if (assembler->len_bytes == 0) {
        release(link, assembler, packet); /* Others may need it meanwhile. */
    }
    return piece;
}

bool duo_smp_link_give_up(struct duo_smp_link *link,
                          struct duo_smp_assembler *assembler,
                          struct duo_smp_packet **packet)
{
    bool was_begun = assembler->len_bytes != 0 || assembler->skip_bytes != 0;

    assembler->len_bytes = 0;
    assembler->skip_bytes = 0;
    release(link, assembler, packet);
    return was_begun;
}

bool duo_smp_link_is_silent(const struct duo_clock *clock, uint64_t last_us)
{
    return clock->now_us(clock) - last_us >= DUO_SMP_SILENCE_MS_MAX * 1000ULL;
}
