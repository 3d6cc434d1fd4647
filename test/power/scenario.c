/* SPDX-License-Identifier: MIT */
/* The scenarios of the power-cut sweep; see scenario.h. */
#include "scenario.h"

#define APP DUO_CORE_APP
#define NET DUO_CORE_NET
#define STAGE(slot, image)                   \
    {                                        \
        STEP_STAGE, slot, slot, image, false \
    }
#define STAGE_FOR_GOOD(slot, image)         \
    {                                       \
        STEP_STAGE, slot, slot, image, true \
    }
/* Ask for the previous image, which must be @p image. */
#define PREVIOUS(slot, image)                   \
    {                                           \
        STEP_PREVIOUS, slot, slot, image, false \
    }
#define PREVIOUS_FOR_GOOD(slot, image)         \
    {                                          \
        STEP_PREVIOUS, slot, slot, image, true \
    }
/* Spoil the active image of a core; then @p image must come back. */
#define DAMAGE(core, image)                   \
    {                                         \
        STEP_DAMAGE, core, core, image, false \
    }
#define BOOT                                   \
    {                                          \
        STEP_BOOT, APP, APP, IMAGE_NONE, false \
    }
#define CONFIRM(core)                               \
    {                                               \
        STEP_CONFIRM, core, core, IMAGE_NONE, false \
    }
#define CONFIRM_BY(core, for_core)                      \
    {                                                   \
        STEP_CONFIRM, core, for_core, IMAGE_NONE, false \
    }

/* clang-format off */
const struct scenario scenarios[] = {
    {.name = "net-in-app-slot-trial",
     .steps = {STAGE(APP, NET_NEW), BOOT, BOOT}},
    {.name = "net-in-app-slot-confirm",
     .steps = {STAGE(APP, NET_NEW), BOOT, CONFIRM_BY(APP, NET), BOOT}},
    {.name = "net-trial",
     .steps = {STAGE(NET, NET_NEW), BOOT, BOOT}},
    {.name = "net-confirm",
     .steps = {STAGE(NET, NET_NEW), BOOT, CONFIRM(NET), BOOT}},
    {.name = "net-permanent",
     .steps = {STAGE_FOR_GOOD(NET, NET_NEW), BOOT, BOOT}},
    {.name = "app-trial",
     .steps = {STAGE(APP, APP_NEW), BOOT, BOOT}},
    {.name = "app-confirm",
     .steps = {STAGE(APP, APP_NEW), BOOT, CONFIRM(APP), BOOT}},
    {.name = "app-permanent",
     .steps = {STAGE_FOR_GOOD(APP, APP_NEW), BOOT, BOOT}},
    {.name = "app-second-update",
     .prepare = {STAGE_FOR_GOOD(APP, APP_NEW), BOOT, BOOT},
     .steps = {STAGE(APP, APP_PAIR), STAGE(NET, NET_PAIR), BOOT, BOOT},
     .dependent = true},
    {.name = "pair-trial",
     .steps = {STAGE(APP, APP_PAIR), STAGE(NET, NET_PAIR), BOOT, BOOT},
     .dependent = true},
    {.name = "pair-confirm",
     .steps = {STAGE(NET, NET_PAIR), STAGE(APP, APP_PAIR), BOOT, CONFIRM(APP), CONFIRM(NET), BOOT},
     .dependent = true},
    {.name = "pair-started-by-boot",
     .policy = {.net_start = DUO_NET_START_BY_BOOT},
     .steps = {STAGE(APP, APP_PAIR), STAGE(NET, NET_PAIR), BOOT, CONFIRM(NET), CONFIRM(APP), BOOT},
     .dependent = true},
    {.name = "pair-half-confirmed",
     .steps = {STAGE(NET, NET_PAIR), STAGE(APP, APP_PAIR), BOOT, CONFIRM(APP), BOOT},
     .dependent = true},
    {.name = "pair-half-for-good",
     .steps = {STAGE_FOR_GOOD(NET, NET_PAIR), STAGE(APP, APP_PAIR), BOOT, CONFIRM(APP), BOOT},
     .dependent = true},
    {.name = "both-independent",
     .steps = {STAGE(NET, NET_NEW), STAGE(APP, APP_NEW), BOOT, CONFIRM(APP), BOOT}},
    {.name = "app-previous-kept",
     .policy = {.staged = DUO_STAGED_PREVIOUS},
     .steps = {STAGE(APP, APP_NEW), BOOT, CONFIRM(APP), BOOT}},
    {.name = "app-previous-trial",
     .prepare = {STAGE_FOR_GOOD(APP, APP_NEXT), BOOT, BOOT},
     .steps = {PREVIOUS(APP, APP_OLD), BOOT, BOOT}},
    {.name = "app-previous-permanent",
     .prepare = {STAGE_FOR_GOOD(APP, APP_NEXT), BOOT, BOOT},
     .steps = {PREVIOUS_FOR_GOOD(APP, APP_OLD), BOOT, BOOT}},
    {.name = "net-previous-trial",
     .prepare = {STAGE_FOR_GOOD(NET, NET_NEXT), BOOT, BOOT},
     .steps = {PREVIOUS(NET, NET_OLD), BOOT, BOOT}},
    {.name = "pair-previous",
     .prepare = {STAGE_FOR_GOOD(APP, APP_PAIR), STAGE_FOR_GOOD(NET, NET_PAIR), BOOT,
                 STAGE_FOR_GOOD(APP, APP_NEW), STAGE_FOR_GOOD(NET, NET_NEW), BOOT, BOOT},
     .steps = {PREVIOUS_FOR_GOOD(NET, NET_PAIR), PREVIOUS_FOR_GOOD(APP, APP_PAIR), BOOT, BOOT},
     .dependent = true},
    {.name = "net-previous-app-new",
     .prepare = {STAGE_FOR_GOOD(NET, NET_NEXT), BOOT, BOOT},
     .steps = {PREVIOUS_FOR_GOOD(NET, NET_OLD), STAGE(APP, APP_NEW), BOOT, CONFIRM(APP), BOOT}},
    {.name = "app-overwrite-only",
     .policy = {.backup = DUO_BACKUP_NONE},
     .steps = {STAGE_FOR_GOOD(APP, APP_NEW), BOOT, BOOT}},
    {.name = "net-overwrite-only",
     .policy = {.backup = DUO_BACKUP_NONE},
     .steps = {STAGE_FOR_GOOD(NET, NET_NEW), BOOT, BOOT}},
    {.name = "app-damaged",
     .prepare = {STAGE_FOR_GOOD(APP, APP_NEXT), BOOT, BOOT},
     .steps = {DAMAGE(APP, APP_OLD), BOOT, BOOT}},
    {.name = "net-damaged",
     .steps = {DAMAGE(NET, NET_OLD), BOOT, BOOT}},
    {.name = "wrong-core",
     .refused = true, .why = DUO_REASON_WRONG_CORE,
     .steps = {STAGE(NET, APP_NEW), BOOT, BOOT}},
    {.name = "half-a-pair",
     .refused = true, .why = DUO_REASON_DEPENDENCY_MISSING,
     .steps = {STAGE(APP, APP_PAIR), BOOT, BOOT}},
    {.name = "damaged",
     .refused = true, .why = DUO_REASON_DIGEST_MISMATCH,
     .steps = {STAGE(NET, NET_BAD), BOOT, BOOT}},
    {.name = "unknown-key",
     .refused = true, .why = DUO_REASON_KEY_UNKNOWN,
     .steps = {STAGE(APP, APP_ALIEN), BOOT, BOOT}},
    {.name = "lying-chip-net",
     .refused = true, .why = DUO_REASON_ROLLED_BACK, .lying = true,
     .steps = {STAGE(NET, NET_NEW), BOOT, BOOT}},
    {.name = "lying-chip-app",
     .refused = true, .why = DUO_REASON_ROLLED_BACK, .lying = true,
     .steps = {STAGE(APP, APP_NEW), BOOT, BOOT}},
};
/* clang-format on */

