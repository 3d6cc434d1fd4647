/* SPDX-License-Identifier: MIT */
/* What a restore would leave; see patchwork.h. */
#include "patchwork.h"

#include <string.h>

/* Two areas as one: the first up to a border, the second behind it. */
struct patchwork {
    struct duo_flash flash; /* First. */
    struct duo_area front;
    struct duo_area rest;
    uint32_t border_bytes;
};

static enum duo_err read_both(struct duo_flash *flash, uint32_t off_bytes,
                              void *dst, size_t len_bytes)
{
    const struct patchwork *work = (const struct patchwork *)(void *)flash;
    uint8_t *to = dst;
    size_t front_bytes = 0;
    enum duo_err err = DUO_OK;

    if (off_bytes < work->border_bytes) {
        front_bytes = work->border_bytes - off_bytes;
        front_bytes = front_bytes < len_bytes ? front_bytes : len_bytes;
        err = duo_area_read(&work->front, off_bytes, to, front_bytes);
    }
    if (err == DUO_OK && front_bytes < len_bytes) {
        err = duo_area_read(&work->rest, off_bytes + (uint32_t)front_bytes,
                            to + front_bytes, len_bytes - front_bytes);
    }
    return err;
}

static enum duo_err is_done(struct duo_flash *flash)
{
    (void)flash;
    return DUO_OK; /* Both reads were waited for. */
}

/* Nothing writes here, and nothing waits. */
static const struct duo_flash_ops ops = {
    .start_read = read_both,
    .poll = is_done,
};

bool duo_boot_restore_is_good(struct duo_boot *boot, enum duo_core core,
                              bool roll_back)
{
    const struct duo_progress *progress = &boot->progress;
    const struct duo_progress_image *image = &progress->images[core];
    const struct duo_slots *slots = &boot->slots;
    struct patchwork work = {
        .flash = {.ops = &ops, .name = "patchwork"},
        .front = image->from_mirror ? slots->mirror : slots->backup[core],
        .rest = slots->active[core],
        .border_bytes = UINT32_MAX,
    };
    const struct duo_area area = {&work.flash, 0, work.front.size_bytes};
    struct duo_survey survey;

    if (roll_back) {
        work.border_bytes =
            progress->units_done[DUO_COPY_BACKUP][core] * DUO_UNIT_BYTES;
    }
    work.flash.geometry = work.front.flash->geometry;
    duo_boot_verify_ext(boot, &area, core, &survey);
    return duo_survey_is(&survey, image->old_digest) &&
           survey.image.total_bytes == image->old_bytes;
}
