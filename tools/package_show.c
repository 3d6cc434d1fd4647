/* SPDX-License-Identifier: MIT */
/* duoboot package show and check: what is in a package, and what is wrong
 * with it. */
#include <argp.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "package.h"
#include "package_verb.h"
#include "print_json.h"
#include "text.h"
#include "trust_words.h"

/* clang-format off */
static const struct argp_option option_table[] = {
    {"key", 'k', "FILE", 0, "Also check signatures: trust this key (private or public PEM); may be repeated", 0},
    {"layout", 'l', "FILE", 0, "Layout file of the board (default: nRF5340 DK)", 0},
    {"json", 'j', NULL, 0, "Print JSON", 0},
    {0}};
/* clang-format on */

static const char check_doc[] =
    "Apply every rule that the Android app, the iOS app or our boards have. "
    "Ends with 0 if there is no error, with 1 if there is one, with 3 if the "
    "zip cannot be read at all.\v"
    "Example:\n"
    "  duoboot package check --key release.pub.pem dfu_application.zip\n";

static const char show_doc[] =
    "Explain which file goes to which core and slot, its version, digest and "
    "size, and what each phone app will do with it.\v"
    "Example:\n"
    "  duoboot package show dfu_application.zip\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct duo_judge_words *options = state->input;

    if (key == ARGP_KEY_END && options->path == NULL) {
        argp_error(state, "FILE.zip is needed");
    }
    return duo_judge_words_parse(options, key, arg, state);
}

/* A package that was read, and what is to say about it. */
struct subject {
    struct duo_tool_trust board;
    struct duo_package package;
    struct duo_package_findings findings;
};

static bool open_subject(const struct duo_judge_words *options,
                         struct subject *subject, struct duo_tool_error *error)
{
    *subject = (struct subject){0};
    if (!duo_trust_words_board(&options->trust, &subject->board, error) ||
        !duo_package_read(options->path, &subject->package, error)) {
        return false;
    }
    duo_package_check(&subject->package, &subject->board.trust,
                      &subject->findings);
    return true;
}

static void close_subject(struct subject *subject)
{
    duo_package_findings_free(&subject->findings);
    duo_package_free(&subject->package);
}

static const char *severity_name(enum duo_package_severity severity)
{
    return severity == DUO_PACKAGE_ERROR ? "error" : "warning";
}

static json_t *findings_json(const struct duo_package_findings *findings)
{
    json_t *list = json_array();

    for (size_t i = 0; i < findings->count; i++) {
        const struct duo_package_finding *finding = &findings->list[i];
        (void)json_array_append_new(
            list,
            json_pack("{s:s,s:s,s:s,s:s}", "severity",
                      severity_name(finding->severity), "who", finding->who,
                      "place", finding->place, "sentence", finding->sentence));
    }
    return list;
}

static bool app_reads(const struct subject *subject, enum duo_package_app app)
{
    for (size_t i = 0; i < subject->findings.count; i++) {
        const struct duo_package_finding *finding = &subject->findings.list[i];
        if (finding->severity == DUO_PACKAGE_ERROR &&
            strcmp(finding->who, duo_package_app_name(app)) == 0) {
            return false;
        }
    }
    return true;
}

static const char *image_name(uint32_t image_index)
{
    return image_index < DUO_CORE_COUNT
               ? duo_core_name((enum duo_core)image_index)
               : "unknown";
}

/* Of an entry's image: its parts as texts, empty if there is no image. */
struct words {
    struct duo_image image;
    char version[32];
    char digest[2 * DUO_SHA256_BYTES + 1];
};

static void words_of(const struct subject *subject,
                     const struct duo_package_entry *entry, struct words *words)
{
    struct duo_tool_verdict verdict;

    duo_tool_check_image(duo_tool_buffer_view(&entry->bytes),
                         &subject->board.trust, &verdict);
    *words = (struct words){.image = verdict.image};
    if (verdict.image.core < DUO_CORE_NONE) {
        duo_version_format(&verdict.image.version, words->version);
        duo_tool_format_hex((struct duo_bytes){verdict.image.digest,
                                               sizeof(verdict.image.digest)},
                            words->digest);
    }
}

static json_t *entry_json(const struct subject *subject,
                          const struct duo_package_entry *entry)
{
    struct words words;
    json_t *object;

    words_of(subject, entry, &words);
    object = json_pack(
        "{s:s,s:s,s:s,s:s,s:I,s:I,s:s,s:b,s:I,s:s}", "file", entry->file,
        "type", entry->type, "board", entry->board, "soc", entry->soc,
        "image_index", (json_int_t)entry->image_index, "slot",
        (json_int_t)entry->slot, "core", duo_core_name(words.image.core),
        "direct_xip", entry->is_direct_xip, "size_bytes",
        (json_int_t)entry->bytes.len_bytes, "manifest_version", entry->version);
    if (words.image.core < DUO_CORE_NONE) {
        (void)json_object_set_new(object, "version",
                                  json_string(words.version));
        (void)json_object_set_new(object, "digest", json_string(words.digest));
    }
    return object;
}

static json_t *package_json(const struct duo_judge_words *options,
                            const struct subject *subject)
{
    const struct duo_package *package = &subject->package;
    json_t *files = json_array();

    for (size_t i = 0; i < package->count; i++) {
        (void)json_array_append_new(files,
                                    entry_json(subject, &package->entries[i]));
    }
    return json_pack("{s:s,s:s,s:I,s:I,s:o,s:b,s:b,s:o}", "package",
                     options->path, "name", package->name, "format_version",
                     (json_int_t)package->format, "time",
                     (json_int_t)package->time_s, "files", files,
                     "android_reads", app_reads(subject, DUO_PACKAGE_ANDROID),
                     "ios_reads", app_reads(subject, DUO_PACKAGE_IOS),
                     "findings", findings_json(&subject->findings));
}

