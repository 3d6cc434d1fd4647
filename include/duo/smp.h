/* SPDX-License-Identifier: MIT */
/* SMP, the protocol of MCUmgr: packets, and the server that answers them. The
 * server has no heap and waits for nothing: links (duo/smp_link.h) hand it
 * packets, duo_smp_step() works on one request at a time and sends the answer
 * by the link that the request came by. Everything is called from one loop;
 * interrupts only fill the rings of drivers. */
#ifndef DUO_SMP_H
#define DUO_SMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duo/bytes.h"
#include "duo/cbor.h"
#include "duo/clock.h"
#include "duo/reason.h"

#define DUO_SMP_HEADER_BYTES 8U

enum duo_smp_op {
    DUO_SMP_READ = 0,
    DUO_SMP_READ_ANSWER = 1,
    DUO_SMP_WRITE = 2,
    DUO_SMP_WRITE_ANSWER = 3,
};

enum duo_smp_version { DUO_SMP_V1 = 0, DUO_SMP_V2 = 1 };

struct duo_smp_header {
    uint8_t op; /* enum duo_smp_op, or 4..7 from a hostile peer. */
    uint8_t version;
    uint8_t sequence;
    uint8_t command;
    uint16_t group;
    uint16_t len_bytes; /* Of the payload. */
};

/** The fields of the header at @p src; reserved bits and flags are ignored. */
struct duo_smp_header
duo_smp_header_load(const uint8_t src[DUO_SMP_HEADER_BYTES]);
void duo_smp_header_store(const struct duo_smp_header *header,
                          uint8_t dst[DUO_SMP_HEADER_BYTES]);

/* Errors of the protocol itself: {rc} in both versions. */
enum duo_smp_rc {
    DUO_SMP_RC_OK = 0,
    DUO_SMP_RC_UNKNOWN = 1,
    DUO_SMP_RC_NO_MEMORY = 2,
    DUO_SMP_RC_INVALID = 3,
    DUO_SMP_RC_TIMEOUT = 4,
    DUO_SMP_RC_NO_ENTRY = 5,
    DUO_SMP_RC_BAD_STATE = 6,
    DUO_SMP_RC_TOO_LARGE = 7,
    DUO_SMP_RC_NOT_SUPPORTED = 8,
    DUO_SMP_RC_CORRUPT = 9,
    DUO_SMP_RC_BUSY = 10,
    DUO_SMP_RC_ACCESS_DENIED = 11,
    DUO_SMP_RC_TOO_OLD = 12,
    DUO_SMP_RC_TOO_NEW = 13,
};

enum duo_smp_group_id {
    DUO_SMP_GROUP_OS = 0,
    DUO_SMP_GROUP_IMAGE = 1,
    DUO_SMP_GROUP_STAT = 2,
    DUO_SMP_GROUP_SETTINGS = 3,
    DUO_SMP_GROUP_FS = 8,
    DUO_SMP_GROUP_SHELL = 9,
    DUO_SMP_GROUP_ENUM = 10,
    DUO_SMP_GROUP_BASIC = 63,
    DUO_SMP_GROUP_DUOBOOT = 77, /* Ours; its error codes are enum duo_reason. */
};

/* A request while it is worked on, as handlers see it. */
struct duo_smp_request {
    struct duo_smp_header header;
    struct duo_cbor_input payload; /* Valid until the handler is done. */
    struct duo_cbor_writer
        answer;    /* The map is begun and ended by the server. */
    uint32_t step; /* 0 at the first call; then the handler's. */
    uint16_t error_group;
    uint16_t error; /* 0: none. */
    bool is_group_error;
};

/** Refuse with an error of the request's own group. What was put into the
 * answer is dropped. Version 1 gets the {rc} that the group's table gives. */
void duo_smp_refuse(struct duo_smp_request *request, uint16_t error);
/** Refuse with a reason of ours: {err: {group: 77, rc: reason}}; version 1 gets
 * {rc, rsn}, rsn being the reason's name. */
void duo_smp_refuse_reason(struct duo_smp_request *request,
                           enum duo_reason reason);
