/* SPDX-License-Identifier: MIT */
/* Sleep, cycles, repeatability, snapshots, breakpoints, steps. */
#include "cpu_bench.h"

/*
 * reset:
 *  ldr r7, =0x20000100
 *  PUT 0xE000E100, 1
 *  cpsid i
 *  wfi
 *  LOG 1
 *  cpsie i
 *  isb
 *  LOG 3
 *  wfe
 *  LOG 4
 *  sev
 *  wfe
 *  LOG 5
 *  wfe
 *  LOG 6
 *  PUT 0xE000ED10, 2
 *  wfi
 *  LOG 99
 *  b .
 * irq0:
 *  LOG 2
 *  PUT 0xE000E280, 1
 *  bx lr
 */
static const uint8_t program_sleep[] = {
    0x00, 0x80, 0x00, 0x20, 0x51, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x9D, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x16, 0x4F, 0x17, 0x48,
    0x4F, 0xF0, 0x01, 0x01, 0x01, 0x60, 0x72, 0xB6, 0x30, 0xBF, 0x01, 0x26,
    0x3E, 0x60, 0x04, 0x37, 0x62, 0xB6, 0xBF, 0xF3, 0x6F, 0x8F, 0x03, 0x26,
    0x3E, 0x60, 0x04, 0x37, 0x20, 0xBF, 0x04, 0x26, 0x3E, 0x60, 0x04, 0x37,
    0x40, 0xBF, 0x20, 0xBF, 0x05, 0x26, 0x3E, 0x60, 0x04, 0x37, 0x20, 0xBF,
    0x06, 0x26, 0x3E, 0x60, 0x04, 0x37, 0x0A, 0x48, 0x4F, 0xF0, 0x02, 0x01,
    0x01, 0x60, 0x30, 0xBF, 0x63, 0x26, 0x3E, 0x60, 0x04, 0x37, 0xFE, 0xE7,
    0x02, 0x26, 0x3E, 0x60, 0x04, 0x37, 0x05, 0x48, 0x4F, 0xF0, 0x01, 0x01,
    0x01, 0x60, 0x70, 0x47, 0x00, 0x01, 0x00, 0x20, 0x00, 0xE1, 0x00, 0xE0,
    0x10, 0xED, 0x00, 0xE0, 0x80, 0xE2, 0x00, 0xE0,
};

static void sleep_ends_as_the_architecture_says(void **state)
{
    struct bench bench;
    struct vb_cpu *cpu;
    uint64_t sleep_ns;

    (void)state;
    RUN_BEGIN(&bench, program_sleep);
    cpu = vb_cpu(bench.vb, DUO_CORE_APP);
    run_for(&bench, 100);
    assert_int_equal(memory(&bench, LOG_ADDR), 0);
    assert_true(duo_vb_core_is_parked(bench.vb, DUO_CORE_APP));
    sleep_ns = app_stats(&bench).sleep_ns;
    assert_true(sleep_ns > 90000 && sleep_ns < 100000);
    /* PRIMASK: WFI ends, the handler waits. Exception entry and SEV set the
     * event register, so two WFE fall through, and the third one sleeps. */
    vb_cpu_irq(cpu, 0, true);
    vb_cpu_irq(cpu, 0, false);
    run_for(&bench, 100);
    {
        static const uint32_t log[] = {1, 2, 3, 4, 5};

        ASSERT_LOG(&bench, log);
    }
    vb_cpu_sev(cpu);
    run_for(&bench, 100);
    /* SLEEPONEXIT: the handler ends in sleep, thread code does not go on. */
    for (unsigned turn = 0; turn < 2; turn++) {
        static const uint32_t log[] = {1, 2, 3, 4, 5, 6, 2, 2};

        assert_words(&bench, LOG_ADDR, log, 6 + turn);
        vb_cpu_irq(cpu, 0, true);
        vb_cpu_irq(cpu, 0, false);
        run_for(&bench, 100);
        assert_words(&bench, LOG_ADDR, log, 7 + turn);
    }
    assert_int_equal(vb_cpu_state(cpu), VB_CPU_SLEEPS);
    bench_end(&bench);
}

