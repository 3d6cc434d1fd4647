/* SPDX-License-Identifier: MIT */
/* What the files of package.h share: the zip's files, before the manifest
 * tells what they are. */
#ifndef DUO_TOOL_PACKAGE_INTERNAL_H
#define DUO_TOOL_PACKAGE_INTERNAL_H

#include <jansson.h>

#include "package.h"

#define DUO_PACKAGE_ZIP_FILES_MAX (DUO_PACKAGE_ENTRIES_MAX + 1U)
#define DUO_PACKAGE_TEXT_CHARS    128U

struct duo_package_zip_file {
    char *name;
    struct duo_tool_buffer bytes;
    bool is_named; /* The manifest, or in it. */
};

struct duo_package_zip {
    const char *label; /* For messages. */
    struct duo_package_zip_file files[DUO_PACKAGE_ZIP_FILES_MAX];
    size_t count;
    uint64_t total_bytes; /* Unpacked. */
    bool is_streamable;
};

/** Unpack everything: flat, plain names, each once, right CRCs, no more than
 * DUO_TOOL_FILE_BYTES_MAX together. Needs duo_package_zip_free() always. */
bool duo_package_unzip(const char *label, struct duo_bytes bytes,
                       struct duo_package_zip *zip,
                       struct duo_tool_error *error);
void duo_package_zip_free(struct duo_package_zip *zip);

/** The file of this name, or NULL. */
struct duo_package_zip_file *duo_package_zip_find(struct duo_package_zip *zip,
                                                  const char *name);

/** manifest.json as JSON; NULL and an error with line and column. A raw
 * 0x number, which the vendor's build once wrote, is taken too. */
json_t *duo_package_json(const char *label, struct duo_bytes text,
                         struct duo_tool_error *error);

/** Fill in @p package from the manifest and take the files out of @p zip. */
bool duo_package_take_manifest(struct duo_package_zip *zip, json_t *root,
                               struct duo_package *package,
                               struct duo_tool_error *error);

/** What a finding is about: an error of a file's field, as @p who sees it. */
struct duo_package_finding
duo_package_about(const char *who, const struct duo_package_entry *entry,
                  const char *field);

/** Add a finding with this sentence. */
void duo_package_add_finding(struct duo_package_findings *findings,
                             const struct duo_package_finding *about,
                             const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The part of duo_package_check() that is about the phone apps. */
void duo_package_check_apps(const struct duo_package *package,
                            struct duo_package_findings *findings);

/** True if printing the text could do more than print. */
bool duo_package_has_control(const char *text);

/** strdup() that ends the process if memory is short. */
char *duo_package_copy_text(const char *text);

#endif
