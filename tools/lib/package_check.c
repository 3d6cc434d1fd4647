/* SPDX-License-Identifier: MIT */
/* What a reader of a package would trip over; see package.h. This file asks
 * what our board needs, package_apps.c what the phone apps need. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "package_internal.h"
#include "text.h"

#define IMAGE_COUNT    DUO_CORE_COUNT
#define SLOT_SECONDARY 1U

static const char board_name[] = "board";

struct checker {
    const struct duo_package *package;
    const struct duo_trust *trust;
    struct duo_package_findings *findings;
    struct duo_tool_verdict verdicts[DUO_PACKAGE_ENTRIES_MAX];
};

void duo_package_add_finding(struct duo_package_findings *findings,
                             const struct duo_package_finding *about,
                             const char *format, ...)
{
    struct duo_package_finding *list =
        realloc(findings->list, (findings->count + 1) * sizeof(*list));
    va_list args;

    if (list == NULL) {
        (void)fprintf(stderr, "duoboot: out of memory\n");
        exit(DUO_EXIT_INTERNAL);
    }
    findings->list = list;
    list[findings->count] = *about;
    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start() did. */
    (void)vsnprintf(list[findings->count].sentence,
                    sizeof(list[findings->count].sentence), format, args);
    va_end(args);
    findings->count++;
    if (about->severity == DUO_PACKAGE_ERROR) {
        findings->error_count++;
    }
}

struct duo_package_finding
duo_package_about(const char *who, const struct duo_package_entry *entry,
                  const char *field)
{
    struct duo_package_finding about = {.severity = DUO_PACKAGE_ERROR,
                                        .who = who};

    (void)snprintf(about.place, sizeof(about.place), "%s%s%s", entry->file,
                   field[0] == '\0' ? "" : ": ", field);
    return about;
}

static struct duo_package_finding
warning_about(const struct duo_package_entry *entry, const char *field)
{
    struct duo_package_finding about =
        duo_package_about(board_name, entry, field);

    about.severity = DUO_PACKAGE_WARNING;
    return about;
}

/* Where it goes, before what it is. */
static void check_target(struct checker *it,
                         const struct duo_package_entry *entry)
{
    struct duo_package_finding about =
        duo_package_about(board_name, entry, "image_index");

    if (entry->image_index >= IMAGE_COUNT) {
        duo_package_add_finding(it->findings, &about,
                                "is %u, but the board has image 0 (application "
                                "core) and image 1 (network core)",
                                entry->image_index);
    }
    if (strcmp(entry->type, "mcuboot") == 0) {
        about = duo_package_about(board_name, entry, "type");
        duo_package_add_finding(it->findings, &about,
                                "an update of a boot loader; ours are not "
                                "updated this way");
    } else if (entry->slot != SLOT_SECONDARY) {
        about = duo_package_about(board_name, entry, "slot");
        duo_package_add_finding(
            it->findings, &about,
            "is %u, for a boot loader that runs an image where it was uploaded "
            "to; ours takes uploads into slot 1 and installs them",
            entry->slot);
    }
}

static bool is_only_signature(enum duo_reason reason)
{
    return reason == DUO_REASON_KEY_UNKNOWN ||
           reason == DUO_REASON_SIGNATURE_MISSING ||
           reason == DUO_REASON_SIGNATURE_TYPE;
}

/* The boot loader's own verdict; false if nothing more can be said. */
static bool check_image(struct checker *it,
                        const struct duo_package_entry *entry,
                        struct duo_tool_verdict *verdict)
{
    struct duo_package_finding about = duo_package_about(board_name, entry, "");

    duo_tool_check_image(duo_tool_buffer_view(&entry->bytes), it->trust,
                         verdict);
    if (verdict->reason == DUO_REASON_SIGNATURE_MISSING &&
        it->trust->key_count == 0) {
        about.severity = DUO_PACKAGE_WARNING;
    }
    if (verdict->reason != DUO_REASON_NONE &&
        (it->trust->key_count > 0 || !is_only_signature(verdict->reason) ||
         about.severity == DUO_PACKAGE_WARNING)) {
        const struct duo_reason_text *text = duo_reason_text(verdict->reason);
        duo_package_add_finding(it->findings, &about, "%s (%s)", text->sentence,
                                text->name);
    }
    return verdict->image.core < DUO_CORE_NONE;
}

