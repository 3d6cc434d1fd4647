/* SPDX-License-Identifier: MIT */
/* What the answers to an upload mean. The device says where it is; what was
 * sent is never taken for what was received. */
#include <string.h>

#include "body.h"
#include "upload_job.h"

#define FIRST_US         40000000U /* A whole slot may be erased. */
#define LAST_US          20000000U /* All of it may be hashed. */
#define DEFAULT_US       2500000U
#define LEAST_US         500000U
#define SPREAD_US        250000U
#define MOST_US          20000000U
#define BUSY_US          50000U
#define LOST_MAX         8U
#define LOST_QUICK_MAX   3U
#define PATIENT_MAX      3U /* Where one wait is that long. */
#define ALIGN_MAX        64U
#define PACKET_BYTES_MIN 128U
/* Packets shrink no further because of losses, and grow after so many. */
#define LOSSY_BYTES_MIN 256U
#define GOOD_MAX        16U

/* Of the SMP layer: may pass if it is sent again, and how often to try. */
static uint32_t patience_with(const struct duo_client_failure *failure)
{
    if (failure->kind != DUO_CLIENT_REFUSED_SMP) {
        return 0;
    }
    switch (failure->error) {
    case DUO_SMP_RC_NO_MEMORY:
    case DUO_SMP_RC_TIMEOUT:
    case DUO_SMP_RC_CORRUPT:
    case DUO_SMP_RC_BUSY: return DUO_UPLOAD_STUCK_MAX;
    /* A packet that was damaged on a line without checks. */
    case DUO_SMP_RC_INVALID: return 2;
    default: return 0;
    }
}

uint64_t duo_upload_timeout_us(const struct duo_upload_job *job)
{
    const struct duo_upload_flight *oldest = &job->flights[0];
    uint64_t us = DEFAULT_US + job->first_us * (job->window_max + 1U);

    if (oldest->off_bytes == 0) {
        return FIRST_US;
    }
    if (job->flights[job->flight_count - 1U].end_bytes == job->total_bytes) {
        return LAST_US;
    }
    if (job->trip_us != 0) {
        us = 4U * job->trip_us + SPREAD_US;
        us = us < LEAST_US ? LEAST_US : us;
    }
    us <<= job->lost_count < 4U ? job->lost_count : 4U;
    return us < MOST_US ? us : MOST_US;
}

/* Send again from where the device is. */
static void go_to(struct duo_upload_job *job, uint32_t off_bytes)
{
    for (size_t i = 0; i < job->flight_count; i++) {
        job->flights[i].is_old = true;
    }
    job->held_bytes = off_bytes;
    job->next_bytes = off_bytes;
}

static void shrink(struct duo_upload_job *job)
{
    job->window = job->window / 2 < 1 ? 1 : job->window / 2;
}

/* A line that loses bytes, such as a UART without flow control, loses long
 * packets first. */
static void shorten(struct duo_upload_job *job)
{
    uint32_t half = job->packet_bytes / 2U;

    job->good_count = 0;
    if (half >= LOSSY_BYTES_MIN) {
        job->packet_bytes = half;
    }
}

static void count_good(struct duo_upload_job *job)
{
    uint32_t twice = job->packet_bytes * 2U;

    if (++job->good_count >= GOOD_MAX) {
        job->good_count = 0;
        job->packet_bytes =
            twice < job->packet_bytes_max ? twice : job->packet_bytes_max;
    }
}

/* It has no other end than that the device comes forward. */
static bool count_stuck(struct duo_upload_job *job,
                        struct duo_tool_error *error)
{
    if (job->held_bytes > job->best_bytes) {
        job->best_bytes = job->held_bytes;
        job->stuck_count = 0;
        return true;
    }
    if (++job->stuck_count <= DUO_UPLOAD_STUCK_MAX) {
        return true;
    }
    job->client->failure.kind = DUO_CLIENT_MALFORMED;
    return duo_tool_fail(error, DUO_EXIT_DEVICE,
                         "the device answers, but takes no more data: it stays "
                         "at %u of %u bytes",
                         (unsigned)job->held_bytes, (unsigned)job->total_bytes);
}

