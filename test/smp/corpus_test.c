/* SPDX-License-Identifier: MIT */
/* The corpus: every request of the files named as arguments, cut at each length
 * and with each byte changed, sent to the whole device on the native board over
 * its console, its raw line or as datagrams. Each is answered with a right
 * packet, or dropped and counted; and then an echo is answered: the session
 * lives.
 *
 *     smp_corpus LINK STRIDE FILE...
 *
 * Each STRIDEth byte is taken; 1: all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "exchange.h"
#include "wire.h"

/* Between the packets: a half one on the raw line must be given up. */
#define SILENCE_US 3200000U
#define ANSWER_US  90000000U /* The server may erase a slot. */
/* Longer requests are cut and changed in their first and last bytes only:
 * what is between is data of an image. */
#define WHOLE_BYTES_MAX 160U
#define EDGE_BYTES      90U
#define LIFE_PACKETS    4000U /* Then a new board: the old one is worn. */

struct bench {
    struct wire *wire;
    struct duo_client client;
    struct duo_tool_buffer images[2];
    uint32_t packet_count; /* Of this board. */
    uint32_t sent_count;
    uint32_t answer_count;
    uint32_t dropped_count;
    const char *failed;
};

static const struct {
    const char *name;
    enum double_coding coding;
} links[] = {
    {"console", DOUBLE_CONSOLE},
    {"raw",     DOUBLE_RAW    },
    {"udp",     DOUBLE_PACKETS},
};

static void stop(struct bench *bench)
{
    if (bench->wire != NULL) {
        wire_destroy(bench->wire);
    }
    bench->wire = NULL;
}

static void start(struct bench *bench, enum double_coding coding)
{
    const struct wire_options options = {.coding = coding, .seed = 1};
    struct rig_image factory[2] = {
        {.core = DUO_CORE_APP,
         .bytes = duo_tool_buffer_view(&bench->images[0])},
        {.core = DUO_CORE_NET,
         .bytes = duo_tool_buffer_view(&bench->images[1])},
    };
    struct duo_tool_error error;

    stop(bench);
    bench->wire = wire_create(&options);
    wire_factory(bench->wire, &factory[0], &factory[1]);
    (void)bench->wire->end.link.ops->open(&bench->wire->end.link, &error);
    duo_client_init(&bench->client, &bench->wire->end.link);
    bench->client.tries = 1;
    bench->packet_count = 0;
}

/* All that the device counts of packets that it did not take. */
static uint32_t drops(const struct bench *bench)
{
    const struct duo_smp_counts *counts =
        &bench->wire->end.device.server.counts;

    return counts->malformed + counts->too_long + counts->frame_errors +
           counts->no_buffer + counts->timeouts;
}

static bool fail(struct bench *bench, const char *what)
{
    bench->failed = what;
    return false;
}

/* Whole, and a map. What was sent as text may come back in an echo as it was,
 * though it is no UTF-8. */
static bool is_answer(struct duo_bytes packet)
{
    static uint8_t copy[DUO_NATIVE_DEVICE_PACKET_BYTES];
    size_t body_bytes = packet.len_bytes - DUO_SMP_HEADER_BYTES;

    if (packet.len_bytes <= DUO_SMP_HEADER_BYTES ||
        packet.len_bytes > sizeof(copy) || (packet.data[0] & 5U) != 1 ||
        (size_t)(packet.data[2] << 8 | packet.data[3]) != body_bytes) {
        return false;
    }
    memcpy(copy, packet.data + DUO_SMP_HEADER_BYTES, body_bytes);
    return duo_cbor_read_map((struct duo_cbor_input){copy, body_bytes}, NULL,
                             0);
}

/* Let the device work until it is at rest; takes the answers. */
static bool settle(struct bench *bench, uint32_t *answer_count)
{
    struct wire *wire = bench->wire;
    uint64_t end_us = double_end_now_us(&wire->end) + ANSWER_US;
    struct duo_tool_error error;
    struct duo_bytes packet;

    while (double_end_now_us(&wire->end) < end_us) {
        uint64_t until_us = double_end_now_us(&wire->end) + 20000U;
        enum duo_link_result result = wire->end.link.ops->receive(
            &wire->end.link, until_us, &packet, &error);

        if (result == DUO_LINK_PACKET) {
            if (!is_answer(packet)) {
                return fail(bench, "an answer that is none");
            }
            ++*answer_count;
        } else if (wire->end.device.server.current == NULL) {
            return true;
        }
    }
    return fail(bench, "the server is at work for too long");
}

static bool echo(struct bench *bench)
{
    struct duo_tool_error error;
    char *reply = NULL;
    bool done = duo_client_echo(&bench->client, "alive", &reply, &error) &&
                strcmp(reply, "alive") == 0;

    free(reply);
    return done || fail(bench, "the session is not alive");
}

