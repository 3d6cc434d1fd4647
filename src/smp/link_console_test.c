/* SPDX-License-Identifier: MIT */
#include "link_rig.h"

static struct rig rig;
static struct duo_smp_console console;
static uint8_t data[RIG_PACKET_BYTES + 1];
static char text[4096];
static size_t text_bytes;

static void begin(void)
{
    rig_init(&rig);
    text_bytes = 0;
    console = (struct duo_smp_console){
        .link = {.server = &rig.server, .name = "console"},
        .clock = &rig.clock,
        .put = rig_put,
        .has_room = rig_has_room,
        .ctx = &rig,
    };
    duo_smp_console_init(&console);
}

static void put_text(const uint8_t from[2], size_t count)
{
    assert_in_range(count, 0, 2);
    memcpy(text + text_bytes, from, count);
    text_bytes += count;
}

static void take(struct duo_bytes bytes)
{
    for (size_t i = 0; i < bytes.len_bytes; i++) {
        uint8_t out[2];
        put_text(out, duo_smp_console_take(&console, bytes.data[i], out));
    }
}

static void type(const char *typed)
{
    take((struct duo_bytes){(const uint8_t *)typed, strlen(typed)});
}

static void poll(void)
{
    uint8_t out[2];

    put_text(out, duo_smp_console_poll(&console, out));
}

static void expect_text(const char *expected)
{
    assert_int_equal(text_bytes, strlen(expected));
    assert_memory_equal(text, expected, text_bytes);
}

/* The lines that carry a packet. */
static struct duo_bytes framed(struct duo_bytes packet)
{
    static struct rig sender;

    sender.line_bytes = 0;
    duo_smp_frame(packet, rig_put, &sender);
    return (struct duo_bytes){sender.line, sender.line_bytes};
}

static void expect_rc_on_the_line(uint8_t seed, uint8_t rc)
{
    uint8_t packet[64];
    struct duo_smp_deframer deframer = {.packet = packet,
                                        .room_bytes = sizeof(packet)};
    bool was_found = false;

    for (size_t i = 0; i < rig.line_bytes; i++) {
        if (duo_smp_deframe(&deframer, rig.line[i]) == DUO_SMP_CONSOLE_PACKET) {
            rig_expect_rc((struct duo_bytes){packet, deframer.len_bytes}, seed,
                          rc);
            was_found = true;
        }
    }
    assert_true(was_found);
    rig.line_bytes = 0;
}

static void requests_are_taken_and_the_shell_gets_the_rest(void **state)
{
    struct duo_bytes packet = rig_request(data, 1000, 5);

    (void)state;
    begin();
    type("help\r");
    take(framed(packet));
    type("ver");
    assert_int_equal(rig_count(&rig, DUO_SMP_PACKET_QUEUED), 1);
    take(framed(packet));
    type("sion\r");
    assert_int_equal(rig_expect(&rig, packet), 0);
    assert_int_equal(rig_expect(&rig, packet), 0);
    expect_text("help\rversion\r");
    assert_int_equal(rig_count(&rig, DUO_SMP_PACKET_FREE), RIG_PACKETS);
    assert_int_equal(rig.server.counts.frame_errors, 0);
}

static void a_buffer_is_held_only_while_a_frame_is_open(void **state)
{
    struct duo_bytes packet = rig_request(data, 300, 5);
    struct duo_bytes frame = framed(packet);

    (void)state;
    begin();
    type("\x06");
    assert_int_equal(rig_count(&rig, DUO_SMP_PACKET_TAKEN), 0);
    type("\x09");
    assert_int_equal(rig_count(&rig, DUO_SMP_PACKET_TAKEN), 1);
    type("?");
    assert_int_equal(rig_count(&rig, DUO_SMP_PACKET_TAKEN), 0);
    assert_int_equal(rig.server.counts.frame_errors, 1);
    take((struct duo_bytes){frame.data, 200});
    assert_int_equal(rig_count(&rig, DUO_SMP_PACKET_TAKEN), 1);
    take(frame); /* Begins anew, in the same buffer. */
    assert_int_equal(rig_count(&rig, DUO_SMP_PACKET_TAKEN), 0);
    assert_int_equal(rig.server.counts.frame_errors, 2);
    rig_expect(&rig, packet);
}

