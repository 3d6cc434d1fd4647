/* SPDX-License-Identifier: MIT */
/* appdemo: parts, interrupts and the loop; see appdemo.h. */
#include "appdemo.h"

#include "clocks.h"
#include "cpu.h"
#include "demo_behaviour.h"
#include "demo_fault.h"
#include "dk.h"
#include "duo_layouts.h"
#include "gpio.h"
#include "nrf5340.h"
#include "nrf5340_access.h"
#include "reset.h"
#include "spu.h"
#include "startup.h"
#include "wdt.h"

/* A sleep costs about that long by itself. */
#define SLEEP_US_MIN 20U
/* While the flash erases: little of the time that it takes. */
#define SLEEP_US_ERASING 200U

#define REASONS_BYTES 64U

/* The interrupt handlers need it at file scope. */
static struct appdemo demo;

/* Of the vector table; the numbers are checked below. */
void duo_irq_8_handler(void);
void duo_irq_9_handler(void);
void duo_irq_42_handler(void);

void duo_irq_8_handler(void)
{
    duo_uarte_service(&demo.console.uart);
}

void duo_irq_9_handler(void)
{
    duo_uarte_service(&demo.smp.link_uart);
}

/* A beat of the network core: it only ends the sleep, the record is looked at
 * in the loop. */
void duo_irq_42_handler(void)
{
    (void)duo_ipc_take(&demo.ipc, DUO_IPC_TO_APP);
}

_Static_assert(NRF_SERIAL0_S_IRQ == 8U, "duo_irq_8_handler is the UART's");
_Static_assert(NRF_SERIAL1_S_IRQ == 9U, "duo_irq_9_handler is the link's");
_Static_assert(NRF_IPC_S_IRQ == 42U, "duo_irq_42_handler is the IPC's");

_Noreturn void duo_fault_handle(const struct duo_fault *fault)
{
    appdemo_crash_keep(fault);
    demo_fault_end(fault, &appdemo_emergency_uart);
}

static uint64_t now_ms(void)
{
    return demo.timer.clock.now_us(&demo.timer.clock) / 1000U;
}

static void log_words(const char *words)
{
    appdemo_log(&demo.console, words);
}

static void log_version(const char *before, const struct duo_version *version,
                        const char *after)
{
    struct demo_text text;

    demo_text_clear(&text);
    demo_put(&text, before);
    demo_put_version(&text, version);
    demo_put(&text, after);
    log_words(text.words);
}

/* Open just the mailbox's RAM, with nothing in it that an earlier boot left
 * there, and let the network core run if the boot loader has not yet. */
static void start_network_core(void)
{
    const struct duo_partition *mailbox =
        &duo_layout_nrf5340dk.partitions[DUO_PARTITION_MAILBOX];
    const struct duo_ram_range range = {mailbox->addr, mailbox->size_bytes};

    demo.mailbox = duo_reg(mailbox->addr);
    for (uint32_t i = 0; i < mailbox->size_bytes / 4U; i++) {
        demo.mailbox[i] = 0;
    }
    demo.ipc = (struct duo_ipc){NRF_IPC_S_BASE, NRF_IPC_S_IRQ};
    duo_ipc_open_send(&demo.ipc, DUO_IPC_TO_NET);
    duo_ipc_open_receive(&demo.ipc, DUO_IPC_TO_APP, true);
    duo_irq_enable(NRF_IPC_S_IRQ);
    duo_gpio_give(DUO_DK_UART1_TX, DUO_PIN_NETWORK);
    duo_spu_open_ram(&range);
    if (duo_network_is_held()) {
        log_words("network core is released");
        duo_network_release();
    }
}

/* Say the state of both images. True if any is on trial. Without the external
 * flash nothing is known of the network image: then only the application's own
 * trailer counts. */
static bool look_at_images(void)
{
    enum duo_err err = appdemo_images_open(&demo.images);
    bool on_trial = appdemo_is_on_trial(&demo.images);
    struct demo_text text;

    if (err != DUO_OK) {
        demo_text_clear(&text);
        demo_put(&text, "external flash: ");
        demo_put(&text, duo_err_sentence(err));
        log_words(text.words);
    }
    for (uint32_t i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;

        demo_text_clear(&text);
        demo_put(&text, duo_core_name(core));
        demo_put(&text, " image: ");
        demo_put(&text, appdemo_image_state_name(
                            appdemo_image_state(&demo.images, core)));
        log_words(text.words);
    }
    if (err == DUO_OK) {
        appdemo_images_close(&demo.images);
    }
    return on_trial;
}

