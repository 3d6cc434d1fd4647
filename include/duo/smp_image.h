/* SPDX-License-Identifier: MIT */
/* The image group of SMP, for both cores: image 0 is the application's, image 1
 * the network core's; slot 0 is what the core executes (of the network core the
 * mirror, which is what of it the application can read), slot 1 the staged
 * image, or, while that slot is empty, the previous image in the backup. */
#ifndef DUO_SMP_IMAGE_H
#define DUO_SMP_IMAGE_H

#include "duo/clock.h"
#include "duo/crypto.h"
#include "duo/image.h"
#include "duo/slots.h"
#include "duo/smp.h"
#include "duo/upload.h"

extern const struct duo_smp_group_type duo_smp_image_group;
/* For recovery, where a whole upload is a request by itself: list, upload and
 * erase. */
extern const struct duo_smp_group_type duo_smp_image_small_group;

enum duo_smp_image_error {
    DUO_SMP_IMAGE_UNKNOWN = 1,
    DUO_SMP_IMAGE_NO_IMAGE = 3,
    DUO_SMP_IMAGE_HASH_NOT_FOUND = 8,
    DUO_SMP_IMAGE_NO_FREE_SLOT = 9,
    DUO_SMP_IMAGE_FLASH_OPEN_FAILED = 10,
    DUO_SMP_IMAGE_FLASH_READ_FAILED = 11,
    DUO_SMP_IMAGE_FLASH_WRITE_FAILED = 12,
    DUO_SMP_IMAGE_FLASH_ERASE_FAILED = 13,
    DUO_SMP_IMAGE_INVALID_SLOT = 14,
    DUO_SMP_IMAGE_OFF_MISSING = 20,
    DUO_SMP_IMAGE_LEN_MISSING = 21,
    DUO_SMP_IMAGE_TOO_SHORT = 22,
    DUO_SMP_IMAGE_BAD_MAGIC = 23,
    DUO_SMP_IMAGE_BAD_HASH = 24,
    DUO_SMP_IMAGE_OLDER = 27,
    DUO_SMP_IMAGE_PENDING = 28,
    DUO_SMP_IMAGE_TOO_LARGE = 30,
    DUO_SMP_IMAGE_OVERRUN = 31,
    DUO_SMP_IMAGE_CONFIRM_DENIED = 32,
    DUO_SMP_IMAGE_TEST_ACTIVE = 33,
};

struct duo_smp_image_policy {
    /* An image for the other core than the one asked for: refused with
     * DUO_REASON_WRONG_CORE, or routed to its own core's slot. Without an image
     * number it is always routed. */
    bool route_wrong_number;
    /* Recovery: a whole upload is installed at the next boot, for good, without
     * a further request. */
    bool request_when_whole;
    /* Recovery without external flash: an application image goes straight to
     * its active slot. */
    bool direct_without_ext;
};

struct duo_smp_image_config {
    const struct duo_slots *slots;
    const struct duo_trust *trust; /* Code ranges; keys are not needed. */
    struct duo_crypto *crypto;     /* For SHA-256 only. */
    const struct duo_clock *clock;
    struct duo_smp_image_policy policy;
    /* Wake the external flash; again is harmless. It may sleep again after
     * close, which is called when nothing was asked for two seconds. */
    enum duo_err (*open_ext)(void *ctx);
    void (*close_ext)(void *ctx);
    /* The state of an image changed: confirmed, requested, uploaded, erased.
     * NULL: not wanted. */
    void (*on_change)(void *ctx);
    void *ctx;
    uint8_t *ring; /* For the upload; see duo/upload.h. */
    size_t ring_bytes;
};

struct duo_smp_image {
    struct duo_smp_image_config config;
    struct duo_upload upload;

    /* Private. */
    struct duo_image image;        /* Scratch: of the slot that is looked at. */
    _Alignas(4) uint8_t work[256]; /* Scratch, of duo_image_check. */
    struct duo_bytes chunk; /* What of the request's data is not taken yet. */
    uint64_t used_us;       /* When the flash was last needed. */
    uint64_t data_us;       /* When data came. */
    uint64_t due_us;        /* When an erase is answered at the latest. */
    enum duo_core core;     /* Of what the request at hand is about. */
    uint8_t asked_image;    /* Of the upload; SMP_IMAGE_NOT_ASKED. */
    uint8_t idle_set;       /* Staged slots to look at: may be emptied. */
    bool only_newer;        /* Of the upload. */
    bool for_good;          /* Of the request at hand. */
    bool opened;
};

void duo_smp_image_init(struct duo_smp_image *image,
                        const struct duo_smp_image_config *config);

/** Background work: erase ahead, write what was received, hash what was
 * written; and empty a staged slot whose image was installed, so that the next
 * upload need not wait for erases. True: call again soon. */
bool duo_smp_image_step(struct duo_smp_image *image);

/** Wait until no flash operation of the group is under way. To be called before
 * anybody else uses the external flash; the next step goes on. */
void duo_smp_image_settle(struct duo_smp_image *image);

/* What the list says of one slot; also for a shell. */
struct duo_smp_image_state {
    bool present; /* Else nothing below counts. */
    enum duo_core image_index;
    unsigned slot_index;
    struct duo_version version;
    uint8_t digest[DUO_SHA256_BYTES];
    bool bootable;
    bool pending;
    bool confirmed;
    bool active;
    bool permanent;
    bool is_backup; /* Slot 1 is the previous image, in the backup. */
};

/** Look at a slot, as the list does. Flash errors only; without external flash
 * slots other than the application's active one are not present. */
enum duo_err duo_smp_image_look(struct duo_smp_image *image,
                                enum duo_core image_index, unsigned slot_index,
                                struct duo_smp_image_state *state);

/** Is an upload under way that had data within the last 3 seconds? */
bool duo_smp_image_is_busy(const struct duo_smp_image *image);

#endif