static bool restart(struct duo_upload_job *job, struct duo_tool_error *error)
{
    job->best_bytes = 0;
    job->stuck_count = 0;
    job->upload->progress.resumed_bytes = 0;
    go_to(job, 0);
    if (++job->restart_count <= DUO_UPLOAD_RESTARTS_MAX) {
        return true;
    }
    job->client->failure.kind = DUO_CLIENT_MALFORMED;
    return duo_tool_fail(error, DUO_EXIT_DEVICE,
                         "the device forgot the upload %u times: does it "
                         "reset, or does another program upload to it?",
                         (unsigned)job->restart_count);
}

/* It took a part: servers that trim to their flash's words do so each time, and
 * everything sent behind is then sent in vain. */
static void learn_alignment(struct duo_upload_job *job,
                            const struct duo_upload_flight *flight,
                            uint32_t off_bytes)
{
    uint32_t align = 1;

    if (off_bytes <= flight->off_bytes || off_bytes >= flight->end_bytes ||
        flight->end_bytes - off_bytes >= ALIGN_MAX) {
        return;
    }
    while (align < ALIGN_MAX && off_bytes % (align * 2U) == 0) {
        align *= 2U;
    }
    job->align = align > job->align ? align : job->align;
}

/* The device is not where this packet would have left it. */
static bool take_other(struct duo_upload_job *job,
                       const struct duo_upload_flight *flight,
                       uint32_t off_bytes, struct duo_tool_error *error)
{
    if (off_bytes == 0 && flight->off_bytes != 0) {
        return restart(job, error);
    }
    if (flight->off_bytes != 0 &&
        (off_bytes > job->sent_bytes || off_bytes == job->total_bytes)) {
        /* It cannot have what was never sent: a damaged answer. */
        go_to(job, job->held_bytes);
        return count_stuck(job, error);
    }
    if (off_bytes <= flight->off_bytes) {
        shrink(job);
    }
    learn_alignment(job, flight, off_bytes);
    go_to(job, off_bytes);
    return count_stuck(job, error);
}

static void measure(struct duo_upload_job *job,
                    const struct duo_upload_flight *flight)
{
    uint64_t trip_us = duo_upload_now_us(job) - flight->sent_us;

    if (flight->off_bytes == 0) {
        job->first_us = trip_us;
    } else if (job->trip_us == 0) {
        job->trip_us = trip_us;
    } else {
        job->trip_us += trip_us / 8U;
        job->trip_us -= job->trip_us / 8U;
    }
}

static void begin(struct duo_upload_job *job,
                  const struct duo_upload_flight *flight, uint32_t off_bytes)
{
    if (!job->has_begun && off_bytes > flight->end_bytes) {
        job->upload->progress.resumed_bytes = off_bytes;
        job->upload->was_there = off_bytes == job->total_bytes;
    }
    job->has_begun = true;
}

static bool finish(struct duo_upload_job *job, const cbor_item_t *body,
                   struct duo_tool_error *error)
{
    bool has_match = duo_body_find(body, "match") != NULL;

    job->upload->has_match = has_match;
    /* Not done if it does not match, whoever asks: also a user that stops. */
    job->is_done = !has_match || duo_body_flag(body, "match");
    job->held_bytes = job->is_done ? job->total_bytes : 0;
    if (job->is_done) {
        return true;
    }
    job->client->failure.kind = DUO_CLIENT_MALFORMED;
    return duo_tool_fail(error, DUO_EXIT_REFUSED,
                         "the device has all %u bytes, but not these: its "
                         "digest of them is another one",
                         (unsigned)job->total_bytes);
}

/* All is there: as the first or the last packet may be told. One between them
 * that came late is told so, too, with the digest compared; without that the
 * answer may be a damaged one. */
static bool is_end(const struct duo_upload_job *job,
                   const struct duo_upload_flight *flight,
                   const cbor_item_t *body)
{
    return flight->end_bytes == job->total_bytes || flight->off_bytes == 0 ||
           (job->sent_bytes == job->total_bytes &&
            duo_body_find(body, "match") != NULL);
}

static bool take_off(struct duo_upload_job *job, const cbor_item_t *body,
                     const struct duo_upload_flight *flight,
                     struct duo_tool_error *error)
{
    uint32_t off_bytes;

