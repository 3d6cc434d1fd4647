/* SPDX-License-Identifier: MIT */
/* Over 400 lines: both forms of one line, and the datagrams that share its code. */
/* The serial link, raw and SLIP, and the link of datagrams. */
#include "link_rig.h"

static struct rig rig;
static struct duo_smp_serial serial;
static uint8_t ip[DUO_IP_PACKET_BYTES];
static uint8_t data[RIG_PACKET_BYTES + 1];

static const struct duo_ip_endpoint host = {DUO_IP_LINK_HOST, 50000};
static const struct duo_ip_endpoint device = {DUO_IP_LINK_DEVICE,
                                              DUO_SMP_UDP_PORT};

#define HOST_PEER ((uint64_t)DUO_IP_LINK_HOST << 16 | 50000U)

static void begin_without_ip(void)
{
    rig_init(&rig);
    serial = (struct duo_smp_serial){
        .link = {.server = &rig.server, .name = "uart"},
        .clock = &rig.clock,
        .put = rig_put,
        .has_room = rig_has_room,
        .ctx = &rig,
        .local = device,
    };
    duo_smp_serial_init(&serial);
}

static void begin(void)
{
    begin_without_ip();
    serial.ip = ip;
    duo_smp_serial_init(&serial);
}

static void take(struct duo_bytes bytes)
{
    duo_smp_serial_take(&serial, bytes);
}

static void answer(uint64_t peer, struct duo_bytes packet)
{
    assert_true(serial.link.ops->is_ready(&serial.link));
    serial.link.ops->send(&serial.link, peer, packet);
}

static void nothing_is_held(void)
{
    assert_int_equal(rig_count(&rig, DUO_SMP_PACKET_TAKEN), 0);
}

/* What the other end makes of the line, as SLIP. */
static size_t unslip(uint8_t *packet, size_t room_bytes)
{
    struct duo_slip_decoder decoder = {.packet = packet,
                                       .room_bytes = room_bytes};
    size_t len_bytes = 0;

    for (size_t i = 0; i < rig.line_bytes; i++) {
        if (duo_slip_decode(&decoder, rig.line[i])) {
            assert_int_equal(len_bytes, 0);
            len_bytes = decoder.len_bytes;
        }
    }
    return len_bytes;
}

/* A frame to the device as bytes of the line. */
static struct duo_bytes framed(struct duo_ip_datagram datagram)
{
    static uint8_t packet[DUO_IP_PACKET_BYTES];
    static struct rig sender;
    size_t len_bytes = duo_ip_udp_encode(&datagram, packet, sizeof(packet));

    assert_true(len_bytes != 0);
    sender.line_bytes = 0;
    duo_slip_encode((struct duo_bytes){packet, len_bytes}, rig_put, &sender);
    return (struct duo_bytes){sender.line, sender.line_bytes};
}

static struct duo_bytes framed_from_host(struct duo_bytes packet)
{
    return framed((struct duo_ip_datagram){host, device, packet});
}

static void each_form_is_answered_in_its_own(void **state)
{
    struct duo_bytes packet = rig_request(data, 700, 0xC0);
    struct duo_ip_datagram got;
    uint8_t out[DUO_IP_PACKET_BYTES];
    uint64_t peer;

    (void)state;
    begin();
    for (unsigned round = 0; round < 3; round++) {
        take(packet);
        peer = rig_expect(&rig, packet);
        assert_int_equal(peer, 0);
        rig.line_bytes = 0;
        answer(peer, packet);
        assert_int_equal(rig.line_bytes, packet.len_bytes);
        assert_memory_equal(rig.line, packet.data, packet.len_bytes);

        take(framed_from_host(packet));
        peer = rig_expect(&rig, packet);
        assert_int_equal(peer, HOST_PEER);
        rig.line_bytes = 0;
        answer(peer, packet);
        assert_true(duo_ip_udp_decode(
            (struct duo_bytes){out, unslip(out, sizeof(out))}, &got));
        assert_int_equal(got.from.addr, device.addr);
        assert_int_equal(got.from.port, device.port);
        assert_int_equal(got.to.addr, host.addr);
        assert_int_equal(got.to.port, host.port);
        assert_int_equal(got.data.len_bytes, packet.len_bytes);
        assert_memory_equal(got.data.data, packet.data, packet.len_bytes);
        nothing_is_held();
    }
    assert_int_equal(rig.server.counts.frame_errors, 0);
}

