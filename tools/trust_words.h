/* SPDX-License-Identifier: MIT */
/* Options that several verbs have: whose keys a board trusts, its layout, and
 * the one file that is judged by them. Each verb has texts of its own for
 * them, so only the parsing is shared. */
#ifndef DUO_TOOLS_TRUST_WORDS_H
#define DUO_TOOLS_TRUST_WORDS_H

#include <argp.h>

#include "trust.h"

struct duo_trust_words {
    const char *layout_path; /* NULL: the DK's. */
    const char *key_paths[DUO_TOOL_KEYS_MAX];
    size_t key_count;
};

/** One more --key. Ends the program if there are too many. */
void duo_trust_words_add_key(struct duo_trust_words *words, const char *path,
                             const struct argp_state *state);

/** Trust the keys, besides what @p trust has. */
bool duo_trust_words_keys(const struct duo_trust_words *words,
                          struct duo_tool_trust *trust,
                          struct duo_tool_error *error);

/** The board of that layout, which trusts these keys. */
bool duo_trust_words_board(const struct duo_trust_words *words,
                           struct duo_tool_trust *trust,
                           struct duo_tool_error *error);

/* --key, --layout, --json and FILE. */
struct duo_judge_words {
    struct duo_trust_words trust;
    const char *path;
    bool is_json;
};

/** For an argp parser: takes 'k', 'l', 'j' and the argument.
 * @return 0, or ARGP_ERR_UNKNOWN: it is none of these. */
error_t duo_judge_words_parse(struct duo_judge_words *words, int key,
                              const char *arg, const struct argp_state *state);

#endif
