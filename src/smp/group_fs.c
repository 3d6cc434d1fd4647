/* SPDX-License-Identifier: MIT */
/* Group 8: files are found and read; see duo/smp_groups.h. */
#include "fs_internal.h"

#include <string.h>

/* For version 1; those beyond are unknown. */
static const uint8_t error_rc[] = {
    [0] = DUO_SMP_RC_OK,
    [DUO_SMP_FS_UNKNOWN] = DUO_SMP_RC_UNKNOWN,
    [DUO_SMP_FS_BAD_NAME] = DUO_SMP_RC_INVALID,
    [DUO_SMP_FS_NOT_FOUND] = DUO_SMP_RC_NO_ENTRY,
    [DUO_SMP_FS_IS_DIRECTORY] = DUO_SMP_RC_UNKNOWN,
    [DUO_SMP_FS_OPEN_FAILED] = DUO_SMP_RC_UNKNOWN,
    [6] = DUO_SMP_RC_UNKNOWN,
    [DUO_SMP_FS_READ_FAILED] = DUO_SMP_RC_UNKNOWN,
    [8] = DUO_SMP_RC_UNKNOWN,
    [9] = DUO_SMP_RC_UNKNOWN,
    [DUO_SMP_FS_WRITE_FAILED] = DUO_SMP_RC_UNKNOWN,
    [DUO_SMP_FS_OFFSET_NOT_VALID] = DUO_SMP_RC_UNKNOWN,
    [DUO_SMP_FS_OFFSET_BEYOND] = DUO_SMP_RC_UNKNOWN,
    [DUO_SMP_FS_HASH_UNKNOWN] = DUO_SMP_RC_INVALID,
};

/* Of a hash, at each step: less than a millisecond of SHA-256. */
#define PIECE_BYTES 256U
/* Key and head of the data in an answer. */
#define DATA_BYTES (5U + 3U)

enum { FIELD_NAME, FIELD_OFF, FIELD_LEN, FIELD_TYPE, FIELD_COUNT };

static const struct duo_cbor_field fields_wanted[FIELD_COUNT] = {
    [FIELD_NAME] = {.key = "name", .kind = DUO_CBOR_TEXT},
    [FIELD_OFF] = {.key = "off",  .kind = DUO_CBOR_UINT},
    [FIELD_LEN] = {.key = "len",  .kind = DUO_CBOR_UINT},
    [FIELD_TYPE] = {.key = "type", .kind = DUO_CBOR_TEXT},
};

static bool is_text(struct duo_bytes bytes, const char *text)
{
    return duo_bytes_equal(
        bytes, (struct duo_bytes){(const uint8_t *)text, strlen(text)});
}

static const struct duo_smp_file *find_made(const struct duo_smp_fs *fs,
                                            struct duo_bytes name)
{
    for (size_t i = 0; i < fs->count; i++) {
        if (is_text(name, fs->files[i].name)) {
            return &fs->files[i];
        }
    }
    return NULL;
}

/* Is it a name on the disk, or the disk's own? */
static bool is_on_disk(const struct duo_smp_disk *disk, struct duo_bytes name)
{
    size_t disk_bytes = disk == NULL ? 0 : strlen(disk->name);

    if (disk != NULL && name.len_bytes + 1U == disk_bytes) {
        disk_bytes--; /* Without the slash at its end. */
    }
    return disk != NULL && name.len_bytes >= disk_bytes &&
           memcmp(name.data, disk->name, disk_bytes) == 0;
}

enum duo_smp_fs_error fs_find(const struct duo_smp_fs *fs,
                              struct duo_bytes name, struct fs_place *place)
{
    size_t disk_bytes;

