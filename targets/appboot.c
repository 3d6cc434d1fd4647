/* SPDX-License-Identifier: MIT */
/* The application core's boot loader; see appboot.h. */
#include "appboot.h"

#include <string.h>

#include "chainload.h"
#include "cpu.h"
#include "dk.h"
#include "duo_layouts.h"
#include "gpio.h"
#include "nrf5340.h"
#include "reset.h"
#include "startup.h"
#include "wdt.h"

/* The pull-up wins over the pin's capacitance. */
#define BUTTON_SETTLE_US 10U

#define REASON_BYTES 64U

/* Interrupts and vectors: VTOR ignores the low seven bits. */
#define VECTORS_ALIGN_BYTES 128U

static const struct appboot_policy policy = {
    .update =
        {
                 .downgrade = DUO_DOWNGRADE_ALLOW,
                 .backup = DUO_BACKUP_KEEP,
                 .staged = DUO_STAGED_BLANK,
                 .route = DUO_ROUTE_ACCEPT,
                 .net_start = DUO_NET_START_BY_APP,
                 .security_counter_required = false,
                 },
    .trial_timeout_ms = 8000,
    .faults_max = 3,
};

/* The fault handler needs it at file scope. */
DUO_NOINIT static struct appboot_retained retained;
static struct appboot appboot;

_Noreturn void duo_fault_handle(const struct duo_fault *fault)
{
    static const struct duo_uarte_config uart = {
        .base_addr = NRF_UARTE0_S_BASE,
        .port0_addr = NRF_P0_S_BASE,
        .pin_tx = DUO_DK_UART0_TX,
        .pin_rx = DUO_PIN_NONE,
    };
    static const char label[] = "\r\nappboot: ";
    char text[sizeof(label) + DUO_FAULT_TEXT_BYTES + 2U];

    /* First the record: what follows may fault again, which is a lock-up. */
    appboot_retained_fault(&retained, fault);
    memcpy(text, label, sizeof(label) - 1U);
    duo_fault_format(fault, text + sizeof(label) - 1U);
    size_t len_bytes = strlen(text);
    memcpy(text + len_bytes, "\r\n", sizeof("\r\n"));
    duo_uarte_emergency(
        &uart, (struct duo_bytes){(const uint8_t *)text, len_bytes + 2U});
    duo_cpu_reset();
}

static bool is_button_held(void)
{
    bool level;

    duo_gpio_input_pullup(DUO_DK_BUTTON1);
    duo_cpu_spin_us(BUTTON_SETTLE_US);
    level = duo_gpio_get(DUO_DK_BUTTON1);
    return !level;
}

/* Why the boot does not even begin; NULL: it does. */
static const char *stay_reason(void)
{
    uint32_t mode = duo_boot_mode_get();

    duo_boot_mode_set(DUO_BOOT_MODE_NORMAL); /* It is asked for once. */
    if (is_button_held()) {
        return "button 1 is held";
    }
    if (mode == DUO_BOOT_MODE_RECOVERY) {
        return "the application asked for it";
    }
    if (retained.fault_count >= policy.faults_max) {
        return "the boot loader faulted too often";
    }
    return NULL;
}

static void tell_reset(uint32_t reasons)
{
    char text[DUO_FAULT_TEXT_BYTES > REASON_BYTES ? DUO_FAULT_TEXT_BYTES
                                                  : REASON_BYTES];

    duo_reset_describe(reasons, text, sizeof(text));
    appboot_log_pair(&appboot, "appboot " DUO_VERSION ", reset: ", text);
    if (retained.fault.exception != 0) {
        duo_fault_format(&retained.fault, text);
        appboot_log_pair(&appboot, "before the reset: ", text);
    }
}

static _Noreturn void stay(const char *why)
{
    /* The next reset tries as often as the first one. */
    appboot_retained_close(&retained);
    appboot_recovery_serve(&appboot, why);
}

/* The only place from which an image is started. The verdict is read again
 * from memory, so that no jump past the check that wrote it ends here. */
static void start(void)
{
    const volatile enum duo_verdict *verdict = &appboot.result.app_verdict;
    const struct duo_partition *slot =
        &duo_layout_nrf5340dk.partitions[DUO_PARTITION_APP_ACTIVE];
    uint32_t vectors_addr = slot->addr + appboot.result.app.header_bytes;

    if (*verdict != DUO_VERDICT_ACCEPT ||
        appboot.result.app.core != DUO_CORE_APP ||
        vectors_addr % VECTORS_ALIGN_BYTES != 0) {
        return;
    }
    if (policy.trial_timeout_ms != 0 && appboot_is_on_trial(&appboot)) {
        appboot_log(&appboot, "on trial: watchdog started");
        duo_wdt_start(NRF_WDT0_S_BASE, policy.trial_timeout_ms);
    }
    appboot_close(&appboot);
    appboot_retained_close(&retained);
    if (*verdict == DUO_VERDICT_ACCEPT) {
        duo_chainload(vectors_addr);
    }
    duo_cpu_reset();
}

int main(void)
{
    /* Read only: the application wants to know it as well. */
    uint32_t reasons = duo_reset_reasons(NRF_RESET_S_BASE);
    const struct duo_partition *mailbox =
        &duo_layout_nrf5340dk.partitions[DUO_PARTITION_MAILBOX];
    const char *why;

    appboot_retained_open(&retained, reasons,
                          (volatile uint32_t *)(uintptr_t)mailbox->addr);
    appboot.policy = &policy;
    appboot.session = retained.session;
    appboot_open(&appboot);
    tell_reset(reasons);
    why = stay_reason();
    if (why != NULL) {
        stay(why);
    }
    appboot_run(&appboot);
    if (appboot.result.outcome == DUO_BOOT_START) {
        start();
        stay("the verdict did not hold");
    }
    stay("there is no application that may be started");
}
