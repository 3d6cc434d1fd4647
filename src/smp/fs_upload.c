/* SPDX-License-Identifier: MIT */
/* Group 8: a file is written, chunk after chunk, onto the product's disk; see
 * duo/smp_groups.h. */
#include "fs_internal.h"

#include <string.h>

enum { FIELD_NAME, FIELD_OFF, FIELD_LEN, FIELD_DATA, FIELD_COUNT };

static const struct duo_cbor_field fields_wanted[FIELD_COUNT] = {
    [FIELD_NAME] = {.key = "name", .kind = DUO_CBOR_TEXT },
    [FIELD_OFF] = {.key = "off",  .kind = DUO_CBOR_UINT },
    [FIELD_LEN] = {.key = "len",  .kind = DUO_CBOR_UINT },
    [FIELD_DATA] = {.key = "data", .kind = DUO_CBOR_BYTES},
};

void duo_smp_fs_drop(struct duo_smp_fs *fs)
{
    if (fs->put.name[0] != '\0' && fs->put.off_bytes < fs->put.len_bytes) {
        fs->disk->drop(fs->disk->ctx);
    }
    fs->put.name[0] = '\0';
}

/* Where the request came from: two clients that write the same name must not
 * get a file of both their chunks. */
static void take_client(struct duo_smp_fs *fs)
{
    const struct duo_smp_packet *packet = fs->server->current;

    fs->put.link = packet->link;
    fs->put.peer = packet->peer;
}

static bool is_upload(const struct duo_smp_fs *fs, const char *name)
{
    const struct duo_smp_packet *packet =
        fs->server == NULL ? NULL : fs->server->current;

    return strcmp(fs->put.name, name) == 0 &&
           (packet == NULL ||
            (packet->link == fs->put.link && packet->peer == fs->put.peer));
}

/* Give up what was under way and begin with this file. */
static enum duo_smp_fs_error begin(struct duo_smp_fs *fs, const char *name,
                                   uint64_t len_bytes)
{
    enum duo_smp_fs_error error;

    duo_smp_fs_drop(fs);
    if (len_bytes > UINT32_MAX) {
        return DUO_SMP_FS_WRITE_FAILED;
    }
    error = fs->disk->create(fs->disk->ctx, name, (uint32_t)len_bytes);
    if (error != DUO_SMP_FS_OK) {
        return error;
    }
    memcpy(fs->put.name, name, sizeof(fs->put.name));
    fs->put.len_bytes = (uint32_t)len_bytes;
    fs->put.off_bytes = 0;
    if (fs->server != NULL) {
        take_client(fs);
    }
    return DUO_SMP_FS_OK;
}

/* The chunk that is wanted. With the last one the file is there. */
static enum duo_smp_fs_error take(struct duo_smp_fs *fs, struct duo_bytes data)
{
    const struct duo_smp_disk *disk = fs->disk;
    enum duo_smp_fs_error error = DUO_SMP_FS_OK;

    if (data.len_bytes != 0) {
        error = disk->write(disk->ctx, data);
    }
    if (error == DUO_SMP_FS_OK &&
        data.len_bytes == fs->put.len_bytes - fs->put.off_bytes) {
        error = disk->finish(disk->ctx);
    }
    if (error != DUO_SMP_FS_OK) {
        disk->drop(disk->ctx);
        fs->put.name[0] = '\0';
        return error;
    }
    fs->put.off_bytes += (uint32_t)data.len_bytes;
    return DUO_SMP_FS_OK;
}

/* Not to be continued here: the client is told where. Version 1 has no room for
 * that beside an error. */
static void put_wanted(struct duo_smp_request *request, uint32_t off_bytes)
{
    struct duo_cbor_writer *writer = &request->answer;

    if (request->header.version == DUO_SMP_V1) {
        duo_smp_refuse(request, DUO_SMP_FS_OFFSET_NOT_VALID);
        return;
    }
    duo_cbor_put_key(writer, "err");
    duo_cbor_begin_map(writer);
    duo_cbor_put_uint(writer, "group", DUO_SMP_GROUP_FS);
    duo_cbor_put_uint(writer, "rc", DUO_SMP_FS_OFFSET_NOT_VALID);
    duo_cbor_end(writer);
    duo_cbor_put_uint(writer, "len", off_bytes);
}

/* A chunk of this file, or its first. */
static void take_chunk(struct duo_smp_fs *fs, struct duo_smp_request *request,
                       const char *name,
                       const struct duo_cbor_field fields[FIELD_COUNT])
{
    enum duo_smp_fs_error error = DUO_SMP_FS_OK;
    struct duo_bytes data = fields[FIELD_DATA].bytes;
    uint64_t off_bytes = fields[FIELD_OFF].number;
    bool is_first = off_bytes == 0;
    bool is_ours = is_first || is_upload(fs, name);
    uint64_t len_bytes =
        is_first ? fields[FIELD_LEN].number : fs->put.len_bytes;

    if (!is_ours || (!is_first && off_bytes > fs->put.off_bytes)) {
        put_wanted(request, is_ours ? fs->put.off_bytes : 0);
        return;
    }
    if (data.len_bytes > len_bytes - off_bytes) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
        return;
    }
    if (is_first) {
        error = begin(fs, name, len_bytes);
    }
    /* One that came twice, because its answer was lost, is as good as taken. */
    if (error == DUO_SMP_FS_OK && off_bytes == fs->put.off_bytes &&
        (is_first || off_bytes < len_bytes)) {
        error = take(fs, data);
    }
    if (error != DUO_SMP_FS_OK) {
        duo_smp_refuse(request, (uint16_t)error);
        return;
    }
    duo_cbor_put_uint(&request->answer, "off", fs->put.off_bytes);
}

enum duo_smp_outcome fs_upload(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_fs *fs = ctx;
    struct duo_cbor_field fields[FIELD_COUNT];
    struct fs_place place;
    enum duo_smp_fs_error error;

    memcpy(fields, fields_wanted, sizeof(fields_wanted));
    if (!duo_smp_read(request, fields, FIELD_COUNT)) {
        return DUO_SMP_DONE;
    }
    if (!fields[FIELD_NAME].found || !fields[FIELD_OFF].found ||
        (fields[FIELD_OFF].number == 0 && !fields[FIELD_LEN].found)) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
        return DUO_SMP_DONE;
    }
    error = fs_find(fs, fields[FIELD_NAME].bytes, &place);
    if (place.file != NULL || error == DUO_SMP_FS_NOT_FOUND) {
        error = DUO_SMP_FS_READ_ONLY; /* On no disk. */
    }
    if (error != DUO_SMP_FS_OK) {
        duo_smp_refuse(request, (uint16_t)error);
        return DUO_SMP_DONE;
    }
    take_chunk(fs, request, place.name, fields);
    return DUO_SMP_DONE;
}
