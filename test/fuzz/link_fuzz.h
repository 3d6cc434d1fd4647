/* SPDX-License-Identifier: MIT */
/* What the fuzz target of the SMP links and its bounded run agree on. */
#ifndef DUO_LINK_FUZZ_H
#define DUO_LINK_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#define DUO_LINK_FUZZ_STEERING_BYTES 1U

/** Feed one input to every link; aborts if a promise is broken. Returns how
 * many packets came out of it. */
size_t duo_fuzz_links(const uint8_t *data, size_t len_bytes);

/** libFuzzer's entry: the same. */
/* NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_bytes);

#endif