static void answers_wait_for_room_for_the_whole_frame(void **state)
{
    struct duo_smp_link *link = &console.link;

    (void)state;
    begin();
    assert_int_equal(link->answer_bytes_max, RIG_PACKET_BYTES);
    for (size_t len_bytes = 9; len_bytes <= RIG_PACKET_BYTES;
         len_bytes += 1 + len_bytes / 50) {
        struct duo_bytes packet = rig_request(data, len_bytes, 1);
        rig.server.answer_bytes = len_bytes;
        rig.line_bytes = 0;
        link->ops->send(link, 0, packet);
        rig.room_bytes = rig.line_bytes - 1;
        assert_false(link->ops->is_ready(link));
        rig.room_bytes = rig.line_bytes + DUO_SMP_LINE_BYTES_MAX;
        assert_true(link->ops->is_ready(link));
        take((struct duo_bytes){rig.line, rig.line_bytes});
        rig_expect(&rig, packet);
    }
    console.has_room = NULL;
    rig.room_bytes = 0;
    assert_true(link->ops->is_ready(link));
}

static void a_frame_without_a_buffer_is_answered(void **state)
{
    struct duo_bytes packet = rig_request(data, 100, 5);

    (void)state;
    begin();
    for (unsigned i = 0; i < RIG_PACKETS; i++) {
        take(framed(packet));
    }
    take(framed(rig_request(data, 100, 6)));
    expect_rc_on_the_line(6, DUO_SMP_RC_NO_MEMORY);
    /* Also one that would fit where its beginning is kept. */
    take(framed(rig_request(data, DUO_SMP_HEADER_BYTES, 7)));
    expect_rc_on_the_line(7, DUO_SMP_RC_NO_MEMORY);
    assert_int_equal(rig.server.counts.no_buffer, 2);
    take(framed((struct duo_bytes){data, 3}));
    assert_int_equal(rig.line_bytes, 0);
    rig_expect(&rig, rig_request(data, 100, 5));
    take(framed(packet));
    for (unsigned i = 0; i < RIG_PACKETS; i++) {
        rig_expect(&rig, packet);
    }
}

static void
a_frame_longer_than_a_buffer_is_answered_if_its_check_is_right(void **state)
{
    struct duo_bytes packet = rig_request(data, sizeof(data), 5);
    struct duo_bytes frame = framed(packet);
    uint8_t bad[8192];

    (void)state;
    begin();
    take(frame);
    expect_rc_on_the_line(5, DUO_SMP_RC_TOO_LARGE);
    assert_int_equal(rig.server.counts.too_long, 1);
    memcpy(bad, frame.data, frame.len_bytes);
    bad[1000] = bad[1000] == 'A' ? 'B' : 'A';
    take((struct duo_bytes){bad, frame.len_bytes});
    assert_int_equal(rig.line_bytes, 0);
    assert_int_equal(rig.server.counts.frame_errors, 1);
    assert_int_equal(rig_count(&rig, DUO_SMP_PACKET_FREE), RIG_PACKETS);
}

static void half_a_frame_is_given_up_after_a_silence(void **state)
{
    struct duo_bytes packet = rig_request(data, 300, 5);
    struct duo_bytes frame = framed(packet);

    (void)state;
    begin();
    take((struct duo_bytes){frame.data, 200});
    rig.now_us = DUO_SMP_SILENCE_MS_MAX * 1000ULL - 1;
    poll();
    assert_int_equal(rig.server.counts.timeouts, 0);
    rig.now_us++;
    poll();
    poll();
    assert_int_equal(rig.server.counts.timeouts, 1);
    assert_int_equal(rig_count(&rig, DUO_SMP_PACKET_FREE), RIG_PACKETS);
    type("ls\r");
    expect_text("ls\r");
    take(frame);
    rig_expect(&rig, packet);
}

static void a_key_that_could_begin_a_marker_is_not_kept_for_long(void **state)
{
    (void)state;
    begin();
    rig.now_us = 1000000;
    type("\x04");
    expect_text("");
    rig.now_us += 99999;
    poll();
    expect_text("");
    rig.now_us++;
    poll();
    expect_text("\x04");
    poll();
    expect_text("\x04");
    assert_int_equal(rig.server.counts.timeouts, 0);
}

static void a_line_that_is_dropped_ends_with_a_silence_too(void **state)
{
    (void)state;
    begin();
    type("\x06\x09?rest");
    rig.now_us = DUO_SMP_SILENCE_MS_MAX * 1000ULL;
    poll();
    type("ls\r");
    expect_text("ls\r");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_taken_and_the_shell_gets_the_rest),
        cmocka_unit_test(a_buffer_is_held_only_while_a_frame_is_open),
        cmocka_unit_test(answers_wait_for_room_for_the_whole_frame),
        cmocka_unit_test(a_frame_without_a_buffer_is_answered),
        cmocka_unit_test(
            a_frame_longer_than_a_buffer_is_answered_if_its_check_is_right),
        cmocka_unit_test(half_a_frame_is_given_up_after_a_silence),
        cmocka_unit_test(a_key_that_could_begin_a_marker_is_not_kept_for_long),
        cmocka_unit_test(a_line_that_is_dropped_ends_with_a_silence_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
