/* SPDX-License-Identifier: MIT */
/* Packages, made; see package.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <zip.h>

#include "package_internal.h"
#include "text.h"

#define NAME_BYTES     (DUO_PACKAGE_TEXT_CHARS + 1U)
#define FILE_MODE      0100644U
#define YEAR_FIRST     1980
#define YEAR_LAST      2107
#define NAME_CHARS_MAX 100U

struct names {
    char file[DUO_CORE_COUNT][NAME_BYTES];
};

/* The two texts must reach both apps unchanged; iOS removes blanks. */
static bool check_text(struct duo_tool_word word, struct duo_tool_error *error)
{
    size_t len_chars = strlen(word.text);

    if (len_chars == 0 || len_chars > NAME_CHARS_MAX) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s: 1 to %u characters are needed", word.option,
                             NAME_CHARS_MAX);
    }
    for (size_t i = 0; i < len_chars; i++) {
        if (word.text[i] <= ' ' || word.text[i] > '~') {
            return duo_tool_fail(error, DUO_EXIT_USAGE,
                                 "%s: only plain characters without blanks, "
                                 "which the iOS app would drop",
                                 word.option);
        }
    }
    return true;
}

/* BOARD/SOC, as the vendor's build writes it before the core. */
static bool check_board(const char *board, struct duo_tool_error *error)
{
    const char *slash = strchr(board, '/');

    if (!check_text((struct duo_tool_word){"--board", board}, error)) {
        return false;
    }
    if (slash == NULL || slash == board || slash[1] == '\0' ||
        strchr(slash + 1, '/') != NULL) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "--board: '%s' is not of the form BOARD/SOC, such "
                             "as nrf5340dk/nrf5340 (without the core)",
                             board);
    }
    return true;
}

static bool is_name_char(char letter)
{
    return (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' ||
           letter == '-' || letter == '+';
}

/* The file's own name; Android wants it to end in .bin, iOS without blanks. */
static void choose_name(const char *path, char name[NAME_BYTES])
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(base, '.');
    size_t stem_chars = strlen(base);
    size_t at = 0;

    if (dot != NULL && dot != base &&
        (strcmp(dot, ".bin") == 0 || strlen(dot) <= 4)) {
        stem_chars = (size_t)(dot - base);
    }
    for (; at < stem_chars && at < NAME_CHARS_MAX; at++) {
        name[at] = is_name_char(base[at]) ? base[at] : '_';
    }
    (void)snprintf(name + at, NAME_BYTES - at, ".bin");
}

static void prefix_name(const char *prefix, char name[NAME_BYTES])
{
    char longer[2 * NAME_BYTES];

    (void)snprintf(longer, sizeof(longer), "%s_%s", prefix, name);
    (void)memcpy(name, longer, strnlen(longer, NAME_BYTES - 1U) + 1U);
}

static bool choose_names(const struct duo_package_plan *plan,
                         struct names *names, struct duo_tool_error *error)
{
    const char *path_of[DUO_CORE_COUNT] = {NULL, NULL};

    for (size_t i = 0; i < plan->count; i++) {
        const struct duo_package_part *part = &plan->parts[i];
        enum duo_core core = part->image.core;
        if (core >= DUO_CORE_NONE) {
            return duo_tool_fail(error, DUO_EXIT_REFUSED,
                                 "%s: for neither of the two cores",
                                 part->path);
        }
        if (path_of[core] != NULL) {
            return duo_tool_fail(error, DUO_EXIT_USAGE,
                                 "%s and %s are both for the %s core; a "
                                 "package holds one image for each core",
                                 path_of[core], part->path,
                                 duo_core_name(core));
        }
        path_of[core] = part->path;
        choose_name(part->path, names->file[core]);
    }
    if (plan->count == 2 &&
        strcmp(names->file[DUO_CORE_APP], names->file[DUO_CORE_NET]) == 0) {
        prefix_name("app", names->file[DUO_CORE_APP]);
        prefix_name("net", names->file[DUO_CORE_NET]);
    }
    return true;
}

/* Every field that either app wants, of the type that it wants. iOS reads
 * image_index only from a text. */
static json_t *entry_json(const struct duo_package_plan *plan,
                          const struct duo_package_part *part, const char *name)
{
    static const struct {
        const char *suffix;
        const char *image_index;
        const char *slot_primary;
        const char *slot_secondary;
    } cores[DUO_CORE_COUNT] = {
        {"cpuapp", "0", "1", "2"},
        {"cpunet", "1", "3", "4"}
    };
    const struct duo_image *image = &part->image;
    char board[2 * NAME_BYTES];
    char version[48];

    (void)snprintf(board, sizeof(board), "%s/%s", plan->board,
                   cores[image->core].suffix);
    (void)snprintf(version, sizeof(version), "%u.%u.%u+%u",
                   image->version.major, image->version.minor,
                   image->version.revision, image->version.build);
    return json_pack(
        "{s:s,s:s,s:s,s:I,s:s,s:s,s:s,s:s,s:I,s:s,s:I}", "type", "application",
        "board", board, "soc", strchr(plan->board, '/') + 1, "load_address",
        (json_int_t)plan->trust->code[image->core].addr + image->header_bytes,
        "image_index", cores[image->core].image_index, "slot_index_primary",
        cores[image->core].slot_primary, "slot_index_secondary",
        cores[image->core].slot_secondary, "version_MCUBOOT", version, "size",
        (json_int_t)image->total_bytes, "file", name, "modtime",
        (json_int_t)plan->time_s);
}

