/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "duo/smp_link.h"

#define ROOM_BYTES   2500U
#define STREAM_BYTES 40000U

/* A stream of bytes, and what a deframer makes of it. */
struct rig {
    uint8_t stream[STREAM_BYTES];
    size_t stream_bytes;
    uint8_t text[STREAM_BYTES];
    size_t text_bytes;
    uint8_t packet[ROOM_BYTES];
    uint8_t got[STREAM_BYTES]; /* Packets, behind one another. */
    size_t got_bytes;
    unsigned packets;
    unsigned bad;
    unsigned lines;
    struct duo_smp_deframer deframer;
};

static struct rig rig;

static void reset(void)
{
    memset(&rig, 0, sizeof(rig));
    rig.deframer.packet = rig.packet;
    rig.deframer.room_bytes = sizeof(rig.packet);
}

static void append(void *ctx, struct duo_bytes bytes)
{
    (void)ctx;
    assert_true(bytes.len_bytes <= STREAM_BYTES - rig.stream_bytes);
    memcpy(rig.stream + rig.stream_bytes, bytes.data, bytes.len_bytes);
    rig.stream_bytes += bytes.len_bytes;
    rig.lines++;
}

static void append_text(const char *text)
{
    append(NULL, (struct duo_bytes){(const uint8_t *)text, strlen(text)});
}

static void take(uint8_t byte)
{
    enum duo_smp_console_event event = duo_smp_deframe(&rig.deframer, byte);

    if (event == DUO_SMP_CONSOLE_TEXT) {
        assert_in_range(rig.deframer.text_bytes, 1, 2);
        memcpy(rig.text + rig.text_bytes, rig.deframer.text,
               rig.deframer.text_bytes);
        rig.text_bytes += rig.deframer.text_bytes;
    } else {
        assert_int_equal(rig.deframer.text_bytes, 0);
    }
    if (event == DUO_SMP_CONSOLE_PACKET) {
        assert_true(rig.deframer.len_bytes <= ROOM_BYTES);
        memcpy(rig.got + rig.got_bytes, rig.packet, rig.deframer.len_bytes);
        rig.got_bytes += rig.deframer.len_bytes;
        rig.packets++;
    }
    rig.bad += event == DUO_SMP_CONSOLE_BAD ? 1U : 0U;
}

static void run(void)
{
    for (size_t i = 0; i < rig.stream_bytes; i++) {
        take(rig.stream[i]);
    }
}

static void expect_text(const char *text)
{
    assert_int_equal(rig.text_bytes, strlen(text));
    assert_memory_equal(rig.text, text, rig.text_bytes);
}

static void expect_packets(unsigned packets, unsigned bad)
{
    assert_int_equal(rig.packets, packets);
    assert_int_equal(rig.bad, bad);
}

static uint32_t chance_of(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525U + 1013904223U;
    return (uint32_t)(((uint64_t)*state * below) >> 32);
}

static void fill(uint32_t *state, uint8_t *data, size_t len_bytes)
{
    for (size_t i = 0; i < len_bytes; i++) {
        data[i] = (uint8_t)chance_of(state, 256);
    }
}

/* An image list as a client sends it, and the line that carries it. */
static const uint8_t list[] = {0, 0, 0, 1, 0, 1, 0xAA, 0, 0xA0};
#define LIST_LINE \
    "\x06\x09"    \
    "AAsAAAABAAGqAKD8ow==\n"

static const struct duo_bytes list_bytes = {list, sizeof(list)};

static void a_request_is_the_line_that_clients_send(void **state)
{
    (void)state;
    reset();
    duo_smp_frame(list_bytes, append, NULL);
    assert_int_equal(rig.stream_bytes, strlen(LIST_LINE));
    assert_memory_equal(rig.stream, LIST_LINE, rig.stream_bytes);
    run();
    expect_packets(1, 0);
    assert_int_equal(rig.got_bytes, sizeof(list));
    assert_memory_equal(rig.got, list, sizeof(list));
    expect_text("");
}

/* Every length comes back; lines keep to the limit, each is whole quads, and
 * the last one holds both bytes of the check. */
