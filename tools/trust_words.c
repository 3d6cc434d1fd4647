/* SPDX-License-Identifier: MIT */
/* Shared options; see trust_words.h. */
#include "trust_words.h"

#include "board_trust.h"

void duo_trust_words_add_key(struct duo_trust_words *words, const char *path,
                             const struct argp_state *state)
{
    if (words->key_count == DUO_TOOL_KEYS_MAX) {
        argp_error(state, "at most %u keys", DUO_TOOL_KEYS_MAX);
    }
    words->key_paths[words->key_count] = path;
    words->key_count++;
}

bool duo_trust_words_keys(const struct duo_trust_words *words,
                          struct duo_tool_trust *trust,
                          struct duo_tool_error *error)
{
    for (size_t i = 0; i < words->key_count; i++) {
        if (!duo_tool_trust_add_key(trust, words->key_paths[i], error)) {
            return false;
        }
    }
    return true;
}

bool duo_trust_words_board(const struct duo_trust_words *words,
                           struct duo_tool_trust *trust,
                           struct duo_tool_error *error)
{
    return duo_board_trust(words->layout_path, trust, error) &&
           duo_trust_words_keys(words, trust, error);
}

error_t duo_judge_words_parse(struct duo_judge_words *words, int key,
                              const char *arg, const struct argp_state *state)
{
    switch (key) {
    case 'k': duo_trust_words_add_key(&words->trust, arg, state); return 0;
    case 'l': words->trust.layout_path = arg; return 0;
    case 'j': words->is_json = true; return 0;
    case ARGP_KEY_ARG:
        if (words->path != NULL) {
            argp_error(state, "one file only");
        }
        words->path = arg;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}
