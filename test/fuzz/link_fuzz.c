/* SPDX-License-Identifier: MIT */
/* Hostile bytes on the links of the SMP server: deframer, assembler, SLIP, IP.
 *
 * Input: a byte that steers how the stream is cut, then the stream. Each link
 * gets it twice, byte by byte and cut. What must hold is asserted: both give the
 * same packets, none is longer than a buffer, text is never more than came, and
 * after a silence no buffer is held and a good request comes through. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duo/smp_link.h"
#include "link_fuzz.h"

#define PACKET_BYTES 160U
#define PACKETS      3U
/* So few that two packets never end in one piece. */
#define PIECE_BYTES_MAX DUO_SMP_HEADER_BYTES

#define MUST(condition) ((condition) ? (void)0 : broken(#condition, __LINE__))

static void broken(const char *promise, int line)
{
    (void)fprintf(stderr, "link_fuzz.c:%d: broken: %s\n", line, promise);
    abort();
}

enum kind { CONSOLE, SERIAL, UDP, GATT, KIND_COUNT };

struct bench {
    struct duo_clock clock; /* First. */
    uint64_t now_us;
    struct duo_smp_server server;
    uint8_t *memory;
    uint8_t *ip;
    uint8_t *answer;
    union {
        struct duo_smp_link link;
        struct duo_smp_console console;
        struct duo_smp_serial serial;
        struct duo_smp_udp udp;
        struct duo_smp_gatt gatt;
    } as;
    enum kind kind;
    size_t packets;
    uint32_t crc; /* Of all packets. */
    size_t text_bytes;
    size_t in_bytes;
};

static uint64_t now_us(const struct duo_clock *clock)
{
    const void *bench = clock;

    return ((const struct bench *)bench)->now_us;
}

static void put(void *ctx, struct duo_bytes bytes)
{
    MUST(ctx != NULL && bytes.data != NULL && bytes.len_bytes != 0);
}

static void send_to(void *ctx, uint64_t peer, struct duo_bytes datagram)
{
    (void)peer;
    put(ctx, datagram);
}

static bool notify(void *ctx, struct duo_bytes piece)
{
    struct bench *bench = ctx;

    put(ctx, piece);
    duo_smp_gatt_sent(&bench->as.gatt);
    return true;
}

static void begin_link(struct bench *bench)
{
    struct duo_smp_link link = {.server = &bench->server, .name = "fuzz"};

    switch (bench->kind) {
    case CONSOLE:
        bench->as.console = (struct duo_smp_console){
            .link = link, .clock = &bench->clock, .put = put, .ctx = bench};
        duo_smp_console_init(&bench->as.console);
        return;
    case SERIAL:
        bench->as.serial = (struct duo_smp_serial){
            .link = link,
            .clock = &bench->clock,
            .put = put,
            .ctx = bench,
            .local = {DUO_IP_LINK_DEVICE, DUO_SMP_UDP_PORT},
            .ip = bench->ip,
        };
        duo_smp_serial_init(&bench->as.serial);
        return;
    case UDP:
        bench->as.udp = (struct duo_smp_udp){
            .link = link, .send_to = send_to, .ctx = bench};
        duo_smp_udp_init(&bench->as.udp);
        return;
    case GATT:
    case KIND_COUNT:
        bench->as.gatt = (struct duo_smp_gatt){.link = link,
                                               .clock = &bench->clock,
                                               .notify = notify,
                                               .ctx = bench,
                                               .answer = bench->answer};
        duo_smp_gatt_init(&bench->as.gatt);
        duo_smp_gatt_connected(&bench->as.gatt, 0);
        duo_smp_gatt_subscribed(&bench->as.gatt, true);
        return;
    }
}

/* Blocks of exactly the size that each may use, for the address sanitizer. */
static void begin(struct bench *bench, enum kind kind)
{
    memset(bench, 0, sizeof(*bench));
    bench->kind = kind;
    bench->clock.now_us = now_us;
    bench->memory = malloc((PACKETS + 1) * PACKET_BYTES);
    bench->ip = malloc(DUO_IP_PACKET_BYTES);
    bench->answer = malloc(PACKET_BYTES);
    MUST(bench->memory != NULL && bench->ip != NULL && bench->answer != NULL);
    duo_smp_server_init(&bench->server, &(struct duo_smp_server_config){
                                            .memory = bench->memory,
                                            .packet_bytes = PACKET_BYTES,
                                            .packet_count = PACKETS,
                                            .told_count = PACKETS,
                                        });
    begin_link(bench);
}

static void end(struct bench *bench)
{
    free(bench->memory);
    free(bench->ip);
    free(bench->answer);
}

static size_t count(const struct bench *bench, enum duo_smp_packet_state state)
{
    size_t packets = 0;

    for (size_t i = 0; i < PACKETS; i++) {
        packets += bench->server.packets[i].state == state ? 1U : 0U;
    }
    return packets;
}

