/* SPDX-License-Identifier: MIT */
/* The previous image once more: a request in an empty staged slot asks for
 * it. S <- B, and then S is installed as anything that was uploaded is.
 *
 *   mark 0                             (a cut goes on from here)
 *   units 1.. of B to S, each with its mark
 *   unit 0                             (S is no image before that)
 *   told; the mark behind the last unit's: S stands by itself
 *
 * B is read only here; nothing overwrites it before S is whole and verified,
 * and an install was begun. The marks lie in the sector of the request and go
 * with it. Who writes S can forge them; then S does not verify. */
#include <string.h>

#include "boot_internal.h"

static void open_marks(const struct duo_boot *boot, enum duo_core slot,
                       struct duo_progress *marks)
{
    const struct duo_area *staged = &boot->slots.staged[slot];

    memset(marks, 0, sizeof(*marks));
    marks->area = *staged;
    marks->area.off_bytes += staged->size_bytes - DUO_UNIT_BYTES;
    marks->area.size_bytes = DUO_UNIT_BYTES;
}

/* A function of its own, so that the marks are not on the stack while an image
 * is verified, which goes deepest. */
static enum duo_err read_done(const struct duo_boot *boot, enum duo_core slot,
                              uint32_t *done)
{
    struct duo_progress marks;

    open_marks(boot, slot, &marks);
    enum duo_err err = duo_progress_load_units(&marks, DUO_COPY_PREVIOUS, slot);
    *done = marks.units_done[DUO_COPY_PREVIOUS][slot];
    return err;
}

static enum duo_err set_mark(struct duo_progress *marks, enum duo_core slot,
                             uint32_t unit_index)
{
    enum duo_err err =
        duo_progress_start_mark(marks, DUO_COPY_PREVIOUS, slot, unit_index);

    return err == DUO_OK ? duo_flash_wait(marks->area.flash) : err;
}

/* Is this what the board, and not the image, has against it? */
static bool is_withdrawn(enum duo_reason reason)
{
    return reason == DUO_REASON_SECURITY_COUNTER_LOW ||
           reason == DUO_REASON_SECURITY_COUNTER_MISSING;
}

/* The copy must leave the sector of the request alone. */
static bool fits(const struct duo_boot *boot, enum duo_core slot,
                 const struct duo_image *image)
{
    return image->total_bytes <=
           boot->slots.staged[slot].size_bytes - DUO_TRAILER_RESERVED_BYTES;
}

static uint32_t unit_count(const struct duo_image *image)
{
    return (image->total_bytes + DUO_UNIT_BYTES - 1U) / DUO_UNIT_BYTES;
}

bool duo_boot_finds_previous(struct duo_boot *boot, enum duo_core slot)
{
    struct duo_survey *staged = &boot->staged[slot];
    struct duo_survey backup;
    uint32_t done;

    if (boot->config->policy->backup == DUO_BACKUP_NONE ||
        read_done(boot, slot, &done) != DUO_OK) {
        return false;
    }
    if (staged->reason != DUO_REASON_EMPTY && done == 0) {
        return false; /* An upload, of whatever kind. */
    }
    duo_boot_verify_ext(boot, &boot->slots.backup[slot], slot, &backup);
    if (staged->verdict == DUO_VERDICT_ACCEPT &&
        !duo_survey_is(&backup, staged->image.digest)) {
        return false; /* Whoever wrote the marks, it is no copy of that. */
    }
    if (is_withdrawn(backup.reason)) {
        *staged = backup; /* Says more than that S is empty. */
    }
    if (backup.verdict != DUO_VERDICT_ACCEPT ||
        !fits(boot, slot, &backup.image) || done > unit_count(&backup.image)) {
        return false;
    }
    *staged = backup;
    return true;
}

/* Copy units up to the end of @p len_bytes, each with its mark; or unit 0
 * alone, without. */
static enum duo_err copy(struct duo_boot *boot, enum duo_core slot,
                         struct duo_progress *marks, uint32_t len_bytes)
{
    unsigned count = 0;
    struct duo_lane *lane =
        duo_boot_lane(boot, &count, DUO_COPY_PREVIOUS, slot);

    lane->progress = marks;
    lane->marked = len_bytes != DUO_UNIT_BYTES;
    duo_boot_set_lane(lane, &boot->slots.backup[slot], len_bytes,
                      &boot->slots.staged[slot]);
    return duo_boot_run_lanes(boot, count);
}

enum duo_err duo_boot_stage_previous(struct duo_boot *boot, enum duo_core slot)
{
    const struct duo_image *image = &boot->staged[slot].image;
    const uint32_t units = unit_count(image);
    struct duo_progress marks;
    uint32_t done;
    enum duo_err err = read_done(boot, slot, &done);

    done += done == 0 ? 1U : 0U; /* Unit 0 counts, and comes last. */
    open_marks(boot, slot, &marks);
    marks.units_done[DUO_COPY_PREVIOUS][slot] = done;
    if (err == DUO_OK) { /* May be the mark that was cut. */
        err = set_mark(&marks, slot, done - 1U);
    }
    if (err == DUO_OK && done < units) {
        err = copy(boot, slot, &marks, image->total_bytes);
    }
    if (err == DUO_OK) {
        err = copy(boot, slot, &marks, DUO_UNIT_BYTES);
    }
    if (err == DUO_OK) {
        duo_boot_tell(boot, DUO_REASON_PREVIOUS_STAGED, slot, &image->version);
        err = set_mark(&marks, slot, units);
    }
    return err;
}
