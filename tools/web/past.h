/* SPDX-License-Identifier: MIT */
/* What the virtual board has said, for a page that comes later: the latest
 * lines, of what is printed and of what else happened. They have room of their
 * own, so that packets on a console never push out a power cut. */
#ifndef DUO_WEB_PAST_H
#define DUO_WEB_PAST_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"

#define DUO_WEB_PAST_PRINTED_BYTES_MAX  196608U
#define DUO_WEB_PAST_HAPPENED_BYTES_MAX 65536U

enum duo_web_past_kind {
    DUO_WEB_PAST_PRINTED,
    DUO_WEB_PAST_HAPPENED,
    DUO_WEB_PAST_KIND_COUNT
};

struct duo_web_past_line;

/* The oldest first. */
struct duo_web_past_list {
    struct duo_web_past_line *first;
    struct duo_web_past_line *last;
    size_t len_bytes; /* Of all lines. */
};

/* All zero is empty. */
struct duo_web_past {
    struct duo_web_past_list lists[DUO_WEB_PAST_KIND_COUNT];
    uint64_t line_count; /* Ever. */
};

/** Keep @p line; the oldest of its kind go whole. */
void duo_web_past_add(struct duo_web_past *past, enum duo_web_past_kind kind,
                      struct duo_bytes line);
/** Tell all that is kept, as it came. */
void duo_web_past_tell(const struct duo_web_past *past,
                       void (*take)(void *owner, struct duo_bytes line),
                       void *owner);
void duo_web_past_free(struct duo_web_past *past);

#endif
