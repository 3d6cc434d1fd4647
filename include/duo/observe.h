/* SPDX-License-Identifier: MIT */
/* What is seen of both images on flash, as the decision table wants it. The
 * boot loader and whoever tells what it will do look with the same eyes. */
#ifndef DUO_OBSERVE_H
#define DUO_OBSERVE_H

#include "duo/decide.h"
#include "duo/progress.h"
#include "duo/slots.h"

/** What the progress record says about the image of @p core. */
enum duo_record_state duo_record_state(const struct duo_progress *progress,
                                       enum duo_core core);

/**
 * Read the trailers of both images and combine them with the record. In the
 * one-pair flow the network image is confirmed by the application's trailer:
 * either trailer counts, and the application is not on trial itself.
 *
 * @return DUO_OK, or the first flash error; @p observed must not be used then,
 * since an unread trailer says nothing.
 */
enum duo_err duo_observe(const struct duo_slots *slots,
                         const struct duo_progress *progress,
                         struct duo_observed observed[DUO_CORE_COUNT]);

#endif
