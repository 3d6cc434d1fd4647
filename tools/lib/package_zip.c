/* SPDX-License-Identifier: MIT */
/* The zip of a package, unpacked into memory; see package_internal.h. Nothing
 * of it ever becomes a path on this machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zip.h>

#include "package_internal.h"

#define LOCAL_MAGIC     0x04034B50U
#define CENTRAL_MAGIC   0x02014B50U
#define END_MAGIC       0x06054B50U
#define CENTRAL_BYTES   46U
#define END_BYTES       22U
#define FLAG_DESCRIPTOR 0x0008U
#define READ_BYTES      65536U
#define COMMENT_BYTES   65535U

bool duo_package_is_zip(struct duo_bytes bytes)
{
    if (bytes.len_bytes < 4) {
        return false;
    }
    /* A zip without a file begins with its end. */
    return duo_load_le32(bytes.data) == LOCAL_MAGIC ||
           duo_load_le32(bytes.data) == END_MAGIC;
}

char *duo_package_copy_text(const char *text)
{
    char *copy = strdup(text);

    if (copy == NULL) {
        (void)fprintf(stderr, "duoboot: out of memory\n");
        exit(DUO_EXIT_INTERNAL);
    }
    return copy;
}

/* The end record, which a comment may follow; NULL if there is none. */
static const uint8_t *find_end(struct duo_bytes bytes)
{
    size_t off = bytes.len_bytes;
    size_t stop;

    if (off < END_BYTES) {
        return NULL;
    }
    off -= END_BYTES;
    stop = off > COMMENT_BYTES ? off - COMMENT_BYTES : 0;
    for (; duo_load_le32(bytes.data + off) != END_MAGIC; off--) {
        if (off == stop) {
            return NULL;
        }
    }
    return bytes.data + off;
}

/* Android's reader begins at the first byte and cannot skip a file that is
 * stored with its size behind it. */
static bool is_streamable(struct duo_bytes bytes)
{
    const uint8_t *end = find_end(bytes);
    size_t off;

    if (end == NULL || duo_load_le32(bytes.data) != LOCAL_MAGIC) {
        return false;
    }
    off = duo_load_le32(end + 16);
    while (off < bytes.len_bytes && bytes.len_bytes - off >= CENTRAL_BYTES) {
        const uint8_t *entry = bytes.data + off;
        if (duo_load_le32(entry) != CENTRAL_MAGIC) {
            break;
        }
        if ((duo_load_le16(entry + 8) & FLAG_DESCRIPTOR) != 0 &&
            duo_load_le16(entry + 10) == ZIP_CM_STORE) {
            return false;
        }
        off += CENTRAL_BYTES + (size_t)duo_load_le16(entry + 28) +
               duo_load_le16(entry + 30) + duo_load_le16(entry + 32);
    }
    return true;
}

bool duo_package_has_control(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    for (; *at != '\0'; at++) {
        /* Also U+0080 to U+009F, which are C2 80 to C2 9F in UTF-8. */
        if (*at < ' ' || *at == 0x7F ||
            (*at == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F)) {
            return true;
        }
    }
    return false;
}

/* What is wrong with a file's name; NULL: nothing. */
static const char *name_fault(const char *name)
{
    size_t len_chars = strlen(name);

    if (len_chars == 0) {
        return "has no name";
    }
    if (len_chars > DUO_PACKAGE_TEXT_CHARS) {
        return "has a name that is too long";
    }
    if (duo_package_has_control(name)) {
        return "has a control character in its name";
    }
    if (strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0 ||
        strstr(name, "/../") != NULL || name[0] == '/' ||
        strchr(name, '\\') != NULL || strchr(name, ':') != NULL) {
        return "has a name that leaves the folder";
    }
    if (name[len_chars - 1] == '/') {
        return "is a directory; the phone apps want all files at the top";
    }
    if (strchr(name, '/') != NULL) {
        return "lies in a directory; the phone apps want all files at the top";
    }
    return NULL;
}

/* A name for messages, in which nothing can move a terminal's cursor. */
static void printable(const char *name, char text[DUO_PACKAGE_TEXT_CHARS])
{
    size_t at = 0;

    for (; name[at] != '\0' && at < DUO_PACKAGE_TEXT_CHARS - 1U; at++) {
        text[at] = name[at] >= ' ' && name[at] <= '~' ? name[at] : '?';
    }
    text[at] = '\0';
}

static bool file_fail(const struct duo_package_zip *zip, const char *name,
                      struct duo_tool_error *error, const char *sentence)
{
    char text[DUO_PACKAGE_TEXT_CHARS];

    printable(name, text);
    return duo_tool_fail(error, DUO_EXIT_INPUT, "%s: '%s' %s", zip->label, text,
                         sentence);
}

/* What the directory says of a file, before any of it is unpacked. */
static bool check_stat(struct duo_package_zip *zip, const zip_stat_t *info,
                       struct duo_tool_error *error)
{
    const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE |
                                ZIP_STAT_COMP_METHOD |
                                ZIP_STAT_ENCRYPTION_METHOD;
    const char *fault;

