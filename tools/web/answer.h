/* SPDX-License-Identifier: MIT */
/* Answers of HTTP: files of the page, and refusals. */
#ifndef DUO_WEB_ANSWER_H
#define DUO_WEB_ANSWER_H

#include <libwebsockets.h>
#include <stdbool.h>
#include <stdint.h>

#include "page.h"

/* What each answer has. */
extern const struct lws_protocol_vhost_options duo_web_headers;

/* A file on its way; all zero: none. */
struct duo_web_sending {
    bool has_file;
    int fd;
    uint64_t left_bytes;
};

/* These return what the callback of libwebsockets does: -1 hangs up. */

/** Send @p text with an HTTP status; the request is done. */
int duo_web_answer_refuse(struct lws *wsi, unsigned status, const char *text);
/** Send the headers, and begin with the file, which is taken over. */
int duo_web_answer_file(struct lws *wsi, struct duo_web_sending *sending,
                        const struct duo_web_file *file);
/** There is room for more of it. */
int duo_web_answer_more(struct lws *wsi, struct duo_web_sending *sending);
/** The connection, or the request, is over. */
void duo_web_answer_end(struct duo_web_sending *sending);

/** The same as a refusal, and no more: the caller goes on. */
bool duo_web_answer_text(struct lws *wsi, unsigned status, const char *text);

#endif
