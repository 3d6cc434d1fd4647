/* SPDX-License-Identifier: MIT */
/* A link for tests, at whose other end recorded exchanges answer, in their
 * order; damaged on the way, if asked for. */
#ifndef DUO_TEST_SCRIPT_LINK_H
#define DUO_TEST_SCRIPT_LINK_H

#include "exchange.h"
#include "link.h"

/* What happens to answers. */
enum script_damage {
    SCRIPT_WHOLE,
    SCRIPT_CUT,  /* To at bytes. */
    SCRIPT_FLIP, /* The byte at is XORed with flip; */
};

#define SCRIPT_ANSWERS_MAX 8U

struct script_link {
    struct duo_link link; /* First. */
    const struct exchange *next;
    const struct exchange *last; /* Asked again: answered again. */
    const struct exchange *end;
    struct duo_tool_buffer answers[SCRIPT_ANSWERS_MAX];
    size_t answer_count;
    size_t taken_count;
    uint64_t now_us;
    uint32_t sent_count;
    const char *differs; /* NULL, or how a request was not as recorded. */
    enum script_damage damage;
    size_t at;
    uint8_t flip;
    bool only_once; /* Answers to what is asked again are whole. */
};

void script_link_init(struct script_link *script, const struct exchange *first,
                      const struct exchange *end);
void script_link_free(struct script_link *script);

#endif
