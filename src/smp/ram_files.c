/* SPDX-License-Identifier: MIT */
/* See duo/ram_files.h. */
#include "duo/ram_files.h"

#include <string.h>

/* Where the file of this index lies; of the index behind the last: the end. */
static uint32_t start_of(const struct duo_ram_files *files, uint32_t index)
{
    uint32_t off_bytes = 0;

    for (uint32_t i = 0; i < index; i++) {
        off_bytes += files->files[i].len_bytes;
    }
    return off_bytes;
}

/* files->count: no such file. */
static uint32_t index_of(const struct duo_ram_files *files, const char *name)
{
    uint32_t index = 0;

    while (index < files->count &&
           strcmp(files->files[index].name, name) != 0) {
        index++;
    }
    return index;
}

static bool is_name(const char *name)
{
    size_t len_bytes = 0;

    for (; name[len_bytes] != '\0'; len_bytes++) {
        char letter = name[len_bytes];

        if (len_bytes == DUO_RAM_FILE_NAME_BYTES_MAX || letter < ' ' ||
            letter > '~' || letter == '/') {
            return false;
        }
    }
    return len_bytes != 0;
}

static uint32_t held_count(const struct duo_ram_files *files)
{
    return files->count + (files->is_writing ? 1U : 0U);
}

/* Close the gap that the file of this index leaves. */
static void remove_index(struct duo_ram_files *files, uint32_t index)
{
    uint32_t held = held_count(files);
    uint32_t begin = start_of(files, index);
    uint32_t end = begin + files->files[index].len_bytes;

    memmove(files->memory + begin, files->memory + end,
            start_of(files, held) - end);
    memmove(&files->files[index], &files->files[index + 1U],
            (held - index - 1U) * sizeof(files->files[0]));
    files->count--;
}

static enum duo_smp_fs_error stat(void *ctx, const char *name,
                                  uint32_t *len_bytes)
{
    const struct duo_ram_files *files = ctx;
    uint32_t index = index_of(files, name);

    if (index == files->count) {
        return is_name(name) ? DUO_SMP_FS_NOT_FOUND : DUO_SMP_FS_BAD_NAME;
    }
    *len_bytes = files->files[index].len_bytes;
    return DUO_SMP_FS_OK;
}

static size_t read(void *ctx, const char *name, uint32_t off_bytes,
                   uint8_t *dst, size_t room_bytes)
{
    const struct duo_ram_files *files = ctx;
    uint32_t index = index_of(files, name);
    uint32_t rest_bytes;

    if (index == files->count || off_bytes >= files->files[index].len_bytes) {
        return 0;
    }
    rest_bytes = files->files[index].len_bytes - off_bytes;
    if (room_bytes > rest_bytes) {
        room_bytes = rest_bytes;
    }
    memcpy(dst, files->memory + start_of(files, index) + off_bytes, room_bytes);
    return room_bytes;
}

static void drop(void *ctx)
{
    ((struct duo_ram_files *)ctx)->is_writing = false;
}

static enum duo_smp_fs_error create(void *ctx, const char *name,
                                    uint32_t len_bytes)
{
    struct duo_ram_files *files = ctx;
    struct duo_ram_file *file = &files->files[files->count];

    drop(files);
    if (!is_name(name)) {
        return DUO_SMP_FS_BAD_NAME;
    }
    if (len_bytes > files->memory_bytes - start_of(files, files->count) ||
        (files->count == DUO_RAM_FILES_MAX &&
         index_of(files, name) == files->count)) {
        return DUO_SMP_FS_WRITE_FAILED;
    }
    memcpy(file->name, name, strlen(name) + 1U);
    file->len_bytes = len_bytes;
    files->is_writing = true;
    files->written_bytes = 0;
    return DUO_SMP_FS_OK;
}

static enum duo_smp_fs_error write(void *ctx, struct duo_bytes data)
{
    struct duo_ram_files *files = ctx;
    const struct duo_ram_file *file = &files->files[files->count];

    if (!files->is_writing ||
        data.len_bytes > file->len_bytes - files->written_bytes) {
        return DUO_SMP_FS_WRITE_FAILED;
    }
    memcpy(files->memory + start_of(files, files->count) + files->written_bytes,
           data.data, data.len_bytes);
    files->written_bytes += (uint32_t)data.len_bytes;
    return DUO_SMP_FS_OK;
}

static enum duo_smp_fs_error finish(void *ctx)
{
    struct duo_ram_files *files = ctx;
    const struct duo_ram_file *file = &files->files[files->count];
    uint32_t old;

    if (!files->is_writing || files->written_bytes != file->len_bytes) {
        return DUO_SMP_FS_WRITE_FAILED;
    }
    old = index_of(files, file->name);
    if (old < files->count) {
        remove_index(files, old);
    }
    files->is_writing = false;
    files->count++;
    return DUO_SMP_FS_OK;
}

void duo_ram_files_init(struct duo_ram_files *files, uint8_t *memory,
                        uint32_t memory_bytes)
{
    *files =
        (struct duo_ram_files){.memory = memory, .memory_bytes = memory_bytes};
}

struct duo_smp_disk duo_ram_files_disk(struct duo_ram_files *files,
                                       const char *name)
{
    return (struct duo_smp_disk){
        .name = name,
        .stat = stat,
        .read = read,
        .create = create,
        .write = write,
        .finish = finish,
        .drop = drop,
        .ctx = files,
    };
}

const struct duo_ram_file *duo_ram_files_find(const struct duo_ram_files *files,
                                              const char *name)
{
    uint32_t index = index_of(files, name);

    return index == files->count ? NULL : &files->files[index];
}

struct duo_bytes duo_ram_file_bytes(const struct duo_ram_files *files,
                                    const struct duo_ram_file *file)
{
    return (struct duo_bytes){
        files->memory + start_of(files, (uint32_t)(file - files->files)),
        file->len_bytes};
}

bool duo_ram_files_remove(struct duo_ram_files *files, const char *name)
{
    uint32_t index = index_of(files, name);

    if (index == files->count) {
        return false;
    }
    remove_index(files, index);
    return true;
}
