/* SPDX-License-Identifier: MIT */
/* SMP to the ARM binaries of a rig: a link of the client library over one of
 * the board's UARTs, on the virtual clock. */
#ifndef DUO_TEST_ARM_SMP_H
#define DUO_TEST_ARM_SMP_H

#include "arm_rig.h"
#include "calls.h"
#include "stream.h"

struct arm_smp_counts {
    uint64_t tx_bytes; /* On the wire, to the board. */
    uint64_t rx_bytes; /* Of the UART, frames and text. */
    uint64_t packets;  /* To the board. */
};

struct arm_smp {
    struct duo_link link; /* First. */
    struct arm_rig *rig;
    enum duo_vb_uart uart;
    struct duo_stream stream;
    struct duo_tool_buffer in; /* From the board, not yet taken apart. */
    size_t in_off_bytes;
    bool is_waiting; /* For a packet: what ends one stops the board. */
    struct duo_tool_buffer text; /* What was no frame. */
    struct arm_smp_counts counts;
    /* Called before each piece of time that the board runs; NULL: not wanted.
     * It may send bytes. */
    void (*on_slice)(void *ctx);
    void *on_slice_ctx;
    uint64_t slice_ns; /* 0: 10 ms. */
    struct duo_client client;
};

/** @p smp is large: static or on the heap. One at a time for a rig. */
void arm_smp_open(struct arm_smp *smp, struct arm_rig *rig,
                  enum duo_vb_uart uart, enum duo_stream_kind kind);
void arm_smp_close(struct arm_smp *smp);

/** What was under way is forgotten, as after a power cut. */
void arm_smp_forget(struct arm_smp *smp);

/** Power off and on; true once the server answers. */
bool arm_smp_boot(struct arm_smp *smp, const struct duo_vb_cut *cut);
/** Ask until the server answers; at most @p limit_ns. */
bool arm_smp_wait(struct arm_smp *smp, uint64_t limit_ns);

/* --- What the image list must say --- */

#define ARM_BOOTABLE  1U
#define ARM_PENDING   2U
#define ARM_CONFIRMED 4U
#define ARM_ACTIVE    8U
#define ARM_PERMANENT 16U

struct arm_row {
    const struct arm_image *image;
    unsigned slot_index;
    unsigned flags; /* Besides ARM_BOOTABLE, which all have. */
};

/** The image's hash as lists have it. */
void arm_smp_hash(const struct arm_image *image,
                  uint8_t hash[DUO_CLIENT_HASH_BYTES]);
/** The list as text, a line per slot: "0.1 1.1.0 pending\n". On the heap. */
char *arm_smp_list_text(const struct duo_client_images *images);
/** The same of what is expected; a @p image NULL ends the rows. */
char *arm_smp_rows_text(const struct arm_row *rows);
/** Fails the test with both, if the device says something else: flags,
 * versions and hashes. @p when: the step, for the message. */
void arm_smp_expect(struct arm_smp *smp, const char *when,
                    const struct arm_row *rows);
/** The same of a list that came. */
void arm_smp_expect_list(const struct duo_client_images *images,
                         const char *when, const struct arm_row *rows);

/** Does the journal have an entry of this reason, for this core? */
bool arm_smp_journal_has(struct arm_smp *smp, enum duo_core core,
                         enum duo_reason reason);

#endif
