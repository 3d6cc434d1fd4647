/* SPDX-License-Identifier: MIT */
/* Headers, and the packets of the server as links use them. */
#include "server_rig.h"

static struct rig *rig_new(void)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    assert_non_null(rig);
    rig_init(rig, NULL, 0);
    return rig;
}

static void a_header_has_its_fields_where_the_protocol_says(void **state)
{
    static const uint8_t bytes[] = {0x0A, 0,    0x12, 0x34,
                                    0xAB, 0xCD, 0x56, 0x78};
    struct duo_smp_header header = duo_smp_header_load(bytes);
    uint8_t stored[DUO_SMP_HEADER_BYTES];

    (void)state;
    assert_int_equal(header.op, DUO_SMP_WRITE);
    assert_int_equal(header.version, DUO_SMP_V2);
    assert_int_equal(header.len_bytes, 0x1234);
    assert_int_equal(header.group, 0xABCD);
    assert_int_equal(header.sequence, 0x56);
    assert_int_equal(header.command, 0x78);
    duo_smp_header_store(&header, stored);
    assert_memory_equal(stored, bytes, sizeof(bytes));
}

static void
every_first_byte_loads_and_stores_without_its_reserved_bits(void **state)
{
    uint8_t bytes[DUO_SMP_HEADER_BYTES] = {0, 0xFF};

    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        struct duo_smp_header header;
        uint8_t stored[DUO_SMP_HEADER_BYTES];

        bytes[0] = (uint8_t)first;
        header = duo_smp_header_load(bytes);
        duo_smp_header_store(&header, stored);
        assert_int_equal(stored[0], first & 0x1FU);
        assert_int_equal(stored[1], 0);
    }
}

static void no_more_packets_are_used_than_there_is_room_to_count(void **state)
{
    static uint8_t memory[(DUO_SMP_PACKETS_MAX + 3U) * 64U];
    struct duo_smp_server_config config = {.memory = memory,
                                           .packet_bytes = 64,
                                           .packet_count =
                                               DUO_SMP_PACKETS_MAX + 2U};
    struct duo_smp_server server;
    struct duo_smp_link link = {0};
    uint8_t *data = memory;

    (void)state;
    duo_smp_server_init(&server, &config);
    for (size_t i = 0; i < DUO_SMP_PACKETS_MAX; i++) {
        struct duo_smp_packet *packet = duo_smp_packet_take(&server, &link);

        /* Each has memory of its own, and none has the answer's. */
        assert_non_null(packet);
        assert_true(packet->data > data && packet->data != server.answer);
        assert_int_equal((packet->data - memory) % 64, 0);
        data = packet->data;
    }
    assert_null(duo_smp_packet_take(&server, &link));
}

static void a_server_without_a_buffer_takes_no_packet(void **state)
{
    struct rig *rig = rig_new();
    struct duo_smp_packet *taken[RIG_PACKETS];

    (void)state;
    for (size_t i = 0; i < RIG_PACKETS; i++) {
        taken[i] = duo_smp_packet_take(&rig->server, &rig->link);
        assert_non_null(taken[i]);
        assert_int_equal(rig->server.used_count_max, i + 1);
    }
    assert_null(duo_smp_packet_take(&rig->server, &rig->link));
    /* A link that fills a packet holds up nobody: there is nothing queued. */
    assert_false(duo_smp_step(&rig->server));
    duo_smp_packet_release(&rig->server, taken[2]);
    assert_ptr_equal(duo_smp_packet_take(&rig->server, &rig->link), taken[2]);
    assert_int_equal(rig->server.used_count_max, RIG_PACKETS);
    free(rig);
}

static void the_sender_of_a_lost_packet_is_told_if_it_can_be(void **state)
{
    struct rig *rig = rig_new();
    uint8_t request[] = {0x1A, 0, 1, 2, 0, 1, 9, 1, 0xA0};
    struct duo_bytes start = {request, sizeof(request)};

    (void)state;
    duo_smp_lost(&rig->link, 42, start, DUO_SMP_RC_TOO_LARGE);
    duo_smp_lost(&rig->link, 43, start, DUO_SMP_RC_NO_MEMORY);
    assert_int_equal(rig->sent_count, 2);
    rig_check(rig, 0, request, "{'rc':7}");
    rig_check(rig, 1, request, "{'rc':2}");
    assert_int_equal(rig->sent_peer[0], 42);
    assert_int_equal(rig->sent_peer[1], 43);
    assert_int_equal(rig->server.counts.too_long, 1);
    assert_int_equal(rig->server.counts.no_buffer, 1);
    assert_int_equal(rig->server.counts.errors, 2);
    /* No header, an answer, a link that is sending: silence. */
    start.len_bytes = DUO_SMP_HEADER_BYTES - 1;
    duo_smp_lost(&rig->link, 42, start, DUO_SMP_RC_TOO_LARGE);
    start.len_bytes = sizeof(request);
    rig->is_busy = true;
    duo_smp_lost(&rig->link, 42, start, DUO_SMP_RC_TOO_LARGE);
    rig->is_busy = false;
    request[0] = 0x0B;
    duo_smp_lost(&rig->link, 42, start, DUO_SMP_RC_TOO_LARGE);
    assert_int_equal(rig->sent_count, 2);
    assert_int_equal(rig->server.counts.too_long, 4);
    free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_has_its_fields_where_the_protocol_says),
        cmocka_unit_test(
            every_first_byte_loads_and_stores_without_its_reserved_bits),
        cmocka_unit_test(no_more_packets_are_used_than_there_is_room_to_count),
        cmocka_unit_test(a_server_without_a_buffer_takes_no_packet),
        cmocka_unit_test(the_sender_of_a_lost_packet_is_told_if_it_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
