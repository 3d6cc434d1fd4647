/* SPDX-License-Identifier: MIT */
/* What `image list` says of a board: both images, both slots, derived from the
 * flashes alone [P8]. Reads only; no heap, so that the SMP server can use it
 * over its own flash devices. */
#ifndef DUO_TOOL_BOARD_STATE_H
#define DUO_TOOL_BOARD_STATE_H

#include "duo/counter.h"
#include "duo/decide.h"
#include "duo/image.h"
#include "duo/policy.h"
#include "duo/progress.h"
#include "duo/slots.h"
#include "duo/trailer.h"

/* Whose contents a listed slot shows. */
enum duo_board_place {
    DUO_BOARD_NOTHING, /* No image begins there. */
    DUO_BOARD_ACTIVE,
    DUO_BOARD_STAGED,
    DUO_BOARD_PREVIOUS, /* The backup, shown while nothing is staged. */
};

#define DUO_BOARD_SLOT_COUNT 2U

struct duo_board_slot {
    enum duo_board_place place;
    bool is_image;            /* version, digest and core of image are valid. */
    enum duo_verdict verdict; /* Would the boot loader take it? If not: why. */
    enum duo_reason reason;
    struct duo_image image;
    uint32_t used_bytes;     /* Header to last TLV, or to the last byte that
                              * is not erased if this is no image. */
    uint32_t capacity_bytes; /* The largest image. */
    struct duo_trailer trailer;
    /* MCUmgr's flags. */
    bool active;
    bool confirmed; /* Slot 1: comes back at the next boot. */
    bool pending;
    bool permanent;
    bool bootable;
};

struct duo_board_image {
    struct duo_board_slot slots[DUO_BOARD_SLOT_COUNT];
    enum duo_record_state record;
    bool on_trial;
    enum duo_action next; /* What the next boot decides at first. */
};

struct duo_board_state {
    struct duo_board_image images[DUO_CORE_COUNT];
    struct duo_progress progress;
    uint32_t counters[DUO_CORE_COUNT];
    /* The mirror shows the network image that the core really has. */
    bool is_mirror_true;
    bool is_ext_readable;
};

/* How to read a board. */
struct duo_board_survey {
    const struct duo_slots *slots;
    const struct duo_trust *trust;
    const struct duo_policy *policy;
    struct duo_crypto *crypto;
    uint8_t *work; /* As in struct duo_image_check. */
    uint32_t work_bytes;
};

void duo_board_state_read(const struct duo_board_survey *survey,
                          struct duo_board_state *state);

/** "none", "installing", "on trial", ... */
const char *duo_board_record_name(enum duo_record_state record);
/** "nothing", "active", "staged", "previous". */
const char *duo_board_place_name(enum duo_board_place place);

#endif
