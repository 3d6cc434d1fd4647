/* SPDX-License-Identifier: MIT */
/* Recovery: the boot loader has nothing that it may start, or was asked to
 * stay. An SMP server on the UART takes uploads for both cores; what it takes is
 * installed at the next boot, with all its checks. Nothing is ever started
 * from here. */
#include "appboot.h"

#include <string.h>

#include "cpu.h"
#include "dk.h"
#include "duo/smp_groups.h"
#include "duo/smp_image.h"
#include "duo/smp_link.h"
#include "duo_layouts.h"
#include "gpio.h"
#include "nrf5340.h"
#include "reset.h"

#define BLINK_MS  250U
#define US_PER_MS 1000U

#define TAKE_BYTES 16U
#define SLEEP_US   100U /* A byte's time; the UART's FIFO holds more. */

/* Serial clients that do not ask send 586 bytes; the next power of two that
 * holds it. One packet in flight: who waits for its answer sends nothing
 * meanwhile, so nothing is lost while the flash is looked at. */
#define PACKET_BYTES 1024U
#define PACKETS      1U
#define RING_BYTES   2048U
#define RX_BYTES     256U

/* The boot is over: its memory serves recovery. */
struct recovery {
    struct appboot *boot;
    struct duo_slots slots;
    struct duo_smp_group groups[2];
    struct duo_smp_server server;
    struct duo_smp_console console;
    struct duo_smp_os os;
    struct duo_smp_image image;
    bool ext_opened;
    uint8_t rx_ring[RX_BYTES];
    _Alignas(4) uint8_t ring[RING_BYTES];
    _Alignas(4) uint8_t packets[(PACKETS + 1U) * PACKET_BYTES];
};

_Static_assert(sizeof(struct recovery) <= DUO_BOOT_STATE_BYTES,
               "recovery uses the memory of a boot");

static enum duo_err open_ext(void *ctx)
{
    struct recovery *recovery = ctx;
    enum duo_err err = DUO_OK;

    if (!recovery->ext_opened) {
        err = duo_mx25r_prepare(&recovery->boot->ext_flash);
        recovery->ext_opened = err == DUO_OK;
    }
    return err;
}

static void close_ext(void *ctx)
{
    (void)ctx; /* It is needed again soon, and a reset ends all this. */
}

static void reset(void *ctx, enum duo_smp_boot_mode mode)
{
    struct recovery *recovery = ctx;

    duo_smp_image_settle(&recovery->image);
    duo_boot_mode_set(mode == DUO_SMP_BOOT_RECOVERY ? DUO_BOOT_MODE_RECOVERY
                                                    : DUO_BOOT_MODE_NORMAL);
    duo_uarte_flush(&recovery->boot->uart);
    duo_cpu_reset();
}

static void put(void *ctx, struct duo_bytes line)
{
    struct recovery *recovery = ctx;
    duo_uarte_write(&recovery->boot->uart, line);
}

/* The log's UART receives, too, from now on. */
static void open_console(struct recovery *recovery)
{
    struct appboot *boot = recovery->boot;
    struct duo_uarte_config config = boot->uart.config;

    duo_uarte_flush(&boot->uart);
    config.pin_rx = DUO_DK_UART0_RX;
    config.rx_ring = recovery->rx_ring;
    config.rx_bytes = RX_BYTES;
    duo_uarte_init(&boot->uart, &config);
    duo_uarte_receive(&boot->uart);
    recovery->console.link.server = &recovery->server;
    recovery->console.clock = &boot->timer.clock;
    recovery->console.put = put;
    recovery->console.ctx = recovery;
    duo_smp_console_init(&recovery->console);
}

static void open_server(struct recovery *recovery)
{
    struct appboot *boot = recovery->boot;
    const struct duo_slots_devices devices = {
        &boot->app_flash.flash, &boot->net.flash, &boot->ext_flash.flash};
    const struct duo_smp_server_config server = {
        .groups = recovery->groups,
        .group_count = 2,
        .memory = recovery->packets,
        .packet_bytes = PACKET_BYTES,
        .packet_count = PACKETS,
        .told_count = PACKETS,
    };
    const struct duo_smp_image_config image = {
        .slots = &recovery->slots,
        .trust = &boot->trust,
        .crypto = &boot->crypto.crypto,
        .clock = &boot->timer.clock,
        .policy = {.route_wrong_number = true,
                   .request_when_whole = true,
                   .direct_without_ext = true},
        .open_ext = open_ext,
        .close_ext = close_ext,
        .ctx = recovery,
        .ring = recovery->ring,
        .ring_bytes = RING_BYTES,
    };

    duo_slots_init(&recovery->slots, &duo_layout_nrf5340dk, &devices);
    recovery->groups[0] =
        (struct duo_smp_group){&duo_smp_os_small_group, &recovery->os};
    recovery->groups[1] =
        (struct duo_smp_group){&duo_smp_image_small_group, &recovery->image};
    duo_smp_server_init(&recovery->server, &server);
    duo_smp_image_init(&recovery->image, &image);
    recovery->os.server = &recovery->server;
    recovery->os.clock = &boot->timer.clock;
    recovery->os.reset = reset;
    recovery->os.ctx = recovery;
}

static void serve(struct recovery *recovery)
{
    uint8_t bytes[TAKE_BYTES];
    uint8_t text[2]; /* There is no shell: what is not SMP is dropped. */
    uint32_t count = duo_uarte_read(&recovery->boot->uart, bytes, TAKE_BYTES);

    for (uint32_t i = 0; i < count; i++) {
        (void)duo_smp_console_take(&recovery->console, bytes[i], text);
    }
    (void)duo_smp_console_poll(&recovery->console, text);
    (void)duo_smp_step(&recovery->server);
    (void)duo_smp_image_step(&recovery->image);
    duo_smp_os_step(&recovery->os);
    if (count == 0) {
        duo_timer_sleep(&recovery->boot->timer, SLEEP_US);
    }
}

_Noreturn void appboot_recovery_serve(struct appboot *boot, const char *why)
{
    const struct duo_clock *clock = &boot->timer.clock;
    struct recovery *recovery = (struct recovery *)(void *)&boot->state;
    uint64_t toggle_us = 0;
    bool is_on = false;

    appboot_log_pair(boot, "recovery: ", why);
    appboot_log(boot, "recovery: SMP here; a reset tries again");
    memset(recovery, 0, sizeof(*recovery));
    recovery->boot = boot;
    open_server(recovery);
    open_console(recovery);
    duo_gpio_output(DUO_DK_LED1, true);
    for (;;) {
        uint64_t moment_us = clock->now_us(clock);

        appboot_feed();
        serve(recovery);
        if (moment_us >= toggle_us) {
            toggle_us = moment_us + (uint64_t)BLINK_MS * US_PER_MS;
            is_on = !is_on;
            duo_gpio_set(DUO_DK_LED1, !is_on); /* The LED is active low. */
        }
    }
}
