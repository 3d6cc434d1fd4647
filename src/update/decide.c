/* SPDX-License-Identifier: MIT */
/* The decision table; see duo/decide.h. Order is meaning: first match wins. */
#include "duo/decide.h"

#include <stdbool.h>

#define ANY        0x1FU
#define ER         (1U << DUO_FIELD_ERASED)
#define GO         (1U << DUO_FIELD_GOOD)
#define TO         (1U << DUO_FIELD_TORN)
#define BA         (1U << DUO_FIELD_BAD)
#define NONE       (1U << DUO_RECORD_NONE)
#define INSTALLING (1U << DUO_RECORD_INSTALLING)
#define TRIAL      (1U << DUO_RECORD_TRIAL)
#define REVERTING  (1U << DUO_RECORD_REVERTING)
#define CLOSED     (1U << DUO_RECORD_CLOSED)
#define IDLE       (NONE | CLOSED)

/* clang-format off */
static const struct duo_decision_row table[] = {
    /* record    A magic  A ok      A done S magic S ok       action */
    {INSTALLING, ANY,     ANY,      ANY,   ANY,    ANY,       DUO_ACTION_RESUME_INSTALL,
     "an install was cut off"},
    {REVERTING,  ANY,     ANY,      ANY,   ANY,    ANY,       DUO_ACTION_RESUME_REVERT,
     "a revert was cut off"},
    {TRIAL,      ANY,     GO | TO,  ANY,   ANY,    ANY,       DUO_ACTION_CONFIRM,
     "the application confirmed, or was cut while it did"},
    {TRIAL,      ANY,     ANY,      ANY,   ANY,    ANY,       DUO_ACTION_REVERT,
     "on trial and not confirmed"},
    {CLOSED,     ANY,     ER|TO|BA, ANY,   ANY,    ANY,       DUO_ACTION_MEND_TRAILER,
     "confirmed, but the trailer was cut off or has decayed"},
    {CLOSED,     ER|TO|BA, ANY,     ANY,   ANY,    ANY,       DUO_ACTION_MEND_TRAILER,
     "confirmed, but the trailer was cut off or has decayed"},
    {NONE,       GO,      ER | BA,  GO,    ANY,    ANY,       DUO_ACTION_REVERT_UNRECORDED,
     "on trial, but the record of it is lost"},
    {IDLE,       ANY,     ANY,      ANY,   GO,     GO,        DUO_ACTION_INSTALL_PERMANENT,
     "an image is staged for good"},
    {IDLE,       ANY,     ANY,      ANY,   GO,     ER | TO,   DUO_ACTION_INSTALL_TEST,
     "an image is staged for a trial; a torn permanent mark counts as trial"},
    {IDLE,       ANY,     ANY,      ANY,   TO,     ANY,       DUO_ACTION_CLEAR_TORN,
     "the request was cut off while it was written"},
    {IDLE,       ANY,     ANY,      ANY,   GO | BA, ANY,      DUO_ACTION_CLEAR_DAMAGED,
     "the trailer of the staged slot is damaged"},
    {ANY,        ANY,     ANY,      ANY,   ANY,    ANY,       DUO_ACTION_NONE,
     "nothing is asked for"},
};
/* clang-format on */

#define ROW_COUNT (sizeof(table) / sizeof(table[0]))

static bool in(uint8_t set, unsigned state)
{
    return ((unsigned)set >> state & 1U) != 0;
}

enum duo_action duo_decide(const struct duo_observed *observed)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct duo_decision_row *row = &table[i];
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

const struct duo_decision_row *duo_decision_table(size_t *count)
{
    *count = ROW_COUNT;
    return table;
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
