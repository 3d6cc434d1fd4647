/* SPDX-License-Identifier: MIT */
/* One boot of the application core: survey, finish or undo what was cut off,
 * install what is asked for, and say what may be started. */
#ifndef DUO_BOOT_H
#define DUO_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/clock.h"
#include "duo/crypto.h"
#include "duo/decide.h"
#include "duo/flash.h"
#include "duo/image.h"
#include "duo/layout.h"
#include "duo/mailbox.h"
#include "duo/policy.h"
#include "duo/reason.h"
#include "duo/slots.h"

enum duo_event_type {
    DUO_EVENT_BOOT,     /* The boot loader runs. */
    DUO_EVENT_VERIFIED, /* The active image of core is good: version. */
    DUO_EVENT_BAD,      /* The active image of core is not: reason. */
    DUO_EVENT_DECISION, /* action for core. */
    DUO_EVENT_STAGED,   /* A staged image is good: core, version, detail =
                          * the slot's image index. */
    DUO_EVENT_COPIED,   /* detail = units rewritten, core, copy. */
    DUO_EVENT_REASON,   /* reason, core, version: also in the journal. */
    DUO_EVENT_START,    /* core is started with version. */
};

struct duo_event {
    enum duo_event_type type;
    enum duo_reason reason;
    enum duo_action action;
    enum duo_core core; /* DUO_CORE_NONE: the board. */
    struct duo_version version;
    uint32_t detail;
};

/** One line of text, without time or newline; always terminated. */
void duo_event_format(const struct duo_event *event, char *text,
                      uint32_t text_bytes);

/* What a boot works with. All pointers outlive the boot. */
struct duo_boot_config {
    const struct duo_layout *layout;
    struct duo_flash *app_flash;
    struct duo_flash *ext_flash;
    struct duo_mailbox_client *net; /* Initialised, not opened. */
    const struct duo_trust *trust;
    struct duo_crypto *crypto;
    const struct duo_clock *clock;
    const struct duo_policy *policy;
    uint32_t session; /* Differs from boot to boot. */
    /* Wake, identify and speed up the external chip. */
    enum duo_err (*prepare_ext)(void *ctx);
    /* Network core: out of force-off; back into it. */
    void (*release_net)(void *ctx);
    void (*hold_net)(void *ctx);
    void (*on_event)(void *ctx, const struct duo_event *event);
    void *ctx;
};

enum duo_boot_outcome {
    DUO_BOOT_START = 1,    /* Start the application. */
    DUO_BOOT_RECOVERY = 2, /* Nothing can be started: serve recovery. */
};

struct duo_boot_result {
    enum duo_boot_outcome outcome;
    enum duo_verdict app_verdict; /* Re-read by the code that jumps. */
    struct duo_image app;
    /* By policy the application starts the network core, which is then held in
     * force-off: false, and netboot verifies once more at each release. */
    bool net_started;
    struct duo_image net; /* Verified in this boot; else all zero. */
};

struct duo_boot;

/** Bytes that duo_boot_run needs for its state; 8-byte aligned. */
#define DUO_BOOT_STATE_BYTES 6656U

struct duo_boot_state {
    uint64_t words[DUO_BOOT_STATE_BYTES / 8U];
};

/**
 * Run one boot up to the jump.
 *
 * Power cut: safe at any instant [DESIGN, "Why each cut is safe"].
 * Cost: a boot with nothing to do reads and verifies both active images and
 * writes nothing.
 */
void duo_boot_run(struct duo_boot_state *state,
                  const struct duo_boot_config *config,
                  struct duo_boot_result *result);

#endif
