/* SPDX-License-Identifier: MIT */
/* Words of `duoboot board run`: durations, and things that happen at a time.
 */
#ifndef DUO_TOOLS_BOARD_RUN_WORDS_H
#define DUO_TOOLS_BOARD_RUN_WORDS_H

#include "text.h"

/** "500ms", "1.5s", "20us", "2min", "100ns" or "0". USAGE. */
bool duo_run_parse_duration(struct duo_tool_word word, uint64_t *ns,
                            struct duo_tool_error *error);

/** True if the text is a number with one of the units, well written or not:
 * what parse_duration() should be asked about. */
bool duo_run_is_duration(const char *text);

/** Text with \n, \r, \t, \e, \\ and \xNN. Appends. USAGE. */
bool duo_run_parse_escapes(struct duo_tool_word word,
                           struct duo_tool_buffer *bytes,
                           struct duo_tool_error *error);

/** Cut "WHAT@TIME" at its last @: @p what gets its first part (the caller's,
 * at most @p size - 1 characters), @p ns the time. USAGE. */
struct duo_run_text {
    char *chars;
    size_t size_bytes;
};
bool duo_run_split_time(struct duo_tool_word word, struct duo_run_text what,
                        uint64_t *ns, struct duo_tool_error *error);

#endif