static void take(struct bench *bench, struct duo_bytes bytes)
{
    uint8_t text[2];

    switch (bench->kind) {
    case CONSOLE:
        for (size_t i = 0; i < bytes.len_bytes; i++) {
            bench->text_bytes +=
                duo_smp_console_take(&bench->as.console, bytes.data[i], text);
        }
        break;
    case SERIAL: duo_smp_serial_take(&bench->as.serial, bytes); break;
    case UDP: duo_smp_udp_take(&bench->as.udp, 1, bytes); break;
    case GATT:
    case KIND_COUNT: (void)duo_smp_gatt_written(&bench->as.gatt, bytes); break;
    }
    bench->in_bytes += bytes.len_bytes;
    MUST(bench->text_bytes <= bench->in_bytes);
    MUST(count(bench, DUO_SMP_PACKET_TAKEN) <= 1);
}

static void poll(struct bench *bench)
{
    uint8_t text[2];

    switch (bench->kind) {
    case CONSOLE:
        bench->text_bytes += duo_smp_console_poll(&bench->as.console, text);
        return;
    case SERIAL: duo_smp_serial_poll(&bench->as.serial); return;
    case UDP: return;
    case GATT:
    case KIND_COUNT: duo_smp_gatt_poll(&bench->as.gatt); return;
    }
}

/* What the server would do: read the packets, answer, and free them. */
static void serve(struct bench *bench)
{
    for (size_t i = 0; i < PACKETS; i++) {
        struct duo_smp_packet *packet = &bench->server.packets[i];
        struct duo_bytes bytes = {packet->data, packet->len_bytes};
        if (packet->state == DUO_SMP_PACKET_QUEUED) {
            MUST(bytes.len_bytes <= PACKET_BYTES);
            bench->packets++;
            bench->crc = duo_crc32(bench->crc, bytes);
            if (bytes.len_bytes != 0) {
                bench->as.link.ops->send(&bench->as.link, packet->peer, bytes);
            }
            duo_smp_packet_release(&bench->server, packet);
        }
    }
}

static void add(void *ctx, struct duo_bytes bytes)
{
    take(ctx, bytes);
}

/* Whatever came before: after a silence a good request is taken. */
static void must_be_alive(struct bench *bench)
{
    static const uint8_t list[] = {0, 0, 0, 1, 0, 1, 0xAA, 0, 0xA0};
    struct duo_bytes request = {list, sizeof(list)};
    size_t packets = bench->packets;

    bench->now_us += (DUO_SMP_SILENCE_MS_MAX + 1) * 1000ULL;
    poll(bench);
    MUST(count(bench, DUO_SMP_PACKET_FREE) == PACKETS);
    if (bench->kind == CONSOLE) {
        duo_smp_frame(request, add, bench);
    } else {
        take(bench, request);
    }
    serve(bench);
    MUST(bench->packets == packets + 1);
    MUST(count(bench, DUO_SMP_PACKET_FREE) == PACKETS);
}

static void run(struct bench *bench, struct duo_bytes stream, uint8_t steering)
{
    uint32_t chance = steering;
    size_t at = 0;

    while (at < stream.len_bytes) {
        size_t bytes = 1;
        if (steering != 0) {
            chance = chance * 1664525U + 1013904223U;
            bytes += (chance >> 24) % PIECE_BYTES_MAX;
        }
        if (bench->kind == UDP) {
            bytes = stream.len_bytes; /* A datagram is whole. */
        }
        if (bytes > stream.len_bytes - at) {
            bytes = stream.len_bytes - at;
        }
        take(bench, (struct duo_bytes){stream.data + at, bytes});
        serve(bench);
        at += bytes;
    }
}

size_t duo_fuzz_links(const uint8_t *data, size_t len_bytes)
{
    struct bench bytewise;
    struct bench cut;
    size_t packets = 0;

    if (len_bytes < DUO_LINK_FUZZ_STEERING_BYTES) {
        return 0;
    }
    for (enum kind kind = CONSOLE; kind < KIND_COUNT; kind++) {
        struct duo_bytes stream = {data + 1, len_bytes - 1};
        begin(&bytewise, kind);
        begin(&cut, kind);
        run(&bytewise, stream, 0);
        run(&cut, stream, data[0]);
        /* A bad write is dropped with all that it holds: cuts matter. */
        if (kind != GATT || cut.server.counts.frame_errors == 0) {
            MUST(bytewise.packets == cut.packets);
            MUST(bytewise.crc == cut.crc);
            MUST(bytewise.text_bytes == cut.text_bytes);
        }
        packets += cut.packets;
        must_be_alive(&bytewise);
        must_be_alive(&cut);
        end(&bytewise);
        end(&cut);
    }
    return packets;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_bytes)
{
    (void)duo_fuzz_links(data, len_bytes);
    return 0;
}
