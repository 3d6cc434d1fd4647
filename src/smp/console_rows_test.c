/* SPDX-License-Identifier: MIT */
/* Console frames and what is nearly one: a row for each kind of line. */
#include "console_rig.h"

struct row {
    const char *stream;
    const char *text;
    unsigned packets;
    unsigned bad;
};

/* Behind each row comes a good frame, which must be found, and text. */
static void expect(struct row row)
{
    size_t text_bytes = strlen(row.text);

    reset();
    append_text(row.stream);
    append_text("\n" LIST_LINE "end\n");
    run();
    expect_packets(row.packets + 1, row.bad);
    assert_int_equal(rig.text_bytes, text_bytes + 5);
    assert_memory_equal(rig.text, row.text, text_bytes);
    assert_memory_equal(rig.text + text_bytes, "\nend\n", 5);
}

static void text_comes_out_as_it_was(void **state)
{
    (void)state;
    expect((struct row){.stream = "hello\r\n", .text = "hello\r\n"});
    /* The markers' bytes alone. */
    expect((struct row){.stream = "\x06\x06"
                                  "a\x04\x04"
                                  "b\x06\x04\x09\x14\x04\n",
                        .text = "\x06\x06"
                                "a\x04\x04"
                                "b\x06\x04\x09\x14\x04\n"});
    /* Held when a marker begins. */
    expect((struct row){.stream = "\x06" LIST_LINE "\x04" LIST_LINE,
                        .text = "\x06\x04",
                        .packets = 2});
    /* A line that goes on with nothing is dropped. */
    expect((struct row){.stream = "a" MORE "AAAA\nb\n", .text = "ab\n"});
    /* So is one behind the end. */
    expect((struct row){
        .stream = LIST_LINE MORE "AAAA\nx", .text = "x", .packets = 1});
}

static void a_start_begins_anew_wherever_it_stands(void **state)
{
    (void)state;
    /* In a line of a frame. */
    expect((struct row){.stream = FIRST "AAsAAAAB" LIST_LINE,
                        .text = "",
                        .packets = 1,
                        .bad = 1});
    /* Between the lines. */
    expect((struct row){.stream = FIRST "AAsAAAAB\nlog\n" LIST_LINE,
                        .text = "log\n",
                        .packets = 1,
                        .bad = 1});
    /* In a line that is dropped. */
    expect((struct row){
        .stream = FIRST "?" LIST_LINE, .text = "", .packets = 1, .bad = 1});
    expect((struct row){.stream = FIRST "AAsA\r" LIST_LINE,
                        .text = "",
                        .packets = 1,
                        .bad = 1});
    expect((struct row){.stream = FIRST "AAsA\x06" LIST_LINE,
                        .text = "",
                        .packets = 1,
                        .bad = 1});
}

static void lines_of_a_frame_are_whole_quads(void **state)
{
    (void)state;
    expect((struct row){.stream = FIRST "AAsA\n" MORE "AAAB\nt" MORE
                                        "AAGq\n" MORE "AKD8\n" MORE "ow==\n",
                        .text = "t",
                        .packets = 1});
    /* The last one is cut. */
    expect((struct row){.stream = FIRST "AAsAAAAB\nt" MORE "AAGqAKD8o\n",
                        .text = "t",
                        .bad = 1});
    /* One over two lines. */
    expect((struct row){.stream = FIRST "AAsAAA\n" MORE "ABAAGqAKD8ow==\n",
                        .text = "",
                        .bad = 1});
    /* Padding before the end. */
    expect((struct row){.stream = FIRST "AAs=\n" MORE "AAAAAQABqgCgWO0=\nx",
                        .text = "x",
                        .bad = 1});
    /* Characters behind padding. */
    expect((struct row){
        .stream = FIRST "AAsAAAABAAGqAKD8ow==AAAA\nx", .text = "x", .bad = 1});
    expect((struct row){.stream = LIST_LINE FIRST "A===\nx",
                        .text = "x",
                        .packets = 1,
                        .bad = 1});
    /* A space. */
    expect((struct row){
        .stream = FIRST " AAsAAAABAAGqAKD8ow==\nx", .text = "x", .bad = 1});
}

static void a_carriage_return_stands_before_the_line_feed(void **state)
{
    (void)state;
    expect((struct row){.stream = FIRST "AAsAAAABAAGqAKD8ow==\r\nx",
                        .text = "x",
                        .packets = 1});
    expect((struct row){
        .stream = FIRST "AAsA\rAABAAGqAKD8ow==\nx", .text = "x", .bad = 1});
    expect((struct row){
        .stream = FIRST "AAsAAAABAAGqAKD8ow==\r\r\nx", .text = "x", .bad = 1});
}

static void length_and_check_must_be_right(void **state)
{
    (void)state;
    /* The check. */
    expect((struct row){
        .stream = FIRST "AAsAAAABAAGqAKD8oA==\nx", .text = "x", .bad = 1});
    /* Longer than its length. */
    expect((struct row){
        .stream = FIRST "AAoAAAABAAGqAKD8ow==\nx", .text = "x", .bad = 1});
    /* No packet. */
    expect((struct row){.stream = FIRST "AAIAAA==\nx", .text = "x", .bad = 1});
    /* No check. */
    expect((struct row){.stream = FIRST "AAAAAAAA\nx", .text = "x", .bad = 1});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_comes_out_as_it_was),
        cmocka_unit_test(a_start_begins_anew_wherever_it_stands),
        cmocka_unit_test(lines_of_a_frame_are_whole_quads),
        cmocka_unit_test(a_carriage_return_stands_before_the_line_feed),
        cmocka_unit_test(length_and_check_must_be_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
