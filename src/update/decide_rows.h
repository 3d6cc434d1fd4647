/* SPDX-License-Identifier: MIT */
/* The rows of the decision table: without the sentences for the decision
 * itself, with them for whoever prints the table. Order is meaning: first match
 * wins. */
#ifndef DUO_UPDATE_DECIDE_ROWS_H
#define DUO_UPDATE_DECIDE_ROWS_H

#include "duo/decide.h"

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
#define DUO_DECISION_ROWS(ROW) \
    /*  record      A magic  A ok      A done S magic  S ok */ \
    ROW(INSTALLING, ANY,      ANY,      ANY,   ANY,     ANY,    DUO_ACTION_RESUME_INSTALL, \
        "an install was cut off") \
    ROW(REVERTING,  ANY,      ANY,      ANY,   ANY,     ANY,    DUO_ACTION_RESUME_REVERT, \
        "a revert was cut off") \
    ROW(TRIAL,      ANY,      GO | TO,  ANY,   ANY,     ANY,    DUO_ACTION_CONFIRM, \
        "the application confirmed, or was cut while it did") \
    ROW(TRIAL,      ANY,      ANY,      ANY,   ANY,     ANY,    DUO_ACTION_REVERT, \
        "on trial and not confirmed") \
    ROW(CLOSED,     ANY,      ER|TO|BA, ANY,   ANY,     ANY,    DUO_ACTION_MEND_TRAILER, \
        "confirmed, but the trailer was cut off or has decayed") \
    ROW(CLOSED,     ER|TO|BA, ANY,      ANY,   ANY,     ANY,    DUO_ACTION_MEND_TRAILER, \
        "confirmed, but the trailer was cut off or has decayed") \
    ROW(NONE,       GO,       ER | BA,  GO,    ANY,     ANY,    DUO_ACTION_REVERT_UNRECORDED, \
        "on trial, but the record of it is lost") \
    ROW(IDLE,       ANY,      ANY,      ANY,   GO,      GO,     DUO_ACTION_INSTALL_PERMANENT, \
        "an image is staged for good") \
    ROW(IDLE,       ANY,      ANY,      ANY,   GO,      ER | TO,DUO_ACTION_INSTALL_TEST, \
        "an image is staged for a trial; a torn permanent mark counts as trial") \
    ROW(IDLE,       ANY,      ANY,      ANY,   TO,      ANY,    DUO_ACTION_CLEAR_TORN, \
        "the request was cut off while it was written") \
    ROW(IDLE,       ANY,      ANY,      ANY,   GO | BA, ANY,    DUO_ACTION_CLEAR_DAMAGED, \
        "the trailer of the staged slot is damaged") \
    ROW(ANY,        ANY,      ANY,      ANY,   ANY,     ANY,    DUO_ACTION_NONE, \
        "nothing is asked for")
/* clang-format on */

#endif
