/* SPDX-License-Identifier: MIT */
/* What the two halves of the file group share: reading in group_fs.c, writing
 * in fs_upload.c. */
#ifndef DUO_SMP_FS_INTERNAL_H
#define DUO_SMP_FS_INTERNAL_H

#include "duo/smp_groups.h"

/* Where a name leads. */
struct fs_place {
    const struct duo_smp_file *file; /* Made by the product; NULL: not. */
    /* On the disk: the rest of its name, terminated. */
    char name[DUO_SMP_FS_NAME_BYTES_MAX + 1U];
};

/** Find the place. NOT_FOUND: neither a file of the product nor on the disk;
 * whether the disk has it is not asked. */
enum duo_smp_fs_error fs_find(const struct duo_smp_fs *fs,
                              struct duo_bytes name, struct fs_place *place);

enum duo_smp_outcome fs_upload(void *ctx, struct duo_smp_request *request);

#endif
