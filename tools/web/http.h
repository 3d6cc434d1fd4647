/* SPDX-License-Identifier: MIT */
/* The callback of libwebsockets: pages, upgrades, messages. */
#ifndef DUO_WEB_HTTP_H
#define DUO_WEB_HTTP_H

#include <libwebsockets.h>

/* Both protocols, and the end of the list. */
extern const struct lws_protocols duo_web_protocols[3];

#endif
