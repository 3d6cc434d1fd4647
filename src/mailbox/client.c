/* SPDX-License-Identifier: MIT */
/* The application core's end as a flash device: operations are cut into
 * requests of at most one page, up to three of them under way. */
#include "mailbox/client_internal.h"

#include <string.h>

#define US_PER_MS 1000U

/* What is normal for each command. The limits are data sheet maxima with
 * room for the network core's own work: a page erase takes 89.7 ms, a page of
 * words 22 ms, SHA-256 and P-256 on 64 MHz well below a second. */
struct command_row {
    uint32_t limit_ms;    /* For each request, once it is the oldest. */
    uint32_t reply_bytes; /* Payload of a good response; a read's varies. */
    bool may_fail;        /* The flash may fail in it. */
    bool may_refuse;      /* The image may be refused. */
};
static const struct command_row commands[DUO_WIRE_COMMAND_LAST + 1U] = {
    [DUO_WIRE_INFO] = {200,  DUO_WIRE_INFO_BYTES,      false, false},
    [DUO_WIRE_READ] = {10,   0,                        true,  false},
    [DUO_WIRE_ERASE] = {100,  0,                        true,  false},
    [DUO_WIRE_WRITE] = {100,  0,                        true,  false},
    [DUO_WIRE_DIGEST] = {2000, DUO_SHA256_BYTES,         true,  false},
    [DUO_WIRE_VERIFY] = {5000, DUO_MAILBOX_REPORT_BYTES, false, false},
    [DUO_WIRE_START] = {5000, DUO_MAILBOX_REPORT_BYTES, false, true },
    [DUO_WIRE_CLOSE] = {100,  0,                        false, false},
};

struct piece {
    uint32_t off_bytes; /* In the slot. */
    uint32_t len_bytes;
    uint32_t at_bytes; /* In the caller's buffer. */
};

static bool has_pages(uint32_t command)
{
    return command == DUO_WIRE_READ || command == DUO_WIRE_WRITE;
}

/* The piece of the operation that request @p seq carries: a read or a write
 * is cut at the borders of pages, every other command is one piece. */
static struct piece piece_of(const struct duo_mailbox_client_state *state,
                             uint32_t seq)
{
    struct piece piece = {state->off_bytes, state->len_bytes, 0};
    uint32_t index = seq - state->first_seq;
    uint32_t first_page = state->off_bytes / DUO_MAILBOX_PAGE_BYTES;
    uint32_t page_end_bytes =
        (first_page + index + 1U) * DUO_MAILBOX_PAGE_BYTES;
    uint32_t left_bytes;

    if (!has_pages(state->command)) {
        return piece;
    }
    if (index > 0) {
        piece.off_bytes = page_end_bytes - DUO_MAILBOX_PAGE_BYTES;
    }
    piece.at_bytes = piece.off_bytes - state->off_bytes;
    left_bytes = state->len_bytes - piece.at_bytes;
    piece.len_bytes = page_end_bytes - piece.off_bytes;
    if (piece.len_bytes > left_bytes) {
        piece.len_bytes = left_bytes;
    }
    return piece;
}

static void set_deadline(struct duo_mailbox_client *client)
{
    struct duo_mailbox_client_state *state = &client->state;
    uint64_t limit_us = commands[state->command].limit_ms * (uint64_t)US_PER_MS;

    state->deadline_us = client->clock->now_us(client->clock) + limit_us;
}

static void post_request(struct duo_mailbox_client *client, uint32_t seq)
{
    struct duo_mailbox_client_state *state = &client->state;
    struct piece piece = piece_of(state, seq);
    uint32_t record[DUO_WIRE_REQUEST_WORDS] = {
        [DUO_WIRE_MAGIC] = DUO_WIRE_REQUEST_MAGIC,
        [DUO_WIRE_SESSION] = state->session,
        [DUO_WIRE_REQUEST_SEQ] = seq,
        [DUO_WIRE_REQUEST_COMMAND] = state->command,
        [DUO_WIRE_REQUEST_OFF] = piece.off_bytes,
        [DUO_WIRE_REQUEST_LEN] = piece.len_bytes,
    };

    if (state->command == DUO_WIRE_WRITE) {
        struct duo_bytes data = {state->src + piece.at_bytes, piece.len_bytes};
        duo_wire_store_page(client->mem, seq, data);
        record[DUO_WIRE_REQUEST_PAYLOAD] = duo_crc32(0, data);
    }
    duo_wire_store_record(client->mem,
                          DUO_WIRE_REQUEST_WORD +
                              duo_wire_ring_index(seq) * DUO_WIRE_STRIDE_WORDS,
                          record, DUO_WIRE_REQUEST_WORDS);
    duo_mailbox_barrier();
    client->mem[DUO_WIRE_REQUESTED_WORD] = seq;
    state->posted_seq = seq;
    if (client->notify != NULL) {
        duo_mailbox_barrier();
        client->notify(client->idle_ctx);
    }
}

