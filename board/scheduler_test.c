/* SPDX-License-Identifier: MIT */
/* Time: timers in order, cores that keep pace, waking in time, runs that can be
 * cut into pieces, steps. */
#include "program.h"
#include "vb_cpu.h"

#define APP_MARK  0x20001000U
#define FORCEOFF  0x50005614U
#define EXTDOMAIN 0x50003440U
#define RTC1      0x50015000U
#define CLOCK     0x50005000U

/* --- Timers ---------------------------------------------------------------- */

struct probe {
    struct duo_vb *vb;
    struct vb_timer timer[3];
    char order[8];
    uint64_t ticks[8];
    unsigned count;
};

static void mark(struct probe *probe, char name)
{
    probe->order[probe->count] = name;
    probe->ticks[probe->count] = vb_now(probe->vb);
    probe->count++;
}

static void fire_a(void *ctx)
{
    mark(ctx, 'a');
}

static void fire_b(void *ctx)
{
    struct probe *probe = ctx;

    mark(probe, 'b');
    /* In the past: fires at once, at the present. */
    vb_timer_set(probe->vb, &probe->timer[0], 1);
}

static void fire_c(void *ctx)
{
    mark(ctx, 'c');
}

static void timers_fire_by_time_and_slot(void **state)
{
    struct program_board board;
    struct program program;
    struct probe probe = {0};
    uint64_t now;

    (void)state;
    program_board_init(&board);
    probe.vb = board.vb;
    vb_timer_init(board.vb, &probe.timer[0], fire_a, &probe);
    vb_timer_init(board.vb, &probe.timer[1], fire_b, &probe);
    vb_timer_init(board.vb, &probe.timer[2], fire_c, &probe);
    program_begin(&program, PROGRAM_APP);
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    now = board.vb->machine.pass_ticks;
    vb_timer_set(board.vb, &probe.timer[2], now + 1000000U);
    vb_timer_set(board.vb, &probe.timer[0], now + 1000000U);
    vb_timer_set(board.vb, &probe.timer[1], now + 2000000U);
    assert_int_equal(program_run(&board, 1000000), DUO_VB_STOP_IDLE);
    assert_string_equal(probe.order, "acba");
    assert_int_equal(probe.ticks[0], now + 1000000U);
    assert_int_equal(probe.ticks[2], now + 2000000U);
    assert_int_equal(probe.ticks[3], now + 2000000U);
    vb_timer_set(board.vb, &probe.timer[0], now + 9000000U);
    vb_timer_clear(board.vb, &probe.timer[0]);
    assert_int_equal(program_run(&board, 1000000), DUO_VB_STOP_IDLE);
    assert_int_equal(probe.count, 4);
    program_board_end(&board);
}

/* --- Instruction time ------------------------------------------------------ */

static void a_loop_takes_its_cycles(void **state)
{
    struct program_board board;
    struct program program;
    struct duo_vb_core_stats stats;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_delay(&program, 1000000); /* 3 cycles each at 64 MHz. */
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 46000), DUO_VB_STOP_TIME);
    assert_false(duo_vb_core_is_parked(board.vb, DUO_CORE_APP));
    assert_int_equal(program_run(&board, 2000), DUO_VB_STOP_IDLE);
    assert_true(duo_vb_core_is_parked(board.vb, DUO_CORE_APP));
    duo_vb_core_stats(board.vb, DUO_CORE_APP, &stats);
    assert_in_range(stats.run_ns, 46870000, 46880000);
    assert_in_range(stats.instructions, 2000002, 2000012);
    program_board_end(&board);
}

/* --- Two cores ------------------------------------------------------------- */

/* The network core counts in application RAM for ever; the application core
 * samples that count into a table, as often as it can. */
