/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "duo/smp_ip.h"

/* An SMP request as another implementation of IP put it on a line: 192.0.2.1
 * port 50000 to 192.0.2.2 port 1337. */
static const uint8_t captured[] = {
    0x45, 0x00, 0x00, 0x25, 0x12, 0x34, 0x00, 0x00, 0x40, 0x11,
    0xE4, 0x90, 0xC0, 0x00, 0x02, 0x01, 0xC0, 0x00, 0x02, 0x02,
    0xC3, 0x50, 0x05, 0x39, 0x00, 0x11, 0x69, 0x3B, 0x00, 0x00,
    0x00, 0x01, 0x00, 0x01, 0xAA, 0x00, 0xA0,
};

/* Its ping, with eight bytes of data. */
static const uint8_t captured_ping[] = {
    0x45, 0x00, 0x00, 0x24, 0x00, 0x01, 0x40, 0x00, 0x40, 0x01, 0xB6, 0xD4,
    0xC0, 0x00, 0x02, 0x01, 0xC0, 0x00, 0x02, 0x02, 0x08, 0x00, 0x54, 0x35,
    0x12, 0x34, 0x00, 0x01, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
};

static const struct duo_ip_endpoint host = {DUO_IP_LINK_HOST, 50000};
static const struct duo_ip_endpoint device = {DUO_IP_LINK_DEVICE,
                                              DUO_SMP_UDP_PORT};

static struct duo_bytes view(const uint8_t *data, size_t len_bytes)
{
    return (struct duo_bytes){data, len_bytes};
}

/* The rule of RFC 1071 over a whole range, written the slow way. */
static unsigned sum_of(const uint8_t *data, size_t len_bytes)
{
    unsigned sum = 0;

    for (size_t i = 0; i < len_bytes; i += 2) {
        unsigned low = i + 1 < len_bytes ? data[i + 1] : 0;
        sum += ((unsigned)data[i] << 8) + low;
        sum = (sum & 0xFFFFU) + (sum >> 16);
    }
    return sum;
}

static void takes_a_datagram_of_another_implementation(void **state)
{
    struct duo_ip_datagram datagram;

    (void)state;
    assert_true(duo_ip_udp_decode(view(captured, sizeof(captured)), &datagram));
    assert_int_equal(datagram.from.addr, host.addr);
    assert_int_equal(datagram.from.port, host.port);
    assert_int_equal(datagram.to.addr, device.addr);
    assert_int_equal(datagram.to.port, device.port);
    assert_int_equal(datagram.data.len_bytes, 9);
    assert_ptr_equal(datagram.data.data, &captured[DUO_IP_HEADERS_BYTES]);
}

static void padding_behind_the_packet_is_no_part_of_it(void **state)
{
    uint8_t padded[sizeof(captured) + 9];
    struct duo_ip_datagram datagram;

    (void)state;
    memset(padded, 0x55, sizeof(padded));
    memcpy(padded, captured, sizeof(captured));
    assert_true(duo_ip_udp_decode(view(padded, sizeof(padded)), &datagram));
    assert_int_equal(datagram.data.len_bytes, 9);
}

static void every_length_comes_back_and_sums_to_ones(void **state)
{
    uint8_t data[DUO_IP_UDP_BYTES_MAX];
    uint8_t packet[DUO_IP_PACKET_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 7U + (i >> 8));
    }
    for (size_t len_bytes = 0; len_bytes <= sizeof(data); len_bytes++) {
        struct duo_ip_datagram sent = {device, host, view(data, len_bytes)};
        struct duo_ip_datagram got;
        size_t bytes = duo_ip_udp_encode(&sent, packet, sizeof(packet));
        assert_int_equal(bytes, len_bytes + DUO_IP_HEADERS_BYTES);
        assert_int_equal(sum_of(packet, 20), 0xFFFF);
        assert_int_not_equal(packet[26] | packet[27], 0);
        assert_true(duo_ip_udp_decode(view(packet, bytes), &got));
        assert_int_equal(got.from.addr, device.addr);
        assert_int_equal(got.to.port, host.port);
        assert_int_equal(got.data.len_bytes, len_bytes);
        assert_memory_equal(got.data.data, data, len_bytes);
    }
}

