/* SPDX-License-Identifier: MIT */
/* Questions and answers; see client.h. */
#include "client.h"

#include "body.h"
#include "duo/smp_link.h"

#define TIMEOUT_MS_DEFAULT 2500U
#define TRIES_DEFAULT      4U
/* Waits are cut into such pieces, to look whether the user wants to stop. */
#define SLICE_US 100000U
/* After which a device gives up half a packet. */
#define SILENCE_US 3200000U

void duo_client_init(struct duo_client *client, struct duo_link *link)
{
    *client = (struct duo_client){.link = link, .version = DUO_SMP_V2};
    /* Late answers to a program that ran before are not ours. */
    client->sequence = (uint8_t)(link->ops->now_us(link) / 1024U);
}

void duo_client_forget(struct duo_client *client)
{
    client->has_params = false;
    client->version = DUO_SMP_V2;
}

bool duo_client_is_cancelled(struct duo_client *client,
                             struct duo_tool_error *error)
{
    if (client->cancel == NULL || *client->cancel == 0) {
        return false;
    }
    client->failure.kind = DUO_CLIENT_CANCELLED;
    (void)duo_tool_fail(error, DUO_EXIT_DEVICE, "stopped by the user");
    return true;
}

bool duo_client_send(struct duo_client *client,
                     const struct duo_client_request *request,
                     struct duo_bytes payload, uint8_t *sequence,
                     struct duo_tool_error *error)
{
    size_t len_bytes = DUO_SMP_HEADER_BYTES + payload.len_bytes;
    struct duo_smp_header header = {
        .op = (uint8_t)request->op,
        .version = (uint8_t)client->version,
        .sequence = client->sequence++,
        .command = request->command,
        .group = request->group,
        .len_bytes = (uint16_t)payload.len_bytes,
    };
    uint8_t head[DUO_SMP_HEADER_BYTES];
    struct duo_tool_buffer packet = {0};
    bool done;

    if (payload.len_bytes > UINT16_MAX ||
        (client->link->packet_bytes_max != 0 &&
         len_bytes > client->link->packet_bytes_max)) {
        client->failure.kind = DUO_CLIENT_NOT_SENT;
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "a request of %zu bytes is too long for this link",
                             len_bytes);
    }
    *sequence = header.sequence;
    duo_smp_header_store(&header, head);
    duo_tool_buffer_append(&packet, (struct duo_bytes){head, sizeof(head)});
    duo_tool_buffer_append(&packet, payload);
    client->counts.requests++;
    done = client->link->ops->send(client->link, duo_tool_buffer_view(&packet),
                                   error);
    duo_tool_buffer_free(&packet);
    if (!done) {
        client->failure.kind = DUO_CLIENT_GONE;
    }
    return done;
}

/* A packet that is an answer, whole and with a map in it. */
static bool parse(struct duo_client *client, struct duo_bytes packet,
                  struct duo_client_answer *answer)
{
    struct duo_smp_header *header = &answer->header;

    if (packet.len_bytes >= DUO_SMP_HEADER_BYTES) {
        *header = duo_smp_header_load(packet.data);
        packet.data += DUO_SMP_HEADER_BYTES;
        packet.len_bytes -= DUO_SMP_HEADER_BYTES;
        if (((1U << header->op) & DUO_SMP_OPS_ANSWER) != 0 &&
            header->len_bytes == packet.len_bytes) {
            answer->body = duo_body_parse(packet);
            if (answer->body != NULL) {
                return true;
            }
        }
    }
    client->counts.malformed++;
    return false;
}

enum duo_link_result duo_client_receive(struct duo_client *client,
                                        uint64_t deadline_us,
                                        struct duo_client_answer *answer,
                                        struct duo_tool_error *error)
{
    struct duo_link *link = client->link;
    struct duo_bytes packet;

    for (;;) {
        enum duo_link_result result =
            link->ops->receive(link, deadline_us, &packet, error);

        if (result == DUO_LINK_CLOSED || result == DUO_LINK_FAILED) {
            client->failure.kind = DUO_CLIENT_GONE;
        }
        if (result != DUO_LINK_PACKET) {
            return result;
        }
        if (parse(client, packet, answer)) {
            return DUO_LINK_PACKET;
        }
    }
}

void duo_client_be_silent(struct duo_client *client,
                          struct duo_client_silence silence)
{
    struct duo_link *link = client->link;
    uint64_t silence_us = link->silence_us;
    uint64_t now_us = link->ops->now_us(link);

    if (silence.is_last_try && silence_us == 0) {
        silence_us = SILENCE_US;
    }
    if (now_us < silence.sent_us + silence_us) {
        link->ops->wait(link, silence.sent_us + silence_us - now_us);
    }
}

/* --- One call --- */