    if (!duo_body_u32(body, "off", &off_bytes) ||
        off_bytes > job->total_bytes) {
        job->client->counts.malformed++;
        go_to(job, job->held_bytes);
        return count_stuck(job, error);
    }
    job->lost_count = 0;
    if (flight->is_old) {
        return true;
    }
    measure(job, flight);
    if (flight->off_bytes == 0 && off_bytes > 0) {
        begin(job, flight, off_bytes);
    }
    if (off_bytes == job->total_bytes && is_end(job, flight, body)) {
        return finish(job, body, error);
    }
    if (off_bytes != flight->end_bytes) {
        return take_other(job, flight, off_bytes, error);
    }
    job->held_bytes = off_bytes;
    count_good(job);
    job->window += 1 / job->window;
    if (job->window > job->window_max) {
        job->window = job->window_max;
    }
    return count_stuck(job, error);
}

/* A server whose buffer is smaller than was thought says so. */
static bool take_refusal(struct duo_upload_job *job,
                         const struct duo_upload_flight *flight,
                         const struct duo_tool_error *why,
                         struct duo_tool_error *error)
{
    const struct duo_client_failure failure = job->client->failure;
    struct duo_link *link = job->client->link;

    *error = *why;
    if (flight->is_old) {
        return patience_with(&failure) > 0 ||
               failure.error == DUO_SMP_RC_TOO_LARGE;
    }
    if (failure.kind == DUO_CLIENT_REFUSED_SMP &&
        failure.error == DUO_SMP_RC_TOO_LARGE &&
        job->packet_bytes > PACKET_BYTES_MIN) {
        job->packet_bytes -= job->packet_bytes / 4U;
        job->packet_bytes_max = job->packet_bytes;
        go_to(job, job->held_bytes);
        return true;
    }
    if (job->stuck_count >= patience_with(&failure)) {
        return false;
    }
    job->stuck_count++;
    shrink(job);
    go_to(job, job->held_bytes);
    link->ops->wait(link, BUSY_US);
    return true;
}

/* The device answers in order: what was sent before and is not answered yet is
 * lost, one way or the other. False: not to any packet of ours. */
static bool find_flight(struct duo_upload_job *job,
                        const struct duo_smp_header *header,
                        struct duo_upload_flight *flight)
{
    size_t i = 0;

    if (header->group != DUO_SMP_GROUP_IMAGE || header->command != 1 ||
        header->op != DUO_SMP_WRITE_ANSWER) {
        return false;
    }
    while (i < job->flight_count &&
           job->flights[i].sequence != header->sequence) {
        i++;
    }
    if (i == job->flight_count) {
        return false;
    }
    *flight = job->flights[i];
    job->flight_count -= i + 1U;
    memmove(job->flights, job->flights + i + 1U,
            job->flight_count * sizeof(job->flights[0]));
    return true;
}

bool duo_upload_take(struct duo_upload_job *job,
                     struct duo_client_answer *answer,
                     struct duo_tool_error *error)
{
    struct duo_upload_flight flight;
    struct duo_tool_error why;
    bool done = true;

    if (!find_flight(job, &answer->header, &flight)) {
        job->client->counts.stale++;
    } else if (duo_client_is_refusal(job->client, answer, &why)) {
        done = take_refusal(job, &flight, &why, error);
    } else {
        done = take_off(job, answer->body, &flight, error);
    }
    cbor_decref(&answer->body);
    return done;
}

bool duo_upload_lost(struct duo_upload_job *job, struct duo_tool_error *error)
{
    bool is_patient =
        job->held_bytes == 0 ||
        job->flights[job->flight_count - 1U].end_bytes == job->total_bytes;

    duo_client_be_silent(job->client,
                         (struct duo_client_silence){
                             job->flights[job->flight_count - 1U].sent_us,
                             job->lost_count >= LOST_QUICK_MAX || is_patient});
    job->flight_count = 0;
    shrink(job);
    if (is_patient || job->lost_count > 0) {
        shorten(job);
    }
    go_to(job, job->held_bytes);
    if (++job->lost_count < (is_patient ? PATIENT_MAX : LOST_MAX)) {
        return true;
    }
    job->client->failure.kind = DUO_CLIENT_NO_ANSWER;
    return duo_tool_fail(error, DUO_EXIT_DEVICE,
                         "%s: the device no longer answers; it holds %u of %u "
                         "bytes: the same upload goes on from there",
                         job->client->link->url, (unsigned)job->held_bytes,
                         (unsigned)job->total_bytes);
}
