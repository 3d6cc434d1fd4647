/* SPDX-License-Identifier: MIT */
/* A whole update, as the phone apps do it: look, upload, test or confirm,
 * reset, wait for the device, look again, confirm. */
#ifndef DUO_SMP_CLIENT_DEVICE_H
#define DUO_SMP_CLIENT_DEVICE_H

#include "calls.h"
#include "upload.h"

enum duo_device_mode {
    DUO_DEVICE_TEST,             /* Runs once; stays if it is confirmed. */
    DUO_DEVICE_CONFIRM,          /* Installed for good at the next boot. */
    DUO_DEVICE_TEST_AND_CONFIRM, /* Confirmed as soon as it answers. */
    DUO_DEVICE_NONE,             /* Uploaded, and nothing else. */
};

/* One image of the update. */
struct duo_device_image {
    const char *label;     /* For sentences: the file's name. */
    struct duo_bytes file; /* The signed image, raw. */
    int32_t image_index;   /* -1: not said. */
    /* Of the image, for the list and for test and confirm: the SHA-256 of its
     * TLV, which is not that of the file. duo_device_image_init() finds both. */
    uint8_t hash[DUO_CLIENT_HASH_BYTES];
    char version[DUO_CLIENT_NAME_BYTES];
};

/** Fill in hash and version from the file; INPUT if it is no image. */
bool duo_device_image_init(struct duo_device_image *image, const char *label,
                           struct duo_bytes file, struct duo_tool_error *error);

enum duo_device_step {
    DUO_DEVICE_STEP_LOOK,
    DUO_DEVICE_STEP_SKIP, /* It is there already. */
    DUO_DEVICE_STEP_UPLOAD,
    DUO_DEVICE_STEP_UPLOADED,
    DUO_DEVICE_STEP_TEST,
    DUO_DEVICE_STEP_CONFIRM,
    DUO_DEVICE_STEP_RESET,
    DUO_DEVICE_STEP_WAIT, /* For the boot; text tells how long it takes. */
    DUO_DEVICE_STEP_BACK,
    DUO_DEVICE_STEP_RESULT,  /* A line per image: what runs now. */
    DUO_DEVICE_STEP_TROUBLE, /* Why it is not what was asked for. */
};

struct duo_device_update {
    const struct duo_device_image *images; /* In the order of the upload. */
    size_t count;
    enum duo_device_mode mode;
    bool no_reset;     /* Stop before the reset; the caller says how. */
    bool only_upgrade; /* As in struct duo_client_upload. */
    bool force;        /* Reset also if the device says that it is busy. */
    uint32_t packet_bytes_max; /* As in struct duo_client_upload. */
    uint32_t window_max;
    uint32_t back_ms_max; /* Wait for the device so long; 0: 120000, more if
                           * the device expects more. */
    /* NULL: not wanted. image_index: of images; SIZE_MAX: all. */
    void (*on_step)(void *ctx, enum duo_device_step step, size_t image_index,
                    const char *sentence);
    void (*on_progress)(void *ctx, size_t image_index,
                        const struct duo_client_progress *progress);
    void *ctx;
    /* Results. */
    struct duo_client_images before;
    struct duo_client_images after;       /* count 0: it was not asked. */
    struct duo_client_progress *progress; /* [count], or NULL: not wanted. */
};

/** REFUSED: the device said no, or does not run what was asked for; the steps
 * told why. Others as duo_client_call(). */
bool duo_device_update(struct duo_client *client,
                       struct duo_device_update *update,
                       struct duo_tool_error *error);

struct duo_device_restart {
    struct duo_client_reset reset;
    uint32_t expect_ms;   /* What the boot takes; 0: not known. */
    uint32_t back_ms_max; /* 0: 120000. */
    uint64_t took_us;     /* Out: from the reset's answer to the echo. */
};
/** Reset, wait until the device is away and back, and answers an echo. */
bool duo_device_restart(struct duo_client *client,
                        struct duo_device_restart *restart,
                        struct duo_tool_error *error);

/* What leads back to the image that ran before. */
enum duo_device_revert {
    DUO_DEVICE_TRIAL_ENDS, /* The image runs on trial: any reset reverts. */
    DUO_DEVICE_REQUEST_DROPPED, /* It was only requested, and no longer is. */
    DUO_DEVICE_PREVIOUS_ASKED, /* The previous image is installed at a reset. */
};

/** Go back, on the core of @p image_index; a reset by the caller completes it.
 * REFUSED: there is nothing to go back to. */
bool duo_device_revert(struct duo_client *client, uint32_t image_index,
                       enum duo_device_revert *how,
                       struct duo_tool_error *error);

/** The image in this slot, or NULL. */
const struct duo_client_image *
duo_device_find(const struct duo_client_images *images, uint32_t image_index,
                uint32_t slot_index);

#endif
