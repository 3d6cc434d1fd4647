/* SPDX-License-Identifier: MIT */
/* For tests of links: a server whose packets are looked at instead of worked
 * on, a clock that stands until it is moved, and a line that takes what is
 * put. */
#ifndef DUO_SMP_LINK_RIG_H
#define DUO_SMP_LINK_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "duo/smp_link.h"

#define RIG_PACKET_BYTES 2475U
#define RIG_PACKETS      3U
#define RIG_LINE_BYTES   16384U

struct rig {
    struct duo_clock clock; /* First. */
    uint64_t now_us;
    struct duo_smp_server server;
    uint8_t memory[(RIG_PACKETS + 1) * RIG_PACKET_BYTES];
    uint8_t line[RIG_LINE_BYTES];
    size_t line_bytes;
    size_t room_bytes; /* What has_room() says yes to. */
};

static inline uint64_t rig_now_us(const struct duo_clock *clock)
{
    const void *rig = clock;

    return ((const struct rig *)rig)->now_us;
}

static inline void rig_init(struct rig *rig)
{
    memset(rig, 0, sizeof(*rig));
    rig->clock.now_us = rig_now_us;
    rig->room_bytes = RIG_LINE_BYTES;
    duo_smp_server_init(&rig->server, &(struct duo_smp_server_config){
                                          .memory = rig->memory,
                                          .packet_bytes = RIG_PACKET_BYTES,
                                          .packet_count = RIG_PACKETS,
                                          .told_count = RIG_PACKETS,
                                      });
}

static inline void rig_put(void *ctx, struct duo_bytes bytes)
{
    struct rig *rig = ctx;

    assert_true(bytes.len_bytes <= RIG_LINE_BYTES - rig->line_bytes);
    memcpy(rig->line + rig->line_bytes, bytes.data, bytes.len_bytes);
    rig->line_bytes += bytes.len_bytes;
}

static inline bool rig_has_room(void *ctx, size_t bytes)
{
    const struct rig *rig = ctx;

    return bytes <= rig->room_bytes;
}

/* The packet that the server would work on next, or NULL. */
static inline struct duo_smp_packet *rig_next(struct rig *rig)
{
    struct duo_smp_packet *next = NULL;

    for (size_t i = 0; i < RIG_PACKETS; i++) {
        struct duo_smp_packet *packet = &rig->server.packets[i];
        if (packet->state == DUO_SMP_PACKET_QUEUED &&
            (next == NULL || packet->order < next->order)) {
            next = packet;
        }
    }
    return next;
}

static inline size_t rig_count(const struct rig *rig,
                               enum duo_smp_packet_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < RIG_PACKETS; i++) {
        count += rig->server.packets[i].state == state ? 1U : 0U;
    }
    return count;
}

/* The next packet is this one; it is done with. Returns its peer. */
static inline uint64_t rig_expect(struct rig *rig, struct duo_bytes expected)
{
    struct duo_smp_packet *packet = rig_next(rig);

    assert_non_null(packet);
    assert_int_equal(packet->len_bytes, expected.len_bytes);
    assert_memory_equal(packet->data, expected.data, expected.len_bytes);
    duo_smp_packet_release(&rig->server, packet);
    return packet->peer;
}

/* A request of @p len_bytes with content that depends on @p seed. */
static inline struct duo_bytes rig_request(uint8_t *dst, size_t len_bytes,
                                           uint8_t seed)
{
    struct duo_smp_header header = {
        .op = DUO_SMP_WRITE,
        .version = DUO_SMP_V2,
        .sequence = seed,
        .group = DUO_SMP_GROUP_IMAGE,
        .command = 1,
        .len_bytes = (uint16_t)(len_bytes - DUO_SMP_HEADER_BYTES),
    };

    for (size_t i = DUO_SMP_HEADER_BYTES; i < len_bytes; i++) {
        dst[i] = (uint8_t)(i * 31U + (i >> 6) + seed);
    }
    duo_smp_header_store(&header, dst);
    return (struct duo_bytes){dst, len_bytes};
}

/* Is it the answer {rc} to a request of rig_request()? */
static inline void rig_expect_rc(struct duo_bytes answer, uint8_t seed,
                                 uint8_t rc)
{
    struct duo_smp_header header;

    assert_true(answer.len_bytes > DUO_SMP_HEADER_BYTES + 4U);
    header = duo_smp_header_load(answer.data);
    assert_int_equal(header.op, DUO_SMP_WRITE_ANSWER);
    assert_int_equal(header.sequence, seed);
    assert_int_equal(header.len_bytes + DUO_SMP_HEADER_BYTES, answer.len_bytes);
    for (size_t i = DUO_SMP_HEADER_BYTES; i + 4 <= answer.len_bytes; i++) {
        if (memcmp(answer.data + i, "\x62rc", 3) == 0) {
            assert_int_equal(answer.data[i + 3], rc);
            return;
        }
    }
    fail_msg("no rc");
}

#endif
