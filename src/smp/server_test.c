/* SPDX-License-Identifier: MIT */
/* The server: what it answers, to whom, in which order, and what it drops. */
#include "server_rig.h"

/* A group of the tests. Its context is how often a handler says AGAIN. */
struct probe {
    unsigned again;
    unsigned calls;
    size_t fill_bytes;
};

static enum duo_smp_outcome plain(void *ctx, struct duo_smp_request *request)
{
    (void)ctx;
    duo_cbor_put_uint(&request->answer, "n", request->header.sequence);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome slow(void *ctx, struct duo_smp_request *request)
{
    struct probe *probe = ctx;

    assert_int_equal(request->step, probe->calls);
    probe->calls++;
    request->step++;
    if (request->step <= probe->again) {
        return DUO_SMP_AGAIN;
    }
    duo_cbor_put_uint(&request->answer, "steps", request->step);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome refused(void *ctx, struct duo_smp_request *request)
{
    struct duo_cbor_field fields[] = {
        {.key = "e", .kind = DUO_CBOR_UINT},
        {.key = "r", .kind = DUO_CBOR_UINT},
    };

    (void)ctx;
    duo_cbor_put_uint(&request->answer, "dropped", 1);
    if (!duo_smp_read(request, fields, 2)) {
        return DUO_SMP_DONE;
    }
    if (fields[0].found) {
        duo_smp_refuse(request, (uint16_t)fields[0].number);
    } else {
        duo_smp_refuse_reason(request, (enum duo_reason)fields[1].number);
    }
    return DUO_SMP_DONE;
}

/* Fills the answer with as many bytes of text as the test wants. */
static enum duo_smp_outcome fill(void *ctx, struct duo_smp_request *request)
{
    static uint8_t text[RIG_PACKET_BYTES];
    const struct probe *probe = ctx;

    memset(text, 'x', sizeof(text));
    duo_cbor_put_text_bytes(&request->answer, "t",
                            (struct duo_bytes){text, probe->fill_bytes});
    return DUO_SMP_DONE;
}

static const struct duo_smp_command commands[] = {
    {.id = 0,   .read = plain,   .write = plain},
    {.id = 1,   .read = NULL,    .write = slow },
    {.id = 2,   .read = refused, .write = NULL },
    {.id = 3,   .read = fill,    .write = NULL },
    {.id = 200, .read = plain,   .write = NULL },
};

static const uint8_t error_rc[] = {DUO_SMP_RC_OK, DUO_SMP_RC_UNKNOWN,
                                   DUO_SMP_RC_INVALID, DUO_SMP_RC_OK};

static const struct duo_smp_group_type probe_type = {
    .id = 64,
    .name = "probe",
    .commands = commands,
    .command_count = COUNT(commands),
    .error_count = sizeof(error_rc),
    .error_rc = error_rc,
};

struct bench {
    struct rig rig;
    struct probe probe;
    struct duo_smp_group groups[1];
};

static struct bench *bench_new(void)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    bench->groups[0] = (struct duo_smp_group){&probe_type, &bench->probe};
    rig_init(&bench->rig, bench->groups, 1);
    return bench;
}

struct exchange {
    const char *request;
    const char *answer;
};

static void every_request_gets_the_answer_of_its_version(void **state)
{
    /* clang-format off */
    static const struct exchange rows[] = {
        {"0000000100400700a0", "{'n':7}"},
        {"0800000100400700a0", "{'n':7}"},
        {"020000010040ff00a0", "{'n':255}"},
        {"0a00000200400000bfff", "{'n':0}"},
        {"0800000000400100", "{'n':1}"}, /* No payload: an empty map. */
        {"08ff0000004002c8", "{'n':2}"}, /* Flags are ignored. */
        {"e800000000400300", "{'n':3}"}, /* Reserved bits, too. */
  /* Errors of the protocol are flat in both versions. */
        {"0000000000410000", "{'rc':8}"},
        {"0800000000410000", "{'rc':8}"},
        {"0800000000400004", "{'rc':8}"},
        {"0800000000400001", "{'rc':8}"}, /* Write only. */
        {"0a000000004000c8", "{'rc':8}"}, /* Read only. */
        {"1000000000400000", "{'rc':13}"},
        {"1a00000000400000", "{'rc':13}"},
        {"0800000100400000", "{'rc':9}"},
        {"0000ffff00400000a0", "{'rc':9}"},
        {"0800000100400000a1", "{'rc':3}"},
        {"080000010040000000", "{'rc':3}"},
        {"0800000200400000a0a0", "{'rc':3}"},
        {"0800000400400002a1616560", "{'rc':3}"},
        {"0800000400400002a1616520", "{'rc':3}"},
 /* Errors of groups; 9 is beyond the table, 3 is a hole in it. */
        {"0800000400400002a1616502", "{'err':{'group':64,'rc':2}}"},
        {"0000000400400002a1616502", "{'rc':3}"},
        {"0000000400400002a1616503", "{'rc':1}"},
        {"0000000400400002a1616509", "{'rc':1}"},
        {"0800000500400002a16165187f", "{'err':{'group':64,'rc':127}}"},
 /* 25 is a downgrade. */
        {"0800000500400002a161721819", "{'err':{'group':77,'rc':25}}"},
        {"0000000500400002a161721819", "{'rc':1,'rsn':'downgrade'}"},
    };
    /* clang-format on */
    struct bench *bench = bench_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        rig_ask(&bench->rig, rows[i].request, rows[i].answer);
    }
    free(bench);
}

