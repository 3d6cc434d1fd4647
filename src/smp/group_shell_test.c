/* SPDX-License-Identifier: MIT */
/* Group 9, shell: requests as clients sent them, limits and errors. */
#include "server_rig.h"

#define LINE_BYTES   16U
#define OUTPUT_BYTES 1024U

static struct rig rig;
static char line[LINE_BYTES];
static char output[OUTPUT_BYTES];
static char seen[LINE_BYTES + 1U];
static const char *printed;
static int result;
static unsigned runs;

static int run(void *ctx, char *command, struct duo_smp_shell *shell)
{
    assert_ptr_equal(ctx, &rig);
    assert_int_equal(shell->output_bytes, 0);
    strcpy(seen, command);
    shell->output_bytes = strlen(printed);
    memcpy(shell->output, printed, shell->output_bytes);
    runs++;
    return result;
}

static struct duo_smp_shell shell = {
    .line = line,
    .line_bytes = sizeof(line),
    .run = run,
    .ctx = &rig,
    .output = output,
    .output_room_bytes = sizeof(output),
};
static const struct duo_smp_group group = {&duo_smp_shell_group, &shell};

static int fresh(void **state)
{
    (void)state;
    rig_init(&rig, &group, 1);
    printed = "1.0.0";
    result = 0;
    runs = 0;
    return 0;
}

static void words_are_joined_and_the_output_comes_back(void **state)
{
    (void)state;
    /* The Go client, vouch, smpmgr. */
    rig_ask(&rig,
            "0200001600090400a1646172677682666b65726e656c6776657273696f6e",
            "{'o':'1.0.0','ret':0}");
    assert_string_equal(seen, "kernel version");
    rig_ask(&rig,
            "0a00001600090000a1646172677682666b65726e656c6776657273696f6e",
            "{'o':'1.0.0','ret':0}");
    result = 22;
    rig_ask(&rig, "0a00000e00090100a1646172677681666b65726e656c",
            "{'o':'1.0.0','ret':22}");
    assert_string_equal(seen, "kernel");
    /* An array of indefinite length. */
    rig_ask(&rig, "0a00000c00090100a164617267769f61616162ff",
            "{'o':'1.0.0','ret':22}");
    assert_string_equal(seen, "a b");
}

static void a_negative_result_is_told(void **state)
{
    static const uint8_t expected[] = {0x63, 'r', 'e', 't', 0x27, 0xFF};

    (void)state;
    result = -8;
    rig_queue_hex(&rig, "0a00000e00090100a1646172677681666b65726e656c");
    rig_run(&rig);
    assert_int_equal(rig.sent_count, 1);
    assert_memory_equal(&rig.sent[0][rig.sent_bytes[0] - sizeof(expected)],
                        expected, sizeof(expected));
}

static void a_line_may_be_as_long_as_its_memory_and_no_longer(void **state)
{
    (void)state;
    /* 15 letters; 16; 10 and 4; 10 and 5. */
    rig_ask(&rig,
            "0a00001700090100a1646172677681"
            "6f616161616161616161616161616161",
            "{'o':'1.0.0','ret':0}");
    assert_string_equal(seen, "aaaaaaaaaaaaaaa");
    rig_ask(&rig,
            "0a00001800090100a1646172677681"
            "7061616161616161616161616161616161",
            "{'err':{'group':9,'rc':2}}");
    rig_ask(&rig,
            "0a00001700090100a1646172677682"
            "6a616161616161616161616464646464",
            "{'o':'1.0.0','ret':0}");
    assert_string_equal(seen, "aaaaaaaaaa dddd");
    rig_ask(&rig,
            "0200001800090100a1646172677682"
            "6a61616161616161616161656464646464",
            "{'rc':3}");
    assert_int_equal(runs, 2);
}

static void no_command_is_an_error_of_the_group(void **state)
{
    (void)state;
    rig_ask(&rig, "0a00000700090100a1646172677680",
            "{'err':{'group':9,'rc':3}}");
    rig_ask(&rig, "0200000700090100a1646172677680", "{'rc':3}");
    /* Empty words, and blanks. */
    rig_ask(&rig, "0a00000900090100a16461726776826060",
            "{'err':{'group':9,'rc':3}}");
    rig_ask(&rig, "0a00000a00090100a164617267768160", "{'rc':9}");
    rig_ask(&rig, "0a00000900090100a16461726776816120",
            "{'err':{'group':9,'rc':3}}");
    assert_int_equal(runs, 0);
}

static void what_is_not_a_list_of_texts_is_invalid(void **state)
{
    (void)state;
    /* Nothing; a text; a number in the list; a zero in a word. */
    rig_ask(&rig, "0a00000100090100a0", "{'rc':3}");
    rig_ask(&rig, "0a00000800090100a164617267766161", "{'rc':3}");
    rig_ask(&rig, "0a00000a00090100a1646172677682616101", "{'rc':3}");
    rig_ask(&rig, "0a00000b00090100a164617267768163610062", "{'rc':3}");
    rig_ask(&rig, "0800000e00090100a1646172677681666b65726e656c", "{'rc':8}");
    assert_int_equal(runs, 0);
}

/* A letter of two bytes is not cut in half. */
static void a_long_output_is_cut_to_what_the_answer_has_room_for(void **state)
{
    static char text[OUTPUT_BYTES];
    size_t before = 0;

    (void)state;
    printed = text;
    for (size_t i = 0; i + 2U < sizeof(text); i += 2U) {
        memcpy(&text[i], "\xC3\xA9", 2);
    }
    for (size_t room = 60; room <= RIG_PACKET_BYTES; room++) {
        rig.link.answer_bytes_max = room;
        rig.sent_count = 0;
        rig_queue_hex(&rig, "0a00000e00090100a1646172677681666b65726e656c");
        rig_run(&rig);
        assert_int_equal(rig.sent_count, 1);
        assert_true(rig.sent_bytes[0] <= room);
        assert_true(rig.sent_bytes[0] + 12U > room);
        /* {'o': text of an even length, 'ret': 0} */
        const uint8_t *head = &rig.sent[0][DUO_SMP_HEADER_BYTES + 3U];
        size_t len_bytes = head[0] == 0x78   ? head[1]
                           : head[0] == 0x79 ? (size_t)(head[1] << 8 | head[2])
                                             : head[0] & 31U;
        assert_int_equal(len_bytes % 2U, 0);
        assert_true(len_bytes >= before);
        before = len_bytes;
    }
    assert_true(before > 480);
}

static void an_output_longer_than_its_memory_is_not_believed(void **state)
{
    static char text[OUTPUT_BYTES];

    (void)state;
    memset(text, 'x', 100);
    printed = text;
    shell.output_room_bytes = 4;
    rig_ask(&rig, "0a00000e00090100a1646172677681666b65726e656c",
            "{'o':'xxxx','ret':0}");
    shell.output_room_bytes = sizeof(output);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_are_joined_and_the_output_comes_back),
        TEST(a_negative_result_is_told),
        TEST(a_line_may_be_as_long_as_its_memory_and_no_longer),
        TEST(no_command_is_an_error_of_the_group),
        TEST(what_is_not_a_list_of_texts_is_invalid),
        TEST(a_long_output_is_cut_to_what_the_answer_has_room_for),
        TEST(an_output_longer_than_its_memory_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
