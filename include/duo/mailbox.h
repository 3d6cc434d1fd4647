/* SPDX-License-Identifier: MIT */
/* The network core's flash, seen through shared RAM. The client runs on the
 * application core and looks like any other flash; the server runs in
 * netboot. Bytes: docs/FORMAT.md, section "Mailbox".
 *
 * Whatever the other end writes is hostile input: each end copies a record to
 * its own memory, checks it there, and only then believes it. */
#ifndef DUO_MAILBOX_H
#define DUO_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/clock.h"
#include "duo/crypto.h"
#include "duo/flash.h"
#include "duo/image.h"

#define DUO_MAILBOX_BYTES        8192U
#define DUO_MAILBOX_PAGE_BYTES   2048U /* One buffer, one page of that flash. */
#define DUO_MAILBOX_REPORT_BYTES 140U

/* What netboot found in its flash; all of it from an image that it has just
 * verified, or reason says why there is none. */
struct duo_mailbox_report {
    enum duo_reason reason; /* DUO_REASON_NONE: verified. */
    /* Unless verified: all zero, with core DUO_CORE_NONE. */
    struct duo_image image;
};

/* Application core's end. Set up by duo_mailbox_client_init; flash is first,
 * so &client.flash is the device (offset 0 is the start of the network
 * *slot*, not of the network core's flash). */
struct duo_mailbox_client {
    struct duo_flash flash;
    volatile uint32_t *mem; /* DUO_MAILBOX_BYTES, 4-byte aligned. */
    const struct duo_clock *clock;
    void (*idle)(void *ctx); /* Wait until something may have changed. */
    void *idle_ctx;
    void (*notify)(void *ctx); /* Ring at netboot; idle_ctx is its ctx too. */
    enum duo_reason fault;     /* Sticky: NET_NO_ANSWER, NET_PROTOCOL, ... */
    struct duo_version netboot_version; /* Known after duo_mailbox_open(). */
    struct duo_mailbox_client_state {
        uint32_t session;   /* 0: none was asked for. */
        uint32_t command;   /* Under way; 0: none. */
        uint32_t first_seq; /* Of the operation under way. */
        uint32_t last_seq;
        uint32_t posted_seq;
        uint32_t done_seq;
        uint64_t deadline_us; /* Of the oldest request not yet answered. */
        uint32_t off_bytes;
        uint32_t len_bytes;
        uint8_t *dst;
        const uint8_t *src;
        enum duo_err result; /* Of the operation that ended last. */
        bool started;        /* Netboot has left: nobody serves any more. */
        uint8_t reply[DUO_MAILBOX_REPORT_BYTES]; /* To verify or start. */
    } state; /* Private; the mailbox's author may change it. */
    struct duo_mailbox_report report; /* Of the last verify or start. */
};

struct duo_mailbox_client_config {
    volatile uint32_t *mem;
    const struct duo_clock *clock;
    void (*idle)(void *ctx);
    void (*notify)(void *ctx); /* A request was posted; NULL: not needed. */
    void *ctx;                 /* For both. */
};

void duo_mailbox_client_init(struct duo_mailbox_client *client,
                             const struct duo_mailbox_client_config *config);

/* Results of the device's operations (client->flash.ops) are those of
 * duo/flash.h: DUO_ERR_TIMEOUT with fault NET_NO_ANSWER, or DUO_ERR_FLASH with
 * fault NET_FLASH_FAILED (the flash failed; the session goes on) or
 * NET_PROTOCOL (an answer was not valid). After NET_NO_ANSWER or NET_PROTOCOL
 * the session is dead: every later call fails at once, until the network core
 * is held and a new session is asked for. Time-outs need a clock that goes on
 * (a simulated world that is dead must say that all time has passed). */

/** Write the session request into the mailbox. Call while the network core is
 * held in force-off; then release it and call duo_mailbox_open(). @p session
 * is a number that differs from boot to boot, and not 0. Clears the mailbox
 * and the fault. */
void duo_mailbox_request_session(struct duo_mailbox_client *client,
                                 uint32_t session);

/** As duo_mailbox_request_session(), but asks netboot to boot as usual and to
 * report what it verified; see duo_mailbox_poll_report(). Without either
 * request netboot writes no word of the mailbox, so the RAM may be closed. */
void duo_mailbox_request_report(struct duo_mailbox_client *client,
                                uint32_t session);

