/* SPDX-License-Identifier: MIT */
/* The state of one boot and the steps it is made of. The steps lie in files
 * of their own so that each safety rule is one function with one name. */
#ifndef DUO_UPDATE_BOOT_INTERNAL_H
#define DUO_UPDATE_BOOT_INTERNAL_H

#include "duo/boot.h"
#include "duo/counter.h"
#include "duo/journal.h"
#include "duo/progress.h"
#include "duo/trailer.h"
#include "lane.h"

#define DUO_BOOT_LANES   10U
#define DUO_BOOT_BUFFERS 5U /* Lanes at once that copy. */

/* What is known of an image in one place. */
struct duo_survey {
    enum duo_verdict verdict;
    enum duo_reason reason; /* NONE if accepted. */
    struct duo_image image;
};

/* What is small and much used stands first: the core reaches it with short
 * instructions. */
struct duo_boot {
    const struct duo_boot_config *config;
    enum duo_action actions[DUO_CORE_COUNT];
    bool ext_ok;
    bool net_ok;
    bool commit_pending; /* An install is ready; the commit mark is due. */
    bool resumed;        /* The open record is from before this boot. */
    uint8_t repairs_tried[DUO_CORE_COUNT];
    uint32_t counters[DUO_CORE_COUNT];
    struct duo_progress progress;
    struct duo_slots slots;
    struct duo_journal journal;
    struct duo_survey active[DUO_CORE_COUNT];
    struct duo_survey staged[DUO_CORE_COUNT]; /* By slot; core may differ. */
    struct duo_lane lanes[DUO_BOOT_LANES];
    struct duo_lane_buffer buffers[DUO_BOOT_BUFFERS];
};

/* verify.c */

/** A check of the image in @p area with this board's trust. Its scratch memory
 * is the lanes', which never run while an image is looked at. */
struct duo_image_check duo_boot_image_check(struct duo_boot *boot,
                                            const struct duo_area *area,
                                            uint32_t size_bytes_max);

/** Verify the active image of @p core where it runs; fills active[core]. */
void duo_boot_verify_active(struct duo_boot *boot, enum duo_core core);

/** Both, at the same time: netboot verifies its own. */
void duo_boot_verify_both(struct duo_boot *boot);

/** Verify an image for @p core in external flash, with the security counter
 * of the board; any core's if @p core is DUO_CORE_NONE. */
void duo_boot_verify_ext(struct duo_boot *boot, const struct duo_area *area,
                         enum duo_core core, struct duo_survey *survey);

/** True if the image was accepted and has this digest. */
bool duo_survey_is(const struct duo_survey *survey,
                   const uint8_t digest[DUO_SHA256_BYTES]);

/** The same of the active image. */
bool duo_boot_active_is(const struct duo_boot *boot, enum duo_core core,
                        const uint8_t digest[DUO_SHA256_BYTES]);

/* tell.c */

/** Log and journal a reason. @p version may be NULL. */
void duo_boot_tell(struct duo_boot *boot, enum duo_reason reason,
                   enum duo_core core, const struct duo_version *version);
/** Log only. */
void duo_boot_log(struct duo_boot *boot, const struct duo_event *event);

/* trouble.c */

/** duo_boot_tell() of the active image of @p core, with its version. */
void duo_boot_tell_active(struct duo_boot *boot, enum duo_reason reason,
                          enum duo_core core);
/** The external flash failed: nothing more is done with it at this boot. */
void duo_boot_ext_failed(struct duo_boot *boot);
/** The same of the network core, with the reason that its mailbox gives. */
void duo_boot_net_failed(struct duo_boot *boot);

/* candidate.c */

/** Of the requests in boot->actions, verify the staged images, refuse what
 * must be refused (request cleared, reason told), and fill
 * progress->images/dependent for what remains.
 * @return true if anything is to be installed. */
bool duo_boot_choose(struct duo_boot *boot);

/** Are all dependencies met if the images run in these versions?
 * @param images  Image of each core after the boot; NULL: none there. */
bool duo_dependencies_met(const struct duo_image *const images[DUO_CORE_COUNT],
                          enum duo_core core);

/* previous.c */

/** A request in an empty staged slot asks for the previous image. Is @p slot,
 * which has a request and was looked at, such a one, or one whose copy of the
 * previous image was cut, and is that image good? Then staged[slot] tells of
 * the backup; it is as it was otherwise, but for the reason if the backup is
 * what this board refuses. */
bool duo_boot_finds_previous(struct duo_boot *boot, enum duo_core slot);
/**
 * Copy the backup of @p slot, which staged[slot] tells of, into the staged
 * slot. The caller verifies it there.
 *
 * @return DUO_OK, or that of the device that failed: the slot is no image.
 *
 * Power cut: the request stays and the copy goes on from its marks at the next
 * boot [DESIGN, "The previous image again"].
 */
enum duo_err duo_boot_stage_previous(struct duo_boot *boot, enum duo_core slot);

/* install.c */

/** Begin the install that progress->images describes. */
enum duo_err duo_boot_begin_install(struct duo_boot *boot);
/** Run or go on with the open install up to, not including, the commit. On a
 * failure it is rolled back. */
void duo_boot_run_install(struct duo_boot *boot);
/** The commit: one mark. */
void duo_boot_commit(struct duo_boot *boot);

/* revert.c */

/** Set the marks that say: the previous images come back. */
enum duo_err duo_boot_begin_revert(struct duo_boot *boot, unsigned core_set);
/** Restore the images that are marked as reverting. */
void duo_boot_run_revert(struct duo_boot *boot);
/** Undo an install that is not committed. */
void duo_boot_roll_back(struct duo_boot *boot);
/** Close the trials: confirm those that are, revert those that are not. */
void duo_boot_end_trials(struct duo_boot *boot);

/* repair.c */

/** Replace an active image that does not verify by a mirror, backup or staged
 * image. False if there is nothing left to try. */
bool duo_boot_repair(struct duo_boot *boot, enum duo_core core);
/** Bring back the backup of an image that is on trial without a record. */
void duo_boot_revert_unrecorded(struct duo_boot *boot, enum duo_core core);
/** Write the trailer of a confirmed image anew. */
void duo_boot_mend_trailer(struct duo_boot *boot, enum duo_core core);
/** Does the mirror hold the active network image, by its trailer and header? */
bool duo_boot_mirror_is_true(struct duo_boot *boot);
/** Make mirror and active network image agree. */
void duo_boot_mend_mirror(struct duo_boot *boot);
/** Raise the security counters of images that are confirmed. */
void duo_boot_raise_counters(struct duo_boot *boot);

/* Lanes: take the next free one and set what all have in common. */
struct duo_lane *duo_boot_lane(struct duo_boot *boot, unsigned *count,
                               enum duo_copy copy, enum duo_core core);
/** Copy @p len_bytes from the start of @p src to that of @p dst. */
void duo_boot_set_lane(struct duo_lane *lane, const struct duo_area *src,
                       uint32_t len_bytes, const struct duo_area *dst);
/** A lane that erases the last unit of @p slot, where its trailer is, when
 * lane @p after (may be NULL) has something to write. */
struct duo_lane *duo_boot_erase_lane(struct duo_boot *boot, unsigned *count,
                                     const struct duo_area *slot,
                                     const struct duo_lane *after);
enum duo_err duo_boot_run_lanes(struct duo_boot *boot, unsigned count);

#endif
