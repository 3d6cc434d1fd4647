/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "duo/smp_link.h"

#define ROOM_BYTES 64U

/* A stream, and what came out of it: the events as letters. */
struct rig {
    struct duo_smp_assembler assembler;
    uint8_t packet[ROOM_BYTES];
    char events[256];
    size_t event_count;
    uint8_t got[1024]; /* Whole packets behind one another. */
    size_t got_bytes;
};

static struct rig rig_new(void)
{
    return (struct rig){.event_count = 0};
}

static void feed(struct rig *rig, const uint8_t *data, size_t len_bytes)
{
    struct duo_bytes bytes = {data, len_bytes};
    enum duo_smp_piece piece;

    rig->assembler.data = rig->packet;
    rig->assembler.room_bytes = ROOM_BYTES;
    do {
        piece = duo_smp_assemble(&rig->assembler, &bytes, DUO_SMP_OPS_REQUEST);
        if (piece == DUO_SMP_PIECE_WHOLE) {
            size_t count = rig->assembler.len_bytes;
            assert_true(count <= sizeof(rig->got) - rig->got_bytes);
            memcpy(rig->got + rig->got_bytes, rig->packet, count);
            rig->got_bytes += count;
            rig->assembler.len_bytes = 0;
        }
        if (piece != DUO_SMP_PIECE_MORE) {
            assert_true(rig->event_count < sizeof(rig->events) - 1);
            rig->events[rig->event_count++] = "?WLB"[piece];
        }
    } while (piece != DUO_SMP_PIECE_MORE);
    assert_int_equal(bytes.len_bytes, 0);
}

static void expect(const struct rig *rig, const char *events,
                   struct duo_bytes got)
{
    assert_string_equal(rig->events, events);
    assert_int_equal(rig->got_bytes, got.len_bytes);
    assert_memory_equal(rig->got, got.data, got.len_bytes);
}

/* Feed the stream in two pieces cut at every place, and byte by byte. */
static void expect_for_every_split(struct duo_bytes stream, const char *events,
                                   struct duo_bytes got)
{
    struct rig bytewise = rig_new();

    for (size_t cut = 0; cut <= stream.len_bytes; cut++) {
        struct rig rig = rig_new();
        feed(&rig, stream.data, cut);
        feed(&rig, stream.data + cut, stream.len_bytes - cut);
        expect(&rig, events, got);
    }
    for (size_t i = 0; i < stream.len_bytes; i++) {
        feed(&bytewise, stream.data + i, 1);
    }
    expect(&bytewise, events, got);
}

#define VIEW(array) ((struct duo_bytes){array, sizeof(array)})

static void packets_come_out_however_the_stream_is_cut(void **state)
{
    static const uint8_t stream[] = {
        0x0A, 0, 0, 3, 0, 1, 7, 2, 0xA1, 0x61, 0x62, /* Three bytes. */
        0x00, 0, 0, 0, 0, 0, 8, 0,                   /* None. */
        0x1A, 0, 0, 1, 0, 0, 9, 0, 0xA0,             /* Version 3. */
    };

    (void)state;
    expect_for_every_split(VIEW(stream), "WWW", VIEW(stream));
}

static void garbage_costs_no_packet_behind_it(void **state)
{
    static const uint8_t stream[] = {
        0x55, 0xFF, 0x0D, 0x01,                   /* No op of a request. */
        0x20, 0x00, 0x80,                         /* Reserved bits. */
        0x02, 0x01,                               /* A flag. */
        0x00, 0x00, 0xFF, 0xFF, 0xF1, 0xF1, 0xF1, /* A length nobody means. */
        0x02, 0,    0,    2,    0,    0,    5,    1, 1, 2, /* The packet. */
    };

    (void)state;
    /* Each byte could begin a header until another shows
     * that it does not. */
    expect_for_every_split(
        VIEW(stream), "BBBBBBBBW",
        (struct duo_bytes){stream + sizeof(stream) - 10, 10});
}

