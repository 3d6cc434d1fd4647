/* SPDX-License-Identifier: MIT */
/* netdemo: the reference product's network core. It says which version it is
 * and that it lives, sleeps in between, and touches no word of the shared RAM
 * before the application has signalled that it opened it. */
#include "clocks.h"
#include "cpu.h"
#include "demo_behaviour.h"
#include "demo_fault.h"
#include "demo_heartbeat.h"
#include "demo_text.h"
#include "dk.h"
#include "duo_layouts.h"
#include "ipc.h"
#include "nrf5340.h"
#include "nrf5340_access.h"
#include "startup.h"
#include "uarte.h"

#define RTC_HZ           32768U
#define RTC_COUNTER_BITS 24U
#define BEAT_TICKS       ((RTC_HZ * DEMO_BEAT_MS + 500U) / 1000U)
#define BEAT_CHANNEL     0U /* Of the RTC's compare registers. */
#define SILENT_MS_MAX    1000U
#define TX_RING_BYTES    256U

/* Everything that changes. The interrupt handlers need it at file scope. */
static struct netdemo {
    struct duo_uarte uart;
    struct duo_ipc ipc;
    struct demo_heartbeat beat;
    volatile uint32_t *mailbox;
    volatile bool due;  /* The RTC says that a beat is due. */
    uint64_t ticks;     /* RTC ticks since the start, extended. */
    uint32_t signal_ms; /* When the application signalled last. */
    bool invited;       /* The application has signalled once. */
    bool alone;         /* And is silent now. */
    uint8_t tx_ring[TX_RING_BYTES];
} demo;

/* Both prototypes are those of the vector table. */
void duo_irq_17_handler(void);
void duo_irq_19_handler(void);

void duo_irq_17_handler(void)
{
    *duo_reg(NRF_RTC0_NET_BASE + RTC_EVENTS_COMPARE(BEAT_CHANNEL)) = 0;
    (void)*duo_reg(NRF_RTC0_NET_BASE + RTC_EVENTS_COMPARE(BEAT_CHANNEL));
    demo.due = true;
}

void duo_irq_19_handler(void)
{
    duo_uarte_service(&demo.uart);
}

_Static_assert(NRF_RTC0_NET_IRQ == 17U, "duo_irq_17_handler is the RTC's");
_Static_assert(NRF_SERIAL0_NET_IRQ == 19U, "duo_irq_19_handler is the UART's");

static const struct duo_uarte_config uart_config = {
    .base_addr = NRF_UARTE0_NET_BASE,
    .port0_addr = NRF_P0_NET_BASE,
    .pin_tx = DUO_DK_UART1_TX,
    .pin_rx = DUO_PIN_NONE,
    .tx_ring = demo.tx_ring,
    .tx_bytes = TX_RING_BYTES,
};

_Noreturn void duo_fault_handle(const struct duo_fault *fault)
{
    demo_fault_end(fault, &uart_config);
}

static uint32_t now_ms(void)
{
    return (uint32_t)(demo.ticks * 1000U / RTC_HZ);
}

static void say(const char *words)
{
    struct demo_text text;

    demo_text_clear(&text);
    demo_put_time(&text, (uint64_t)now_ms() * 1000U);
    demo_put(&text, "net: ");
    demo_put(&text, words);
    demo_put(&text, "\r\n");
    duo_uarte_puts(&demo.uart, text.words);
}

/* The RTC counts 24 bits; one look for each beat is often enough. */
static void update_time(void)
{
    const uint64_t span = 1U << RTC_COUNTER_BITS;
    uint32_t counter = *duo_reg(NRF_RTC0_NET_BASE + RTC_COUNTER);
    uint64_t passed = (counter - demo.ticks) & (span - 1U);

    demo.ticks += passed;
}

static void plan_next_beat(void)
{
    uint32_t counter = *duo_reg(NRF_RTC0_NET_BASE + RTC_COUNTER);
    uint32_t at = (counter + BEAT_TICKS) & ((1U << RTC_COUNTER_BITS) - 1U);

    *duo_reg(NRF_RTC0_NET_BASE + RTC_CC(BEAT_CHANNEL)) = at;
}