/* Raw, two frames that share an END, raw again, in every cut in two. */
static void
forms_may_change_between_packets_however_the_line_is_cut(void **state)
{
    uint8_t stream[600];
    size_t stream_bytes = 0;
    struct duo_bytes packet = rig_request(data, 60, 0xDB);
    struct duo_bytes frame = framed_from_host(packet);

    (void)state;
    memcpy(stream, packet.data, 60);
    stream_bytes = 60;
    memcpy(stream + stream_bytes, frame.data, frame.len_bytes);
    stream_bytes += frame.len_bytes - 1;
    memcpy(stream + stream_bytes, frame.data, frame.len_bytes);
    stream_bytes += frame.len_bytes;
    memcpy(stream + stream_bytes, packet.data, 60);
    stream_bytes += 60;
    for (size_t cut = 0; cut <= stream_bytes; cut++) {
        uint64_t peers = 0;
        begin();
        for (size_t i = 0; i < stream_bytes; i++) {
            size_t count = i == 0 && cut > 0 ? cut : 1;
            take((struct duo_bytes){stream + i, count});
            i += count - 1;
            if (rig_next(&rig) != NULL) {
                peers = peers * 2 +
                        (rig_expect(&rig, packet) == HOST_PEER ? 1U : 0U);
            }
            while (rig_next(&rig) != NULL) {
                peers = peers * 2 +
                        (rig_expect(&rig, packet) == HOST_PEER ? 1U : 0U);
            }
        }
        if (cut <
            2U * frame.len_bytes) {     /* Else more than there are buffers. */
            assert_int_equal(peers, 6); /* Raw, host, host, raw. */
        }
        nothing_is_held();
    }
}

static void a_raw_packet_too_long_is_answered_and_passed_over(void **state)
{
    struct duo_bytes packet = rig_request(data, sizeof(data), 3);

    (void)state;
    begin();
    take(packet);
    rig_expect_rc((struct duo_bytes){rig.line, rig.line_bytes}, 3,
                  DUO_SMP_RC_TOO_LARGE);
    assert_int_equal(rig.server.counts.too_long, 1);
    assert_int_equal(rig.server.counts.frame_errors, 0);
    packet = rig_request(data, RIG_PACKET_BYTES, 4);
    take(packet);
    rig_expect(&rig, packet);
    nothing_is_held();
}

static void without_a_buffer_the_client_is_told(void **state)
{
    struct duo_bytes packet = rig_request(data, 100, 3);
    uint8_t out[DUO_IP_PACKET_BYTES];

    (void)state;
    begin();
    for (unsigned i = 0; i < RIG_PACKETS; i++) {
        take(packet);
    }
    take(packet);
    rig_expect_rc((struct duo_bytes){rig.line, rig.line_bytes}, 3,
                  DUO_SMP_RC_NO_MEMORY);
    rig.line_bytes = 0;
    take(framed_from_host(packet));
    rig_expect_rc(
        (struct duo_bytes){out + DUO_IP_HEADERS_BYTES,
                           unslip(out, sizeof(out)) - DUO_IP_HEADERS_BYTES},
        3, DUO_SMP_RC_NO_MEMORY);
    assert_int_equal(rig.server.counts.no_buffer, 2);
}

static void a_datagram_longer_than_a_buffer_is_answered(void **state)
{
    struct duo_bytes packet = rig_request(data, 300, 3);
    uint8_t out[DUO_IP_PACKET_BYTES];

    (void)state;
    begin();
    rig.server.config.packet_bytes = 299;
    take(framed_from_host(packet));
    rig_expect_rc(
        (struct duo_bytes){out + DUO_IP_HEADERS_BYTES,
                           unslip(out, sizeof(out)) - DUO_IP_HEADERS_BYTES},
        3, DUO_SMP_RC_TOO_LARGE);
    assert_null(rig_next(&rig));
    assert_int_equal(rig.server.counts.too_long, 1);
}

static void answers_wait_for_room_in_their_worst_case(void **state)
{
    static uint8_t packet[100];

    (void)state;
    begin();
    memset(packet, 0xDB, sizeof(packet));
    rig.server.answer = packet;
    rig.server.answer_bytes = sizeof(packet);
    rig.room_bytes = 200;
    assert_false(serial.link.ops->is_ready(&serial.link));
    rig.room_bytes = 2 * (100 + DUO_IP_HEADERS_BYTES) + 2;
    assert_true(serial.link.ops->is_ready(&serial.link));
    serial.link.ops->send(&serial.link, HOST_PEER,
                          (struct duo_bytes){packet, sizeof(packet)});
    assert_true(rig.line_bytes <= rig.room_bytes);
    serial.has_room = NULL;
    rig.room_bytes = 0;
    assert_true(serial.link.ops->is_ready(&serial.link));
    assert_int_equal(serial.link.answer_bytes_max, DUO_IP_UDP_BYTES_MAX);
}

