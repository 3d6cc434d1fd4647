/* SPDX-License-Identifier: MIT */
/* The network core's boot loader: serves its flash to the application core's
 * in an update session, verifies, and starts its image. Between requests the
 * core sleeps until the application core rings. */
#include <string.h>

#include "acl.h"
#include "chainload.h"
#include "clocks.h"
#include "cpu.h"
#include "dk.h"
#include "duo/crypto_small.h"
#include "duo/mailbox.h"
#include "duo_layouts.h"
#include "duo_trust.h"
#include "fault.h"
#include "ipc.h"
#include "nrf5340.h"
#include "nrf5340_access.h"
#include "nvmc.h"
#include "probe.h"
#include "startup.h"
#include "timer.h"
#include "uarte.h"

#define WORK_BYTES 1024U

/* A ring that was missed costs no more than this. */
#define SLEEP_US 1000U

#define VECTORS_ALIGN_BYTES 128U

/* A fault resets this core, so that a hang of it is short; after so many in a
 * row it sleeps, and the application core tells that nobody answers. The count
 * is in GPREGRET, which this core's own reset leaves alone. */
#define FAULTS_MAX     3U
#define FAULT_REGISTER 0U

static const struct duo_layout *const layout = &duo_layout_nrf5340dk;

static struct netboot {
    struct duo_timer timer;
    struct duo_nvmc flash;
    struct duo_ipc ipc;
    struct duo_crypto_small crypto;
    struct duo_trust trust;
    struct duo_netboot netboot;
    _Alignas(4) uint8_t work[WORK_BYTES];
} net;

static const struct duo_uarte_config uart_config = {
    .base_addr = NRF_UARTE0_NET_BASE,
    .port0_addr = NRF_P0_NET_BASE,
    .pin_tx = DUO_DK_UART1_TX,
    .pin_rx = DUO_PIN_NONE,
};

/* One line, from the scratch memory: EasyDMA reads RAM only. The text comes out
 * where the application core gave this core the pin, and else nowhere. */
static void say(const char *text)
{
    size_t len_bytes = strlen(text);

    memcpy(net.work, text, len_bytes);
    duo_uarte_emergency(&uart_config, (struct duo_bytes){net.work, len_bytes});
}

static volatile uint32_t *fault_count(void)
{
    return duo_reg(NRF_POWER_NET_BASE + POWER_GPREGRET(FAULT_REGISTER));
}

static _Noreturn void sleep_for_good(void)
{
    (void)duo_cpu_mask();
    duo_irq_reset_all();
    for (;;) {
        duo_cpu_wait_interrupt();
    }
}

_Noreturn void duo_fault_handle(const struct duo_fault *fault)
{
    static const char label[] = "\r\nnetboot: ";
    char text[sizeof(label) + DUO_FAULT_TEXT_BYTES];

    memcpy(text, label, sizeof(label) - 1U);
    duo_fault_format(fault, text + sizeof(label) - 1U);
    duo_uarte_emergency(
        &uart_config, (struct duo_bytes){(const uint8_t *)text, strlen(text)});
    if (*fault_count() >= FAULTS_MAX) {
        sleep_for_good();
    }
    *fault_count() = *fault_count() + 1U;
    duo_cpu_reset();
}

/* Nothing may be served if netboot itself could be overwritten by it. */
static void protect(void *ctx)
{
    const struct duo_partition *self =
        &layout->partitions[DUO_PARTITION_NETBOOT];
    const struct duo_flash_range range = {self->addr, self->size_bytes};

    (void)ctx;
    if (!duo_acl_protect(&range)) {
        say("netboot: cannot lock its own pages\r\n");
        sleep_for_good();
    }
}

static struct duo_code_range code_range(enum duo_partition_id id)
{
    return (struct duo_code_range){layout->partitions[id].addr,
                                   layout->partitions[id].size_bytes};
}

