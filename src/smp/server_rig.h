/* SPDX-License-Identifier: MIT */
/* For tests: a server with a link that keeps what is sent, and answers as text
 * to compare with. */
#ifndef DUO_SMP_SERVER_RIG_H
#define DUO_SMP_SERVER_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "duo/smp_groups.h"
#include "duo/smp_link.h"

#define RIG_PACKETS      4U
#define RIG_PACKET_BYTES 512U
#define RIG_SENT_MAX     8U
#define RIG_TEXT_CHARS   2048U
#define RIG_DEPTH        8U

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct rig {
    struct duo_smp_link link; /* First. */
    struct duo_smp_server server;
    struct duo_clock clock;
    uint64_t now_us;
    bool is_busy; /* The link's. */
    uint8_t memory[(RIG_PACKETS + 1U) * RIG_PACKET_BYTES];
    uint8_t sent[RIG_SENT_MAX][RIG_PACKET_BYTES];
    size_t sent_bytes[RIG_SENT_MAX];
    uint64_t sent_peer[RIG_SENT_MAX];
    size_t sent_count;
};

static inline bool rig_is_ready(struct duo_smp_link *link)
{
    return !((struct rig *)(void *)link)->is_busy;
}

static inline void rig_send(struct duo_smp_link *link, uint64_t peer,
                            struct duo_bytes packet)
{
    struct rig *rig = (struct rig *)(void *)link;

    assert_false(rig->is_busy);
    assert_true(rig->sent_count < RIG_SENT_MAX);
    assert_true(packet.len_bytes <= RIG_PACKET_BYTES);
    memcpy(rig->sent[rig->sent_count], packet.data, packet.len_bytes);
    rig->sent_bytes[rig->sent_count] = packet.len_bytes;
    rig->sent_peer[rig->sent_count] = peer;
    rig->sent_count++;
}

static inline uint64_t rig_now_us(const struct duo_clock *clock)
{
    const uint8_t *at = (const uint8_t *)clock - offsetof(struct rig, clock);

    return ((const struct rig *)(const void *)at)->now_us;
}

static inline void rig_init(struct rig *rig, const struct duo_smp_group *groups,
                            size_t group_count)
{
    static const struct duo_smp_link_ops ops = {rig_is_ready, rig_send};
    struct duo_smp_server_config config = {
        .groups = groups,
        .group_count = group_count,
        .memory = rig->memory,
        .packet_bytes = RIG_PACKET_BYTES,
        .packet_count = RIG_PACKETS,
        .told_count = RIG_PACKETS - 1U,
    };

    memset(rig, 0, sizeof(*rig));
    rig->link.ops = &ops;
    rig->link.server = &rig->server;
    rig->link.name = "rig";
    rig->link.answer_bytes_max = RIG_PACKET_BYTES;
    rig->clock.now_us = rig_now_us;
    duo_smp_server_init(&rig->server, &config);
}

static inline size_t rig_from_hex(const char *hex, uint8_t *dst)
{
    size_t count = 0;

    for (; hex[0] != '\0'; hex += 2) {
        char digits[3] = {hex[0], hex[1], '\0'};

        assert_true(count < RIG_PACKET_BYTES);
        dst[count] = (uint8_t)strtoul(digits, NULL, 16);
        count++;
    }
    return count;
}

/* Queue a packet; false: no buffer. */
static inline bool rig_queue(struct rig *rig, struct duo_bytes packet,
                             uint64_t peer)
{
    struct duo_smp_packet *taken =
        duo_smp_packet_take(&rig->server, &rig->link);

    if (taken == NULL) {
        return false;
    }
    assert_true(packet.len_bytes <= RIG_PACKET_BYTES);
    memcpy(taken->data, packet.data, packet.len_bytes);
    duo_smp_packet_queue(&rig->server, taken, packet.len_bytes, peer);
    return true;
}

static inline void rig_queue_hex(struct rig *rig, const char *hex)
{
    uint8_t packet[RIG_PACKET_BYTES];

    assert_true(rig_queue(
        rig, (struct duo_bytes){packet, rig_from_hex(hex, packet)}, 0));
}

static inline void rig_run(struct rig *rig)
{
    unsigned steps = 0;

    while (duo_smp_step(&rig->server)) {
        steps++;
        assert_true(steps < 1000U);
    }
}

/* The CBOR that the server writes, in a notation to read. */
struct rig_text {
    struct duo_bytes rest;
    char *dst;
    char ends[RIG_DEPTH];
    unsigned counts[RIG_DEPTH];
    unsigned depth;
};

__attribute__((format(printf, 2, 3))) static inline void
rig_put(struct rig_text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    text->dst += vsprintf(text->dst, format, args);
    va_end(args);
}

