/* SPDX-License-Identifier: MIT */
/* Over 400 lines: the stack, and a test for each promise of one link. */
#include "link_rig.h"

/* A host stack: notifications wait in it until the test says that they are
 * out. */
struct stack {
    struct rig rig; /* First. */
    struct duo_smp_gatt gatt;
    uint8_t answer[RIG_PACKET_BYTES];
    size_t piece_bytes_max; /* Of those that came. */
    unsigned under_way;
    unsigned notifications;
    bool has_no_buffer;
    bool sends_at_once;
};

static struct stack stack;

static bool notify(void *ctx, struct duo_bytes piece)
{
    assert_ptr_equal(ctx, &stack);
    assert_int_equal(stack.under_way, 0);
    if (stack.has_no_buffer) {
        return false;
    }
    if (piece.len_bytes > stack.piece_bytes_max) {
        stack.piece_bytes_max = piece.len_bytes;
    }
    rig_put(&stack.rig, piece);
    stack.notifications++;
    if (stack.sends_at_once) {
        duo_smp_gatt_sent(&stack.gatt);
    } else {
        stack.under_way = 1;
    }
    return true;
}

static void sent(void)
{
    assert_int_equal(stack.under_way, 1);
    stack.under_way = 0;
    duo_smp_gatt_sent(&stack.gatt);
}

static void join(uint16_t mtu)
{
    duo_smp_gatt_connected(&stack.gatt, mtu);
    duo_smp_gatt_subscribed(&stack.gatt, true);
}

static void begin(uint16_t mtu)
{
    memset(&stack, 0, sizeof(stack));
    rig_init(&stack.rig);
    stack.gatt = (struct duo_smp_gatt){
        .link = {.server = &stack.rig.server, .name = "ble"},
        .clock = &stack.rig.clock,
        .notify = notify,
        .ctx = &stack,
        .answer = stack.answer,
    };
    duo_smp_gatt_init(&stack.gatt);
    join(mtu);
}

static enum duo_smp_gatt_result written(struct duo_bytes value)
{
    return duo_smp_gatt_written(&stack.gatt, value);
}

static struct duo_bytes part(struct duo_bytes bytes, size_t from, size_t count)
{
    if (count > bytes.len_bytes - from) {
        count = bytes.len_bytes - from;
    }
    return (struct duo_bytes){bytes.data + from, count};
}

static void answer(uint64_t peer, struct duo_bytes packet)
{
    struct duo_smp_link *link = &stack.gatt.link;

    assert_true(link->ops->is_ready(link));
    link->ops->send(link, peer, packet);
}

static bool is_ready(void)
{
    return stack.gatt.link.ops->is_ready(&stack.gatt.link);
}

static void the_uuids_are_those_of_the_service(void **state)
{
    static const char service[] = "8D53DC1D1DB74CD3868B8A527460AA84";
    static const char characteristic[] = "DA2E7828FBCE4E01AE9E261174997C48";
    static const char digits[] = "0123456789ABCDEF";

    (void)state;
    for (size_t i = 0; i < 16; i++) {
        uint8_t one = duo_smp_gatt_service_uuid[15 - i];
        uint8_t two = duo_smp_gatt_characteristic_uuid[15 - i];
        assert_int_equal(service[2 * i], digits[one >> 4]);
        assert_int_equal(service[2 * i + 1], digits[one & 15]);
        assert_int_equal(characteristic[2 * i], digits[two >> 4]);
        assert_int_equal(characteristic[2 * i + 1], digits[two & 15]);
    }
}

