/* SPDX-License-Identifier: MIT */
/* The board from outside: programs run, pins and UARTs, resets, force-off,
 * power, and reasons to stop. */
#include "program.h"
#include "vb_cpu.h"

#define P0          0x50842500U
#define P0_OUTSET   (P0 + 0x008U)
#define P0_OUTCLR   (P0 + 0x00CU)
#define P0_IN       (P0 + 0x010U)
#define P0_DIRSET   (P0 + 0x018U)
#define P0_PIN_CNF  (P0 + 0x200U)
#define LED1_PIN    28U
#define BUTTON1_PIN 23U
#define RESETREAS   0x50005400U
#define FORCEOFF    0x50005614U
#define GPREGRET    0x5000551CU
#define AIRCR       0xE000ED0CU
#define SYSRESETREQ 0x05FA0004U
#define UARTE       0x50008000U
#define NET_UARTE   0x41013000U
#define RAM_WORD    0x20001000U
#define RAM_TEXT    0x20002000U
#define EXTDOMAIN   0x50003440U
#define MARK        0x600D0001U

static void hello(struct program *program, uint32_t uarte, uint32_t text_addr)
{
    program_store(program, text_addr, 0x0A6F6C48U); /* "Hlo\n" */
    program_store(program, uarte + 0x50CU, 20);
    program_store(program, uarte + 0x524U, 0x01D60000U);
    program_store(program, uarte + 0x500U, 8);
    program_store(program, uarte + 0x544U, text_addr);
    program_store(program, uarte + 0x548U, 4);
    program_store(program, uarte + 0x008U, 1);
    program_wait(program, uarte + 0x120U);
}

static void a_program_blinks_a_led(void **state)
{
    struct program_board board;
    struct program program;
    uint32_t loop;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_store(&program, P0_OUTSET, 1U << LED1_PIN);
    program_store(&program, P0_DIRSET, 1U << LED1_PIN);
    loop = program_here(&program);
    program_store(&program, P0_OUTCLR, 1U << LED1_PIN);
    program_delay(&program, 64000U / 3U); /* 1 ms at 64 MHz. */
    program_store(&program, P0_OUTSET, 1U << LED1_PIN);
    program_delay(&program, 64000U / 3U);
    program_branch(&program, loop);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 10500), DUO_VB_STOP_TIME);
    assert_int_equal(board.led_changes, 11);
    assert_true(board.led_is_on[0]);
    assert_in_range(board.led_ns - 1000000U, 9990000, 10030000);
    duo_vb_power_off(board.vb);
    assert_false(board.led_is_on[0]);
    program_board_end(&board);
}

static void a_program_writes_to_the_uart(void **state)
{
    struct program_board board;
    struct program program;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    hello(&program, UARTE, RAM_TEXT);
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    /* 4 bytes of 10 bits at 115200 baud are 347 us. */
    assert_int_equal(program_run(&board, 300), DUO_VB_STOP_TIME);
    assert_true(strlen(board.uart[DUO_VB_UART_APP]) < 4);
    assert_int_equal(program_run(&board, 2000), DUO_VB_STOP_IDLE);
    assert_string_equal(board.uart[DUO_VB_UART_APP], "Hlo\n");
    program_board_end(&board);
}

static void a_button_is_seen_by_the_program(void **state)
{
    struct program_board board;
    struct program program;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_store(&program, P0_PIN_CNF + 4U * BUTTON1_PIN, 0xC); /* Pull-up. */
    program_delay(&program, 200);
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 2000), DUO_VB_STOP_IDLE);
    assert_int_equal(program_word(&board, P0_IN) >> BUTTON1_PIN & 1U, 1);
    duo_vb_button(board.vb, 0, true);
    assert_int_equal(program_word(&board, P0_IN) >> BUTTON1_PIN & 1U, 0);
    duo_vb_button(board.vb, 0, false);
    assert_int_equal(program_word(&board, P0_IN) >> BUTTON1_PIN & 1U, 1);
    duo_vb_button(board.vb, DUO_VB_BUTTON_COUNT, true); /* No such one. */
    program_board_end(&board);
}

/* Count starts in RAM; the first one resets itself. */
static void a_software_reset_keeps_ram_and_tells_its_reason(void **state)
{
    struct program_board board;
    struct program program;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_fetch(&program, RESETREAS);
    program_load(&program, 3, RAM_WORD);
    program_put(&program, 0x6019U); /* str r1, [r3] */
    program_put(&program, 0x2900U); /* cmp r1, #0 */
    program_put(&program, 0xD113U); /* bne to the end */
    program_store(&program, GPREGRET, 0x5A);
    program_store(&program, AIRCR, SYSRESETREQ);
    program_branch(&program, program_here(&program));
    program_put(&program, 0xBF00U);
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 2000), DUO_VB_STOP_IDLE);
    assert_int_equal(program_word(&board, RAM_WORD), 1U << 3); /* SREQ */
    assert_int_equal(program_word(&board, GPREGRET), 0x5A);
    assert_non_null(strstr(board.notes, "application core: reset (software)"));
    duo_vb_reset_pin(board.vb);
    assert_int_equal(program_run(&board, 2000), DUO_VB_STOP_IDLE);
    assert_int_equal(program_word(&board, RAM_WORD), 1U << 3 | 1U);
    duo_vb_power_off(board.vb);
    assert_int_equal(program_run(&board, 1), DUO_VB_STOP_OFF);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 2000), DUO_VB_STOP_IDLE);
    assert_int_equal(program_word(&board, RAM_WORD), 1U << 3);
    program_board_end(&board);
}

