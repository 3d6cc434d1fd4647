/* SPDX-License-Identifier: MIT */
/* From manifest.json to the entries of a package; see package_internal.h.
 * Takes every form in which the vendor's build and the phone apps write or
 * read a field. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "package_internal.h"

#define NUMBER_MAX 255

/* The object that is read, and how messages call it. */
struct reader {
    struct duo_package_zip *zip;
    struct duo_tool_error *error;
    struct duo_package *package;
    json_t *object;
    char place[40]; /* "" or "files[3].". */
};

struct number {
    int64_t max;
    int64_t value;
    bool allows_hex;
    bool is_there;
};

static bool field_fail(const struct reader *it, const char *key,
                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool field_fail(const struct reader *it, const char *key,
                       const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start() did. */
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return duo_tool_fail(it->error, DUO_EXIT_INPUT, "%s: %s: %s%s %s",
                         it->zip->label, DUO_PACKAGE_MANIFEST, it->place, key,
                         text);
}

/* A text, or "" if the manifest has none. A number will do for a text, as it
 * does on Android. */
static bool take_text(const struct reader *it, const char *key, char **out)
{
    const json_t *value = json_object_get(it->object, key);
    char digits[24];

    free(*out);
    *out = NULL;
    if (value == NULL || json_is_null(value)) {
        *out = duo_package_copy_text("");
        return true;
    }
    if (json_is_integer(value)) {
        (void)snprintf(digits, sizeof(digits), "%lld",
                       (long long)json_integer_value(value));
        *out = duo_package_copy_text(digits);
        return true;
    }
    if (!json_is_string(value)) {
        *out = duo_package_copy_text("");
        return field_fail(it, key, "must be a text");
    }
    if (duo_package_has_control(json_string_value(value)) ||
        json_string_length(value) > DUO_PACKAGE_TEXT_CHARS) {
        *out = duo_package_copy_text("");
        return field_fail(it, key,
                          "is longer than %u characters or has a control "
                          "character",
                          DUO_PACKAGE_TEXT_CHARS);
    }
    *out = duo_package_copy_text(json_string_value(value));
    return true;
}

/* Decimal or 0x; all of the text. */
static bool number_of_text(const char *text, struct number *number)
{
    bool is_hex = number->allows_hex && strncasecmp(text, "0x", 2) == 0;
    const char *digits = is_hex ? text + 2 : text;
    const char *allowed = is_hex ? "0123456789abcdefABCDEF" : "0123456789";
    size_t len_chars = strlen(digits);

    if (len_chars == 0 || strspn(digits, allowed) != len_chars) {
        return false;
    }
    errno = 0;
    number->value = strtoll(digits, NULL, is_hex ? 16 : 10);
    return errno == 0;
}

/* A number, also if it is written as a text. */
static bool take_number(const struct reader *it, const char *key,
                        struct number *number)
{
    const json_t *value = json_object_get(it->object, key);

    if (value == NULL || json_is_null(value)) {
        return true;
    }
    if (json_is_integer(value)) {
        number->value = json_integer_value(value);
    } else if (!json_is_string(value) ||
               !number_of_text(json_string_value(value), number)) {
        return field_fail(it, key, "must be a number, or a text of digits");
    }
    if (number->value < 0 || number->value > number->max) {
        return field_fail(it, key, "must be from 0 to %lld, but is %lld",
                          (long long)number->max, (long long)number->value);
    }
    number->is_there = true;
    return true;
}

/* The apps' own reading: Android takes a number or a text and does not know
 * `image`; iOS takes only texts, but `image` as a number. Anything else is as
 * if it were not there. */
static void see_image_index(const struct reader *it,
                            struct duo_package_entry *entry)
{
    const json_t *image = json_object_get(it->object, "image");
    const json_t *index = json_object_get(it->object, "image_index");

    for (size_t i = 0; i < DUO_PACKAGE_APP_COUNT; i++) {
        entry->seen_by[i].image_index = DUO_PACKAGE_IMAGE_DEFAULT;
    }
    if (json_is_integer(index) || json_is_string(index)) {
        entry->seen_by[DUO_PACKAGE_ANDROID].image_index = entry->image_index;
    }
    if (json_is_integer(image) || json_is_string(index)) {
        entry->seen_by[DUO_PACKAGE_IOS].image_index = entry->image_index;
    }
}

static void see_slot(const struct reader *it, struct duo_package_entry *entry)
{
    const json_t *slot = json_object_get(it->object, "slot");

    entry->seen_by[DUO_PACKAGE_ANDROID].slot = entry->slot;
    entry->seen_by[DUO_PACKAGE_IOS].slot =
        json_is_string(slot) ? entry->slot : DUO_PACKAGE_SLOT_DEFAULT;
}

/* Which image: iOS prefers `image` to `image_index`, Android knows only the
 * latter. */
static bool take_image_index(const struct reader *it,
                             struct duo_package_entry *entry)
{
    struct number image = {.max = NUMBER_MAX};
    struct number index = {.max = NUMBER_MAX};

    if (!take_number(it, "image", &image) ||
        !take_number(it, "image_index", &index)) {
        return false;
    }
    if (image.is_there && index.is_there && image.value != index.value) {
        return field_fail(it, "image",
                          "is %lld, but image_index is %lld: the phone apps "
                          "would not agree",
                          (long long)image.value, (long long)index.value);
    }
    entry->image_index = DUO_PACKAGE_IMAGE_DEFAULT;
    if (index.is_there) {
        entry->image_index = (uint32_t)index.value;
    } else if (image.is_there) {
        entry->image_index = (uint32_t)image.value;
    }
    see_image_index(it, entry);
    return true;
}

/* The slots of updates of the boot loader itself are told by their order. */
static uint32_t default_slot(const struct duo_package *package,
                             const struct duo_package_entry *entry)
{
    uint32_t earlier = 0;

    if (strcmp(entry->type, "mcuboot") != 0) {
        return DUO_PACKAGE_SLOT_DEFAULT;
    }
    for (size_t i = 0; i < package->count; i++) {
        earlier += strcmp(package->entries[i].type, "mcuboot") == 0 ? 1U : 0U;
    }
    return earlier;
}

static bool take_version(const struct reader *it,
                         struct duo_package_entry *entry)
{
    static const char *const keys[] = {"version_MCUBOOT+XIP", "version_MCUBOOT",
                                       "version_B0", "version"};

    entry->is_direct_xip = json_object_get(it->object, keys[0]) != NULL;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (json_object_get(it->object, keys[i]) != NULL) {
            return take_text(it, keys[i], &entry->version);
        }
    }
    entry->version = duo_package_copy_text("");
    return true;
}

