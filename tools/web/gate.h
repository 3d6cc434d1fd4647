/* SPDX-License-Identifier: MIT */
/* Who may in: only pages that this program served, or that were allowed, and
 * that know the token. */
#ifndef DUO_WEB_GATE_H
#define DUO_WEB_GATE_H

#include <libwebsockets.h>
#include <stdbool.h>

#define DUO_WEB_URL_CHARS_MAX 1024U

struct duo_web;

enum duo_web_to { DUO_WEB_TO_OFFER, DUO_WEB_TO_BOARD, DUO_WEB_TO_LINK };

/* What a WebSocket wants. */
struct duo_web_request {
    enum duo_web_to to;
    char url[DUO_WEB_URL_CHARS_MAX + 1U]; /* TO_LINK; else "". */
};

/** Was our own address asked for? A page whose name was made to lead here
 * (DNS rebinding) asks for another. */
bool duo_web_gate_host(const struct duo_web *web, struct lws *wsi);

/** May this become a WebSocket? @return 0, or an HTTP status and @p why. */
unsigned duo_web_gate_upgrade(const struct duo_web *web, struct lws *wsi,
                              struct duo_web_request *request,
                              const char **why);

#endif
