/* SPDX-License-Identifier: MIT */
/* Our own group of the server: what it tells is what is on the flashes. */
#include "duo/smp_duoboot.h"
#include "upload_rig.h"

#define APP DUO_CORE_APP
#define NET DUO_CORE_NET

struct scene {
    struct bench bench;
    struct duo_smp_duoboot duoboot;
    struct duo_smp_net_health health;
    uint8_t log_ring[64];
    uint32_t log_count;
    struct duo_smp_log log;
    const struct rig_image *net;
    size_t answer_bytes;
};

static struct scene scene;
static struct bench *const bench = &scene.bench;

static void tell_net(void *ctx, struct duo_smp_net_health *health)
{
    (void)ctx;
    *health = scene.health;
}

static int set_up(void **state)
{
    static const uint32_t changed[] = {3, 7};
    const struct rig_image_spec next = {.core = NET,
                                        .minor = 2,
                                        .total_bytes = 60000,
                                        .seed = 5,
                                        .changed_units = changed,
                                        .changed_count = 2,
                                        .change_seed = 6};
    struct rig_image_spec first = next;

    (void)state;
    memset(&scene, 0, sizeof(scene));
    bench_create(bench);
    first.minor = 1;
    first.changed_count = 0;
    const struct rig_image *app = bench_make(bench, APP, 1, 30000);
    rig_factory(&bench->rig, app, rig_make(&bench->rig, &first));
    scene.net = rig_make(&bench->rig, &next);
    bench_start(bench);
    scene.log = (struct duo_smp_log){scene.log_ring, sizeof(scene.log_ring),
                                     &scene.log_count};
    scene.duoboot = (struct duo_smp_duoboot){.image = &bench->image,
                                             .layout = &duo_layout_nrf5340dk,
                                             .net = tell_net,
                                             .log = &scene.log};
    scene.answer_bytes = sizeof(bench->answer);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bench_destroy(bench);
    return 0;
}

static void ask(enum duo_smp_duoboot_command command, uint32_t from)
{
    struct duo_cbor_writer map = bench_begin(bench);
    struct duo_smp_request *request = &bench->request;
    duo_smp_handler handler = NULL;

    for (unsigned i = 0; i < duo_smp_duoboot_group.command_count; i++) {
        if (duo_smp_duoboot_group.commands[i].id == command) {
            handler = duo_smp_duoboot_group.commands[i].read;
        }
    }
    if (handler == NULL) {
        fail();
        return;
    }
    duo_cbor_put_uint(&map, "from", from);
    duo_cbor_end(&map);
    memset(request, 0, sizeof(*request));
    request->header.group = DUO_SMP_GROUP_DUOBOOT;
    request->payload = (struct duo_cbor_input){bench->packet, map.len_bytes};
    request->answer = (struct duo_cbor_writer){
        .data = bench->answer, .room_bytes = scene.answer_bytes};
    duo_cbor_begin_map(&request->answer);
    for (unsigned i = 0; handler(&scene.duoboot, request) == DUO_SMP_AGAIN;
         i++) {
        assert_true(i < 10000);
        (void)bench_turn(bench);
    }
    duo_cbor_end(&request->answer);
}

static struct duo_bytes array(const char *key)
{
    struct duo_cbor_field field = {.key = key, .kind = DUO_CBOR_ARRAY};
    const struct duo_cbor_input input = {bench->answer,
                                         bench->request.answer.len_bytes};

    assert_int_equal(bench->request.error, 0);
    assert_false(bench->request.answer.overflow);
    assert_true(duo_cbor_read_map(input, &field, 1));
    assert_true(field.found);
    return field.bytes;
}

/* The next map of an array: its fields. False: there is none. */
static bool next_map(struct duo_bytes *items, struct duo_cbor_field *fields,
                     size_t count)
{
    /* They lie in the answer, which may be written to. */
    struct duo_cbor_input input = {
        bench->answer + (items->data - bench->answer), items->len_bytes};

    if (items->len_bytes == 0) {
        return false;
    }
    input.len_bytes = duo_cbor_item_bytes(input);
    assert_true(input.len_bytes != 0);
    assert_true(duo_cbor_read_map(input, fields, count));
    items->data += input.len_bytes;
    items->len_bytes -= input.len_bytes;
    return true;
}

static bool is_text(const struct duo_cbor_field *field, const char *text)
{
    return field->found && field->bytes.len_bytes == strlen(text) &&
           memcmp(field->bytes.data, text, strlen(text)) == 0;
}

static void install_net(void)
{
    const struct load load = bench_load_of(bench, scene.net, 1000);

    bench_load_well(bench, &load);
    assert_true(bench_write_state(bench, scene.net->digest, true));
}

