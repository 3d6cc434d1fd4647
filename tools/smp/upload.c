/* SPDX-License-Identifier: MIT */
/* Upload of an image: what is sent, and when; see upload.h. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "upload_job.h"
#include "upload_pack.h"

#define IMAGE_UPLOAD 1U
/* An image's header; servers want all of it in the first packet. */
#define IMAGE_HEADER_BYTES 32U
#define SLICE_US           100000U
/* After Ctrl-C: so long is waited for what is in flight. */
#define DRAIN_US 2500000U

void duo_client_hash(struct duo_bytes bytes,
                     uint8_t hash[DUO_CLIENT_HASH_BYTES])
{
    unsigned int len_bytes = 0;

    if (EVP_Digest(bytes.data, bytes.len_bytes, hash, &len_bytes, EVP_sha256(),
                   NULL) != 1) {
        abort();
    }
}

uint64_t duo_upload_now_us(const struct duo_upload_job *job)
{
    return job->client->link->ops->now_us(job->client->link);
}

static bool send_chunk(struct duo_upload_job *job, struct duo_tool_error *error)
{
    const struct duo_client_request request = {
        .op = DUO_SMP_WRITE,
        .group = DUO_SMP_GROUP_IMAGE,
        .command = IMAGE_UPLOAD,
    };
    const struct duo_upload_chunk chunk = {
        .off_bytes = job->next_bytes,
        .room_bytes = job->packet_bytes - DUO_SMP_HEADER_BYTES,
        .align = job->align,
        .hash = job->hash,
    };
    struct duo_upload_flight *flight = &job->flights[job->flight_count];
    struct duo_tool_buffer payload = {0};
    size_t data_bytes = duo_upload_pack(job->upload, &chunk, &payload);
    size_t need_bytes = job->total_bytes < IMAGE_HEADER_BYTES
                            ? job->total_bytes
                            : IMAGE_HEADER_BYTES;
    bool done;

    if (data_bytes == 0 || (chunk.off_bytes == 0 && data_bytes < need_bytes)) {
        duo_tool_buffer_free(&payload);
        job->client->failure.kind = DUO_CLIENT_NOT_SENT;
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "packets of %u bytes are too short for an upload",
                             (unsigned)job->packet_bytes);
    }
    *flight = (struct duo_upload_flight){
        .off_bytes = chunk.off_bytes,
        .end_bytes = chunk.off_bytes + (uint32_t)data_bytes,
        .sent_us = duo_upload_now_us(job),
    };
    done =
        duo_client_send(job->client, &request, duo_tool_buffer_view(&payload),
                        &flight->sequence, error);
    duo_tool_buffer_free(&payload);
    if (!done) {
        return false;
    }
    if (flight->off_bytes < job->sent_bytes) {
        job->upload->progress.resent_packets++;
    }
    job->next_bytes = flight->end_bytes;
    job->sent_bytes = flight->end_bytes > job->sent_bytes ? flight->end_bytes
                                                          : job->sent_bytes;
    job->flight_count++;
    return true;
}

/* The first packet goes alone: its answer may say to go on elsewhere. */
static bool may_send(const struct duo_upload_job *job)
{
    if (job->next_bytes == 0) {
        return job->flight_count == 0;
    }
    return job->held_bytes > 0 && job->next_bytes < job->total_bytes &&
           job->flight_count < (size_t)job->window;
}

static bool fill(struct duo_upload_job *job, struct duo_tool_error *error)
{
    if (job->flight_count == 0) {
        /* The answer to a packet behind them told that the last ones were
         * lost: they are sent again. */
        job->next_bytes = job->held_bytes;
    }
    while (may_send(job)) {
        if (!send_chunk(job, error)) {
            return false;
        }
    }
    return true;
}

