/* SPDX-License-Identifier: MIT */
/* The fuzz target of the SMP server without a fuzzer: a fixed number of mutated
 * seeds, the same ones every time, in any build. With --corpus the seeds are
 * written as files instead.
 *
 *     smp_mutate [COUNT]
 *     smp_mutate --corpus DIR
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smp_fuzz.h"

#define COUNT_DEFAULT 200000UL

/* xorshift64*: the same numbers on every machine. */
static size_t pick(uint64_t *state, size_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (size_t)(*state * UINT64_C(0x2545F4914F6CDD1D) >> 33) % below;
}

/* Heads at the edges of their widths, openers, the break. */
static const uint8_t edges[] = {0x00, 0x01, 0x17, 0x18, 0x1B, 0x1F, 0x40,
                                0x5B, 0x5F, 0x60, 0x7B, 0x7F, 0x80, 0x9B,
                                0x9F, 0xA0, 0xBB, 0xBF, 0xC1, 0xF6, 0xFF};

static size_t mutate(uint64_t *state, uint8_t *data, size_t len_bytes)
{
    size_t changes = 1 + pick(state, 4);

    for (size_t i = 0; i < changes; i++) {
        size_t at = pick(state, len_bytes);

        switch (pick(state, 5)) {
        case 0: data[at] ^= (uint8_t)(1U << pick(state, 8)); break;
        case 1: data[at] = edges[pick(state, sizeof(edges))]; break;
        case 2: data[at] = (uint8_t)pick(state, 256); break;
        case 3: len_bytes = at + 1; break;
        default:
            memmove(data + pick(state, at + 1), data + at,
                    1 + pick(state, len_bytes - at));
            break;
        }
    }
    return len_bytes;
}

static int write_corpus(const char *dir)
{
    uint8_t seed[DUO_FUZZ_SMP_SEED_BYTES_MAX];

    for (size_t i = 0; i < duo_fuzz_smp_seeds(); i++) {
        size_t len_bytes = duo_fuzz_smp_seed(i, seed);
        char path[4096];
        FILE *file;
        size_t written = 0;

        (void)snprintf(path, sizeof(path), "%s/smp-%zu", dir, i);
        file = fopen(path, "wb");
        if (file != NULL) {
            written = fwrite(seed, 1, len_bytes, file);
        }
        if (file == NULL || fclose(file) != 0 || written != len_bytes) {
            (void)fprintf(stderr, "cannot write %s\n", path);
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    unsigned long count = COUNT_DEFAULT;
    uint64_t state = 3;
    unsigned long good = 0;
    uint8_t seed[DUO_FUZZ_SMP_SEED_BYTES_MAX];

    if (argc == 3 && strcmp(argv[1], "--corpus") == 0) {
        return write_corpus(argv[2]);
    }
    if (argc > 1) {
        count = strtoul(argv[1], NULL, 10);
    }
    for (unsigned long i = 0; i < count; i++) {
        size_t len_bytes = duo_fuzz_smp_seed(i % duo_fuzz_smp_seeds(), seed);
        uint8_t *heap;

        len_bytes = mutate(&state, seed, len_bytes);
        /* A block of exactly this size, for the address sanitizer. */
        heap = malloc(len_bytes);
        if (heap == NULL) {
            return 1;
        }
        memcpy(heap, seed, len_bytes);
        good += duo_fuzz_smp(heap, len_bytes);
        free(heap);
    }
    (void)printf("%lu mutated inputs, %lu answers that are no errors\n", count,
                 good);
    /* Else the mutations would be too wild to test anything. */
    return good > count / 10U ? 0 : 1;
}
