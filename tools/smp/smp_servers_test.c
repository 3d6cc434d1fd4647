/* SPDX-License-Identifier: MIT */
/* Servers that are not ours: older, smaller, or wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calls.h"
#include "double_server.h"
#include "duo/reason.h"
#include "upload.h"
#include "upload_pack.h"

#define FILE_BYTES 20011U

struct bench {
    struct double_server *server;
    struct duo_client client;
    uint8_t file[FILE_BYTES];
    struct duo_client_upload upload;
    struct duo_tool_error error;
};

static void open_bench(struct bench *bench, enum double_kind kind)
{
    memset(bench, 0, sizeof(*bench));
    bench->server = double_server_create(kind);
    duo_client_init(&bench->client, &bench->server->link);
    for (size_t i = 0; i < sizeof(bench->file); i++) {
        bench->file[i] = (uint8_t)(i * 7U + i / 256U);
    }
    bench->upload.file = (struct duo_bytes){bench->file, sizeof(bench->file)};
    bench->upload.image_index = -1;
}

static void close_bench(struct bench *bench)
{
    bench->server->link.ops->destroy(&bench->server->link);
}

static void assert_uploads(struct bench *bench)
{
    if (!duo_client_upload(&bench->client, &bench->upload, &bench->error)) {
        fail_msg("%s", bench->error.text);
    }
    assert_int_equal(bench->server->data.len_bytes, FILE_BYTES);
    assert_memory_equal(bench->server->data.data, bench->file, FILE_BYTES);
}

static void assert_fails(struct bench *bench, const char *word)
{
    assert_false(
        duo_client_upload(&bench->client, &bench->upload, &bench->error));
    if (strstr(bench->error.text, word) == NULL) {
        fail_msg("\"%s\" is not about \"%s\"", bench->error.text, word);
    }
}

static void assert_echoes(struct bench *bench)
{
    char *reply = NULL;

    if (!duo_client_echo(&bench->client, "hi", &reply, &bench->error)) {
        fail_msg("%s", bench->error.text);
    }
    assert_string_equal(reply, "hi");
    free(reply);
}

static void version_1_is_spoken_to_who_wants_it(void **state)
{
    static const enum double_kind kinds[] = {DOUBLE_V1_ONLY, DOUBLE_ANSWERS_V1};
    struct bench bench;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        open_bench(&bench, kinds[i]);
        assert_echoes(&bench);
        assert_int_equal(bench.client.version, DUO_SMP_V1);
        assert_uploads(&bench);
        close_bench(&bench);
    }
}

static void packets_are_as_long_as_the_server_takes(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_UNKNOWN_KEYS);
    assert_uploads(&bench);
    assert_int_equal(bench.server->packet_bytes_most, 700);
    /* One for the parameters; none was in vain. */
    assert_int_equal(bench.server->request_count,
                     1U + bench.server->upload_count);
    assert_in_range(bench.server->upload_count, FILE_BYTES / 680U,
                    FILE_BYTES / 670U + 1U);
    close_bench(&bench);
}

static void recovery_of_mcuboot_takes_an_image(void **state)
{
    struct duo_client_params params;
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_MCUBOOT);
    assert_true(duo_client_params(&bench.client, &params, &bench.error));
    assert_false(params.told);
    assert_int_equal(params.buf_bytes, 1024);
    assert_int_equal(params.buf_count, 1);
    assert_uploads(&bench);
    assert_false(bench.upload.has_match);
    /* Once its word is known, no byte is sent twice. */
    assert_in_range(bench.server->upload_count, 20, 22);
    close_bench(&bench);
}

static void server_that_takes_nothing_is_given_up(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_STUCK);
    assert_fails(&bench, "takes no more data");
    close_bench(&bench);
}

static void server_that_forgets_is_given_up(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_FORGETS);
    assert_fails(&bench, "forgot the upload");
    close_bench(&bench);
}

static void server_that_lies_is_not_believed(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_LIES);
    assert_fails(&bench, "takes no more data");
    close_bench(&bench);
}

