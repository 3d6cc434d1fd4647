/* SPDX-License-Identifier: MIT */
/* How an upload goes on, in numbers. */
#include "upload_job.h"

#define IDLE_US        1000000U
#define RATE_SPAN_US   5000000U
#define SAMPLE_STEP_US 100000U

static const struct duo_upload_sample *
sample_at(const struct duo_upload_job *job, size_t age)
{
    return &job->samples[(job->sample_count - 1U - age) % DUO_UPLOAD_SAMPLES];
}

static void add_sample(struct duo_upload_job *job, uint64_t now_us)
{
    if (job->sample_count > 0 &&
        job->held_bytes < sample_at(job, 0)->off_bytes) {
        job->sample_count = 0; /* It went back: the past tells no rate. */
    }
    if (job->sample_count > 0 &&
        now_us - sample_at(job, 0)->time_us < SAMPLE_STEP_US) {
        return;
    }
    job->samples[job->sample_count++ % DUO_UPLOAD_SAMPLES] =
        (struct duo_upload_sample){now_us, job->held_bytes};
}

static double rate_of(const struct duo_upload_job *job, uint64_t now_us)
{
    size_t age = 0;
    size_t age_max = job->sample_count < DUO_UPLOAD_SAMPLES
                         ? job->sample_count
                         : DUO_UPLOAD_SAMPLES;
    const struct duo_upload_sample *from;

    if (job->sample_count == 0) {
        return 0;
    }
    while (age + 1U < age_max &&
           now_us - sample_at(job, age)->time_us < RATE_SPAN_US) {
        age++;
    }
    from = sample_at(job, age);
    if (now_us <= from->time_us || job->held_bytes <= from->off_bytes) {
        return 0;
    }
    return (double)(job->held_bytes - from->off_bytes) * 1e6 /
           (double)(now_us - from->time_us);
}

void duo_upload_tell(struct duo_upload_job *job, bool is_idle)
{
    struct duo_client_progress *progress = &job->upload->progress;
    uint64_t now_us = duo_upload_now_us(job);

    if (is_idle && now_us - job->told_us < IDLE_US) {
        return;
    }
    job->told_us = now_us;
    if (job->has_begun) {
        add_sample(job, now_us);
    }
    progress->off_bytes = job->held_bytes;
    progress->elapsed_us = now_us - job->start_us;
    progress->rate_bytes_per_s = rate_of(job, now_us);
    progress->left_us =
        progress->rate_bytes_per_s > 0
            ? (uint64_t)((double)(job->total_bytes - job->held_bytes) * 1e6 /
                         progress->rate_bytes_per_s)
            : UINT64_MAX;
    progress->window = (uint32_t)job->window;
    progress->packet_bytes = job->packet_bytes;
    if (job->upload->on_progress != NULL) {
        job->upload->on_progress(job->upload->ctx, progress);
    }
}