static inline uint64_t rig_argument(struct rig_text *text)
{
    uint8_t info = text->rest.data[0] & 31U;
    size_t width_bytes = info < 24U ? 0 : (size_t)1 << (info - 24U);
    uint64_t argument = width_bytes == 0 ? info : 0;

    assert_true(info < 28U && width_bytes < text->rest.len_bytes);
    for (size_t i = 1; i <= width_bytes; i++) {
        argument = argument << 8 | text->rest.data[i];
    }
    text->rest.data += 1U + width_bytes;
    text->rest.len_bytes -= 1U + width_bytes;
    return argument;
}

static inline void rig_put_string(struct rig_text *text, bool is_text)
{
    size_t len_bytes = (size_t)rig_argument(text);

    assert_true(len_bytes <= text->rest.len_bytes);
    if (is_text) {
        rig_put(text, "'%.*s'", (int)len_bytes, (const char *)text->rest.data);
    } else {
        rig_put(text, "h'");
        for (size_t i = 0; i < len_bytes; i++) {
            rig_put(text, "%02x", text->rest.data[i]);
        }
        rig_put(text, "'");
    }
    text->rest.data += len_bytes;
    text->rest.len_bytes -= len_bytes;
}

static inline void rig_put_item(struct rig_text *text)
{
    uint8_t first = text->rest.data[0];

    if (first == 0xBF || first == 0x9F) {
        rig_put(text, first == 0xBF ? "{" : "[");
        text->depth++;
        assert_true(text->depth < RIG_DEPTH);
        text->ends[text->depth] = first == 0xBF ? '}' : ']';
        text->counts[text->depth] = 0;
    } else if (first == 0xF4 || first == 0xF5) {
        rig_put(text, first == 0xF4 ? "false" : "true");
    } else if (first >> 5 == 2 || first >> 5 == 3) {
        rig_put_string(text, first >> 5 == 3);
        return;
    } else {
        assert_int_equal(first >> 5, 0);
        rig_put(text, "%llu", (unsigned long long)rig_argument(text));
        return;
    }
    text->rest.data++;
    text->rest.len_bytes--;
}

/* The payload of an answer: one open map and nothing after it. */
static inline void rig_to_text(struct duo_bytes payload,
                               char dst[RIG_TEXT_CHARS])
{
    struct rig_text text = {.rest = payload, .dst = dst};

    assert_true(payload.len_bytes != 0 && payload.data[0] == 0xBF);
    do {
        bool is_map = text.ends[text.depth] == '}';

        assert_true(text.rest.len_bytes != 0);
        if (text.rest.data[0] == 0xFF) {
            assert_true(!is_map || text.counts[text.depth] % 2 == 0);
            rig_put(&text, "%c", text.ends[text.depth]);
            text.depth--;
            text.rest.data++;
            text.rest.len_bytes--;
            continue;
        }
        if (text.counts[text.depth] != 0) {
            rig_put(&text,
                    is_map && text.counts[text.depth] % 2 == 1 ? ":" : ",");
        }
        text.counts[text.depth] += text.depth != 0;
        rig_put_item(&text);
    } while (text.depth != 0);
    assert_int_equal(text.rest.len_bytes, 0);
}

/* Check that answer @p index answers the request of this header, and with
 * what. */
static inline void rig_check(struct rig *rig, size_t index,
                             const uint8_t *request, const char *expected)
{
    const uint8_t *answer = rig->sent[index];
    size_t len_bytes = rig->sent_bytes[index];
    uint8_t version = request[0] >> 3 & 3U;
    char text[RIG_TEXT_CHARS];

    assert_true(index < rig->sent_count);
    assert_true(len_bytes >= DUO_SMP_HEADER_BYTES);
    assert_int_equal(answer[0],
                     (version == 0 ? 0U : 8U) + (request[0] & 7U) + 1U);
    assert_int_equal(answer[1], 0);
    assert_int_equal(answer[2] << 8 | answer[3],
                     len_bytes - DUO_SMP_HEADER_BYTES);
    assert_memory_equal(&answer[4], &request[4], 4);
    rig_to_text((struct duo_bytes){answer + DUO_SMP_HEADER_BYTES,
                                   len_bytes - DUO_SMP_HEADER_BYTES},
                text);
    assert_string_equal(text, expected);
}

/* Ask, and expect one answer. */
static inline void rig_ask(struct rig *rig, const char *request_hex,
                           const char *expected)
{
    uint8_t request[RIG_PACKET_BYTES];

    (void)rig_from_hex(request_hex, request);
    rig->sent_count = 0;
    rig_queue_hex(rig, request_hex);
    rig_run(rig);
    assert_int_equal(rig->sent_count, 1);
    rig_check(rig, 0, request, expected);
}

#endif