/** What netboot verified when it started its image or found that it cannot.
 * @return DUO_OK, DUO_ERR_BUSY (no valid report for this request yet; the
 * caller limits its patience). The report is only filled in with DUO_OK. */
enum duo_err duo_mailbox_poll_report(const struct duo_mailbox_client *client,
                                     struct duo_mailbox_report *report);

/** Wait for netboot's answer and learn its geometry.
 * @return DUO_OK, DUO_ERR_TIMEOUT (fault = NET_NO_ANSWER) or DUO_ERR_FORMAT
 * (fault = NET_PROTOCOL). */
enum duo_err duo_mailbox_open(struct duo_mailbox_client *client);

/** Begin what duo_mailbox_verify() then ends, so that both cores verify at the
 * same time. Nothing else may be asked of the network core in between.
 * @return DUO_OK, or as duo_mailbox_verify(), which then fails alike. */
enum duo_err duo_mailbox_begin_verify(struct duo_mailbox_client *client);

/** Let netboot verify the image in its flash (digest, signature, core).
 * @return DUO_OK: @p report says whether it verified. Else DUO_ERR_TIMEOUT,
 * DUO_ERR_FORMAT, or DUO_ERR_ARG without a session; as all calls below. */
enum duo_err duo_mailbox_verify(struct duo_mailbox_client *client,
                                struct duo_mailbox_report *report);

/** SHA-256 of a range of the network slot, computed by netboot. Also
 * DUO_ERR_RANGE (not in the slot, or empty) and DUO_ERR_FLASH. */
enum duo_err duo_mailbox_digest(struct duo_mailbox_client *client,
                                uint32_t off_bytes, uint32_t len_bytes,
                                uint8_t digest[DUO_SHA256_BYTES]);

/** Close the session: netboot verifies once more and starts its image, or
 * stays put. DUO_ERR_REFUSED: it would not verify; client->report says why,
 * and the session is still open, so that the image can be repaired. */
enum duo_err duo_mailbox_start(struct duo_mailbox_client *client);

/** Close the session without a start, and forget the mailbox's content. */
void duo_mailbox_close(struct duo_mailbox_client *client);

/* Network core's end. */
enum duo_netboot_state {
    DUO_NETBOOT_RESET,   /* Just released. */
    DUO_NETBOOT_SESSION, /* Serves the mailbox. */
    DUO_NETBOOT_STARTED, /* The image runs: a terminal state. */
    DUO_NETBOOT_HALTED,  /* Nothing can be started: a terminal state. */
};

struct duo_netboot_config {
    volatile uint32_t *mem; /* NULL: closed to this core, so no invitation. */
    struct duo_area slot;   /* The network image's active slot (own flash). */
    const struct duo_trust *trust;
    struct duo_crypto *crypto;
    const struct duo_clock *clock;
    void (*protect)(void *ctx); /* Lock netboot's own pages (ACL). */
    void *ctx;
    uint8_t *work; /* Scratch for verification, 4-byte aligned. */
    uint32_t work_bytes;
    struct duo_version version; /* Netboot's own, for the info command. */
};

struct duo_netboot {
    struct duo_netboot_config config;
    enum duo_netboot_state state;
    enum duo_reason reason;   /* Why HALTED. */
    enum duo_verdict verdict; /* Re-read by the code that jumps. */
    struct duo_netboot_private {
        uint32_t session;   /* 0: nobody allowed us to write the mailbox. */
        uint32_t done_seq;  /* The last request that was answered. */
        uint32_t command;   /* Under way; 0: none. */
        uint32_t off_bytes; /* Its range, checked. */
        uint32_t len_bytes;
        uint32_t done_bytes; /* Digest: how far it is. */
        /* The payload: a request's copied once and then checked, or a
         * response's before it is copied out. */
        _Alignas(4) uint8_t page[DUO_MAILBOX_PAGE_BYTES];
    } priv;                   /* The mailbox's author may change it. */
    struct duo_image started; /* The image that runs, once STARTED. */
    struct duo_mailbox_report verified; /* What the verdict is of. */
};

void duo_netboot_init(struct duo_netboot *netboot,
                      const struct duo_netboot_config *config);

/** One step; never blocks on the application core. True if it did anything
 * (false: call again when something may have changed). */
bool duo_netboot_step(struct duo_netboot *netboot);

#endif
