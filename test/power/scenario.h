/* SPDX-License-Identifier: MIT */
/* What the power-cut sweep plays: short scripts of an uploader, a boot loader
 * and an application, as data. */
#ifndef DUO_TEST_SCENARIO_H
#define DUO_TEST_SCENARIO_H

#include "rig.h"

/* The images of every scenario, made once. */
enum scenario_image {
    IMAGE_NONE,
    APP_OLD,   /* 1.0.0, security counter 1 */
    NET_OLD,   /* 1.0.0, security counter 1 */
    APP_NEW,   /* 1.1.0, security counter 2, some units equal to the old ones */
    NET_NEW,   /* 1.1.0, security counter 2 */
    APP_PAIR,  /* 1.2.0, needs network 1.2.0 */
    NET_PAIR,  /* 1.2.0, needs application 1.2.0 */
    NET_BAD,   /* 1.3.0, a byte changed after signing */
    APP_ALIEN, /* 1.3.0, signed with an unknown key */
    APP_NEXT,  /* 1.4.0, security counter 1 */
    NET_NEXT,  /* 1.4.0, security counter 1 */
    SCENARIO_IMAGE_COUNT,
};

enum step_type {
    STEP_END,
    STEP_STAGE,
    STEP_PREVIOUS,
    STEP_BOOT,
    STEP_CONFIRM,
    STEP_DAMAGE,
};

struct step {
    enum step_type type;
    enum duo_core core;        /* Staged slot; or trailer that confirms, */
    enum duo_core counts_for;  /* and whose confirmation that is. */
    enum scenario_image image; /* To stage, or what the backup must be; damage:
                                * what must come back. */
    bool permanent;
};

#define STEPS_MAX 8U

struct scenario {
    const char *name;
    struct duo_policy policy;
    bool dependent;                 /* The images go together. */
    bool refused;                   /* Nothing may come of it; */
    enum duo_reason why;            /* with this reason. */
    bool lying;                     /* The staged slots change their answer. */
    struct step prepare[STEPS_MAX]; /* Without cuts, before the snapshot. */
    struct step steps[STEPS_MAX];
};

extern const struct scenario scenarios[];
extern const unsigned scenario_count;

/** Make all images of enum scenario_image in @p rig, in its order from 1. */
void scenario_make_images(struct rig *rig);

#endif
