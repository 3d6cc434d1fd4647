/* SPDX-License-Identifier: MIT */
/* The decision table for documents and tests; see duo/decide.h. */
#include "decide_rows.h"

#define TOLD(record, a_magic, a_ok, a_done, s_magic, s_ok, action, why) \
    {record, a_magic, a_ok, a_done, s_magic, s_ok, action, why},
static const struct duo_decision_row table[] = {DUO_DECISION_ROWS(TOLD)};

const struct duo_decision_row *duo_decision_table(size_t *count)
{
    *count = sizeof(table) / sizeof(table[0]);
    return table;
}