static void frames_of_every_length_keep_the_rules(void **state)
{
    uint8_t packet[ROOM_BYTES];
    uint32_t chance = 5;

    (void)state;
    fill(&chance, packet, sizeof(packet));
    for (size_t len = 1; len <= 400; len++) {
        size_t begin = 0;
        reset();
        duo_smp_frame((struct duo_bytes){packet, len}, append, NULL);
        for (size_t i = 0; i < rig.stream_bytes; i++) {
            if (rig.stream[i] == '\n') {
                size_t chars = i - begin - 2;
                assert_true(i + 1 - begin <= DUO_SMP_LINE_BYTES_MAX);
                assert_int_equal(chars % 4, 0);
                assert_int_equal(rig.stream[begin], begin == 0 ? 6 : 4);
                assert_int_equal(rig.stream[begin + 1], begin == 0 ? 9 : 20);
                /* One byte alone would be half of the check. */
                assert_false(i + 1 == rig.stream_bytes && chars == 4 &&
                             rig.stream[i - 2] == '=');
                begin = i + 1;
            }
        }
        assert_int_equal(begin, rig.stream_bytes);
        assert_in_range(rig.lines, 1, (len + 4 + 92) / 93);
        run();
        expect_packets(1, 0);
        assert_int_equal(rig.got_bytes, len);
        assert_memory_equal(rig.got, packet, len);
    }
    reset();
    duo_smp_frame((struct duo_bytes){packet, 2475}, append, NULL);
    run();
    expect_packets(1, 0);
    assert_memory_equal(rig.got, packet, 2475);
}

/* Text of any bytes with frames in between, also in the middle of lines and
 * between the lines of a frame: all of it comes out, in order. */
static void text_of_any_bytes_comes_out_whole(void **state)
{
    static uint8_t expected[STREAM_BYTES];
    static uint8_t packets[STREAM_BYTES];

    (void)state;
    for (uint32_t seed = 1; seed <= 300; seed++) {
        uint32_t chance = seed;
        size_t expected_bytes = 0;
        size_t packet_bytes = 0;
        reset();
        for (unsigned part = 0; part < 20; part++) {
            uint8_t text[100];
            size_t len = chance_of(&chance, sizeof(text));
            for (size_t i = 0; i < len; i++) {
                /* The markers' bytes often, but never a marker. */
                static const uint8_t often[] = {6, 9, 4, 20, '\n', '\r'};
                uint32_t pick = chance_of(&chance, 12);
                text[i] =
                    pick < 6 ? often[pick] : (uint8_t)chance_of(&chance, 256);
                if (i > 0 && ((text[i - 1] == 6 && text[i] == 9) ||
                              (text[i - 1] == 4 && text[i] == 20))) {
                    text[i] = 'x';
                }
            }
            append(NULL, (struct duo_bytes){text, len});
            memcpy(expected + expected_bytes, text, len);
            expected_bytes += len;
            len = 1 + chance_of(&chance, 300);
            fill(&chance, packets + packet_bytes, len);
            duo_smp_frame((struct duo_bytes){packets + packet_bytes, len},
                          append, NULL);
            packet_bytes += len;
        }
        run();
        expect_packets(20, 0);
        assert_int_equal(rig.text_bytes, expected_bytes);
        assert_memory_equal(rig.text, expected, expected_bytes);
        assert_int_equal(rig.got_bytes, packet_bytes);
        assert_memory_equal(rig.got, packets, packet_bytes);
    }
}

static void log_between_the_lines_of_a_frame_is_text(void **state)
{
    uint8_t packet[300];
    uint32_t chance = 9;
    uint8_t frame[600];
    size_t frame_bytes;

    (void)state;
    fill(&chance, packet, sizeof(packet));
    reset();
    duo_smp_frame((struct duo_bytes){packet, sizeof(packet)}, append, NULL);
    frame_bytes = rig.stream_bytes;
    memcpy(frame, rig.stream, frame_bytes);
    reset();
    append_text("uart:~$ ");
    for (size_t i = 0; i < frame_bytes; i++) {
        append(NULL, (struct duo_bytes){frame + i, 1});
        if (frame[i] == '\n') {
            append_text("[00:01] log\x06\r\n\x1b[m");
        }
    }
    run();
    expect_packets(1, 0);
    assert_memory_equal(rig.got, packet, sizeof(packet));
    expect_text("uart:~$ "
                "[00:01] log\x06\r\n\x1b[m[00:01] log\x06\r\n\x1b[m"
                "[00:01] log\x06\r\n\x1b[m[00:01] log\x06\r\n\x1b[m");
}

struct row {
    const char *name;
    const char *stream;
    const char *text;
    unsigned packets;
    unsigned bad;
};