static void what_is_no_request_is_dropped_and_counted(void **state)
{
    static const char *const rows[] = {
        "",                 /* Nothing. */
        "08000000004000",   /* No whole header. */
        "0900000000400000", /* An answer. */
        "0100000100400000a0",
        "0b00000000400000",
        "0c00000000400000", /* Ops that are none. */
        "0d00000000400000",
        "0e00000000400000",
        "0f00000000400000",
    };
    struct bench *bench = bench_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        rig_queue_hex(&bench->rig, rows[i]);
        rig_run(&bench->rig);
        assert_int_equal(bench->rig.sent_count, 0);
        assert_int_equal(bench->rig.server.counts.malformed, i + 1);
        assert_int_equal(bench->rig.server.counts.requests, 0);
    }
    /* None holds its buffer. */
    rig_ask(&bench->rig, "0800000000400500", "{'n':5}");
    assert_int_equal(bench->rig.server.counts.answers, 1);
    assert_int_equal(bench->rig.server.counts.errors, 0);
    free(bench);
}

static void
requests_in_one_packet_are_answered_up_to_the_first_error(void **state)
{
    uint8_t first[] = {0x08, 0, 0, 0, 0, 64, 1, 0};
    uint8_t second[] = {0x02, 0, 0, 1, 0, 64, 2, 0};
    uint8_t third[] = {0x08, 0, 0, 0, 0, 64, 3, 99};
    struct bench *bench = bench_new();

    (void)state;
    rig_queue_hex(&bench->rig, "0800000000400100"
                               "0200000100400200a0"
                               "0800000000400363"
                               "0800000000400400");
    rig_run(&bench->rig);
    assert_int_equal(bench->rig.sent_count, 3);
    rig_check(&bench->rig, 0, first, "{'n':1}");
    rig_check(&bench->rig, 1, second, "{'n':2}");
    rig_check(&bench->rig, 2, third, "{'rc':8}");
    assert_int_equal(bench->rig.server.counts.requests, 3);
    assert_int_equal(bench->rig.server.counts.errors, 1);

    /* What is left is no header. */
    bench->rig.sent_count = 0;
    rig_queue_hex(&bench->rig, "0800000000400100080000");
    rig_run(&bench->rig);
    assert_int_equal(bench->rig.sent_count, 1);
    rig_check(&bench->rig, 0, first, "{'n':1}");
    assert_int_equal(bench->rig.server.counts.malformed, 1);
    free(bench);
}

static void packets_are_answered_in_the_order_of_their_arrival(void **state)
{
    struct bench *bench = bench_new();
    struct rig *rig = &bench->rig;
    uint8_t request[] = {0x08, 0, 0, 0, 0, 64, 0, 0};

    (void)state;
    rig->server.next_order = UINT32_MAX - 2U; /* And where numbers wrap. */
    for (unsigned i = 0; i < 60; i += 3) {
        rig->sent_count = 0;
        for (unsigned j = 0; j < 3; j++) {
            request[6] = (uint8_t)(i + j);
            assert_true(rig_queue(
                rig, (struct duo_bytes){request, sizeof(request)}, 100U + j));
        }
        rig_run(rig);
        assert_int_equal(rig->sent_count, 3);
        for (unsigned j = 0; j < 3; j++) {
            assert_int_equal(rig->sent[j][6], i + j);
            assert_int_equal(rig->sent_peer[j], 100U + j);
        }
    }
    free(bench);
}

