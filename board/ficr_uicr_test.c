/* SPDX-License-Identifier: MIT */
/* FICR and UICR: what they say, and how UICR is written and erased. */
#include "bench.h"

#define READY_OFF    0x400U
#define CONFIG_OFF   0x504U
#define ERASEALL_OFF 0x50CU
#define WEN          1U
#define EEN          2U
#define ONES         0xFFFFFFFFU

static struct vb_periph *app_nvmc(struct bench *bench)
{
    return bench_find(bench, DUO_CORE_APP, &vb_type_nvmc_app, 0);
}

static uint32_t word_at(const struct duo_sim_flash *flash, uint32_t off_bytes)
{
    uint32_t word;

    memcpy(&word, flash->data + off_bytes, sizeof(word));
    return word;
}

static void erase_all_takes_uicr_along(void **state)
{
    struct bench bench;
    struct vb_periph *uicr;

    (void)state;
    bench_init(&bench);
    uicr = bench_find(&bench, DUO_CORE_APP, &vb_type_uicr_app, 0);
    bench_write(app_nvmc(&bench), ERASEALL_OFF, 1);
    assert_int_equal(bench.note_count, 1);
    bench_write(app_nvmc(&bench), CONFIG_OFF, EEN);
    bench_write(app_nvmc(&bench), ERASEALL_OFF, 1);
    bench_wait_us(&bench, 172999);
    assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 0);
    assert_int_equal(bench_read(uicr, 0), 0x50FA50FA);
    bench_wait_us(&bench, 1);
    assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 1);
    assert_int_equal(word_at(bench.app, 0), ONES);
    assert_int_equal(bench_read(uicr, 0), ONES);
    bench_end(&bench);
}

static void uicr_is_written_through_nvmc_and_kept(void **state)
{
    struct bench bench;
    struct vb_periph *uicr;

    (void)state;
    bench_init(&bench);
    uicr = bench_find(&bench, DUO_CORE_APP, &vb_type_uicr_app, 0);
    bench_write(app_nvmc(&bench), CONFIG_OFF, WEN);
    bench_write(uicr, 0x28, 0xFFFFFFFE);
    assert_int_equal(bench_read(app_nvmc(&bench), READY_OFF), 0);
    bench_wait_us(&bench, 43);
    bench_write(uicr, 0x28, 0xFFFFFFF7);
    assert_int_equal(bench_read(uicr, 0x28), 0xFFFFFFF6);
    duo_vb_power_on(bench.vb, NULL);
    assert_int_equal(bench_read(uicr, 0x28), 0xFFFFFFF6);
    assert_int_equal(bench_read(uicr, 0x1C), 0x50FA50FA);
    assert_int_equal(bench_read(uicr, 0x10), ONES);
    bench_end(&bench);
}

static void ficr_names_the_part(void **state)
{
    static const struct {
        enum duo_core core;
        uint32_t off;
        uint32_t value;
    } rows[] = {
        {DUO_CORE_APP, 0x130, 7     },
        {DUO_CORE_APP, 0x134, 5     },
        {DUO_CORE_APP, 0x20C, 0x5340},
        {DUO_CORE_APP, 0x218, 0x200 },
        {DUO_CORE_APP, 0x220, 0x1000},
        {DUO_CORE_APP, 0x224, 0x100 },
        {DUO_CORE_APP, 0x300, ONES  },
        {DUO_CORE_NET, 0x130, 7     },
        {DUO_CORE_NET, 0x134, 5     },
        {DUO_CORE_NET, 0x220, 0x800 },
        {DUO_CORE_NET, 0x224, 0x80  },
        {DUO_CORE_NET, 0x3FC, ONES  },
    };
    struct bench bench;
    struct vb_periph *ficr[DUO_CORE_COUNT];

    (void)state;
    bench_init(&bench);
    ficr[DUO_CORE_APP] = bench_find(&bench, DUO_CORE_APP, &vb_type_ficr_app, 0);
    ficr[DUO_CORE_NET] = bench_find(&bench, DUO_CORE_NET, &vb_type_ficr_net, 0);
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        assert_int_equal(bench_read(ficr[rows[row].core], rows[row].off),
                         rows[row].value);
    }
    bench_write(ficr[DUO_CORE_APP], 0x130, 0);
    assert_int_equal(bench_read(ficr[DUO_CORE_APP], 0x130), 7);
    assert_int_not_equal(bench_read(ficr[DUO_CORE_APP], 0x204),
                         bench_read(ficr[DUO_CORE_NET], 0x204));
    assert_int_not_equal(bench_read(ficr[DUO_CORE_NET], 0x280), ONES);
    assert_int_equal(bench_read(ficr[DUO_CORE_NET], 0x2A8) >> 16, 0xFFFF);
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(erase_all_takes_uicr_along),
        cmocka_unit_test(uicr_is_written_through_nvmc_and_kept),
        cmocka_unit_test(ficr_names_the_part),
    };
    return cmocka_run_group_tests_name("ficr_uicr", tests, NULL, NULL);
}