static void wrong_digest_at_the_end_is_a_failure(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_MISMATCH);
    assert_fails(&bench, "digest");
    assert_int_equal(bench.error.exit_code, DUO_EXIT_REFUSED);
    close_bench(&bench);
}

static void packets_shrink_until_the_server_takes_them(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_SMALL);
    assert_uploads(&bench);
    close_bench(&bench);
}

static void silence_ends_in_a_sentence(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_SILENT);
    assert_fails(&bench, "no answer within 2.5 s, asked 4 times");
    assert_int_equal(bench.client.failure.kind, DUO_CLIENT_NO_ANSWER);
    assert_int_equal(bench.server->request_count, 4);
    /* Four times 2.5 s, the last after a silence of 3.2 s. */
    assert_int_equal(bench.server->now_us, 10700000U);
    close_bench(&bench);
}

static void garbage_ends_in_a_sentence(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_GARBAGE);
    assert_fails(&bench, "no SMP packet");
    assert_int_equal(bench.client.failure.kind, DUO_CLIENT_MALFORMED);
    close_bench(&bench);
}

static void answers_to_other_questions_are_dropped(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, DOUBLE_STALE);
    assert_echoes(&bench);
    assert_uploads(&bench);
    assert_true(bench.client.counts.stale > 10);
    close_bench(&bench);
}

static void every_error_has_a_sentence(void **state)
{
    static const struct {
        uint32_t group;
        uint32_t count;
    } groups[] = {
        {0,  7 },
        {1,  34},
        {2,  5 },
        {3,  8 },
        {8,  17},
        {9,  3 },
        {10, 4 },
        {63, 4 }
    };
    struct duo_client_failure failure = {.kind = DUO_CLIENT_REFUSED_SMP};
    size_t reason_count;
    const struct duo_reason_text *reasons = duo_reason_table(&reason_count);

    (void)state;
    for (failure.error = 1; failure.error <= 13; failure.error++) {
        assert_non_null(duo_client_sentence(&failure));
    }
    assert_null(duo_client_sentence(&failure));
    failure.kind = DUO_CLIENT_REFUSED_GROUP;
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        failure.group = groups[i].group;
        for (failure.error = 1; failure.error <= groups[i].count;
             failure.error++) {
            assert_non_null(duo_client_sentence(&failure));
        }
        assert_null(duo_client_sentence(&failure));
    }
    failure.group = DUO_SMP_GROUP_DUOBOOT;
    for (size_t i = 1; i < reason_count; i++) {
        failure.error = (uint32_t)reasons[i].reason;
        assert_string_equal(duo_client_sentence(&failure), reasons[i].sentence);
    }
}

static void error_names_group_and_number(void **state)
{
    struct duo_client_failure failure = {DUO_CLIENT_REFUSED_GROUP, 1, 8};
    char text[256];

    (void)state;
    duo_client_describe(&failure, text, sizeof(text));
    assert_string_equal(text, "no slot holds an image with this digest "
                              "(group 1 image, error 8)");
    failure = (struct duo_client_failure){DUO_CLIENT_REFUSED_GROUP, 99, 7};
    duo_client_describe(&failure, text, sizeof(text));
    assert_string_equal(text, "the device refuses: group 99, error 7, not "
                              "known to this program");
    failure = (struct duo_client_failure){DUO_CLIENT_REFUSED_SMP, 9, 8};
    duo_client_describe(&failure, text, sizeof(text));
    assert_string_equal(text, "the device does not have this command (group 9 "
                              "shell, rc 8)");
}

/* Each packet is as long as it may be, but for the one byte that a longer
 * length would take itself. */
