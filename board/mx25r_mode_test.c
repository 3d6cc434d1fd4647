/* SPDX-License-Identifier: MIT */
/* The MX25R6435F's registers and modes: quad, speed, protection, sleep. */
#include "mx25r_bench.h"

static void quad_commands_need_quad_enable_and_four_lines(void **state)
{
    struct bench bench;
    uint8_t in[7] = {0};
    struct exchange quad = {
        "\xEB\0\0\0\0\0\0", 7, in, 8, {8000000U, 4, 4}
    };

    (void)state;
    bench_init(&bench);
    fill(&bench, 0, 0x42);
    run(&bench, &quad);
    assert_int_equal(in[6], 0xFF);
    assert_int_equal(bench.chip.remarks, MX25R_REMARK_NO_QUAD);
    set_status(&bench, MX25R_SR_QE);
    run(&bench, &quad);
    assert_int_equal(in[6], 0x42);
    quad.wire.addr_lines = 1;
    run(&bench, &quad);
    assert_int_equal(in[6], 0xFF);
    assert_true((bench.chip.remarks & MX25R_REMARK_LINES) != 0);
    /* The status register survives power, the rest does not. */
    SEND(&bench, "\x06");
    mx25r_power_up(&bench.chip);
    assert_int_equal(register_of(&bench, 0x05), MX25R_SR_QE);
    bench_end(&bench);
}

static void status_writes_take_one_to_three_bytes(void **state)
{
    struct bench bench;
    uint8_t in[2];

    (void)state;
    bench_init(&bench);
    set_status(&bench, MX25R_SR_QE);
    SEND(&bench, "\x06");
    SEND(&bench, "\x01\x40\x00\x02");
    assert_false(bench.flash->high_performance);
    wait_ns(&bench, 20U * US);
    assert_true(bench.flash->high_performance);
    assert_int_equal(register_of(&bench, 0x05), MX25R_SR_QE);
    single(&bench, "\x15", 1, in, 2);
    assert_memory_equal(in, "\x00\x02", 2);
    /* Four bytes end at no boundary that counts: rejected. */
    SEND(&bench, "\x06");
    SEND(&bench, "\x01\x00\x00\x00\x00");
    assert_int_equal(bench.chip.remarks, MX25R_REMARK_LENGTH);
    wait_ns(&bench, 10U * MS);
    assert_int_equal(register_of(&bench, 0x05), MX25R_SR_QE | MX25R_SR_WEL);
    /* WIP and WEL are not the writer's; DC is kept, TB for ever. */
    SEND(&bench, "\x01\x43\x48");
    wait_ns(&bench, 10U * MS);
    SEND(&bench, "\x06");
    SEND(&bench, "\x01\x40\x00");
    wait_ns(&bench, 10U * MS);
    assert_int_equal(register_of(&bench, 0x05), MX25R_SR_QE);
    single(&bench, "\x15", 1, in, 2);
    assert_memory_equal(in, "\x08\x02", 2);
    bench_end(&bench);
}

static void protected_blocks_refuse_and_tell(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench);
    set_status(&bench, 2U << 2); /* The upper two blocks. */
    SEND(&bench, "\x06");
    SEND(&bench, "\x20\x7E\x00\x00");
    assert_int_equal(register_of(&bench, 0x2B), MX25R_SCUR_E_FAIL);
    assert_int_equal(register_of(&bench, 0x05), 2U << 2);
    SEND(&bench, "\x06");
    SEND(&bench, "\x02\x7E\x00\x00\x00");
    assert_int_equal(register_of(&bench, 0x2B),
                     MX25R_SCUR_E_FAIL | MX25R_SCUR_P_FAIL);
    SEND(&bench, "\x06");
    SEND(&bench, "\xC7");
    assert_int_equal(register_of(&bench, 0x05), 2U << 2);
    SEND(&bench, "\x06");
    SEND(&bench, "\x20\x7D\xF0\x00");
    assert_int_equal(register_of(&bench, 0x2B), MX25R_SCUR_P_FAIL);
    assert_int_equal(register_of(&bench, 0x05) & MX25R_SR_WIP, MX25R_SR_WIP);
    wait_ns(&bench, 58U * MS);
    assert_int_equal(bench.flash->stats.erases, 1);
    bench_end(&bench);
}

static void deep_power_down_hears_only_the_wake_up(void **state)
{
    struct bench bench;
    uint8_t in[3];

    (void)state;
    bench_init(&bench);
    SEND(&bench, "\xB9");
    assert_true(mx25r_free_ns(&bench.chip, bench.flash) == MX25R_NEVER_NS);
    single(&bench, "\x9F", 1, in, 3);
    assert_memory_equal(in, "\xFF\xFF\xFF", 3);
    assert_int_equal(register_of(&bench, 0x05), 0xFF);
    SEND(&bench, "\xAB");
    wait_ns(&bench, 34U * US);
    assert_int_equal(register_of(&bench, 0x05), 0xFF);
    wait_ns(&bench, 1U * US);
    single(&bench, "\x9F", 1, in, 3);
    assert_memory_equal(in, "\xC2\x28\x17", 3);
    bench_end(&bench);
}