/** Refuse with an error of the protocol. */
void duo_smp_reject(struct duo_smp_request *request, enum duo_smp_rc rc);
/** duo_cbor_read_map() of the payload; false: rejected as INVALID already. */
bool duo_smp_read(struct duo_smp_request *request,
                  struct duo_cbor_field *fields, size_t field_count);

enum duo_smp_outcome {
    DUO_SMP_DONE,  /* The answer or error is complete. */
    DUO_SMP_AGAIN, /* Call again at the next step; nobody else is served. */
};

/* A handler returns within a few milliseconds; what takes longer (an erase) it
 * does in pieces, by AGAIN. */
typedef enum duo_smp_outcome (*duo_smp_handler)(
    void *ctx, struct duo_smp_request *request);

struct duo_smp_command {
    uint8_t id;
    duo_smp_handler read;  /* NULL: not supported. */
    duo_smp_handler write; /* The same. */
};

struct duo_smp_group_type {
    uint16_t id;
    const char *name; /* As the enumeration group tells it; NULL: not. */
    const struct duo_smp_command *commands;
    uint8_t command_count;
    uint8_t error_count;
    const uint8_t *error_rc; /* error_count of enum duo_smp_rc, by error: for
                              * version 1. Beyond it: UNKNOWN. */
};

struct duo_smp_group {
    const struct duo_smp_group_type *type;
    void *ctx;
};

struct duo_smp_link;

#define DUO_SMP_PACKETS_MAX 8U

enum duo_smp_packet_state {
    DUO_SMP_PACKET_FREE,
    DUO_SMP_PACKET_TAKEN, /* A link fills it. */
    DUO_SMP_PACKET_QUEUED,
};

struct duo_smp_packet {
    uint8_t *data;
    size_t len_bytes;
    struct duo_smp_link *link;
    uint64_t peer; /* The link's own: whom to answer. */
    enum duo_smp_packet_state state;
    uint32_t order; /* Queued: smaller ones first. */
};

struct duo_smp_server_config {
    const struct duo_smp_group *groups; /* Outlive the server. */
    size_t group_count;
    uint8_t *memory; /* (packet_count + 1) * packet_bytes: requests, answer. */
    size_t packet_bytes; /* Largest packet, header included: buf_size. */
    size_t packet_count; /* At most DUO_SMP_PACKETS_MAX. */
    /* What clients are told they may have in flight, plus one: buf_count. Links
     * that fill a packet each need one more. */
    uint32_t told_count;
};

/* What the server counts, for the statistics group. */
struct duo_smp_counts {
    uint32_t requests;
    uint32_t answers;
    uint32_t errors;       /* Answers that are errors. */
    uint32_t no_buffer;    /* Packets lost: all buffers were in use. */
    uint32_t too_long;     /* Packets dropped: longer than a buffer. */
    uint32_t malformed;    /* Packets dropped: no request, or cut off. */
    uint32_t frame_errors; /* Frames dropped by links: check, base64, order. */
    uint32_t timeouts;     /* Half packets that were given up. */
};

struct duo_smp_server {
    struct duo_smp_server_config config;
    struct duo_smp_packet packets[DUO_SMP_PACKETS_MAX];
    struct duo_smp_counts counts;
    uint32_t used_count_max;        /* Packets in use at once, at the worst. */
    struct duo_smp_packet *current; /* NULL: none is worked on. */
    size_t current_off_bytes;       /* Of the request in the packet. */
    struct duo_smp_request request;
    duo_smp_handler handler; /* NULL: the answer is ready to be sent. */
    void *handler_ctx;
    const struct duo_smp_group_type *group;
    uint8_t *answer;
    size_t answer_bytes;
    uint32_t next_order;
};

void duo_smp_server_init(struct duo_smp_server *server,
                         const struct duo_smp_server_config *config);

/** Work: call the handler of the request at hand, or send its answer, or begin
 * with the next packet. True: call again soon, there is more to do. */
bool duo_smp_step(struct duo_smp_server *server);

/** For groups: the group of this number, or NULL. */
const struct duo_smp_group *
duo_smp_group_find(const struct duo_smp_server *server, uint16_t id);

#endif