static void packets_go_both_ways_with_every_mtu(void **state)
{
    static const size_t lengths[] = {8, 9, 20, 21, 243, 245, 495, 2475};
    uint8_t data[RIG_PACKET_BYTES];

    (void)state;
    for (uint16_t mtu = 23; mtu <= 498; mtu++) {
        size_t room = mtu - 3U;
        begin(mtu);
        for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
            struct duo_bytes packet = rig_request(data, lengths[i], 7);
            uint64_t peer;
            unsigned pieces = 1;
            for (size_t at = 0; at < packet.len_bytes; at += room) {
                assert_null(rig_next(&stack.rig));
                assert_int_equal(written(part(packet, at, room)),
                                 DUO_SMP_GATT_OK);
            }
            peer = rig_expect(&stack.rig, packet);
            stack.rig.line_bytes = 0;
            answer(peer, packet);
            while (!is_ready()) {
                sent();
                pieces++;
            }
            assert_int_equal(pieces - 1, (packet.len_bytes + room - 1) / room);
            assert_int_equal(stack.rig.line_bytes, packet.len_bytes);
            assert_memory_equal(stack.rig.line, packet.data, packet.len_bytes);
        }
        assert_int_equal(stack.piece_bytes_max, room);
    }
}

static void pieces_may_have_any_split_and_hold_several_packets(void **state)
{
    uint8_t data[3][40];
    uint8_t stream[90];
    struct duo_bytes packets[3] = {
        rig_request(data[0], 8, 1),
        rig_request(data[1], 40, 2),
        rig_request(data[2], 31, 3),
    };
    struct duo_bytes all = {stream, 0};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        memcpy(stream + all.len_bytes, packets[i].data, packets[i].len_bytes);
        all.len_bytes += packets[i].len_bytes;
    }
    for (size_t one = 0; one <= all.len_bytes; one++) {
        for (size_t two = one; two <= all.len_bytes; two++) {
            begin(100);
            assert_int_equal(written(part(all, 0, one)), DUO_SMP_GATT_OK);
            assert_int_equal(written(part(all, one, two - one)),
                             DUO_SMP_GATT_OK);
            assert_int_equal(written(part(all, two, 100)), DUO_SMP_GATT_OK);
            for (size_t i = 0; i < 3; i++) {
                rig_expect(&stack.rig, packets[i]);
            }
            assert_int_equal(rig_count(&stack.rig, DUO_SMP_PACKET_FREE), 3);
        }
    }
}

static void
without_a_buffer_the_write_says_so_and_the_client_is_told(void **state)
{
    uint8_t data[60];
    struct duo_bytes packet = rig_request(data, sizeof(data), 9);

    (void)state;
    begin(498);
    for (size_t i = 0; i < RIG_PACKETS; i++) {
        assert_int_equal(written(packet), DUO_SMP_GATT_OK);
    }
    assert_int_equal(written(part(packet, 0, 30)), DUO_SMP_GATT_RESOURCES);
    assert_int_equal(stack.rig.server.counts.no_buffer, 1);
    rig_expect_rc((struct duo_bytes){stack.rig.line, stack.rig.line_bytes}, 9,
                  DUO_SMP_RC_NO_MEMORY);
    sent();
    /* The rest of the lost packet is no packet, and the next one is taken. */
    assert_int_equal(written(part(packet, 30, 30)), DUO_SMP_GATT_OK);
    rig_expect(&stack.rig, packet);
    assert_int_equal(written(packet), DUO_SMP_GATT_OK);
    for (size_t i = 0; i < RIG_PACKETS; i++) {
        rig_expect(&stack.rig, packet);
    }
}

static void
a_packet_longer_than_a_buffer_is_refused_and_passed_over(void **state)
{
    static uint8_t data[RIG_PACKET_BYTES + 1];
    struct duo_bytes packet = rig_request(data, sizeof(data), 5);

    (void)state;
    begin(498);
    assert_int_equal(written(part(packet, 0, 495)), DUO_SMP_GATT_VALUE);
    rig_expect_rc((struct duo_bytes){stack.rig.line, stack.rig.line_bytes}, 5,
                  DUO_SMP_RC_TOO_LARGE);
    for (size_t at = 495; at < packet.len_bytes; at += 495) {
        assert_int_equal(written(part(packet, at, 495)), DUO_SMP_GATT_OK);
    }
    packet = rig_request(data, RIG_PACKET_BYTES, 6);
    for (size_t at = 0; at < packet.len_bytes; at += 495) {
        assert_int_equal(written(part(packet, at, 495)), DUO_SMP_GATT_OK);
    }
    rig_expect(&stack.rig, packet);
    assert_int_equal(stack.rig.server.counts.too_long, 1);
}

