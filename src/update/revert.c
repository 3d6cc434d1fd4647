/* SPDX-License-Identifier: MIT */
/* Bringing previous images back: the end of a trial, an install that failed,
 * and the copy part of a repair. */
#include <string.h>

#include "boot_internal.h"
#include "patchwork.h"

/* A record made for a repair says so by itself: the power may go before the
 * mark is set. */
static bool is_reverting(const struct duo_boot *boot, enum duo_core core)
{
    const struct duo_progress_image *image = &boot->progress.images[core];

    return image->included &&
           (image->restore_only ||
            boot->progress.phases[DUO_PHASE_REVERTING + core]) &&
           !boot->progress.phases[DUO_PHASE_REVERTED + core];
}

enum duo_err duo_boot_begin_revert(struct duo_boot *boot, unsigned core_set)
{
    enum duo_err err = DUO_OK;

    for (unsigned core = 0; err == DUO_OK && core < DUO_CORE_COUNT; core++) {
        if ((core_set >> core & 1U) != 0) {
            err = duo_progress_set_phase(&boot->progress,
                                         DUO_PHASE_REVERTING + core);
        }
    }
    return err;
}

static unsigned reverting_set(const struct duo_boot *boot)
{
    unsigned set = 0;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        set |= is_reverting(boot, (enum duo_core)core) ? 1U << core : 0U;
    }
    return set;
}

/* Was the update never committed? Then B may hold only part of the old image:
 * exactly the units that were taken away. */
static bool is_roll_back(const struct duo_boot *boot, enum duo_core core)
{
    return !boot->progress.phases[DUO_PHASE_FINISHED] &&
           !boot->progress.images[core].restore_only;
}

static void add_lane(struct duo_boot *boot, enum duo_core core, unsigned *count)
{
    const struct duo_progress_image *image = &boot->progress.images[core];
    bool roll_back = is_roll_back(boot, core);

    /* After a cut an image that verifies may still have the unit that was cut,
     * which reads right for now: the copy goes on and writes it again. */
    if ((!boot->resumed && duo_boot_active_is(boot, core, image->old_digest)) ||
        (roll_back && !image->has_backup) ||
        ((roll_back || boot->resumed) &&
         !duo_boot_restore_is_good(boot, core, roll_back))) {
        return; /* There is no use in it, and a good image may be lost. */
    }
    struct duo_lane *lane = duo_boot_lane(boot, count, DUO_COPY_RESTORE, core);
    duo_boot_set_lane(lane,
                      image->from_mirror ? &boot->slots.mirror
                                         : &boot->slots.backup[core],
                      image->old_bytes, &boot->slots.active[core]);
    lane->only_backed_up = roll_back;
    if (roll_back) {
        /* The unit that the install was at may read right and be weak. */
        lane->suspect_unit_index =
            boot->progress.units_done[DUO_COPY_INSTALL][core];
    }
}

static void tell_result(struct duo_boot *boot, enum duo_core core, bool good)
{
    const struct duo_progress_image *image = &boot->progress.images[core];
    enum duo_reason reason = DUO_REASON_REVERTED;

    if (!good) {
        reason = DUO_REASON_BACKUP_DAMAGED;
    } else if (image->restore_only) {
        reason = image->from_mirror ? DUO_REASON_REPAIRED_FROM_MIRROR
                                    : DUO_REASON_REPAIRED_FROM_BACKUP;
    } else if (is_roll_back(boot, core)) {
        reason = DUO_REASON_ROLLED_BACK;
    }
    if (boot->resumed) {
        duo_boot_tell(boot, DUO_REASON_REVERT_RESUMED, core, NULL);
    }
    duo_boot_tell_active(boot, reason, core);
}

/* After the copy: trailers, request, and the closing mark. */
static enum duo_err close_revert(struct duo_boot *boot, enum duo_core core)
{
    const struct duo_progress_image *image = &boot->progress.images[core];
    enum duo_core slot = image->from_other ? duo_core_other(core) : core;
    bool good = duo_boot_active_is(boot, core, image->old_digest);
    enum duo_err err = DUO_OK;

    /* The network image's trailer is the mirror's and comes with that. */
    if (good && core == DUO_CORE_APP) {
        err = duo_trailer_write(&boot->slots.trailer[core], DUO_SWAP_REVERT,
                                true);
    }
    if (err == DUO_OK && image->from_other) {
        err = duo_trailer_write(&boot->slots.trailer[slot], DUO_SWAP_REVERT,
                                true);
    }
    if (err == DUO_OK && is_roll_back(boot, core)) {
        err = duo_trailer_clear(&boot->slots.staged[slot]);
    }
    if (err == DUO_OK) {
        tell_result(boot, core, good);
        err = duo_progress_set_phase(&boot->progress,
                                     DUO_PHASE_REVERTED + (unsigned)core);
    }
    return err;
}

/* Restore what can be reached. A network flash that fails is left for a later
 * boot and does not keep the application from its own. */
static enum duo_err copy_back(struct duo_boot *boot)
{
    enum duo_err err = DUO_OK;
    bool again = true;

    while (again) {
        unsigned count = 0;
        for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
            if (is_reverting(boot, (enum duo_core)core) &&
                (core == DUO_CORE_APP || boot->net_ok)) {
                add_lane(boot, (enum duo_core)core, &count);
            }
        }
        err = duo_boot_run_lanes(boot, count);
        again = err != DUO_OK && boot->net_ok &&
                boot->config->net->fault != DUO_REASON_NONE;
        if (again) {
            duo_boot_net_failed(boot);
        }
    }
    return err;
}

/* Can it be said now how the restore of @p core ended? If a device failed, a
 * later boot goes on: closing it would give up the backup. */