static void start(void)
{
    const struct duo_partition *slot =
        &duo_layout_nrf5340dk.partitions[DUO_PARTITION_APP_ACTIVE];
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): flash is read in place. */
    const uint8_t *header = (const uint8_t *)(uintptr_t)slot->addr;
    const struct demo_health_policy policy = {
        .confirm = demo_behaviour.confirm,
        .silent_ms_max = 500,
        .healthy_ms_min = 2000,
        .trial_ms_max = 10000,
    };
    struct demo_text text;
    char reasons[REASONS_BYTES];

    demo.reset_reasons = duo_reset_take_reasons(NRF_RESET_S_BASE);
    (void)duo_clocks_start_hfxo(NRF_CLOCK_S_BASE);
    duo_timer_init(&demo.timer, NRF_TIMER0_S_BASE, NRF_TIMER0_S_IRQ);
    duo_gpio_output(DUO_DK_LED2, true);
    appdemo_images_init(&demo.images, &demo.timer.clock);
    appdemo_smp_init(&demo);
    if (!demo_version_of_header(header, &demo.version)) {
        log_words("there is no image header before this code");
    }
    log_version("appdemo ", &demo.version, " runs");
    duo_reset_describe(demo.reset_reasons, reasons, sizeof(reasons));
    demo_text_clear(&text);
    demo_put(&text, "reset: ");
    demo_put(&text, reasons);
    log_words(text.words);
    start_network_core();
    demo_health_init(&demo.health, &policy, look_at_images());
    appdemo_console_prompt(&demo.console);
}

static void act(enum demo_health_event event)
{
    switch (event) {
    case DEMO_HEALTH_NOTHING: break;
    case DEMO_HEALTH_WELL:
        log_version("network core is well, version ", &demo.health.last.version,
                    "");
        break;
    case DEMO_HEALTH_LOST: log_words("network core is no longer well"); break;
    case DEMO_HEALTH_CONFIRM:
        log_words("both cores are well: confirm what is on trial");
        appdemo_confirm_all(&demo);
        break;
    case DEMO_HEALTH_GIVE_UP:
        log_words("network core does not get well: reset, to revert the trial");
        duo_uarte_flush(&demo.console.uart);
        duo_cpu_reset();
    }
}

/* Ten times a second: tell the network core that we are there, look whether
 * it is, and feed the watchdog that the boot loader started for a trial. */
static void tick(void)
{
    struct demo_heartbeat beat;
    bool sound = demo_heartbeat_load(demo.mailbox, &beat);

    duo_ipc_send(&demo.ipc, DUO_IPC_TO_NET);
    act(demo_health_step(&demo.health, now_ms(), sound ? &beat : NULL));
    duo_wdt_feed(NRF_WDT0_S_BASE);
}

/* With interrupts masked a letter that comes after the look still ends the
 * sleep; its handler runs when the mask goes. */
static void sleep_until_tick(void)
{
    uint64_t now_us = demo.timer.clock.now_us(&demo.timer.clock);
    uint64_t due_us = demo.tick_ms * 1000U;
    uint32_t sleep_us = due_us > now_us ? (uint32_t)(due_us - now_us) : 0;
    uint32_t mask = duo_cpu_mask();

    if (duo_upload_is_erasing(&demo.smp.image.upload) &&
        sleep_us > SLEEP_US_ERASING) {
        sleep_us = SLEEP_US_ERASING;
    }
    sleep_us = duo_uarte_sleep_us(&demo.console.uart, sleep_us);
    sleep_us = duo_uarte_sleep_us(&demo.smp.link_uart, sleep_us);
    if (sleep_us >= SLEEP_US_MIN) {
        duo_timer_sleep(&demo.timer, sleep_us);
    }
    duo_cpu_unmask(mask);
}

int main(void)
{
    demo_misbehave();
    start();
    for (;;) {
        bool busy = appdemo_smp_step(&demo);

        if (now_ms() >= demo.tick_ms) {
            demo.tick_ms = now_ms() + DEMO_BEAT_MS;
            tick();
        }
        if (!busy) {
            sleep_until_tick();
        }
    }
}