/* Both cores: the application core lets the other go, which says hello. */
static void flash_both(struct program_board *board, uint32_t hold_us)
{
    struct program app, net;

    program_begin(&app, PROGRAM_APP);
    program_delay(&app, 10U * 64U / 3U);
    program_store(&app, EXTDOMAIN, 1U << 4); /* Net may use secure RAM. */
    program_store(&app, RAM_WORD, 0);
    program_store(&app, FORCEOFF, 0);
    program_delay(&app, 5U * 64U / 3U);
    program_store(&app, FORCEOFF, 1);
    program_delay(&app, 64U / 3U);
    program_store(&app, FORCEOFF, 0);
    if (hold_us != 0) {
        program_delay(&app, hold_us * 64U / 3U);
        program_store(&app, FORCEOFF, 1);
    }
    program_end(&app);
    program_flash(board, &app);
    program_begin(&net, PROGRAM_NET);
    program_fetch(&net, RAM_WORD);
    program_put(&net, 0x3101U); /* adds r1, #1 */
    program_put(&net, 0x6001U); /* str r1, [r0] */
    hello(&net, NET_UARTE, VB_NET_RAM_ADDR);
    program_end(&net);
    program_flash(board, &net);
}

static void the_network_core_starts_once_when_released(void **state)
{
    struct program_board board;
    struct duo_vb_core_stats stats;

    (void)state;
    program_board_init(&board);
    flash_both(&board, 0);
    duo_vb_power_on(board.vb, NULL);
    assert_true(duo_vb_core_is_parked(board.vb, DUO_CORE_NET));
    assert_int_equal(program_run(&board, 2000), DUO_VB_STOP_IDLE);
    assert_string_equal(board.uart[DUO_VB_UART_NET], "Hlo\n");
    assert_int_equal(program_word(&board, RAM_WORD), 1);
    duo_vb_core_stats(board.vb, DUO_CORE_NET, &stats);
    assert_int_equal(stats.resets, 1);
    assert_true(stats.held_ns > 22000 && stats.held_ns < 27000);
    assert_true(stats.instructions > 20);
    program_board_end(&board);
}

static void force_off_stops_the_network_core(void **state)
{
    struct program_board board;

    (void)state;
    program_board_init(&board);
    flash_both(&board, 150);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 2000), DUO_VB_STOP_IDLE);
    assert_int_equal(strncmp(board.uart[DUO_VB_UART_NET], "Hlo\n", 4) == 0, 0);
    assert_int_equal(program_word(&board, RAM_WORD), 1);
    assert_non_null(strstr(board.notes, "held in force-off"));
    assert_true(duo_vb_core_is_parked(board.vb, DUO_CORE_NET));
    program_board_end(&board);
}

static void an_application_reset_holds_the_network_core(void **state)
{
    struct program_board board;

    (void)state;
    program_board_init(&board);
    flash_both(&board, 0);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 2000), DUO_VB_STOP_IDLE);
    duo_vb_reset_pin(board.vb);
    /* Not started yet, and its windows are closed. */
    assert_int_equal(program_run(&board, 2), DUO_VB_STOP_TIME);
    assert_true(duo_vb_core_is_parked(board.vb, DUO_CORE_NET));
    assert_false(board.vb->machine.windows[0].is_readable);
    assert_int_equal(program_run(&board, 2000), DUO_VB_STOP_IDLE);
    assert_string_equal(board.uart[DUO_VB_UART_NET], "Hlo\nHlo\n");
    program_board_end(&board);
}

/* RAM at power-up is noise: by the seed, and new each time. */
static void ram_is_noise_after_power_on(void **state)
{
    struct program_board board;
    struct program program;
    uint32_t first;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    first = program_word(&board, RAM_TEXT);
    assert_int_not_equal(first, program_word(&board, RAM_TEXT + 4U));
    duo_vb_power_on(board.vb, NULL);
    assert_int_not_equal(first, program_word(&board, RAM_TEXT));
    program_board_end(&board);
    program_board_init(&board);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(first, program_word(&board, RAM_TEXT));
    program_board_end(&board);
}

static void an_access_that_nothing_models_stops_the_run(void **state)
{
    struct program_board board;
    struct program program;
    uint32_t pc;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_store(&program, 0x50021500U, 1); /* PWM0 */
    pc = program_here(&program) - 2U;
    program_store(&program, RAM_WORD, MARK);
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 100), DUO_VB_STOP_UNMODELLED);
    assert_int_equal(board.stop.core, DUO_CORE_APP);
    assert_int_equal(board.stop.addr, 0x50021500U);
    assert_true(board.stop.pc <= pc + 2U && board.stop.pc >= 0x180U);
    assert_non_null(strstr(board.stop.text, "0x50021500"));
    assert_non_null(strstr(board.stop.text, "ENABLE"));
    program_board_end(&board);
}

static void duo_vb_stop_ends_a_run(void **state)
{
    struct program_board board;
    struct program program;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_branch(&program, program_here(&program));
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    duo_vb_stop(board.vb);
    assert_int_equal(program_run(&board, 1000), DUO_VB_STOP_ASKED);
    assert_int_equal(program_run(&board, 1000), DUO_VB_STOP_TIME);
    program_board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_blinks_a_led),
        cmocka_unit_test(a_program_writes_to_the_uart),
        cmocka_unit_test(a_button_is_seen_by_the_program),
        cmocka_unit_test(a_software_reset_keeps_ram_and_tells_its_reason),
        cmocka_unit_test(the_network_core_starts_once_when_released),
        cmocka_unit_test(force_off_stops_the_network_core),
        cmocka_unit_test(an_application_reset_holds_the_network_core),
        cmocka_unit_test(ram_is_noise_after_power_on),
        cmocka_unit_test(an_access_that_nothing_models_stops_the_run),
        cmocka_unit_test(duo_vb_stop_ends_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
