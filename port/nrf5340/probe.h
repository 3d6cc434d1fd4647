/* SPDX-License-Identifier: MIT */
/* A read that may fail: memory of the other core may be closed to this one. */
#ifndef DUO_NRF_PROBE_H
#define DUO_NRF_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/** True if the word can be read. A bus fault of this one read is taken back by
 * the fault entry in startup.c; every other is a fault. */
bool duo_probe_word(const volatile uint32_t *word);

#endif
