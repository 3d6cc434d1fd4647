/* SPDX-License-Identifier: MIT */
/* Health of the network core; see demo_health.h. */
#include "demo_health.h"

#include <stddef.h>
#include <string.h>

void demo_health_init(struct demo_health *health,
                      const struct demo_health_policy *policy, bool on_trial)
{
    memset(health, 0, sizeof(*health));
    health->policy = *policy;
    health->on_trial = on_trial;
}

static bool is_well(const struct demo_health *health, uint64_t now_ms)
{
    return health->seen && health->last.state == DEMO_BEAT_HEALTHY &&
           now_ms - health->beat_ms <= health->policy.silent_ms_max;
}

static enum demo_health_event judge(struct demo_health *health, uint64_t now_ms)
{
    if (!health->on_trial || health->said ||
        health->policy.confirm != DEMO_CONFIRM_AUTO) {
        return DEMO_HEALTH_NOTHING;
    }
    if (health->well &&
        now_ms - health->well_ms >= health->policy.healthy_ms_min) {
        health->said = true;
        return DEMO_HEALTH_CONFIRM;
    }
    /* Counted from the start and not from the last change, so that a core
     * which comes and goes does not stay on trial for ever. */
    if (!health->well &&
        now_ms - health->begin_ms >= health->policy.trial_ms_max) {
        health->said = true;
        return DEMO_HEALTH_GIVE_UP;
    }
    return DEMO_HEALTH_NOTHING;
}

enum demo_health_event demo_health_step(struct demo_health *health,
                                        uint64_t now_ms,
                                        const struct demo_heartbeat *beat)
{
    bool well;

    if (!health->begun) {
        health->begun = true;
        health->begin_ms = now_ms;
    }
    if (beat != NULL && (!health->seen || beat->count != health->beat_count)) {
        health->seen = true;
        health->beat_count = beat->count;
        health->beat_ms = now_ms;
        health->last = *beat;
    }
    well = is_well(health, now_ms);
    if (well != health->well) {
        health->well = well;
        health->well_ms = now_ms;
        return well ? DEMO_HEALTH_WELL : DEMO_HEALTH_LOST;
    }
    return judge(health, now_ms);
}