/* Whatever fits into an answer: all entries come, in order, in words. */
static void the_journal_comes_in_pieces(void **state)
{
    static const size_t rooms[] = {sizeof(bench->answer), 700, 400};

    (void)state;
    install_net();
    bench_boot(bench);
    for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
        uint32_t from = 0;
        uint32_t count = 0;
        bool told = false;
        scene.answer_bytes = rooms[i];
        for (;;) {
            struct duo_cbor_field fields[] = {
                {.key = "seq",     .kind = DUO_CBOR_UINT},
                {.key = "name",    .kind = DUO_CBOR_TEXT},
                {.key = "text",    .kind = DUO_CBOR_TEXT},
                {.key = "core",    .kind = DUO_CBOR_UINT},
                {.key = "version", .kind = DUO_CBOR_TEXT},
            };
            ask(DUO_SMP_DUOBOOT_JOURNAL, from);
            struct duo_bytes items = array("entries");
            if (items.len_bytes == 0) {
                assert_int_equal(bench_field(bench, "next", DUO_CBOR_UINT),
                                 from);
                break;
            }
            while (next_map(&items, fields, 5)) {
                assert_int_equal(fields[0].number, ++count);
                assert_true(fields[2].bytes.len_bytes > 10);
                told = told || (is_text(&fields[1], "installed-permanent") &&
                                fields[3].number == NET &&
                                is_text(&fields[4], "1.2.0"));
            }
            from = (uint32_t)bench_field(bench, "next", DUO_CBOR_UINT);
            assert_int_equal(from, count + 1U);
        }
        assert_true(told);
        assert_true(count >= 3);
    }
}

static void an_entry_that_does_not_fit_is_no_end_of_the_journal(void **state)
{
    (void)state;
    scene.answer_bytes = 60;
    ask(DUO_SMP_DUOBOOT_JOURNAL, 0);
    assert_true(bench->request.answer.overflow);
}

static void the_map_has_every_partition_and_its_fill(void **state)
{
    const struct duo_layout *layout = &duo_layout_nrf5340dk;
    uint32_t from = 0;

    (void)state;
    install_net();
    scene.answer_bytes = 500;
    while (from < DUO_PARTITION_COUNT) {
        struct duo_cbor_field fields[] = {
            {.key = "name", .kind = DUO_CBOR_TEXT},
            {.key = "addr", .kind = DUO_CBOR_UINT},
            {.key = "size", .kind = DUO_CBOR_UINT},
            {.key = "used", .kind = DUO_CBOR_UINT},
        };
        ask(DUO_SMP_DUOBOOT_MAP, from);
        struct duo_bytes items = array("partitions");
        while (next_map(&items, fields, 4)) {
            assert_true(is_text(&fields[0], layout->partitions[from].name));
            assert_int_equal(fields[1].number, layout->partitions[from].addr);
            assert_int_equal(fields[2].number,
                             layout->partitions[from].size_bytes);
            if (from == DUO_PARTITION_NET_STAGED) {
                assert_int_equal(fields[3].number, scene.net->bytes.len_bytes);
            }
            if (from == DUO_PARTITION_APP_STAGED) {
                assert_int_equal(fields[3].number, 0);
            }
            if (from == DUO_PARTITION_JOURNAL) {
                assert_true(fields[3].number >= 32);
            }
            assert_int_equal(fields[3].found,
                             from == DUO_PARTITION_JOURNAL ||
                                 (from >= DUO_PARTITION_NET_ACTIVE &&
                                  from <= DUO_PARTITION_NET_BACKUP) ||
                                 from == DUO_PARTITION_APP_ACTIVE);
            from++;
        }
        assert_int_equal(bench_field(bench, "next", DUO_CBOR_UINT), from);
    }
}

static void the_install_is_estimated_by_what_changes(void **state)
{
    struct duo_cbor_field fields[] = {
        {.key = "image",   .kind = DUO_CBOR_UINT},
        {.key = "changed", .kind = DUO_CBOR_UINT},
        {.key = "ms",      .kind = DUO_CBOR_UINT},
    };

    (void)state;
    ask(DUO_SMP_DUOBOOT_INSTALL, 0);
    struct duo_bytes items = array("pending");
    assert_int_equal(items.len_bytes, 0);
    assert_int_equal(bench_field(bench, "ms", DUO_CBOR_UINT), 0);
    install_net();
    ask(DUO_SMP_DUOBOOT_INSTALL, 0);
    items = array("pending");
    assert_true(next_map(&items, fields, 3));
    assert_int_equal(fields[0].number, NET);
    /* Two of them on purpose; the header's version and the signature. */
    assert_int_equal(fields[1].number, 4);
    assert_int_equal(fields[2].number, 876); /* 4 x 219 ms */
    assert_false(next_map(&items, fields, 3));
    assert_true(bench_field(bench, "ms", DUO_CBOR_UINT) > 876);
}

