/* SPDX-License-Identifier: MIT */
/* Whether the network core is well, and what follows from it for images on
 * trial. Pure: time and heart-beats come in, an event comes out. */
#ifndef DUO_DEMO_HEALTH_H
#define DUO_DEMO_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "demo_behaviour.h"
#include "demo_heartbeat.h"

struct demo_health_policy {
    enum demo_confirm confirm;
    uint32_t silent_ms_max;  /* Without a beat: no longer well. */
    uint32_t healthy_ms_min; /* Well for so long: good enough to confirm. */
    uint32_t trial_ms_max;   /* Not good enough after so long: give up. */
};

enum demo_health_event {
    DEMO_HEALTH_NOTHING,
    DEMO_HEALTH_WELL,    /* It has become well. */
    DEMO_HEALTH_LOST,    /* It was well and is no longer. */
    DEMO_HEALTH_CONFIRM, /* Confirm what is on trial. */
    DEMO_HEALTH_GIVE_UP, /* Reset, so that what is on trial is reverted. */
};

struct demo_health {
    struct demo_health_policy policy;
    bool on_trial;     /* Any image; set by the owner. */
    bool begun;        /* The first step was taken, */
    uint64_t begin_ms; /* at this time. */
    bool well;
    bool seen;                  /* The two below are of a real beat. */
    uint32_t beat_count;        /* Of the last new beat. */
    uint64_t beat_ms;           /* When it came. */
    uint64_t well_ms;           /* Since when it is well. */
    bool said;                  /* CONFIRM or GIVE_UP was told. */
    struct demo_heartbeat last; /* If seen. */
};

void demo_health_init(struct demo_health *health,
                      const struct demo_health_policy *policy, bool on_trial);

/** One look. @p beat is NULL if there is no sound record. Only a beat whose
 * count differs from the last one's proves life; a stuck record does not. */
enum demo_health_event demo_health_step(struct demo_health *health,
                                        uint64_t now_ms,
                                        const struct demo_heartbeat *beat);

#endif
