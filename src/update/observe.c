/* SPDX-License-Identifier: MIT */
/* What is seen of both images on flash; see duo/observe.h. */
#include "duo/observe.h"

enum duo_record_state duo_record_state(const struct duo_progress *progress,
                                       enum duo_core core)
{
    if (!progress->open || !progress->images[core].included) {
        return DUO_RECORD_NONE;
    }
    if (progress->phases[DUO_PHASE_CONFIRMED + (unsigned)core] ||
        progress->phases[DUO_PHASE_REVERTED + (unsigned)core]) {
        return DUO_RECORD_CLOSED;
    }
    if (progress->phases[DUO_PHASE_REVERTING + (unsigned)core] ||
        progress->images[core].restore_only) {
        return DUO_RECORD_REVERTING;
    }
    return progress->phases[DUO_PHASE_FINISHED] ? DUO_RECORD_TRIAL
                                                : DUO_RECORD_INSTALLING;
}

static void borrow_trailer(const struct duo_progress *progress,
                           struct duo_observed observed[DUO_CORE_COUNT])
{
    struct duo_trailer *app = &observed[DUO_CORE_APP].active;
    struct duo_trailer *net = &observed[DUO_CORE_NET].active;

    if (observed[DUO_CORE_NET].record == DUO_RECORD_NONE ||
        observed[DUO_CORE_NET].record == DUO_RECORD_CLOSED ||
        !progress->images[DUO_CORE_NET].from_other) {
        return;
    }
    if (app->image_ok == DUO_FIELD_GOOD || app->image_ok == DUO_FIELD_TORN) {
        net->image_ok = app->image_ok;
    }
    app->magic = DUO_FIELD_ERASED; /* Not the application's own trial. */
}

enum duo_err duo_observe(const struct duo_slots *slots,
                         const struct duo_progress *progress,
                         struct duo_observed observed[DUO_CORE_COUNT])
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        struct duo_observed *seen = &observed[core];
        enum duo_err err =
            duo_trailer_read(&slots->trailer[core], &seen->active);
        if (err == DUO_OK) {
            err = duo_trailer_read(&slots->staged[core], &seen->staged);
        }
        if (err != DUO_OK) {
            return err;
        }
        seen->record = duo_record_state(progress, (enum duo_core)core);
    }
    borrow_trailer(progress, observed);
    return DUO_OK;
}
