/* SPDX-License-Identifier: MIT */
/* What the page can connect to. */
#ifndef DUO_WEB_OFFER_H
#define DUO_WEB_OFFER_H

#include <libwebsockets.h>
#include <stdbool.h>
#include <stddef.h>

#include "fail.h"

struct duo_web;
struct duo_web_options;
struct duo_web_peer;

enum duo_web_coding { DUO_WEB_CONSOLE, DUO_WEB_RAW, DUO_WEB_DATAGRAM };

struct duo_web_offered {
    char *url;
    char *title;
    enum duo_web_coding coding;
};

/* All zero: nothing is offered. */
struct duo_web_offer {
    struct duo_web_offered *list;
    size_t count;
    char *text; /* As the pages get it. */
    lws_sorted_usec_list_t timer;
};

/** Is each of --device a link that can be relayed? Else USAGE. */
bool duo_web_offer_check(const struct duo_web_options *options,
                         struct duo_tool_error *error);
/** Look what there is, now and from time to time; tell the pages of changes. */
void duo_web_offer_start(struct duo_web *web);
/** Look again, now. */
void duo_web_offer_update(struct duo_web *web);
void duo_web_offer_free(struct duo_web_offer *offer);

const struct duo_web_offered *
duo_web_offer_find(const struct duo_web_offer *offer, const char *url);
/** "console", "raw", "datagram". */
const char *duo_web_coding_name(enum duo_web_coding coding);
/** Where @p url leads: what stands between its ":" and its "?". On the heap. */
char *duo_web_place_of(const char *url);

/** Serve a page that wants to know. */
void duo_web_offer_open(struct duo_web *web, struct lws *wsi,
                        struct duo_web_peer **peer);

#endif
