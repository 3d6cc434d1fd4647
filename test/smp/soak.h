/* SPDX-License-Identifier: MIT */
/* One life of a board in the soak: see soak.c. */
#ifndef DUO_TEST_SOAK_H
#define DUO_TEST_SOAK_H

#include "wire.h"

#define SOAK_ROUNDS 10U /* Uploads in one life. */

struct soak_link {
    const char *name;
    enum double_coding coding;
    uint16_t mtu;
};

/* What happened, over all lives. */
struct soak_counts {
    uint32_t uploads;    /* Ended with the right bytes in the right slot. */
    uint32_t over_bad;   /* Of them: over the bad line. */
    uint32_t attempts;   /* Calls of the client; all but the last of an */
    uint32_t errors;     /* upload ended with a sentence. */
    uint32_t resumed;    /* Began where another had ended. */
    uint32_t stopped;    /* By the user. */
    uint32_t no_match;   /* The digest told of damage on an unchecked line. */
    uint32_t unsure;     /* Success without a digest, of other bytes. */
    uint32_t resent;     /* Packets. */
    uint32_t faults;     /* Of the line. */
    uint32_t cuts;       /* Of the power. */
    uint32_t gone;       /* Connections. */
    uint32_t installs;   /* A new image ran. */
    uint32_t reverts;    /* The previous one came back. */
    uint32_t confirms;   /* Also: permanent from the start. */
    uint32_t erases;     /* Of a staged slot, by request. */
    uint64_t virtual_us; /* All lives together. */
};

/** Play one life; adds to @p counts. NULL: all is well, else what is broken,
 * valid until the next call. */
const char *soak_play(const struct soak_link *link, uint64_t seed,
                      uint32_t rounds, struct soak_counts *counts);

#endif
