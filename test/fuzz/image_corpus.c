/* SPDX-License-Identifier: MIT */
/* image_corpus DIR: write the seeds of the fuzz target as files. */
#include <stdio.h>

#include "image_fuzz.h"

int main(int argc, char **argv)
{
    uint8_t seed[DUO_FUZZ_SEED_BYTES_MAX];

    if (argc != 2) {
        (void)fprintf(stderr, "Usage: image_corpus DIR\n");
        return 2;
    }
    for (unsigned i = 0; i < DUO_FUZZ_SEEDS; i++) {
        char path[4096];
        size_t len_bytes = duo_fuzz_seed(i, seed);
        FILE *file;

        (void)snprintf(path, sizeof(path), "%s/seed-%u", argv[1], i);
        file = fopen(path, "wb");
        if (file == NULL || fwrite(seed, 1, len_bytes, file) != len_bytes ||
            fclose(file) != 0) {
            (void)fprintf(stderr, "image_corpus: cannot write %s\n", path);
            return 1;
        }
    }
    return 0;
}
