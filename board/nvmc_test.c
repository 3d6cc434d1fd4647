/* SPDX-License-Identifier: MIT */
/* NVMC of both cores with ACL: times, rules, refusals, the core that waits. */
#include "bench.h"

#define READY_OFF    0x400U
#define CONFIG_OFF   0x504U
#define ERASEALL_OFF 0x50CU
#define PARTIAL_OFF  0x51CU
#define CONFIGNS_OFF 0x584U
#define ACL_OFF      0x800U
#define REN          0U
#define WEN          1U
#define EEN          2U
#define PEEN         4U
#define ADDR         0x8000U
#define NET_ADDR     0x01008000U
#define ONES         0xFFFFFFFFU

static struct vb_periph *app_nvmc(struct bench *bench)
{
    return bench_find(bench, DUO_CORE_APP, &vb_type_nvmc_app, 0);
}

static bool store(struct bench *bench, uint32_t addr, uint32_t value)
{
    return vb_nvmc_store(bench->vb, DUO_CORE_APP, addr, 4, value);
}

static uint32_t word_at(const struct duo_sim_flash *flash, uint32_t off_bytes)
{
    uint32_t word;

    memcpy(&word, flash->data + off_bytes, sizeof(word));
    return word;
}

static void fill_page(struct duo_sim_flash *flash, uint32_t off_bytes)
{
    uint8_t page[4096];

    memset(page, 0x5A, sizeof(page));
    duo_sim_poke(flash, off_bytes,
                 (struct duo_bytes){page, flash->flash.geometry.erase_bytes});
}

static void stores_are_refused_unless_enabled_and_whole(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench);
    assert_false(store(&bench, ADDR, 0));
    bench_write(app_nvmc(&bench), CONFIG_OFF, WEN);
    assert_false(vb_nvmc_store(bench.vb, DUO_CORE_APP, ADDR, 1, 0));
    assert_false(vb_nvmc_store(bench.vb, DUO_CORE_APP, ADDR, 2, 0));
    assert_false(vb_nvmc_store(bench.vb, DUO_CORE_APP, ADDR + 2U, 4, 0));
    assert_false(store(&bench, 0x100000, 0));
    assert_true(store(&bench, ADDR, 0));
    bench_wait_us(&bench, 50);
    bench_write(app_nvmc(&bench), CONFIG_OFF, REN);
    assert_false(store(&bench, ADDR, 0));
    /* Drivers set both registers; each opens the flash. */
    bench_write(app_nvmc(&bench), CONFIGNS_OFF, WEN);
    assert_true(store(&bench, ADDR + 4U, 0));
    bench_wait_us(&bench, 50);
    assert_int_equal(word_at(bench.app, ADDR), 0);
    assert_int_equal(bench.app->stats.words_written, 2);
    bench_end(&bench);
}

static void a_word_takes_43_us_and_bits_only_fall(void **state)
{
    struct bench bench;
    struct vb_periph *nvmc;

    (void)state;
    bench_init(&bench);
    nvmc = app_nvmc(&bench);
    bench_write(nvmc, CONFIG_OFF, WEN);
    assert_int_equal(bench_read(nvmc, READY_OFF), 1);
    assert_true(store(&bench, ADDR, 0x0000FFF0));
    assert_int_equal(bench_read(nvmc, READY_OFF), 0);
    bench_wait_us(&bench, 42);
    assert_int_equal(bench_read(nvmc, READY_OFF), 0);
    assert_int_equal(word_at(bench.app, ADDR), ONES);
    bench_wait_us(&bench, 1);
    assert_int_equal(bench_read(nvmc, READY_OFF), 1);
    assert_int_equal(word_at(bench.app, ADDR), 0x0000FFF0);
    assert_int_equal(bench.note_count, 0);
    assert_true(store(&bench, ADDR, 0xFFFF0FFF));
    assert_int_equal(bench.note_count, 1);
    assert_non_null(strstr(bench.note, "rise"));
    bench_wait_us(&bench, 43);
    assert_int_equal(word_at(bench.app, ADDR), 0x00000FF0);
    bench_end(&bench);
}

