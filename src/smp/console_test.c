/* SPDX-License-Identifier: MIT */
#include "console_rig.h"

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
    for (size_t len_bytes = 1; len_bytes <= 400; len_bytes++) {
        size_t begin = 0;
        reset();
        duo_smp_frame((struct duo_bytes){packet, len_bytes}, append, NULL);
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
        assert_in_range(rig.lines, 1, (len_bytes + 4 + 92) / 93);
        run();
        expect_packets(1, 0);
        assert_int_equal(rig.got_bytes, len_bytes);
        assert_memory_equal(rig.got, packet, len_bytes);
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
            size_t len_bytes = chance_of(&chance, sizeof(text));
            for (size_t i = 0; i < len_bytes; i++) {
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
            append(NULL, (struct duo_bytes){text, len_bytes});
            memcpy(expected + expected_bytes, text, len_bytes);
            expected_bytes += len_bytes;
            len_bytes = 1 + chance_of(&chance, 300);
            fill(&chance, packets + packet_bytes, len_bytes);
            duo_smp_frame((struct duo_bytes){packets + packet_bytes, len_bytes},
                          append, NULL);
            packet_bytes += len_bytes;
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
    append_text(FIRST "AAsA\n");
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
        cmocka_unit_test(no_flipped_byte_makes_another_packet),
        cmocka_unit_test(lines_may_be_longer_than_ours),
        cmocka_unit_test(a_frame_that_does_not_fit_is_told_with_its_beginning),
        cmocka_unit_test(
            a_frame_that_stops_is_given_up_and_held_text_comes_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