/*
 * reset:
 *  ldr r7, =0x20000100
 *  ldr r0, =0xE000EDFC
 *  mov r1, #0x01000000
 *  str r1, [r0]
 *  ldr r2, =0xE0001000
 *  movs r1, #1
 *  str r1, [r2]
 *  mov r0, #3000
 *  b 1f
 * 1: ldr r4, [r2, #4]
 *  b 1f
 * 1: subs r0, #3
 *  bhi 1b
 *  b 1f
 * 1: ldr r5, [r2, #4]
 *  subs r5, r4
 *  KEEP r5
 *  wfi
 *  b .
 */
static const uint8_t program_cycles[] = {
    0x00, 0x80, 0x00, 0x20, 0x51, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x0A, 0x4F, 0x0B, 0x48,
    0x4F, 0xF0, 0x80, 0x71, 0x01, 0x60, 0x0A, 0x4A, 0x01, 0x21, 0x11, 0x60,
    0x40, 0xF6, 0xB8, 0x30, 0xFF, 0xE7, 0x54, 0x68, 0xFF, 0xE7, 0x03, 0x38,
    0xFD, 0xD8, 0xFF, 0xE7, 0x55, 0x68, 0x2D, 0x1B, 0x3D, 0x60, 0x04, 0x37,
    0x30, 0xBF, 0xFE, 0xE7, 0x00, 0x01, 0x00, 0x20, 0xFC, 0xED, 0x00, 0xE0,
    0x00, 0x10, 0x00, 0xE0,
};

static void delay_loop_costs_three_cycles(void **state)
{
    struct bench bench;
    uint32_t cycles;

    (void)state;
    RUN_BEGIN(&bench, program_cycles);
    run_for(&bench, 1000);
    cycles = memory(&bench, LOG_ADDR); /* 1000 turns, and what is around. */
    assert_true(cycles >= 3000 && cycles <= 3010);
    /* 64 MHz: 3000 cycles are 46.9 us. */
    assert_true(app_stats(&bench).run_ns > 46875 &&
                app_stats(&bench).run_ns < 47600);
    bench_end(&bench);
}

/*
 * reset:
 *  ldr r7, =0x20000100
 *  PUT 0xE000ED88, 0x00F00000
 *  PUT 0xE000E014, 6399
 *  PUT 0xE000E018, 0
 *  PUT 0xE000E010, 7
 *  movs r4, #0
 *  ldr r5, =0x20000000
 * 1: adds r4, #1
 *  str r4, [r5]
 *  vmov s3, r4
 *  vcvt.f32.u32 s4, s3
 *  vadd.f32 s5, s5, s4
 *  eors r6, r4
 *  lsls r6, r6, #1
 *  b 1b
 * systick:
 *  ldr r0, [r5, #4]
 *  adds r0, #1
 *  str r0, [r5, #4]
 *  ldr r1, =0xE000E018
 *  ldr r1, [r1]
 *  ldr r2, [r5, #8]
 *  adds r2, r1
 *  ror r2, r2, r0
 *  str r2, [r5, #8]
 *  bx lr
 */
static const uint8_t program_busy[] = {
    0x00, 0x80, 0x00, 0x20, 0x51, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x8F, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x14, 0x4F, 0x15, 0x48,
    0x4F, 0xF4, 0x70, 0x01, 0x01, 0x60, 0x14, 0x48, 0x41, 0xF6, 0xFF, 0x01,
    0x01, 0x60, 0x13, 0x48, 0x4F, 0xF0, 0x00, 0x01, 0x01, 0x60, 0x12, 0x48,
    0x4F, 0xF0, 0x07, 0x01, 0x01, 0x60, 0x00, 0x24, 0x4F, 0xF0, 0x00, 0x55,
    0x01, 0x34, 0x2C, 0x60, 0x01, 0xEE, 0x90, 0x4A, 0xB8, 0xEE, 0x61, 0x2A,
    0x72, 0xEE, 0x82, 0x2A, 0x66, 0x40, 0x76, 0x00, 0xF4, 0xE7, 0x68, 0x68,
    0x01, 0x30, 0x68, 0x60, 0x06, 0x49, 0x09, 0x68, 0xAA, 0x68, 0x52, 0x18,
    0x62, 0xFA, 0x00, 0xF2, 0xAA, 0x60, 0x70, 0x47, 0x00, 0x01, 0x00, 0x20,
    0x88, 0xED, 0x00, 0xE0, 0x14, 0xE0, 0x00, 0xE0, 0x18, 0xE0, 0x00, 0xE0,
    0x10, 0xE0, 0x00, 0xE0,
};