static void a_write_that_is_no_packet_is_refused_whole(void **state)
{
    static const uint8_t garbage[] = {0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    uint8_t data[60];
    struct duo_bytes packet = rig_request(data, sizeof(data), 9);

    (void)state;
    begin(498);
    assert_int_equal(written((struct duo_bytes){garbage, sizeof(garbage)}),
                     DUO_SMP_GATT_VALUE);
    assert_int_equal(rig_count(&stack.rig, DUO_SMP_PACKET_FREE), RIG_PACKETS);
    assert_int_equal(stack.rig.server.counts.frame_errors, 1);
    assert_int_equal(written(packet), DUO_SMP_GATT_OK);
    rig_expect(&stack.rig, packet);
    duo_smp_gatt_disconnected(&stack.gatt);
    assert_int_equal(written(packet), DUO_SMP_GATT_VALUE);
    assert_null(rig_next(&stack.rig));
}

static void drop_by_unsubscribing(void)
{
    duo_smp_gatt_subscribed(&stack.gatt, false);
    duo_smp_gatt_subscribed(&stack.gatt, true);
}

static void drop_by_disconnecting(void)
{
    duo_smp_gatt_disconnected(&stack.gatt);
    join(498);
}

static void drop_by_a_connection_that_nobody_ended(void)
{
    join(498);
}

/* What was half done, and answers to what was queued, are for nobody else. */
static void nothing_of_one_connection_reaches_the_next(void **state)
{
    static void (*const drops[])(void) = {
        drop_by_unsubscribing,
        drop_by_disconnecting,
        drop_by_a_connection_that_nobody_ended,
    };
    uint8_t data[600];
    struct duo_bytes packet = rig_request(data, sizeof(data), 4);

    (void)state;
    for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
        uint64_t peer;
        begin(498);
        assert_int_equal(written(packet), DUO_SMP_GATT_OK);
        peer = rig_expect(&stack.rig, packet);
        answer(peer, packet);
        assert_false(is_ready());
        assert_int_equal(written(part(packet, 0, 495)), DUO_SMP_GATT_OK);
        assert_int_equal(rig_count(&stack.rig, DUO_SMP_PACKET_TAKEN), 1);
        stack.rig.line_bytes = 0;
        drops[i]();
        assert_true(is_ready());
        assert_int_equal(rig_count(&stack.rig, DUO_SMP_PACKET_FREE),
                         RIG_PACKETS);
        stack.under_way = 0;
        answer(peer, packet);
        duo_smp_gatt_poll(&stack.gatt);
        assert_int_equal(stack.rig.line_bytes, 0);
        /* The new one is served from its first byte. */
        assert_int_equal(written(packet), DUO_SMP_GATT_OK);
        answer(rig_expect(&stack.rig, packet), packet);
        assert_int_equal(stack.rig.line_bytes, 495);
    }
}

static void answers_need_a_subscription(void **state)
{
    uint8_t data[60];
    struct duo_bytes packet = rig_request(data, sizeof(data), 4);

    (void)state;
    begin(498);
    duo_smp_gatt_disconnected(&stack.gatt);
    duo_smp_gatt_subscribed(&stack.gatt, true); /* Nobody is there. */
    assert_false(stack.gatt.subscribed);
    duo_smp_gatt_connected(&stack.gatt, 498);
    assert_int_equal(written(packet), DUO_SMP_GATT_OK);
    answer(rig_expect(&stack.rig, packet), packet);
    assert_int_equal(stack.notifications, 0);
    assert_true(is_ready());
}

static void a_full_stack_is_asked_again(void **state)
{
    uint8_t data[600];
    struct duo_bytes packet = rig_request(data, sizeof(data), 4);

    (void)state;
    begin(498);
    assert_int_equal(written(packet), DUO_SMP_GATT_OK);
    stack.has_no_buffer = true;
    answer(rig_expect(&stack.rig, packet), packet);
    duo_smp_gatt_poll(&stack.gatt);
    assert_int_equal(stack.notifications, 0);
    assert_false(is_ready());
    stack.has_no_buffer = false;
    duo_smp_gatt_poll(&stack.gatt);
    duo_smp_gatt_poll(&stack.gatt); /* One at a time. */
    assert_int_equal(stack.notifications, 1);
    sent();
    sent();
    assert_true(is_ready());
    assert_memory_equal(stack.rig.line, packet.data, packet.len_bytes);
}