static void print_entry(const struct subject *subject,
                        const struct duo_package_entry *entry)
{
    struct words words;

    words_of(subject, entry, &words);
    (void)printf("%s\n", entry->file);
    (void)printf("  goes to  %s core (image %u), slot %u\n",
                 image_name(entry->image_index), entry->image_index,
                 entry->slot);
    if (entry->is_direct_xip) {
        (void)printf("  runs     where it is uploaded to (direct XIP)\n");
    }
    (void)printf("  size     %zu bytes\n", entry->bytes.len_bytes);
    if (entry->board[0] != '\0') {
        (void)printf("  board    %s\n", entry->board);
    }
    if (words.image.core >= DUO_CORE_NONE) {
        (void)printf("  is not an image for this board\n");
        return;
    }
    (void)printf("  linked   for the %s core\n",
                 duo_core_name(words.image.core));
    (void)printf("  version  %s\n  digest   %s\n", words.version, words.digest);
    for (uint32_t i = 0; i < words.image.dependency_count; i++) {
        const struct duo_dependency *need = &words.image.dependencies[i];
        char version[32];
        duo_version_format(&need->version_min, version);
        (void)printf("  needs    the %s image at %s or newer\n",
                     duo_core_name(need->core), version);
    }
}

static void print_findings(const struct duo_judge_words *options,
                           const struct duo_package_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct duo_package_finding *finding = &findings->list[i];
        (void)printf("%s: %s: %s: %s [%s]\n", options->path,
                     severity_name(finding->severity), finding->place,
                     finding->sentence, finding->who);
    }
}

/* The flow of the app, with this package's files in it. */
static void print_app(const struct subject *subject, enum duo_package_app app)
{
    const struct duo_package *package = &subject->package;

    if (!app_reads(subject, app)) {
        (void)printf("%s: refuses or misreads it; see the errors.\n",
                     duo_package_app_name(app));
        return;
    }
    (void)printf("%s: uploads", duo_package_app_name(app));
    for (size_t i = 0; i < package->count; i++) {
        const struct duo_package_entry *entry = &package->entries[i];
        (void)printf("%s %s to image %u", i == 0 ? "" : ", then", entry->file,
                     entry->seen_by[app].image_index);
    }
    (void)printf(
        "; leaves out what runs already.\n"
        "  Test and Confirm: marks %s for test, resets once, waits, and "
        "confirms after\n  the reset. Confirm only: confirms, then resets.%s\n",
        package->count == 1 ? "it" : "all in this order",
        app == DUO_PACKAGE_IOS ? " This is its default." : "");
}

static void print_package(const struct duo_judge_words *options,
                          const struct subject *subject)
{
    const struct duo_package *package = &subject->package;
    time_t seconds = (time_t)package->time_s;
    char date[64] = "";
    struct tm day;

    if (package->time_s > 0 && gmtime_r(&seconds, &day) != NULL) {
        (void)strftime(date, sizeof(date), ", made %Y-%m-%d %H:%M:%S UTC",
                       &day);
    }
    (void)printf("%s:%s%s %zu image%s, format-version %u%s\n", options->path,
                 package->name[0] == '\0' ? "" : " ", package->name,
                 package->count, package->count == 1 ? "" : "s",
                 package->format, date);
    for (size_t i = 0; i < package->count; i++) {
        print_entry(subject, &package->entries[i]);
    }
    for (size_t i = 0; i < DUO_PACKAGE_APP_COUNT; i++) {
        print_app(subject, (enum duo_package_app)i);
    }
    print_findings(options, &subject->findings);
}

int duo_package_check_file(int argc, char **argv)
{
    static const struct argp argp = {.options = option_table,
                                     .parser = parse,
                                     .args_doc = "FILE.zip",
                                     .doc = check_doc};
    struct duo_judge_words options = {0};
    struct duo_tool_error error;
    struct subject subject;
    size_t error_count;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (!open_subject(&options, &subject, &error)) {
        return duo_tool_report(&error);
    }
    error_count = subject.findings.error_count;
    if (options.is_json) {
        duo_print_json(json_pack("{s:s,s:b,s:o}", "package", options.path,
                                 "good", error_count == 0, "findings",
                                 findings_json(&subject.findings)));
    } else {
        print_findings(&options, &subject.findings);
        (void)printf(
            "%s: %zu images, %zu errors, %zu warnings; signatures %s\n",
            options.path, subject.package.count, error_count,
            subject.findings.count - error_count,
            options.trust.key_count > 0 ? "checked"
                                        : "not checked, without --key");
    }
    close_subject(&subject);
    return error_count == 0 ? DUO_EXIT_OK : DUO_EXIT_REFUSED;
}

int duo_package_show(int argc, char **argv)
{
    static const struct argp argp = {.options = option_table,
                                     .parser = parse,
                                     .args_doc = "FILE.zip",
                                     .doc = show_doc};
    struct duo_judge_words options = {0};
    struct duo_tool_error error;
    struct subject subject;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (!open_subject(&options, &subject, &error)) {
        return duo_tool_report(&error);
    }
    if (options.is_json) {
        duo_print_json(package_json(&options, &subject));
    } else {
        print_package(&options, &subject);
    }
    close_subject(&subject);
    return DUO_EXIT_OK;
}
