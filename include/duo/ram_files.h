/* SPDX-License-Identifier: MIT */
/* A disk in RAM for the SMP server's file group: a few small files that
 * clients write, lost at a reset. Flat: no folders. Files lie one behind the
 * other in the caller's memory, without gaps; what is being written is the last
 * of them and has no name yet. No heap; not for use from interrupts.
 *
 * A product with a flash file system fills in its own struct duo_smp_disk
 * (duo/smp_groups.h) instead. */
#ifndef DUO_RAM_FILES_H
#define DUO_RAM_FILES_H

#include "duo/smp_groups.h"

#define DUO_RAM_FILES_MAX           8U
#define DUO_RAM_FILE_NAME_BYTES_MAX 24U

struct duo_ram_file {
    char name[DUO_RAM_FILE_NAME_BYTES_MAX + 1U];
    uint32_t len_bytes;
};

struct duo_ram_files {
    uint8_t *memory; /* Caller's. */
    uint32_t memory_bytes;
    uint32_t count; /* Of the files that can be seen. */
    bool is_writing;
    uint32_t written_bytes; /* Of files[count], which is being written. */
    /* In the order in which they lie in memory, the oldest first. */
    struct duo_ram_file files[DUO_RAM_FILES_MAX + 1U];
};

/** Empty, in @p memory of @p memory_bytes: room for all files together, the one
 * that is being written and the one that it will replace included. */
void duo_ram_files_init(struct duo_ram_files *files, uint8_t *memory,
                        uint32_t memory_bytes);

/** The disk for struct duo_smp_fs: its files begin with @p name ("/ram/"), a
 * string that lasts. Their names have 1..24 printable ASCII characters (with
 * spaces) and no slash. A ninth file, and one without room, is refused with
 * WRITE_FAILED before any of its data is taken. */
struct duo_smp_disk duo_ram_files_disk(struct duo_ram_files *files,
                                       const char *name);

/** The file of this name, or NULL. Valid until files change. */
const struct duo_ram_file *duo_ram_files_find(const struct duo_ram_files *files,
                                              const char *name);
/** Its content, without a copy. @p file is one of files->files. */
struct duo_bytes duo_ram_file_bytes(const struct duo_ram_files *files,
                                    const struct duo_ram_file *file);
/** Delete the file of this name; an upload goes on. False: no such file. */
bool duo_ram_files_remove(struct duo_ram_files *files, const char *name);

#endif