struct call {
    const struct duo_client_request *request;
    struct duo_tool_buffer payload;
    uint8_t first_sequence;
    uint32_t try_count; /* So far. */
    uint32_t tries;
    uint64_t timeout_us;
    struct duo_client_answer answer;
};

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static struct call begin(const struct duo_client *client,
                         const struct duo_client_request *request)
{
    struct call call = {.request = request};
    uint32_t timeout_ms =
        request->timeout_ms == 0 ? TIMEOUT_MS_DEFAULT : request->timeout_ms;

    call.tries = request->tries == 0 ? TRIES_DEFAULT : request->tries;
    if (client->tries != 0) {
        call.tries = lesser(call.tries, client->tries);
    }
    if (client->timeout_ms != 0) {
        timeout_ms = lesser(timeout_ms, client->timeout_ms);
    }
    call.timeout_us = (uint64_t)timeout_ms * 1000U;
    if (request->body != NULL) {
        duo_body_encode(request->body, &call.payload);
    } else {
        duo_tool_buffer_fill(&call.payload, 0xA0, 1);
    }
    return call;
}

/* Does it answer this call, in whichever of its tries? */
static bool is_ours(const struct call *call,
                    const struct duo_smp_header *header)
{
    uint8_t nth = (uint8_t)(header->sequence - call->first_sequence);

    return header->group == call->request->group &&
           header->command == call->request->command &&
           header->op == (uint8_t)call->request->op + 1U &&
           nth < call->try_count;
}

/* PACKET: call->answer is ours. */
static enum duo_link_result wait_for(struct duo_client *client,
                                     struct call *call,
                                     struct duo_tool_error *error)
{
    struct duo_link *link = client->link;
    uint64_t end_us = link->ops->now_us(link) + call->timeout_us;

    for (;;) {
        uint64_t now_us = link->ops->now_us(link);
        uint64_t slice_us =
            now_us + SLICE_US < end_us ? now_us + SLICE_US : end_us;
        enum duo_link_result result =
            duo_client_receive(client, slice_us, &call->answer, error);

        if (result == DUO_LINK_PACKET) {
            if (is_ours(call, &call->answer.header)) {
                return result;
            }
            client->counts.stale++;
            cbor_decref(&call->answer.body);
        } else if (result != DUO_LINK_TIMEOUT) {
            return result;
        }
        if (duo_client_is_cancelled(client, error)) {
            return DUO_LINK_FAILED;
        }
        if (link->ops->now_us(link) >= end_us) {
            return DUO_LINK_TIMEOUT;
        }
    }
}

static bool fail_silent(struct duo_client *client, const struct call *call,
                        uint32_t malformed_before, struct duo_tool_error *error)
{
    bool is_malformed = client->counts.malformed != malformed_before;

    client->failure.kind =
        is_malformed ? DUO_CLIENT_MALFORMED : DUO_CLIENT_NO_ANSWER;
    if (is_malformed) {
        return duo_tool_fail(error, DUO_EXIT_DEVICE,
                             "%s: what the device answers is no SMP packet",
                             client->link->url);
    }
    return duo_tool_fail(
        error, DUO_EXIT_DEVICE,
        "%s: no answer within %.1f s, asked %u time%s: is the device on, does "
        "it speak SMP on this link, is the speed right?",
        client->link->url, (double)call->timeout_us / 1e6,
        (unsigned)call->try_count, call->try_count == 1 ? "" : "s");
}

static bool ask(struct duo_client *client, struct call *call,
                struct duo_tool_error *error)
{
    uint32_t malformed_before = client->counts.malformed;

    call->try_count = 0;
    while (call->try_count < call->tries) {
        uint64_t sent_us = client->link->ops->now_us(client->link);
        enum duo_link_result result;
        uint8_t sequence = 0;

        if (duo_client_is_cancelled(client, error) ||
            !duo_client_send(client, call->request,
                             duo_tool_buffer_view(&call->payload), &sequence,
                             error)) {
            return false;
        }
        if (call->try_count == 0) {
            call->first_sequence = sequence;
        } else {
            client->counts.retries++;
        }
        call->try_count++;
        result = wait_for(client, call, error);
        if (result != DUO_LINK_TIMEOUT) {
            return result == DUO_LINK_PACKET;
        }
        duo_client_be_silent(client,
                             (struct duo_client_silence){
                                 sent_us, call->try_count + 1U == call->tries});
    }
    return fail_silent(client, call, malformed_before, error);
}

/* A server that is older than we are says so, or just answers as it can. */
static bool is_too_new(struct duo_client *client, const struct call *call)
{
    uint64_t rc = 0;

    if (client->version == DUO_SMP_V1 ||
        !duo_body_uint(call->answer.body, "rc", &rc)) {
        return false;
    }
    return rc == DUO_SMP_RC_TOO_NEW || rc == DUO_SMP_RC_TOO_OLD;
}

bool duo_client_call(struct duo_client *client,
                     const struct duo_client_request *request,
                     cbor_item_t **answer, struct duo_tool_error *error)
{
    struct call call = begin(client, request);
    bool done;

    client->failure = (struct duo_client_failure){.kind = DUO_CLIENT_FINE};
    done = ask(client, &call, error);
    if (done && is_too_new(client, &call)) {
        cbor_decref(&call.answer.body);
        client->version = DUO_SMP_V1;
        done = ask(client, &call, error);
    }
    duo_tool_buffer_free(&call.payload);
    if (!done) {
        return false;
    }
    if (call.answer.header.version == DUO_SMP_V1) {
        client->version = DUO_SMP_V1;
    }
    done = !duo_client_is_refusal(client, &call.answer, error);
    if (done && answer != NULL) {
        *answer = call.answer.body;
    } else {
        cbor_decref(&call.answer.body);
    }
    return done;
}
