/* SPDX-License-Identifier: MIT */
/* A snapshot that is restored goes on exactly as the board did when it was
 * taken, whatever was done in between. */
#include "program.h"
#include "vb_cpu.h"

#define RAM_COUNT   0x20001000U
#define NVMC_CONFIG 0x50039504U
#define UARTE       0x50008000U

/* Both cores are busy: the application core copies a loop into RAM, erases and
 * programs flash from there, sends text, counts; TIMER0 interrupts it. */
static void flash_programs(struct program_board *board)
{
    struct program app, net;
    uint32_t loop;

    program_begin(&app, PROGRAM_APP);
    program_store(&app, 0x50005614U, 0);
    program_store(&app, 0x5000F000U + 0x540U, 800); /* TIMER0: 800 us / 16 */
    program_store(&app, 0x5000F000U + 0x508U, 3);
    program_store(&app, 0x5000F000U + 0x510U, 0);
    program_store(&app, 0x5000F000U + 0x200U, 1);
    program_store(&app, 0x5000F000U + 0x304U, 1U << 16);
    program_store(&app, 0xE000E100U, 1U << 15);
    program_store(&app, 0x5000F000U, 1);
    program_store(&app, 0x20002000U, 0x0A6F6C48U);
    program_store(&app, UARTE + 0x50CU, 20);
    program_store(&app, UARTE + 0x524U, 0x01D60000U);
    program_store(&app, UARTE + 0x500U, 8);
    program_store(&app, UARTE + 0x544U, 0x20002000U);
    program_store(&app, UARTE + 0x548U, 4);
    program_store(&app, UARTE + 0x008U, 1);
    program_store(&app, NVMC_CONFIG, 2);
    program_store(&app, 0x8000, 0xFFFFFFFF);
    program_wait(&app, 0x50039400U);
    program_store(&app, NVMC_CONFIG, 1);
    program_store(&app, 0x8000, 0x12345678);
    program_wait(&app, 0x50039400U);
    program_store(&app, NVMC_CONFIG, 0);
    program_load(&app, 0, 0x20003000U);
    loop = program_here(&app);
    program_put(&app, 0x6802U); /* ldr r2, [r0] */
    program_put(&app, 0x3201U); /* adds r2, #1 */
    program_put(&app, 0x6002U); /* str r2, [r0] */
    program_branch(&app, loop);
    program_vector(&app, 16 + 15); /* TIMER0: count, and clear the event. */
    program_fetch(&app, RAM_COUNT);
    program_put(&app, 0x3101U); /* adds r1, #1 */
    program_put(&app, 0x6001U); /* str r1, [r0] */
    program_store(&app, 0x5000F000U + 0x140U, 0);
    program_put(&app, 0x4770U); /* bx lr */
    program_flash(board, &app);
    program_begin(&net, PROGRAM_NET);
    program_load(&net, 0, VB_NET_RAM_ADDR);
    loop = program_here(&net);
    program_put(&net, 0x6802U);
    program_put(&net, 0x3203U);
    program_put(&net, 0x6002U);
    program_branch(&net, loop);
    program_flash(board, &net);
}

/* All that could differ. */
struct picture {
    uint64_t now_ns;
    uint32_t app_ram;
    uint32_t net_ram;
    uint32_t flash;
    uint32_t periphs;
    uint32_t reg[DUO_CORE_COUNT][17];
    struct duo_vb_core_stats stats[DUO_CORE_COUNT];
    char uart[PROGRAM_TEXT_BYTES];
};

static uint32_t crc_of(const void *bytes, size_t len_bytes)
{
    return duo_crc32(0, (struct duo_bytes){bytes, len_bytes});
}

static void take_picture(struct program_board *board, struct picture *picture)
{
    const struct duo_vb *vb = board->vb;

    memset(picture, 0, sizeof(*picture));
    picture->now_ns = duo_vb_now_ns(vb);
    picture->app_ram = crc_of(vb->app_ram, VB_APP_RAM_BYTES);
    picture->net_ram = crc_of(vb->net_ram, VB_NET_RAM_BYTES);
    picture->flash = crc_of(board->app->data, 1U << 20);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        for (unsigned index = 0; index < vb->slot_count[core]; index++) {
            picture->periphs ^=
                crc_of(vb->slots[core][index].periph.words,
                       sizeof(vb->slots[core][index].periph.words)) +
                index;
        }
        for (unsigned reg = 0; reg < 17U; reg++) {
            assert_true(duo_vb_reg_read(board->vb, (enum duo_core)core, reg,
                                        &picture->reg[core][reg]));
        }
        duo_vb_core_stats(vb, (enum duo_core)core, &picture->stats[core]);
    }
    memcpy(picture->uart, board->uart[DUO_VB_UART_APP], PROGRAM_TEXT_BYTES);
}

