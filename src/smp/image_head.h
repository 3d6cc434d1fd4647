/* SPDX-License-Identifier: MIT */
/* The head of an image while it is only in RAM. */
#ifndef DUO_SMP_IMAGE_HEAD_H
#define DUO_SMP_IMAGE_HEAD_H

#include "duo/image_format.h"
#include "duo/smp_image.h"

#define SMP_IMAGE_MAGIC DUO_IMAGE_MAGIC

/** Judge header and vector table by what the upload's ring holds, into
 * image->image. READ_FAILED: more bytes are needed; else NONE or what is
 * against it. */
enum duo_reason smp_image_judge_head(struct duo_smp_image *image);

#endif
