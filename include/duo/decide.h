/* SPDX-License-Identifier: MIT */
/* What to do with one image at a boot: a table over what is seen on flash. */
#ifndef DUO_DECIDE_H
#define DUO_DECIDE_H

#include <stddef.h>
#include <stdint.h>

#include "duo/trailer.h"

/* What the progress record says about an image. */
enum duo_record_state {
    DUO_RECORD_NONE = 0,       /* No update of it is open. */
    DUO_RECORD_INSTALLING = 1, /* Begun, not committed. */
    DUO_RECORD_TRIAL = 2,      /* Committed; neither confirmed nor reverted. */
    DUO_RECORD_REVERTING = 3,  /* The previous image is being put back. */
    DUO_RECORD_CLOSED = 4,     /* The last update of it ended: confirmed. */
};
#define DUO_RECORD_STATE_COUNT 5U

struct duo_observed {
    enum duo_record_state record;
    struct duo_trailer active;
    struct duo_trailer staged;
};

enum duo_action {
    DUO_ACTION_NONE,
    DUO_ACTION_RESUME_INSTALL,
    DUO_ACTION_RESUME_REVERT,
    DUO_ACTION_CONFIRM,           /* Close the trial: the image stays. */
    DUO_ACTION_REVERT,            /* Bring the previous image back. */
    DUO_ACTION_REVERT_UNRECORDED, /* On trial, but no record of it. */
    DUO_ACTION_INSTALL_TEST,
    DUO_ACTION_INSTALL_PERMANENT,
    DUO_ACTION_MEND_TRAILER,  /* The active trailer says less than is true. */
    DUO_ACTION_CLEAR_TORN,    /* A request that was cut while written. */
    DUO_ACTION_CLEAR_DAMAGED, /* A trailer that is no request at all. */
};
#define DUO_ACTION_COUNT 11U

/* One row; each column is a set of states, bit (1 << state). */
struct duo_decision_row {
    uint8_t record;
    uint8_t active_magic;
    uint8_t active_image_ok;
    uint8_t active_copy_done;
    uint8_t staged_magic;
    uint8_t staged_image_ok;
    enum duo_action action;
    const char *why;
};

/** The first row that matches decides. Total: the last row matches all. */
enum duo_action duo_decide(const struct duo_observed *observed);

/** The table, for documents and tests. */
const struct duo_decision_row *duo_decision_table(size_t *count);

/** "resume-install" and the like; never NULL. */
const char *duo_action_name(enum duo_action action);

#endif
