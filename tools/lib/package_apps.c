/* SPDX-License-Identifier: MIT */
/* What the phone apps need of a package; see package.h. The iOS app decodes
 * strictly by type and removes all blanks from the manifest first; the Android
 * app streams the zip and takes files by the end of their names. */
#include <string.h>

#include "package_internal.h"

#define BLANKS " \t\r\n"

struct rule {
    const char *key;
    json_type type;
};

static const struct rule root_rules[] = {
    {"format-version", JSON_INTEGER},
    {"time",           JSON_INTEGER}
};
static const struct rule file_rules[] = {
    {"file",    JSON_STRING },
    {"type",    JSON_STRING },
    {"board",   JSON_STRING },
    {"soc",     JSON_STRING },
    {"size",    JSON_INTEGER},
    {"modtime", JSON_INTEGER},
};
#define RULE_COUNT(rules) (sizeof(rules) / sizeof((rules)[0]))

const char *duo_package_app_name(enum duo_package_app app)
{
    return app == DUO_PACKAGE_ANDROID ? "Android app" : "iOS app";
}

static void apply_rule(const json_t *object, const struct rule *rule,
                       const struct duo_package_entry *entry,
                       struct duo_package_findings *findings)
{
    const json_t *value = json_object_get(object, rule->key);
    const char *wanted = rule->type == JSON_STRING ? "text" : "number";
    struct duo_package_finding about = duo_package_about(
        duo_package_app_name(DUO_PACKAGE_IOS), entry, rule->key);

    if (value == NULL) {
        duo_package_add_finding(findings, &about,
                                "is missing; the app refuses a package without "
                                "this %s",
                                wanted);
    } else if (json_typeof(value) != rule->type) {
        duo_package_add_finding(findings, &about,
                                "must be a JSON %s, or the app refuses the "
                                "package",
                                wanted);
    }
}

/* What was meant, and what an app makes of it. */
static void check_seen(const struct duo_package_entry *entry,
                       enum duo_package_app app,
                       struct duo_package_findings *findings)
{
    const struct duo_package_target *seen = &entry->seen_by[app];
    struct duo_package_finding about;

    if (seen->image_index != entry->image_index) {
        about =
            duo_package_about(duo_package_app_name(app), entry, "image_index");
        duo_package_add_finding(
            findings, &about, "the app takes it for image %u and not %u%s",
            seen->image_index, entry->image_index,
            app == DUO_PACKAGE_IOS
                ? ": the number must be written as a text, \"1\""
                : ": it reads only image_index");
    }
    if (seen->slot != entry->slot) {
        about = duo_package_about(duo_package_app_name(app), entry, "slot");
        duo_package_add_finding(findings, &about,
                                "the app uploads it to slot %u and not %u: the "
                                "number must be written as a text",
                                seen->slot, entry->slot);
    }
}

static void check_names(const struct duo_package_entry *entry,
                        struct duo_package_findings *findings)
{
    const char *dot = strrchr(entry->file, '.');
    struct duo_package_finding about;

    if (dot == NULL || strcmp(dot, ".bin") != 0) {
        about = duo_package_about(duo_package_app_name(DUO_PACKAGE_ANDROID),
                                  entry, "file");
        duo_package_add_finding(findings, &about,
                                "must end in .bin; the app ignores other files "
                                "and then misses this one");
    }
    if (strpbrk(entry->file, BLANKS) != NULL) {
        about = duo_package_about(duo_package_app_name(DUO_PACKAGE_IOS), entry,
                                  "file");
        duo_package_add_finding(findings, &about,
                                "has a blank in its name; the app removes it "
                                "and then misses the file");
    }
}

static void check_root(const struct duo_package *package, const json_t *root,
                       struct duo_package_findings *findings)
{
    char manifest_name[] = DUO_PACKAGE_MANIFEST;
    const struct duo_package_entry manifest = {.file = manifest_name};
    struct duo_package_finding about;

    for (size_t i = 0; i < RULE_COUNT(root_rules); i++) {
        apply_rule(root, &root_rules[i], &manifest, findings);
    }
    if (strpbrk(package->name, BLANKS) != NULL) {
        about = duo_package_about(duo_package_app_name(DUO_PACKAGE_IOS),
                                  &manifest, "name");
        about.severity = DUO_PACKAGE_WARNING;
        duo_package_add_finding(findings, &about,
                                "has a blank, which the app drops");
    }
    if (!package->is_streamable) {
        about = duo_package_about(duo_package_app_name(DUO_PACKAGE_ANDROID),
                                  &manifest, "");
        duo_package_add_finding(
            findings, &about,
            "the zip cannot be read front to back, as the app does: it does "
            "not begin with a file, or one is stored with its size behind it");
    }
}

void duo_package_check_apps(const struct duo_package *package,
                            struct duo_package_findings *findings)
{
    struct duo_tool_error error;
    json_t *root =
        duo_package_json("", duo_tool_buffer_view(&package->manifest), &error);
    json_t *files = json_object_get(root, "files");

    check_root(package, root, findings);
    for (size_t i = 0; i < package->count; i++) {
        const struct duo_package_entry *entry = &package->entries[i];
        for (size_t j = 0; j < RULE_COUNT(file_rules); j++) {
            apply_rule(json_array_get(files, i), &file_rules[j], entry,
                       findings);
        }
        check_names(entry, findings);
        for (size_t j = 0; j < DUO_PACKAGE_APP_COUNT; j++) {
            check_seen(entry, (enum duo_package_app)j, findings);
        }
    }
    json_decref(root);
}
