/* SPDX-License-Identifier: MIT */
/* Recorded exchanges: the files of test/vectors/smp, see the README there; and
 * the comparison of two packets whose keys may come in any order. */
#ifndef DUO_TEST_EXCHANGE_H
#define DUO_TEST_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file.h"

#define EXCHANGE_ANSWERS_MAX 4U
#define EXCHANGE_ANY_MAX     4U

enum exchange_step {
    EXCHANGE_DEVICE, /* A new device of the kind that argument says. */
    EXCHANGE_POWER,  /* Off and on again. */
    EXCHANGE_WAIT,   /* So many ms. */
    EXCHANGE_ASK,
};

struct exchange {
    enum exchange_step step;
    const char *argument; /* DEVICE, WAIT; ASK: its name. Never NULL. */
    unsigned line;
    struct duo_tool_buffer request;
    struct duo_tool_buffer answers[EXCHANGE_ANSWERS_MAX];
    size_t answer_count;
    const char *any[EXCHANGE_ANY_MAX]; /* Keys whose value may differ. */
    size_t any_count;
    const char *call; /* Of our client; NULL: none. */
    const char *told; /* What our client makes of the answer; NULL. */
    bool then;        /* Belongs to the call before it. */
};

struct exchanges {
    const char *path;
    char *text; /* What the names point into. */
    struct exchange *list;
    size_t count;
};

/** Ends the process with a message if the file is malformed. */
void exchanges_load(struct exchanges *exchanges, const char *path);
void exchanges_free(struct exchanges *exchanges);

/** Append the image of this name in @p dir/images.txt; ends the process if
 * there is none. */
void exchange_image(const char *dir, const char *name,
                    struct duo_tool_buffer *image);

/** The folder of @p path. */
void exchange_dir(const char *path, char dir[512]);

/** Is @p got the packet that was recorded? Header byte by byte, but for the
 * sequence if @p skip_sequence; the same keys, the same values, in whatever
 * order and encoding. NULL: yes. Else why not, valid until the next call. */
const char *exchange_differs(const struct exchange *exchange,
                             struct duo_bytes recorded, struct duo_bytes got,
                             bool skip_sequence);

#endif