static void nobody_else_is_served_while_a_handler_goes_on(void **state)
{
    struct bench *bench = bench_new();
    struct rig *rig = &bench->rig;
    uint8_t slow_request[] = {0x0A, 0, 0, 0, 0, 64, 1, 1};
    uint8_t request[] = {0x08, 0, 0, 0, 0, 64, 2, 0};

    (void)state;
    bench->probe.again = 5;
    rig_queue_hex(rig, "0a00000000400101");
    for (unsigned i = 1; i <= 5; i++) {
        assert_true(duo_smp_step(&rig->server));
        assert_int_equal(bench->probe.calls, i);
        assert_int_equal(rig->sent_count, 0);
        if (i == 2) {
            rig_queue_hex(rig, "0800000000400200"); /* Is taken all the same. */
        }
    }
    rig_run(rig);
    assert_int_equal(rig->sent_count, 2);
    rig_check(rig, 0, slow_request, "{'steps':6}");
    rig_check(rig, 1, request, "{'n':2}");
    free(bench);
}

static void an_answer_waits_until_its_link_is_ready(void **state)
{
    struct bench *bench = bench_new();
    struct rig *rig = &bench->rig;

    (void)state;
    rig->is_busy = true;
    rig_queue_hex(rig, "0800000000400200");
    for (int i = 0; i < 10; i++) {
        assert_false(duo_smp_step(&rig->server));
    }
    assert_int_equal(rig->sent_count, 0);
    rig->is_busy = false;
    rig_run(rig);
    assert_int_equal(rig->sent_count, 1);
    rig_run(rig);
    assert_int_equal(rig->sent_count, 1);
    free(bench);
}

static void an_answer_that_does_not_fit_is_refused(void **state)
{
    /* Header, open map, "t", a text head of two bytes, the break. */
    const size_t frame_bytes = 8 + 1 + 2 + 2 + 1;
    struct bench *bench = bench_new();
    struct rig *rig = &bench->rig;
    uint8_t request[] = {0x08, 0, 0, 0, 0, 64, 2, 3};

    (void)state;
    rig->link.answer_bytes_max = 100;
    for (size_t over = 0; over <= 3; over++) {
        bench->probe.fill_bytes = 100 - frame_bytes + over;
        rig->sent_count = 0;
        rig_queue_hex(rig, "0800000000400203");
        rig_run(rig);
        assert_int_equal(rig->sent_count, 1);
        if (over == 0) {
            assert_int_equal(rig->sent_bytes[0], 100);
        } else {
            rig_check(rig, 0, request, "{'rc':7}");
        }
    }
    /* The server's own buffer is a limit, too; here with a longer text head. */
    rig->link.answer_bytes_max = SIZE_MAX;
    bench->probe.fill_bytes = RIG_PACKET_BYTES - frame_bytes - 1;
    rig->sent_count = 0;
    rig_queue_hex(rig, "0800000000400203");
    rig_run(rig);
    assert_int_equal(rig->sent_bytes[0], RIG_PACKET_BYTES);
    bench->probe.fill_bytes++;
    rig_ask(rig, "0800000000400203", "{'rc':7}");
    /* Even the error is longer than this link allows: better than silence. */
    for (size_t max = 0; max < 16; max++) {
        rig->link.answer_bytes_max = max;
        rig_ask(rig, "0800000000400203", "{'rc':7}");
    }
    free(bench);
}

static void a_loss_leaves_the_answer_that_is_being_made_alone(void **state)
{
    struct bench *bench = bench_new();
    struct rig *rig = &bench->rig;
    uint8_t slow_request[] = {0x0A, 0, 0, 0, 0, 64, 1, 1};
    uint8_t request[] = {0x08, 0, 0, 0, 0, 64, 9, 0};

    (void)state;
    bench->probe.again = 3;
    rig_queue_hex(rig, "0a00000000400101");
    assert_true(duo_smp_step(&rig->server));
    duo_smp_lost(&rig->link, 0, (struct duo_bytes){request, sizeof(request)},
                 DUO_SMP_RC_NO_MEMORY);
    rig_run(rig);
    assert_int_equal(rig->sent_count, 2);
    rig_check(rig, 0, request, "{'rc':2}");
    rig_check(rig, 1, slow_request, "{'steps':4}");
    free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_gets_the_answer_of_its_version),
        cmocka_unit_test(what_is_no_request_is_dropped_and_counted),
        cmocka_unit_test(
            requests_in_one_packet_are_answered_up_to_the_first_error),
        cmocka_unit_test(packets_are_answered_in_the_order_of_their_arrival),
        cmocka_unit_test(nobody_else_is_served_while_a_handler_goes_on),
        cmocka_unit_test(an_answer_waits_until_its_link_is_ready),
        cmocka_unit_test(an_answer_that_does_not_fit_is_refused),
        cmocka_unit_test(a_loss_leaves_the_answer_that_is_being_made_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
