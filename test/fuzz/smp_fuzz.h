/* SPDX-License-Identifier: MIT */
/* What the fuzz target of the SMP server and its callers agree on. */
#ifndef DUO_SMP_FUZZ_H
#define DUO_SMP_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** Serve one input; aborts if a promise is broken. Returns the number of
 * answers that are not errors. */
unsigned duo_fuzz_smp(const uint8_t *data, size_t len_bytes);

/** libFuzzer's entry: the same. */
/* NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_bytes);

/* An input to begin with; @p index below duo_fuzz_smp_seeds(). Returns its
 * length. */
#define DUO_FUZZ_SMP_SEED_BYTES_MAX 256U
size_t duo_fuzz_smp_seeds(void);
size_t duo_fuzz_smp_seed(size_t index,
                         uint8_t seed[DUO_FUZZ_SMP_SEED_BYTES_MAX]);

#endif