static void open_parts(void)
{
    const struct duo_nvmc_config flash = {
        .base_addr = NRF_NVMC_NET_BASE,
        .geometry = duo_layout_geometry(layout, DUO_MEMORY_NET_FLASH),
        .clock = &net.timer.clock,
        .name = "net",
    };

    (void)duo_cpu_mask(); /* All waiting is by WFI; no handler ever runs. */
    (void)duo_clocks_start_hfxo(NRF_CLOCK_NET_BASE);
    duo_timer_init(&net.timer, NRF_TIMER0_NET_BASE, NRF_TIMER0_NET_IRQ);
    duo_nvmc_init(&net.flash, &flash);
    net.ipc = (struct duo_ipc){NRF_IPC_NET_BASE, NRF_IPC_NET_IRQ};
    duo_ipc_open_send(&net.ipc, DUO_IPC_TO_APP);
    duo_ipc_open_receive(&net.ipc, DUO_IPC_TO_NET, true);
    duo_irq_enable(net.ipc.irq);
    duo_crypto_small_p256_init(&net.crypto);
    net.trust = (struct duo_trust){
        .keys = duo_trust_keys,
        .key_count = DUO_TRUST_KEY_COUNT,
        .code = {[DUO_CORE_APP] = code_range(DUO_PARTITION_APP_ACTIVE),
                 [DUO_CORE_NET] = code_range(DUO_PARTITION_NET_ACTIVE)},
    };
}

static void open_netboot(void)
{
    volatile uint32_t *mailbox = (volatile uint32_t *)(uintptr_t)layout
                                     ->partitions[DUO_PARTITION_MAILBOX]
                                     .addr;
    const struct duo_netboot_config config = {
  /* Whoever released this core need not have opened the RAM. */
        .mem = duo_probe_word(mailbox) ? mailbox : NULL,
        .slot =
            duo_layout_area(layout, DUO_PARTITION_NET_ACTIVE, &net.flash.flash),
        .trust = &net.trust,
        .crypto = &net.crypto.crypto,
        .clock = &net.timer.clock,
        .protect = protect,
        .work = net.work,
        .work_bytes = sizeof(net.work),
        .version = {DUO_VERSION_MAJOR, DUO_VERSION_MINOR, DUO_VERSION_PATCH, 0},
    };
    duo_netboot_init(&net.netboot, &config);
}

static void close_parts(void)
{
    duo_ipc_release(&net.ipc);
    duo_uarte_off(&uart_config);
    duo_timer_release(&net.timer);
    duo_clocks_release(NRF_CLOCK_NET_BASE);
    *fault_count() = 0;
}

/* The only place from which an image is started; see the same in appboot.c. */
static void start(void)
{
    const volatile enum duo_verdict *verdict = &net.netboot.verdict;
    uint32_t vectors_addr = layout->partitions[DUO_PARTITION_NET_ACTIVE].addr +
                            net.netboot.started.header_bytes;

    if (*verdict != DUO_VERDICT_ACCEPT ||
        net.netboot.started.core != DUO_CORE_NET ||
        vectors_addr % VECTORS_ALIGN_BYTES != 0) {
        return;
    }
    say("netboot: starting the network image\r\n");
    close_parts();
    if (*verdict == DUO_VERDICT_ACCEPT) {
        duo_chainload(vectors_addr);
    }
}

static bool is_serving(void)
{
    return net.netboot.state != DUO_NETBOOT_STARTED &&
           net.netboot.state != DUO_NETBOOT_HALTED;
}

int main(void)
{
    open_parts();
    say("netboot " DUO_VERSION "\r\n");
    open_netboot();
    while (is_serving()) {
        if (duo_netboot_step(&net.netboot)) {
            duo_ipc_send(&net.ipc, DUO_IPC_TO_APP);
            continue;
        }
        if (net.flash.op.busy) {
            continue; /* It is this core that erases and programs. */
        }
        duo_timer_sleep(&net.timer, SLEEP_US);
        (void)duo_ipc_take(&net.ipc, DUO_IPC_TO_NET);
        duo_irq_clear(net.ipc.irq);
    }
    if (net.netboot.state == DUO_NETBOOT_STARTED) {
        start();
    }
    if (net.netboot.reason != DUO_REASON_NONE) { /* NONE: it was asked to. */
        say("netboot: halted, no image may be started\r\n");
    }
    sleep_for_good();
}
