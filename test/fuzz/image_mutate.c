/* SPDX-License-Identifier: MIT */
/* The fuzz target without a fuzzer: a fixed number of mutated seeds, the same
 * ones every time, in any build. image_mutate [COUNT [SEED]] */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image_fuzz.h"

#define COUNT_DEFAULT 200000UL

/* xorshift64*: the same numbers on every machine. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545F4914F6CDD1D);
}

static size_t pick(uint64_t *state, size_t below)
{
    return (size_t)(next_random(state) >> 33) % below;
}

/* Values that sit at the edges of the fields' types. */
static const uint8_t edges[] = {0x00, 0x01, 0x03, 0x04, 0x07, 0x08, 0x1F,
                                0x20, 0x40, 0x7F, 0x80, 0xFC, 0xFE, 0xFF};

static size_t mutate(uint64_t *state, uint8_t *data, size_t len_bytes)
{
    size_t changes = 1 + pick(state, 4);

    for (size_t i = 0; i < changes; i++) {
        size_t at = pick(state, len_bytes);
        switch (pick(state, 5)) {
        case 0: data[at] ^= (uint8_t)(1U << pick(state, 8)); break;
        case 1: data[at] = edges[pick(state, sizeof(edges))]; break;
        case 2: data[at] = (uint8_t)next_random(state); break;
        case 3: len_bytes = at + 1; break;
        default:
            /* Move a part over another: duplicates and shifts TLVs. */
            memmove(data + pick(state, at + 1), data + at,
                    1 + pick(state, len_bytes - at));
            break;
        }
    }
    return len_bytes;
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : COUNT_DEFAULT;
    uint64_t state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    unsigned long accepted = 0;
    uint8_t seed[DUO_FUZZ_SEED_BYTES_MAX];

    for (unsigned i = 0; i < DUO_FUZZ_SEEDS; i++) {
        size_t len_bytes = duo_fuzz_seed(i, seed);
        if (!duo_fuzz_image(seed, len_bytes)) {
            (void)fprintf(stderr, "seed %u is not accepted\n", i);
            return 1;
        }
    }
    state = state * 2 + 1;
    for (unsigned long i = 0; i < count; i++) {
        size_t len_bytes = duo_fuzz_seed((unsigned)(i % DUO_FUZZ_SEEDS), seed);
        uint8_t *heap;

        len_bytes = mutate(&state, seed, len_bytes);
        /* A block of exactly this size, for the address sanitizer. */
        heap = malloc(len_bytes);
        if (heap == NULL) {
            return 1;
        }
        memcpy(heap, seed, len_bytes);
        accepted += duo_fuzz_image(heap, len_bytes);
        free(heap);
    }
    (void)printf("%lu mutated images, %lu accepted\n", count, accepted);
    return 0;
}