/* Fill the ring. After an error nothing more is posted: see take_status(). */
static void post_pieces(struct duo_mailbox_client *client)
{
    struct duo_mailbox_client_state *state = &client->state;

    while (state->posted_seq != state->last_seq &&
           state->posted_seq - state->done_seq < DUO_WIRE_RING) {
        post_request(client, state->posted_seq + 1U);
    }
}

/* True if the status is one that this command can have; then it is noted. */
static bool take_status(struct duo_mailbox_client *client, uint32_t status)
{
    struct duo_mailbox_client_state *state = &client->state;
    const struct command_row *row = &commands[state->command];
    enum duo_err err;

    if (!duo_wire_status_parse(status, &err)) {
        return false;
    }
    if (err == DUO_OK) {
        return true;
    }
    if (row->may_refuse && err == DUO_ERR_REFUSED) {
        state->result = DUO_ERR_REFUSED;
        return true;
    }
    if (row->may_fail && (err == DUO_ERR_FLASH || err == DUO_ERR_TIMEOUT)) {
        client->fault = DUO_REASON_NET_FLASH_FAILED;
        state->result = DUO_ERR_FLASH;
        /* The requests that are posted are still waited for, so that the
         * ring is empty when the operation ends. */
        state->last_seq = state->posted_seq;
        return true;
    }
    return false;
}

/* The payload goes to the caller's memory first and is checked there. */
static bool take_payload(struct duo_mailbox_client *client,
                         const uint32_t *record)
{
    const struct duo_mailbox_client_state *state = &client->state;
    struct piece piece = piece_of(state, state->done_seq + 1U);
    uint32_t len_bytes = commands[state->command].reply_bytes;
    struct duo_bytes payload;

    if (state->command == DUO_WIRE_READ) {
        len_bytes = piece.len_bytes;
    }
    if (state->result == DUO_ERR_FLASH) {
        return true; /* Failed, now or in an earlier page: of no more use. */
    }
    if (record[DUO_WIRE_RESPONSE_LEN] != len_bytes) {
        return false;
    }
    if (len_bytes == 0) {
        return record[DUO_WIRE_RESPONSE_PAYLOAD] == 0;
    }
    payload = (struct duo_bytes){state->dst + piece.at_bytes, len_bytes};
    duo_wire_take_page(client->mem, state->done_seq + 1U,
                       state->dst + piece.at_bytes, len_bytes);
    return duo_crc32(0, payload) == record[DUO_WIRE_RESPONSE_PAYLOAD];
}

/* Take the response to the oldest request; false if it is not valid. */
static bool take_response(struct duo_mailbox_client *client)
{
    struct duo_mailbox_client_state *state = &client->state;
    uint32_t seq = state->done_seq + 1U;
    uint32_t record[DUO_WIRE_RESPONSE_WORDS] = {DUO_WIRE_RESPONSE_MAGIC};

    if (!duo_wire_take_record(client->mem,
                              DUO_WIRE_RESPONSE_WORD +
                                  duo_wire_ring_index(seq) *
                                      DUO_WIRE_STRIDE_WORDS,
                              record, DUO_WIRE_RESPONSE_WORDS) ||
        record[DUO_WIRE_SESSION] != state->session ||
        record[DUO_WIRE_RESPONSE_SEQ] != seq ||
        record[DUO_WIRE_RESPONSE_COMMAND] != state->command ||
        !take_status(client, record[DUO_WIRE_RESPONSE_STATUS]) ||
        !take_payload(client, record)) {
        return false;
    }
    state->done_seq = seq;
    return true;
}

/* Take every response that is there: at most as many as were posted, since a
 * number beyond those is a lie. */
static bool take_responses(struct duo_mailbox_client *client)
{
    struct duo_mailbox_client_state *state = &client->state;
    uint32_t answered_seq = client->mem[DUO_WIRE_ANSWERED_WORD];

    if (answered_seq - state->done_seq > state->posted_seq - state->done_seq) {
        return false;
    }
    duo_mailbox_barrier();
    while (state->done_seq != answered_seq) {
        if (!take_response(client)) {
            return false;
        }
        set_deadline(client);
    }
    return true;
}

static enum duo_err end_operation(struct duo_mailbox_client *client,
                                  enum duo_err result)
{
    client->state.command = 0;
    client->state.dst = NULL;
    client->state.src = NULL;
    client->state.result = result;
    return result;
}

enum duo_err duo_client_dead(const struct duo_mailbox_client *client)
{
    if (client->fault == DUO_REASON_NET_NO_ANSWER) {
        return DUO_ERR_TIMEOUT;
    }
    if (client->fault == DUO_REASON_NET_PROTOCOL) {
        return DUO_ERR_FORMAT;
    }
    return client->state.session == 0 || client->state.started ? DUO_ERR_ARG
                                                               : DUO_OK;
}