static void ones_take_time_and_count_for_nothing(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench);
    bench_write(app_nvmc(&bench), CONFIG_OFF, WEN);
    for (unsigned round = 0; round < 4U; round++) {
        assert_true(store(&bench, ADDR, ONES));
        bench_wait_us(&bench, 42);
        assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 0);
        bench_wait_us(&bench, 1);
        assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 1);
    }
    assert_int_equal(bench.app->stats.words_written, 0);
    bench_end(&bench);
}

static void a_third_write_of_a_word_stops_the_board(void **state)
{
    struct bench bench;
    struct duo_vb_stop stop;

    (void)state;
    bench_init(&bench);
    bench_write(app_nvmc(&bench), CONFIG_OFF, WEN);
    for (unsigned round = 0; round < 2U; round++) {
        assert_true(store(&bench, ADDR, ~(1U << round)));
        bench_wait_us(&bench, 50);
    }
    assert_true(store(&bench, ADDR, 0));
    duo_vb_run(bench.vb, duo_vb_now_ns(bench.vb) + 100000U, &stop);
    assert_int_equal(stop.kind, DUO_VB_STOP_RULE);
    assert_non_null(strstr(stop.text, "third write"));
    assert_non_null(strstr(stop.text, "0x8000"));
    bench_end(&bench);
}

static void stores_in_a_row_take_their_turns(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench);
    bench_write(app_nvmc(&bench), CONFIG_OFF, WEN);
    for (uint32_t word = 0; word < 10U; word++) {
        assert_true(store(&bench, ADDR + 4U * word, word));
    }
    bench_wait_us(&bench, 5U * 43U + 1U);
    assert_int_equal(word_at(bench.app, ADDR + 16U), 4);
    assert_int_equal(word_at(bench.app, ADDR + 20U), ONES);
    bench_wait_us(&bench, 5U * 43U - 2U);
    assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 0);
    bench_wait_us(&bench, 1);
    assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 1);
    assert_int_equal(word_at(bench.app, ADDR + 36U), 9);
    bench_end(&bench);
}

static void ones_to_the_first_word_erase_a_page(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench);
    fill_page(bench.app, ADDR);
    fill_page(bench.app, ADDR + 4096U);
    bench_write(app_nvmc(&bench), CONFIG_OFF, EEN);
    assert_true(store(&bench, ADDR + 4U, ONES));
    assert_true(store(&bench, ADDR, 0));
    assert_int_equal(bench.note_count, 2);
    assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 1);
    assert_true(store(&bench, ADDR, ONES));
    bench_wait_us(&bench, 87499);
    assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 0);
    bench_wait_us(&bench, 1);
    assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 1);
    assert_int_equal(word_at(bench.app, ADDR + 4092U), ONES);
    assert_int_equal(word_at(bench.app, ADDR + 4096U), 0x5A5A5A5A);
    assert_int_equal(bench.app->stats.erases, 1);
    bench_end(&bench);
}

static void slices_add_up_to_an_erase(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench);
    fill_page(bench.app, ADDR);
    bench_write(app_nvmc(&bench), CONFIG_OFF, PEEN);
    assert_int_equal(bench_read(app_nvmc(&bench), PARTIAL_OFF), 10);
    for (unsigned slice = 1; slice <= 9U; slice++) {
        unsigned odd = 0;
        assert_true(store(&bench, ADDR, ONES));
        bench_wait_us(&bench, 9999);
        assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 0);
        bench_wait_us(&bench, 2);
        assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 1);
        for (uint32_t at = 0; at < 4096U; at++) {
            odd += bench.app->data[ADDR + at] != 0xFF;
        }
        assert_int_equal(odd == 0, slice == 9U);
    }
    assert_int_equal(bench.app->stats.erases, 1);
    assert_int_equal(bench.app->page_erases[ADDR / 4096U], 1);
    bench_end(&bench);
}

