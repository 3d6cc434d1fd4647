/* SPDX-License-Identifier: MIT */
/* For tests: servers of others, made from what is known of them, behind a link
 * without losses. Its clock stands until somebody waits. */
#ifndef DUO_SMP_DOUBLE_SERVER_H
#define DUO_SMP_DOUBLE_SERVER_H

#include "body.h"
#include "link.h"

#define DOUBLE_ANSWERS_MAX 32U

enum double_kind {
    DOUBLE_V1_ONLY,    /* Refuses version 2 as too new. */
    DOUBLE_ANSWERS_V1, /* Takes version 2 and answers in version 1. */
    /* Recovery of MCUboot: rc in every answer, no parameters, no test; takes
     * data up to a whole word of its flash only. */
    DOUBLE_MCUBOOT,
    DOUBLE_STUCK,    /* Never takes data. */
    DOUBLE_FORGETS,  /* Its upload begins anew again and again. */
    DOUBLE_LIES,     /* Claims to hold what was never sent. */
    DOUBLE_MISMATCH, /* Finds another digest at the end. */
    DOUBLE_SMALL,    /* Says that long packets are too large for it. */
    DOUBLE_SILENT,
    DOUBLE_GARBAGE, /* Answers with what is no CBOR. */
    DOUBLE_STALE,   /* Each answer comes with one to another question. */
    DOUBLE_UNKNOWN_KEYS,
};

struct double_server {
    struct duo_link link; /* First. */
    enum double_kind kind;
    uint64_t now_us;
    struct duo_tool_buffer answers[DOUBLE_ANSWERS_MAX];
    size_t answer_count;
    struct duo_tool_buffer last; /* Valid until the next receive. */
    struct duo_tool_buffer data; /* Of the upload. */
    uint32_t total_bytes;
    uint32_t request_count;
    uint32_t upload_count; /* Packets of uploads. */
    size_t packet_bytes_most;
};

struct double_server *double_server_create(enum double_kind kind);

#endif