/* As our own client would: frames, or packets as they are. */
static bool play(struct bench *bench, struct duo_bytes packet)
{
    struct wire *wire = bench->wire;
    uint32_t drops_before = drops(bench);
    uint32_t starts_before = wire->end.start_count;
    uint32_t answer_count = 0;
    struct duo_tool_error error;

    if (!wire->end.link.ops->send(&wire->end.link, packet, &error) ||
        !settle(bench, &answer_count)) {
        return fail(bench, bench->failed == NULL ? "not sent" : bench->failed);
    }
    /* What begins like a header on a raw line, in noise or not, takes what
     * follows with it, until the line was silent. */
    if (wire->end.coding == DOUBLE_RAW) {
        wire->end.link.ops->wait(&wire->end.link, SILENCE_US);
        if (!settle(bench, &answer_count)) {
            return false;
        }
    }
    if (answer_count == 0) {
        bench->dropped_count++;
        if (packet.len_bytes != 0 && wire->end.start_count == starts_before &&
            drops(bench) == drops_before) {
            return fail(bench, "dropped without a count");
        }
    }
    bench->sent_count++;
    bench->packet_count++;
    bench->answer_count += answer_count;
    return echo(bench);
}

static void report(const struct bench *bench, const struct exchange *exchange,
                   struct duo_bytes packet)
{
    (void)printf("%s: %s:", exchange->argument, bench->failed);
    for (size_t i = 0; i < packet.len_bytes; i++) {
        (void)printf("%s%02x", i == 0 ? " " : "", packet.data[i]);
    }
    (void)printf("\n");
}

static bool play_or_tell(struct bench *bench, const struct exchange *exchange,
                         struct duo_bytes packet)
{
    if (play(bench, packet)) {
        return true;
    }
    report(bench, exchange, packet);
    return false;
}

static bool is_edge(size_t at, size_t len_bytes)
{
    return len_bytes <= WHOLE_BYTES_MAX || at < EDGE_BYTES ||
           at + 4U > len_bytes;
}

static bool play_all(struct bench *bench, const struct exchange *exchange,
                     uint32_t stride)
{
    static const uint8_t flips[] = {0xFF, 0x01, 0x20, 0x80};
    struct duo_tool_buffer copy = {0};
    bool done = true;

    duo_tool_buffer_append(&copy, duo_tool_buffer_view(&exchange->request));
    for (size_t at = 0; done && at < copy.len_bytes; at++) {
        uint8_t before = copy.data[at];

        if (!is_edge(at, copy.len_bytes) ||
            (at + copy.len_bytes) % stride != 0) {
            continue;
        }
        done = play_or_tell(bench, exchange, (struct duo_bytes){copy.data, at});
        copy.data[at] ^= flips[at % sizeof(flips)];
        done =
            done && play_or_tell(bench, exchange, duo_tool_buffer_view(&copy));
        copy.data[at] = before;
    }
    duo_tool_buffer_free(&copy);
    return done;
}

static bool play_file(struct bench *bench, enum double_coding coding,
                      const char *path, uint32_t stride)
{
    struct exchanges exchanges;
    bool done = true;

    exchanges_load(&exchanges, path);
    for (size_t i = 0; done && i < exchanges.count; i++) {
        if (exchanges.list[i].step != EXCHANGE_ASK) {
            continue;
        }
        if (bench->wire == NULL || bench->packet_count > LIFE_PACKETS) {
            start(bench, coding);
        }
        done = play_all(bench, &exchanges.list[i], stride);
    }
    exchanges_free(&exchanges);
    return done;
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    size_t link = 0;
    uint32_t stride = 0;
    bool done = true;
    char dir[512];

    if (argc < 4) {
        (void)fputs("usage: smp_corpus LINK STRIDE FILE...\n", stderr);
        return 2;
    }
    while (link < 2 && strcmp(links[link].name, argv[1]) != 0) {
        link++;
    }
    stride = (uint32_t)strtoul(argv[2], NULL, 10);
    exchange_dir(argv[3], dir);
    exchange_image(dir, "app-1", &bench.images[0]);
    exchange_image(dir, "net-1", &bench.images[1]);
    for (int i = 3; done && stride != 0 && i < argc; i++) {
        done = play_file(&bench, links[link].coding, argv[i], stride);
    }
    stop(&bench);
    duo_tool_buffer_free(&bench.images[0]);
    duo_tool_buffer_free(&bench.images[1]);
    (void)printf("%s: %u packets, %u answers, %u dropped, an echo after each\n",
                 links[link].name, bench.sent_count, bench.answer_count,
                 bench.dropped_count);
    return done && bench.sent_count > 0 ? 0 : 1;
}
