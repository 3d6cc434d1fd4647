/* SPDX-License-Identifier: MIT */
/* Verbs with a first word; see device_words.h. */
#include "device_words.h"

#include <string.h>

void duo_words_take(struct duo_words_options *options, const char *word,
                    struct argp_state *state)
{
    if (options->count == DUO_WORDS_MAX) {
        argp_error(state, "'%s' is one word too many", word);
    }
    options->words[options->count++] = word;
}

static const struct duo_words_command *find(const struct duo_words *words,
                                            const char *name)
{
    for (size_t i = 0; i < words->command_count; i++) {
        if (strcmp(words->commands[i].name, name) == 0) {
            return &words->commands[i];
        }
    }
    return NULL;
}

const struct duo_words_command *
duo_words_check(const struct duo_words *words,
                const struct duo_words_options *options,
                const struct argp_state *state)
{
    const struct duo_words_command *command =
        options->count == 0 ? NULL : find(words, options->words[0]);

    if (command == NULL || options->count < command->count_min ||
        options->count > command->count_max) {
        argp_error(state, "what is wanted is %s", words->usage);
    }
    return command;
}

int duo_words_run(const struct duo_talk_verb *verb,
                  const struct duo_words *words, int argc, char **argv)
{
    struct duo_words_options options = {0};
    const struct duo_words_command *command;
    struct duo_talk talk;
    bool done;

    duo_talk_parse(verb, argc, argv, &options.common);
    command = find(words, options.words[0]);
    done = command != NULL && duo_talk_begin(&talk, &options.common) &&
           command->run(&talk, &options);
    return duo_talk_end(&talk, done);
}
