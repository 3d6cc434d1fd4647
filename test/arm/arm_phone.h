/* SPDX-License-Identifier: MIT */
/* The phone app's update of a board, request for request as the app's library
 * sends it: written from what was seen on the air, and not with the client of
 * this project, which has its own ways. */
#ifndef DUO_TEST_ARM_PHONE_H
#define DUO_TEST_ARM_PHONE_H

#include "arm_smp.h"

enum arm_phone_mode {
    ARM_PHONE_TEST_AND_CONFIRM,
    ARM_PHONE_CONFIRM_ONLY,
    ARM_PHONE_TEST_ONLY,
};

/* After which step the board is looked at. */
enum arm_phone_step {
    ARM_PHONE_UPLOADED,
    ARM_PHONE_ERASED, /* The settings. */
    ARM_PHONE_TESTED,
    ARM_PHONE_CONFIRMED,
    ARM_PHONE_BACK, /* It answers after the reset. */
};

struct arm_phone {
    struct arm_smp *smp;
    const struct arm_image *images[2]; /* In the package's order. */
    enum arm_phone_mode mode;
    bool is_ios;
    uint32_t swap_ms; /* "Estimated swap time". */
    void (*on_step)(void *ctx, enum arm_phone_step step,
                    const struct arm_image *image);
    void *ctx;
    /* Results. */
    char failure[120]; /* What the app shows; empty: success. */
    uint32_t packet_bytes_max;
    unsigned packet_count; /* Of uploads. */

    /* Private. */
    uint8_t sequence;
    uint32_t buf_bytes;
};

/** The whole of it. False: see failure. */
bool arm_phone_update(struct arm_phone *phone);

#endif