static void flash_racers(struct program_board *board)
{
    struct program app, net;
    uint32_t loop;

    program_begin(&app, PROGRAM_APP);
    program_store(&app, EXTDOMAIN, 1U << 4);
    program_store(&app, APP_MARK, 0);
    program_store(&app, FORCEOFF, 0);
    program_load(&app, 3, APP_MARK + 0x100U);
    program_load(&app, 0, APP_MARK);
    loop = program_here(&app);
    program_put(&app, 0x6801U); /* ldr r1, [r0] */
    program_put(&app, 0x6019U); /* str r1, [r3] */
    program_put(&app, 0x3304U); /* adds r3, #4 */
    program_branch(&app, loop);
    program_flash(board, &app);
    program_begin(&net, PROGRAM_NET);
    program_load(&net, 0, APP_MARK);
    loop = program_here(&net);
    program_put(&net, 0x6801U); /* ldr r1, [r0] */
    program_put(&net, 0x3101U); /* adds r1, #1 */
    program_put(&net, 0x6001U); /* str r1, [r0] */
    program_branch(&net, loop);
    program_flash(board, &net);
}

static uint32_t race(uint64_t slice_us, uint64_t seed)
{
    struct program_board board;
    struct duo_bytes ram;
    uint64_t start_ns;
    uint32_t crc;

    program_board_init(&board);
    board.vb->config.seed = seed;
    flash_racers(&board);
    duo_vb_power_on(board.vb, NULL);
    start_ns = duo_vb_now_ns(board.vb);
    while (duo_vb_now_ns(board.vb) < start_ns + 1000000U) {
        assert_int_equal(program_run(&board, slice_us), DUO_VB_STOP_TIME);
    }
    /* What 900 us have left behind is the same however they were sliced. */
    ram = (struct duo_bytes){board.vb->app_ram + 0x1100U, 900U * 64U / 5U * 4U};
    crc = duo_crc32(0, ram);
    assert_int_not_equal(program_word(&board, APP_MARK), 0);
    program_board_end(&board);
    return crc;
}

static void a_run_is_a_function_of_its_inputs(void **state)
{
    uint32_t whole = race(1000, 1);

    (void)state;
    assert_int_equal(race(1000, 1), whole);
    assert_int_equal(race(1, 1), whole);
    assert_int_equal(race(7, 1), whole);
    assert_int_equal(race(333, 1), whole);
}

static void cores_keep_pace(void **state)
{
    struct program_board board;

    (void)state;
    program_board_init(&board);
    flash_racers(&board);
    duo_vb_power_on(board.vb, NULL);
    for (unsigned slice = 0; slice < 100; slice++) {
        uint64_t app, net;

        assert_int_equal(program_run(&board, 50), DUO_VB_STOP_TIME);
        app = vb_cpu_ticks(board.vb->cpu[DUO_CORE_APP]);
        net = vb_cpu_ticks(board.vb->cpu[DUO_CORE_NET]);
        assert_in_range(app + 128U - net, 0, 256);
        assert_in_range(app - board.vb->machine.pass_ticks, 0, 128);
    }
    program_board_end(&board);
}

/* A core asleep for long is woken by the other's IPC signal at its time. */
static void a_signal_wakes_the_other_core_in_time(void **state)
{
    struct program_board board;
    struct program app, net;
    uint64_t round_trip_ns;

    (void)state;
    program_board_init(&board);
    program_begin(&app, PROGRAM_APP);
    program_store(&app, EXTDOMAIN, 1U << 4);
    program_store(&app, FORCEOFF, 0);
    program_store(&app, 0x5002A510U, 1); /* IPC.SEND_CNF[0] = channel 0 */
    program_delay(&app, 20000);
    program_store(&app, 0x50011000U + 0x510U, 0); /* TIMER2 at 16 MHz */
    program_store(&app, 0x50011000U + 0x508U, 3);
    program_store(&app, 0x50011000U, 1);
    program_store(&app, 0x5002A000U, 1);          /* SEND[0] */
    program_wait(&app, 0x5002A100U);              /* Answered on channel 0. */
    program_store(&app, 0x50011000U + 0x040U, 1); /* CAPTURE[0] */
    program_store(&app, 0x50011000U + 0x004U, 1); /* STOP */
    program_end(&app);
    program_flash(&board, &app);
    program_begin(&net, PROGRAM_NET);
    program_store(&net, 0x41012590U, 1); /* RECEIVE_CNF[0] = channel 0 */
    program_store(&net, 0x41012514U, 2); /* SEND_CNF[1] = channel 1 */
    program_store(&net, 0x41012304U, 1); /* INTENSET */
    program_store(&net, 0xE000E100U, 1U << 18);
    program_put(&net, 0xB672U); /* cpsid i */
    program_sleep(&net);
    program_store(&net, 0x41012004U, 1); /* SEND[1] */
    program_store(&net, 0x41012100U, 0);
    program_store(&net, 0xE000E280U, 1U << 18);
    program_end(&net);
    program_flash(&board, &net);
    duo_vb_power_on(board.vb, NULL);
    vb_bus_write(vb_find(board.vb, DUO_CORE_APP, &vb_type_ipc, 0), 0x590U, 4,
                 2); /* The answer's channel. */
    assert_int_equal(program_run(&board, 8000), DUO_VB_STOP_IDLE);
    /* There in time; back a quantum late at most, since both execute then. */
    round_trip_ns = program_word(&board, 0x50011000U + 0x540U) * 125U / 2U;
    assert_in_range(round_trip_ns, 500, 12000);
    program_board_end(&board);
}

