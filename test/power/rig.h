/* SPDX-License-Identifier: MIT */
/* Boards with signed images for the power-cut sweep, the scenario tests and
 * the benchmark. */
#ifndef DUO_TEST_RIG_H
#define DUO_TEST_RIG_H

#include "native_board.h"

#define RIG_IMAGES_MAX 16U

struct rig_image_spec {
    enum duo_core core;
    uint8_t minor;        /* Version 1.<minor>.0. */
    uint32_t total_bytes; /* About: header to last TLV is at most this. */
    uint64_t seed;        /* Of the content; */
    const uint32_t *changed_units; /* 4 KB units that differ from that, */
    uint32_t changed_count;        /* by @ref change_seed. */
    uint64_t change_seed;
    uint32_t security_counter; /* 0: none. */
    uint8_t needs_minor;       /* Of the other core: dependency; 0: none. */
    uint32_t blank_unit;       /* This unit is erased bytes; 0: none. */
    bool bad_signature;        /* Flip a byte of the payload after signing. */
    bool unknown_key;
};

struct rig_image {
    enum duo_core core;
    struct duo_bytes bytes; /* Heap. */
    uint8_t digest[DUO_SHA256_BYTES];
    struct duo_version version;
};

struct rig {
    struct duo_native_board *board;
    struct duo_crypto *app_crypto;
    struct duo_crypto *net_crypto;
    struct duo_trust trust;
    struct duo_public_key key;
    struct rig_image images[RIG_IMAGES_MAX];
    unsigned image_count;
    void *signing_key;  /* Private. */
    void *stranger_key; /* Private: a key that the board does not know. */
    bool verbose;       /* Print the boot log to standard error. */
};

struct rig_options {
    const struct duo_layout *layout;
    struct duo_policy policy;
    bool charge_cpu;
    bool verbose;
};

/** Keys come from test/keys, found through the macro DUO_TEST_KEYS. */
void rig_create(struct rig *rig, const struct rig_options *options);
void rig_destroy(struct rig *rig);

/** Make and keep a signed image; ends the process on failure. */
const struct rig_image *rig_make(struct rig *rig,
                                 const struct rig_image_spec *spec);

/** Program both cores and boot once, so that journal and mirror are there. */
void rig_factory(struct rig *rig, const struct rig_image *app,
                 const struct rig_image *net);

/** The image that the active slot of @p core holds, byte for byte up to its
 * last TLV; NULL if none of the rig's. */
const struct rig_image *rig_active(struct rig *rig, enum duo_core core);

/** No cut. */
struct duo_sim_cut rig_no_cut(void);

/** Does the journal have an entry with this reason (and core, unless NONE)? */
bool rig_journal_has(struct rig *rig, enum duo_reason reason,
                     enum duo_core core);

#endif
