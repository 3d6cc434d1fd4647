/* SPDX-License-Identifier: MIT */
/* The decision; see duo/decide.h. Its rows are in decide_rows.h. */
#include "duo/decide.h"

#include <stdbool.h>

#include "decide_rows.h"

/* Without the sentences: they would be in the boot loaders. */
#define RULE(record, a_magic, a_ok, a_done, s_magic, s_ok, action, why) \
    {record, a_magic, a_ok, a_done, s_magic, s_ok, action},
static const struct rule {
    uint8_t record;
    uint8_t active_magic;
    uint8_t active_image_ok;
    uint8_t active_copy_done;
    uint8_t staged_magic;
    uint8_t staged_image_ok;
    enum duo_action action;
} rules[] = {DUO_DECISION_ROWS(RULE)};

#define ROW_COUNT (sizeof(rules) / sizeof(rules[0]))

static bool in(uint8_t set, unsigned state)
{
    return ((unsigned)set >> state & 1U) != 0;
}

enum duo_action duo_decide(const struct duo_observed *observed)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct rule *row = &rules[i];
        if (in(row->record, observed->record) &&
            in(row->active_magic, observed->active.magic) &&
            in(row->active_image_ok, observed->active.image_ok) &&
            in(row->active_copy_done, observed->active.copy_done) &&
            in(row->staged_magic, observed->staged.magic) &&
            in(row->staged_image_ok, observed->staged.image_ok)) {
            return row->action;
        }
    }
    return DUO_ACTION_NONE;
}

const char *duo_action_name(enum duo_action action)
{
    static const char *const names[DUO_ACTION_COUNT] = {
        [DUO_ACTION_NONE] = "none",
        [DUO_ACTION_RESUME_INSTALL] = "resume-install",
        [DUO_ACTION_RESUME_REVERT] = "resume-revert",
        [DUO_ACTION_CONFIRM] = "confirm",
        [DUO_ACTION_REVERT] = "revert",
        [DUO_ACTION_REVERT_UNRECORDED] = "revert-unrecorded",
        [DUO_ACTION_INSTALL_TEST] = "install-test",
        [DUO_ACTION_INSTALL_PERMANENT] = "install-permanent",
        [DUO_ACTION_MEND_TRAILER] = "mend-trailer",
        [DUO_ACTION_CLEAR_TORN] = "clear-torn",
        [DUO_ACTION_CLEAR_DAMAGED] = "clear-damaged",
    };
    return (unsigned)action < DUO_ACTION_COUNT ? names[action] : "unknown";
}
