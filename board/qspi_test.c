/* SPDX-License-Identifier: MIT */
/* QSPI: activation, transfers by DMA, erases, the XIP window. */
#include "qspi_bench.h"

#define XIP_ADDR 0x10000000U

static void activation_is_at_once_without_pins(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    desk_pins(&desk, false);
    desk_state(&desk)->chip.asleep = true;
    assert_in_range(desk_task(&desk, ACTIVATE, 10), 0, 2);
    assert_int_equal(bench_read(desk.qspi, QSPI_STATUS_OFF) & 8U, 8);
    /* With pins it asks the chip, which sleeps. */
    bench_task(desk.qspi, DEACTIVATE);
    assert_false(bench_event(desk.qspi, QSPI_EVENT_READY));
    desk_pins(&desk, true);
    bench_task(desk.qspi, ACTIVATE);
    bench_wait_us(&desk.bench, 100000);
    assert_false(bench_event(desk.qspi, QSPI_EVENT_READY));
    assert_non_null(strstr(desk.bench.note, "no answer"));
    assert_int_equal(bench_read(desk.qspi, QSPI_STATUS_OFF) & 8U, 0);
    /* A driver gives up and wakes the chip without asking it. */
    bench_write(desk.qspi, QSPI_ENABLE_OFF, 0);
    desk_pins(&desk, false);
    bench_write(desk.qspi, QSPI_ENABLE_OFF, 1);
    (void)desk_task(&desk, ACTIVATE, 10);
    desk_pins(&desk, true);
    (void)desk_custom(&desk, CUSTOM(0xABU, 1), 0);
    bench_wait_us(&desk.bench, 35);
    assert_int_equal(desk_status(&desk), 0);
    desk_end(&desk);
}

static void without_enable_or_activation_nothing_starts(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    desk_start_erase(&desk, 0, false);
    bench_wait_us(&desk.bench, 1000);
    assert_false(bench_event(desk.qspi, QSPI_EVENT_READY));
    assert_non_null(strstr(desk.bench.note, "ignored"));
    /* ACTIVATE says READY, but only that [seen in NCS 2.4's boot loader]. */
    bench_write(desk.qspi, QSPI_ENABLE_OFF, 0);
    bench_task(desk.qspi, ACTIVATE);
    bench_wait_us(&desk.bench, 1000);
    assert_true(bench_event(desk.qspi, QSPI_EVENT_READY));
    bench_write(desk.qspi, QSPI_ENABLE_OFF, 1);
    desk_start_erase(&desk, 0, false);
    bench_wait_us(&desk.bench, 1000);
    assert_false(bench_event(desk.qspi, QSPI_EVENT_READY));
    assert_int_equal(desk.bench.ext->stats.erases, 0);
    desk_end(&desk);
}

static void an_absent_chip_never_gets_ready(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    desk.bench.ext->absent = true;
    bench_task(desk.qspi, ACTIVATE);
    bench_wait_us(&desk.bench, 1000000);
    assert_false(bench_event(desk.qspi, QSPI_EVENT_READY));
    desk_end(&desk);
}

static void writes_by_pages_and_reads_back(void **state)
{
    struct desk desk;
    struct desk_transfer out = {0x10F0, BUFFER, 600};
    struct desk_transfer in = {0x10F0, BUFFER + 0x1000U, 600};
    uint8_t *bytes;
    uint64_t time_us;

    (void)state;
    desk_init(&desk);
    desk_open_fast(&desk);
    bytes = desk_ram(&desk, BUFFER, 0x2000);
    for (unsigned at = 0; at < 600U; at++) {
        bytes[at] = (uint8_t)(at * 7U + 1U);
    }
    memset(bytes + 0x1000, 0, 600);
    desk_start_write(&desk, &out);
    /* 16, 256, 256 and 72 bytes; READY when the last is on its way. */
    time_us = desk_ready_us(&desk, 5000);
    assert_in_range(time_us, 48 + 2 * 850, 48 + 2 * 850 + 80);
    assert_int_equal(desk_status(&desk) & 1, 1);
    assert_int_equal(desk.bench.ext->stats.words_written, 150);
    /* The read waits for the program. */
    desk_start_read(&desk, &in);
    time_us = desk_ready_us(&desk, 5000);
    assert_in_range(time_us, 100, 160);
    assert_memory_equal(bytes, bytes + 0x1000, 600);
    assert_memory_equal(desk.bench.ext->data + 0x10F0, bytes, 600);
    assert_int_equal(desk.bench.ext->data[0x10EF], 0xFF);
    assert_int_equal(desk.bench.ext->data[0x1348], 0xFF);
    assert_int_equal(desk.bench.note_count, 0);
    desk_end(&desk);
}

