/* SPDX-License-Identifier: MIT */
/* The properties P1 to P11 of the architecture, checked against what a board
 * holds and starts; and the memory that a run needs for that. */
#ifndef DUO_TEST_CHECK_H
#define DUO_TEST_CHECK_H

#include "scenario.h"

/* Has the uploader or the application done a thing? A cut in the middle of it
 * leaves either outcome open. */
enum done { DONE_NO, DONE_PARTLY, DONE_YES };

/* What is known of one core in one run. */
struct expected {
    const struct rig_image *old_image;
    const struct rig_image *new_image; /* NULL until a stage step begins. */
    enum done requested;
    enum done confirmed;
    bool permanent;
    bool open_mode;   /* A permanent request that was cut: trial or not. */
    bool is_previous; /* Asked for without an upload. */
    bool routed;      /* Staged in the other image's slot. */
    bool ran_trial;   /* The new image was started, unconfirmed. */
    uint32_t counter; /* Highest seen. */
};

struct run {
    struct rig *rig;
    const struct scenario *scenario;
    struct expected cores[DUO_CORE_COUNT];
    bool reverted[DUO_CORE_COUNT];
    unsigned cuts_happened;
    const char *broken; /* First property that was broken; NULL: none. */
    char detail[160];
};

/** Note a broken property; the first one stays. */
void check_fail(struct run *run, const char *property, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** After any instant, also with the power off. */
void check_flash(struct run *run);

/** After a boot that was not cut. */
void check_boot(struct run *run, const struct duo_boot_result *result);

/** When the board has settled. */
void check_end(struct run *run);

/** After a boot of a run without cuts: wear. @p before is the application's
 * flash, then the network core's, before the boot. */
void check_wear(struct run *run, const uint8_t *const before[DUO_CORE_COUNT]);

#endif
