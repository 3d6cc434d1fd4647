/* SPDX-License-Identifier: MIT */
/* What the files of the non-volatile memories share: nvmc.c, nvmc_op.c,
 * ficr_uicr.c. */
#ifndef DUO_VB_NVMC_INTERNAL_H
#define DUO_VB_NVMC_INTERNAL_H

#include "soc.h"

/* Stores that one block of instructions can make before the core stalls. */
#define NVMC_QUEUE_COUNT 128U

enum nvmc_kind {
    NVMC_WORD,
    NVMC_ONES,    /* A word of ones: takes its time, changes nothing. */
    NVMC_UICR,    /* A word of UICR: its page has done it, time passes. */
    NVMC_ERASE,   /* A page. */
    NVMC_PARTIAL, /* A slice of a page erase. */
    NVMC_ALL,
};

struct nvmc_request {
    enum nvmc_kind kind;
    uint32_t off_bytes;
    uint32_t value; /* WORD: what; PARTIAL: milliseconds. */
};

struct nvmc_state {
    struct vb_timer timer; /* The end of what is under way. */
    bool is_busy;
    uint64_t busy_until;     /* Ticks; of the present one. */
    uint64_t queue_until;    /* Of the last that waits. */
    struct nvmc_request now; /* Under way. */
    struct nvmc_request queue[NVMC_QUEUE_COUNT];
    unsigned queue_first;
    unsigned queue_count;
    uint32_t partial_off_bytes; /* The page whose slices add up. */
    uint32_t partial_ms;
    bool is_unfinished; /* The slice under way will not end the erase. */
    uint64_t tears;     /* Each unfinished slice leaves other bytes. */
};

/* Begin the operation, or let it wait until those before it have ended; the
 * core stalls as the hardware does. */
void vb_nvmc_request(struct vb_periph *periph,
                     const struct nvmc_request *request);
/* What has ended by now takes effect, and the next one begins. */
void vb_nvmc_catch_up(struct vb_periph *periph);
/* The timer's. */
void vb_nvmc_fire(void *ctx);

/* The NVMC of a core. */
struct vb_periph *vb_nvmc_of(struct duo_vb *vb, enum duo_core core);
/* ficr_uicr.c asks: may UICR be written now? If so, the time passes. */
bool vb_nvmc_uicr_word(struct duo_vb *vb, enum duo_core core);
/* ERASEALL erases UICR, too. */
void vb_uicr_erase(struct duo_vb *vb, enum duo_core core);

#endif
