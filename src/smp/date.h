/* SPDX-License-Identifier: MIT */
/* Dates as SMP writes them, as seconds since 1970-01-01. */
#ifndef DUO_SMP_DATE_H
#define DUO_SMP_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/bytes.h"

#define DUO_SMP_DATE_CHARS 19U /* YYYY-MM-DDTHH:MM:SS */

/** As lenient as the reference: numbers of any width with any one character
 * between them; a fraction and a zone may follow and are passed over, as the
 * time is local. False: no date, not in the calendar, or not from 1970 to
 * 2105. */
bool duo_smp_date_parse(struct duo_bytes text, uint32_t *seconds_s);

void duo_smp_date_format(uint32_t seconds_s, char dst[DUO_SMP_DATE_CHARS + 1U]);

#endif