static void acl_protects_until_the_next_reset(void **state)
{
    struct bench bench;
    struct vb_periph *nvmc;

    (void)state;
    bench_init(&bench);
    bench_release_net(&bench);
    nvmc = bench_find(&bench, DUO_CORE_NET, &vb_type_nvmc_net, 0);
    bench_write(nvmc, ACL_OFF + 0x10U, NET_ADDR);
    bench_write(nvmc, ACL_OFF + 0x14U, 0x1000);
    bench_write(nvmc, ACL_OFF + 0x18U, 2);
    bench_write(nvmc, ACL_OFF + 0x18U, 0); /* Written once. */
    bench_write(nvmc, CONFIG_OFF, WEN);
    assert_false(vb_nvmc_store(bench.vb, DUO_CORE_NET, NET_ADDR, 4, 0));
    assert_false(
        vb_nvmc_store(bench.vb, DUO_CORE_NET, NET_ADDR + 0xFFCU, 4, 0));
    assert_true(
        vb_nvmc_store(bench.vb, DUO_CORE_NET, NET_ADDR + 0x1000U, 4, 0));
    bench_write(nvmc, CONFIG_OFF, EEN);
    assert_false(
        vb_nvmc_store(bench.vb, DUO_CORE_NET, NET_ADDR + 0x800U, 4, ONES));
    assert_true(
        vb_nvmc_store(bench.vb, DUO_CORE_NET, NET_ADDR + 0x1000U, 4, ONES));
    bench_wait_us(&bench, 90000);
    bench_write(nvmc, ERASEALL_OFF, 1);
    assert_int_equal(bench_read(nvmc, READY_OFF), 1);
    assert_int_equal(bench.net->stats.erases, 1);
    vb_periph_reset(nvmc, VB_RESET_SOFT);
    bench_write(nvmc, CONFIG_OFF, EEN);
    assert_true(vb_nvmc_store(bench.vb, DUO_CORE_NET, NET_ADDR, 4, ONES));
    bench_end(&bench);
}

/* Erases the page at 0x8000 and writes 16 words there; r5 counts how often
 * READY was looked at during the erase; then a store in read-only mode.
 *  0: movw r0, #0x9000; movt r0, #0x5003; movs r1, #2; str.w r1, [r0, #0x504]
 *     movw r2, #0x8000; mov r3, #-1; movs r5, #0; str r3, [r2]
 *  1: adds r5, #1; ldr.w r4, [r0, #0x400]; cmp r4, #0; beq 1b
 *     movs r1, #1; str.w r1, [r0, #0x504]; movs r6, #0
 *  2: str r6, [r2], #4; adds r6, #1; cmp r6, #16; bne 2b
 *  3: ldr.w r4, [r0, #0x400]; cmp r4, #0; beq 3b
 *     movs r1, #0; str.w r1, [r0, #0x504]; str r1, [r2]
 *  4: wfi; b 4b */
static const uint16_t program[] = {
    0xF249, 0x0000, 0xF2C5, 0x0003, 0x2102, 0xF8C0, 0x1504, 0xF248,
    0x0200, 0xF04F, 0x33FF, 0x2500, 0x6013, 0x3501, 0xF8D0, 0x4400,
    0x2C00, 0xD0FA, 0x2101, 0xF8C0, 0x1504, 0x2600, 0xF842, 0x6B04,
    0x3601, 0x2E10, 0xD1FA, 0xF8D0, 0x4400, 0x2C00, 0xD0FB, 0x2100,
    0xF8C0, 0x1504, 0x6011, 0xBF30, 0xE7FD};
#define PROGRAM_ADDR      0x1000U
#define PROGRAM_READY_OFF 0x1AU /* Label 1. */
#define PROGRAM_RAM_ADDR  0x20002000U
#define FAULT_ADDR        0x2000U
#define CFSR_ADDR         0xE000ED28U
#define PRECISE_BUS       0x200U

/* Run it; how the core spent its time. */
static void run_program(struct bench *bench, uint32_t addr,
                        struct duo_vb_core_stats *stats)
{
    static const uint16_t wait[] = {0xBF30, 0xE7FD};
    uint32_t handler = FAULT_ADDR + 1U;
    struct duo_bytes code = {(const uint8_t *)program, sizeof(program)};

