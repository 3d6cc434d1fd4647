/* SPDX-License-Identifier: MIT */
/* See past.h. */
#include "past.h"

#include <stdlib.h>
#include <string.h>

struct duo_web_past_line {
    struct duo_web_past_line *next;
    uint64_t number; /* Of all lines ever, of both kinds. */
    size_t len_bytes;
    uint8_t data[];
};

static const size_t bytes_max[DUO_WEB_PAST_KIND_COUNT] = {
    [DUO_WEB_PAST_PRINTED] = DUO_WEB_PAST_PRINTED_BYTES_MAX,
    [DUO_WEB_PAST_HAPPENED] = DUO_WEB_PAST_HAPPENED_BYTES_MAX,
};

static void drop_first(struct duo_web_past_list *list)
{
    struct duo_web_past_line *line = list->first;

    list->first = line->next;
    if (list->first == NULL) {
        list->last = NULL;
    }
    list->len_bytes -= line->len_bytes;
    free(line);
}

/* Without memory the past has a gap, and nothing else is wrong. */
void duo_web_past_add(struct duo_web_past *past, enum duo_web_past_kind kind,
                      struct duo_bytes line)
{
    struct duo_web_past_list *list = &past->lists[kind];
    struct duo_web_past_line *item = malloc(sizeof(*item) + line.len_bytes);

    if (item == NULL) {
        return;
    }
    item->next = NULL;
    item->number = past->line_count;
    item->len_bytes = line.len_bytes;
    if (line.len_bytes > 0) {
        memcpy(item->data, line.data, line.len_bytes);
    }
    past->line_count++;
    if (list->last == NULL) {
        list->first = item;
    } else {
        list->last->next = item;
    }
    list->last = item;
    list->len_bytes += line.len_bytes;
    while (list->len_bytes > bytes_max[kind] && list->first != NULL) {
        drop_first(list);
    }
}

/* Of the lists, the one whose line came first. */
static unsigned older(const struct duo_web_past_line *const *at)
{
    const struct duo_web_past_line *printed = at[DUO_WEB_PAST_PRINTED];
    const struct duo_web_past_line *happened = at[DUO_WEB_PAST_HAPPENED];

    if (printed == NULL) {
        return DUO_WEB_PAST_HAPPENED;
    }
    return happened != NULL && happened->number < printed->number
               ? DUO_WEB_PAST_HAPPENED
               : DUO_WEB_PAST_PRINTED;
}

void duo_web_past_tell(const struct duo_web_past *past,
                       void (*take)(void *owner, struct duo_bytes line),
                       void *owner)
{
    const struct duo_web_past_line *at[DUO_WEB_PAST_KIND_COUNT] = {
        [DUO_WEB_PAST_PRINTED] = past->lists[DUO_WEB_PAST_PRINTED].first,
        [DUO_WEB_PAST_HAPPENED] = past->lists[DUO_WEB_PAST_HAPPENED].first,
    };
    const struct duo_web_past_line *line;

    while ((line = at[older(at)]) != NULL) {
        at[older(at)] = line->next;
        take(owner, (struct duo_bytes){line->data, line->len_bytes});
    }
}

void duo_web_past_free(struct duo_web_past *past)
{
    for (unsigned i = 0; i < DUO_WEB_PAST_KIND_COUNT; i++) {
        while (past->lists[i].first != NULL) {
            drop_first(&past->lists[i]);
        }
    }
}