    *place = (struct fs_place){.file = find_made(fs, name)};
    if (place->file != NULL) {
        return DUO_SMP_FS_OK;
    }
    if (name.len_bytes == 0) {
        return DUO_SMP_FS_BAD_NAME;
    }
    if (!is_on_disk(fs->disk, name)) {
        return DUO_SMP_FS_NOT_FOUND;
    }
    disk_bytes = strlen(fs->disk->name);
    if (name.len_bytes <= disk_bytes) {
        return DUO_SMP_FS_IS_DIRECTORY;
    }
    /* A zero in it would hide what comes behind. */
    if (name.len_bytes > DUO_SMP_FS_NAME_BYTES_MAX ||
        memchr(name.data, 0, name.len_bytes) != NULL) {
        return DUO_SMP_FS_BAD_NAME;
    }
    memcpy(place->name, name.data + disk_bytes, name.len_bytes - disk_bytes);
    return DUO_SMP_FS_OK;
}

/* Read the fields and find the place that they name; false: refused. */
static bool read_fields(const struct duo_smp_fs *fs,
                        struct duo_smp_request *request,
                        struct duo_cbor_field fields[FIELD_COUNT],
                        struct fs_place *place)
{
    enum duo_smp_fs_error error;

    memcpy(fields, fields_wanted, sizeof(fields_wanted));
    if (!duo_smp_read(request, fields, FIELD_COUNT)) {
        return false;
    }
    if (!fields[FIELD_NAME].found) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
        return false;
    }
    error = fs_find(fs, fields[FIELD_NAME].bytes, place);
    if (error != DUO_SMP_FS_OK) {
        duo_smp_refuse(request, (uint16_t)error);
    }
    return error == DUO_SMP_FS_OK;
}

static bool is_open(const struct duo_smp_fs *fs, const struct fs_place *place)
{
    return place->file != NULL && place->file == fs->opened;
}

static bool open_file(struct duo_smp_fs *fs, struct duo_smp_request *request,
                      const struct fs_place *place)
{
    enum duo_smp_fs_error error = DUO_SMP_FS_OK;

    fs->opened = NULL;
    if (place->file == NULL) {
        memcpy(fs->opened_name, place->name, sizeof(fs->opened_name));
        error =
            fs->disk->stat(fs->disk->ctx, fs->opened_name, &fs->opened_bytes);
    } else if (!place->file->open(place->file->ctx, &fs->opened_bytes)) {
        error = DUO_SMP_FS_OPEN_FAILED;
    }
    if (error != DUO_SMP_FS_OK) {
        duo_smp_refuse(request, (uint16_t)error);
        return false;
    }
    fs->opened = place->file;
    return true;
}

static size_t read_piece(const struct duo_smp_fs *fs, uint32_t off_bytes,
                         uint8_t *dst, size_t room_bytes)
{
    const struct duo_smp_file *file = fs->opened;

    return file == NULL ? fs->disk->read(fs->disk->ctx, fs->opened_name,
                                         off_bytes, dst, room_bytes)
                        : file->read(file->ctx, off_bytes, dst, room_bytes);
}

/* Read all of the range, in as many pieces as the file gives. */
static bool read_range(const struct duo_smp_fs *fs, uint32_t off_bytes,
                       uint8_t *dst, size_t len_bytes)
{
    while (len_bytes != 0) {
        size_t got_bytes = read_piece(fs, off_bytes, dst, len_bytes);

        if (got_bytes == 0 || got_bytes > len_bytes) {
            return false;
        }
        off_bytes += (uint32_t)got_bytes;
        dst += got_bytes;
        len_bytes -= got_bytes;
    }
    return true;
}

/* Put as much of the file as the answer has room for. */
static void put_data(const struct duo_smp_fs *fs,
                     struct duo_smp_request *request, uint32_t off_bytes)
{
    struct duo_cbor_writer *writer = &request->answer;
    size_t room_bytes = writer->room_bytes - writer->len_bytes;
    size_t len_bytes = fs->opened_bytes - off_bytes;
    uint8_t *dst;

