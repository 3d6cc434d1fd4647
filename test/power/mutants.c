/* SPDX-License-Identifier: MIT */
/* Broken variants; see mutants.h. Each __wrap function passes on to the real
 * one unless its mutant was chosen. The list of wrapped functions is also in
 * cmake/power.cmake. */
#include "mutants.h"

#include <string.h>

#include "update/boot_internal.h"

enum mutant {
    MUTANT_NONE,
    MUTANT_NO_GATE,       /* P1: A is overwritten before its copy is whole. */
    MUTANT_NO_FORCE,      /* P1: after a cut, a unit is trusted if equal. */
    MUTANT_WEAK_MARKS,    /* P1: marks that were cut are not written again. */
    MUTANT_NO_SIGNATURE,  /* P2: what parses is accepted. */
    MUTANT_SLOT_IS_CORE,  /* P3: the slot tells the core, not the image. */
    MUTANT_NO_REVERT,     /* P4: an image on trial is kept. */
    MUTANT_NO_DEPENDENCY, /* P5: half of a pair is installed. */
    MUTANT_PAIR_SPLITS,   /* P5: half of a pair goes back alone. */
    MUTANT_NO_CLEAR,      /* P6: a refused request is tried at each boot. */
    MUTANT_SILENT,        /* P7: nothing is told. */
    MUTANT_OLD_MIRROR,    /* P8: the mirror is not mended. */
    MUTANT_TRUST_STAGED,  /* P9: the copy is not checked where it runs. */
    MUTANT_REWRITE_EQUAL, /* P10: an equal page is written too. */
    MUTANT_EARLY_COUNTER, /* P11: the counter rises at the install. */
    MUTANT_FORGET_COPY,   /* P1: a copy that was cut is taken for an upload. */
    MUTANT_COUNT,
};

static const char *const names[MUTANT_COUNT] = {
    [MUTANT_NO_GATE] = "no-gate",
    [MUTANT_NO_FORCE] = "no-force",
    [MUTANT_WEAK_MARKS] = "weak-marks",
    [MUTANT_NO_SIGNATURE] = "no-signature",
    [MUTANT_SLOT_IS_CORE] = "slot-is-core",
    [MUTANT_NO_REVERT] = "no-revert",
    [MUTANT_NO_DEPENDENCY] = "no-dependency",
    [MUTANT_PAIR_SPLITS] = "pair-splits",
    [MUTANT_NO_CLEAR] = "no-clear",
    [MUTANT_SILENT] = "silent",
    [MUTANT_OLD_MIRROR] = "old-mirror",
    [MUTANT_TRUST_STAGED] = "trust-staged",
    [MUTANT_REWRITE_EQUAL] = "rewrite-equal",
    [MUTANT_EARLY_COUNTER] = "early-counter",
    [MUTANT_FORGET_COPY] = "forget-copy",
};

static enum mutant chosen = MUTANT_NONE;

bool mutant_choose(const char *name)
{
    for (unsigned i = 1; i < MUTANT_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            chosen = (enum mutant)i;
            return true;
        }
    }
    return false;
}

#define REAL(function) __real_##function
#define WRAP(function) __wrap_##function

bool REAL(duo_progress_has_unit)(const struct duo_progress *progress,
                                 enum duo_copy copy, enum duo_core core,
                                 uint32_t unit_index);
bool WRAP(duo_progress_has_unit)(const struct duo_progress *progress,
                                 enum duo_copy copy, enum duo_core core,
                                 uint32_t unit_index);
bool WRAP(duo_progress_has_unit)(const struct duo_progress *progress,
                                 enum duo_copy copy, enum duo_core core,
                                 uint32_t unit_index)
{
    return chosen == MUTANT_NO_GATE ||
           REAL(duo_progress_has_unit)(progress, copy, core, unit_index);
}

enum duo_err REAL(duo_progress_load_units)(struct duo_progress *progress,
                                           enum duo_copy copy,
                                           enum duo_core core);
enum duo_err WRAP(duo_progress_load_units)(struct duo_progress *progress,
                                           enum duo_copy copy,
                                           enum duo_core core);
enum duo_err WRAP(duo_progress_load_units)(struct duo_progress *progress,
                                           enum duo_copy copy,
                                           enum duo_core core)
{
    enum duo_err err = REAL(duo_progress_load_units)(progress, copy, core);

    if (chosen == MUTANT_FORGET_COPY && copy == DUO_COPY_PREVIOUS) {
        progress->units_done[copy][core] = 0;
    }
    return err;
}

struct duo_lane *REAL(duo_boot_lane)(struct duo_boot *boot, unsigned *count,
                                     enum duo_copy copy, enum duo_core core);
struct duo_lane *WRAP(duo_boot_lane)(struct duo_boot *boot, unsigned *count,
                                     enum duo_copy copy, enum duo_core core);
struct duo_lane *WRAP(duo_boot_lane)(struct duo_boot *boot, unsigned *count,
                                     enum duo_copy copy, enum duo_core core)
{
    struct duo_lane *lane = REAL(duo_boot_lane)(boot, count, copy, core);

    if (chosen == MUTANT_NO_FORCE) {
        lane->resumed = false;
    }
    if (chosen == MUTANT_REWRITE_EQUAL) {
        lane->suspect_unit_index = 5; /* Equal in old and new application. */
    }
    return lane;
}

enum duo_err REAL(duo_progress_create)(struct duo_progress *progress);
enum duo_err WRAP(duo_progress_create)(struct duo_progress *progress);
enum duo_err WRAP(duo_progress_create)(struct duo_progress *progress)
{
    if (chosen == MUTANT_PAIR_SPLITS) {
        progress->dependent = false;
    }
    return REAL(duo_progress_create)(progress);
}