static void half_a_packet_is_given_up_after_a_silence(void **state)
{
    struct duo_bytes packet = rig_request(data, 100, 3);
    struct duo_bytes frame = framed_from_host(packet);
    struct duo_bytes halves[2] = {
        {packet.data, 50},
        {frame.data,  50}
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin();
        take(halves[i]);
        rig.now_us = DUO_SMP_SILENCE_MS_MAX * 1000ULL - 1;
        duo_smp_serial_poll(&serial);
        assert_int_equal(rig.server.counts.timeouts, 0);
        rig.now_us++;
        duo_smp_serial_poll(&serial);
        duo_smp_serial_poll(&serial);
        assert_int_equal(rig.server.counts.timeouts, 1);
        nothing_is_held();
        take(packet);
        assert_int_equal(rig_expect(&rig, packet), 0);
        take(frame);
        assert_int_equal(rig_expect(&rig, packet), HOST_PEER);
    }
    /* An END alone is nothing to give up. */
    begin();
    take((struct duo_bytes){frame.data, 1});
    rig.now_us = DUO_SMP_SILENCE_MS_MAX * 1000ULL;
    duo_smp_serial_poll(&serial);
    assert_int_equal(rig.server.counts.timeouts, 0);
}

/* Who reads a line takes what is there, which mostly is nothing. */
static void taking_nothing_does_not_end_a_silence(void **state)
{
    struct duo_bytes packet = rig_request(data, 100, 3);

    (void)state;
    begin();
    take((struct duo_bytes){packet.data, 50});
    for (unsigned ms = 0; ms < DUO_SMP_SILENCE_MS_MAX; ms += 10) {
        rig.now_us = ms * 1000ULL;
        take((struct duo_bytes){packet.data, 0});
        duo_smp_serial_poll(&serial);
    }
    rig.now_us = DUO_SMP_SILENCE_MS_MAX * 1000ULL;
    duo_smp_serial_poll(&serial);
    assert_int_equal(rig.server.counts.timeouts, 1);
    take(packet);
    assert_int_equal(rig_expect(&rig, packet), 0);
}

static void noise_before_a_packet_costs_only_itself(void **state)
{
    static const uint8_t noise[] = {0xFF, 0x00, 0xFF, 0x7E, 0x55, 0x02, 0x80};
    struct duo_bytes packet = rig_request(data, 100, 3);

    (void)state;
    begin();
    take((struct duo_bytes){noise, sizeof(noise)});
    take(packet);
    rig_expect(&rig, packet);
    assert_int_equal(rig.server.counts.frame_errors, 1);
    take((struct duo_bytes){noise, sizeof(noise)});
    take(framed_from_host(packet));
    assert_int_equal(rig_expect(&rig, packet), HOST_PEER);
    nothing_is_held();
}

static void a_frame_that_noise_began_ends_when_none_is_so_long(void **state)
{
    static const uint8_t noise[] = {0xC0, 0xFF};
    struct duo_bytes packet = rig_request(data, 100, 3);
    unsigned lost = 0;

    (void)state;
    begin();
    take((struct duo_bytes){noise, sizeof(noise)});
    while (rig_next(&rig) == NULL) {
        take(packet);
        lost++;
        assert_true(lost < 20);
    }
    rig_expect(&rig, packet);
    assert_int_equal(rig.server.counts.frame_errors, 2); /* And its end. */
    take(packet);
    rig_expect(&rig, packet);
}

static void a_ping_is_answered_if_it_is_for_us_and_fits(void **state)
{
    /* From 192.0.2.1 to 192.0.2.2, sequence 1. */
    static const uint8_t ping[] = {
        0xC0, 0x45, 0x00, 0x00, 0x24, 0x00, 0x01, 0x40, 0x00, 0x40,
        0x01, 0xB6, 0xD4, 0xDB, 0xDC, 0x00, 0x02, 0x01, 0xDB, 0xDC,
        0x00, 0x02, 0x02, 0x08, 0x00, 0x54, 0x35, 0x12, 0x34, 0x00,
        0x01, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0xC0,
    };
    uint8_t out[64];

    (void)state;
    begin();
    take((struct duo_bytes){ping, sizeof(ping)});
    assert_int_equal(unslip(out, sizeof(out)), 36);
    assert_int_equal(out[20], 0);
    rig.line_bytes = 0;
    rig.room_bytes = 36;
    take((struct duo_bytes){ping, sizeof(ping)});
    assert_int_equal(rig.line_bytes, 0);
    begin();
    serial.local.addr++;
    take((struct duo_bytes){ping, sizeof(ping)});
    assert_int_equal(rig.line_bytes, 0);
}