    room_bytes = room_bytes < DATA_BYTES ? 0 : room_bytes - DATA_BYTES;
    if (len_bytes > room_bytes) {
        len_bytes = room_bytes;
    }
    dst = duo_cbor_put_room(writer, "data", len_bytes);
    if (dst == NULL || (len_bytes == 0 && off_bytes < fs->opened_bytes)) {
        duo_smp_reject(request, DUO_SMP_RC_TOO_LARGE);
    } else if (!read_range(fs, off_bytes, dst, len_bytes)) {
        duo_smp_refuse(request, DUO_SMP_FS_READ_FAILED);
    }
}

static enum duo_smp_outcome download(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_fs *fs = ctx;
    struct duo_cbor_field fields[FIELD_COUNT];
    struct fs_place place;
    uint64_t off_bytes;

    if (!read_fields(fs, request, fields, &place)) {
        return DUO_SMP_DONE;
    }
    off_bytes = fields[FIELD_OFF].number;
    if (!fields[FIELD_OFF].found) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
        return DUO_SMP_DONE;
    }
    if ((off_bytes == 0 || !is_open(fs, &place)) &&
        !open_file(fs, request, &place)) {
        return DUO_SMP_DONE;
    }
    if (off_bytes > fs->opened_bytes) {
        duo_smp_refuse(request, DUO_SMP_FS_OFFSET_BEYOND);
        return DUO_SMP_DONE;
    }
    duo_cbor_put_uint(&request->answer, "off", off_bytes);
    if (off_bytes == 0) {
        duo_cbor_put_uint(&request->answer, "len", fs->opened_bytes);
    }
    put_data(fs, request, (uint32_t)off_bytes);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome stat(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_fs *fs = ctx;
    struct duo_cbor_field fields[FIELD_COUNT];
    struct fs_place place;

    if (read_fields(fs, request, fields, &place) &&
        open_file(fs, request, &place)) {
        duo_cbor_put_uint(&request->answer, "len", fs->opened_bytes);
    }
    return DUO_SMP_DONE;
}

/* Take the kind of hash and the range from the fields; false: refused. */
static bool take_hash(struct duo_smp_fs *fs, struct duo_smp_request *request,
                      const struct duo_cbor_field fields[FIELD_COUNT])
{
    const struct duo_cbor_field *type = &fields[FIELD_TYPE];
    const struct duo_cbor_field *len = &fields[FIELD_LEN];
    uint64_t off_bytes = fields[FIELD_OFF].number;

    fs->hash_is_sha256 =
        fs->crypto != NULL && type->found && is_text(type->bytes, "sha256");
    if (type->found && !fs->hash_is_sha256 && !is_text(type->bytes, "crc32")) {
        duo_smp_refuse(request, DUO_SMP_FS_HASH_UNKNOWN);
    } else if (len->found && len->number == 0) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
    } else if (fs->opened_bytes == 0) {
        duo_smp_refuse(request, DUO_SMP_FS_EMPTY);
    } else if (off_bytes >= fs->opened_bytes) {
        duo_smp_refuse(request, DUO_SMP_FS_OFFSET_BEYOND);
    } else {
        fs->hash_start_bytes = (uint32_t)off_bytes;
        fs->hash_end_bytes = fs->opened_bytes;
        if (len->found && len->number < fs->opened_bytes - off_bytes) {
            fs->hash_end_bytes = (uint32_t)(off_bytes + len->number);
        }
    }
    return request->error == 0;
}

static enum duo_smp_outcome begin_hash(struct duo_smp_fs *fs,
                                       struct duo_smp_request *request)
{
    struct duo_cbor_field fields[FIELD_COUNT];
    struct fs_place place;

    if (!read_fields(fs, request, fields, &place) ||
        !open_file(fs, request, &place) || !take_hash(fs, request, fields)) {
        return DUO_SMP_DONE;
    }
    fs->hash_off_bytes = fs->hash_start_bytes;
    fs->crc = 0;
    if (fs->hash_is_sha256) {
        fs->crypto->ops->sha256_begin(fs->crypto);
    }
    request->step = 1;
    return DUO_SMP_AGAIN;
}

