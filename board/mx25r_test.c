/* SPDX-License-Identifier: MIT */
/* The MX25R6435F command by command: what it answers, does and ignores. */
#include "mx25r_bench.h"

static void identifies_itself(void **state)
{
    struct bench bench;
    uint8_t in[8] = {0};

    (void)state;
    bench_init(&bench);
    single(&bench, "\x9F", 1, in, 3);
    assert_memory_equal(in, "\xC2\x28\x17", 3);
    single(&bench, "\x90\0\0\0", 4, in, 5);
    assert_memory_equal(in + 3, "\xC2\x17", 2);
    single(&bench, "\xAB\0\0\0", 4, in, 4);
    assert_int_equal(in[3], 0x17);
    assert_int_equal(bench.chip.remarks, 0);
    bench_end(&bench);
}

static void sfdp_tells_size_and_quad_enable(void **state)
{
    struct bench bench;
    uint8_t in[4 + 256];
    const uint8_t *table = in + 4; /* Address and dummy byte in front. */

    (void)state;
    bench_init(&bench);
    single(&bench, "\x5A\0\0\0\0", 5, in, sizeof(in));
    assert_memory_equal(table, "SFDP", 4);
    assert_int_equal(table[6], 2); /* Three headers. */
    assert_int_equal(table[0x0C], 0x30);
    assert_int_equal(table[0x0B], 16);
    assert_memory_equal(table + 0x34, "\xFF\xFF\xFF\x03", 4); /* 64 Mbit */
    assert_int_equal(table[0x30 + 4 * 14 + 2] >> 4 & 7, 2);   /* S1B6 */
    assert_int_equal(table[0xC2], 0xF0);
    assert_int_equal(table[0xFF], 0xFF);
    bench_end(&bench);
}

static void programs_after_write_enable_only(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench);
    SEND(&bench, "\x02\x00\x01\x02\x5A");
    assert_int_equal(register_of(&bench, 0x05), 0);
    assert_int_equal(bench.chip.remarks, MX25R_REMARK_NOT_ENABLED);
    SEND(&bench, "\x06");
    assert_int_equal(register_of(&bench, 0x05), MX25R_SR_WEL);
    SEND(&bench, "\x04");
    assert_int_equal(register_of(&bench, 0x05), 0);
    SEND(&bench, "\x06");
    SEND(&bench, "\x02\x00\x01\x02\x5A");
    assert_int_equal(register_of(&bench, 0x05), MX25R_SR_WEL | MX25R_SR_WIP);
    wait_ns(&bench, 125U * US);
    assert_int_equal(register_of(&bench, 0x05), 0);
    assert_int_equal(read_byte(&bench, 0x101), 0xFF);
    assert_int_equal(read_byte(&bench, 0x102), 0x5A);
    assert_int_equal(read_byte(&bench, 0x103), 0xFF);
    bench_end(&bench);
}

static void a_page_program_wraps_and_the_last_256_bytes_win(void **state)
{
    struct bench bench;
    char out[4 + 260];

    (void)state;
    bench_init(&bench);
    memcpy(out, "\x02\x00\x02\xFE", 4);
    for (unsigned at = 0; at < 260U; at++) {
        out[4 + at] = (char)(at < 4U ? 0x00 : at);
    }
    SEND(&bench, "\x06");
    single(&bench, out, sizeof(out), NULL, 0);
    wait_ns(&bench, 4U * MS);
    /* Data byte n lies at (0xFE + n) % 256; 0..3 were overtaken. */
    assert_int_equal(read_byte(&bench, 0x2FE), 0x00); /* 256 */
    assert_int_equal(read_byte(&bench, 0x200), 0x02); /* 258 */
    assert_int_equal(read_byte(&bench, 0x202), 0x04);
    assert_int_equal(read_byte(&bench, 0x2FD), 0xFF); /* 255 */
    assert_int_equal(read_byte(&bench, 0x300), 0xFF);
    bench_end(&bench);
}

static void programming_ands_and_says_so(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench);
    fill(&bench, 0, 0x0F);
    SEND(&bench, "\x06");
    SEND(&bench, "\x02\x00\x00\x01\x3C");
    assert_int_equal(bench.chip.remarks, MX25R_REMARK_RISING);
    wait_ns(&bench, 4U * MS);
    assert_int_equal(read_byte(&bench, 0), 0x0F);
    assert_int_equal(read_byte(&bench, 1), 0x0C);
    bench_end(&bench);
}

static void erases_take_their_time_and_their_range(void **state)
{
    static const struct {
        const char *command;
        size_t command_bytes;
        uint32_t from;
        uint32_t len_bytes;
        uint64_t ns[2]; /* Ultra low power, high performance. */
    } rows[] = {
        {"\x20\x01\x23\x45", 4, 0x12000, 0x1000,    {58U * MS, 40U * MS}           },
        {"\x52\x01\x8A\xBC", 4, 0x18000, 0x8000,    {464U * MS, 240U * MS}         },
        {"\xD8\x01\x23\x45", 4, 0x10000, 0x10000,   {800U * MS, 480U * MS}         },
        {"\xC7",             1, 0,       EXT_BYTES, {120000ULL * MS, 50000ULL * MS}},
        {"\x60",             1, 0,       EXT_BYTES, {120000ULL * MS, 50000ULL * MS}},
    };
    struct bench bench;

    (void)state;
    bench_init(&bench);
    for (size_t row = 0; row < 2U * sizeof(rows) / sizeof(rows[0]); row++) {
        size_t index = row / 2U;
        bench.flash->high_performance = row % 2U != 0;
        fill(&bench, rows[index].from, 0);
        fill(&bench, rows[index].from + rows[index].len_bytes - 256U, 0);
        if (rows[index].from > 0) {
            fill(&bench, rows[index].from - 256U, 0);
        }
        SEND(&bench, "\x06");
        single(&bench, rows[index].command, rows[index].command_bytes, NULL, 0);
        wait_ns(&bench, rows[index].ns[row % 2U] - 1U);
        assert_int_equal(register_of(&bench, 0x05) & MX25R_SR_WIP, 1);
        wait_ns(&bench, 1);
        assert_int_equal(register_of(&bench, 0x05), 0);
        assert_int_equal(read_byte(&bench, rows[index].from), 0xFF);
        assert_int_equal(
            read_byte(&bench, rows[index].from + rows[index].len_bytes - 1U),
            0xFF);
        if (rows[index].from > 0) {
            assert_int_equal(read_byte(&bench, rows[index].from - 1U), 0);
        }
    }
    bench_end(&bench);
}

