/* SPDX-License-Identifier: MIT */
/* Small Thumb programs on a whole virtual board, for the tests of its cores. A
 * program is an image from the start of the core's flash; it tells what it saw
 * by storing words at LOG. The sources stand above the bytes; all of them
 * begin with the same vectors and use these macros:
 *
 *   .word stack, reset, nmi, hard, mem, bus, usage, 0, 0, 0, 0, svc, 0, 0,
 *         pendsv, systick, irq0, irq1, irq2, irq3
 *   LOG v:    movs r6, #v; str r6, [r7]; adds r7, #4
 *   KEEP r:   str r, [r7]; adds r7, #4
 *   PUT a, v: ldr r0, =a; ldr r1, =v; str r1, [r0] */
#ifndef DUO_VB_CPU_BENCH_H
#define DUO_VB_CPU_BENCH_H

#include "bench.h"
#include "cpu_parts.h"

#define LOG_ADDR     0x20000100U
#define NET_LOG_ADDR 0x21000100U
#define LOG_WORDS    64U

enum {
    REG_SP = 13,
    REG_LR = 14,
    REG_PC = 15,
    REG_XPSR = 16,
    REG_MSP = 17,
    REG_PSP = 18,
};

/* Power on with a program in the flash of the application core; RAM that the
 * programs use is blank. */
static inline void run_begin(struct bench *bench, struct duo_bytes program)
{
    static const uint8_t blank[0x400];
    struct duo_bytes zeros = {blank, sizeof(blank)};

    bench_init(bench);
    duo_vb_power_off(bench->vb);
    duo_sim_poke(bench->app, 0, program);
    duo_vb_power_on(bench->vb, NULL);
    assert_true(duo_vb_mem_write(bench->vb, DUO_CORE_APP, 0x20000000U, zeros));
}
#define RUN_BEGIN(bench, program) \
    run_begin(bench, (struct duo_bytes){program, sizeof(program)})

static inline uint32_t memory(struct bench *bench, uint32_t addr)
{
    enum duo_core core = addr >= 0x21000000U ? DUO_CORE_NET : DUO_CORE_APP;
    uint8_t bytes[4];

    assert_true(duo_vb_mem_read(bench->vb, core, addr, bytes, sizeof(bytes)));
    return duo_load_le32(bytes);
}

static inline uint32_t reg(struct bench *bench, unsigned number)
{
    uint32_t value = 0;

    assert_true(duo_vb_reg_read(bench->vb, DUO_CORE_APP, number, &value));
    return value;
}

/* The log is exactly this. */
static inline void assert_words(struct bench *bench, uint32_t addr,
                                const uint32_t *expected, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        uint32_t word = memory(bench, addr + 4U * (uint32_t)at);

        if (word != expected[at]) {
            fail_msg("log word %zu is 0x%08x, not 0x%08x", at, (unsigned)word,
                     (unsigned)expected[at]);
        }
    }
    assert_int_equal(memory(bench, addr + 4U * (uint32_t)count), 0);
}
#define ASSERT_LOG(bench, expected)         \
    assert_words(bench, LOG_ADDR, expected, \
                 sizeof(expected) / sizeof(*(expected)))

/* Run a program for a time that is enough, then compare its log. */
static inline void run_for(struct bench *bench, uint64_t time_us)
{
    bench_wait_us(bench, time_us);
}

static inline struct duo_vb_core_stats app_stats(struct bench *bench)
{
    struct duo_vb_core_stats stats;

    duo_vb_core_stats(bench->vb, DUO_CORE_APP, &stats);
    return stats;
}

#endif