static void put_hash(const struct duo_smp_fs *fs,
                     struct duo_cbor_writer *writer)
{
    uint8_t digest[DUO_SHA256_BYTES];

    duo_cbor_put_text(writer, "type", fs->hash_is_sha256 ? "sha256" : "crc32");
    if (fs->hash_start_bytes != 0) {
        duo_cbor_put_uint(writer, "off", fs->hash_start_bytes);
    }
    duo_cbor_put_uint(writer, "len", fs->hash_end_bytes - fs->hash_start_bytes);
    if (fs->hash_is_sha256) {
        fs->crypto->ops->sha256_finish(fs->crypto, digest);
        duo_cbor_put_bytes(writer, "output",
                           (struct duo_bytes){digest, sizeof(digest)});
    } else {
        duo_cbor_put_uint(writer, "output", fs->crc);
    }
}

static enum duo_smp_outcome hash(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_fs *fs = ctx;
    uint8_t piece[PIECE_BYTES];
    struct duo_bytes bytes = {piece, sizeof(piece)};

    if (request->step == 0) {
        return begin_hash(fs, request);
    }
    if (fs->hash_off_bytes == fs->hash_end_bytes) {
        put_hash(fs, &request->answer);
        return DUO_SMP_DONE;
    }
    if (bytes.len_bytes > fs->hash_end_bytes - fs->hash_off_bytes) {
        bytes.len_bytes = fs->hash_end_bytes - fs->hash_off_bytes;
    }
    if (!read_range(fs, fs->hash_off_bytes, piece, bytes.len_bytes)) {
        duo_smp_refuse(request, DUO_SMP_FS_READ_FAILED);
        return DUO_SMP_DONE;
    }
    fs->hash_off_bytes += (uint32_t)bytes.len_bytes;
    if (fs->hash_is_sha256) {
        fs->crypto->ops->sha256_update(fs->crypto, bytes);
    } else {
        fs->crc = duo_crc32(fs->crc, bytes);
    }
    return DUO_SMP_AGAIN;
}

static void put_type(struct duo_cbor_writer *writer, const char *name,
                     bool is_bytes)
{
    duo_cbor_put_key(writer, name);
    duo_cbor_begin_map(writer);
    duo_cbor_put_uint(writer, "format", is_bytes);
    duo_cbor_put_uint(writer, "size",
                      is_bytes ? DUO_SHA256_BYTES : sizeof(uint32_t));
    duo_cbor_end(writer);
}

static enum duo_smp_outcome types(void *ctx, struct duo_smp_request *request)
{
    const struct duo_smp_fs *fs = ctx;
    struct duo_cbor_writer *writer = &request->answer;

    duo_cbor_put_key(writer, "types");
    duo_cbor_begin_map(writer);
    put_type(writer, "crc32", false);
    if (fs->crypto != NULL) {
        put_type(writer, "sha256", true);
    }
    duo_cbor_end(writer);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome close_file(void *ctx,
                                       struct duo_smp_request *request)
{
    (void)request;
    ((struct duo_smp_fs *)ctx)->opened = NULL;
    duo_smp_fs_drop(ctx);
    return DUO_SMP_DONE;
}

static const struct duo_smp_command commands[] = {
    {.id = 0, .read = download, .write = fs_upload },
    {.id = 1, .read = stat,     .write = NULL      },
    {.id = 2, .read = hash,     .write = NULL      },
    {.id = 3, .read = types,    .write = NULL      },
    {.id = 4, .read = NULL,     .write = close_file},
};

const struct duo_smp_group_type duo_smp_fs_group = {
    .id = DUO_SMP_GROUP_FS,
    .name = "fs mgmt",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .error_count = sizeof(error_rc),
    .error_rc = error_rc,
};
