/* SPDX-License-Identifier: MIT */
/* Packages, read; see package.h. */
#include "package.h"

#include <stdlib.h>

#include "package_internal.h"

/* A file that nobody will take is a mistake, or is hidden there. */
static bool all_named(const struct duo_package_zip *zip,
                      struct duo_tool_error *error)
{
    for (size_t i = 0; i < zip->count; i++) {
        if (!zip->files[i].is_named) {
            return duo_tool_fail(error, DUO_EXIT_INPUT,
                                 "%s: '%s' is in the zip, but %s does not name "
                                 "it: what is it for?",
                                 zip->label, zip->files[i].name,
                                 DUO_PACKAGE_MANIFEST);
        }
    }
    return true;
}

static bool parse_zip(struct duo_package_zip *zip, struct duo_package *package,
                      struct duo_tool_error *error)
{
    struct duo_package_zip_file *manifest =
        duo_package_zip_find(zip, DUO_PACKAGE_MANIFEST);
    json_t *root;
    bool done;

    if (manifest == NULL) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: there is no %s in the zip", zip->label,
                             DUO_PACKAGE_MANIFEST);
    }
    manifest->is_named = true;
    root = duo_package_json(zip->label, duo_tool_buffer_view(&manifest->bytes),
                            error);
    if (root == NULL) {
        return false;
    }
    done = duo_package_take_manifest(zip, root, package, error) &&
           all_named(zip, error);
    json_decref(root);
    package->manifest = manifest->bytes;
    manifest->bytes = (struct duo_tool_buffer){0};
    package->is_streamable = zip->is_streamable;
    return done;
}

bool duo_package_parse(const char *label, struct duo_bytes bytes,
                       struct duo_package *package,
                       struct duo_tool_error *error)
{
    struct duo_package_zip zip;
    bool done;

    *package = (struct duo_package){0};
    done = duo_package_unzip(label, bytes, &zip, error) &&
           parse_zip(&zip, package, error);
    duo_package_zip_free(&zip);
    if (!done) {
        duo_package_free(package);
    }
    return done;
}

bool duo_package_read(const char *path, struct duo_package *package,
                      struct duo_tool_error *error)
{
    struct duo_tool_buffer bytes;
    bool done;

    *package = (struct duo_package){0};
    if (!duo_tool_file_read(path, &bytes, error)) {
        return false;
    }
    done =
        duo_package_parse(path, duo_tool_buffer_view(&bytes), package, error);
    duo_tool_buffer_free(&bytes);
    return done;
}

void duo_package_free(struct duo_package *package)
{
    for (size_t i = 0; i < package->count; i++) {
        struct duo_package_entry *entry = &package->entries[i];
        free(entry->file);
        free(entry->type);
        free(entry->board);
        free(entry->soc);
        free(entry->version);
        duo_tool_buffer_free(&entry->bytes);
    }
    free(package->entries);
    free(package->name);
    duo_tool_buffer_free(&package->manifest);
    *package = (struct duo_package){0};
}
