/* SPDX-License-Identifier: MIT */
/* The SMP server, fed with hostile packets.
 *
 * Input: one byte that steers, then packets, each after a byte with its length.
 * Some links have room for long answers, some for short ones; some packets are
 * queued before the first is served. What must hold is asserted: each request
 * has one answer, a whole packet of well-formed CBOR with the request's
 * number, no longer than the link takes but for errors; and no buffer is kept.
 */
#include "smp_fuzz.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duo/smp_groups.h"
#include "duo/smp_link.h"
#include "smp/known_requests.h"

#define PACKETS      4U
#define PACKET_BYTES 288U

struct target {
    struct duo_smp_link link; /* First. */
    struct duo_smp_server server;
    struct duo_smp_os os;
    struct duo_smp_stats stats;
    struct duo_smp_group groups[3];
    struct duo_clock clock;
    uint8_t memory[(PACKETS + 1U) * PACKET_BYTES];
    unsigned answers;
    unsigned good;
};

static void promise(bool is_kept, const char *what)
{
    if (!is_kept) {
        (void)fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void sent(struct duo_smp_link *link, uint64_t peer,
                 struct duo_bytes packet)
{
    struct target *target = (struct target *)(void *)link;
    struct duo_smp_header header;
    struct duo_cbor_field fields[] = {
        {.key = "rc",  .kind = DUO_CBOR_UINT},
        {.key = "err", .kind = DUO_CBOR_UINT}, /* Of another kind if there. */
    };
    uint8_t copy[PACKET_BYTES];
    struct duo_cbor_input payload = {copy, 0};
    bool is_map;

    promise(peer == 5, "the answer's peer");
    promise(packet.len_bytes > DUO_SMP_HEADER_BYTES &&
                packet.len_bytes <= PACKET_BYTES,
            "the answer's length");
    header = duo_smp_header_load(packet.data);
    promise(header.op == DUO_SMP_READ_ANSWER ||
                header.op == DUO_SMP_WRITE_ANSWER,
            "an answer's op");
    promise(header.version <= DUO_SMP_V2, "an answer's version");
    promise(header.len_bytes == packet.len_bytes - DUO_SMP_HEADER_BYTES,
            "the length in the header");
    promise(header.sequence == target->server.request.header.sequence,
            "the answer's number");
    payload.len_bytes = header.len_bytes;
    memcpy(copy, packet.data + DUO_SMP_HEADER_BYTES, payload.len_bytes);
    promise(duo_cbor_read_map(payload, NULL, 0), "an answer of good CBOR");
    is_map = duo_cbor_read_map(payload, fields, 2) && !fields[0].found;
    promise(!is_map || packet.len_bytes <= link->answer_bytes_max,
            "what the link takes");
    target->answers++;
    target->good += is_map;
}

static uint64_t now_us(const struct duo_clock *clock)
{
    (void)clock;
    return 1000000;
}

static bool get_task(void *ctx, uint32_t index, struct duo_smp_task *task)
{
    (void)ctx;
    *task = (struct duo_smp_task){.name = "main"};
    return index == 0;
}

static void reset(void *ctx, enum duo_smp_boot_mode mode)
{
    (void)ctx;
    (void)mode;
}

static void target_init(struct target *target, uint8_t steering)
{
    static const struct duo_smp_os_names names = {.kernel = "k", .os = "o"};
    static const struct duo_smp_link_ops ops = {.send = sent};
    static const uint32_t number = 7;
    static const struct duo_smp_stat stats[] = {
        {"n", &number}
    };
    static const struct duo_smp_stat_set sets[] = {
        {"smp_svr_stats", stats, 1}
    };
    const struct duo_smp_server_config config = {
        .groups = target->groups,
        .group_count = sizeof(target->groups) / sizeof(target->groups[0]),
        .memory = target->memory,
        .packet_bytes = PACKET_BYTES,
        .packet_count = 1U + steering % PACKETS,
    };

    memset(target, 0, sizeof(*target));
    target->link = (struct duo_smp_link){.ops = &ops,
                                         .server = &target->server,
                                         .answer_bytes_max =
                                             steering & 0x80U ? 40U : 1000U};
    target->clock.now_us = now_us;
    target->os = (struct duo_smp_os){.server = &target->server,
                                     .clock = &target->clock,
                                     .names = &names,
                                     .task = get_task,
                                     .reset = reset};
    target->stats = (struct duo_smp_stats){sets, 1};
    target->groups[0] = (struct duo_smp_group){&duo_smp_os_group, &target->os};
    target->groups[1] =
        (struct duo_smp_group){&duo_smp_stat_group, &target->stats};
    target->groups[2] =
        (struct duo_smp_group){&duo_smp_enum_group, &target->server};
    duo_smp_server_init(&target->server, &config);
}

static void serve(struct target *target)
{
    while (duo_smp_step(&target->server)) {
    }
    promise(target->server.counts.requests == target->answers,
            "one answer for each request");
}

/* The packet lies in a block of its own length while it is worked on. */
static void feed(struct target *target, struct duo_bytes packet)
{
    struct duo_smp_packet *taken =
        duo_smp_packet_take(&target->server, &target->link);
    uint8_t *memory;
    uint8_t *exact;

    if (taken == NULL) {
        serve(target);
        taken = duo_smp_packet_take(&target->server, &target->link);
    }
    promise(taken != NULL, "a buffer after all is served");
    memory = taken->data;
    exact = malloc(packet.len_bytes + 1U);
    promise(exact != NULL, "memory");
    memcpy(exact + 1, packet.data, packet.len_bytes);
    if (packet.len_bytes % 2U != 0) {
        memcpy(memory, packet.data, packet.len_bytes);
        duo_smp_packet_queue(&target->server, taken, packet.len_bytes, 5);
    } else {
        taken->data = exact + 1;
        duo_smp_packet_queue(&target->server, taken, packet.len_bytes, 5);
        serve(target);
        taken->data = memory;
    }
    free(exact);
}

unsigned duo_fuzz_smp(const uint8_t *data, size_t len_bytes)
{
    static struct target target;
    struct duo_bytes rest = {data, len_bytes};

    if (len_bytes == 0) {
        return 0;
    }
    target_init(&target, data[0]);
    for (rest.data++; rest.len_bytes > 1; rest.len_bytes--, rest.data++) {
        struct duo_bytes packet = {rest.data + 1, rest.data[0]};

        if (packet.len_bytes > rest.len_bytes - 2U) {
            packet.len_bytes = rest.len_bytes - 2U;
        }
        feed(&target, packet);
        rest.data += packet.len_bytes;
        rest.len_bytes -= packet.len_bytes;
    }
    serve(&target);
    for (size_t i = 0; i < PACKETS; i++) {
        promise(target.server.packets[i].state == DUO_SMP_PACKET_FREE,
                "no buffer is kept");
    }
    return target.good;
}

/* NOLINTNEXTLINE(readability-identifier-naming) */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_bytes)
{
    (void)duo_fuzz_smp(data, len_bytes);
    return 0;
}

size_t duo_fuzz_smp_seeds(void)
{
    return KNOWN_REQUESTS;
}

/* A request and the one after it. */
size_t duo_fuzz_smp_seed(size_t index,
                         uint8_t seed[DUO_FUZZ_SMP_SEED_BYTES_MAX])
{
    size_t count = 0;

    seed[count] = (uint8_t)index;
    count++;
    for (size_t i = index; i <= index + 1U; i++) {
        const char *hex = known_requests[i % KNOWN_REQUESTS];

        seed[count] = (uint8_t)(strlen(hex) / 2U);
        count++;
        for (; hex[0] != '\0'; hex += 2) {
            char digits[3] = {hex[0], hex[1], '\0'};

            seed[count] = (uint8_t)strtoul(digits, NULL, 16);
            count++;
        }
    }
    return count;
}
