/* SPDX-License-Identifier: MIT */
/* What the files of a life in the soak share. */
#ifndef DUO_TEST_SOAK_LIFE_H
#define DUO_TEST_SOAK_LIFE_H

#include "calls.h"
#include "soak.h"

#define SOAK_CUT_OPS_MAX 250U /* Of one upload: erases, programs, marks. */

struct life {
    struct wire *wire;
    struct duo_client client;
    struct soak_counts *counts;
    const struct rig_image *active[DUO_CORE_COUNT];
    const struct rig_image *image; /* Of this round. */
    enum duo_core core;
    struct double_faults faults; /* Of this round. */
    uint32_t round;
    volatile sig_atomic_t cancel;
    uint32_t cancel_at_bytes;
    char broken[900];
};

uint32_t soak_draw(struct life *life, uint32_t below);
/** Keeps the sentence; returns false. */
bool soak_fail(struct life *life, const char *what, const char *why);

/** A line of a mood: good, or bad in one or in all ways. */
void soak_draw_faults(struct life *life);
/** Could a packet come with other bytes than it was sent with? */
bool soak_may_damage(const struct life *life);
void soak_set_line(struct life *life, bool bad);
/** A clean line, and nothing on it that is late. The server must answer. */
bool soak_clean(struct life *life);

/** Until the staged slot holds the image. */
bool soak_upload(struct life *life);

#endif