static bool is_ended(struct duo_boot *boot, enum duo_core core,
                     enum duo_err err)
{
    const struct duo_survey *active = &boot->active[core];

    if (core == DUO_CORE_NET && !boot->net_ok) {
        return false;
    }
    duo_boot_verify_active(boot, core);
    if (duo_boot_active_is(boot, core,
                           boot->progress.images[core].old_digest)) {
        return true;
    }
    if (core == DUO_CORE_NET && active->reason == DUO_REASON_READ_FAILED) {
        boot->net_ok = false;
    }
    if (core == DUO_CORE_APP && err != DUO_OK) {
        boot->ext_ok = false;
    }
    return err == DUO_OK && active->reason != DUO_REASON_READ_FAILED &&
           (core == DUO_CORE_APP || boot->net_ok);
}

void duo_boot_run_revert(struct duo_boot *boot)
{
    if (boot->resumed &&
        duo_boot_begin_revert(boot, reverting_set(boot)) != DUO_OK) {
        boot->ext_ok = false;
        return;
    }
    enum duo_err copy_err = copy_back(boot);
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        if (!is_reverting(boot, core) || !is_ended(boot, core, copy_err)) {
            continue;
        }
        if (close_revert(boot, core) != DUO_OK) {
            duo_boot_ext_failed(boot);
            return;
        }
    }
}

void duo_boot_roll_back(struct duo_boot *boot)
{
    unsigned set = 0;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        set |= boot->progress.images[core].included ? 1U << core : 0U;
    }
    /* A network core alone that does not answer loses nothing by waiting. */
    if (set == 1U << DUO_CORE_NET && !boot->net_ok) {
        return;
    }
    if (duo_boot_begin_revert(boot, set) != DUO_OK) {
        boot->ext_ok = false;
        return;
    }
    /* What was seen before the copy began is not true any more. */
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if ((set >> core & 1U) != 0 && (core == DUO_CORE_APP || boot->net_ok)) {
            duo_boot_verify_active(boot, (enum duo_core)core);
        }
    }
    duo_boot_run_revert(boot);
}

/* The mark comes first: from then on a trailer that says less is mended, so it
 * does not matter when it is written or what a cut made of it. A flag that
 * reads set is left alone: its word may be written only twice. */
static enum duo_err confirm_trailer(struct duo_boot *boot, enum duo_core core)
{
    const struct duo_area *slot = &boot->slots.trailer[core];
    struct duo_trailer trailer;
    enum duo_err err = duo_trailer_read(slot, &trailer);

    if (err == DUO_OK && trailer.image_ok != DUO_FIELD_GOOD) {
        err = duo_trailer_write(slot, DUO_SWAP_TEST, true);
    }
    return err;
}

static void confirm(struct duo_boot *boot, enum duo_core core)
{
    const struct duo_progress_image *image = &boot->progress.images[core];
    enum duo_err err = duo_progress_set_phase(
        &boot->progress, DUO_PHASE_CONFIRMED + (unsigned)core);

    if (err == DUO_OK) {
        err = confirm_trailer(boot, core);
    }
    if (err == DUO_OK && image->from_other) {
        err = confirm_trailer(boot, duo_core_other(core));
    }
    if (err != DUO_OK) {
        boot->ext_ok = false;
    }
}

static bool backup_is_good(struct duo_boot *boot, enum duo_core core)
{
    struct duo_survey survey;

    duo_boot_verify_ext(boot, &boot->slots.backup[core], core, &survey);
    return duo_survey_is(&survey, boot->progress.images[core].old_digest);
}

/* Of @p revert_set, the images whose backup is whole; a pair needs both. */
static unsigned revertible(struct duo_boot *boot, unsigned revert_set)
{
    unsigned good_set = 0;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if ((revert_set >> core & 1U) == 0) {
            continue;
        }
        if (backup_is_good(boot, (enum duo_core)core)) {
            good_set |= 1U << core;
        } else {
            duo_boot_tell(boot, DUO_REASON_BACKUP_DAMAGED, (enum duo_core)core,
                          NULL);
        }
    }
    return boot->progress.dependent && good_set != revert_set ? 0 : good_set;
}

static unsigned cores_with(const struct duo_boot *boot, enum duo_action action)
{
    unsigned set = 0;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        set |= boot->actions[core] == action ? 1U << core : 0U;
    }
    return set;
}

static void tell_each(struct duo_boot *boot, unsigned core_set,
                      enum duo_reason reason)
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if ((core_set >> core & 1U) != 0) {
            duo_boot_tell_active(boot, reason, (enum duo_core)core);
        }
    }
}

void duo_boot_end_trials(struct duo_boot *boot)
{
    unsigned confirm_set = cores_with(boot, DUO_ACTION_CONFIRM);
    unsigned revert_set = cores_with(boot, DUO_ACTION_REVERT);

    tell_each(boot, revert_set, DUO_REASON_REVERT_NOT_CONFIRMED);
    if (boot->progress.dependent && revert_set != 0) {
        tell_each(boot, confirm_set, DUO_REASON_REVERT_PARTNER);
        revert_set |= confirm_set;
        confirm_set = 0;
    }
    unsigned good_set = revertible(boot, revert_set);
    /* What cannot go back stays, and no longer counts as a trial: the board
     * must take new updates. */
    confirm_set |= revert_set & ~good_set;
    tell_each(boot, confirm_set, DUO_REASON_CONFIRMED);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if ((confirm_set >> core & 1U) != 0) {
            confirm(boot, (enum duo_core)core);
        }
    }
    if (good_set != 0) {
        if (duo_boot_begin_revert(boot, good_set) != DUO_OK) {
            boot->ext_ok = false;
            return;
        }
        boot->resumed = false;
        duo_boot_run_revert(boot);
    }
}
