/* SPDX-License-Identifier: MIT */
/* Both images and slots of a board; see board_state.h. */
#include "board_state.h"

#include "duo/observe.h"

#include <string.h>

struct reader {
    const struct duo_board_survey *survey;
    struct duo_board_state *state;
};

/* What a slot is looked at as. */
struct look {
    const struct duo_area *area;
    enum duo_board_place place;
    enum duo_core core; /* Whose slot it is. */
    uint32_t capacity_bytes;
};

/* The rules that the boot loader adds to the image's own. */
static enum duo_reason board_rules(const struct reader *reader,
                                   const struct look *look,
                                   const struct duo_image *image)
{
    const struct duo_policy *policy = reader->survey->policy;
    uint32_t counter;

    if (image->core != look->core && look->place == DUO_BOARD_STAGED &&
        look->core == DUO_CORE_APP && image->core == DUO_CORE_NET) {
        if (policy->route == DUO_ROUTE_REFUSE) {
            return DUO_REASON_ROUTE_REFUSED;
        }
    } else if (image->core != look->core) {
        return DUO_REASON_WRONG_CORE;
    }
    if (image->total_bytes >
        reader->survey->slots->image_bytes_max[image->core]) {
        return DUO_REASON_TOO_LARGE;
    }
    counter = reader->state->counters[image->core];
    if (!image->has_security_counter &&
        (policy->security_counter_required || counter != 0)) {
        return DUO_REASON_SECURITY_COUNTER_MISSING;
    }
    return image->security_counter < counter ? DUO_REASON_SECURITY_COUNTER_LOW
                                             : DUO_REASON_NONE;
}

/* Up to the last byte that is not erased. */
static uint32_t fill_bytes(const struct reader *reader, const struct look *look)
{
    uint32_t piece_bytes = 256;
    uint8_t *piece = reader->survey->work;
    uint32_t end_off = look->capacity_bytes - look->capacity_bytes % 256U;

    for (; end_off >= piece_bytes; end_off -= piece_bytes) {
        if (duo_area_read(look->area, end_off - piece_bytes, piece,
                          piece_bytes) != DUO_OK) {
            return end_off;
        }
        for (uint32_t i = piece_bytes; i > 0; i--) {
            if (piece[i - 1U] != look->area->flash->geometry.erased_value) {
                return end_off - piece_bytes + i;
            }
        }
    }
    return 0;
}

static void look_at(const struct reader *reader, const struct look *look,
                    struct duo_board_slot *slot)
{
    const struct duo_board_survey *survey = reader->survey;
    const struct duo_image_check check = {
        .area = look->area,
        .size_bytes_max = look->capacity_bytes,
        .trust = survey->trust,
        .crypto = survey->crypto,
        .work = survey->work,
        .work_bytes = survey->work_bytes,
    };

    memset(slot, 0, sizeof(*slot));
    slot->capacity_bytes = look->capacity_bytes;
    slot->verdict = duo_image_verify(&check, &slot->image, &slot->reason);
    slot->is_image = slot->verdict == DUO_VERDICT_ACCEPT ||
                     duo_image_parse(&check, &slot->image) == DUO_REASON_NONE;
    slot->used_bytes =
        slot->is_image ? slot->image.total_bytes : fill_bytes(reader, look);
    if (slot->verdict == DUO_VERDICT_ACCEPT) {
        slot->reason = board_rules(reader, look, &slot->image);
        if (slot->reason != DUO_REASON_NONE) {
            slot->verdict = DUO_VERDICT_REJECT;
        }
    }
    slot->bootable = slot->verdict == DUO_VERDICT_ACCEPT;
    slot->place =
        slot->reason != DUO_REASON_EMPTY ? look->place : DUO_BOARD_NOTHING;
}

static void read_trailer(const struct reader *reader,
                         const struct duo_area *area,
                         struct duo_trailer *trailer)
{
    if (duo_trailer_read(area, trailer) != DUO_OK) {
        reader->state->is_ext_readable = false;
    }
}

static void read_active(const struct reader *reader, enum duo_core core)
{
    const struct duo_slots *slots = reader->survey->slots;
    const struct look look = {&slots->active[core], DUO_BOARD_ACTIVE, core,
                              slots->image_bytes_max[core]};
    struct duo_board_slot *slot = &reader->state->images[core].slots[0];

    look_at(reader, &look, slot);
    read_trailer(reader, &slots->trailer[core], &slot->trailer);
    slot->active = slot->bootable;
}

static bool is_same(const struct duo_board_slot *left,
                    const struct duo_board_slot *right)
{
    return left->is_image && right->is_image &&
           memcmp(left->image.digest, right->image.digest, DUO_SHA256_BYTES) ==
               0;
}

