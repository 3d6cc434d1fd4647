/* SPDX-License-Identifier: MIT */
/* The install: B <- A and A <- S at the same time, verify in place, trailers,
 * staged slot, and the one mark that commits.
 *
 *   record written                     (INSTALLING: a cut goes on from here)
 *   for each unit: B <- A, mark; then A <- S, mark;  beside it M <- S
 *   verify A where it runs             (else roll back)
 *   active trailers, mark TRAILERS
 *   staged slot blanked
 *   mark FINISHED                      (the commit; then the images may run) */
#include <string.h>

#include "boot_internal.h"

/* The staged slot that an included image comes from. */
static enum duo_core slot_of(const struct duo_boot *boot, enum duo_core core)
{
    return boot->progress.images[core].from_other ? duo_core_other(core) : core;
}

enum duo_err duo_boot_begin_install(struct duo_boot *boot)
{
    enum duo_err err = duo_progress_create(&boot->progress);

    boot->resumed = false;
    for (unsigned core = 0; err == DUO_OK && core < DUO_CORE_COUNT; core++) {
        const struct duo_progress_image *image = &boot->progress.images[core];
        if (!image->included) {
            continue;
        }
        if (image->from_other) {
            duo_boot_tell(boot, DUO_REASON_ROUTED_TO_NET, (enum duo_core)core,
                          NULL);
        }
        duo_boot_tell(
            boot, DUO_REASON_INSTALL_STARTED, (enum duo_core)core,
            &boot->staged[slot_of(boot, (enum duo_core)core)].image.version);
    }
    return err;
}

/* Is the source of an included image what the record says? A copy that is
 * whole already does not need it any more. */
static bool source_is_good(struct duo_boot *boot, enum duo_core core)
{
    const struct duo_progress_image *image = &boot->progress.images[core];
    enum duo_core slot = slot_of(boot, core);
    struct duo_survey *survey = &boot->staged[slot];

    if (boot->resumed) {
        duo_boot_verify_ext(boot, &boot->slots.staged[slot], core, survey);
    }
    return duo_survey_is(survey, image->new_digest) &&
           survey->image.total_bytes == image->new_bytes;
}

/* Erase what the end of the install will need blank, in the shadow of the
 * copies: the active trailers, which say nothing while the record is open, and
 * the request, which the record has taken over. After a cut it is not known
 * which of these erases was hit, and they are done again at the end. */
static void add_erases(struct duo_boot *boot, unsigned *count,
                       const struct duo_lane *install)
{
    const struct duo_lane *backup = install->after; /* May be NULL. */
    enum duo_core core = install->core;
    const struct duo_progress_image *image = &boot->progress.images[core];
    const struct duo_area *staged = &boot->slots.staged[slot_of(boot, core)];

    (void)duo_boot_erase_lane(boot, count, &boot->slots.trailer[core], backup);
    if (image->from_other && !image->permanent) {
        (void)duo_boot_erase_lane(
            boot, count, &boot->slots.trailer[duo_core_other(core)], backup);
    }
    struct duo_lane *request = duo_boot_erase_lane(boot, count, staged, backup);
    request->once_marked = backup != NULL ? backup : install;
}

/* Set up the lanes of one image. Side lanes come first, so that the backup
 * gets the core's flash in the short gaps of the install. */
static void add_lanes(struct duo_boot *boot, enum duo_core core,
                      unsigned *count)
{
    const struct duo_progress_image *image = &boot->progress.images[core];
    const struct duo_slots *slots = &boot->slots;
    const struct duo_area *staged = &slots->staged[slot_of(boot, core)];
    struct duo_lane *backup = NULL;

    if (image->has_backup) {
        backup = duo_boot_lane(boot, count, DUO_COPY_BACKUP, core);
        duo_boot_set_lane(backup, &slots->active[core], image->old_bytes,
                          &slots->backup[core]);
    }
    if (core == DUO_CORE_NET) {
        struct duo_lane *mirror =
            duo_boot_lane(boot, count, DUO_COPY_MIRROR, core);
        duo_boot_set_lane(mirror, staged, image->new_bytes, &slots->mirror);
    }
    struct duo_lane *install =
        duo_boot_lane(boot, count, DUO_COPY_INSTALL, core);
    duo_boot_set_lane(install, staged, image->new_bytes, &slots->active[core]);
    install->after = backup;
    if (!boot->resumed) {
        add_erases(boot, count, install);
    }
}