static void a_stack_that_sends_at_once_needs_no_deep_stack(void **state)
{
    uint8_t data[RIG_PACKET_BYTES];
    struct duo_bytes packet = rig_request(data, sizeof(data), 4);

    (void)state;
    begin(0); /* Less than the least one counts as that. */
    stack.sends_at_once = true;
    answer(stack.gatt.connection_count, packet);
    assert_true(is_ready());
    assert_int_equal(stack.notifications, (2475 + 19) / 20);
    assert_int_equal(stack.rig.line_bytes, packet.len_bytes);
    assert_memory_equal(stack.rig.line, packet.data, packet.len_bytes);
}

static void an_mtu_that_grows_is_used_by_the_next_piece(void **state)
{
    uint8_t data[100];
    struct duo_bytes packet = rig_request(data, sizeof(data), 4);

    (void)state;
    begin(23);
    answer(stack.gatt.connection_count, packet);
    duo_smp_gatt_mtu(&stack.gatt, 498);
    sent();
    assert_int_equal(stack.rig.line_bytes, 100);
    sent();
    assert_true(is_ready());
}

static void half_a_packet_is_given_up_after_a_silence(void **state)
{
    uint8_t data[100];
    struct duo_bytes packet = rig_request(data, sizeof(data), 4);

    (void)state;
    begin(498);
    assert_int_equal(written(part(packet, 0, 50)), DUO_SMP_GATT_OK);
    stack.rig.now_us = DUO_SMP_SILENCE_MS_MAX * 1000ULL - 1;
    duo_smp_gatt_poll(&stack.gatt);
    assert_int_equal(stack.rig.server.counts.timeouts, 0);
    stack.rig.now_us++;
    duo_smp_gatt_poll(&stack.gatt);
    duo_smp_gatt_poll(&stack.gatt);
    assert_int_equal(stack.rig.server.counts.timeouts, 1);
    assert_int_equal(rig_count(&stack.rig, DUO_SMP_PACKET_FREE), RIG_PACKETS);
    assert_int_equal(written(packet), DUO_SMP_GATT_OK);
    rig_expect(&stack.rig, packet);
}

static void
a_notification_that_the_stack_lost_does_not_stop_the_server(void **state)
{
    uint8_t data[600];
    struct duo_bytes packet = rig_request(data, sizeof(data), 4);

    (void)state;
    begin(498);
    answer(stack.gatt.connection_count, packet);
    stack.rig.now_us = 32000000; /* As long as a connection may hang. */
    duo_smp_gatt_poll(&stack.gatt);
    assert_false(is_ready());
    stack.rig.now_us = 40000000;
    duo_smp_gatt_poll(&stack.gatt);
    assert_true(is_ready());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_uuids_are_those_of_the_service),
        cmocka_unit_test(packets_go_both_ways_with_every_mtu),
        cmocka_unit_test(pieces_may_have_any_split_and_hold_several_packets),
        cmocka_unit_test(
            without_a_buffer_the_write_says_so_and_the_client_is_told),
        cmocka_unit_test(
            a_packet_longer_than_a_buffer_is_refused_and_passed_over),
        cmocka_unit_test(a_write_that_is_no_packet_is_refused_whole),
        cmocka_unit_test(nothing_of_one_connection_reaches_the_next),
        cmocka_unit_test(answers_need_a_subscription),
        cmocka_unit_test(a_full_stack_is_asked_again),
        cmocka_unit_test(a_stack_that_sends_at_once_needs_no_deep_stack),
        cmocka_unit_test(an_mtu_that_grows_is_used_by_the_next_piece),
        cmocka_unit_test(half_a_packet_is_given_up_after_a_silence),
        cmocka_unit_test(
            a_notification_that_the_stack_lost_does_not_stop_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
