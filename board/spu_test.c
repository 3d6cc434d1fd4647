/* SPDX-License-Identifier: MIT */
/* SPU and DCNF: what of the application RAM the network core reaches. */
#include "bench.h"
#include "soc_internal.h"

#define EXTDOMAIN    0x440U
#define DPPI_PERM    0x480U
#define DPPI_LOCK    0x484U
#define RAMREGION    0x700U
#define PERIPHID     0x800U
#define EXTRAM       0x460U /* Of DCNF. */
#define SECURE       0x10U
#define LOCK         0x100U
#define REGION_BYTES 0x2000U
#define RAM_ADDR     0x20000000U
#define CLOSED       0U
#define READABLE     1U
#define WRITABLE     2U

struct spu_bench {
    struct bench bench;
    struct vb_periph *spu;
    struct vb_periph *dcnf;
};

static void begin(struct spu_bench *at)
{
    bench_init(&at->bench);
    at->spu = bench_find(&at->bench, DUO_CORE_APP, &vb_type_spu, 0);
    at->dcnf = bench_find(&at->bench, DUO_CORE_APP, &vb_type_dcnf, 0);
    bench_release_net(&at->bench);
}

/* What the network core may do in the region; reads are tried at both ends. */
static unsigned reach(struct spu_bench *at, unsigned region_index)
{
    const struct vb_window *window =
        &at->bench.vb->machine.windows[region_index];
    uint32_t addr = RAM_ADDR + region_index * REGION_BYTES;
    uint32_t word;
    bool first =
        duo_vb_mem_read(at->bench.vb, DUO_CORE_NET, addr, &word, sizeof(word));
    bool last = duo_vb_mem_read(at->bench.vb, DUO_CORE_NET,
                                addr + REGION_BYTES - 4U, &word, sizeof(word));

    assert_int_equal(first, window->is_readable);
    assert_int_equal(last, window->is_readable);
    return (window->is_readable ? READABLE : CLOSED) |
           (window->is_writable ? WRITABLE : CLOSED);
}

static void out_of_reset_all_is_closed(void **state)
{
    struct spu_bench at;

    (void)state;
    begin(&at);
    for (unsigned i = 0; i < 64; i += 9) {
        assert_int_equal(reach(&at, i), CLOSED);
    }
    bench_end(&at.bench);
}

static void a_non_secure_region_is_open(void **state)
{
    struct spu_bench at;

    (void)state;
    begin(&at);
    bench_write(at.spu, RAMREGION + 4 * 55, 0x7);
    assert_int_equal(reach(&at, 54), CLOSED);
    assert_int_equal(reach(&at, 55), READABLE | WRITABLE);
    assert_int_equal(reach(&at, 56), CLOSED);
    bench_write(at.spu, RAMREGION + 4 * 55, 0x5);
    assert_int_equal(reach(&at, 55), READABLE);
    bench_write(at.spu, RAMREGION + 4 * 55, 0x17);
    assert_int_equal(reach(&at, 55), CLOSED);
    bench_end(&at.bench);
}

static void a_secure_domain_reaches_all(void **state)
{
    struct spu_bench at;

    (void)state;
    begin(&at);
    bench_write(at.spu, EXTDOMAIN, SECURE);
    assert_int_equal(reach(&at, 0), READABLE | WRITABLE);
    assert_int_equal(reach(&at, 63), READABLE | WRITABLE);
    bench_write(at.spu, EXTDOMAIN, 0);
    assert_int_equal(reach(&at, 0), CLOSED);
    bench_end(&at.bench);
}

static void dcnf_blocks_all_the_same(void **state)
{
    struct spu_bench at;

    (void)state;
    begin(&at);
    bench_write(at.spu, EXTDOMAIN, SECURE);
    bench_write(at.dcnf, EXTRAM, 1U << 7);
    assert_int_equal(reach(&at, 55), READABLE | WRITABLE);
    assert_int_equal(reach(&at, 56), CLOSED);
    assert_int_equal(reach(&at, 63), CLOSED);
    bench_end(&at.bench);
}

static void locks_hold_until_reset(void **state)
{
    struct spu_bench at;

    (void)state;
    begin(&at);
    bench_write(at.spu, RAMREGION + 4 * 9, LOCK | 0x7);
    bench_write(at.spu, RAMREGION + 4 * 9, 0x17);
    assert_int_equal(bench_read(at.spu, RAMREGION + 4 * 9), LOCK | 0x7);
    assert_int_equal(reach(&at, 9), READABLE | WRITABLE);
    bench_write(at.spu, EXTDOMAIN, LOCK);
    bench_write(at.spu, EXTDOMAIN, SECURE);
    assert_int_equal(reach(&at, 8), CLOSED);
    bench_write(at.spu, DPPI_PERM, 0xFF);
    bench_write(at.spu, DPPI_LOCK, 1);
    bench_write(at.spu, DPPI_LOCK, 0);
    bench_write(at.spu, DPPI_PERM, 0);
    assert_int_equal(bench_read(at.spu, DPPI_PERM), 0xFF);
    duo_vb_reset_pin(at.bench.vb);
    bench_wait_us(&at.bench, 100);
    bench_release_net(&at.bench);
    assert_int_equal(bench_read(at.spu, RAMREGION + 4 * 9), 0x17);
    assert_int_equal(reach(&at, 9), CLOSED);
    bench_end(&at.bench);
}

static void capabilities_of_peripherals_are_no_settings(void **state)
{
    struct spu_bench at;

    (void)state;
    begin(&at);
    bench_write(at.spu, PERIPHID + 4 * 42, 0xFFFFFECF);
    assert_int_equal(bench_read(at.spu, PERIPHID + 4 * 42), 0x2);
    bench_end(&at.bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(out_of_reset_all_is_closed),
        cmocka_unit_test(a_non_secure_region_is_open),
        cmocka_unit_test(a_secure_domain_reaches_all),
        cmocka_unit_test(dcnf_blocks_all_the_same),
        cmocka_unit_test(locks_hold_until_reset),
        cmocka_unit_test(capabilities_of_peripherals_are_no_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
