/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "duo/smp_ip.h"

#define END     0xC0
#define ESC     0xDB
#define ESC_END 0xDC
#define ESC_ESC 0xDD

struct line {
    uint8_t data[4096];
    size_t len_bytes;
};

static void put(void *ctx, struct duo_bytes bytes)
{
    struct line *line = ctx;

    assert_true(bytes.len_bytes != 0);
    assert_true(bytes.len_bytes <= sizeof(line->data) - line->len_bytes);
    memcpy(line->data + line->len_bytes, bytes.data, bytes.len_bytes);
    line->len_bytes += bytes.len_bytes;
}

static struct line encoded(const uint8_t *data, size_t len_bytes)
{
    struct line line = {.len_bytes = 0};

    duo_slip_encode((struct duo_bytes){data, len_bytes}, put, &line);
    return line;
}

/* The lengths of the frames found, one digit each: packets here are short. */
static unsigned frames(struct duo_slip_decoder *decoder, const uint8_t *data,
                       size_t len_bytes)
{
    unsigned lengths = 0;

    for (size_t i = 0; i < len_bytes; i++) {
        if (duo_slip_decode(decoder, data[i])) {
            lengths = lengths * 10U + (unsigned)decoder->len_bytes;
        }
    }
    return lengths;
}

static void the_special_bytes_are_escaped_as_the_rfc_says(void **state)
{
    static const uint8_t packet[] = {END, 1, ESC, 2, 3, ESC, END};
    static const uint8_t expected[] = {END,     ESC,     ESC_END, 1,   ESC,
                                       ESC_ESC, 2,       3,       ESC, ESC_ESC,
                                       ESC,     ESC_END, END};
    struct line line = encoded(packet, sizeof(packet));

    (void)state;
    assert_int_equal(line.len_bytes, sizeof(expected));
    assert_memory_equal(line.data, expected, sizeof(expected));
}

static void every_packet_comes_back(void **state)
{
    uint8_t packet[1500];
    uint8_t got[1500];
    uint32_t chance = 1;

    (void)state;
    for (size_t len_bytes = 1; len_bytes <= sizeof(packet);
         len_bytes += 1 + len_bytes / 16) {
        struct duo_slip_decoder decoder = {.packet = got,
                                           .room_bytes = sizeof(got)};
        struct line line;
        for (size_t i = 0; i < len_bytes; i++) {
            chance = chance * 1664525U + 1013904223U;
            packet[i] = (chance >> 30) == 0   ? END
                        : (chance >> 30) == 1 ? ESC
                                              : (uint8_t)(chance >> 20);
        }
        line = encoded(packet, len_bytes);
        for (size_t i = 0; i < line.len_bytes; i++) {
            assert_int_equal(duo_slip_decode(&decoder, line.data[i]),
                             i + 1 == line.len_bytes);
        }
        assert_int_equal(decoder.len_bytes, len_bytes);
        assert_memory_equal(got, packet, len_bytes);
    }
}

static void frames_may_share_an_end_and_empty_ones_are_none(void **state)
{
    static const uint8_t stream[] = {END, END, 1, 2, END, 3,   END,
                                     END, END, 4, 5, 6,   END, 7};
    uint8_t got[8];
    struct duo_slip_decoder decoder = {.packet = got, .room_bytes = 8};

    (void)state;
    assert_int_equal(frames(&decoder, stream, sizeof(stream)), 213);
    assert_int_equal(decoder.len_bytes, 1); /* The 7, so far. */
}

static void a_bad_frame_is_dropped_and_the_next_one_found(void **state)
{
    /* In each the frame that is left has two nines. */
    static const struct {
        const char *bytes;
        size_t len_bytes;
    } streams[] = {
        {"\xC0\1\xDB\2\xC0\x9\x9\xC0",         8 }, /* A wrong escape. */
        {"\xC0\1\xDB\xC0\x9\x9\xC0",           7 }, /* It ends in one. */
        {"\xC0\1\xDB\xDB\xC0\x9\x9\xC0",       8 }, /* An escaped one. */
        {"\xC0\1\2\3\4\5\xC0\x9\x9\xC0",       10}, /* A byte too long. */
        {"\xC0\1\2\3\4\xDB\xDC\xC0\x9\x9\xC0", 11}, /* The same. */
        {"\xC0\1\xDB\2\xDB\xDC\xC0\x9\x9\xC0", 10}, /* Good ones later. */
    };
    uint8_t got[4];

    (void)state;
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        struct duo_slip_decoder decoder = {.packet = got, .room_bytes = 4};
        assert_int_equal(frames(&decoder, (const uint8_t *)streams[i].bytes,
                                streams[i].len_bytes),
                         2);
        assert_memory_equal(got, "\x9\x9", 2);
    }
}

static void a_frame_that_fills_the_room_is_whole(void **state)
{
    static const uint8_t stream[] = {END, 1, 2, ESC, ESC_END, 4, END};
    uint8_t got[4];
    struct duo_slip_decoder decoder = {.packet = got, .room_bytes = 4};

    (void)state;
    assert_int_equal(frames(&decoder, stream, sizeof(stream)), 4);
    assert_int_equal(got[2], END);
}

static void without_room_frames_are_passed_over(void **state)
{
    static const uint8_t stream[] = {END, 1, 2, END};
    uint8_t got[4];
    struct duo_slip_decoder decoder = {.packet = NULL};

    (void)state;
    assert_int_equal(frames(&decoder, stream, sizeof(stream)), 0);
    /* Room that comes in the middle of a frame does not make it whole. */
    assert_int_equal(frames(&decoder, stream, 2), 0);
    decoder.packet = got;
    decoder.room_bytes = sizeof(got);
    assert_int_equal(frames(&decoder, stream + 2, 2), 0);
    assert_int_equal(frames(&decoder, stream, sizeof(stream)), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_special_bytes_are_escaped_as_the_rfc_says),
        cmocka_unit_test(every_packet_comes_back),
        cmocka_unit_test(frames_may_share_an_end_and_empty_ones_are_none),
        cmocka_unit_test(a_bad_frame_is_dropped_and_the_next_one_found),
        cmocka_unit_test(a_frame_that_fills_the_room_is_whole),
        cmocka_unit_test(without_room_frames_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
