/* SPDX-License-Identifier: MIT */
/* What a boot loader leaves behind: at the first instruction of an image its
 * core is as after a reset, but for what the image is told (WDT on trial). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>

#include "arm_rig.h"
#include "nrf5340.h"

#define LIMIT_NS     (120000U * ARM_MS)
#define APP_VECTORS  0x0000C200U
#define NET_VECTORS  0x01004200U
#define REG_SP       13U
#define REG_PC       15U
#define REG_PRIMASK  19U
#define REG_BASEPRI  20U
#define REG_CONTROL  22U
#define REG_MSPLIM   23U
#define SCB_VTOR     0xE000ED08U
#define NVIC_ISER    0xE000E100U
#define NVIC_ISPR    0xE000E200U
#define SYSTICK_CTRL 0xE000E010U
#define MPU_CTRL     0xE000ED94U

struct expected {
    const char *name;
    uint32_t addr;
    uint32_t value;
};

/* SysTick has one clock only, so its CLKSOURCE reads as 1. */
static const struct expected app_registers[] = {
    {"UARTE0 ENABLE",          NRF_UARTE0_S_BASE + 0x500U, 0          },
    {"UARTE0 PSEL.TXD",        NRF_UARTE0_S_BASE + 0x50CU, UINT32_MAX },
    {"QSPI ENABLE",            NRF_QSPI_S_BASE + 0x500U,   0          },
    {"QSPI PSEL.SCK",          NRF_QSPI_S_BASE + 0x524U,   UINT32_MAX },
    {"QSPI INTENSET",          NRF_QSPI_S_BASE + 0x304U,   0          },
    {"CLOCK HFCLKCTRL",        NRF_CLOCK_S_BASE + 0x558U,  1          },
    {"CLOCK HFCLK192MCTRL",    NRF_CLOCK_S_BASE + 0x5B8U,  2          },
    {"CLOCK HFCLKRUN",         NRF_CLOCK_S_BASE + 0x408U,  0          },
    {"RESET NETWORK.FORCEOFF", NRF_RESET_S_BASE + 0x614U,  1          },
    {"NVMC CONFIG",            NRF_NVMC_S_BASE + 0x504U,   0          },
    {"SPU EXTDOMAIN[0].PERM",  NRF_SPU_S_BASE + 0x440U,    2          },
 /* Region 55 of 8 KB: the mailbox at 0x2006E000. */
    {"SPU RAMREGION[55].PERM", NRF_SPU_S_BASE + 0x7DCU,    0x17       },
    {"IPC INTENSET",           NRF_IPC_S_BASE + 0x304U,    0          },
    {"TIMER0 INTENSET",        NRF_TIMER0_S_BASE + 0x304U, 0          },
    {"WDT0 RUNSTATUS",         NRF_WDT0_S_BASE + 0x400U,   0          },
    {"VTOR",                   SCB_VTOR,                   APP_VECTORS},
    {"NVIC ISER0",             NVIC_ISER,                  0          },
    {"NVIC ISER1",             NVIC_ISER + 4U,             0          },
    {"NVIC ISPR0",             NVIC_ISPR,                  0          },
    {"NVIC ISPR1",             NVIC_ISPR + 4U,             0          },
    {"SysTick CTRL",           SYSTICK_CTRL,               4          },
    {"MPU CTRL",               MPU_CTRL,                   0          },
};

static const struct expected net_registers[] = {
    {"UARTE0 ENABLE",  NRF_UARTE0_NET_BASE + 0x500U, 0          },
    {"NVMC CONFIG",    NRF_NVMC_NET_BASE + 0x504U,   0          },
    {"IPC INTENSET",   NRF_IPC_NET_BASE + 0x304U,    0          },
    {"CLOCK HFCLKRUN", NRF_CLOCK_NET_BASE + 0x408U,  0          },
    {"VTOR",           SCB_VTOR,                     NET_VECTORS},
    {"NVIC ISER0",     NVIC_ISER,                    0          },
    {"NVIC ISPR0",     NVIC_ISPR,                    0          },
    {"SysTick CTRL",   SYSTICK_CTRL,                 4          },
};

static uint32_t word_at(struct arm_rig *rig, enum duo_core core, uint32_t addr)
{
    uint32_t value = 0;

    assert_true(duo_vb_mem_read(rig->vb, core, addr, &value, sizeof(value)));
    return value;
}

static uint32_t reg(struct arm_rig *rig, enum duo_core core, unsigned number)
{
    uint32_t value = 0;

    assert_true(duo_vb_reg_read(rig->vb, core, number, &value));
    return value;
}

