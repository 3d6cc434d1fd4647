/* SPDX-License-Identifier: MIT */
/* Where an upload goes, once the head of its image has told what it is. */
#include "smp/image_internal.h"

static bool is_older(struct duo_smp_image *image,
                     const struct duo_version *version)
{
    struct duo_smp_image_state active;

    return duo_smp_image_look(image, image->core, 0, &active) == DUO_OK &&
           active.present && duo_version_compare(version, &active.version) <= 0;
}

static bool choose_target(struct duo_smp_image *image,
                          struct duo_upload_target *target)
{
    const struct duo_slots *slots = image->config.slots;
    const enum duo_core core = image->core;

    *target = (struct duo_upload_target){slots->staged[core], true};
    if (smp_image_open(image)) {
        return true;
    }
    *target = (struct duo_upload_target){slots->active[core], false};
    return image->config.policy.direct_without_ext && core == DUO_CORE_APP;
}

enum duo_smp_image_error smp_image_route(struct duo_smp_image *image)
{
    const struct duo_version version = image->image.version;
    struct duo_upload_target target;

    image->core = image->image.core;
    if (image->upload.len_bytes >
        image->config.slots->image_bytes_max[image->core]) {
        return DUO_SMP_IMAGE_TOO_LARGE;
    }
    if (!choose_target(image, &target)) {
        return DUO_SMP_IMAGE_FLASH_OPEN_FAILED;
    }
    if (image->only_newer && is_older(image, &version)) {
        return DUO_SMP_IMAGE_OLDER;
    }
    enum duo_err err = duo_upload_into(&image->upload, &target);
    if (err == DUO_OK) {
        return 0;
    }
    return err == DUO_ERR_RANGE ? DUO_SMP_IMAGE_TOO_LARGE
                                : DUO_SMP_IMAGE_FLASH_READ_FAILED;
}
