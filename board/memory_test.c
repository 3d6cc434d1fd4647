/* SPDX-License-Identifier: MIT */
/* Who sees which memory: windows of application RAM, MUTEX, XIP, DMA, the
 * debugger; and code that changes under a running core. */
#include "memory.h"
#include "program.h"
#include "vb_cpu.h"

#define MARK       0x600D0001U
#define NET_RESULT (VB_NET_RAM_ADDR + 0x100U)
#define FORCEOFF   0x50005614U

/* The network core runs; the application core sleeps. */
static void start_net(struct program_board *board, struct program *net)
{
    struct program app;

    program_begin(&app, PROGRAM_APP);
    program_store(&app, FORCEOFF, 0);
    program_end(&app);
    program_flash(board, &app);
    program_flash(board, net);
    duo_vb_power_on(board->vb, NULL);
}

static uint32_t net_word(struct program_board *board, uint32_t addr)
{
    uint32_t value = 0;

    assert_true(
        duo_vb_mem_read(board->vb, DUO_CORE_NET, addr, &value, sizeof(value)));
    return value;
}

/* The network core stores into application RAM, reads it back, and says so; a
 * fault says so, too. */
static void reach(struct program *net, uint32_t addr)
{
    program_begin(net, PROGRAM_NET);
    program_store(net, NET_RESULT, 0);
    program_store(net, addr, MARK);
    program_fetch(net, addr);
    program_load(net, 0, NET_RESULT);
    program_put(net, 0x6001U); /* str r1, [r0] */
    program_end(net);
    program_vector(net, 3); /* HardFault */
    program_store(net, NET_RESULT, 0xBAD);
    program_end(net);
}

static void windows_let_the_network_core_through(void **state)
{
    static const struct {
        uint32_t addr;
        bool is_readable;
        bool is_writable;
        uint32_t result;
    } rows[] = {
        {0x20006000, false, false, 0xBAD},
        {0x20006000, true,  true,  MARK },
        {0x20007FFC, true,  true,  MARK },
        {0x20008000, true,  true,  0xBAD}, /* The next region. */
        {0x20005FFC, true,  true,  0xBAD},
        {0x20006000, true,  false, 0xBAD},
        {0x20080000, true,  true,  0xBAD}, /* Behind all RAM. */
        {0x00000000, true,  true,  0xBAD}, /* Application flash. */
    };

    (void)state;
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        struct program_board board;
        struct program net;

        program_board_init(&board);
        reach(&net, rows[row].addr);
        start_net(&board, &net);
        vb_net_window(board.vb, 3, rows[row].is_readable,
                      rows[row].is_writable);
        (void)program_run(&board, 5000);
        assert_int_equal(net_word(&board, NET_RESULT), rows[row].result);
        program_board_end(&board);
    }
}

static void a_window_can_be_closed_again(void **state)
{
    struct program_board board;
    struct program net;

    (void)state;
    program_board_init(&board);
    reach(&net, 0x20006000);
    start_net(&board, &net);
    vb_net_window(board.vb, 3, true, true);
    vb_net_window(board.vb, 3, true, true);
    vb_net_window(board.vb, 3, false, false);
    vb_net_window(board.vb, VB_WINDOW_COUNT, true, true); /* No such one. */
    (void)program_run(&board, 5000);
    assert_int_equal(net_word(&board, NET_RESULT), 0xBAD);
    program_board_end(&board);
}

/* Both cores see one and the same mutex. */
static void mutex_is_shared(void **state)
{
    struct program_board board;
    struct program net;

    (void)state;
    program_board_init(&board);
    program_begin(&net, PROGRAM_NET);
    program_fetch(&net, 0x40030400U);
    program_load(&net, 3, NET_RESULT);
    program_put(&net, 0x6019U); /* str r1, [r3] */
    program_fetch(&net, 0x50030400U);
    program_put(&net, 0x6059U); /* str r1, [r3, #4] */
    program_end(&net);
    start_net(&board, &net);
    (void)program_run(&board, 5000);
    assert_int_equal(net_word(&board, NET_RESULT), 0);
    assert_int_equal(net_word(&board, NET_RESULT + 4U), 1);
    assert_int_equal(program_word(&board, 0x40030400U), 1);
    program_board_end(&board);
}

static void dma_reaches_ram_only(void **state)
{
    struct program_board board;
    struct duo_vb *vb;

    (void)state;
    program_board_init(&board);
    vb = board.vb;
    duo_vb_power_on(vb, NULL);
    assert_ptr_equal(vb_dma(vb, DUO_CORE_APP, 0x20000000U, 0x80000),
                     vb->app_ram);
    assert_ptr_equal(vb_dma(vb, DUO_CORE_APP, 0x2007FFFCU, 4),
                     vb->app_ram + 0x7FFFC);
    assert_null(vb_dma(vb, DUO_CORE_APP, 0x2007FFFCU, 5));
    assert_null(vb_dma(vb, DUO_CORE_APP, 0x20000000U, SIZE_MAX));
    assert_null(vb_dma(vb, DUO_CORE_APP, 0x00000000U, 4));
    assert_null(vb_dma(vb, DUO_CORE_APP, VB_NET_RAM_ADDR, 4));
    assert_null(vb_dma(vb, DUO_CORE_APP, 0xFFFFFFFFU, 4));
    assert_ptr_equal(vb_dma(vb, DUO_CORE_NET, VB_NET_RAM_ADDR + 4U, 8),
                     vb->net_ram + 4);
    assert_null(vb_dma(vb, DUO_CORE_NET, 0x20006000U, 4));
    vb_net_window(vb, 3, true, true);
    vb_net_window(vb, 4, true, true);
    assert_ptr_equal(vb_dma(vb, DUO_CORE_NET, 0x20006000U, 0x4000),
                     vb->app_ram + 0x6000);
    assert_null(vb_dma(vb, DUO_CORE_NET, 0x20006000U, 0x4001));
    program_board_end(&board);
}