static const struct row rows[] = {
    {.name = "no frame",                   .stream = "hello\r\n",                .text = "hello\r\n"                            },
    {                                     .name = "marker bytes alone",
     .stream = "\x06\x06"
               "a\x04\x04"
               "b\x06\x04\x09\x14\x04\n", .text = "\x06\x06"
             "a\x04\x04"
             "b\x06\x04\x09\x14\x04\n"                                               },
    { .name = "a held byte before a marker",
     .stream = "\x06" LIST_LINE "\x04" LIST_LINE,
     .text = "\x06\x04",
     .packets = 2},
    {                                                                                                        .name = "other lines go on without a start",
     .stream = "a\x04\x14"
               "AAAA\nb\n",                                                          .text = "ab\n"},
    {                                                                                                                             .name = "a carriage return before the line feed",
     .stream = "\x06\x09"
               "AAsAAAABAAGqAKD8ow==\r\nx",                                                             .text = "x",
     .packets = 1},
    {                                                                                                                              .name = "a carriage return elsewhere",
     .stream = "\x06\x09"
               "AAsA\rAABAAGqAKD8ow==\nx",                                                                 .text = "x",
     .bad = 1},
    {                                                                                                                           .name = "two carriage returns",
     .stream = "\x06\x09"
               "AAsAAAABAAGqAKD8ow==\r\r\nx",                                                                 .text = "x",
     .bad = 1},
    {                                                                                                                                    .name = "a start in a frame's line begins anew",
     .stream = "\x06\x09"
               "AAsAAAAB" LIST_LINE,
     .text = "",
     .packets = 1,
     .bad = 1},
    {                                                                                                            .name = "a start after another one's lines",
     .stream = "\x06\x09"
               "AAsAAAAB\nlog\n" LIST_LINE,
     .text = "log\n",
     .packets = 1,
     .bad = 1},
    {                                                                                                                                                        .name = "a start in a line that is dropped",
     .stream = "\x06\x09?" LIST_LINE,
     .text = "",
     .packets = 1,
     .bad = 1},
    {                                                                                                                                                          .name = "the last quad is cut",
     .stream = "\x06\x09"
               "AAsAAAAB\nt\x04\x14"
               "AAGqAKD8o\n",                                                    .text = "t",
     .bad = 1},
    {                                                                                                                                                          .name = "a frame in lines of a quad",
     .stream = "\x06\x09"
               "AAsA\n\x04\x14"
               "AAAB\nt\x04\x14"
               "AAGq\n"
               "\x04\x14"
               "AKD8\n\x04\x14"
               "ow==\n",                                                         .text = "t",
     .packets = 1},
    {                                                                                                                                                      .name = "a quad over two lines",
     .stream = "\x06\x09"
               "AAsAAA\n\x04\x14"
               "ABAAGqAKD8ow==\n",                                               .text = "",
     .bad = 1},
    {                                                                                                                                                          .name = "padding before the end",
     .stream = "\x06\x09"
               "AAs=\n\x04\x14"
               "AAAAAQABqgCgWO0=\nx",                                            .text = "x",
     .bad = 1},
    {                                                                                                                                                          .name = "characters behind padding",
     .stream = "\x06\x09"
               "AAsAAAABAAGqAKD8ow==AAAA\nx",                                    .text = "x",
     .bad = 1},
    {                                                                                                                                                          .name = "padding in padding",
     .stream = "\x06\x09"
               "AAsAAAABAAGqAKD8ow==\n\x06\x09"
               "A===\nx",                                                        .text = "x",
     .packets = 1,
     .bad = 1},
    {                                                                                                                                                      .name = "a wrong check",
     .stream = "\x06\x09"
               "AAsAAAABAAGqAKD8oA==\nx",                                                  .text = "x",
     .bad = 1},
    {                                                                 .name = "longer than its length",
     .stream = "\x06\x09"
               "AAoAAAABAAGqAKD8ow==\nx",                                         .text = "x",
     .bad = 1},
    {                                                                          .name = "no packet",
     .stream = "\x06\x09"
               "AAIAAA==\nx",                                                      .text = "x",
     .bad = 1},
    {                                                                         .name = "no check",
     .stream = "\x06\x09"
               "AAAAAAAA\nx",                                                       .text = "x",
     .bad = 1},
    {                                                                        .name = "more lines than the length says",
     .stream = LIST_LINE "\x04\x14"
                         "AAAA\nx",                                .text = "x",
     .packets = 1},
    {                                                                                         .name = "a space",
     .stream = "\x06\x09 AAsAAAABAAGqAKD8ow==\nx",
     .text = "x",
     .bad = 1},
};

static void each_kind_of_line_is_what_it_should_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        reset();
        append_text(row->stream);
        append_text("\n" LIST_LINE "end\n");
        run();
        if (rig.packets != row->packets + 1 || rig.bad != row->bad) {
            fail_msg("%s: %u packets, %u bad", row->name, rig.packets, rig.bad);
        }
        assert_int_equal(rig.text_bytes, strlen(row->text) + 5);
        assert_memory_equal(rig.text, row->text, strlen(row->text));
    }
}

