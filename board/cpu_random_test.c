/* SPDX-License-Identifier: MIT */
/* Random code: whatever a core executes, the board neither breaks nor hangs,
 * and the same bytes do the same again. */
#include "cpu_bench.h"

#define PROGRAM_BYTES 0x1000U
#define ROUNDS        25U
#define TURNS         6U
#define TURN_NS       20000U
#define HANDLER       0x200U
#define CODE          0x210U

static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Vectors into the program, a HardFault handler that skips what faulted, then
 * halfwords: any, or mostly the ones that touch
 * the system (0xBxxx, 0xDFxx, 0xF3xx) and memory. */
static void make_program(uint8_t *program, uint32_t seed)
{
    static const uint16_t favourites[] = {
        0xBF30, 0xBF20, 0xBF40, 0xDF00, 0xBE00, 0xB672, 0xB662, 0x4770, 0xBD00,
        0xB500, 0xF3BF, 0x8F6F, 0xF380, 0x8814, 0x8808, 0x880A, 0xF3EF, 0x8005,
        0xE8D0, 0xEEB7, 0x0A00, 0xED2D, 0xBF08, 0xBF18, 0x6800, 0x6001, 0xC80F,
    };
    /* ldr r0, [sp, #24]; adds r0, #2; str r0, [sp, #24]; bx lr */
    static const uint16_t skip[] = {0x9806, 0x3002, 0x9006, 0x4770};
    uint32_t state = seed * 2654435761U + 1U;

    memset(program, 0, PROGRAM_BYTES);
    duo_store_le32(program, 0x20004000U);
    for (uint32_t at = 4; at < HANDLER; at += 4U) {
        duo_store_le32(program + at, CODE + 1U + next(&state) % 0x700U * 2U);
    }
    duo_store_le32(program + 12, HANDLER + 1U); /* HardFault goes on. */
    memcpy(program + HANDLER, skip, sizeof(skip));
    for (uint32_t at = CODE; at < PROGRAM_BYTES; at += 2U) {
        uint32_t value = next(&state);
        uint32_t count = sizeof(favourites) / sizeof(*favourites);

        if (value % 3U == 0) {
            value = favourites[next(&state) % count];
        }
        duo_store_le16(program + at, (uint16_t)(value >> (value >> 31 & 8U)));
    }
}

/* Registers that point somewhere: RAM, flash, system registers. */
static void set_registers(struct bench *bench, uint32_t seed)
{
    static const uint32_t bases[] = {0x20000000U, 0x00000200U, 0xE000E000U,
                                     0x80000000U, 0x2007FFF0U, 0xE000ED00U};
    uint32_t state = seed + 77U;

    for (unsigned number = 0; number < 13U; number++) {
        uint32_t value = bases[next(&state) % 6U] + next(&state) % 0x100U;

        assert_true(duo_vb_reg_write(bench->vb, DUO_CORE_APP, number, value));
    }
}

/* Runs a round in any mixture of runs and steps; the sum tells two apart. */
static uint32_t run_round(uint32_t seed)
{
    struct duo_vb_config config = {.seed = seed, .lenient = true};
    uint8_t program[PROGRAM_BYTES];
    struct bench bench;
    struct duo_vb_stop stop;
    char message[200];
    uint32_t sum = 0;

    make_program(program, seed);
    RUN_BEGIN(&bench, program);
    duo_vb_destroy(bench.vb);
    config.world = &bench.world;
    config.app = bench.app;
    config.net = bench.net;
    config.ext = bench.ext;
    bench.vb = duo_vb_create(&config, message);
    assert_non_null(bench.vb);
    duo_vb_power_on(bench.vb, NULL);
    set_registers(&bench, seed);
    for (unsigned turn = 0; turn < TURNS; turn++) {
        uint64_t start_ns = duo_vb_now_ns(bench.vb);
        uint64_t until_ns = start_ns + TURN_NS;

        duo_vb_run(bench.vb, until_ns, &stop);
        if (stop.kind != DUO_VB_STOP_TIME && stop.kind != DUO_VB_STOP_IDLE &&
            stop.kind != DUO_VB_STOP_RULE) {
            fail_msg("seed %u: %s", (unsigned)seed, stop.text);
        }
        if (turn % 2U == 1U && stop.kind == DUO_VB_STOP_TIME) {
            duo_vb_step(bench.vb, DUO_CORE_APP, &stop);
        }
        for (unsigned number = 0; number < 25U; number++) {
            sum = sum * 31U + reg(&bench, number);
        }
    }
    sum = sum * 31U + (uint32_t)app_stats(&bench).instructions;
    bench_end(&bench);
    return sum;
}

static void random_code_neither_breaks_nor_differs(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= ROUNDS; seed++) {
        uint32_t sum = run_round(seed);

        if (run_round(seed) != sum) {
            fail_msg("seed %u: a second run differs", (unsigned)seed);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_code_neither_breaks_nor_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
