/* SPDX-License-Identifier: MIT */
/* Upload of an image: packets as long as the server takes them, several in
 * flight, resent from where the server says, resumed after any end. */
#ifndef DUO_SMP_CLIENT_UPLOAD_H
#define DUO_SMP_CLIENT_UPLOAD_H

#include "client.h"

#define DUO_CLIENT_HASH_BYTES 32U

struct duo_client_progress {
    uint32_t off_bytes; /* What the device holds. */
    uint32_t total_bytes;
    uint32_t resumed_bytes;  /* What it held before; 0: nothing. */
    double rate_bytes_per_s; /* Of the last seconds. */
    uint64_t elapsed_us;     /* By the link's clock. */
    uint64_t left_us;        /* UINT64_MAX: not known yet. */
    uint32_t resent_packets;
    uint32_t window; /* Packets in flight at most, now. */
    uint32_t packet_bytes;
};

struct duo_client_upload {
    struct duo_bytes file;
    int32_t image_index;       /* -1: not said, the device routes it. */
    bool only_upgrade;         /* The device refuses what is not newer. */
    uint32_t packet_bytes_max; /* 0: as the server and the link take. */
    uint32_t window_max;       /* 0: as the server takes. */
    /* At every answer, and once a second while waiting; NULL: not wanted. */
    void (*on_progress)(void *ctx, const struct duo_client_progress *progress);
    void *ctx;
    /* Results, also after a failure. */
    struct duo_client_progress progress;
    bool was_there; /* The device had all of it already: nothing was sent. */
    bool has_match; /* The device compared the digest. */
};

/**
 * Upload. A failure leaves what the device holds to be resumed by the same call
 * with the same file; upload->progress.off_bytes says how much that is.
 * client->cancel ends it between packets, after the answers in flight were
 * taken: kind CANCELLED.
 */
bool duo_client_upload(struct duo_client *client,
                       struct duo_client_upload *upload,
                       struct duo_tool_error *error);

/** SHA-256, as `sha` of the upload. */
void duo_client_hash(struct duo_bytes bytes,
                     uint8_t hash[DUO_CLIENT_HASH_BYTES]);

#endif