static void packets_are_packed_to_the_byte(void **state)
{
    static const uint32_t offs[] = {0, 1, 23, 24, 255, 256, 5000, 10000, 15000};
    struct bench bench;
    uint8_t hash[DUO_CLIENT_HASH_BYTES] = {0};

    (void)state;
    open_bench(&bench, DOUBLE_SILENT);
    for (size_t i = 0; i < sizeof(offs) / sizeof(offs[0]); i++) {
        for (size_t room = 100; room < 800; room++) {
            const struct duo_upload_chunk chunk = {
                .off_bytes = offs[i],
                .room_bytes = room,
                .align = 1,
                .hash = hash,
            };
            struct duo_tool_buffer payload = {0};
            size_t data_bytes =
                duo_upload_pack(&bench.upload, &chunk, &payload);
            cbor_item_t *body = duo_body_parse(duo_tool_buffer_view(&payload));
            struct duo_tool_buffer data = {0};

            assert_in_range(payload.len_bytes, room - 1U, room);
            assert_non_null(body);
            assert_true(duo_body_bytes(body, "data", &data));
            assert_int_equal(data.len_bytes, data_bytes);
            assert_memory_equal(data.data, bench.file + offs[i], data_bytes);
            duo_tool_buffer_free(&data);
            cbor_decref(&body);
            duo_tool_buffer_free(&payload);
        }
    }
    close_bench(&bench);
}

/* Whatever a device sends: no map, or one that can be walked. */
static void hostile_bodies_are_dropped(void **state)
{
    static const struct {
        size_t len_bytes;
        uint8_t bytes[16];
        bool is_map;
    } cases[] = {
        {1, {0xA0},                                                 true },
        {2, {0xBF, 0xFF},                                           true },
        {1, {0xBF},                                                 false},
        {1, {0xFF},                                                 false},
        {2, {0xA0, 0xA0},                                           false},
        {1, {0x80},                                                 false},
        {9, {0xBB, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, false},
        {9, {0x9B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, false},
        {9, {0x5B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, false},
        {3, {0xA1, 0x61, 0x61},                                     false},
        {4, {0xA1, 0x61, 0x61, 0xFF},                               false},
        {6, {0xA1, 0x61, 0x61, 0x7F, 0x61, 0x62},                   false},
        {7, {0xA1, 0x61, 0x61, 0x7F, 0x61, 0x62, 0xFF},             true },
        {5, {0xA1, 0x61, 0x61, 0xC1, 0x00},                         true },
    };
    uint8_t deep[2000];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cbor_item_t *body = duo_body_parse(
            (struct duo_bytes){cases[i].bytes, cases[i].len_bytes});

        if ((body != NULL) != cases[i].is_map) {
            fail_msg("case %zu", i);
        }
        if (body != NULL) {
            cbor_decref(&body);
        }
    }
    memset(deep, 0x81, sizeof(deep));
    assert_null(duo_body_parse((struct duo_bytes){deep, sizeof(deep)}));
    memset(deep, 0x9F, sizeof(deep));
    assert_null(duo_body_parse((struct duo_bytes){deep, sizeof(deep)}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1_is_spoken_to_who_wants_it),
        cmocka_unit_test(packets_are_as_long_as_the_server_takes),
        cmocka_unit_test(recovery_of_mcuboot_takes_an_image),
        cmocka_unit_test(server_that_takes_nothing_is_given_up),
        cmocka_unit_test(server_that_forgets_is_given_up),
        cmocka_unit_test(server_that_lies_is_not_believed),
        cmocka_unit_test(wrong_digest_at_the_end_is_a_failure),
        cmocka_unit_test(packets_shrink_until_the_server_takes_them),
        cmocka_unit_test(silence_ends_in_a_sentence),
        cmocka_unit_test(garbage_ends_in_a_sentence),
        cmocka_unit_test(answers_to_other_questions_are_dropped),
        cmocka_unit_test(every_error_has_a_sentence),
        cmocka_unit_test(error_names_group_and_number),
        cmocka_unit_test(packets_are_packed_to_the_byte),
        cmocka_unit_test(hostile_bodies_are_dropped),
    };

    return cmocka_run_group_tests_name("smp_servers", tests, NULL, NULL);
}