enum duo_err REAL(duo_progress_strengthen)(const struct duo_progress *progress);
enum duo_err WRAP(duo_progress_strengthen)(const struct duo_progress *progress);
enum duo_err WRAP(duo_progress_strengthen)(const struct duo_progress *progress)
{
    return chosen == MUTANT_WEAK_MARKS
               ? DUO_OK
               : REAL(duo_progress_strengthen)(progress);
}

enum duo_verdict REAL(duo_image_verify)(const struct duo_image_check *check,
                                        struct duo_image *image,
                                        enum duo_reason *reason);
enum duo_verdict WRAP(duo_image_verify)(const struct duo_image_check *check,
                                        struct duo_image *image,
                                        enum duo_reason *reason);
enum duo_verdict WRAP(duo_image_verify)(const struct duo_image_check *check,
                                        struct duo_image *image,
                                        enum duo_reason *reason)
{
    if (chosen == MUTANT_NO_SIGNATURE) {
        *reason = duo_image_parse(check, image);
        return *reason == DUO_REASON_NONE ? DUO_VERDICT_ACCEPT
                                          : DUO_VERDICT_REJECT;
    }
    return REAL(duo_image_verify)(check, image, reason);
}

void REAL(duo_boot_verify_ext)(struct duo_boot *boot,
                               const struct duo_area *area, enum duo_core core,
                               struct duo_survey *survey);
void WRAP(duo_boot_verify_ext)(struct duo_boot *boot,
                               const struct duo_area *area, enum duo_core core,
                               struct duo_survey *survey);
void WRAP(duo_boot_verify_ext)(struct duo_boot *boot,
                               const struct duo_area *area, enum duo_core core,
                               struct duo_survey *survey)
{
    REAL(duo_boot_verify_ext)(boot, area, core, survey);
    if (chosen == MUTANT_SLOT_IS_CORE) {
        bool is_net = area->off_bytes == boot->slots.staged[1].off_bytes;
        survey->image.core = is_net ? DUO_CORE_NET : DUO_CORE_APP;
    }
}

enum duo_action REAL(duo_decide)(const struct duo_observed *observed);
enum duo_action WRAP(duo_decide)(const struct duo_observed *observed);
enum duo_action WRAP(duo_decide)(const struct duo_observed *observed)
{
    enum duo_action action = REAL(duo_decide)(observed);

    return chosen == MUTANT_NO_REVERT && action == DUO_ACTION_REVERT
               ? DUO_ACTION_CONFIRM
               : action;
}

bool REAL(duo_dependencies_met)(
    const struct duo_image *const images[DUO_CORE_COUNT], enum duo_core core);
bool WRAP(duo_dependencies_met)(
    const struct duo_image *const images[DUO_CORE_COUNT], enum duo_core core);
bool WRAP(duo_dependencies_met)(
    const struct duo_image *const images[DUO_CORE_COUNT], enum duo_core core)
{
    return chosen == MUTANT_NO_DEPENDENCY ||
           REAL(duo_dependencies_met)(images, core);
}

enum duo_err REAL(duo_trailer_clear)(const struct duo_area *slot);
enum duo_err WRAP(duo_trailer_clear)(const struct duo_area *slot);
enum duo_err WRAP(duo_trailer_clear)(const struct duo_area *slot)
{
    return chosen == MUTANT_NO_CLEAR ? DUO_OK : REAL(duo_trailer_clear)(slot);
}

void REAL(duo_boot_tell)(struct duo_boot *boot, enum duo_reason reason,
                         enum duo_core core, const struct duo_version *version);
void WRAP(duo_boot_tell)(struct duo_boot *boot, enum duo_reason reason,
                         enum duo_core core, const struct duo_version *version);
void WRAP(duo_boot_tell)(struct duo_boot *boot, enum duo_reason reason,
                         enum duo_core core, const struct duo_version *version)
{
    if (chosen != MUTANT_SILENT) {
        REAL(duo_boot_tell)(boot, reason, core, version);
    }
}

void REAL(duo_boot_mend_mirror)(struct duo_boot *boot);
void WRAP(duo_boot_mend_mirror)(struct duo_boot *boot);
void WRAP(duo_boot_mend_mirror)(struct duo_boot *boot)
{
    if (chosen != MUTANT_OLD_MIRROR) {
        REAL(duo_boot_mend_mirror)(boot);
    }
}

/* The board's own check of the copy is what P9 rests on: believe the survey
 * of the staged slot instead. */
void REAL(duo_boot_verify_active)(struct duo_boot *boot, enum duo_core core);
void WRAP(duo_boot_verify_active)(struct duo_boot *boot, enum duo_core core);
void WRAP(duo_boot_verify_active)(struct duo_boot *boot, enum duo_core core)
{
    if (chosen == MUTANT_TRUST_STAGED &&
        boot->staged[core].verdict == DUO_VERDICT_ACCEPT) {
        boot->active[core] = boot->staged[core];
        return;
    }
    REAL(duo_boot_verify_active)(boot, core);
}

void REAL(duo_boot_commit)(struct duo_boot *boot);
void WRAP(duo_boot_commit)(struct duo_boot *boot);
void WRAP(duo_boot_commit)(struct duo_boot *boot)
{
    REAL(duo_boot_commit)(boot);
    for (unsigned i = 0; chosen == MUTANT_EARLY_COUNTER && i < DUO_CORE_COUNT;
         i++) {
        const struct duo_survey *active = &boot->active[i];
        if (boot->progress.images[i].included) {
            (void)duo_counter_raise(&boot->slots.counters, (enum duo_core)i,
                                    active->image.security_counter);
        }
    }
}
