/* SPDX-License-Identifier: MIT */
/* Verbs whose first word says what to do: settings and fs. */
#ifndef DUO_TOOLS_DEVICE_WORDS_H
#define DUO_TOOLS_DEVICE_WORDS_H

#include "device_verb.h"

#define DUO_WORDS_MAX 4U

struct duo_words_options {
    struct duo_talk_options common; /* First. */
    const char *words[DUO_WORDS_MAX];
    size_t count;
    bool is_hex;      /* Of settings. */
    const char *type; /* Of fs hash. */
};

/* One of the words that may come first. */
struct duo_words_command {
    const char *name;
    size_t count_min; /* Words in all, the name included. */
    size_t count_max;
    bool (*run)(struct duo_talk *talk, const struct duo_words_options *options);
};

struct duo_words {
    const char *usage; /* "get NAME, set NAME VALUE or delete NAME". */
    const struct duo_words_command *commands;
    size_t command_count;
};

/** Take a word, or complain. */
void duo_words_take(struct duo_words_options *options, const char *word,
                    struct argp_state *state);
/** The command of the first word; ends the program with a usage message if
 * there is none, or it has too few or too many words. */
const struct duo_words_command *
duo_words_check(const struct duo_words *words,
                const struct duo_words_options *options,
                const struct argp_state *state);
/** Parse, connect, run. */
int duo_words_run(const struct duo_talk_verb *verb,
                  const struct duo_words *words, int argc, char **argv);

#endif
