/* SPDX-License-Identifier: MIT */
/* What is kept for a page that comes later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "web/past.h"

static struct duo_bytes bytes_of(const char *text)
{
    return (struct duo_bytes){(const uint8_t *)text, strlen(text)};
}

static void write_down(void *owner, struct duo_bytes line)
{
    struct duo_tool_buffer *told = owner;

    duo_tool_buffer_append(told, line);
    duo_tool_buffer_fill(told, '\n', 1);
}

static struct duo_tool_buffer tell(const struct duo_web_past *past)
{
    struct duo_tool_buffer told = {0};

    duo_web_past_tell(past, write_down, &told);
    duo_tool_buffer_fill(&told, 0, 1);
    return told;
}

static void nothing_is_told_of_nothing(void **state)
{
    struct duo_web_past past = {0};
    struct duo_tool_buffer told = tell(&past);

    (void)state;
    assert_string_equal(told.data, "");
    duo_tool_buffer_free(&told);
    duo_web_past_free(&past);
}

static void lines_of_both_kinds_come_in_the_order_of_their_time(void **state)
{
    static const struct {
        enum duo_web_past_kind kind;
        const char *text;
    } rows[] = {
        {.kind = DUO_WEB_PAST_HAPPENED, .text = "reset"               },
        {.kind = DUO_WEB_PAST_PRINTED,  .text = "appboot"             },
        {.kind = DUO_WEB_PAST_PRINTED,  .text = ""                    },
        {.kind = DUO_WEB_PAST_HAPPENED, .text = "network core: starts"},
        {.kind = DUO_WEB_PAST_HAPPENED, .text = "power"               },
        {.kind = DUO_WEB_PAST_PRINTED,  .text = "appdemo"             },
    };
    struct duo_web_past past = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        duo_web_past_add(&past, rows[i].kind, bytes_of(rows[i].text));
    }
    /* To a second newcomer, too. */
    for (unsigned i = 0; i < 2; i++) {
        struct duo_tool_buffer told = tell(&past);

        assert_string_equal(told.data, "reset\nappboot\n\nnetwork core: "
                                       "starts\npower\nappdemo\n");
        duo_tool_buffer_free(&told);
    }
    duo_web_past_free(&past);
}

/* 9 characters each, numbered. */
static void print_lines(struct duo_web_past *past, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char line[16];

        (void)snprintf(line, sizeof(line), "%09u", i);
        duo_web_past_add(past, DUO_WEB_PAST_PRINTED, bytes_of(line));
    }
}

static void the_oldest_go_whole_and_a_flood_leaves_what_happened(void **state)
{
    unsigned kept = DUO_WEB_PAST_PRINTED_BYTES_MAX / 9U;
    struct duo_web_past past = {0};
    struct duo_tool_buffer told;
    char first[64];

    (void)state;
    duo_web_past_add(&past, DUO_WEB_PAST_HAPPENED, bytes_of("power"));
    print_lines(&past, kept + 5U);
    told = tell(&past);
    /* "power", and each line with its end. */
    assert_int_equal(told.len_bytes, 6U + kept * 10U + 1U);
    (void)snprintf(first, sizeof(first), "power\n%09u\n", 5U);
    assert_memory_equal(told.data, first, strlen(first));
    duo_tool_buffer_free(&told);
    duo_web_past_free(&past);
}

static void
a_line_that_is_too_long_is_not_kept_and_ends_no_later_one(void **state)
{
    struct duo_web_past past = {0};
    struct duo_tool_buffer line = {0};
    struct duo_tool_buffer told;

    (void)state;
    duo_tool_buffer_fill(&line, 'x', DUO_WEB_PAST_HAPPENED_BYTES_MAX);
    duo_web_past_add(&past, DUO_WEB_PAST_HAPPENED, duo_tool_buffer_view(&line));
    told = tell(&past);
    assert_int_equal(told.len_bytes, line.len_bytes + 2U);
    duo_tool_buffer_free(&told);
    duo_tool_buffer_fill(&line, 'x', 1);
    duo_web_past_add(&past, DUO_WEB_PAST_HAPPENED, duo_tool_buffer_view(&line));
    duo_web_past_add(&past, DUO_WEB_PAST_HAPPENED, bytes_of("note"));
    told = tell(&past);
    assert_string_equal(told.data, "note\n");
    duo_tool_buffer_free(&told);
    duo_tool_buffer_free(&line);
    duo_web_past_free(&past);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_of_nothing),
        cmocka_unit_test(lines_of_both_kinds_come_in_the_order_of_their_time),
        cmocka_unit_test(the_oldest_go_whole_and_a_flood_leaves_what_happened),
        cmocka_unit_test(
            a_line_that_is_too_long_is_not_kept_and_ends_no_later_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
