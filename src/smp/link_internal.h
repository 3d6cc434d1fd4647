/* SPDX-License-Identifier: MIT */
/* What links share: what becomes of a packet that no buffer takes, and of one
 * that comes whole. */
#ifndef DUO_SMP_LINK_INTERNAL_H
#define DUO_SMP_LINK_INTERNAL_H

#include "duo/smp_link.h"

/** A packet of @p len_bytes is lost; the reason is its length, or that all
 * buffers are in use. @p start is what is there of it. */
void duo_smp_link_refuse(struct duo_smp_link *link, uint64_t peer,
                         struct duo_bytes start, size_t len_bytes);

/** Queue a copy of @p packet, or refuse it. */
void duo_smp_link_take_whole(struct duo_smp_link *link, uint64_t peer,
                             struct duo_bytes packet);

/** Take the next packet from @p bytes. WHOLE: it is queued. LOST: it is
 * refused. BAD: see the assembler. *packet is the one that is filled. */
enum duo_smp_piece duo_smp_link_take_piece(struct duo_smp_link *link,
                                           uint64_t peer,
                                           struct duo_smp_assembler *assembler,
                                           struct duo_smp_packet **packet,
                                           struct duo_bytes *bytes);

/** Give up what is there of a packet; true if there was anything. */
bool duo_smp_link_give_up(struct duo_smp_link *link,
                          struct duo_smp_assembler *assembler,
                          struct duo_smp_packet **packet);

/** Has @p last_us been DUO_SMP_SILENCE_MS_MAX ago? */
bool duo_smp_link_is_silent(const struct duo_clock *clock, uint64_t last_us);

#endif