static void the_network_cores_health_is_passed_on(void **state)
{
    (void)state;
    scene.health.held = true;
    ask(DUO_SMP_DUOBOOT_NET, 0);
    assert_int_equal(bench_field(bench, "held", DUO_CBOR_BOOL), 1);
    assert_int_equal(bench_field(bench, "beats", DUO_CBOR_UINT), -1);
    scene.health = (struct duo_smp_net_health){
        .well = true, .seen = true, .beat_count = 7, .uptime_ms = 9000};
    ask(DUO_SMP_DUOBOOT_NET, 0);
    assert_int_equal(bench_field(bench, "well", DUO_CBOR_BOOL), 1);
    assert_int_equal(bench_field(bench, "beats", DUO_CBOR_UINT), 7);
    assert_int_equal(bench_field(bench, "uptime", DUO_CBOR_UINT), 9000);
    scene.duoboot.net = NULL;
    ask(DUO_SMP_DUOBOOT_NET, 0);
    assert_int_equal(bench->request.error, DUO_SMP_RC_NOT_SUPPORTED);
}

static void log_bytes(uint32_t until)
{
    for (; scene.log_count != until; scene.log_count++) {
        scene.log_ring[scene.log_count % sizeof(scene.log_ring)] =
            (uint8_t)(scene.log_count * 7U);
    }
}

/* From any count on. */
static void the_log_is_read_byte_for_byte(void **state)
{
    static const uint32_t starts[] = {0, 30, 200, 5000};

    (void)state;
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        struct duo_cbor_field text = {.key = "text", .kind = DUO_CBOR_BYTES};
        scene.log_count = starts[i] > 100 ? starts[i] - 100U : 0U;
        log_bytes(starts[i] + 40U);
        uint32_t from = starts[i];
        while (from != scene.log_count) {
            ask(DUO_SMP_DUOBOOT_LOG, from);
            const struct duo_cbor_input input = {
                bench->answer, bench->request.answer.len_bytes};
            assert_true(duo_cbor_read_map(input, &text, 1));
            assert_true(text.bytes.len_bytes != 0);
            for (size_t at = 0; at < text.bytes.len_bytes; at++, from++) {
                assert_int_equal(text.bytes.data[at], (uint8_t)(from * 7U));
            }
            assert_int_equal(bench_field(bench, "next", DUO_CBOR_UINT), from);
        }
    }
    scene.log_count = 1000;
    ask(DUO_SMP_DUOBOOT_LOG, 3); /* Gone long ago. */
    assert_int_equal(bench_field(bench, "first", DUO_CBOR_UINT), 1000 - 64);
    ask(DUO_SMP_DUOBOOT_LOG, 1000);
    assert_int_equal(bench_field(bench, "next", DUO_CBOR_UINT), 1000);
}

static void an_unfinished_upload_is_told_also_after_a_reset(void **state)
{
    const struct load load = bench_load_of(bench, scene.net, 1000);

    (void)state;
    ask(DUO_SMP_DUOBOOT_UPLOAD, 0);
    assert_int_equal(bench_field(bench, "off", DUO_CBOR_UINT), -1);
    for (uint32_t off = 0; off < 20000; off += 1000) {
        assert_true(bench_chunk(bench, &load, off));
    }
    ask(DUO_SMP_DUOBOOT_UPLOAD, 0);
    assert_int_equal(bench_field(bench, "off", DUO_CBOR_UINT), 20000);
    assert_int_equal(bench_field(bench, "image", DUO_CBOR_UINT), NET);
    bench_rest(bench);
    bench_start(bench);
    ask(DUO_SMP_DUOBOOT_UPLOAD, 0);
    assert_int_equal(bench_field(bench, "off", DUO_CBOR_UINT), 16384);
    assert_int_equal(bench_field(bench, "image", DUO_CBOR_UINT), NET);
    assert_int_equal(bench_field(bench, "len", DUO_CBOR_UINT),
                     scene.net->bytes.len_bytes);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(the_journal_comes_in_pieces),
        RULE(an_entry_that_does_not_fit_is_no_end_of_the_journal),
        RULE(the_map_has_every_partition_and_its_fill),
        RULE(the_install_is_estimated_by_what_changes),
        RULE(the_network_cores_health_is_passed_on),
        RULE(the_log_is_read_byte_for_byte),
        RULE(an_unfinished_upload_is_told_also_after_a_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