static void assert_same(const struct picture *left, const struct picture *right)
{
    assert_int_equal(left->now_ns, right->now_ns);
    assert_int_equal(left->app_ram, right->app_ram);
    assert_int_equal(left->net_ram, right->net_ram);
    assert_int_equal(left->flash, right->flash);
    assert_int_equal(left->periphs, right->periphs);
    assert_memory_equal(left->reg, right->reg, sizeof(left->reg));
    assert_memory_equal(left->stats, right->stats, sizeof(left->stats));
    assert_string_equal(left->uart, right->uart);
}

static const uint64_t times_us[] = {3, 100, 340, 5000, 87500, 87560, 90000};

static void a_restored_board_goes_on_as_it_did(void **state)
{
    struct program_board board;
    static struct picture clean, again;

    (void)state;
    for (size_t row = 0; row < sizeof(times_us) / sizeof(times_us[0]); row++) {
        struct duo_vb_snapshot *snapshot;
        char uart[PROGRAM_TEXT_BYTES];

        program_board_init(&board);
        flash_programs(&board);
        duo_vb_power_on(board.vb, NULL);
        assert_int_equal(program_run(&board, times_us[row]), DUO_VB_STOP_TIME);
        snapshot = duo_vb_snapshot_take(board.vb);
        memcpy(uart, board.uart[DUO_VB_UART_APP], sizeof(uart));
        assert_int_equal(program_run(&board, 95000), DUO_VB_STOP_TIME);
        take_picture(&board, &clean);
        for (unsigned round = 0; round < 2; round++) {
            duo_vb_snapshot_restore(board.vb, snapshot);
            memcpy(board.uart[DUO_VB_UART_APP], uart, sizeof(uart));
            assert_int_equal(program_run(&board, 95000), DUO_VB_STOP_TIME);
            take_picture(&board, &again);
            assert_same(&clean, &again);
            /* Disturb it: another life in between. */
            duo_vb_power_on(board.vb, NULL);
            duo_sim_poke(board.app, 0x200,
                         (struct duo_bytes){(const uint8_t *)"xxxx", 4});
            (void)program_run(&board, 1000);
            duo_vb_power_off(board.vb);
        }
        duo_vb_snapshot_free(snapshot);
        program_board_end(&board);
    }
}

/* Cuts from a snapshot are the same as cuts from the start. */
static void cuts_from_a_snapshot_leave_the_same_bytes(void **state)
{
    struct program_board board;
    struct duo_vb_snapshot *fresh, *late;
    struct duo_vb_cut cut = {0, DUO_SIM_CUT_TORN, 11};
    uint32_t from_start;
    uint8_t page[4096];

    (void)state;
    program_board_init(&board);
    flash_programs(&board);
    memset(page, 0x5A, sizeof(page));
    duo_sim_poke(board.app, 0x8000, (struct duo_bytes){page, sizeof(page)});
    fresh = duo_vb_snapshot_take(board.vb);
    duo_vb_power_on(board.vb, NULL);
    cut.at_ns = duo_vb_now_ns(board.vb) + 50000000U;
    assert_int_equal(program_run(&board, 30000), DUO_VB_STOP_TIME);
    late = duo_vb_snapshot_take(board.vb);
    duo_vb_snapshot_restore(board.vb, fresh);
    duo_vb_power_on(board.vb, &cut);
    assert_int_equal(program_run(&board, 100000), DUO_VB_STOP_CUT);
    from_start = crc_of(board.app->data, 1U << 20);
    duo_vb_snapshot_restore(board.vb, late);
    assert_true(duo_vb_has_power(board.vb));
    duo_vb_set_cut(board.vb, &cut);
    assert_int_equal(program_run(&board, 100000), DUO_VB_STOP_CUT);
    assert_int_equal(crc_of(board.app->data, 1U << 20), from_start);
    assert_memory_not_equal(board.app->data + 0x8000, page, sizeof(page));
    duo_vb_snapshot_free(fresh);
    duo_vb_snapshot_free(late);
    program_board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restored_board_goes_on_as_it_did),
        cmocka_unit_test(cuts_from_a_snapshot_leave_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