/* Code from the external flash, through the window; then it changes. */
static void xip_executes_what_is_in_the_chip(void **state)
{
    static const uint8_t code[] = {0x05, 0x20, 0x70, 0x47}; /* movs; bx lr */
    static const uint8_t other = 0x09;
    struct program_board board;
    struct program program;

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_load(&program, 4, 0x20001000U);
    program_load(&program, 3, 0x10001001U);
    program_put(&program, 0x4798U); /* blx r3 */
    program_put(&program, 0x6020U); /* str r0, [r4] */
    program_branch(&program, program_here(&program) - 4U);
    program_vector(&program, 3);
    program_store(&program, 0x20001000U, 0xBAD);
    program_end(&program);
    program_flash(&board, &program);
    duo_sim_poke(board.ext, 0x1000, (struct duo_bytes){code, sizeof(code)});
    duo_vb_power_on(board.vb, NULL);
    vb_xip_window(board.vb, true);
    assert_int_equal(program_run(&board, 50), DUO_VB_STOP_TIME);
    assert_int_equal(program_word(&board, 0x20001000U), 5);
    assert_int_equal(program_word(&board, 0x10001000U), 0x47702005U);
    duo_sim_poke(board.ext, 0x1000, (struct duo_bytes){&other, 1});
    assert_int_equal(program_run(&board, 50), DUO_VB_STOP_TIME);
    assert_int_equal(program_word(&board, 0x20001000U), 9);
    vb_xip_window(board.vb, false);
    (void)program_run(&board, 50);
    assert_int_equal(program_word(&board, 0x20001000U), 0xBAD);
    program_board_end(&board);
}

/* A running loop of the own flash is rewritten by a programmer. */
static void changed_flash_is_translated_again(void **state)
{
    struct program_board board;
    struct program program;
    uint32_t loop;
    uint8_t change[2];

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_load(&program, 0, 0x20001000U);
    loop = program_here(&program);
    program_put(&program, 0x2111U); /* movs r1, #0x11 */
    program_put(&program, 0x6001U); /* str r1, [r0] */
    program_branch(&program, loop);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_run(&board, 100), DUO_VB_STOP_TIME);
    assert_int_equal(program_word(&board, 0x20001000U), 0x11);
    duo_store_le16(change, 0x2122U);
    assert_true(duo_vb_mem_write(board.vb, DUO_CORE_APP, loop,
                                 (struct duo_bytes){change, 2}));
    assert_int_equal(program_run(&board, 100), DUO_VB_STOP_TIME);
    assert_int_equal(program_word(&board, 0x20001000U), 0x22);
    program_board_end(&board);
}

static void debuggers_see_memory_and_registers(void **state)
{
    struct program_board board;
    struct program program;
    uint8_t bytes[8] = {0};
    const uint8_t two[8] = {1, 2, 3, 4, 5, 6, 7, 8};

    (void)state;
    program_board_init(&board);
    program_begin(&program, PROGRAM_APP);
    program_end(&program);
    program_flash(&board, &program);
    duo_vb_power_on(board.vb, NULL);
    assert_int_equal(program_word(&board, 0), PROGRAM_STACK);
    assert_int_equal(program_word(&board, 0x50005614U), 1); /* FORCEOFF */
    assert_int_equal(program_word(&board, 0x40005614U), 1);
    assert_int_equal(program_word(&board, 0xE000ED00U), 0x410FD214U);
    /* Over the end of RAM: nothing is copied. */
    assert_false(
        duo_vb_mem_read(board.vb, DUO_CORE_APP, 0x2007FFFCU, bytes, 8));
    assert_int_equal(bytes[0], 0);
    assert_false(
        duo_vb_mem_read(board.vb, DUO_CORE_APP, 0x30000000U, bytes, 4));
    assert_false(
        duo_vb_mem_read(board.vb, DUO_CORE_NET, 0x20000000U, bytes, 4));
    assert_false(
        duo_vb_mem_read(board.vb, DUO_CORE_APP, VB_NET_RAM_ADDR, bytes, 4));
    assert_true(duo_vb_mem_write(board.vb, DUO_CORE_NET, VB_NET_RAM_ADDR + 2U,
                                 (struct duo_bytes){two, 8}));
    assert_int_equal(net_word(&board, VB_NET_RAM_ADDR + 4U), 0x06050403U);
    assert_false(duo_vb_mem_write(board.vb, DUO_CORE_APP, 0x2007FFFCU,
                                  (struct duo_bytes){two, 8}));
    assert_int_not_equal(program_word(&board, 0x2007FFFCU), 0x04030201U);
    assert_false(duo_vb_mem_write(board.vb, DUO_CORE_APP, 0x50005614U,
                                  (struct duo_bytes){two, 4}));
    assert_true(duo_vb_mem_write(board.vb, DUO_CORE_NET, PROGRAM_NET + 0x3FFF8U,
                                 (struct duo_bytes){two, 8}));
    assert_memory_equal(board.net->data + 0x3FFF8, two, 8);
    program_board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_let_the_network_core_through),
        cmocka_unit_test(a_window_can_be_closed_again),
        cmocka_unit_test(mutex_is_shared),
        cmocka_unit_test(dma_reaches_ram_only),
        cmocka_unit_test(xip_executes_what_is_in_the_chip),
        cmocka_unit_test(changed_flash_is_translated_again),
        cmocka_unit_test(debuggers_see_memory_and_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
