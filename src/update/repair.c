/* SPDX-License-Identifier: MIT */
/* Repairs: an active image that does not verify, a trial without a record, a
 * mirror that is not one; and the security counters. */
#include <string.h>

#include "boot_internal.h"

/* What can replace a bad image, best first. */
enum source { SOURCE_MIRROR, SOURCE_BACKUP, SOURCE_STAGED, SOURCE_COUNT };

/* Forget the last record; a new one is to concern @p core alone. */
static struct duo_progress_image *new_record(struct duo_progress *progress,
                                             enum duo_core core)
{
    memset(progress->images, 0, sizeof(progress->images));
    progress->dependent = false;
    progress->images[core].included = true;
    return &progress->images[core];
}

/* Make the record of a restore and run it. */
static void restore(struct duo_boot *boot, enum duo_core core,
                    const struct duo_image *image, bool from_mirror)
{
    struct duo_progress_image *record = new_record(&boot->progress, core);

    record->restore_only = true;
    record->from_mirror = from_mirror;
    record->old_bytes = image->total_bytes;
    memcpy(record->old_digest, image->digest, DUO_SHA256_BYTES);
    if (duo_progress_create(&boot->progress) != DUO_OK ||
        duo_boot_begin_revert(boot, 1U << core) != DUO_OK) {
        duo_boot_ext_failed(boot);
        return;
    }
    boot->resumed = false;
    duo_boot_run_revert(boot);
}

/* Install the staged image although nobody asked: nothing else is left. */
static void bootstrap(struct duo_boot *boot, enum duo_core core)
{
    struct duo_progress_image *record = new_record(&boot->progress, core);
    const struct duo_image *image = &boot->staged[core].image;

    record->permanent = true;
    record->new_bytes = image->total_bytes;
    memcpy(record->new_digest, image->digest, DUO_SHA256_BYTES);
    if (duo_boot_begin_install(boot) != DUO_OK) {
        boot->ext_ok = false;
        return;
    }
    duo_boot_tell(boot, DUO_REASON_REPAIRED_FROM_STAGED, core, &image->version);
    duo_boot_run_install(boot);
}

static const struct duo_area *
source_area(const struct duo_boot *boot, enum duo_core core, enum source source)
{
    if (source == SOURCE_MIRROR) {
        return core == DUO_CORE_NET ? &boot->slots.mirror : NULL;
    }
    return source == SOURCE_BACKUP ? &boot->slots.backup[core]
                                   : &boot->slots.staged[core];
}

/* A mirror that still holds the image that was just taken back is no source:
 * it was to be rebuilt. */
static bool was_taken_back(const struct duo_boot *boot, enum duo_core core,
                           const struct duo_image *image)
{
    const struct duo_progress *progress = &boot->progress;

    return progress->open && progress->images[core].included &&
           progress->phases[DUO_PHASE_REVERTED + (unsigned)core] &&
           memcmp(image->digest, progress->images[core].new_digest,
                  DUO_SHA256_BYTES) == 0;
}

bool duo_boot_repair(struct duo_boot *boot, enum duo_core core)
{
    while (boot->repairs_tried[core] < SOURCE_COUNT) {
        enum source source = (enum source)boot->repairs_tried[core];
        const struct duo_area *area = source_area(boot, core, source);
        struct duo_survey *survey = &boot->staged[core];

        boot->repairs_tried[core]++;
        if (area == NULL) {
            continue;
        }
        duo_boot_verify_ext(boot, area, core, survey);
        if (survey->verdict != DUO_VERDICT_ACCEPT ||
            was_taken_back(boot, core, &survey->image)) {
            continue;
        }
        if (source == SOURCE_STAGED) {
            bootstrap(boot, core);
        } else {
            restore(boot, core, &survey->image, source == SOURCE_MIRROR);
        }
        return true;
    }
    return false;
}

void duo_boot_revert_unrecorded(struct duo_boot *boot, enum duo_core core)
{
    struct duo_survey backup;

    duo_boot_tell_active(boot, DUO_REASON_REVERT_NOT_CONFIRMED, core);
    duo_boot_verify_ext(boot, &boot->slots.backup[core], core, &backup);
    if (backup.verdict == DUO_VERDICT_ACCEPT &&
        !duo_boot_active_is(boot, core, backup.image.digest)) {
        restore(boot, core, &backup.image, false);
        return;
    }
    duo_boot_tell(boot, DUO_REASON_BACKUP_DAMAGED, core, NULL);
    if (duo_trailer_write(&boot->slots.trailer[core], DUO_SWAP_REVERT, true) !=
        DUO_OK) {
        boot->ext_ok = false;
    }
}

void duo_boot_mend_trailer(struct duo_boot *boot, enum duo_core core)
{
    if (core == DUO_CORE_NET && !duo_boot_mirror_is_true(boot)) {
        duo_boot_mend_mirror(boot); /* Its trailer vouches for all of it. */
        return;
    }
    if (duo_trailer_write(&boot->slots.trailer[core], DUO_SWAP_TEST, true) !=
        DUO_OK) {
        boot->ext_ok = false;
        duo_boot_tell(boot,
                      core == DUO_CORE_APP ? DUO_REASON_APP_FLASH_FAILED
                                           : DUO_REASON_EXT_FLASH_FAILED,
                      core, NULL);
        return;
    }
    duo_boot_tell_active(boot, DUO_REASON_TRAILER_REPAIRED, core);
}

/* No update of the image is open, or it was confirmed. */
static bool is_settled(const struct duo_boot *boot, enum duo_core core)
{
    const struct duo_progress *progress = &boot->progress;

    return !progress->open || !progress->images[core].included ||
           progress->phases[DUO_PHASE_CONFIRMED + core] ||
           progress->phases[DUO_PHASE_REVERTED + core];
}

void duo_boot_raise_counters(struct duo_boot *boot)
{
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        const struct duo_survey *active = &boot->active[core];

        if (active->verdict != DUO_VERDICT_ACCEPT || !is_settled(boot, core) ||
            active->image.security_counter <= boot->counters[core]) {
            continue;
        }
        enum duo_err err = duo_counter_raise(&boot->slots.counters, core,
                                             active->image.security_counter);
        if (err == DUO_OK) {
            boot->counters[core] = active->image.security_counter;
        }
        duo_boot_tell(boot,
                      err == DUO_OK ? DUO_REASON_COUNTER_RAISED
                                    : DUO_REASON_COUNTER_STORE_FULL,
                      core, &active->image.version);
    }
}