static uint64_t lesser(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

/* Wait for one answer, for a while; false: the upload has failed. */
static bool wait_some(struct duo_upload_job *job, struct duo_tool_error *error)
{
    uint64_t now_us = duo_upload_now_us(job);
    uint64_t due_us = job->flights[0].sent_us + duo_upload_timeout_us(job);
    struct duo_client_answer answer;
    enum duo_link_result result = duo_client_receive(
        job->client, lesser(due_us, now_us + SLICE_US), &answer, error);

    if (result == DUO_LINK_PACKET) {
        bool done = duo_upload_take(job, &answer, error);
        duo_upload_tell(job, false);
        return done;
    }
    if (result != DUO_LINK_TIMEOUT) {
        return false;
    }
    duo_upload_tell(job, true);
    return duo_upload_now_us(job) < due_us || duo_upload_lost(job, error);
}

/* The device then holds what it says, and nothing comes after us. */
static void drain(struct duo_upload_job *job)
{
    uint64_t end_us = duo_upload_now_us(job) + DRAIN_US;
    struct duo_tool_error ignored;
    struct duo_client_answer answer;

    while (job->flight_count > 0 && duo_upload_now_us(job) < end_us) {
        enum duo_link_result result =
            duo_client_receive(job->client, end_us, &answer, &ignored);

        if (result == DUO_LINK_CLOSED || result == DUO_LINK_FAILED) {
            return;
        }
        if (result == DUO_LINK_PACKET &&
            !duo_upload_take(job, &answer, &ignored)) {
            return;
        }
    }
}

static bool stop(struct duo_upload_job *job, struct duo_tool_error *error)
{
    drain(job);
    duo_upload_tell(job, false);
    if (job->is_done) {
        return true;
    }
    job->client->failure.kind = DUO_CLIENT_CANCELLED;
    return duo_tool_fail(error, DUO_EXIT_DEVICE,
                         "stopped by the user; the device holds %u of %u "
                         "bytes: the same upload goes on from there",
                         (unsigned)job->held_bytes, (unsigned)job->total_bytes);
}

static bool run(struct duo_upload_job *job, struct duo_tool_error *error)
{
    struct duo_tool_error ignored;

    while (!job->is_done) {
        if (duo_client_is_cancelled(job->client, &ignored)) {
            return stop(job, error);
        }
        if (!fill(job, error) || !wait_some(job, error)) {
            return false;
        }
    }
    return true;
}

/* 0: no bound. */
static void bound(uint32_t *value, uint32_t max)
{
    if (max != 0 && *value > max) {
        *value = max;
    }
}

static void begin(struct duo_upload_job *job,
                  const struct duo_client_params *params)
{
    const struct duo_client_upload *upload = job->upload;

    job->packet_bytes = params->buf_bytes;
    bound(&job->packet_bytes, upload->packet_bytes_max);
    bound(&job->packet_bytes, (uint32_t)job->client->link->packet_bytes_max);
    job->packet_bytes_max = job->packet_bytes;
    job->window_max = params->buf_count > 1 ? params->buf_count - 1U : 1U;
    bound(&job->window_max, upload->window_max);
    bound(&job->window_max, DUO_CLIENT_WINDOW_MAX);
    job->window = job->window_max;
    job->align = 1;
    job->total_bytes = (uint32_t)upload->file.len_bytes;
    job->start_us = duo_upload_now_us(job);
    job->told_us = job->start_us;
    duo_client_hash(upload->file, job->hash);
}

bool duo_client_upload(struct duo_client *client,
                       struct duo_client_upload *upload,
                       struct duo_tool_error *error)
{
    struct duo_upload_job job = {.client = client, .upload = upload};
    struct duo_client_params params;
    bool done;

    upload->progress = (struct duo_client_progress){
        .total_bytes = (uint32_t)upload->file.len_bytes,
        .left_us = UINT64_MAX,
    };
    upload->was_there = false;
    upload->has_match = false;
    client->failure = (struct duo_client_failure){.kind = DUO_CLIENT_FINE};
    if (upload->file.len_bytes == 0 ||
        upload->file.len_bytes > DUO_TOOL_FILE_BYTES_MAX) {
        client->failure.kind = DUO_CLIENT_NOT_SENT;
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "an image of %zu bytes cannot be uploaded",
                             upload->file.len_bytes);
    }
    if (!duo_client_params(client, &params, error)) {
        return false;
    }
    begin(&job, &params);
    if (job.packet_bytes <= DUO_SMP_HEADER_BYTES) {
        client->failure.kind = DUO_CLIENT_NOT_SENT;
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "packets of %u bytes are too short for an upload",
                             (unsigned)job.packet_bytes);
    }
    duo_upload_tell(&job, false);
    done = run(&job, error);
    duo_upload_tell(&job, false);
    if (done) {
        client->failure.kind = DUO_CLIENT_FINE;
    }
    return done;
}
