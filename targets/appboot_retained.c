/* SPDX-License-Identifier: MIT */
/* The record that survives a reset; see appboot.h. */
#include <stddef.h>
#include <string.h>

#include "appboot.h"
#include "duo/bytes.h"
#include "nrf5340.h"

#define MAGIC 0x42415544U /* "DUAB" */

/* Where the mailbox's session request has its number; any value does. */
#define MAILBOX_SESSION_WORD 2U

static uint32_t crc_of(const struct appboot_retained *retained)
{
    const struct duo_bytes bytes = {(const uint8_t *)retained,
                                    offsetof(struct appboot_retained, crc)};
    return duo_crc32(0, bytes);
}

static void seal(struct appboot_retained *retained)
{
    retained->magic = MAGIC;
    retained->crc = crc_of(retained);
}

void appboot_retained_open(struct appboot_retained *retained,
                           uint32_t reset_reasons,
                           const volatile uint32_t *mailbox)
{
    const uint32_t silent_faults = RESET_RESETREAS_LOCKUP_Msk |
                                   RESET_RESETREAS_DOG0_Msk |
                                   RESET_RESETREAS_DOG1_Msk;
    uint32_t mailbox_session = mailbox[MAILBOX_SESSION_WORD];

    if (retained->magic != MAGIC || retained->crc != crc_of(retained)) {
        memset(retained, 0, sizeof(*retained));
        retained->session = mailbox_session;
    }
    if (retained->boot_running != 0 && (reset_reasons & silent_faults) != 0) {
        retained->fault_count++;
    }
    do {
        retained->session++;
    } while (retained->session == 0 || retained->session == mailbox_session);
    retained->boot_running = 1;
    seal(retained);
}

void appboot_retained_fault(struct appboot_retained *retained,
                            const struct duo_fault *fault)
{
    retained->fault = *fault;
    retained->fault_count++;
    seal(retained);
}

void appboot_retained_close(struct appboot_retained *retained)
{
    retained->fault_count = 0;
    retained->boot_running = 0;
    retained->fault.exception = 0;
    seal(retained);
}
