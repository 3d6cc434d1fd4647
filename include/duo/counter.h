/* SPDX-License-Identifier: MIT */
/* Security counters of both images in one page of the application core's own
 * flash, which no other core or chip can write. Append only; the page is
 * never erased. Bytes: docs/FORMAT.md section "Security counters". */
#ifndef DUO_COUNTER_H
#define DUO_COUNTER_H

#include <stdint.h>

#include "duo/flash.h"
#include "duo/image.h"

/** The highest value on record for each core, 0 if none. Records that do not
 * check are passed over: they were cut while being written. */
enum duo_err duo_counter_read(const struct duo_area *area,
                              uint32_t values[DUO_CORE_COUNT]);

/**
 * Record that @p core has reached @p value; nothing is written if it has
 * already. Only ever called with the counter of a confirmed, verified image.
 *
 * @return DUO_OK; DUO_ERR_FULL (no record left: the counter stays); or a
 * flash error.
 * Power cut: a torn record does not check; the caller raises again.
 */
enum duo_err duo_counter_raise(const struct duo_area *area, enum duo_core core,
                               uint32_t value);

#endif
