/* SPDX-License-Identifier: MIT */
/* What the files of the image group share. */
#ifndef DUO_SMP_IMAGE_INTERNAL_H
#define DUO_SMP_IMAGE_INTERNAL_H

#include "duo/smp_image.h"
#include "duo/trailer.h"

#define SMP_IMAGE_NOT_ASKED 0xFFU

/* --- image_group.c --- */

/** May the flash be read and written now? False: the handler says AGAIN. */
bool smp_image_ready(struct duo_smp_image *image);
/** Wake the external flash. False: there is none. */
bool smp_image_open(struct duo_smp_image *image);
/** Is an upload unfinished? */
bool smp_image_is_receiving(const struct duo_smp_image *image);
void smp_image_changed(struct duo_smp_image *image);
uint64_t smp_image_now_us(const struct duo_smp_image *image);
/** Refuse with what failed in the upload, and forget it. */
enum duo_smp_outcome smp_image_refuse_failed(struct duo_smp_image *image,
                                             struct duo_smp_request *request);
enum duo_smp_outcome smp_image_refuse(struct duo_smp_request *request,
                                      enum duo_smp_image_error error);

/* --- image_list.c --- */

/** The image at the start of @p area, into image->image. */
enum duo_reason smp_image_parse(struct duo_smp_image *image,
                                const struct duo_area *area,
                                enum duo_core core);
/** On trial: reverted at the next boot, unless confirmed. */
bool smp_image_is_trial(const struct duo_trailer *trailer);
/** The answer to state commands: the list. */
enum duo_smp_outcome smp_image_put_list(struct duo_smp_image *image,
                                        struct duo_smp_request *request);

/* --- image_erase.c --- */

/** Look whether the next staged slot may be emptied, and begin with it then.
 * False: there is no flash. */
bool smp_image_begin_idle(struct duo_smp_image *image);

/* --- Handlers --- */

enum duo_smp_outcome smp_image_read_state(void *ctx,
                                          struct duo_smp_request *request);
enum duo_smp_outcome smp_image_write_state(void *ctx,
                                           struct duo_smp_request *request);
enum duo_smp_outcome smp_image_upload(void *ctx,
                                      struct duo_smp_request *request);
enum duo_smp_outcome smp_image_erase(void *ctx,
                                     struct duo_smp_request *request);
enum duo_smp_outcome smp_image_slot_info(void *ctx,
                                         struct duo_smp_request *request);

/** image_route.c. Send the upload to its slot; the head is judged, and in
 * image->image. 0, or why not. */
enum duo_smp_image_error smp_image_route(struct duo_smp_image *image);

#endif