static bool is_new(const struct duo_boot *boot, enum duo_core core)
{
    return duo_boot_active_is(boot, core,
                              boot->progress.images[core].new_digest);
}

/* Copy what is not whole yet. False: a source is lost or a device failed. */
static bool copy_all(struct duo_boot *boot)
{
    unsigned count = 0;

    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        if (!boot->progress.images[core].included) {
            continue;
        }
        if (source_is_good(boot, core)) {
            add_lanes(boot, core, &count);
        } else if (!is_new(boot, core)) {
            duo_boot_tell(boot, DUO_REASON_STAGED_LOST, core, NULL);
            return false;
        }
    }
    if (duo_boot_run_lanes(boot, count) == DUO_OK) {
        return true;
    }
    if (boot->config->net->fault != DUO_REASON_NONE && boot->net_ok) {
        duo_boot_net_failed(boot);
    } else {
        duo_boot_tell(boot, DUO_REASON_EXT_FLASH_FAILED, DUO_CORE_NONE, NULL);
    }
    return false;
}

/* Verify every included image where it runs: the external flash may have
 * given other bytes to the copy than to the check [P9]. */
static bool verify_all(struct duo_boot *boot)
{
    const struct duo_progress_image *images = boot->progress.images;
    bool both = images[DUO_CORE_APP].included && images[DUO_CORE_NET].included;
    bool good = true;

    if (both) {
        duo_boot_verify_both(boot);
    }
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        if (!images[core].included) {
            continue;
        }
        if (!both) {
            duo_boot_verify_active(boot, core);
        }
        if (!is_new(boot, core)) {
            duo_boot_tell(boot, DUO_REASON_INSTALL_VERIFY_FAILED, core, NULL);
            good = false;
        }
    }
    return good;
}

static enum duo_err write_trailer(const struct duo_boot *boot,
                                  enum duo_core slot, bool permanent)
{
    const struct duo_area *area = &boot->slots.trailer[slot];
    enum duo_swap_type type = permanent ? DUO_SWAP_PERMANENT : DUO_SWAP_TEST;

    return boot->resumed ? duo_trailer_write(area, type, permanent)
                         : duo_trailer_program(area, type, permanent);
}

/* The marks of an earlier boot may lie: they lie in external flash. A copy
 * that went on from them and does not verify is compared from the start. */
static bool copy_and_verify(struct duo_boot *boot)
{
    if (!copy_all(boot)) {
        return false;
    }
    if (verify_all(boot)) {
        return true;
    }
    if (!boot->resumed ||
        (!boot->net_ok && boot->progress.images[DUO_CORE_NET].included)) {
        return false;
    }
    memset(boot->progress.units_done[DUO_COPY_INSTALL], 0,
           sizeof(boot->progress.units_done[DUO_COPY_INSTALL]));
    return copy_all(boot) && verify_all(boot);
}

static enum duo_err write_trailers(struct duo_boot *boot)
{
    enum duo_err err = DUO_OK;

    for (unsigned i = 0; err == DUO_OK && i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        const struct duo_progress_image *image = &boot->progress.images[core];

        if (image->included) {
            err = write_trailer(boot, core, image->permanent);
        }
        /* A one-pair application confirms with its own trailer. */
        if (err == DUO_OK && image->from_other && !image->permanent) {
            err = write_trailer(boot, duo_core_other(core), false);
        }
    }
    return err == DUO_OK
               ? duo_progress_set_phase(&boot->progress, DUO_PHASE_TRAILERS)
               : err;
}

