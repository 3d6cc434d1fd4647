/* SPDX-License-Identifier: MIT */
/* board.json: what a simulated board is, beside the contents of its flashes.
 * It is written last when a board is made, so a directory without it is none.
 */
#ifndef DUO_TOOLS_BOARD_CONFIG_H
#define DUO_TOOLS_BOARD_CONFIG_H

#include <jansson.h>

#include "board_layout.h"
#include "duo/policy.h"
#include "trust.h"

/* A value of an enum as users write it. */
struct duo_board_word {
    const char *word;
    int value;
};

/** The row of @p text in a table that ends with a NULL, or NULL. */
const struct duo_board_word *
duo_board_word_find(const struct duo_board_word *table, const char *text);
/** The word of @p value, or "unknown". */
const char *duo_board_word_of(const struct duo_board_word *table, int value);

/* One rule of struct duo_policy, with the words for its values; the table of
 * all ends with a NULL name. The first word is the default. */
struct duo_board_rule {
    const char *name; /* In board.json, and the option of `board create`. */
    const struct duo_board_word *words;
    int (*get)(const struct duo_policy *policy);
    void (*set)(struct duo_policy *policy, int value);
};
extern const struct duo_board_rule duo_board_rules[];

struct duo_board_config {
    struct duo_board_layout layout;
    struct duo_tool_trust trust;
    struct duo_policy policy;
    uint32_t session;  /* Of the last boot. */
    uint64_t time_ns;  /* Virtual, since the board was made. */
    bool is_powered;   /* The last boot was not cut. */
    json_t *last_boot; /* For people; NULL before the first. */
};

/** Fails with IO or INPUT. */
bool duo_board_config_load(const char *dir, struct duo_board_config *config,
                           struct duo_tool_error *error);
bool duo_board_config_save(const char *dir,
                           const struct duo_board_config *config,
                           struct duo_tool_error *error);
void duo_board_config_free(struct duo_board_config *config);

#endif