/* The rest of the entry, once its texts are there. */
static bool take_numbers(const struct reader *it,
                         struct duo_package_entry *entry)
{
    struct number slot = {.max = NUMBER_MAX};
    struct number load_addr = {.max = UINT32_MAX, .allows_hex = true};

    if (!take_image_index(it, entry) || !take_number(it, "slot", &slot) ||
        !take_number(it, "load_address", &load_addr)) {
        return false;
    }
    entry->slot =
        slot.is_there ? (uint32_t)slot.value : default_slot(it->package, entry);
    entry->load_addr = (uint32_t)load_addr.value;
    see_slot(it, entry);
    for (size_t i = 0; i < it->package->count; i++) {
        const struct duo_package_entry *other = &it->package->entries[i];
        if (other->image_index == entry->image_index &&
            other->slot == entry->slot) {
            return field_fail(it, "image_index",
                              "with its slot names image %u, slot %u, as '%s' "
                              "does: one of them would overwrite the other",
                              entry->image_index, entry->slot, other->file);
        }
    }
    return true;
}

/* The file itself, out of the zip. */
static bool take_file(const struct reader *it, struct duo_package_entry *entry)
{
    struct number size = {.max = DUO_TOOL_FILE_BYTES_MAX};
    struct duo_package_zip_file *file;

    if (entry->file[0] == '\0') {
        return field_fail(it, "file", "is missing");
    }
    file = duo_package_zip_find(it->zip, entry->file);
    if (file == NULL) {
        return field_fail(it, "file", "names '%s', which is not in the zip",
                          entry->file);
    }
    if (file->is_named) {
        return field_fail(it, "file", "names '%s', which is taken already",
                          entry->file);
    }
    file->is_named = true;
    if (file->bytes.len_bytes == 0) {
        return field_fail(it, "file", "names '%s', which is empty",
                          entry->file);
    }
    if (!take_number(it, "size", &size)) {
        return false;
    }
    if (size.is_there && (size_t)size.value != file->bytes.len_bytes) {
        return field_fail(it, "size", "is %lld, but '%s' has %zu bytes",
                          (long long)size.value, entry->file,
                          file->bytes.len_bytes);
    }
    entry->bytes = file->bytes;
    file->bytes = (struct duo_tool_buffer){0};
    return true;
}

