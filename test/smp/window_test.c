/* SPDX-License-Identifier: MIT */
/* Uploads with several packets in flight: answers that come twice, late or
 * never, and a user that stops at the worst moment. The device is the real
 * one; the link between is bent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calls.h"
#include "wire.h"

#define IMAGE_BYTES  30001U
#define PACKET_BYTES 512U

struct scene {
    struct wire *wire;
    struct duo_client client;
    struct duo_link_ops ops;
    const struct rig_image *image;
    uint32_t damage_packet; /* This one comes with another byte; 0: none. */
    uint32_t sent_count;
    bool stop_at_last;  /* The user stops when the last packet goes out. */
    unsigned lose_last; /* So many answers behind that are lost. */
    bool last_is_sent;
    volatile sig_atomic_t cancel;
};

/* The link's own functions know no more than the link. */
static struct scene *scene;

static bool bent_send(struct duo_link *link, struct duo_bytes packet,
                      struct duo_tool_error *error)
{
    static uint8_t copy[PACKET_BYTES];
    struct duo_bytes end = scene->image->bytes;

    assert_true(packet.len_bytes <= sizeof(copy));
    memcpy(copy, packet.data, packet.len_bytes);
    scene->sent_count++;
    if (scene->sent_count == scene->damage_packet) {
        copy[packet.len_bytes - 1U] ^= 1U;
    }
    if (packet.len_bytes > 16U &&
        memcmp(packet.data + packet.len_bytes - 16U,
               end.data + end.len_bytes - 16U, 16U) == 0) {
        scene->last_is_sent = true;
        scene->cancel = scene->stop_at_last;
    }
    return double_end_host_ops.send(
        link, (struct duo_bytes){copy, packet.len_bytes}, error);
}

static enum duo_link_result bent_receive(struct duo_link *link,
                                         uint64_t deadline_us,
                                         struct duo_bytes *packet,
                                         struct duo_tool_error *error)
{
    enum duo_link_result result;

    do {
        result = double_end_host_ops.receive(link, deadline_us, packet, error);
    } while (result == DUO_LINK_PACKET && scene->last_is_sent &&
             scene->lose_last != 0 && scene->lose_last-- != 0);
    return result;
}

static int set_up(void **state)
{
    const struct wire_options options = {.coding = DOUBLE_PACKETS, .seed = 1};
    struct duo_tool_error error;
    const struct rig_image *old[2];

    (void)state;
    scene = calloc(1, sizeof(*scene));
    assert_non_null(scene);
    scene->wire = wire_create(&options);
    for (unsigned i = 0; i < 2; i++) {
        const struct rig_image_spec spec = {.core = (enum duo_core)i,
                                            .minor = 1,
                                            .total_bytes = 6000,
                                            .seed = i};
        old[i] = rig_make(&scene->wire->rig, &spec);
    }
    scene->image = rig_make(&scene->wire->rig,
                            &(struct rig_image_spec){.core = DUO_CORE_APP,
                                                     .minor = 2,
                                                     .total_bytes = IMAGE_BYTES,
                                                     .seed = 7});
    wire_factory(scene->wire, old[0], old[1]);
    scene->ops = double_end_host_ops;
    scene->ops.send = bent_send;
    scene->ops.receive = bent_receive;
    scene->wire->end.link.ops = &scene->ops;
    assert_true(scene->ops.open(&scene->wire->end.link, &error));
    duo_client_init(&scene->client, &scene->wire->end.link);
    scene->client.cancel = &scene->cancel;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    wire_destroy(scene->wire);
    free(scene);
    return 0;
}

static bool upload(struct duo_client_upload *upload,
                   struct duo_tool_error *error)
{
    *upload = (struct duo_client_upload){.file = scene->image->bytes,
                                         .image_index = -1,
                                         .packet_bytes_max = PACKET_BYTES};
    return duo_client_upload(&scene->client, upload, error);
}

static void assert_staged(void)
{
    struct duo_slots slots;

    duo_native_slots(scene->wire->rig.board, &slots);
    assert_memory_equal(scene->wire->rig.board->ext->data +
                            slots.staged[DUO_CORE_APP].off_bytes,
                        scene->image->bytes.data,
                        scene->image->bytes.len_bytes);
}

static void answers_that_come_twice_are_taken_once(void **state)
{
    struct duo_client_upload done;
    struct duo_tool_error error;

    (void)state;
    scene->wire->end.to_host.faults.twice = 1000;
    assert_true(upload(&done, &error));
    assert_staged();
    assert_int_equal(done.progress.resent_packets, 0);
    assert_true(scene->client.counts.stale > 20);
}

/* The answer behind a lost one tells of both packets: nothing is sent again
 * but where a whole window of answers was lost. */
static void lost_answers_cost_few_packets(void **state)
{
    struct duo_client_upload done;
    struct duo_tool_error error;

    (void)state;
    scene->wire->end.to_host.faults.drop = 150;
    assert_true(upload(&done, &error));
    assert_staged();
    assert_true(scene->wire->end.to_host.fault_count > 4);
    assert_in_range(done.progress.resent_packets, 0, 3);
}

/* The first packet behind the loss is sent again, and what was in flight. */
static void a_lost_packet_costs_a_window(void **state)
{
    struct duo_client_upload done;
    struct duo_tool_error error;

    (void)state;
    scene->wire->end.to_device.faults.drop = 60;
    assert_true(upload(&done, &error));
    assert_staged();
    assert_true(scene->wire->end.to_device.fault_count > 2);
    assert_in_range(done.progress.resent_packets, 1,
                    4U * scene->wire->end.to_device.fault_count);
}

static void a_late_answer_that_all_is_there_ends_the_upload(void **state)
{
    struct duo_client_upload done;
    struct duo_tool_error error;

    (void)state;
    /* Answers take their time, so that a whole window is in flight. */
    scene->wire->end.to_host.faults.late = 1000;
    scene->wire->end.to_host.faults.delay_us_max = 100000;
    scene->wire->end.to_host.faults.keeps_order = true;
    scene->lose_last = 4;
    if (!upload(&done, &error)) {
        fail_msg("%s", error.text);
    }
    assert_true(done.has_match);
    assert_int_equal(scene->lose_last, 0);
    assert_staged();
}

static void a_stop_at_a_wrong_digest_is_no_success(void **state)
{
    struct duo_client_upload done;
    struct duo_tool_error error;

    (void)state;
    scene->damage_packet = 20;
    scene->stop_at_last = true;
    assert_false(upload(&done, &error));
    assert_int_equal(scene->client.failure.kind, DUO_CLIENT_CANCELLED);
    scene->cancel = 0;
    scene->stop_at_last = false;
    assert_true(upload(&done, &error));
    assert_int_equal(done.progress.resumed_bytes, 0);
    assert_staged();
}

#define SCENE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(answers_that_come_twice_are_taken_once),
        SCENE(lost_answers_cost_few_packets),
        SCENE(a_lost_packet_costs_a_window),
        SCENE(a_late_answer_that_all_is_there_ends_the_upload),
        SCENE(a_stop_at_a_wrong_digest_is_no_success),
    };

    return cmocka_run_group_tests_name("smp_window", tests, NULL, NULL);
}
