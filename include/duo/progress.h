/* SPDX-License-Identifier: MIT */
/* The progress record of one update, in the last sector of the application's
 * backup slot: what is being installed, and write-once marks of what is done.
 * One record covers both images, so a pair has one commit point. It is
 * written by the boot loader only. Bytes: docs/FORMAT.md section "Progress".
 *
 * The record lies in external flash and so is hostile input: it decides what
 * is copied next, never what may run. */
#ifndef DUO_PROGRESS_H
#define DUO_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/flash.h"
#include "duo/image.h"
#include "duo/slots.h"

/* What each copy of an update is for; each has its own marks. */
enum duo_copy {
    DUO_COPY_BACKUP,   /* B <- A. */
    DUO_COPY_INSTALL,  /* A <- S. */
    DUO_COPY_RESTORE,  /* A <- B, or A <- M. */
    DUO_COPY_MIRROR,   /* M <- S; network core only. */
    DUO_COPY_REBUILD,  /* M <- A; network core only. Its marks are not in the
                       * record but at the same place of M's last sector. */
    DUO_COPY_PREVIOUS, /* S <- B; its marks are in S's last sector alike. */
};
#define DUO_COPY_COUNT 6U

/* Units that an image may have, by core: what the sector has marks for. */
#define DUO_PROGRESS_UNITS_APP 240U
#define DUO_PROGRESS_UNITS_NET 60U

/* Write-once phase marks. Those of the network core follow the
 * application's: mark + core. */
enum duo_phase {
    DUO_PHASE_TRAILERS = 0,  /* Active trailers are written. */
    DUO_PHASE_FINISHED = 1,  /* The one commit point: new images may run. */
    DUO_PHASE_CONFIRMED = 2, /* + core. */
    DUO_PHASE_REVERTING = 4, /* + core. */
    DUO_PHASE_REVERTED = 6,  /* + core. */
};
#define DUO_PHASE_COUNT 8U

struct duo_progress_image {
    bool included;     /* This update concerns the image. */
    bool permanent;    /* No trial. */
    bool has_backup;   /* B is filled before A is touched. */
    bool from_other;   /* Staged in the other image's slot (one-pair flow). */
    bool restore_only; /* No install: A is to be replaced by a copy, */
    bool from_mirror;  /* which is M instead of B. */
    uint32_t new_bytes;
    uint32_t old_bytes;
    uint8_t new_digest[DUO_SHA256_BYTES];
    uint8_t old_digest[DUO_SHA256_BYTES];
};

struct duo_progress {
    struct duo_area area;
    bool open;      /* A record with a good header is there. */
    bool dependent; /* The images go back together or not at all. */
    bool phases[DUO_PHASE_COUNT];
    struct duo_progress_image images[DUO_CORE_COUNT];
    /* Units that are done, from the first on, by copy and core. */
    uint32_t units_done[DUO_COPY_COUNT][DUO_CORE_COUNT];
};

/** Read the record. No record, or a torn one, is DUO_OK with open = false. */
enum duo_err duo_progress_load(struct duo_progress *progress,
                               const struct duo_area *area);

/** Read how far one copy has come, into units_done. */
enum duo_err duo_progress_load_units(struct duo_progress *progress,
                                     enum duo_copy copy, enum duo_core core);

/** Erase the sector and write a new record from @p progress->images and
 * dependent; all marks are unset then. */
enum duo_err duo_progress_create(struct duo_progress *progress);

/** Write the last backup marks and the header again, once, after a reset: a
 * mark whose write was cut may read right now and wrong later, and a backup
 * mark that is lost after A was overwritten would cost the backup. */
enum duo_err duo_progress_strengthen(const struct duo_progress *progress);

/** Set a phase mark (add the core for those that have two); also again, which
 * makes one strong whose write was cut. */
enum duo_err duo_progress_set_phase(struct duo_progress *progress,
                                    unsigned phase);

/** Is this unit, and so all before it, marked as done for the copy? */
bool duo_progress_has_unit(const struct duo_progress *progress,
                           enum duo_copy copy, enum duo_core core,
                           uint32_t unit_index);

/** Start the write that marks units 0..@p unit_index of a copy as done; the
 * caller waits for the device, then calls duo_progress_unit_marked(). */
enum duo_err duo_progress_start_mark(struct duo_progress *progress,
                                     enum duo_copy copy, enum duo_core core,
                                     uint32_t unit_index);
void duo_progress_unit_marked(struct duo_progress *progress, enum duo_copy copy,
                              enum duo_core core, uint32_t unit_index);

#endif