/* Put the previous image where users of swap look for it. */
static enum duo_err keep_previous(struct duo_boot *boot, enum duo_core core)
{
    unsigned count = 0;
    struct duo_lane *lane = duo_boot_lane(boot, &count, DUO_COPY_MIRROR, core);

    duo_boot_set_lane(lane, &boot->slots.backup[core],
                      boot->progress.images[core].old_bytes,
                      &boot->slots.staged[core]);
    lane->marked = false;
    return duo_boot_run_lanes(boot, count);
}

/* After a cut what reads blank may be weak, and is to hold a request or to
 * read empty for long. */
static enum duo_err blank(const struct duo_boot *boot,
                          const struct duo_area *slot, uint32_t off_bytes)
{
    return boot->resumed ? duo_area_erase(slot, off_bytes, DUO_UNIT_BYTES)
                         : duo_area_blank(slot, off_bytes, DUO_UNIT_BYTES);
}

static enum duo_err clear_staged(struct duo_boot *boot)
{
    bool previous = boot->config->policy->staged == DUO_STAGED_PREVIOUS;
    enum duo_err err = DUO_OK;

    for (unsigned i = 0; err == DUO_OK && i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        const struct duo_progress_image *image = &boot->progress.images[core];
        const struct duo_area *slot = &boot->slots.staged[slot_of(boot, core)];

        if (!image->included) {
            continue;
        }
        err = blank(boot, slot, slot->size_bytes - DUO_UNIT_BYTES);
        if (err == DUO_OK) {
            err = blank(boot, slot, 0);
        }
        if (err == DUO_OK && previous && image->has_backup) {
            err = keep_previous(boot, core);
        }
    }
    return err;
}

static void tell_installed(struct duo_boot *boot)
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_progress_image *image = &boot->progress.images[core];
        if (image->included && boot->resumed) {
            duo_boot_tell_active(boot, DUO_REASON_INSTALL_RESUMED,
                                 (enum duo_core)core);
        }
        if (image->included) {
            duo_boot_tell_active(boot,
                                 image->permanent
                                     ? DUO_REASON_INSTALLED_PERMANENT
                                     : DUO_REASON_INSTALLED_TEST,
                                 (enum duo_core)core);
        }
    }
}

void duo_boot_run_install(struct duo_boot *boot)
{
    bool copied = boot->progress.phases[DUO_PHASE_TRAILERS];

    if (boot->resumed && duo_progress_strengthen(&boot->progress) != DUO_OK) {
        boot->ext_ok = false;
        return;
    }
    if (copied ? !verify_all(boot) : !copy_and_verify(boot)) {
        duo_boot_roll_back(boot);
        return;
    }
    enum duo_err err = copied ? DUO_OK : write_trailers(boot);
    if (err == DUO_OK) {
        err = clear_staged(boot);
    }
    if (err != DUO_OK) {
        duo_boot_ext_failed(boot);
        return;
    }
    tell_installed(boot);
    boot->commit_pending = true;
}

/* Of two images that go together one may be for good and one on trial. The
 * first is confirmed with the second, and its trailer says so already. */
static bool is_confirmed_at_once(const struct duo_progress *progress,
                                 unsigned core)
{
    enum duo_core other = duo_core_other((enum duo_core)core);

    return progress->images[core].included &&
           progress->images[core].permanent &&
           (!progress->dependent || progress->images[other].permanent);
}

void duo_boot_commit(struct duo_boot *boot)
{
    enum duo_err err =
        duo_progress_set_phase(&boot->progress, DUO_PHASE_FINISHED);

    for (unsigned core = 0; err == DUO_OK && core < DUO_CORE_COUNT; core++) {
        if (is_confirmed_at_once(&boot->progress, core)) {
            err = duo_progress_set_phase(&boot->progress,
                                         DUO_PHASE_CONFIRMED + core);
        }
    }
    boot->commit_pending = false;
    if (err != DUO_OK) {
        boot->ext_ok = false;
    }
}