/* Each change of one byte: the packet is right or there is none, and the next
 * frame is found unless its own marker was what changed. */
static void no_flipped_byte_makes_another_packet(void **state)
{
    uint8_t packet[120];
    uint32_t chance = 77;
    size_t first_bytes;

    (void)state;
    fill(&chance, packet, sizeof(packet));
    reset();
    duo_smp_frame((struct duo_bytes){packet, sizeof(packet)}, append, NULL);
    first_bytes = rig.stream_bytes;
    for (size_t at = 0; at < first_bytes; at++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            reset();
            duo_smp_frame((struct duo_bytes){packet, sizeof(packet)}, append,
                          NULL);
            rig.stream[at] ^= (uint8_t)flip;
            append_text("\n");
            duo_smp_frame(list_bytes, append, NULL);
            run();
            assert_in_range(rig.packets, 1, 2);
            if (rig.packets == 2) {
                assert_memory_equal(rig.got, packet, sizeof(packet));
            }
            assert_memory_equal(rig.got + rig.got_bytes - sizeof(list), list,
                                sizeof(list));
        }
    }
}

static void lines_may_be_longer_than_ours(void **state)
{
    uint8_t packet[2000];
    uint32_t chance = 3;
    size_t kept = 0;

    (void)state;
    fill(&chance, packet, sizeof(packet));
    reset();
    duo_smp_frame((struct duo_bytes){packet, sizeof(packet)}, append, NULL);
    /* Join the lines: each end and marker in between goes. */
    for (size_t i = 0; i < rig.stream_bytes; i++) {
        if (rig.stream[i] == '\n' && i + 1 < rig.stream_bytes) {
            i += 2;
        } else {
            rig.stream[kept++] = rig.stream[i];
        }
    }
    rig.stream_bytes = kept;
    run();
    expect_packets(1, 0);
    assert_memory_equal(rig.got, packet, sizeof(packet));
}

static void a_frame_that_does_not_fit_is_told_with_its_beginning(void **state)
{
    uint8_t packet[100];
    uint32_t chance = 8;

    (void)state;
    fill(&chance, packet, sizeof(packet));
    reset();
    duo_smp_frame((struct duo_bytes){packet, sizeof(packet)}, append, NULL);
    rig.deframer.room_bytes = 99;
    run();
    expect_packets(0, 1);
    assert_int_equal(rig.deframer.len_bytes, 100);
    assert_memory_equal(rig.packet, packet, 99);
    assert_int_equal(rig.packet[99], 0);
    rig.deframer.room_bytes = 100;
    run();
    expect_packets(1, 1);
    rig.deframer.packet = NULL;
    run();
    expect_packets(1, 2);
}

static void a_frame_that_stops_is_given_up_and_held_text_comes_out(void **state)
{
    (void)state;
    reset();
    append_text("\x06\x09"
                "AAsA\n");
    run();
    assert_true(duo_smp_deframer_reset(&rig.deframer));
    assert_false(duo_smp_deframer_reset(&rig.deframer));
    assert_int_equal(rig.deframer.text_bytes, 0);
    take(4);
    assert_false(duo_smp_deframer_reset(&rig.deframer));
    assert_int_equal(rig.deframer.text_bytes, 1);
    assert_int_equal(rig.deframer.text[0], 4);
    take(20); /* No marker any more. */
    take('\n');
    expect_text("\x14\n");
    take(6);
    assert_false(duo_smp_deframer_reset(&rig.deframer));
    assert_int_equal(rig.deframer.text[0], 6);
    /* A line that is dropped, whose end never comes, does not take what is
     * typed next. */
    append_text("\x04\x14 lost");
    rig.text_bytes = 0;
    run();
    assert_false(duo_smp_deframer_reset(&rig.deframer));
    take('k');
    expect_text("k");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_the_line_that_clients_send),
        cmocka_unit_test(frames_of_every_length_keep_the_rules),
        cmocka_unit_test(text_of_any_bytes_comes_out_whole),
        cmocka_unit_test(log_between_the_lines_of_a_frame_is_text),
        cmocka_unit_test(each_kind_of_line_is_what_it_should_be),
        cmocka_unit_test(no_flipped_byte_makes_another_packet),
        cmocka_unit_test(lines_may_be_longer_than_ours),
        cmocka_unit_test(a_frame_that_does_not_fit_is_told_with_its_beginning),
        cmocka_unit_test(
            a_frame_that_stops_is_given_up_and_held_text_comes_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
