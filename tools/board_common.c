/* SPDX-License-Identifier: MIT */
/* What the commands of `duoboot board` share; see board.h. */
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "check.h"

static error_t parse_words(int key, char *arg, struct argp_state *state)
{
    struct duo_board_words *words = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        if (words->dir == NULL) {
            words->dir = arg;
        } else if (words->wants_file && words->file == NULL) {
            words->file = arg;
        } else {
            argp_error(state, "what is '%s' for?", arg);
        }
        return 0;
    case ARGP_KEY_END:
        if (words->dir == NULL) {
            argp_error(state, "DIR is needed");
        }
        if (words->wants_file && words->file == NULL) {
            argp_error(state, "FILE is needed");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp words_argp = {.parser = parse_words};
const struct argp_child duo_board_words_child[] = {
    {&words_argp, 0, NULL, 0},
    {0      }
};

void duo_board_note_image(const struct duo_board *board, const char *path,
                          struct duo_bytes bytes)
{
    struct duo_tool_verdict verdict;

    duo_tool_check_image(bytes, &board->config.trust.trust, &verdict);
    if (verdict.verdict != DUO_VERDICT_ACCEPT) {
        const struct duo_reason_text *text = duo_reason_text(verdict.reason);
        (void)fprintf(stderr,
                      "duoboot: note: %s: the boot loader will refuse it: %s "
                      "[%s]\n",
                      path, text->sentence, text->name);
    }
}

void duo_board_journal_open(const struct duo_board_view *view,
                            struct duo_journal *journal)
{
    duo_journal_open(journal, &view->slots.journal);
}

static json_t *version_json(const struct duo_version *version)
{
    char text[32];

    duo_version_format(version, text);
    return json_string(text);
}

json_t *duo_board_version_json(const struct duo_image *image)
{
    return image->total_bytes != 0 ? version_json(&image->version)
                                   : json_null();
}

json_t *duo_board_journal_json(const struct duo_journal_entry *entry)
{
    const struct duo_reason_text *text = duo_reason_text(entry->reason);
    static const struct duo_version none = {0, 0, 0, 0};
    bool has_version = duo_version_compare(&entry->version, &none) != 0 ||
                       entry->version.build != 0;

    return json_pack(
        "{s:I, s:I, s:I, s:s?, s:o, s:s, s:i, s:s}", "sequence",
        (json_int_t)entry->sequence, "boot", (json_int_t)entry->boot_count,
        "time_ms", (json_int_t)entry->time_ms, "core",
        entry->core < DUO_CORE_COUNT ? duo_core_name(entry->core) : NULL,
        "version", has_version ? version_json(&entry->version) : json_null(),
        "reason_name", text->name, "reason", (int)entry->reason, "sentence",
        text->sentence);
}

void duo_board_survey(struct duo_board *board, struct duo_board_view *view,
                      struct duo_board_state *state)
{
    _Alignas(4) uint8_t work[DUO_UNIT_BYTES];
    const struct duo_board_survey survey = {
        .slots = &view->slots,
        .trust = &board->config.trust.trust,
        .policy = &board->config.policy,
        .crypto = board->crypto[DUO_CORE_APP],
        .work = work,
        .work_bytes = sizeof(work),
    };

    duo_board_view_init(view, board->native);
    duo_board_state_read(&survey, state);
}

int duo_board_finish(struct duo_board *board, bool done,
                     struct duo_tool_error *error)
{
    bool saved = done && duo_board_save(board, error);

    duo_board_close(board);
    return saved ? DUO_EXIT_OK : duo_tool_report(error);
}