    if ((info->valid & needed) != needed) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: the zip's directory is damaged", zip->label);
    }
    fault = name_fault(info->name);
    if (fault != NULL) {
        return file_fail(zip, info->name, error, fault);
    }
    if (info->encryption_method != ZIP_EM_NONE) {
        return file_fail(zip, info->name, error, "is encrypted");
    }
    if (info->comp_method != ZIP_CM_STORE &&
        info->comp_method != ZIP_CM_DEFLATE) {
        return file_fail(zip, info->name, error,
                         "is packed with a method that the phone apps cannot "
                         "read; only deflate, or none, will do");
    }
    if (strcmp(info->name, DUO_PACKAGE_MANIFEST) == 0 &&
        info->size > DUO_PACKAGE_MANIFEST_BYTES) {
        return file_fail(zip, info->name, error, "is larger than 64 KB");
    }
    return true;
}

/* Exactly as many bytes as the directory says; then libzip compares the
 * CRC. */
static bool unpack(zip_file_t *stream, zip_uint64_t size_bytes,
                   struct duo_tool_buffer *bytes)
{
    uint8_t *chunk = malloc(READ_BYTES);
    zip_int64_t got_bytes = chunk == NULL ? -1 : 1;

    while (got_bytes > 0) {
        got_bytes = zip_fread(stream, chunk, READ_BYTES);
        if (got_bytes > 0 &&
            (zip_uint64_t)got_bytes > size_bytes - bytes->len_bytes) {
            got_bytes = -1;
        }
        if (got_bytes > 0) {
            duo_tool_buffer_append(
                bytes, (struct duo_bytes){chunk, (size_t)got_bytes});
        }
    }
    free(chunk);
    return got_bytes == 0 && bytes->len_bytes == size_bytes;
}

static bool unpack_file(struct duo_package_zip *zip, zip_t *archive,
                        zip_uint64_t index, struct duo_tool_error *error)
{
    struct duo_package_zip_file *file = &zip->files[zip->count];
    zip_file_t *stream;
    zip_stat_t info;
    bool done;

    if (zip_stat_index(archive, index, 0, &info) != 0) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: the zip's directory is damaged", zip->label);
    }
    if (!check_stat(zip, &info, error)) {
        return false;
    }
    if (info.size > DUO_TOOL_FILE_BYTES_MAX - zip->total_bytes) {
        return file_fail(zip, info.name, error,
                         "would make more than 64 MB when unpacked");
    }
    zip->total_bytes += info.size;
    file->name = duo_package_copy_text(info.name);
    zip->count++;
    stream = zip_fopen_index(archive, index, 0);
    done = stream != NULL && unpack(stream, info.size, &file->bytes);
    if (stream != NULL) {
        (void)zip_fclose(stream);
    }
    return done ||
           file_fail(zip, info.name, error,
                     "is damaged: it cannot be unpacked, or its size or CRC "
                     "is wrong");
}

static bool unpack_all(struct duo_package_zip *zip, zip_t *archive,
                       struct duo_tool_error *error)
{
    zip_int64_t count = zip_get_num_entries(archive, 0);

    if (count > (zip_int64_t)DUO_PACKAGE_ZIP_FILES_MAX) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: %lld files in the zip; a package has at "
                             "most %u",
                             zip->label, (long long)count,
                             DUO_PACKAGE_ZIP_FILES_MAX);
    }
    for (zip_int64_t i = 0; i < count; i++) {
        if (!unpack_file(zip, archive, (zip_uint64_t)i, error)) {
            return false;
        }
    }
    return true;
}

/* Why libzip cannot open it, in words for a user. */
static bool open_fail(const char *label, zip_error_t *cause,
                      struct duo_tool_error *error)
{
    const char *sentence = zip_error_strerror(cause);

    if (zip_error_code_zip(cause) == ZIP_ER_NOZIP) {
        sentence = "not a zip, or its end is cut off";
    } else if (zip_error_code_zip(cause) == ZIP_ER_INCONS) {
        sentence = "a damaged zip: its directory and its files disagree";
    } else if (zip_error_code_zip(cause) == ZIP_ER_EXISTS) {
        sentence = "a file is in the zip twice";
    }
    return duo_tool_fail(error, DUO_EXIT_INPUT, "%s: %s", label, sentence);
}

bool duo_package_unzip(const char *label, struct duo_bytes bytes,
                       struct duo_package_zip *zip,
                       struct duo_tool_error *error)
{
    zip_error_t cause;
    zip_source_t *source;
    zip_t *archive = NULL;
    bool done;

    *zip = (struct duo_package_zip){.label = label};
    zip_error_init(&cause);
    source = zip_source_buffer_create(bytes.data, bytes.len_bytes, 0, &cause);
    if (source != NULL) {
        /* Both directories are compared: Android reads the one, iOS the
         * other. */
        archive =
            zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &cause);
    }
    if (archive == NULL) {
        zip_source_free(source);
        (void)open_fail(label, &cause, error);
        zip_error_fini(&cause);
        return false;
    }
    done = unpack_all(zip, archive, error);
    zip->is_streamable = done && is_streamable(bytes);
    zip_discard(archive);
    zip_error_fini(&cause);
    return done;
}

void duo_package_zip_free(struct duo_package_zip *zip)
{
    for (size_t i = 0; i < zip->count; i++) {
        free(zip->files[i].name);
        duo_tool_buffer_free(&zip->files[i].bytes);
    }
    zip->count = 0;
}

struct duo_package_zip_file *duo_package_zip_find(struct duo_package_zip *zip,
                                                  const char *name)
{
    for (size_t i = 0; i < zip->count; i++) {
        if (strcmp(zip->files[i].name, name) == 0) {
            return &zip->files[i];
        }
    }
    return NULL;
}