/* The entry is the package's at once, so that a failure frees it. */
static bool take_entry(struct reader *it)
{
    struct duo_package_entry *entry = &it->package->entries[it->package->count];
    bool texts = take_text(it, "file", &entry->file) &&
                 take_text(it, "type", &entry->type) &&
                 take_text(it, "board", &entry->board) &&
                 take_text(it, "soc", &entry->soc) && take_version(it, entry);
    bool done = texts && take_numbers(it, entry) && take_file(it, entry);

    it->package->count++;
    return done;
}

/* Packages for the other boot loader of the vendor, of other chips. */
static bool refuse_suit(const struct reader *it, json_t *files)
{
    const char *found = NULL;
    json_t *file;
    size_t index;

    for (size_t i = 0; i < it->zip->count && found == NULL; i++) {
        const char *dot = strrchr(it->zip->files[i].name, '.');
        if (dot != NULL && strcasecmp(dot, ".suit") == 0) {
            found = it->zip->files[i].name;
        }
    }
    json_array_foreach(files, index, file)
    {
        const char *type = json_string_value(json_object_get(file, "type"));
        if (type != NULL && strncmp(type, "suit", 4) == 0 && found == NULL) {
            found = "suit-envelope";
        }
    }
    if (found == NULL) {
        return true;
    }
    return duo_tool_fail(
        it->error, DUO_EXIT_REFUSED,
        "%s: this is a SUIT package ('%s'), for chips with the vendor's SUIT "
        "boot firmware; the boot loaders here take images in MCUboot's format",
        it->zip->label, found);
}

static bool take_head(struct reader *it, json_t *files)
{
    struct number format = {.max = 1};
    struct number seconds = {.max = INT64_MAX};

    if (!json_is_object(it->object)) {
        return duo_tool_fail(it->error, DUO_EXIT_INPUT,
                             "%s: %s must be a JSON object", it->zip->label,
                             DUO_PACKAGE_MANIFEST);
    }
    if (!refuse_suit(it, files) || !take_text(it, "name", &it->package->name) ||
        !take_number(it, "format-version", &format) ||
        !take_number(it, "time", &seconds)) {
        return false;
    }
    it->package->format = (uint32_t)format.value;
    it->package->time_s = seconds.value;
    if (!json_is_array(files) || json_array_size(files) == 0) {
        return field_fail(it, "files", "must be a list with at least one file");
    }
    if (json_array_size(files) > DUO_PACKAGE_ENTRIES_MAX) {
        return field_fail(it, "files", "has more than %u files",
                          DUO_PACKAGE_ENTRIES_MAX);
    }
    return true;
}

bool duo_package_take_manifest(struct duo_package_zip *zip, json_t *root,
                               struct duo_package *package,
                               struct duo_tool_error *error)
{
    json_t *files = json_object_get(root, "files");
    struct reader it = {
        .zip = zip, .error = error, .package = package, .object = root};
    json_t *file;
    size_t index;

    if (!take_head(&it, files)) {
        return false;
    }
    package->entries =
        calloc(json_array_size(files), sizeof(*package->entries));
    if (package->entries == NULL) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
    }
    json_array_foreach(files, index, file)
    {
        (void)snprintf(it.place, sizeof(it.place), "files[%zu].", index);
        it.object = file;
        if (!json_is_object(file)) {
            it.place[0] = '\0';
            return field_fail(&it, "files", "[%zu] must be an object", index);
        }
        if (!take_entry(&it)) {
            return false;
        }
    }
    return true;
}