enum duo_err duo_client_poll(struct duo_mailbox_client *client)
{
    struct duo_mailbox_client_state *state = &client->state;

    if (state->command == 0) {
        return state->result;
    }
    if (!take_responses(client)) {
        client->fault = DUO_REASON_NET_PROTOCOL;
    } else if (state->done_seq == state->last_seq) {
        return end_operation(client, state->result);
    } else if (client->clock->now_us(client->clock) >= state->deadline_us) {
        client->fault = DUO_REASON_NET_NO_ANSWER;
    } else {
        post_pieces(client);
        return DUO_ERR_BUSY;
    }
    return end_operation(client, duo_client_dead(client));
}

enum duo_err duo_client_begin(struct duo_mailbox_client *client,
                              const struct duo_client_operation *operation)
{
    struct duo_mailbox_client_state *state = &client->state;
    enum duo_err dead = duo_client_dead(client);
    uint32_t requests = 1;

    if (dead != DUO_OK) {
        return dead;
    }
    if (state->command != 0) {
        return DUO_ERR_ARG; /* One operation at a time. */
    }
    state->command = operation->command;
    state->off_bytes = operation->off_bytes;
    state->len_bytes = operation->len_bytes;
    state->dst = operation->dst;
    state->src = operation->src;
    state->result = DUO_OK;
    if (has_pages(operation->command)) {
        uint32_t end_bytes = operation->off_bytes + operation->len_bytes;
        requests = (end_bytes - 1U) / DUO_MAILBOX_PAGE_BYTES -
                   operation->off_bytes / DUO_MAILBOX_PAGE_BYTES + 1U;
    }
    state->first_seq = state->posted_seq + 1U;
    state->last_seq = state->posted_seq + requests;
    set_deadline(client);
    post_pieces(client);
    return DUO_OK;
}

static struct duo_mailbox_client *client_of(struct duo_flash *flash)
{
    /* It is the first member; by void, since its alignment may be larger. */
    return (struct duo_mailbox_client *)(void *)flash;
}

/* Begin an operation of the device. The range was checked by the area; it is
 * checked again, since a wrong one must not be cut into wrong requests. */
static enum duo_err start(struct duo_flash *flash,
                          const struct duo_client_operation *operation)
{
    struct duo_mailbox_client *client = client_of(flash);
    uint32_t size_bytes = flash->geometry.size_bytes;

    if (operation->off_bytes > size_bytes ||
        operation->len_bytes > size_bytes - operation->off_bytes) {
        return DUO_ERR_FLASH;
    }
    if (operation->len_bytes == 0 && client->state.command == 0) {
        client->state.result = DUO_OK; /* Nothing to do; poll tells. */
        return duo_client_dead(client) == DUO_OK ? DUO_OK : DUO_ERR_FLASH;
    }
    return duo_client_begin(client, operation) == DUO_OK ? DUO_OK
                                                         : DUO_ERR_FLASH;
}

static uint32_t length(size_t len_bytes)
{
    /* A length that does not fit is longer than any device. */
    return len_bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)len_bytes;
}

static enum duo_err start_read(struct duo_flash *flash, uint32_t off_bytes,
                               void *dst, size_t len_bytes)
{
    struct duo_client_operation operation = {
        .command = DUO_WIRE_READ,
        .off_bytes = off_bytes,
        .len_bytes = length(len_bytes),
        .dst = dst,
    };
    return start(flash, &operation);
}

static enum duo_err start_write(struct duo_flash *flash, uint32_t off_bytes,
                                const void *src, size_t len_bytes)
{
    struct duo_client_operation operation = {
        .command = DUO_WIRE_WRITE,
        .off_bytes = off_bytes,
        .len_bytes = length(len_bytes),
        .src = src,
    };
    return start(flash, &operation);
}

static enum duo_err start_erase(struct duo_flash *flash, uint32_t off_bytes)
{
    struct duo_client_operation operation = {
        .command = DUO_WIRE_ERASE,
        .off_bytes = off_bytes,
        .len_bytes = DUO_MAILBOX_PAGE_BYTES,
    };
    return start(flash, &operation);
}

static enum duo_err poll(struct duo_flash *flash)
{
    enum duo_err err = duo_client_poll(client_of(flash));

    /* A flash has no malformed data of its own: to those who copy images an
     * invalid answer is a device that failed, and fault says more. */
    return err == DUO_ERR_FORMAT ? DUO_ERR_FLASH : err;
}

static void idle(struct duo_flash *flash)
{
    struct duo_mailbox_client *client = client_of(flash);
    client->idle(client->idle_ctx);
}

const struct duo_flash_ops duo_client_flash_ops = {
    .start_read = start_read,
    .start_write = start_write,
    .start_erase = start_erase,
    .poll = poll,
    .idle = idle,
};