static char *manifest_text(const struct duo_package_plan *plan,
                           const struct names *names)
{
    json_t *files = json_array();
    json_t *root = json_pack("{s:i,s:I}", "format-version", 1, "time",
                             (json_int_t)plan->time_s);
    char *text;

    if (plan->name != NULL) {
        (void)json_object_set_new(root, "name", json_string(plan->name));
    }
    for (size_t i = 0; i < plan->count; i++) {
        const struct duo_package_part *part = &plan->parts[i];
        (void)json_array_append_new(
            files, entry_json(plan, part, names->file[part->image.core]));
    }
    (void)json_object_set_new(root, "files", files);
    text = json_dumps(root, JSON_INDENT(2));
    json_decref(root);
    return text;
}

/* In UTC, so that the bytes are the same wherever they are made. */
static bool set_time(zip_t *archive, zip_uint64_t index, int64_t time_s)
{
    time_t seconds = (time_t)time_s;
    struct tm day;
    zip_uint16_t date = (1U << 5) | 1U; /* 1980-01-01, the first there is. */
    zip_uint16_t clock = 0;

    if (gmtime_r(&seconds, &day) != NULL && day.tm_year + 1900 >= YEAR_FIRST &&
        day.tm_year + 1900 <= YEAR_LAST) {
        date =
            (zip_uint16_t)(((unsigned)(day.tm_year + 1900 - YEAR_FIRST) << 9) |
                           ((unsigned)(day.tm_mon + 1) << 5) |
                           (unsigned)day.tm_mday);
        clock = (zip_uint16_t)(((unsigned)day.tm_hour << 11) |
                               ((unsigned)day.tm_min << 5) |
                               ((unsigned)day.tm_sec / 2U));
    }
    return zip_file_set_dostime(archive, index, clock, date, 0) == 0;
}

/* Stored and not deflated: the bytes do not depend on a version of zlib. */
static bool add_file(zip_t *archive, const struct duo_package_plan *plan,
                     const char *name, struct duo_bytes bytes)
{
    zip_source_t *source =
        zip_source_buffer(archive, bytes.data, bytes.len_bytes, 0);
    zip_int64_t index;

    if (source == NULL) {
        return false;
    }
    index = zip_file_add(archive, name, source, ZIP_FL_ENC_GUESS);
    if (index < 0) {
        zip_source_free(source);
        return false;
    }
    return zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_STORE,
                                    0) == 0 &&
           zip_file_set_external_attributes(archive, (zip_uint64_t)index, 0,
                                            ZIP_OPSYS_UNIX,
                                            FILE_MODE << 16) == 0 &&
           set_time(archive, (zip_uint64_t)index, plan->time_s);
}

static bool add_all(zip_t *archive, const struct duo_package_plan *plan,
                    const struct names *names, const char *manifest)
{
    struct duo_bytes text = {(const uint8_t *)manifest, strlen(manifest)};
    bool done = add_file(archive, plan, DUO_PACKAGE_MANIFEST, text);

    for (size_t i = 0; done && i < plan->count; i++) {
        const struct duo_package_part *part = &plan->parts[i];
        struct duo_bytes image = {part->bytes.data, part->image.total_bytes};
        done = add_file(archive, plan, names->file[part->image.core], image);
    }
    return done;
}

/* What libzip wrote into its memory. */
static bool take_bytes(zip_source_t *source, struct duo_tool_buffer *out)
{
    uint8_t chunk[4096];
    zip_int64_t got_bytes = 1;

    if (zip_source_open(source) != 0) {
        return false;
    }
    while (got_bytes > 0) {
        got_bytes = zip_source_read(source, chunk, sizeof(chunk));
        if (got_bytes > 0) {
            duo_tool_buffer_append(
                out, (struct duo_bytes){chunk, (size_t)got_bytes});
        }
    }
    (void)zip_source_close(source);
    return got_bytes == 0;
}

static bool make_zip(const struct duo_package_plan *plan,
                     const struct names *names, const char *manifest,
                     struct duo_tool_buffer *out)
{
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *archive;
    bool done;

    if (source == NULL) {
        return false;
    }
    zip_source_keep(source); /* It outlives the archive. */
    archive = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
    if (archive == NULL) {
        zip_source_free(source);
        zip_source_free(source);
        return false;
    }
    done = add_all(archive, plan, names, manifest);
    if (!done || zip_close(archive) != 0) {
        zip_discard(archive);
        done = false;
    }
    done = done && take_bytes(source, out);
    zip_source_free(source);
    return done;
}

bool duo_package_write(const struct duo_package_plan *plan,
                       struct duo_tool_buffer *out,
                       struct duo_tool_error *error)
{
    struct names names;
    char *manifest;
    bool done;

    if ((plan->name != NULL &&
         !check_text((struct duo_tool_word){"--name", plan->name}, error)) ||
        !check_board(plan->board, error) ||
        !choose_names(plan, &names, error)) {
        return false;
    }
    manifest = manifest_text(plan, &names);
    done = manifest != NULL && make_zip(plan, &names, manifest, out);
    free(manifest);
    return done ||
           duo_tool_fail(error, DUO_EXIT_INTERNAL, "the zip cannot be made");
}
