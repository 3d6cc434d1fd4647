/* SPDX-License-Identifier: MIT */
/* Do images of the two cores work together? See boot_internal.h. */
#include "boot_internal.h"

bool duo_dependencies_met(const struct duo_image *const images[DUO_CORE_COUNT],
                          enum duo_core core)
{
    const struct duo_image *image = images[core];

    if (image == NULL) {
        return true;
    }
    for (uint32_t i = 0; i < image->dependency_count; i++) {
        const struct duo_dependency *need = &image->dependencies[i];
        if (need->core >= DUO_CORE_COUNT || images[need->core] == NULL ||
            duo_version_compare(&images[need->core]->version,
                                &need->version_min) < 0) {
            return false;
        }
    }
    return true;
}
