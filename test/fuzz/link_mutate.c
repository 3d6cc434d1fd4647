/* SPDX-License-Identifier: MIT */
/* The links' fuzz target without a fuzzer: streams of good frames, each coding
 * in turn, with a few bytes changed, moved or lost; the same ones every time.
 * link_mutate [COUNT [SEED]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duo/smp_link.h"
#include "link_fuzz.h"

#define COUNT_DEFAULT    5000UL
#define STREAM_BYTES_MAX 4096U

struct stream {
    uint8_t data[STREAM_BYTES_MAX];
    size_t len_bytes;
};

/* xorshift64*: the same numbers on every machine. */
static size_t pick(uint64_t *state, size_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (size_t)((*state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % below;
}

static void append(void *ctx, struct duo_bytes bytes)
{
    struct stream *stream = ctx;

    if (bytes.len_bytes <= STREAM_BYTES_MAX - stream->len_bytes) {
        memcpy(stream->data + stream->len_bytes, bytes.data, bytes.len_bytes);
        stream->len_bytes += bytes.len_bytes;
    }
}

static void append_slip(struct stream *stream, struct duo_bytes packet)
{
    uint8_t ip[DUO_IP_PACKET_BYTES];
    struct duo_ip_datagram datagram = {
        .from = {DUO_IP_LINK_HOST,   50000           },
        .to = {DUO_IP_LINK_DEVICE, DUO_SMP_UDP_PORT},
        .data = packet,
    };
    size_t len_bytes = duo_ip_udp_encode(&datagram, ip, sizeof(ip));

    duo_slip_encode((struct duo_bytes){ip, len_bytes}, append, stream);
}

/* A request, now and then longer than the target's buffers. */
static struct duo_bytes request(uint64_t *state, uint8_t packet[256])
{
    size_t payload_bytes = pick(state, 8) == 0 ? 200 : pick(state, 40);
    struct duo_smp_header header = {
        .op = (uint8_t)(pick(state, 2) * 2),
        .version = (uint8_t)pick(state, 4),
        .sequence = (uint8_t)pick(state, 256),
        .group = (uint16_t)pick(state, 80),
        .len_bytes = (uint16_t)payload_bytes,
    };

    duo_smp_header_store(&header, packet);
    for (size_t i = 0; i < payload_bytes; i++) {
        packet[DUO_SMP_HEADER_BYTES + i] = (uint8_t)pick(state, 256);
    }
    return (struct duo_bytes){packet, DUO_SMP_HEADER_BYTES + payload_bytes};
}

static void mutate(uint64_t *state, struct stream *stream)
{
    static const uint8_t edges[] = {0x00, 0x04, 0x06, 0x09, 0x0A, 0x0D, 0x14,
                                    0x3D, 0x45, 0xC0, 0xDB, 0xDC, 0xDD, 0xFF};
    size_t changes = pick(state, 6);

    for (size_t i = 0; i < changes; i++) {
        size_t at = pick(state, stream->len_bytes);
        size_t rest = stream->len_bytes - at;
        switch (pick(state, 4)) {
        case 0: stream->data[at] ^= (uint8_t)(1U << pick(state, 8)); break;
        case 1: stream->data[at] = edges[pick(state, sizeof(edges))]; break;
        case 2: /* A byte is lost. */
            memmove(stream->data + at, stream->data + at + 1, rest - 1);
            stream->len_bytes -= stream->len_bytes > 1 ? 1U : 0U;
            break;
        default: /* A part comes twice, over another. */
            memmove(stream->data + pick(state, at + 1), stream->data + at,
                    1 + pick(state, rest));
            break;
        }
    }
}

static size_t run_one(uint64_t *state)
{
    struct stream stream = {.len_bytes = 0};
    size_t form = pick(state, 4);
    size_t frames = 1 + pick(state, 6);
    uint8_t *heap;
    size_t packets;

    stream.data[stream.len_bytes++] = (uint8_t)pick(state, 256);
    for (size_t i = 0; i < frames; i++) {
        uint8_t bytes[256];
        struct duo_bytes packet = request(state, bytes);
        switch (form < 3 ? form : pick(state, 3)) {
        case 0: append(&stream, packet); break;
        case 1: append_slip(&stream, packet); break;
        default: duo_smp_frame(packet, append, &stream); break;
        }
    }
    mutate(state, &stream);
    heap = malloc(stream.len_bytes);
    if (heap == NULL) {
        exit(1);
    }
    memcpy(heap, stream.data, stream.len_bytes);
    packets = duo_fuzz_links(heap, stream.len_bytes);
    free(heap);
    return packets;
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : COUNT_DEFAULT;
    uint64_t state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    size_t packets = 0;

    state = state * 2 + 1;
    for (unsigned long i = 0; i < count; i++) {
        packets += run_one(&state);
    }
    (void)printf("%lu streams, %zu packets\n", count, packets);
    return packets > count ? 0 : 1; /* Else the streams are too broken. */
}