struct outcome {
    uint32_t regs[25];
    uint32_t ram[3];
    uint32_t s5;
    struct duo_vb_core_stats stats;
};

static struct outcome outcome_of(struct bench *bench)
{
    struct outcome outcome;

    memset(&outcome, 0, sizeof(outcome));
    for (unsigned at = 0; at < 25U; at++) {
        outcome.regs[at] = reg(bench, at);
    }
    for (unsigned at = 0; at < 3U; at++) {
        outcome.ram[at] = memory(bench, 0x20000000U + 4U * at);
    }
    outcome.s5 = reg(bench, 37);
    outcome.stats = app_stats(bench);
    return outcome;
}

static void same_run_twice_and_from_a_snapshot(void **state)
{
    struct outcome first[2];
    struct bench bench;

    (void)state;
    for (unsigned turn = 0; turn < 2; turn++) {
        struct outcome middle;
        struct duo_vb_snapshot *snapshot;
        struct outcome again;

        RUN_BEGIN(&bench, program_busy);
        run_for(&bench, 2003);
        snapshot = duo_vb_snapshot_take(bench.vb);
        middle = outcome_of(&bench);
        run_for(&bench, 2003);
        first[turn] = outcome_of(&bench);
        assert_memory_not_equal(&first[turn], &middle, sizeof(middle));
        duo_vb_snapshot_restore(bench.vb, snapshot);
        again = outcome_of(&bench);
        assert_memory_equal(&again, &middle, sizeof(again));
        run_for(&bench, 2003);
        again = outcome_of(&bench);
        assert_memory_equal(&again, &first[turn], sizeof(again));
        duo_vb_snapshot_free(snapshot);
        bench_end(&bench);
    }
    assert_memory_equal(&first[0], &first[1], sizeof(first[0]));
    assert_int_equal(first[0].stats.exceptions, 40); /* Every 100 us. */
}

/*
 * reset:
 *  ldr r7, =0x20000100
 *  movs r0, #0
 * loop: adds r0, #1
 *  movs r1, #1
 *  adds r1, #1
 *  cmp r0, #200
 *  itt ne
 *  addne r1, #1
 *  addne r1, #1
 *  bl sub
 *  b loop
 * sub: mov r2, r0
 *  bx lr
 */
static const uint8_t program_debug[] = {
    0x00, 0x80, 0x00, 0x20, 0x51, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x06, 0x4F, 0x00, 0x20,
    0x01, 0x30, 0x01, 0x21, 0x01, 0x31, 0xC8, 0x28, 0x1C, 0xBF, 0x01, 0x31,
    0x01, 0x31, 0x00, 0xF0, 0x01, 0xF8, 0xF5, 0xE7, 0x02, 0x46, 0x70, 0x47,
    0x00, 0x01, 0x00, 0x20,
};

#define DEBUG_LOOP 0x54U
#define DEBUG_SUB  0x68U