static void
data_in_its_place_is_not_copied_and_elsewhere_may_overlap(void **state)
{
    uint8_t packet[DUO_IP_HEADERS_BYTES + 100];
    struct duo_ip_datagram got;

    (void)state;
    for (size_t at = 0; at <= DUO_IP_HEADERS_BYTES; at++) {
        struct duo_ip_datagram sent = {host, device, view(packet + at, 60)};
        for (uint8_t i = 0; i < 60; i++) {
            packet[at + i] = i;
        }
        assert_int_equal(duo_ip_udp_encode(&sent, packet, sizeof(packet)), 88);
        assert_true(duo_ip_udp_decode(view(packet, 88), &got));
        for (uint8_t i = 0; i < 60; i++) {
            assert_int_equal(got.data.data[i], i);
        }
    }
}

static void a_sum_of_zero_is_written_as_ones(void **state)
{
    uint8_t packet[64];
    uint8_t data[2] = {0, 0};
    struct duo_ip_datagram sent = {host, device, view(data, 2)};
    unsigned zeros = 0;

    (void)state;
    for (unsigned word = 0; word <= 0xFFFFU; word++) {
        struct duo_ip_datagram got;
        data[0] = (uint8_t)(word >> 8);
        data[1] = (uint8_t)word;
        assert_int_equal(duo_ip_udp_encode(&sent, packet, sizeof(packet)), 30);
        assert_true(duo_ip_udp_decode(view(packet, 30), &got));
        zeros += packet[26] == 0xFF && packet[27] == 0xFF ? 1U : 0U;
        assert_false(packet[26] == 0 && packet[27] == 0);
    }
    assert_true(zeros > 0);
}

static void what_does_not_fit_is_not_encoded(void **state)
{
    static const uint8_t data[DUO_IP_UDP_BYTES_MAX + 1];
    uint8_t packet[DUO_IP_PACKET_BYTES + 1];
    struct duo_ip_datagram sent = {host, device, view(data, 10)};

    (void)state;
    assert_int_equal(duo_ip_udp_encode(&sent, packet, 37), 0);
    assert_int_equal(duo_ip_udp_encode(&sent, packet, 38), 38);
    sent.data = view(data, sizeof(data));
    assert_int_equal(duo_ip_udp_encode(&sent, packet, sizeof(packet)), 0);
}

static void every_truncation_and_every_flipped_bit_is_refused(void **state)
{
    uint8_t bad[sizeof(captured)];
    struct duo_ip_datagram datagram;

    (void)state;
    for (size_t len_bytes = 0; len_bytes < sizeof(captured); len_bytes++) {
        uint8_t part[sizeof(captured)];
        memcpy(part, captured, len_bytes);
        assert_false(duo_ip_udp_decode(view(part, len_bytes), &datagram));
    }
    for (size_t bit = 0; bit < sizeof(captured) * 8; bit++) {
        memcpy(bad, captured, sizeof(bad));
        bad[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        assert_false(duo_ip_udp_decode(view(bad, sizeof(bad)), &datagram));
    }
}

/* Set a header byte and make the header's checksum right again. */
static struct duo_bytes forged(uint8_t *packet, size_t at, uint8_t value)
{
    unsigned sum;

    memcpy(packet, captured, sizeof(captured));
    packet[at] = value;
    packet[10] = 0;
    packet[11] = 0;
    sum = ~sum_of(packet, 20);
    packet[10] = (uint8_t)(sum >> 8);
    packet[11] = (uint8_t)sum;
    return view(packet, sizeof(captured));
}

static void headers_that_lie_with_a_right_checksum_are_refused(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
    } lies[] = {
        {0, 0x65}, /* IPv6. */
        {0, 0x44}, /* A header shorter than a header. */
        {0, 0x4F}, /* One longer than the packet. */
        {2, 0x01}, /* A packet longer than what came. */
        {3, 0x13}, /* A packet shorter than its header. */
        {3, 0x1B}, /* No room for UDP's header. */
        {3, 0x24}, /* UDP's length goes beyond the packet. */
        {6, 0x20}, /* More fragments. */
        {7, 0x01}, /* A later fragment. */
        {9, 0x06}, /* TCP. */
    };
    uint8_t packet[sizeof(captured)];
    struct duo_ip_datagram datagram;

    (void)state;
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        assert_false(duo_ip_udp_decode(
            forged(packet, lies[i].at, lies[i].value), &datagram));
    }
    /* What may differ: the hops, the kind of service, the reserved flag. */
    assert_true(duo_ip_udp_decode(forged(packet, 8, 1), &datagram));
    assert_true(duo_ip_udp_decode(forged(packet, 1, 0xB8), &datagram));
    assert_true(duo_ip_udp_decode(forged(packet, 6, 0x40), &datagram));
}

