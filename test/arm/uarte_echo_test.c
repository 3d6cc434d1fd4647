/* SPDX-License-Identifier: MIT */
/* The UARTE's driver on the virtual board, at all its rates, with a processor
 * that stands still at times: test/arm/firmware/uarte_echo.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "arm_rig.h"
#include "firmware_file.h"

#define BYTES_MAX 100000U
#define PIECE     4096U
#define ANSWER_NS (1000U * ARM_MS)

struct desk {
    struct arm_rig rig;
    uint8_t sent[BYTES_MAX];
    uint8_t heard[BYTES_MAX + PIECE];
    size_t heard_bytes;
};

static void load_echo(struct arm_rig *rig)
{
    const struct duo_tool_firmware_source source = {.path = DUO_FIRMWARE_DIR
                                                    "/uarte_echo.elf"};
    struct duo_tool_firmware_file file;
    struct duo_tool_error error;

    if (!duo_tool_firmware_file_read(&source, &file, &error)) {
        fail_msg("%s", error.text);
    }
    for (size_t i = 0; i < file.segment_count; i++) {
        duo_sim_poke(rig->native->app, file.segments[i].off_bytes,
                     file.segments[i].bytes);
    }
    duo_tool_firmware_file_free(&file);
}

static int set_up(void **state)
{
    struct desk *desk = test_calloc(1, sizeof(*desk));
    uint64_t random = 4;

    arm_rig_create(&desk->rig, false);
    load_echo(&desk->rig);
    for (size_t i = 0; i < sizeof(desk->sent); i++) {
        desk->sent[i] = (uint8_t)arm_random(&random);
    }
    if (!arm_boot(&desk->rig, NULL, "ready", ANSWER_NS)) {
        fail_msg("it does not start: %s", desk->rig.stop.text);
    }
    *state = desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;

    arm_rig_destroy(&desk->rig);
    test_free(desk);
    return 0;
}

static void send(struct desk *desk, enum duo_vb_uart uart, const char *text)
{
    duo_vb_uart_send(desk->rig.vb, uart,
                     (struct duo_bytes){(const uint8_t *)text, strlen(text)});
}

/* What it answers to a command, up to the next one. */
static const char *command(struct desk *desk, const char *line)
{
    struct arm_console *console = &desk->rig.consoles[DUO_VB_UART_APP];

    console->len_bytes = 0;
    console->text[0] = '\0';
    send(desk, DUO_VB_UART_APP, line);
    if (!arm_run(&desk->rig, " done", ANSWER_NS)) {
        fail_msg("%s: no answer (%s): %s", line, desk->rig.stop.text,
                 console->text);
    }
    *strstr(console->text, " done") = '\0';
    return console->text;
}

static void take_echo(struct desk *desk)
{
    struct arm_console *link = &desk->rig.consoles[DUO_VB_UART_LINK];
    size_t len_bytes = link->len_bytes;

    if (len_bytes > sizeof(desk->heard) - desk->heard_bytes) {
        len_bytes = sizeof(desk->heard) - desk->heard_bytes;
    }
    memcpy(desk->heard + desk->heard_bytes, link->text, len_bytes);
    desk->heard_bytes += len_bytes;
    link->len_bytes = 0;
}

/* All of them without a pause, and then as long as it takes to hear the
 * rest. */
static void stream(struct desk *desk, size_t len_bytes)
{
    size_t sent_bytes = 0;

    desk->heard_bytes = 0;
    desk->rig.consoles[DUO_VB_UART_LINK].len_bytes = 0;
    for (unsigned quiet = 0; quiet < 100U; quiet++) {
        size_t before_bytes = desk->heard_bytes;
        while (sent_bytes < len_bytes &&
               duo_vb_uart_queued(desk->rig.vb, DUO_VB_UART_LINK) < PIECE) {
            size_t piece_bytes =
                len_bytes - sent_bytes < PIECE ? len_bytes - sent_bytes : PIECE;
            duo_vb_uart_send(
                desk->rig.vb, DUO_VB_UART_LINK,
                (struct duo_bytes){desk->sent + sent_bytes, piece_bytes});
            sent_bytes += piece_bytes;
        }
        (void)arm_run(&desk->rig, NULL, 5U * ARM_MS);
        take_echo(desk);
        if (desk->heard_bytes > before_bytes || sent_bytes < len_bytes) {
            quiet = 0;
        }
    }
}

static void assert_echo(const struct desk *desk, size_t len_bytes)
{
    assert_int_equal(desk->heard_bytes, len_bytes);
    assert_memory_equal(desk->heard, desk->sent, len_bytes);
}