static void a_software_reset_tears_what_runs(void **state)
{
    struct bench bench;
    unsigned erased = 0;

    (void)state;
    bench_init(&bench);
    bench.flash->high_performance = true;
    for (uint32_t at = 0; at < 4096U; at += 256U) {
        fill(&bench, at, 0xA5);
    }
    SEND(&bench, "\x99"); /* Alone it does nothing. */
    SEND(&bench, "\x66");
    SEND(&bench, "\x05");
    SEND(&bench, "\x99"); /* Not consecutive. */
    assert_true(bench.flash->high_performance);
    SEND(&bench, "\x06");
    SEND(&bench, "\x20\x00\x00\x00");
    wait_ns(&bench, 20U * MS);
    SEND(&bench, "\x66");
    SEND(&bench, "\x99");
    assert_false(bench.flash->high_performance);
    assert_int_equal(register_of(&bench, 0x05), 0xFF);
    wait_ns(&bench, 12U * MS);
    assert_int_equal(register_of(&bench, 0x05), 0);
    wait_ns(&bench, 100U * MS);
    for (uint32_t at = 0; at < 4096U; at++) {
        erased += read_byte(&bench, at) == 0xFF;
    }
    assert_in_range(erased, 1, 4095);
    bench_end(&bench);
}

static void too_fast_a_clock_reads_wrong_data(void **state)
{
    static const struct {
        uint32_t sck_hz;
        bool high_performance;
        bool is_right;
    } rows[] = {
        {8000000U,  false, true },
        {16000000U, false, true },
        {32000000U, false, false},
        {32000000U, true,  true },
        {80000000U, true,  true },
        {96000000U, true,  false},
    };
    struct bench bench;
    uint8_t in[7] = {0};

    (void)state;
    bench_init(&bench);
    fill(&bench, 0, 0x42);
    set_status(&bench, MX25R_SR_QE);
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        struct exchange quad = {
            "\xEB\0\0\0\0\0\0", 7, in, 8, {rows[row].sck_hz, 4, 4}
        };
        bench.flash->high_performance = rows[row].high_performance;
        bench.chip.remarks = 0;
        run(&bench, &quad);
        assert_int_equal(in[6] == 0x42, rows[row].is_right);
        assert_int_equal(bench.chip.remarks,
                         rows[row].is_right ? 0 : MX25R_REMARK_TOO_FAST);
    }
    bench_end(&bench);
}

static void dc_bit_shifts_what_a_controller_without_it_reads(void **state)
{
    struct bench bench;
    uint8_t in[9] = {0};
    struct exchange quad = {
        "\xEB\0\0\0\0\0\0", 7, in, 10, {8000000U, 4, 4}
    };

    (void)state;
    bench_init(&bench);
    fill(&bench, 0, 0x42);
    SEND(&bench, "\x06");
    SEND(&bench, "\x01\x40\x40");
    wait_ns(&bench, 10U * MS);
    run(&bench, &quad);
    assert_int_equal(in[6], 0xFF);
    assert_int_equal(in[7], 0xFF);
    assert_int_equal(in[8], 0x42);
    bench_end(&bench);
}

static void a_power_cut_tears_and_wakes_it_clean(void **state)
{
    struct bench bench;
    struct duo_sim_instant cut;

    (void)state;
    bench_init(&bench);
    fill(&bench, 0, 0x11);
    SEND(&bench, "\x06");
    SEND(&bench, "\x20\x00\x00\x00");
    wait_ns(&bench, 30U * MS);
    cut = (struct duo_sim_instant){bench.world.core_ns[DUO_CORE_APP],
                                   DUO_SIM_CUT_GARBAGE, 5};
    duo_sim_cut_at(&bench.world, &cut);
    duo_sim_power_up(&bench.world, (struct duo_sim_cut){0});
    mx25r_power_up(&bench.chip);
    assert_int_equal(register_of(&bench, 0x05), 0);
    SEND(&bench, "\x06");
    SEND(&bench, "\x20\x00\x00\x00");
    wait_ns(&bench, 58U * MS);
    assert_int_equal(read_byte(&bench, 0), 0xFF);
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quad_commands_need_quad_enable_and_four_lines),
        cmocka_unit_test(status_writes_take_one_to_three_bytes),
        cmocka_unit_test(protected_blocks_refuse_and_tell),
        cmocka_unit_test(deep_power_down_hears_only_the_wake_up),
        cmocka_unit_test(a_software_reset_tears_what_runs),
        cmocka_unit_test(too_fast_a_clock_reads_wrong_data),
        cmocka_unit_test(dc_bit_shifts_what_a_controller_without_it_reads),
        cmocka_unit_test(a_power_cut_tears_and_wakes_it_clean),
    };
    return cmocka_run_group_tests_name("mx25r_mode", tests, NULL, NULL);
}
