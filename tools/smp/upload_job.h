/* SPDX-License-Identifier: MIT */
/* An upload under way, as its files share it. */
#ifndef DUO_SMP_CLIENT_UPLOAD_JOB_H
#define DUO_SMP_CLIENT_UPLOAD_JOB_H

#include "upload.h"

#define DUO_UPLOAD_SAMPLES 64U
/* Answers one after the other that do not come forward. */
#define DUO_UPLOAD_STUCK_MAX 16U
/* How often a device may forget all of it (a reset, another client). */
#define DUO_UPLOAD_RESTARTS_MAX 8U

/* A packet without its answer. */
struct duo_upload_flight {
    uint8_t sequence;
    /* Sent before the device was found to be elsewhere: what is answered to it
     * says nothing new. */
    bool is_old;
    uint32_t off_bytes;
    uint32_t end_bytes;
    uint64_t sent_us;
};

struct duo_upload_sample {
    uint64_t time_us;
    uint32_t off_bytes;
};

struct duo_upload_job {
    struct duo_client *client;
    struct duo_client_upload *upload;
    uint8_t hash[DUO_CLIENT_HASH_BYTES];
    uint32_t total_bytes;
    uint32_t next_bytes; /* What is sent next. */
    uint32_t held_bytes; /* What the device holds. */
    uint32_t best_bytes; /* The most that it held since it began. */
    uint32_t sent_bytes; /* The end of what was ever sent. */
    uint32_t packet_bytes;
    uint32_t packet_bytes_max;
    uint32_t good_count; /* Packets taken whole since one was lost. */
    uint32_t align;
    bool has_begun; /* The first packet was answered. */
    bool is_done;
    struct duo_upload_flight flights[DUO_CLIENT_WINDOW_MAX];
    size_t flight_count;
    double window;
    uint32_t window_max;
    uint64_t trip_us;    /* Of packets on average; 0: not measured. */
    uint64_t first_us;   /* Of the first one, which may include an erase. */
    uint32_t lost_count; /* Waits in vain, one after the other. */
    uint32_t stuck_count;
    uint32_t restart_count;
    uint64_t start_us;
    uint64_t told_us; /* When progress was last told. */
    struct duo_upload_sample samples[DUO_UPLOAD_SAMPLES];
    size_t sample_count; /* Ever. */
};

uint64_t duo_upload_now_us(const struct duo_upload_job *job);

/* upload_answer.c */

/** Take an answer, which is freed; false: the upload has failed. */
bool duo_upload_take(struct duo_upload_job *job,
                     struct duo_client_answer *answer,
                     struct duo_tool_error *error);
/** Nothing came in time; false: too often. */
bool duo_upload_lost(struct duo_upload_job *job, struct duo_tool_error *error);
/** How long the oldest packet in flight may take. */
uint64_t duo_upload_timeout_us(const struct duo_upload_job *job);

/* upload_progress.c */

/** Note where it is and tell. @p is_idle: only if a second has passed. */
void duo_upload_tell(struct duo_upload_job *job, bool is_idle);

#endif
