/* SPDX-License-Identifier: MIT */
/* The mirror of the network image in external flash: is it true, and making it
 * so. Its trailer goes first and comes last, and vouches for the rest; the
 * marks of a rebuild lie in the trailer's own sector, in front of it. */
#include <string.h>

#include "boot_internal.h"

static bool has_header_of_active(struct duo_boot *boot)
{
    const struct duo_image_check check = duo_boot_image_check(
        boot, &boot->slots.mirror, boot->slots.image_bytes_max[DUO_CORE_NET]);
    struct duo_image image;

    return duo_image_parse(&check, &image) == DUO_REASON_NONE &&
           duo_boot_active_is(boot, DUO_CORE_NET, image.digest) &&
           image.total_bytes == boot->active[DUO_CORE_NET].image.total_bytes;
}

bool duo_boot_mirror_is_true(struct duo_boot *boot)
{
    struct duo_trailer trailer;

    return duo_trailer_read(&boot->slots.mirror, &trailer) == DUO_OK &&
           trailer.magic == DUO_FIELD_GOOD && has_header_of_active(boot);
}

static bool is_on_trial(const struct duo_boot *boot)
{
    const struct duo_progress_image *image =
        &boot->progress.images[DUO_CORE_NET];

    return boot->commit_pending && image->included && !image->permanent;
}

/* Go on from the marks of a rebuild that was cut, or begin a new one. The
 * sector is erased for a new one even if it looks blank: its erase may be the
 * one that was cut. */
static enum duo_err open_marks(struct duo_boot *boot,
                               struct duo_progress *marks)
{
    const struct duo_area *mirror = &boot->slots.mirror;
    struct duo_trailer trailer;

    memset(marks, 0, sizeof(*marks));
    marks->area = *mirror;
    marks->area.off_bytes += mirror->size_bytes - DUO_UNIT_BYTES;
    marks->area.size_bytes = DUO_UNIT_BYTES;
    enum duo_err err = duo_trailer_read(mirror, &trailer);
    if (err == DUO_OK && trailer.magic == DUO_FIELD_ERASED) {
        err = duo_progress_load_units(marks, DUO_COPY_REBUILD, DUO_CORE_NET);
    }
    if (err == DUO_OK && marks->units_done[DUO_COPY_REBUILD][1] == 0) {
        err = duo_area_erase(&marks->area, 0, DUO_UNIT_BYTES);
    }
    return err;
}

static enum duo_err rebuild(struct duo_boot *boot)
{
    struct duo_progress marks;
    unsigned count = 0;
    enum duo_err err = open_marks(boot, &marks);
    struct duo_lane *lane =
        duo_boot_lane(boot, &count, DUO_COPY_REBUILD, DUO_CORE_NET);

    lane->progress = &marks;
    duo_boot_set_lane(lane, &boot->slots.active[DUO_CORE_NET],
                      boot->active[DUO_CORE_NET].image.total_bytes,
                      &boot->slots.mirror);
    if (err == DUO_OK) {
        err = duo_boot_run_lanes(boot, count);
    }
    if (err == DUO_OK) {
        err = duo_trailer_write(&boot->slots.mirror, DUO_SWAP_TEST,
                                !is_on_trial(boot));
    }
    return err;
}

void duo_boot_mend_mirror(struct duo_boot *boot)
{
    const struct duo_survey *active = &boot->active[DUO_CORE_NET];

    if (active->verdict != DUO_VERDICT_ACCEPT ||
        duo_boot_mirror_is_true(boot)) {
        return;
    }
    if (rebuild(boot) == DUO_OK) {
        duo_boot_tell(boot, DUO_REASON_MIRROR_REBUILT, DUO_CORE_NET,
                      &active->image.version);
    } else {
        duo_boot_ext_failed(boot);
    }
}
