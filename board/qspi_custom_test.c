/* SPDX-License-Identifier: MIT */
/* QSPI: custom instructions, long frames, what goes wrong on real boards. */
#include "qspi_bench.h"

#define LFEN   0x10000U
#define LFSTOP 0x20000U

static void an_instruction_answers_in_its_data_registers(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    (void)desk_task(&desk, ACTIVATE, 10);
    /* 4 bytes at 8 MHz. */
    assert_in_range(desk_custom(&desk, CUSTOM(0x9FU, 4), 0xAA000000), 4, 5);
    assert_int_equal(desk_answer(&desk), 0xAA1728C2);
    assert_int_equal(desk_status(&desk), 0);
    (void)desk_custom(&desk, CUSTOM(0x06U, 1), 0);
    assert_int_equal(desk_status(&desk), 2);
    (void)desk_custom(&desk, CUSTOM(0x04U, 1), 0);
    assert_int_equal(desk_status(&desk), 0);
    /* Eight bytes fill both registers. */
    (void)desk_custom(&desk, CUSTOM(0x9FU, 9), 0);
    assert_int_equal(desk_answer(&desk), 0xC21728C2);
    assert_int_equal(bench_read(desk.qspi, QSPI_CINSTRDAT0_OFF + 4U),
                     0x28C21728);
    assert_int_equal(desk.bench.note_count, 0);
    desk_end(&desk);
}

static void wren_and_wipwait_are_done_for_it(void **state)
{
    struct desk desk;
    uint64_t time_us;

    (void)state;
    desk_init(&desk);
    (void)desk_task(&desk, ACTIVATE, 10);
    desk_poke(&desk, 0x2000, 0);
    (void)desk_custom(&desk, CUSTOM(0x20U, 4) | WREN, 0x002000);
    assert_int_equal(desk_status(&desk), 3);
    bench_write(desk.qspi, QSPI_CINSTRCONF_OFF, CUSTOM(0x9FU, 4) | WIPWAIT);
    time_us = desk_ready_us(&desk, 60000);
    assert_in_range(time_us, 57900, 58010);
    assert_int_equal(desk_answer(&desk) & 0xFFFFFFU, 0x1728C2);
    desk_end(&desk);
}

static void a_long_frame_keeps_the_chip_selected(void **state)
{
    struct desk desk;
    uint32_t next = CUSTOM(0x5AU, 5) | LFEN;

    (void)state;
    desk_init(&desk);
    (void)desk_task(&desk, ACTIVATE, 10);
    (void)desk_custom(&desk, next, 0); /* Address and dummy byte. */
    (void)desk_custom(&desk, next, 0);
    assert_int_equal(desk_answer(&desk), 0x50444653); /* "SFDP" */
    (void)desk_custom(&desk, next, 0);
    assert_int_equal(desk_answer(&desk), 0xFF020106);
    (void)desk_custom(&desk, next | LFSTOP, 0);
    assert_int_equal(desk_answer(&desk), 0x10010600);
    assert_false(desk_state(&desk)->chip.selected);
    assert_int_equal(desk_status(&desk), 0);
    desk_end(&desk);
}

static void erratum_159_reads_garbage_and_says_so(void **state)
{
    struct desk desk;
    struct vb_periph *clock;

    (void)state;
    desk_init(&desk);
    (void)desk_task(&desk, ACTIVATE, 10);
    clock = bench_find(&desk.bench, DUO_CORE_APP, &vb_type_clock_app, 0);
    bench_write(clock, 0x558, 0); /* 128 MHz. */
    (void)desk_custom(&desk, CUSTOM(0x9FU, 4), 0);
    assert_int_not_equal(desk_answer(&desk) & 0xFFFFFFU, 0x1728C2);
    assert_int_equal(desk.bench.note_count, 1);
    assert_non_null(strstr(desk.bench.note, "159"));
    (void)desk_custom(&desk, CUSTOM(0x9FU, 4), 0);
    assert_int_equal(desk.bench.note_count, 1);
    bench_write(clock, 0x558, 1);
    (void)desk_custom(&desk, CUSTOM(0x9FU, 4), 0);
    assert_int_equal(desk_answer(&desk) & 0xFFFFFFU, 0x1728C2);
    desk_end(&desk);
}

static void too_fast_a_clock_is_told(void **state)
{
    struct desk desk;
    struct desk_transfer in = {0, BUFFER, 4};

    (void)state;
    desk_init(&desk);
    desk_open(&desk);
    desk_poke(&desk, 0, 0x42);
    bench_write(desk.qspi, QSPI_IFCONFIG1_OFF, SCK_32_MHZ);
    desk_start_read(&desk, &in);
    (void)desk_ready_us(&desk, 100);
    assert_memory_not_equal(desk_ram(&desk, BUFFER, 4), "\x42\x42\x42\x42", 4);
    assert_non_null(strstr(desk.bench.note, "ebh is clocked faster"));
    desk_end(&desk);
}