/* --- Idle ------------------------------------------------------------------ */

static void an_hour_of_sleep_costs_nothing(void **state)
{
    struct program_board board;
    struct program program;
    struct duo_vb_core_stats stats;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_store(&program, CLOCK + 0x518U, 2); /* LFCLKSRC: crystal */
    program_store(&program, CLOCK + 0x008U, 1); /* LFCLKSTART */
    program_store(&program, RTC1 + 0x508U, 4095);
    program_store(&program, RTC1 + 0x344U, 1U << 16);
    program_store(&program, RTC1 + 0x304U, 1U << 16);
    program_store(&program, RTC1 + 0x540U, 8U * 3600U);
    program_store(&program, 0xE000E100U, 1U << 21);
    program_store(&program, RTC1, 1);
    program_put(&program, 0xB672U); /* cpsid i: wake without a handler */
    program_sleep(&program);
    program_store(&program, RTC1 + 0x140U, 0);
    program_store(&program, RTC1 + 0x004U, 1); /* STOP */
    program_store(&program, 0xE000E280U, 1U << 21);
    program_store(&program, APP_MARK, 0x600D);
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 3599000000U), DUO_VB_STOP_TIME);
    assert_int_not_equal(program_word(&board, APP_MARK), 0x600D);
    assert_int_equal(program_run(&board, 4000000), DUO_VB_STOP_IDLE);
    assert_int_equal(program_word(&board, APP_MARK), 0x600D);
    duo_vb_core_stats(board.vb, DUO_CORE_APP, &stats);
    assert_true(stats.run_ns < 10000);
    assert_true(stats.sleep_ns > 3599000000000U);
    program_board_end(&board);
}

static void steps_execute_one_instruction(void **state)
{
    struct program_board board;
    struct program program;
    struct duo_vb_core_stats stats;
    uint32_t pc = 0;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    for (unsigned count = 0; count < 6; count++) {
        program_store(&program, APP_MARK, count);
    }
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    for (unsigned count = 0; count < 12; count++) {
        uint64_t before_ns = duo_vb_now_ns(board.vb);
        duo_vb_step(board.vb, DUO_CORE_APP, &board.stop);
        assert_int_equal(board.stop.kind, DUO_VB_STOP_BREAK);
        duo_vb_core_stats(board.vb, DUO_CORE_APP, &stats);
        assert_int_equal(stats.instructions, count + 1U);
        assert_true(duo_vb_now_ns(board.vb) > before_ns);
    }
    assert_true(duo_vb_reg_read(board.vb, DUO_CORE_APP, 15, &pc));
    assert_true(pc > PROGRAM_VECTORS && pc < PROGRAM_VECTORS + 0x60U);
    program_board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_fire_by_time_and_slot),
        cmocka_unit_test(a_loop_takes_its_cycles),
        cmocka_unit_test(a_run_is_a_function_of_its_inputs),
        cmocka_unit_test(cores_keep_pace),
        cmocka_unit_test(a_signal_wakes_the_other_core_in_time),
        cmocka_unit_test(an_hour_of_sleep_costs_nothing),
        cmocka_unit_test(steps_execute_one_instruction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
