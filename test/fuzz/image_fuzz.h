/* SPDX-License-Identifier: MIT */
/* What the fuzz target and the maker of its corpus agree on. */
#ifndef DUO_IMAGE_FUZZ_H
#define DUO_IMAGE_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DUO_FUZZ_STEERING_BYTES 4U
#define DUO_FUZZ_P256_HASH      0x11
#define DUO_FUZZ_ED25519_HASH   0x22
/* Of no board: a fuzz target needs no layout. */
#define DUO_FUZZ_APP_ADDR 0x00010000U
#define DUO_FUZZ_NET_ADDR 0x01004000U

/** Parse and verify one input; aborts if a promise is broken. True: it was
 * accepted. */
bool duo_fuzz_image(const uint8_t *data, size_t len_bytes);

/** libFuzzer's entry: the same. */
/* NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_bytes);

/* A good input for the target; @p variant from 0 to DUO_FUZZ_SEEDS - 1.
 * Returns its length; at most DUO_FUZZ_SEED_BYTES_MAX. */
#define DUO_FUZZ_SEEDS          6U
#define DUO_FUZZ_SEED_BYTES_MAX 1024U
size_t duo_fuzz_seed(unsigned variant, uint8_t seed[DUO_FUZZ_SEED_BYTES_MAX]);

#endif
