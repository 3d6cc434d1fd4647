/* SPDX-License-Identifier: MIT */
/* Damaged requests: whatever becomes of one, the server answers or drops it,
 * and goes on. Under the address sanitizer every packet lies in a block of
 * its own length. */
#include "server_rig.h"

#include "known_requests.h"

static const uint32_t number = 7;
static const struct duo_smp_stat stats[] = {
    {"n", &number}
};
static const struct duo_smp_stat_set sets[] = {
    {"smp_svr_stats", stats, 1}
};
static const struct duo_smp_os_names names = {.kernel = "k", .node = "n"};

struct product {
    struct rig rig;
    struct duo_smp_os os;
    struct duo_smp_stats stats;
    struct duo_smp_group groups[3];
};

static struct product *product_new(void)
{
    struct product *product = calloc(1, sizeof(*product));

    assert_non_null(product);
    product->os = (struct duo_smp_os){.server = &product->rig.server,
                                      .clock = &product->rig.clock,
                                      .names = &names};
    product->stats = (struct duo_smp_stats){sets, COUNT(sets)};
    product->groups[0] =
        (struct duo_smp_group){&duo_smp_os_group, &product->os};
    product->groups[1] =
        (struct duo_smp_group){&duo_smp_stat_group, &product->stats};
    product->groups[2] =
        (struct duo_smp_group){&duo_smp_enum_group, &product->rig.server};
    rig_init(&product->rig, product->groups, COUNT(product->groups));
    return product;
}

/* The packet is answered or counted as dropped; answers are well-formed; no
 * buffer is kept. */
static void check_served(struct rig *rig, const uint8_t *packet,
                         size_t len_bytes)
{
    struct duo_smp_packet *taken =
        duo_smp_packet_take(&rig->server, &rig->link);
    uint8_t *whole = taken->data;
    uint8_t *exact = malloc(len_bytes + 1U);
    uint32_t malformed = rig->server.counts.malformed;
    char text[RIG_TEXT_CHARS];

    assert_non_null(exact);
    memcpy(exact + 1, packet, len_bytes);
    taken->data = exact + 1;
    rig->sent_count = 0;
    duo_smp_packet_queue(&rig->server, taken, len_bytes, 0);
    rig_run(rig);
    taken->data = whole;
    free(exact);
    assert_int_equal(taken->state, DUO_SMP_PACKET_FREE);
    assert_true(rig->sent_count + (rig->server.counts.malformed - malformed) >=
                1);
    for (size_t i = 0; i < rig->sent_count; i++) {
        assert_int_equal(rig->sent[i][0] & 0xF5U, 1);
        rig_to_text(
            (struct duo_bytes){rig->sent[i] + DUO_SMP_HEADER_BYTES,
                               rig->sent_bytes[i] - DUO_SMP_HEADER_BYTES},
            text);
    }
}

static void known_requests_are_no_errors(void **state)
{
    struct product *product = product_new();
    uint8_t packet[RIG_PACKET_BYTES];

    (void)state;
    for (size_t i = 0; i < KNOWN_REQUESTS; i++) {
        check_served(&product->rig, packet,
                     rig_from_hex(known_requests[i], packet));
        assert_int_equal(product->rig.server.counts.malformed, 0);
    }
    /* The date was not set yet, and this board has no tasks. */
    assert_int_equal(product->rig.server.counts.errors, 2);
    free(product);
}

static void every_beginning_of_a_request_is_answered_or_dropped(void **state)
{
    struct product *product = product_new();
    uint8_t packet[RIG_PACKET_BYTES];

    (void)state;
    for (size_t i = 0; i < KNOWN_REQUESTS; i++) {
        size_t whole_bytes = rig_from_hex(known_requests[i], packet);

        for (size_t len_bytes = 0; len_bytes < whole_bytes; len_bytes++) {
            check_served(&product->rig, packet, len_bytes);
        }
    }
    free(product);
}

static void every_change_of_a_byte_is_answered_or_dropped(void **state)
{
    struct product *product = product_new();
    uint8_t packet[RIG_PACKET_BYTES];

    (void)state;
    for (size_t i = 0; i < KNOWN_REQUESTS; i++) {
        size_t len_bytes = rig_from_hex(known_requests[i], packet);

        for (size_t at = 0; at < len_bytes; at++) {
            uint8_t before = packet[at];

            for (unsigned value = 0; value < 256; value++) {
                packet[at] = (uint8_t)value;
                check_served(&product->rig, packet, len_bytes);
            }
            packet[at] = before;
        }
    }
    /* It still works. */
    rig_ask(&product->rig, "0a00000600000100a16164626869", "{'r':'hi'}");
    free(product);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_requests_are_no_errors),
        cmocka_unit_test(every_beginning_of_a_request_is_answered_or_dropped),
        cmocka_unit_test(every_change_of_a_byte_is_answered_or_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