/* Slot 1: what is staged; else the previous image, which can be had back. */
static void read_second(const struct reader *reader, enum duo_core core)
{
    const struct duo_slots *slots = reader->survey->slots;
    const struct look staged = {&slots->staged[core], DUO_BOARD_STAGED, core,
                                slots->staged[core].size_bytes -
                                    DUO_TRAILER_RESERVED_BYTES};
    const struct look previous = {&slots->backup[core], DUO_BOARD_PREVIOUS,
                                  core, slots->image_bytes_max[core]};
    struct duo_board_image *image = &reader->state->images[core];
    struct duo_board_slot *slot = &image->slots[1];
    struct duo_board_slot backup;

    look_at(reader, &staged, slot);
    read_trailer(reader, &slots->staged[core], &slot->trailer);
    /* An install leaves the middle of the staged slot as it was: that does
     * not hide the previous image, which a request in the slot asks for. */
    if (slot->place != DUO_BOARD_NOTHING ||
        reader->survey->policy->backup == DUO_BACKUP_NONE) {
        return;
    }
    look_at(reader, &previous, &backup);
    if (backup.bootable && !is_same(&backup, &image->slots[0])) {
        backup.trailer = slot->trailer;
        *slot = backup;
    }
}

static void set_flags(struct duo_board_image *image)
{
    struct duo_board_slot *second = &image->slots[1];

    image->on_trial = image->next == DUO_ACTION_REVERT ||
                      image->next == DUO_ACTION_REVERT_UNRECORDED;
    image->slots[0].confirmed = image->slots[0].bootable && !image->on_trial &&
                                (image->record == DUO_RECORD_NONE ||
                                 image->record == DUO_RECORD_TRIAL ||
                                 image->record == DUO_RECORD_CLOSED);
    second->confirmed = second->place == DUO_BOARD_PREVIOUS && image->on_trial;
    second->pending = second->trailer.magic == DUO_FIELD_GOOD;
    second->permanent =
        second->pending && second->trailer.image_ok == DUO_FIELD_GOOD;
}

/* The running application lists and confirms the mirror; it has to be what
 * the network core executes. */
static bool is_mirror_true(const struct reader *reader)
{
    const struct duo_slots *slots = reader->survey->slots;
    const struct look look = {&slots->mirror, DUO_BOARD_ACTIVE, DUO_CORE_NET,
                              slots->image_bytes_max[DUO_CORE_NET]};
    struct duo_board_slot mirror;

    look_at(reader, &look, &mirror);
    return mirror.bootable &&
           is_same(&mirror, &reader->state->images[DUO_CORE_NET].slots[0]);
}

void duo_board_state_read(const struct duo_board_survey *survey,
                          struct duo_board_state *state)
{
    const struct reader reader = {survey, state};
    const struct duo_slots *slots = survey->slots;
    struct duo_observed observed[DUO_CORE_COUNT];

    memset(state, 0, sizeof(*state));
    state->is_ext_readable =
        duo_progress_load(&state->progress, &slots->progress) == DUO_OK;
    if (duo_counter_read(&slots->counters, state->counters) != DUO_OK) {
        memset(state->counters, 0, sizeof(state->counters));
    }
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        read_active(&reader, core);
        read_second(&reader, core);
        state->images[core].record = duo_record_state(&state->progress, core);
    }
    state->is_mirror_true = is_mirror_true(&reader);
    bool is_readable = duo_observe(slots, &state->progress, observed) == DUO_OK;
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        state->images[core].next =
            is_readable ? duo_decide(&observed[core]) : DUO_ACTION_NONE;
        set_flags(&state->images[core]);
    }
}

const char *duo_board_record_name(enum duo_record_state record)
{
    static const char *const names[DUO_RECORD_STATE_COUNT] = {
        [DUO_RECORD_NONE] = "none",     [DUO_RECORD_INSTALLING] = "installing",
        [DUO_RECORD_TRIAL] = "trial",   [DUO_RECORD_REVERTING] = "reverting",
        [DUO_RECORD_CLOSED] = "closed",
    };
    return (unsigned)record < DUO_RECORD_STATE_COUNT ? names[record]
                                                     : "unknown";
}

const char *duo_board_place_name(enum duo_board_place place)
{
    switch (place) {
    case DUO_BOARD_NOTHING: return "empty";
    case DUO_BOARD_ACTIVE: return "active";
    case DUO_BOARD_STAGED: return "staged";
    case DUO_BOARD_PREVIOUS: return "previous";
    }
    return "unknown";
}