static void transfers_take_the_clocks_of_their_opcode(void **state)
{
    static const struct {
        uint32_t ifconfig0;
        uint32_t ifconfig1;
        uint64_t time_us; /* 4096 bytes. */
    } rows[] = {
        {0x1C, SCK_8_MHZ,  1026}, /* READ4IO: 8 + 6 + 6 + 8192 clocks */
        {0x1C, SCK_32_MHZ, 256 }, /* the same */
        {0x1B, SCK_8_MHZ,  1029}, /* READ4O: 8 + 24 + 8 + 8192 */
        {0x1A, SCK_8_MHZ,  2050}, /* READ2IO: 8 + 12 + 4 + 16384 */
        {0x19, SCK_8_MHZ,  2053}, /* READ2O */
        {0x18, SCK_8_MHZ,  4101}, /* FASTREAD: 8 + 24 + 8 + 32768 */
    };
    struct desk desk;
    struct desk_transfer in = {0, BUFFER, 4096};

    (void)state;
    desk_init(&desk);
    desk_open_fast(&desk);
    desk_poke(&desk, 0xF00, 0x42);
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        uint8_t *bytes = desk_ram(&desk, BUFFER, 4096);
        memset(bytes, 0, 4096);
        bench_write(desk.qspi, QSPI_IFCONFIG0_OFF, rows[row].ifconfig0);
        bench_write(desk.qspi, QSPI_IFCONFIG1_OFF, rows[row].ifconfig1);
        desk_start_read(&desk, &in);
        assert_in_range(desk_ready_us(&desk, 9000), rows[row].time_us,
                        rows[row].time_us + 2U);
        assert_int_equal(bytes[0], 0xFF);
        assert_int_equal(bytes[4095], 0x42);
    }
    assert_int_equal(desk.bench.note_count, 0);
    desk_end(&desk);
}

static void an_erase_is_ready_before_the_chip(void **state)
{
    struct desk desk;
    struct desk_transfer in = {0x3000, BUFFER, 4};

    (void)state;
    desk_init(&desk);
    desk_open(&desk);
    desk_poke(&desk, 0x3000, 0);
    desk_start_erase(&desk, 0x3000, false);
    assert_in_range(desk_ready_us(&desk, 20), 5, 8);
    assert_int_equal(desk_status(&desk), 0x43);
    bench_wait_us(&desk.bench, 20000);
    /* An instruction does not wait unless it is told to. */
    (void)desk_custom(&desk, CUSTOM(0x9FU, 4), 0x55555555);
    assert_int_equal(desk_answer(&desk), 0x55000000);
    desk_start_read(&desk, &in);
    assert_in_range(desk_ready_us(&desk, 50000), 37000, 38100);
    assert_memory_equal(desk_ram(&desk, BUFFER, 4), "\xFF\xFF\xFF\xFF", 4);
    assert_non_null(strstr(desk.bench.note, "busy"));
    desk_start_erase(&desk, 0x10000, true);
    (void)desk_ready_us(&desk, 20);
    bench_wait_us(&desk.bench, 799900);
    assert_int_equal(desk_status(&desk) & 1, 1);
    bench_wait_us(&desk.bench, 100);
    assert_int_equal(desk_status(&desk), 0x40);
    desk_end(&desk);
}

static void the_chip_goes_on_over_a_reset(void **state)
{
    struct desk desk;
    uint64_t time_us;

    (void)state;
    desk_init(&desk);
    desk_open(&desk);
    desk_poke(&desk, 0x3000, 0);
    desk_start_erase(&desk, 0x3000, false);
    (void)desk_ready_us(&desk, 20);
    duo_vb_reset_pin(desk.bench.vb);
    bench_wait_us(&desk.bench, 10000);
    assert_int_equal(bench_read(desk.qspi, QSPI_ENABLE_OFF), 0);
    desk_set_up(&desk);
    time_us = desk_task(&desk, ACTIVATE, 60000);
    assert_in_range(time_us, 47000, 48010);
    assert_int_equal(desk_status(&desk), 0x40);
    assert_int_equal(desk.bench.ext->data[0x3000], 0xFF);
    desk_end(&desk);
}

