/* SPDX-License-Identifier: MIT */
/* The parts and how they are put together; see appboot.h. */
#include "appboot.h"
#include "clocks.h"
#include "cpu.h"
#include "dk.h"
#include "duo/slots.h"
#include "duo/trailer.h"
#include "duo_layouts.h"
#include "duo_trust.h"
#include "gpio.h"
#include "nrf5340.h"
#include "reset.h"
#include "spu.h"
#include "wdt.h"

static const struct duo_layout *const layout = &duo_layout_nrf5340dk;

/* Short, so that the devices that work meanwhile never wait for long. */
#define SLEEP_US 50U

static const struct duo_partition *mailbox_partition(void)
{
    return &layout->partitions[DUO_PARTITION_MAILBOX];
}

static struct duo_ram_range mailbox_range(void)
{
    return (struct duo_ram_range){mailbox_partition()->addr,
                                  mailbox_partition()->size_bytes};
}

void appboot_feed(void)
{
    duo_wdt_feed(NRF_WDT0_S_BASE);
    duo_wdt_feed(NRF_WDT1_S_BASE);
}

/* Wait until something may have changed: the network core rings, a transfer
 * ends, or the alarm. The devices clear their own events when they are polled;
 * what is only pending is forgotten here. */
static void idle(void *ctx)
{
    struct appboot *boot = ctx;

    appboot_feed();
    duo_uarte_service(&boot->uart);
    if (boot->app_flash.op.busy) {
        return; /* It is this core that programs the words. */
    }
    duo_timer_sleep(&boot->timer, SLEEP_US);
    (void)duo_ipc_take(&boot->ipc, DUO_IPC_TO_APP);
    duo_irq_clear(boot->ipc.irq);
}

static void notify_net(void *ctx)
{
    struct appboot *boot = ctx;
    duo_ipc_send(&boot->ipc, DUO_IPC_TO_NET);
}

static enum duo_err prepare_ext(void *ctx)
{
    struct appboot *boot = ctx;
    return duo_mx25r_prepare(&boot->ext_flash);
}

static void release_net(void *ctx)
{
    const struct duo_ram_range range = mailbox_range();

    (void)ctx;
    duo_spu_open_ram(&range);
    duo_gpio_give(DUO_DK_UART1_TX, DUO_PIN_NETWORK); /* For its log. */
    duo_network_release();
}

static void hold_net(void *ctx)
{
    (void)ctx;
    duo_network_hold();
}

static void on_event(void *ctx, const struct duo_event *event)
{
    appboot_feed();
    appboot_log_event(ctx, event);
}

static void open_uart(struct appboot *boot)
{
    const struct duo_uarte_config config = {
        .base_addr = NRF_UARTE0_S_BASE,
        .port0_addr = NRF_P0_S_BASE,
        .pin_tx = DUO_DK_UART0_TX,
        .pin_rx = DUO_PIN_NONE,
        .tx_ring = boot->log_ring,
        .tx_bytes = sizeof(boot->log_ring),
    };
    duo_uarte_init(&boot->uart, &config);
}

static void open_flashes(struct appboot *boot)
{
    const struct duo_nvmc_config app = {
        .base_addr = NRF_NVMC_S_BASE,
        .geometry = duo_layout_geometry(layout, DUO_MEMORY_APP_FLASH),
        .clock = &boot->timer.clock,
        .name = "app",
        .idle = idle,
        .ctx = boot,
    };
    const struct duo_mx25r_config ext = {
        .geometry = duo_layout_geometry(layout, DUO_MEMORY_EXT_FLASH),
        .clock = &boot->timer.clock,
        .name = "ext",
        .idle = idle,
        .ctx = boot,
    };
    duo_nvmc_init(&boot->app_flash, &app);
    duo_mx25r_init(&boot->ext_flash, &ext);
}

static void open_net(struct appboot *boot)
{
    const struct duo_mailbox_client_config config = {
        .mem = (volatile uint32_t *)(uintptr_t)mailbox_partition()->addr,
        .clock = &boot->timer.clock,
        .idle = idle,
        .notify = notify_net,
        .ctx = boot,
    };

    boot->ipc = (struct duo_ipc){NRF_IPC_S_BASE, NRF_IPC_S_IRQ};
    duo_ipc_open_send(&boot->ipc, DUO_IPC_TO_NET);
    duo_ipc_open_receive(&boot->ipc, DUO_IPC_TO_APP, true);
    duo_irq_enable(boot->ipc.irq);
    duo_mailbox_client_init(&boot->net, &config);
}

static struct duo_code_range code_range(enum duo_partition_id id)
{
    return (struct duo_code_range){layout->partitions[id].addr,
                                   layout->partitions[id].size_bytes};
}

void appboot_open(struct appboot *boot)
{
    /* All waiting is by WFI with interrupts masked: no handler ever runs. */
    (void)duo_cpu_mask();
    (void)duo_clocks_start_hfxo(NRF_CLOCK_S_BASE);
    duo_timer_init(&boot->timer, NRF_TIMER0_S_BASE, NRF_TIMER0_S_IRQ);
    open_uart(boot);
    open_flashes(boot);
    open_net(boot);
    duo_crypto_small_p256_init(&boot->crypto);
    boot->trust = (struct duo_trust){
        .keys = duo_trust_keys,
        .key_count = DUO_TRUST_KEY_COUNT,
        .code = {[DUO_CORE_APP] = code_range(DUO_PARTITION_APP_ACTIVE),
                 [DUO_CORE_NET] = code_range(DUO_PARTITION_NET_ACTIVE)},
    };
}

void appboot_run(struct appboot *boot)
{
    const struct duo_boot_config config = {
        .layout = layout,
        .app_flash = &boot->app_flash.flash,
        .ext_flash = &boot->ext_flash.flash,
        .net = &boot->net,
        .trust = &boot->trust,
        .crypto = &boot->crypto.crypto,
        .clock = &boot->timer.clock,
        .policy = &boot->policy->update,
        .session = boot->session,
        .prepare_ext = prepare_ext,
        .release_net = release_net,
        .hold_net = hold_net,
        .on_event = on_event,
        .ctx = boot,
    };
    duo_boot_run(&boot->state, &config, &boot->result);
}

bool appboot_is_on_trial(struct appboot *boot)
{
    const struct duo_slots_devices devices = {
        &boot->app_flash.flash, &boot->net.flash, &boot->ext_flash.flash};
    /* The network image is as good as started: the application may do so. */
    const bool started[DUO_CORE_COUNT] = {true,
                                          boot->result.net.total_bytes != 0};
    struct duo_slots slots;

    duo_slots_init(&slots, layout, &devices);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        struct duo_trailer trailer;

        if (started[core] &&
            duo_trailer_read(&slots.trailer[core], &trailer) == DUO_OK &&
            trailer.magic == DUO_FIELD_GOOD &&
            trailer.image_ok != DUO_FIELD_GOOD) {
            return true;
        }
    }
    return false;
}

void appboot_close(struct appboot *boot)
{
    const struct duo_ram_range range = mailbox_range();

    duo_mx25r_release(&boot->ext_flash);
    duo_ipc_release(&boot->ipc);
    duo_spu_close_ram(&range);
    duo_gpio_release(DUO_DK_BUTTON1);
    duo_gpio_release(DUO_DK_UART1_TX);
    duo_uarte_release(&boot->uart);
    duo_timer_release(&boot->timer);
    duo_clocks_release(NRF_CLOCK_S_BASE);
}
