/* SPDX-License-Identifier: MIT */
/* Ask a device over SMP: one question, its answer, with retries. calls.h has a
 * function per command; this is what they are made of. */
#ifndef DUO_SMP_CLIENT_H
#define DUO_SMP_CLIENT_H

#include <cbor.h>
#include <signal.h>

#include "duo/smp.h"
#include "link.h"

/* What a server is taken to have that does not tell (no answer to MCUmgr
 * parameters): the least that is in the field, and one buffer. */
#define DUO_CLIENT_BUF_SIZE_DEFAULT 384U
#define DUO_CLIENT_BUF_SIZE_MAX     65535U
#define DUO_CLIENT_WINDOW_MAX       32U

/* Why a call failed; the sentence is in the duo_tool_error. */
enum duo_client_failure_kind {
    DUO_CLIENT_FINE,
    DUO_CLIENT_REFUSED_SMP,   /* {rc}: error is an enum duo_smp_rc or 256+. */
    DUO_CLIENT_REFUSED_GROUP, /* {err}: group and error. */
    DUO_CLIENT_NO_ANSWER,
    DUO_CLIENT_GONE,      /* The link closed or failed. */
    DUO_CLIENT_MALFORMED, /* The answer is not what the protocol says. */
    DUO_CLIENT_CANCELLED,
    DUO_CLIENT_NOT_SENT, /* The request is too long, or a value is wrong. */
};

struct duo_client_failure {
    enum duo_client_failure_kind kind;
    uint32_t group; /* Of the error; for REFUSED_SMP: of the request. */
    uint32_t error;
};

struct duo_client_counts {
    uint32_t requests;
    uint32_t retries;
    uint32_t stale;     /* Answers to another question: dropped. */
    uint32_t malformed; /* Packets that are no answers: dropped. */
};

/* How many answers long the memory for round trips is is upload.h's business;
 * this is what the server can take. */
struct duo_client_params {
    uint32_t buf_bytes; /* Largest packet; never 0. */
    uint32_t buf_count; /* Never 0. */
    bool told;          /* Else the defaults. */
};

struct duo_client {
    struct duo_link *link;
    enum duo_smp_version version; /* 2, until the server wants 1. */
    uint8_t sequence;
    bool has_params;
    struct duo_client_params params;
    struct duo_client_failure failure; /* Of the last call. */
    struct duo_client_counts counts;
    /* Not NULL: as soon as it is not 0, calls end as CANCELLED. */
    const volatile sig_atomic_t *cancel;
    /* 0: as the protocol advises. Else every wait for an answer is at most
     * this, and asked is at most tries times. */
    uint32_t timeout_ms;
    uint32_t tries;
};

/** @p link stays the caller's, who opens it before and closes it after. */
void duo_client_init(struct duo_client *client, struct duo_link *link);
/** After the device was reset: ask again what it can take. */
void duo_client_forget(struct duo_client *client);

struct duo_client_request {
    enum duo_smp_op op;
    uint16_t group;
    uint8_t command;
    cbor_item_t *body;   /* A map; NULL: empty. Stays the caller's. */
    uint32_t timeout_ms; /* 0: 2500. */
    /* Once only: what is not the same when it is done twice. 0: what reads, or
     * may be repeated, is asked up to 4 times. */
    uint32_t tries;
};

/**
 * Ask and wait for the answer.
 *
 * @param[out] answer  The map; cbor_decref() it. NULL: not wanted.
 * @return false: client->failure says what, @p error in a sentence: REFUSED
 *         (the server's error, with group and number), DEVICE (no answer, or a
 *         wrong one), IO (the link), TIMEOUT never.
 */
bool duo_client_call(struct duo_client *client,
                     const struct duo_client_request *request,
                     cbor_item_t **answer, struct duo_tool_error *error);

/** Asked once, then known; a server that does not know the command gets the
 * defaults, with success. Fails only if there is no answer at all. */
bool duo_client_params(struct duo_client *client,
                       struct duo_client_params *params,
                       struct duo_tool_error *error);

/** The sentence for an error of a server: total. @p group is ignored for
 * kind REFUSED_SMP. Valid for ever. NULL: no such number is known. */
const char *duo_client_sentence(const struct duo_client_failure *failure);
/** Every error that has a sentence: first those of the protocol, then by group.
 * A group that has none of its own is told once, with error 0 and "". */
void duo_client_each_error(void (*tell)(void *ctx,
                                        const struct duo_client_failure *error,
                                        const char *sentence),
                           void *ctx);
/** "Image", "OS" and so on, or NULL. */
const char *duo_client_group_name(uint32_t group);
/** The whole line: "sentence (group 1 "image", error 8)". */
void duo_client_describe(const struct duo_client_failure *failure, char *text,
                         size_t room_bytes);

/* --- For upload.h and tests: requests that overlap --- */

/** Send a packet made of @p request; returns its sequence by @p sequence. */
bool duo_client_send(struct duo_client *client,
                     const struct duo_client_request *request,
                     struct duo_bytes payload, uint8_t *sequence,
                     struct duo_tool_error *error);

struct duo_client_answer {
    struct duo_smp_header header;
    cbor_item_t *body; /* cbor_decref() it. */
};

/** Wait for any answer. PACKET: @p answer is one, error or not. */
enum duo_link_result duo_client_receive(struct duo_client *client,
                                        uint64_t deadline_us,
                                        struct duo_client_answer *answer,
                                        struct duo_tool_error *error);
/** Does the body tell of an error? Then client->failure and @p error do. */
bool duo_client_is_refusal(struct duo_client *client,
                           const struct duo_client_answer *answer,
                           struct duo_tool_error *error);
struct duo_client_silence {
    uint64_t sent_us; /* When the last byte went out. */
    bool is_last_try; /* Be silent on any link: behind a router, too, there may
                       * be a line where half a packet is waited for. */
};

/** Nothing came: let link->silence_us pass. */
void duo_client_be_silent(struct duo_client *client,
                          struct duo_client_silence silence);
bool duo_client_is_cancelled(struct duo_client *client,
                             struct duo_tool_error *error);

#endif