static void a_page_takes_as_long_as_on_the_native_board(void **state)
{
    static const struct {
        bool high_performance;
        uint64_t frame_ns; /* WREN and 4PP with 256 bytes, 8 and 32 MHz. */
    } modes[] = {
        {false, 66750},
        {true,  16688}
    };
    char out[4 + 256] = {0x02, 0x01};

    (void)state;
    for (size_t mode = 0; mode < 2U; mode++) {
        struct bench bench;
        struct duo_sim_start start = {DUO_SIM_OP_WRITE, 0x1000, 256, out + 4,
                                      0};
        uint64_t end_ns;
        bench_init(&bench);
        bench.flash->high_performance = modes[mode].high_performance;
        assert_int_equal(duo_sim_start(bench.flash, &start), DUO_OK);
        end_ns = duo_sim_end_ns(bench.flash);
        bench.world.core_ns[DUO_CORE_APP] = end_ns;
        SEND(&bench, "\x06");
        mx25r_select(&bench.chip, bench.flash,
                     &(struct mx25r_wire){8000000U, 1, 1});
        for (size_t at = 0; at < sizeof(out); at++) {
            (void)mx25r_byte(&bench.chip, bench.flash, (uint8_t)out[at]);
        }
        mx25r_deselect(&bench.chip, bench.flash, modes[mode].frame_ns);
        assert_in_range(bench.chip.busy_until_ns, 2U * end_ns - 2U,
                        2U * end_ns + 2U);
        bench_end(&bench);
    }
}

static void a_busy_chip_answers_status_only(void **state)
{
    struct bench bench;
    uint8_t in[3];

    (void)state;
    bench_init(&bench);
    SEND(&bench, "\x06");
    SEND(&bench, "\x20\x00\x10\x00");
    single(&bench, "\x9F", 1, in, 3);
    assert_memory_equal(in, "\0\0\0", 3);
    assert_int_equal(bench.chip.remarks, MX25R_REMARK_BUSY);
    assert_int_equal(register_of(&bench, 0x05), MX25R_SR_WEL | MX25R_SR_WIP);
    assert_int_equal(register_of(&bench, 0x2B), 0);
    /* Another erase is ignored, not queued. */
    SEND(&bench, "\x06");
    SEND(&bench, "\x20\x00\x20\x00");
    wait_ns(&bench, 58U * MS);
    assert_int_equal(register_of(&bench, 0x05), 0);
    assert_int_equal(bench.flash->stats.erases, 1);
    bench_end(&bench);
}

static void an_absent_chip_reads_as_ones(void **state)
{
    struct bench bench;
    uint8_t in[3];

    (void)state;
    bench_init(&bench);
    bench.flash->absent = true;
    single(&bench, "\x9F", 1, in, 3);
    assert_memory_equal(in, "\xFF\xFF\xFF", 3);
    SEND(&bench, "\x06");
    SEND(&bench, "\x20\x00\x00\x00");
    assert_true(mx25r_free_ns(&bench.chip, bench.flash) == MX25R_NEVER_NS);
    bench_end(&bench);
}

static void odd_commands_are_ignored_and_named(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench);
    SEND(&bench, "\x13");
    assert_int_equal(bench.chip.remarks, MX25R_REMARK_UNKNOWN);
    SEND(&bench, "\xB0");
    assert_int_equal(bench.chip.remarks,
                     MX25R_REMARK_UNKNOWN | MX25R_REMARK_NOT_MODELLED);
    bench.chip.remarks = 0;
    SEND(&bench, "\x06\x00"); /* One byte too many. */
    assert_int_equal(bench.chip.remarks, MX25R_REMARK_LENGTH);
    assert_int_equal(register_of(&bench, 0x05), 0);
    SEND(&bench, "\x06");
    SEND(&bench, "\x20\x00\x00"); /* Half an address. */
    assert_int_equal(register_of(&bench, 0x05), MX25R_SR_WEL);
    for (unsigned bit = 0; bit < MX25R_REMARK_COUNT; bit++) {
        assert_string_not_equal(
            mx25r_remark_text((enum mx25r_remark)(1U << bit)), "is odd");
    }
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifies_itself),
        cmocka_unit_test(sfdp_tells_size_and_quad_enable),
        cmocka_unit_test(programs_after_write_enable_only),
        cmocka_unit_test(a_page_program_wraps_and_the_last_256_bytes_win),
        cmocka_unit_test(programming_ands_and_says_so),
        cmocka_unit_test(erases_take_their_time_and_their_range),
        cmocka_unit_test(a_page_takes_as_long_as_on_the_native_board),
        cmocka_unit_test(a_busy_chip_answers_status_only),
        cmocka_unit_test(an_absent_chip_reads_as_ones),
        cmocka_unit_test(odd_commands_are_ignored_and_named),
    };
    return cmocka_run_group_tests_name("mx25r", tests, NULL, NULL);
}