static void datagrams_for_others_are_no_packets(void **state)
{
    struct duo_bytes packet = rig_request(data, 20, 3);
    struct duo_ip_endpoint other = device;
    struct duo_ip_endpoint nobody = {0, 0};
    uint8_t broken[100];
    struct duo_bytes frame;

    (void)state;
    begin();
    other.port = 53;
    take(framed((struct duo_ip_datagram){host, other, packet}));
    other = host;
    take(framed((struct duo_ip_datagram){host, other, packet}));
    /* Its answer would go out raw. */
    take(framed((struct duo_ip_datagram){nobody, device, packet}));
    assert_null(rig_next(&rig));
    assert_int_equal(rig.server.counts.frame_errors, 0);
    frame = framed_from_host(packet);
    memcpy(broken, frame.data, frame.len_bytes);
    broken[frame.len_bytes - 2] ^= 1;
    take((struct duo_bytes){broken, frame.len_bytes});
    assert_null(rig_next(&rig));
    assert_int_equal(rig.server.counts.frame_errors, 1);
    take(frame);
    rig_expect(&rig, packet);
}

static void a_line_without_ip_is_raw_only(void **state)
{
    struct duo_bytes packet = rig_request(data, 30, 3);

    (void)state;
    begin_without_ip();
    take((struct duo_bytes){
        (const uint8_t[]){0xC0, 0xC0, 0x45},
         3
    });
    take(packet);
    assert_int_equal(rig_expect(&rig, packet), 0);
    assert_int_equal(serial.link.answer_bytes_max, RIG_PACKET_BYTES);
}

static uint64_t sent_to;

static void send_to(void *ctx, uint64_t peer, struct duo_bytes datagram)
{
    sent_to = peer;
    rig_put(ctx, datagram);
}

static void
datagrams_of_a_stack_are_packets_and_answered_to_their_sender(void **state)
{
    struct duo_bytes packet = rig_request(data, 1000, 3);
    struct duo_smp_udp udp = {
        .link = {.server = &rig.server}, .send_to = send_to, .ctx = &rig};

    (void)state;
    rig_init(&rig);
    duo_smp_udp_init(&udp);
    assert_int_equal(udp.link.answer_bytes_max, DUO_IP_UDP_BYTES_MAX);
    for (uint64_t peer = 1; peer <= RIG_PACKETS; peer++) {
        duo_smp_udp_take(&udp, peer << 40, packet);
    }
    duo_smp_udp_take(&udp, 99, packet);
    rig_expect_rc((struct duo_bytes){rig.line, rig.line_bytes}, 3,
                  DUO_SMP_RC_NO_MEMORY);
    assert_int_equal(sent_to, 99);
    for (uint64_t peer = 1; peer <= RIG_PACKETS; peer++) {
        assert_int_equal(rig_expect(&rig, packet), peer << 40);
    }
    rig.line_bytes = 0;
    duo_smp_udp_take(&udp, 7, rig_request(data, sizeof(data), 5));
    rig_expect_rc((struct duo_bytes){rig.line, rig.line_bytes}, 5,
                  DUO_SMP_RC_TOO_LARGE);
    rig.server.config.packet_bytes = 100;
    duo_smp_udp_init(&udp);
    assert_int_equal(udp.link.answer_bytes_max, 100);
    udp.link.ops->send(&udp.link, 11, packet);
    assert_int_equal(sent_to, 11);
    duo_smp_udp_take(&udp, 12, (struct duo_bytes){NULL, 0});
    assert_int_equal(rig_next(&rig)->len_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_answered_in_its_own),
        cmocka_unit_test(
            forms_may_change_between_packets_however_the_line_is_cut),
        cmocka_unit_test(a_raw_packet_too_long_is_answered_and_passed_over),
        cmocka_unit_test(without_a_buffer_the_client_is_told),
        cmocka_unit_test(a_datagram_longer_than_a_buffer_is_answered),
        cmocka_unit_test(answers_wait_for_room_in_their_worst_case),
        cmocka_unit_test(half_a_packet_is_given_up_after_a_silence),
        cmocka_unit_test(taking_nothing_does_not_end_a_silence),
        cmocka_unit_test(noise_before_a_packet_costs_only_itself),
        cmocka_unit_test(a_frame_that_noise_began_ends_when_none_is_so_long),
        cmocka_unit_test(a_ping_is_answered_if_it_is_for_us_and_fits),
        cmocka_unit_test(datagrams_for_others_are_no_packets),
        cmocka_unit_test(a_line_without_ip_is_raw_only),
        cmocka_unit_test(
            datagrams_of_a_stack_are_packets_and_answered_to_their_sender),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