/* Run up to the first instruction of the image whose vectors are there. */
static void run_to_image(struct arm_rig *rig, enum duo_core core,
                         uint32_t vectors_addr)
{
    uint32_t entry_addr = word_at(rig, core, vectors_addr + 4U) & ~1U;

    assert_true(duo_vb_break_add(rig->vb, core, entry_addr));
    (void)arm_boot(rig, NULL, NULL, LIMIT_NS);
    duo_vb_break_remove(rig->vb, core, entry_addr);
    assert_int_equal(rig->stop.kind, DUO_VB_STOP_BREAK);
    assert_int_equal(rig->stop.core, core);
    assert_int_equal(reg(rig, core, REG_PC), entry_addr);
}

static void check_core(struct arm_rig *rig, enum duo_core core,
                       uint32_t vectors_addr)
{
    assert_int_equal(reg(rig, core, REG_SP), word_at(rig, core, vectors_addr));
    assert_int_equal(reg(rig, core, REG_MSPLIM), 0);
    assert_int_equal(reg(rig, core, REG_PRIMASK), 0);
    assert_int_equal(reg(rig, core, REG_BASEPRI), 0);
    assert_int_equal(reg(rig, core, REG_CONTROL), 0);
    /* One register holds the address of the jump. */
    for (unsigned number = 0; number < REG_SP; number++) {
        uint32_t value = reg(rig, core, number);
        assert_true(value == 0 ||
                    value == word_at(rig, core, vectors_addr + 4U));
    }
}

static void check_registers(struct arm_rig *rig, enum duo_core core,
                            const struct expected *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t value = word_at(rig, core, rows[i].addr);
        if (value != rows[i].value) {
            fail_msg("%s is 0x%x, not 0x%x", rows[i].name, (unsigned)value,
                     (unsigned)rows[i].value);
        }
    }
}

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static int set_up(void **state)
{
    struct arm_rig *rig = calloc(1, sizeof(*rig));
    const struct arm_image_spec app = {.core = DUO_CORE_APP,
                                       .firmware = "appdemo"};
    const struct arm_image_spec net = {.core = DUO_CORE_NET,
                                       .firmware = "netdemo"};

    assert_non_null(rig);
    arm_rig_create(rig, false);
    arm_factory(rig, arm_make(rig, &app), arm_make(rig, &net));
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    arm_rig_destroy(*state);
    free(*state);
    return 0;
}

static void application_core_is_handed_over_as_after_a_reset(void **state)
{
    struct arm_rig *rig = *state;

    run_to_image(rig, DUO_CORE_APP, APP_VECTORS);
    check_core(rig, DUO_CORE_APP, APP_VECTORS);
    check_registers(rig, DUO_CORE_APP, app_registers, COUNT(app_registers));
    assert_true(duo_vb_core_is_parked(rig->vb, DUO_CORE_NET));
}

/* Keys are public, but a buffer may hold parts of an image. */
static void no_byte_of_the_boot_loader_stays_in_ram(void **state)
{
    struct arm_rig *rig = *state;
    unsigned left = 0;

    run_to_image(rig, DUO_CORE_APP, APP_VECTORS);
    /* 16 KB are the boot loader's; its last words outlive resets. */
    for (uint32_t addr = 0x20000000U; addr < 0x20003000U; addr += 4U) {
        left += word_at(rig, DUO_CORE_APP, addr) != 0;
    }
    assert_true(left <= 16U);
}

static void network_core_is_handed_over_as_after_a_reset(void **state)
{
    struct arm_rig *rig = *state;

    run_to_image(rig, DUO_CORE_NET, NET_VECTORS);
    check_core(rig, DUO_CORE_NET, NET_VECTORS);
    check_registers(rig, DUO_CORE_NET, net_registers, COUNT(net_registers));
}

static void watchdog_runs_when_an_image_is_on_trial(void **state)
{
    struct arm_rig *rig = *state;
    const struct arm_image_spec spec = {
        .core = DUO_CORE_APP, .firmware = "appdemo", .minor = 1};

    arm_stage(rig, DUO_CORE_APP, arm_make(rig, &spec), false);
    run_to_image(rig, DUO_CORE_APP, APP_VECTORS);
    assert_int_equal(
        word_at(rig, DUO_CORE_APP, NRF_WDT0_S_BASE + WDT_RUNSTATUS), 1);
}

#define BOARD(function) \
    cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD(application_core_is_handed_over_as_after_a_reset),
        BOARD(no_byte_of_the_boot_loader_stays_in_ram),
        BOARD(network_core_is_handed_over_as_after_a_reset),
        BOARD(watchdog_runs_when_an_image_is_on_trial),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