static void start_time(void)
{
    const uint32_t compare = 1U << (16U + BEAT_CHANNEL);

    (void)duo_clocks_start_lfclk(NRF_CLOCK_NET_BASE);
    *duo_reg(NRF_RTC0_NET_BASE + RTC_PRESCALER) = 0;
    *duo_reg(NRF_RTC0_NET_BASE + RTC_INTENSET) = compare;
    *duo_reg(NRF_RTC0_NET_BASE + RTC_TASKS_CLEAR) = 1;
    *duo_reg(NRF_RTC0_NET_BASE + RTC_CC(BEAT_CHANNEL)) = BEAT_TICKS;
    *duo_reg(NRF_RTC0_NET_BASE + RTC_TASKS_START) = 1;
    duo_irq_enable(NRF_RTC0_NET_IRQ);
}

static void start(void)
{
    const struct duo_layout *layout = &duo_layout_nrf5340dk;
    const struct duo_partition *slot =
        &layout->partitions[DUO_PARTITION_NET_ACTIVE];
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): flash is read in place. */
    const uint8_t *header = (const uint8_t *)(uintptr_t)slot->addr;
    const struct duo_partition *mailbox =
        &layout->partitions[DUO_PARTITION_MAILBOX];

    (void)duo_clocks_start_hfxo(NRF_CLOCK_NET_BASE);
    duo_uarte_init(&demo.uart, &uart_config);
    duo_uarte_enable_interrupt(&demo.uart);
    duo_irq_enable(NRF_SERIAL0_NET_IRQ);
    start_time();
    demo.mailbox = duo_reg(mailbox->addr);
    /* The version is that of the header in flash, not one built in: the same
     * file can be signed as any version. */
    demo.beat.state = demo_version_of_header(header, &demo.beat.version)
                          ? DEMO_BEAT_HEALTHY
                          : DEMO_BEAT_UNWELL;
    demo.ipc = (struct duo_ipc){NRF_IPC_NET_BASE, NRF_IPC_NET_IRQ};
    duo_ipc_open_receive(&demo.ipc, DUO_IPC_TO_NET, false);
    duo_ipc_open_send(&demo.ipc, DUO_IPC_TO_APP);
}

static void introduce(void)
{
    struct demo_text text;

    demo_text_clear(&text);
    demo_put(&text, "netdemo ");
    demo_put_version(&text, &demo.beat.version);
    demo_put(&text, demo.beat.state == DEMO_BEAT_HEALTHY
                        ? " runs and was invited"
                        : " has no image header: unwell");
    say(text.words);
}

static void listen(void)
{
    if (duo_ipc_take(&demo.ipc, DUO_IPC_TO_NET)) {
        demo.signal_ms = now_ms();
        if (!demo.invited) {
            demo.invited = true;
            introduce();
        }
        if (demo.alone) {
            demo.alone = false;
            say("the application signals again");
        }
    } else if (demo.invited && !demo.alone &&
               now_ms() - demo.signal_ms > SILENT_MS_MAX) {
        demo.alone = true;
        say("the application is silent");
    }
}

static void beat(void)
{
    const volatile enum demo_mode *mode = &demo_behaviour.mode;

    if (!demo.invited || *mode == DEMO_MODE_SILENT) {
        return;
    }
    demo.beat.count++;
    demo.beat.uptime_ms = now_ms();
    demo_heartbeat_store(demo.mailbox, &demo.beat);
    duo_cpu_barrier();
    duo_ipc_send(&demo.ipc, DUO_IPC_TO_APP);
}

static void sleep_until_due(void)
{
    uint32_t mask = duo_cpu_mask();

    if (!demo.due) {
        duo_cpu_wait_interrupt();
    }
    duo_cpu_unmask(mask);
}

int main(void)
{
    demo_misbehave();
    start();
    for (;;) {
        sleep_until_due();
        if (demo.due) {
            demo.due = false;
            plan_next_beat();
            update_time();
            listen();
            beat();
        }
    }
}
