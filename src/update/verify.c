/* SPDX-License-Identifier: MIT */
/* Verification of the images of a boot: where they run, and in slots. */
#include <string.h>

#include "boot_internal.h"

static void reject(struct duo_survey *survey, enum duo_reason reason)
{
    memset(survey, 0, sizeof(*survey));
    survey->verdict = DUO_VERDICT_REJECT;
    survey->reason = reason;
    survey->image.core = DUO_CORE_NONE;
}

/* Rules of this board on top of the image's own: whose it is, and counter. */
static enum duo_reason board_rules(const struct duo_boot *boot,
                                   const struct duo_image *image,
                                   enum duo_core core)
{
    const struct duo_policy *policy = boot->config->policy;

    if (core != DUO_CORE_NONE && image->core != core) {
        return DUO_REASON_WRONG_CORE;
    }
    if (image->core >= DUO_CORE_COUNT) {
        return DUO_REASON_CORE_UNKNOWN;
    }
    if (image->total_bytes > boot->slots.image_bytes_max[image->core]) {
        return DUO_REASON_TOO_LARGE;
    }
    if (!image->has_security_counter && (policy->security_counter_required ||
                                         boot->counters[image->core] != 0)) {
        return DUO_REASON_SECURITY_COUNTER_MISSING;
    }
    if (image->security_counter < boot->counters[image->core]) {
        return DUO_REASON_SECURITY_COUNTER_LOW;
    }
    return DUO_REASON_NONE;
}

struct duo_image_check duo_boot_image_check(struct duo_boot *boot,
                                            const struct duo_area *area,
                                            uint32_t size_bytes_max)
{
    return (struct duo_image_check){
        .area = area,
        .size_bytes_max = size_bytes_max,
        .trust = boot->config->trust,
        .crypto = boot->config->crypto,
        .work = (uint8_t *)boot->buffers,
        .work_bytes = sizeof(boot->buffers),
    };
}

static void verify_area(struct duo_boot *boot, const struct duo_area *area,
                        uint32_t size_bytes_max, struct duo_survey *survey)
{
    const struct duo_image_check check =
        duo_boot_image_check(boot, area, size_bytes_max);

    survey->verdict = duo_image_verify(&check, &survey->image, &survey->reason);
}

static void verify_net(struct duo_boot *boot, struct duo_survey *survey)
{
    enum duo_reason fault = DUO_REASON_NET_NO_ANSWER;
    struct duo_mailbox_report report;

    if (boot->net_ok &&
        duo_mailbox_verify(boot->config->net, &report) != DUO_OK) {
        duo_boot_net_failed(boot);
        fault = boot->config->net->fault;
    }
    if (!boot->net_ok) {
        reject(survey, fault);
        return;
    }
    survey->image = report.image;
    survey->reason = report.reason;
    survey->verdict = report.reason == DUO_REASON_NONE ? DUO_VERDICT_ACCEPT
                                                       : DUO_VERDICT_REJECT;
}

static void apply_board_rules(struct duo_boot *boot, enum duo_core core,
                              struct duo_survey *survey)
{
    if (survey->verdict != DUO_VERDICT_ACCEPT) {
        return;
    }
    enum duo_reason reason = board_rules(boot, &survey->image, core);
    if (reason != DUO_REASON_NONE) {
        struct duo_version version = survey->image.version;
        enum duo_core told_core = survey->image.core;
        reject(survey, reason);
        survey->image.version = version; /* For the message. */
        survey->image.core = told_core;
    }
}

void duo_boot_verify_both(struct duo_boot *boot)
{
    if (boot->net_ok) {
        enum duo_err err = duo_mailbox_begin_verify(boot->config->net);
        (void)err; /* The end fails alike. */
    }
    duo_boot_verify_active(boot, DUO_CORE_APP);
    duo_boot_verify_active(boot, DUO_CORE_NET);
}

void duo_boot_verify_active(struct duo_boot *boot, enum duo_core core)
{
    struct duo_survey *survey = &boot->active[core];

    if (core == DUO_CORE_NET) {
        verify_net(boot, survey);
    } else {
        verify_area(boot, &boot->slots.active[core],
                    boot->slots.image_bytes_max[core], survey);
    }
    apply_board_rules(boot, core, survey);

    const struct duo_event event = {
        .type = survey->verdict == DUO_VERDICT_ACCEPT ? DUO_EVENT_VERIFIED
                                                      : DUO_EVENT_BAD,
        .reason = survey->reason,
        .core = core,
        .version = survey->image.version,
    };
    duo_boot_log(boot, &event);
}

void duo_boot_verify_ext(struct duo_boot *boot, const struct duo_area *area,
                         enum duo_core core, struct duo_survey *survey)
{
    verify_area(boot, area, area->size_bytes - DUO_TRAILER_RESERVED_BYTES,
                survey);
    apply_board_rules(boot, core, survey);
}

bool duo_survey_is(const struct duo_survey *survey,
                   const uint8_t digest[DUO_SHA256_BYTES])
{
    return survey->verdict == DUO_VERDICT_ACCEPT &&
           memcmp(survey->image.digest, digest, DUO_SHA256_BYTES) == 0;
}

bool duo_boot_active_is(const struct duo_boot *boot, enum duo_core core,
                        const uint8_t digest[DUO_SHA256_BYTES])
{
    return duo_survey_is(&boot->active[core], digest);
}