static void power_takes_the_mode_and_keeps_quad_enable(void **state)
{
    struct desk desk;

    (void)state;
    desk_init(&desk);
    desk_open_fast(&desk);
    desk_poke(&desk, 0x3000, 0);
    desk_start_erase(&desk, 0x3000, false);
    (void)desk_ready_us(&desk, 20);
    bench_wait_us(&desk.bench, 20000);
    duo_vb_power_off(desk.bench.vb);
    duo_vb_power_on(desk.bench.vb, NULL);
    assert_false(desk.bench.ext->high_performance);
    desk_set_up(&desk);
    assert_in_range(desk_task(&desk, ACTIVATE, 60000), 1, 4);
    assert_int_equal(desk_status(&desk), 0x40);
    desk_end(&desk);
}

static void dma_is_for_ram_and_whole_words(void **state)
{
    struct desk desk;
    struct desk_transfer in = {0, 0x1000, 16};
    struct desk_transfer out = {0, 0x1000, 16};
    struct desk_transfer odd = {2, BUFFER + 1U, 7};

    (void)state;
    desk_init(&desk);
    desk_open(&desk);
    desk_poke(&desk, 0, 0x42);
    desk_start_read(&desk, &in);
    (void)desk_ready_us(&desk, 100);
    assert_int_equal(desk.bench.note_count, 1);
    assert_non_null(strstr(desk.bench.note, "no RAM"));
    desk_start_write(&desk, &out);
    (void)desk_ready_us(&desk, 100);
    assert_int_equal(desk.bench.ext->stats.words_written, 0);
    memset(desk_ram(&desk, BUFFER, 16), 0, 16);
    desk_start_read(&desk, &odd);
    (void)desk_ready_us(&desk, 100);
    assert_non_null(strstr(desk.bench.note, "multiple of 4"));
    assert_memory_equal(desk_ram(&desk, BUFFER, 8), "\x42\x42\x42\x42\0\0\0\0",
                        8);
    in.ram_addr = 0x2007FFF8; /* The end of RAM. */
    desk_start_read(&desk, &in);
    (void)desk_ready_us(&desk, 100);
    assert_memory_not_equal(desk_ram(&desk, 0x2007FFF8, 4), "\x42\x42\x42\x42",
                            4);
    desk_end(&desk);
}

static void xip_is_there_while_active(void **state)
{
    struct desk desk;
    uint8_t bytes[4] = {0};
    struct duo_vb *vb;

    (void)state;
    desk_init(&desk);
    vb = desk.bench.vb;
    desk_poke(&desk, 0x100, 0x42);
    assert_false(duo_vb_mem_read(vb, DUO_CORE_APP, XIP_ADDR + 0x100, bytes, 4));
    desk_open(&desk);
    assert_true(duo_vb_mem_read(vb, DUO_CORE_APP, XIP_ADDR + 0x100, bytes, 4));
    assert_memory_equal(bytes, "\x42\x42\x42\x42", 4);
    bench_write(desk.qspi, QSPI_XIPEN_OFF, 0);
    assert_false(duo_vb_mem_read(vb, DUO_CORE_APP, XIP_ADDR, bytes, 4));
    bench_write(desk.qspi, QSPI_XIPEN_OFF, 1);
    assert_true(duo_vb_mem_read(vb, DUO_CORE_APP, XIP_ADDR, bytes, 4));
    bench_task(desk.qspi, DEACTIVATE);
    assert_false(duo_vb_mem_read(vb, DUO_CORE_APP, XIP_ADDR, bytes, 4));
    desk_end(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activation_is_at_once_without_pins),
        cmocka_unit_test(without_enable_or_activation_nothing_starts),
        cmocka_unit_test(an_absent_chip_never_gets_ready),
        cmocka_unit_test(writes_by_pages_and_reads_back),
        cmocka_unit_test(transfers_take_the_clocks_of_their_opcode),
        cmocka_unit_test(an_erase_is_ready_before_the_chip),
        cmocka_unit_test(the_chip_goes_on_over_a_reset),
        cmocka_unit_test(power_takes_the_mode_and_keeps_quad_enable),
        cmocka_unit_test(dma_is_for_ram_and_whole_words),
        cmocka_unit_test(xip_is_there_while_active),
    };
    return cmocka_run_group_tests_name("qspi", tests, NULL, NULL);
}
