/* SPDX-License-Identifier: MIT */
/* The images that `duoboot upload` is given: files and packages, read whole and
 * looked at before a byte is sent. */
#ifndef DUO_TOOLS_DEVICE_FILES_H
#define DUO_TOOLS_DEVICE_FILES_H

#include "device.h"
#include "image_file.h"
#include "package.h"

#define DUO_UPLOAD_IMAGES_MAX 16U

struct duo_upload_files {
    struct duo_device_image images[DUO_UPLOAD_IMAGES_MAX];
    /* What each image says of itself; NONE: linked for no core of ours. */
    enum duo_core cores[DUO_UPLOAD_IMAGES_MAX];
    size_t count;
    /* What holds the bytes and names. */
    struct duo_tool_image_file files[DUO_UPLOAD_IMAGES_MAX];
    size_t file_count;
    struct duo_package packages[DUO_UPLOAD_IMAGES_MAX];
    size_t package_count;
    char *labels[DUO_UPLOAD_IMAGES_MAX];
};

/** Read them all. Fails with IO, INPUT or REFUSED; free in any case. */
bool duo_upload_files_read(struct duo_upload_files *all,
                           const char *const *paths, size_t count,
                           struct duo_tool_error *error);
void duo_upload_files_free(struct duo_upload_files *all);

#endif