static void a_packet_that_does_not_fit_is_passed_over_exactly(void **state)
{
    uint8_t stream[DUO_SMP_HEADER_BYTES + ROOM_BYTES - 7 + 9];
    const size_t long_bytes = DUO_SMP_HEADER_BYTES + ROOM_BYTES - 7;

    (void)state;
    memset(stream, 0x02, sizeof(stream)); /* As hard to tell as can be. */
    memcpy(stream, (const uint8_t[]){2, 0, 0, ROOM_BYTES - 7, 0, 1, 2, 3}, 8);
    memcpy(stream + long_bytes, (const uint8_t[]){0, 0, 0, 1, 0, 0, 1, 1}, 8);
    expect_for_every_split(VIEW(stream), "LW",
                           (struct duo_bytes){stream + long_bytes, 9});
}

static void a_lost_packet_tells_its_header(void **state)
{
    static const uint8_t start[] = {8, 0, 0x20, 0, 0, 1, 77, 3, 1, 2, 3};
    struct rig rig = rig_new();

    (void)state;
    feed(&rig, start, sizeof(start));
    expect(&rig, "L", (struct duo_bytes){start, 0});
    assert_memory_equal(rig.assembler.header, start, DUO_SMP_HEADER_BYTES);
    assert_int_equal(rig.assembler.skip_bytes, 0x2000 - 3);
}

static void without_a_buffer_packets_are_lost_and_counted_off(void **state)
{
    static const uint8_t stream[] = {0, 0, 0, 1, 0, 0, 1, 1, 0xA0, 2, 0};
    struct duo_smp_assembler assembler = {.data = NULL};
    struct duo_bytes bytes = VIEW(stream);

    (void)state;
    assert_int_equal(duo_smp_assemble(&assembler, &bytes, DUO_SMP_OPS_REQUEST),
                     DUO_SMP_PIECE_LOST);
    assert_int_equal(duo_smp_assemble(&assembler, &bytes, DUO_SMP_OPS_REQUEST),
                     DUO_SMP_PIECE_MORE);
    assert_int_equal(assembler.len_bytes, 2);
}

static void only_the_ops_that_were_asked_for_are_headers(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 0x100U; first++) {
        const uint8_t header[] = {(uint8_t)first, 0, 0, 0, 0, 0, 0, 0};
        struct duo_bytes bytes = VIEW(header);
        uint8_t packet[8];
        struct duo_smp_assembler assembler = {.data = packet, .room_bytes = 8};
        bool is_answer = first < 0x20U && (first & 7U) < 4U && (first & 1U);
        assert_int_equal(
            duo_smp_assemble(&assembler, &bytes, DUO_SMP_OPS_ANSWER),
            is_answer ? DUO_SMP_PIECE_WHOLE : DUO_SMP_PIECE_BAD);
    }
}

static void a_buffer_of_64_kib_takes_every_length(void **state)
{
    static uint8_t stream[DUO_SMP_HEADER_BYTES + 0xFFFFU];
    static uint8_t packet[sizeof(stream)];
    struct duo_smp_assembler assembler = {.data = packet,
                                          .room_bytes = sizeof(packet)};
    struct duo_bytes bytes = VIEW(stream);

    (void)state;
    memset(stream, 0x5A, sizeof(stream));
    memcpy(stream, (const uint8_t[]){3, 0, 0xFF, 0xFF, 0, 1, 2, 3}, 8);
    assert_int_equal(duo_smp_assemble(&assembler, &bytes, DUO_SMP_OPS_ANSWER),
                     DUO_SMP_PIECE_WHOLE);
    assert_memory_equal(packet, stream, sizeof(stream));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_come_out_however_the_stream_is_cut),
        cmocka_unit_test(garbage_costs_no_packet_behind_it),
        cmocka_unit_test(a_packet_that_does_not_fit_is_passed_over_exactly),
        cmocka_unit_test(a_lost_packet_tells_its_header),
        cmocka_unit_test(without_a_buffer_packets_are_lost_and_counted_off),
        cmocka_unit_test(only_the_ops_that_were_asked_for_are_headers),
        cmocka_unit_test(a_buffer_of_64_kib_takes_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