static void nothing_is_lost_at_any_rate(void **state)
{
    static const struct {
        const char *rate;
        size_t len_bytes;
    } rows[] = {
        {"115200",  5000     },
        {"230400",  5000     },
        {"460800",  10000    },
        {"921600",  20000    },
        {"1000000", BYTES_MAX},
    };
    struct desk *desk = *state;

    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        char line[32];
        (void)snprintf(line, sizeof(line), "b %s\n", rows[row].rate);
        assert_string_equal(command(desk, line), rows[row].rate);
        stream(desk, rows[row].len_bytes);
        assert_echo(desk, rows[row].len_bytes);
        assert_string_equal(command(desk, "l\n"), "0");
    }
}

/* 2 ms at 64 MHz, after each turn: 200 bytes come meanwhile. */
static void nothing_is_lost_while_the_processor_is_busy(void **state)
{
    struct desk *desk = *state;

    assert_string_equal(command(desk, "b 1000000\n"), "1000000");
    assert_string_equal(command(desk, "w 1000\n"), "");
    stream(desk, BYTES_MAX);
    assert_echo(desk, BYTES_MAX);
    assert_string_equal(command(desk, "l\n"), "0");
}

static void an_overflow_is_counted_and_what_follows_is_whole(void **state)
{
    struct desk *desk = *state;
    unsigned long lost_bytes;

    assert_string_equal(command(desk, "b 1000000\n"), "1000000");
    assert_string_equal(command(desk, "w 50000\n"), "");
    stream(desk, 20000);
    assert_true(desk->heard_bytes < 20000);
    (void)sscanf(command(desk, "l\n"), "%lu", &lost_bytes);
    assert_int_equal(desk->heard_bytes + lost_bytes, 20000);
    assert_string_equal(command(desk, "w 0\n"), "");
    stream(desk, 10000);
    assert_echo(desk, 10000);
}

static void unsupported_rates_are_told(void **state)
{
    static const char *const lines[] = {
        "b 0\n",       "b 9600\n",    "b 115201\n",   "b 250000\n",
        "b 2000000\n", "b 1000001\n", "b 115200000\n"};
    struct desk *desk = *state;

    assert_string_equal(command(desk, "b 921600\n"), "921600");
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_string_equal(command(desk, lines[i]), "no");
    }
    stream(desk, 1000);
    assert_echo(desk, 1000);
}

/* A count that is wrong by one is so until the ring's end at the latest. */
static void a_wrong_count_heals(void **state)
{
    struct desk *desk = *state;

    assert_string_equal(command(desk, "b 1000000\n"), "1000000");
    assert_string_equal(command(desk, "c\n"), "");
    stream(desk, 5000);
    assert_string_equal(command(desk, "l\n"), "1");
    stream(desk, 10000);
    assert_echo(desk, 10000);
    assert_string_equal(command(desk, "l\n"), "1");
}

static void an_overrun_starts_the_receiver_anew(void **state)
{
    struct desk *desk = *state;
    unsigned long lost_bytes;

    assert_string_equal(command(desk, "b 1000000\n"), "1000000");
    assert_string_equal(command(desk, "o\n"), "");
    stream(desk, 9000);
    assert_true(desk->heard_bytes < 9000);
    (void)sscanf(command(desk, "l\n"), "%lu", &lost_bytes);
    assert_true(lost_bytes > 0);
    stream(desk, 10000);
    assert_echo(desk, 10000);
}

static void byte_by_byte_is_enough_for_115200(void **state)
{
    struct desk *desk = *state;

    assert_string_equal(command(desk, "s\n"), "");
    stream(desk, 5000);
    assert_echo(desk, 5000);
    assert_string_equal(command(desk, "l\n"), "0");
}

static void room_is_what_is_not_on_its_way(void **state)
{
    struct desk *desk = *state;

    assert_string_equal(command(desk, "n\n"), "4096");
}

static void a_fault_takes_over_a_busy_line(void **state)
{
    struct desk *desk = *state;

    assert_string_equal(command(desk, "b 1000000\n"), "1000000");
    send(desk, DUO_VB_UART_LINK, "abc");
    send(desk, DUO_VB_UART_APP, "f\n");
    (void)arm_run(&desk->rig, NULL, 50U * ARM_MS);
    assert_string_equal(desk->rig.consoles[DUO_VB_UART_LINK].text,
                        "abcfault\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_lost_at_any_rate, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            nothing_is_lost_while_the_processor_is_busy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            an_overflow_is_counted_and_what_follows_is_whole, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(unsupported_rates_are_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_count_heals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_overrun_starts_the_receiver_anew,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(byte_by_byte_is_enough_for_115200,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(room_is_what_is_not_on_its_way, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_fault_takes_over_a_busy_line, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("uarte_echo", tests, NULL, NULL);
}
