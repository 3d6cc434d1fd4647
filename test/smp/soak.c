/* SPDX-License-Identifier: MIT */
/* Uploads over bad lines, again and again: the client library against the
 * server on the native board, over each link coding. The line loses, doubles,
 * damages, delays and cuts; the power fails at flash operations; the user stops
 * and begins again; images are tested, confirmed, reverted, erased. Each upload
 * must end with the right bytes in the right slot, read by probe, and the
 * server must answer on a clean line after each: it is never stuck.
 *
 *     smp_soak [--link NAME] [--uploads N] [--seed S]
 *
 * A life of a board is ten uploads and has a seed of its own: a failure prints
 * the line that plays that life again. */
#include "soak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UPLOADS_DEFAULT 40U

static const struct soak_link links[] = {
    {"console", DOUBLE_CONSOLE, 0  },
    {"raw",     DOUBLE_RAW,     0  },
    {"slip",    DOUBLE_SLIP,    0  },
    {"udp",     DOUBLE_PACKETS, 0  },
    {"gatt23",  DOUBLE_GATT,    23 },
    {"gatt247", DOUBLE_GATT,    247},
    {"gatt498", DOUBLE_GATT,    498},
};
#define LINKS (sizeof(links) / sizeof(links[0]))

struct options {
    const char *link; /* NULL: all. */
    uint32_t uploads; /* Over each. */
    uint64_t seed;
};

static bool read_options(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) {
            return false;
        }
        if (strcmp(argv[i], "--link") == 0) {
            options->link = argv[i + 1];
        } else if (strcmp(argv[i], "--uploads") == 0) {
            options->uploads = (uint32_t)strtoul(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--seed") == 0) {
            options->seed = strtoull(argv[i + 1], NULL, 10);
        } else {
            return false;
        }
    }
    return true;
}

static void print_counts(const char *name, const struct soak_counts *counts)
{
    (void)printf(
        "%-8s %u uploads right (%u over the bad line), %u attempts, "
        "%u ended with an error, %u resumed, %u stopped by the user, "
        "%u digests told of damage, %u more were wrong, %u packets resent\n",
        name, counts->uploads, counts->over_bad, counts->attempts,
        counts->errors, counts->resumed, counts->stopped, counts->no_match,
        counts->unsure, counts->resent);
    (void)printf("%-8s %u faults of the line, %u power cuts, %u connections "
                 "lost, %u installs, %u reverts, %u confirmed, %u erases, "
                 "%.0f s of virtual time\n",
                 "", counts->faults, counts->cuts, counts->gone,
                 counts->installs, counts->reverts, counts->confirms,
                 counts->erases, (double)counts->virtual_us / 1e6);
}

static bool play_link(const struct soak_link *link,
                      const struct options *options)
{
    struct soak_counts counts = {0};
    uint64_t seed = options->seed;

    for (uint32_t done = 0; done < options->uploads; seed++) {
        uint32_t rounds = options->uploads - done < SOAK_ROUNDS
                              ? options->uploads - done
                              : SOAK_ROUNDS;
        const char *broken = soak_play(link, seed, rounds, &counts);

        if (broken != NULL) {
            (void)printf("BROKEN: %s\n"
                         "  smp_soak --link %s --seed %llu --uploads %u\n",
                         broken, link->name, (unsigned long long)seed, rounds);
            return false;
        }
        done += rounds;
    }
    print_counts(link->name, &counts);
    return true;
}

int main(int argc, char **argv)
{
    struct options options = {.uploads = UPLOADS_DEFAULT, .seed = 1};
    bool done = true;
    bool is_any = false;

    if (!read_options(argc, argv, &options)) {
        (void)fputs("usage: smp_soak [--link NAME] [--uploads N] [--seed S]\n",
                    stderr);
        return 2;
    }
    for (size_t i = 0; i < LINKS; i++) {
        if (options.link == NULL || strcmp(options.link, links[i].name) == 0) {
            is_any = true;
            done = play_link(&links[i], &options) && done;
        }
    }
    if (!is_any) {
        (void)fprintf(stderr, "no such link: %s\n", options.link);
        return 2;
    }
    return done ? 0 : 1;
}