static void check_core(struct checker *it,
                       const struct duo_package_entry *entry,
                       const struct duo_image *image)
{
    struct duo_package_finding about =
        duo_package_about(board_name, entry, "image_index");
    uint32_t room_bytes = it->trust->code[image->core].size_bytes;

    if (entry->image_index < IMAGE_COUNT &&
        entry->image_index != (uint32_t)image->core) {
        duo_package_add_finding(
            it->findings, &about,
            "is %u (%s core), but the image is linked for the %s core",
            entry->image_index,
            duo_core_name((enum duo_core)entry->image_index),
            duo_core_name(image->core));
    }
    if (entry->bytes.len_bytes > room_bytes) {
        about = duo_package_about(board_name, entry, "size");
        duo_package_add_finding(
            it->findings, &about,
            "the file has %zu bytes, the slot of the %s core only %u",
            entry->bytes.len_bytes, duo_core_name(image->core), room_bytes);
    } else if (entry->bytes.len_bytes > image->total_bytes) {
        about = warning_about(entry, "size");
        duo_package_add_finding(it->findings, &about,
                                "%zu bytes follow the image; they are uploaded "
                                "for nothing",
                                entry->bytes.len_bytes - image->total_bytes);
    }
}

/* What the manifest says for people, and programs other than the apps. */
static void check_words(struct checker *it,
                        const struct duo_package_entry *entry,
                        const struct duo_image *image)
{
    static const char *const suffixes[DUO_CORE_COUNT] = {"cpuapp", "cpunet"};
    const char *other = suffixes[duo_core_other(image->core)];
    uint32_t addr = it->trust->code[image->core].addr + image->header_bytes;
    struct duo_package_finding about;
    struct duo_version version;
    struct duo_tool_error error;

    if (strstr(entry->board, other) != NULL) {
        about = warning_about(entry, "board");
        duo_package_add_finding(it->findings, &about,
                                "is '%s', but the image is for the %s core",
                                entry->board, duo_core_name(image->core));
    }
    if (entry->load_addr != 0 && entry->load_addr != addr) {
        about = warning_about(entry, "load_address");
        duo_package_add_finding(it->findings, &about,
                                "is 0x%08x; with this layout it would be "
                                "0x%08x",
                                entry->load_addr, addr);
    }
    if (strchr(entry->version, '.') != NULL &&
        (!duo_tool_parse_version(
             (struct duo_tool_word){"version", entry->version}, &version,
             &error) ||
         duo_version_compare(&version, &image->version) != 0)) {
        char text[32];
        duo_version_format(&image->version, text);
        about = warning_about(entry, "version");
        duo_package_add_finding(it->findings, &about,
                                "is '%s', but the image is %s", entry->version,
                                text);
    }
}

/* The parsed image for a core, or NULL. */
static const struct duo_image *image_for(const struct checker *it,
                                         enum duo_core core)
{
    for (size_t i = 0; i < it->package->count; i++) {
        if (it->verdicts[i].image.core == core) {
            return &it->verdicts[i].image;
        }
    }
    return NULL;
}

static void check_dependencies(struct checker *it,
                               const struct duo_package_entry *entry,
                               const struct duo_image *image)
{
    for (uint32_t i = 0; i < image->dependency_count; i++) {
        const struct duo_dependency *need = &image->dependencies[i];
        const struct duo_image *other = image_for(it, need->core);
        struct duo_package_finding about =
            duo_package_about(board_name, entry, "dependency");
        char wanted[32];
        char found[32];

        duo_version_format(&need->version_min, wanted);
        if (other == NULL) {
            about.severity = DUO_PACKAGE_WARNING;
            duo_package_add_finding(it->findings, &about,
                                    "needs the %s image at %s or newer, which "
                                    "is not in the package: it must run "
                                    "already",
                                    duo_core_name(need->core), wanted);
        } else if (duo_version_compare(&other->version, &need->version_min) <
                   0) {
            duo_version_format(&other->version, found);
            duo_package_add_finding(it->findings, &about,
                                    "needs the %s image at %s or newer, but "
                                    "the package has %s",
                                    duo_core_name(need->core), wanted, found);
        }
    }
}

void duo_package_check(const struct duo_package *package,
                       const struct duo_trust *trust,
                       struct duo_package_findings *findings)
{
    struct checker it = {
        .package = package, .trust = trust, .findings = findings};

    *findings = (struct duo_package_findings){0};
    duo_package_check_apps(package, findings);
    for (size_t i = 0; i < package->count; i++) {
        const struct duo_package_entry *entry = &package->entries[i];
        check_target(&it, entry);
        if (check_image(&it, entry, &it.verdicts[i])) {
            check_core(&it, entry, &it.verdicts[i].image);
            check_words(&it, entry, &it.verdicts[i].image);
        }
    }
    for (size_t i = 0; i < package->count; i++) {
        check_dependencies(&it, &package->entries[i], &it.verdicts[i].image);
    }
}

void duo_package_findings_free(struct duo_package_findings *findings)
{
    free(findings->list);
    *findings = (struct duo_package_findings){0};
}