static void lio3_low_holds_a_chip_without_quad_enable(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    (void)desk_task(&desk, ACTIVATE, 10);
    (void)desk_custom(&desk, CUSTOM(0x9FU, 4) & ~0x2000U, 0);
    assert_int_equal(desk_answer(&desk) & 0xFFFFFFU, 0xFFFFFF);
    assert_non_null(strstr(desk.bench.note, "LIO3"));
    desk_end(&desk);
}

static void wrong_pins_are_told(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    bench_write(desk.qspi, QSPI_PSEL_SCK_OFF, 19);
    bench_task(desk.qspi, ACTIVATE);
    bench_wait_us(&desk.bench, 100);
    assert_false(bench_event(desk.qspi, QSPI_EVENT_READY));
    assert_true(desk.bench.note_count >= 1U);
    bench_write(desk.qspi, QSPI_ENABLE_OFF, 0);
    bench_write(desk.qspi, QSPI_PSEL_SCK_OFF, 17);
    bench_write(desk.qspi, QSPI_ENABLE_OFF, 1);
    (void)desk_task(&desk, ACTIVATE, 10);
    desk_end(&desk);
}

static void one_thing_at_a_time(void **state)
{
    struct desk desk;
    struct desk_transfer in = {0, BUFFER, 4096};

    (void)state;
    desk_init(&desk);
    desk_open(&desk);
    desk_start_read(&desk, &in);
    bench_task(desk.qspi, ERASESTART);
    bench_write(desk.qspi, QSPI_CINSTRCONF_OFF, CUSTOM(0x9FU, 4));
    assert_int_equal(desk.bench.note_count, 1);
    assert_in_range(desk_ready_us(&desk, 2000), 1025, 1030);
    bench_wait_us(&desk.bench, 2000);
    assert_false(bench_event(desk.qspi, QSPI_EVENT_READY));
    assert_int_equal(desk.bench.ext->stats.erases, 0);
    /* Giving up in the middle moves nothing. */
    memset(desk_ram(&desk, BUFFER, 4), 0, 4);
    desk_start_read(&desk, &in);
    bench_task(desk.qspi, DEACTIVATE);
    bench_wait_us(&desk.bench, 2000);
    assert_false(bench_event(desk.qspi, QSPI_EVENT_READY));
    assert_memory_equal(desk_ram(&desk, BUFFER, 4), "\0\0\0\0", 4);
    desk_end(&desk);
}

static void deep_power_down_by_its_own_bit(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    desk_open(&desk);
    bench_write(desk.qspi, QSPI_IFCONFIG0_OFF, READ4IO_PP4IO | 0x80U);
    bench_write(desk.qspi, QSPI_IFCONFIG1_OFF, SCK_8_MHZ | 0x01000000U);
    assert_true(desk_state(&desk)->chip.asleep);
    assert_int_equal(bench_read(desk.qspi, QSPI_STATUS_OFF) & 4U, 4);
    bench_write(desk.qspi, QSPI_IFCONFIG1_OFF, SCK_8_MHZ);
    assert_int_equal(bench_read(desk.qspi, QSPI_STATUS_OFF) & 4U, 0);
    bench_wait_us(&desk.bench, 40);
    assert_int_equal(desk_status(&desk), 0x40);
    desk_end(&desk);
}

static void bits_of_erratum_121_read_back(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    bench_write(desk.qspi, QSPI_IFCONFIG0_OFF, 0x3001C);
    assert_int_equal(bench_read(desk.qspi, QSPI_IFCONFIG0_OFF), 0x3001C);
    assert_int_equal(bench_read(desk.qspi, 0x640), 0x600);
    assert_int_equal(bench_read(desk.qspi, QSPI_XIPEN_OFF), 1);
    desk_end(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instruction_answers_in_its_data_registers),
        cmocka_unit_test(wren_and_wipwait_are_done_for_it),
        cmocka_unit_test(a_long_frame_keeps_the_chip_selected),
        cmocka_unit_test(erratum_159_reads_garbage_and_says_so),
        cmocka_unit_test(too_fast_a_clock_is_told),
        cmocka_unit_test(lio3_low_holds_a_chip_without_quad_enable),
        cmocka_unit_test(wrong_pins_are_told),
        cmocka_unit_test(one_thing_at_a_time),
        cmocka_unit_test(deep_power_down_by_its_own_bit),
        cmocka_unit_test(bits_of_erratum_121_read_back),
    };
    return cmocka_run_group_tests_name("qspi_custom", tests, NULL, NULL);
}