    duo_sim_poke(bench->app, FAULT_ADDR,
                 (struct duo_bytes){(const uint8_t *)wait, sizeof(wait)});
    duo_sim_poke(bench->app, 3U * 4U,
                 (struct duo_bytes){(const uint8_t *)&handler, 4});
    fill_page(bench->app, ADDR);
    assert_true(duo_vb_mem_write(bench->vb, DUO_CORE_APP, addr, code));
    assert_true(duo_vb_reg_write(bench->vb, DUO_CORE_APP, 15, addr));
    bench_wait_us(bench, 100000);
    duo_vb_core_stats(bench->vb, DUO_CORE_APP, stats);
    for (uint32_t word = 0; word < 16U; word++) {
        assert_int_equal(word_at(bench->app, ADDR + 4U * word), word);
    }
    assert_int_equal(word_at(bench->app, ADDR + 64U), ONES);
    assert_int_equal(bench->app->stats.erases, 1);
    assert_int_equal(bench->app->stats.words_written, 16);
}

static uint32_t reg(struct bench *bench, unsigned number)
{
    uint32_t value = 0;

    assert_true(duo_vb_reg_read(bench->vb, DUO_CORE_APP, number, &value));
    return value;
}

static void code_in_flash_stalls_and_faults(void **state)
{
    struct bench bench;
    struct duo_vb_core_stats stats;
    uint32_t cfsr = 0;

    (void)state;
    bench_init(&bench);
    run_program(&bench, PROGRAM_ADDR, &stats);
    assert_in_range(reg(&bench, 5), 1, 2);
    assert_in_range(stats.stall_ns, 88100000U, 88200000U); /* 87500 + 16*43 */
    /* The last store came in read-only mode. */
    assert_int_equal(reg(&bench, 15) & ~3U, FAULT_ADDR);
    assert_true(duo_vb_mem_read(bench.vb, DUO_CORE_APP, CFSR_ADDR, &cfsr, 4));
    assert_int_equal(cfsr & PRECISE_BUS, PRECISE_BUS);
    bench_end(&bench);
}

static void code_in_ram_runs_on(void **state)
{
    struct bench bench;
    struct duo_vb_core_stats stats;

    (void)state;
    bench_init(&bench);
    run_program(&bench, PROGRAM_RAM_ADDR, &stats);
    assert_true(reg(&bench, 5) > 100000U);
    /* Only the words wait for one another. */
    assert_in_range(stats.stall_ns, 600000U, 650000U);
    bench_end(&bench);
}

static void code_that_goes_on_in_flash_stalls_at_ready(void **state)
{
    struct bench bench;
    struct duo_vb_core_stats stats;
    struct duo_bytes code = {(const uint8_t *)program, sizeof(program)};
    uint32_t rounds;

    (void)state;
    bench_init(&bench);
    duo_sim_poke(bench.app, PROGRAM_ADDR, code);
    assert_true(
        duo_vb_mem_write(bench.vb, DUO_CORE_APP, PROGRAM_RAM_ADDR, code));
    assert_true(duo_vb_reg_write(bench.vb, DUO_CORE_APP, 15, PROGRAM_RAM_ADDR));
    bench_wait_us(&bench, 100);
    rounds = reg(&bench, 5);
    assert_true(rounds > 100U);
    assert_true(duo_vb_reg_write(bench.vb, DUO_CORE_APP, 15,
                                 PROGRAM_ADDR + PROGRAM_READY_OFF));
    bench_wait_us(&bench, 88000);
    assert_in_range(reg(&bench, 5), rounds, rounds + 3U);
    duo_vb_core_stats(bench.vb, DUO_CORE_APP, &stats);
    assert_true(stats.stall_ns > 87300000U);
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stores_are_refused_unless_enabled_and_whole),
        cmocka_unit_test(a_word_takes_43_us_and_bits_only_fall),
        cmocka_unit_test(ones_take_time_and_count_for_nothing),
        cmocka_unit_test(a_third_write_of_a_word_stops_the_board),
        cmocka_unit_test(stores_in_a_row_take_their_turns),
        cmocka_unit_test(ones_to_the_first_word_erase_a_page),
        cmocka_unit_test(slices_add_up_to_an_erase),
        cmocka_unit_test(acl_protects_until_the_next_reset),
        cmocka_unit_test(code_in_flash_stalls_and_faults),
        cmocka_unit_test(code_in_ram_runs_on),
        cmocka_unit_test(code_that_goes_on_in_flash_stalls_at_ready),
    };
    return cmocka_run_group_tests_name("nvmc", tests, NULL, NULL);
}