const unsigned scenario_count = sizeof(scenarios) / sizeof(scenarios[0]);

/* Not for clang-format, which would give each field a line. */
/* clang-format off */
static const uint32_t app_changed[] = {0, 1, 2, 3, 7, 8, 11, 14, 15};
static const struct rig_image_spec specs[SCENARIO_IMAGE_COUNT] = {
    [APP_OLD] = {.core = APP, .total_bytes = 64000, .seed = 1,
                 .security_counter = 1, .blank_unit = 8},
    [NET_OLD] = {.core = NET, .total_bytes = 25000, .seed = 2,
                 .security_counter = 1, .blank_unit = 4},
    [APP_NEW] = {.core = APP, .minor = 1, .total_bytes = 64000, .seed = 1,
                 .changed_units = app_changed, .changed_count = 9,
                 .change_seed = 3, .security_counter = 2, .blank_unit = 11},
    [NET_NEW] = {.core = NET, .minor = 1, .total_bytes = 21000, .seed = 4,
                 .security_counter = 2, .blank_unit = 3},
    [APP_PAIR] = {.core = APP, .minor = 2, .total_bytes = 60000, .seed = 5,
                  .security_counter = 2, .needs_minor = 2},
    [NET_PAIR] = {.core = NET, .minor = 2, .total_bytes = 25000, .seed = 6,
                  .security_counter = 2, .needs_minor = 2},
    [NET_BAD] = {.core = NET, .minor = 3, .total_bytes = 20000, .seed = 7,
                 .security_counter = 2, .bad_signature = true},
    [APP_ALIEN] = {.core = APP, .minor = 3, .total_bytes = 20000, .seed = 8,
                   .security_counter = 2, .unknown_key = true},
    [APP_NEXT] = {.core = APP, .minor = 4, .total_bytes = 62000, .seed = 9,
                  .security_counter = 1},
    [NET_NEXT] = {.core = NET, .minor = 4, .total_bytes = 23000, .seed = 10,
                  .security_counter = 1},
};
/* clang-format on */

void scenario_make_images(struct rig *rig)
{
    for (unsigned i = 1; i < SCENARIO_IMAGE_COUNT; i++) {
        (void)rig_make(rig, &specs[i]);
    }
}
