/* SPDX-License-Identifier: MIT */
/* Which images of a device a word of the command line means. */
#ifndef DUO_TOOLS_DEVICE_CHOOSE_H
#define DUO_TOOLS_DEVICE_CHOOSE_H

#include "device_view.h"

struct duo_choice {
    const struct duo_client_image *list[DUO_CLIENT_IMAGES_MAX];
    size_t count;
};

enum duo_choose {
    DUO_CHOOSE_TO_TEST,    /* Of a core: slot 1. */
    DUO_CHOOSE_TO_CONFIRM, /* Of a core: slot 0 if on trial, else slot 1. */
};

/**
 * @p word: "app", "net", "both", at least 4 digits of a digest, or the file of
 * a signed image.
 *
 * @return false with USAGE (what is meant is not clear), REFUSED (the device
 *         has no such image) or what reading the file gives.
 */
bool duo_device_choose(const struct duo_client_images *images, const char *word,
                       enum duo_choose purpose, struct duo_choice *choice,
                       struct duo_tool_error *error);

/** The images, bit by bit, that "app", "net" or "both" mean; 0: another word.
 */
uint32_t duo_device_cores_of(const char *word);

#endif