static void breakpoints_stop_before_their_instruction(void **state)
{
    struct bench bench;
    struct duo_vb_stop stop;

    (void)state;
    RUN_BEGIN(&bench, program_debug);
    assert_true(duo_vb_break_add(bench.vb, DUO_CORE_APP, DEBUG_LOOP));
    assert_true(duo_vb_break_add(bench.vb, DUO_CORE_APP, DEBUG_LOOP + 4U));
    for (uint32_t turn = 0; turn < 5; turn++) {
        duo_vb_run(bench.vb, UINT64_MAX, &stop);
        assert_int_equal(stop.kind, DUO_VB_STOP_BREAK);
        assert_int_equal(stop.pc, DEBUG_LOOP);
        assert_int_equal(reg(&bench, 0), turn);
        duo_vb_run(bench.vb, UINT64_MAX, &stop);
        assert_int_equal(stop.pc, DEBUG_LOOP + 4U);
        assert_int_equal(reg(&bench, 0), turn + 1U);
        assert_int_equal(reg(&bench, 1), 1);
    }
    duo_vb_break_remove(bench.vb, DUO_CORE_APP, DEBUG_LOOP);
    duo_vb_break_remove(bench.vb, DUO_CORE_APP, DEBUG_LOOP + 4U);
    run_for(&bench, 100);
    for (unsigned at = 0; at < VB_BREAKS_MAX; at++) {
        assert_true(
            duo_vb_break_add(bench.vb, DUO_CORE_APP, 0x1000U + 2U * at));
    }
    assert_false(duo_vb_break_add(bench.vb, DUO_CORE_APP, 0x3000));
    assert_true(duo_vb_break_add(bench.vb, DUO_CORE_APP, 0x1000));
    bench_end(&bench);
}

static void steps_are_single_instructions(void **state)
{
    static const struct {
        uint32_t pc;
        uint64_t instructions;
    } expected[] = {
        {DEBUG_LOOP + 2U,  1},
        {DEBUG_LOOP + 4U,  1},
        {DEBUG_LOOP + 6U,  1},
        {DEBUG_LOOP + 8U,  1},
        {DEBUG_LOOP + 14U, 3}, /* The IT block is one. */
        {DEBUG_SUB,        1},
        {DEBUG_SUB + 2U,   1},
        {DEBUG_LOOP + 18U, 1},
        {DEBUG_LOOP,       1},
    };
    struct bench bench;
    struct duo_vb_stop stop;

    (void)state;
    RUN_BEGIN(&bench, program_debug);
    assert_true(duo_vb_break_add(bench.vb, DUO_CORE_APP, DEBUG_LOOP));
    duo_vb_run(bench.vb, UINT64_MAX, &stop);
    for (size_t turn = 0; turn < 18; turn++) {
        uint64_t before = app_stats(&bench).instructions;
        size_t at = turn % 9;

        duo_vb_step(bench.vb, DUO_CORE_APP, &stop);
        assert_int_equal(stop.kind, DUO_VB_STOP_BREAK);
        assert_int_equal(reg(&bench, REG_PC), expected[at].pc);
        assert_int_equal(app_stats(&bench).instructions - before,
                         expected[at].instructions);
    }
    assert_int_equal(reg(&bench, 0), 2);
    bench_end(&bench);
}

static void registers_are_read_and_written(void **state)
{
    struct bench bench;
    uint32_t value;

    (void)state;
    RUN_BEGIN(&bench, program_debug);
    run_for(&bench, 10);
    for (unsigned number = 0; number < 64U; number++) {
        bool exists = number <= 25U || number >= 32U;
        /* Bits that every one of them keeps; CONTROL would choose a stack. */
        uint32_t pattern = number == 19 || number == 21 ? 1U
                           : number == 20               ? 0x60U
                           : number == 22               ? 0
                           : number == 16               ? 0x91000000U
                           : number == 25               ? 0x00C00000U
                                                        : 0x20001238U;

        assert_int_equal(
            duo_vb_reg_write(bench.vb, DUO_CORE_APP, number, pattern), exists);
        assert_int_equal(
            duo_vb_reg_read(bench.vb, DUO_CORE_APP, number, &value), exists);
        if (exists) {
            assert_int_equal(value, pattern);
        }
    }
    assert_false(duo_vb_reg_read(bench.vb, DUO_CORE_APP, 64, &value));
    assert_false(duo_vb_reg_read(bench.vb, DUO_CORE_APP, UINT32_MAX, &value));
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleep_ends_as_the_architecture_says),
        cmocka_unit_test(delay_loop_costs_three_cycles),
        cmocka_unit_test(same_run_twice_and_from_a_snapshot),
        cmocka_unit_test(breakpoints_stop_before_their_instruction),
        cmocka_unit_test(steps_are_single_instructions),
        cmocka_unit_test(registers_are_read_and_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
