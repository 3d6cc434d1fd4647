/* SPDX-License-Identifier: MIT */
/* Files for an upload; see device_files.h. */
#include "device_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board_trust.h"
#include "check.h"

/* Digests only: whose signature is good is for the board to say. */
static bool add(struct duo_upload_files *all, struct duo_bytes bytes,
                const struct duo_tool_trust *trust, const char *label,
                struct duo_tool_error *error)
{
    struct duo_tool_verdict verdict;
    struct duo_device_image *image = &all->images[all->count];

    if (all->count == DUO_UPLOAD_IMAGES_MAX) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "at most %u images at a time",
                             DUO_UPLOAD_IMAGES_MAX);
    }
    all->labels[all->count] = strdup(label);
    if (!duo_device_image_init(image, all->labels[all->count], bytes, error)) {
        all->count++; /* The label is freed with the others. */
        return false;
    }
    duo_tool_check_image(bytes, &trust->trust, &verdict);
    all->cores[all->count] = verdict.image.core;
    all->count++;
    if (verdict.reason == DUO_REASON_DIGEST_MISMATCH ||
        verdict.reason == DUO_REASON_DIGEST_MISSING) {
        return duo_tool_fail(error, DUO_EXIT_INPUT, "%s: %s", label,
                             duo_reason_sentence(verdict.reason));
    }
    return true;
}

static bool add_package(struct duo_upload_files *all, const char *path,
                        struct duo_bytes bytes,
                        const struct duo_tool_trust *trust,
                        struct duo_tool_error *error)
{
    struct duo_package *package = &all->packages[all->package_count];

    if (!duo_package_parse(path, bytes, package, error)) {
        return false;
    }
    all->package_count++;
    for (size_t i = 0; i < package->count; i++) {
        const struct duo_package_entry *entry = &package->entries[i];
        char label[256];

        (void)snprintf(label, sizeof(label), "%s:%s", path, entry->file);
        if (!add(all, duo_tool_buffer_view(&entry->bytes), trust, label,
                 error)) {
            return false;
        }
        all->images[all->count - 1U].image_index = (int32_t)entry->image_index;
    }
    return true;
}

static bool read_one(struct duo_upload_files *all, const char *path,
                     const struct duo_tool_trust *trust,
                     struct duo_tool_error *error)
{
    struct duo_tool_image_file *file = &all->files[all->file_count];
    struct duo_bytes bytes;

    if (all->file_count == DUO_UPLOAD_IMAGES_MAX) {
        return duo_tool_fail(error, DUO_EXIT_USAGE, "at most %u files",
                             DUO_UPLOAD_IMAGES_MAX);
    }
    if (!duo_tool_image_file_read(path, file, error)) {
        return false;
    }
    all->file_count++;
    bytes = duo_tool_buffer_view(&file->bytes);
    return duo_package_is_zip(bytes)
               ? add_package(all, path, bytes, trust, error)
               : add(all, bytes, trust, path, error);
}

/* Two images for one core: the second upload would replace the first. */
static bool check_cores(const struct duo_upload_files *all,
                        struct duo_tool_error *error)
{
    for (size_t i = 0; i < all->count; i++) {
        for (size_t j = i + 1U; j < all->count; j++) {
            if (all->cores[i] < DUO_CORE_NONE &&
                all->cores[i] == all->cores[j]) {
                return duo_tool_fail(
                    error, DUO_EXIT_USAGE,
                    "%s and %s are both for the %s core, whose slot holds one",
                    all->images[i].label, all->images[j].label,
                    duo_core_name(all->cores[i]));
            }
        }
    }
    return true;
}

bool duo_upload_files_read(struct duo_upload_files *all,
                           const char *const *paths, size_t count,
                           struct duo_tool_error *error)
{
    struct duo_tool_trust trust;

    if (!duo_board_trust(NULL, &trust, error)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_one(all, paths[i], &trust, error)) {
            return false;
        }
    }
    return check_cores(all, error);
}

void duo_upload_files_free(struct duo_upload_files *all)
{
    for (size_t i = 0; i < all->file_count; i++) {
        duo_tool_image_file_free(&all->files[i]);
    }
    for (size_t i = 0; i < all->package_count; i++) {
        duo_package_free(&all->packages[i]);
    }
    for (size_t i = 0; i < all->count; i++) {
        free(all->labels[i]);
    }
}
