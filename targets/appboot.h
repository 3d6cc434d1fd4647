/* SPDX-License-Identifier: MIT */
/* The parts of the application core's boot loader, and how a boot goes:
 *
 *   reset -> retained record, log, reset reason
 *         -> button, boot mode or too many faults? -> recovery
 *         -> duo_boot_run() with the real devices
 *         -> nothing to start? -> recovery
 *         -> watchdog if an image is on trial; everything put back; jump
 */
#ifndef APPBOOT_H
#define APPBOOT_H

#include "duo/boot.h"
#include "duo/crypto_small.h"
#include "fault.h"
#include "ipc.h"
#include "mx25r.h"
#include "nvmc.h"
#include "timer.h"
#include "uarte.h"

#define APPBOOT_LOG_BYTES 512U /* A power of two. */

/* What a product decides about its boot loader, beside struct duo_policy. */
struct appboot_policy {
    struct duo_policy update;
    /* WDT0 runs when an image on trial is started: it reloads RR[0] more often
     * than this, or the chip resets and the boot loader reverts. 0: no
     * watchdog, for images that know nothing of it. */
    uint32_t trial_timeout_ms;
    /* After so many faults of the boot loader in a row it goes to recovery and
     * touches no flash any more. */
    uint32_t faults_max;
};

/* What survives a reset, as long as nobody else used the RAM. */
struct appboot_retained {
    uint32_t magic;
    uint32_t session;       /* Of the last boot; never 0. */
    uint32_t fault_count;   /* In a row: a boot that comes to its end clears. */
    uint32_t boot_running;  /* 1 from reset to jump: the boot was not ended. */
    struct duo_fault fault; /* The last one, to be told; exception 0: none. */
    uint32_t crc;
};

struct appboot {
    const struct appboot_policy *policy;
    struct duo_timer timer;
    struct duo_uarte uart;
    struct duo_nvmc app_flash;
    struct duo_mx25r ext_flash;
    struct duo_ipc ipc;
    struct duo_mailbox_client net;
    struct duo_crypto_small crypto;
    struct duo_trust trust;
    struct duo_boot_result result;
    uint32_t session;
    uint8_t log_ring[APPBOOT_LOG_BYTES];
    struct duo_boot_state state;
};

/* appboot_parts.c */

/** Start clock, log and devices. */
void appboot_open(struct appboot *boot);

/** Run one boot; fills boot->result. */
void appboot_run(struct appboot *boot);

/** Put everything back as it was after the reset, but for what the started
 * network core and a running watchdog need. The log ends here. */
void appboot_close(struct appboot *boot);

/** True if an image that was started is on trial. */
bool appboot_is_on_trial(struct appboot *boot);

/** Reload both watchdogs, if an image or a policy started them. */
void appboot_feed(void);

/* appboot_log.c */

/** One line with time: "[000.123] text". */
void appboot_log(struct appboot *boot, const char *text);
/** The same with a second part. */
void appboot_log_pair(struct appboot *boot, const char *label,
                      const char *text);
void appboot_log_event(struct appboot *boot, const struct duo_event *event);

/* appboot_retained.c */

/** Take the record over and note that a boot runs. Faults that could not
 * count themselves (a lock-up, or a hang that the watchdog ended) are counted
 * from @p reset_reasons. @p mailbox: RAM that held the last session too, for
 * when the record was overwritten. Never fails. */
void appboot_retained_open(struct appboot_retained *retained,
                           uint32_t reset_reasons,
                           const volatile uint32_t *mailbox);
/** From the fault handler. */
void appboot_retained_fault(struct appboot_retained *retained,
                            const struct duo_fault *fault);
/** The boot came to its end. */
void appboot_retained_close(struct appboot_retained *retained);

/* appboot_recovery.c */

/** Serve recovery until a reset. @p why is one sentence for the log. */
_Noreturn void appboot_recovery_serve(struct appboot *boot, const char *why);

#endif