static void
udp_lengths_that_lie_are_refused_without_a_checksum_too(void **state)
{
    uint8_t packet[sizeof(captured)];
    struct duo_ip_datagram datagram;

    (void)state;
    memcpy(packet, captured, sizeof(captured));
    packet[26] = 0;
    packet[27] = 0;
    assert_true(duo_ip_udp_decode(view(packet, sizeof(packet)), &datagram));
    for (unsigned value = 0; value < 0x100U; value++) {
        packet[25] = (uint8_t)value;
        assert_int_equal(
            duo_ip_udp_decode(view(packet, sizeof(packet)), &datagram),
            value >= 8 && value <= 17);
    }
}

static void options_are_passed_over(void **state)
{
    uint8_t packet[sizeof(captured) + 4];
    struct duo_ip_datagram datagram;
    unsigned sum;

    (void)state;
    memcpy(packet, captured, 20);
    memset(packet + 20, 1, 4); /* No operation. */
    memcpy(packet + 24, captured + 20, sizeof(captured) - 20);
    packet[0] = 0x46;
    packet[3] = sizeof(packet);
    packet[10] = 0;
    packet[11] = 0;
    sum = ~sum_of(packet, 24);
    packet[10] = (uint8_t)(sum >> 8);
    packet[11] = (uint8_t)sum;
    assert_true(duo_ip_udp_decode(view(packet, sizeof(packet)), &datagram));
    assert_ptr_equal(datagram.data.data, packet + 32);
    assert_int_equal(datagram.data.len_bytes, 9);
}

static void a_ping_is_turned_round(void **state)
{
    uint8_t packet[sizeof(captured_ping)];

    (void)state;
    memcpy(packet, captured_ping, sizeof(packet));
    assert_true(duo_ip_answer_ping(packet, sizeof(packet), DUO_IP_LINK_DEVICE));
    assert_int_equal(packet[20], 0);
    assert_memory_equal(&packet[12], &captured_ping[16], 4);
    assert_memory_equal(&packet[16], &captured_ping[12], 4);
    assert_memory_equal(&packet[24], &captured_ping[24], 12);
    assert_int_equal(sum_of(packet, 20), 0xFFFF);
    assert_int_equal(sum_of(packet + 20, 16), 0xFFFF);
    /* An answer is not answered. */
    assert_false(duo_ip_answer_ping(packet, sizeof(packet), DUO_IP_LINK_HOST));
}

static void a_ping_that_is_broken_or_for_another_is_left_alone(void **state)
{
    uint8_t packet[sizeof(captured_ping)];

    (void)state;
    memcpy(packet, captured_ping, sizeof(packet));
    assert_false(duo_ip_answer_ping(packet, sizeof(packet), DUO_IP_LINK_HOST));
    for (size_t bit = 0; bit < sizeof(packet) * 8; bit++) {
        uint8_t bad[sizeof(captured_ping)];
        memcpy(bad, captured_ping, sizeof(bad));
        bad[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        memcpy(packet, bad, sizeof(bad));
        assert_false(duo_ip_answer_ping(bad, sizeof(bad), DUO_IP_LINK_DEVICE));
        assert_memory_equal(bad, packet, sizeof(bad));
    }
    memcpy(packet, captured, sizeof(packet));
    assert_false(
        duo_ip_answer_ping(packet, sizeof(captured) - 1, DUO_IP_LINK_DEVICE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_datagram_of_another_implementation),
        cmocka_unit_test(padding_behind_the_packet_is_no_part_of_it),
        cmocka_unit_test(every_length_comes_back_and_sums_to_ones),
        cmocka_unit_test(
            data_in_its_place_is_not_copied_and_elsewhere_may_overlap),
        cmocka_unit_test(a_sum_of_zero_is_written_as_ones),
        cmocka_unit_test(what_does_not_fit_is_not_encoded),
        cmocka_unit_test(every_truncation_and_every_flipped_bit_is_refused),
        cmocka_unit_test(headers_that_lie_with_a_right_checksum_are_refused),
        cmocka_unit_test(
            udp_lengths_that_lie_are_refused_without_a_checksum_too),
        cmocka_unit_test(options_are_passed_over),
        cmocka_unit_test(a_ping_is_turned_round),
        cmocka_unit_test(a_ping_that_is_broken_or_for_another_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
