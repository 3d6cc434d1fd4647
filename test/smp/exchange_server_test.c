/* SPDX-License-Identifier: MIT */
/* The recorded exchanges of the files named as arguments, on our server: each
 * request gets the answers that were recorded, and no others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "small_device.h"
#include "wire.h"

#define ANSWER_US 60000000U /* An erase takes its time. */
#define QUIET_US  50000U

/* The device of the moment: one of the two, or none. */
struct bench {
    const char *dir;
    struct duo_tool_buffer images[2];
    struct wire *wire;
    struct small_device *small;
    unsigned asked_count;
    unsigned failed_count;
};

static void put_away(struct bench *bench)
{
    if (bench->wire != NULL) {
        wire_destroy(bench->wire);
    }
    if (bench->small != NULL) {
        small_device_destroy(bench->small);
    }
    for (unsigned i = 0; i < 2; i++) {
        duo_tool_buffer_free(&bench->images[i]);
    }
    bench->wire = NULL;
    bench->small = NULL;
}

static void start_native(struct bench *bench)
{
    const struct wire_options options = {.coding = DOUBLE_PACKETS, .seed = 1};
    struct rig_image factory[2] = {{.core = DUO_CORE_APP},
                                   {.core = DUO_CORE_NET}};
    struct duo_tool_error error;

    exchange_image(bench->dir, "app-1", &bench->images[0]);
    exchange_image(bench->dir, "net-1", &bench->images[1]);
    for (unsigned i = 0; i < 2; i++) {
        factory[i].bytes = duo_tool_buffer_view(&bench->images[i]);
    }
    bench->wire = wire_create(&options);
    wire_factory(bench->wire, &factory[0], &factory[1]);
    (void)bench->wire->end.link.ops->open(&bench->wire->end.link, &error);
}

static void start(struct bench *bench, const char *kind)
{
    put_away(bench);
    if (strcmp(kind, "native") == 0) {
        start_native(bench);
    } else if (strcmp(kind, "small") == 0 || strcmp(kind, "busy") == 0) {
        bench->small = small_device_create(kind[0] == 'b');
    } /* Else it is not our server's exchange. */
}

static bool next_answer(struct bench *bench, bool is_wanted,
                        struct duo_bytes *answer)
{
    struct duo_tool_error error;

    if (bench->small != NULL) {
        return small_device_answer(bench->small, answer);
    }
    return bench->wire->end.link.ops->receive(
               &bench->wire->end.link,
               double_end_now_us(&bench->wire->end) +
                   (is_wanted ? ANSWER_US : QUIET_US),
               answer, &error) == DUO_LINK_PACKET;
}

static void print_hex(const char *what, struct duo_bytes bytes)
{
    (void)printf("  %s ", what);
    for (size_t i = 0; i < bytes.len_bytes; i++) {
        (void)printf("%02x", bytes.data[i]);
    }
    (void)printf("\n");
}

static const char *check(struct bench *bench, const struct exchange *exchange)
{
    struct duo_bytes answer;

    for (size_t i = 0; i < exchange->answer_count; i++) {
        struct duo_bytes wanted = duo_tool_buffer_view(&exchange->answers[i]);
        const char *why;

        if (!next_answer(bench, true, &answer)) {
            return "no answer";
        }
        why = exchange_differs(exchange, wanted, answer, false);
        if (why != NULL) {
            print_hex("wanted", wanted);
            print_hex("got   ", answer);
            return why;
        }
    }
    return next_answer(bench, false, &answer) ? "an answer too many" : NULL;
}

static void ask(struct bench *bench, const struct exchanges *exchanges,
                const struct exchange *exchange)
{
    struct duo_bytes request = duo_tool_buffer_view(&exchange->request);
    const char *why;

    if (bench->small != NULL) {
        small_device_ask(bench->small, request);
    } else {
        double_end_raw(&bench->wire->end, request);
    }
    bench->asked_count++;
    why = check(bench, exchange);
    if (why != NULL) {
        bench->failed_count++;
        (void)printf("%s:%u: %s: %s\n", exchanges->path, exchange->line,
                     exchange->argument, why);
    }
}

static void play(struct bench *bench, const struct exchanges *exchanges)
{
    for (size_t i = 0; i < exchanges->count; i++) {
        const struct exchange *exchange = &exchanges->list[i];

        if (exchange->step == EXCHANGE_DEVICE) {
            start(bench, exchange->argument);
        }
        if (bench->wire == NULL && bench->small == NULL) {
            continue;
        }
        switch (exchange->step) {
        case EXCHANGE_DEVICE: break;
        case EXCHANGE_POWER: wire_power_cycle(bench->wire); break;
        case EXCHANGE_WAIT:
            bench->wire->end.link.ops->wait(
                &bench->wire->end.link,
                strtoull(exchange->argument, NULL, 10) * 1000U);
            break;
        case EXCHANGE_ASK: ask(bench, exchanges, exchange); break;
        }
    }
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    char dir[512];

    for (int i = 1; i < argc; i++) {
        struct exchanges exchanges;

        exchange_dir(argv[i], dir);
        bench.dir = dir;
        exchanges_load(&exchanges, argv[i]);
        play(&bench, &exchanges);
        put_away(&bench);
        exchanges_free(&exchanges);
    }
    (void)printf("%u exchanges, %u failed\n", bench.asked_count,
                 bench.failed_count);
    return bench.failed_count != 0 || bench.asked_count == 0;
}
